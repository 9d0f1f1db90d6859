"""People, organisations, identifiers, merges and consents."""
