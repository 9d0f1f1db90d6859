"""The one rule of consent in SQL, for any number of people."""
