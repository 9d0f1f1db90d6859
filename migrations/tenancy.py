"""Row-level security, the same for every tenant table: who sees what, and by which role."""

from alembic import op

MINE = "workspace_id = nullif(current_setting('app.workspace', true), '')::uuid"
"""A row belongs to the workspace of this statement or transaction. Unset is nobody's."""

SERVING = "waypost_app, waypost_worker"


def protect(table: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    """Put a table under its policies: the serving roles see their workspace, the reader all.

    The reader serves nobody: it owns the views `*_in_workspace`, which carry the workspace
    condition themselves and so may use indexes that row-level security would forbid.
    """
    op.execute(f"ALTER TABLE waypost.{table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON waypost.{table} TO {SERVING} USING ({MINE}) WITH CHECK ({MINE})"
    )
    op.execute(f"CREATE POLICY reader ON waypost.{table} FOR SELECT TO waypost_reader USING (true)")
    op.execute(f"GRANT {rights} ON waypost.{table} TO {SERVING}")
    op.execute(f"GRANT SELECT ON waypost.{table} TO waypost_reader")


def view_in_workspace(table: str) -> None:
    """The view through which text and trait filters read `table`.

    The view finds ids; the rows themselves are then read from the table, under its policies.
    """
    view = f"waypost.{table}_in_workspace"
    op.execute(f"CREATE VIEW {view} AS SELECT * FROM waypost.{table} WHERE {MINE}")
    op.execute(f"GRANT SELECT ON {view} TO {SERVING}")
    # Owning needs CREATE on the schema at the moment of the change, and never again.
    op.execute("GRANT CREATE ON SCHEMA waypost TO waypost_reader")
    op.execute(f"ALTER VIEW {view} OWNER TO waypost_reader")
    op.execute("REVOKE CREATE ON SCHEMA waypost FROM waypost_reader")


def drop_view_in_workspace(table: str) -> None:
    """Undo `view_in_workspace`."""
    op.execute(f"DROP VIEW waypost.{table}_in_workspace")
