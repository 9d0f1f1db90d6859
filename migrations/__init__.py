"""The schema's history, as Alembic revisions with dated names."""
