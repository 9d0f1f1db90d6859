"""Figures computed of events, against plain SQL over the same rows."""
