"""How people stand to purposes."""
