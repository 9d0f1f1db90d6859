"""What people did, taken in and never lost."""
