"""How soon events are in figures, and what is left of ingest while all figures are kept up."""
