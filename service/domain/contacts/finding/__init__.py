"""What contacts did and agreed to, asked in the filter language."""
