"""What taking in events costs, against Postgres alone and against the usual way."""
