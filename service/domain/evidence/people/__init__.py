"""The people whom findings are about."""
