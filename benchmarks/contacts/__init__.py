"""What upserting contacts costs, against Postgres alone and against the usual way."""
