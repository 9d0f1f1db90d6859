"""What curves find survey answers by, among all other events."""

from alembic import op

from migrations import online

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
ONLINE = True

NAME = "ix_events_answers"
ON = "(workspace_id, \"timestamp\") WHERE event = 'Survey Answered'"
WITHOUT = f"""
    SELECT leaf.relname FROM pg_inherits AS held
    JOIN pg_class AS leaf ON leaf.oid = held.inhrelid
    WHERE held.inhparent = 'waypost.events'::regclass AND NOT EXISTS (
        SELECT FROM pg_inherits AS part JOIN pg_index AS built ON built.indexrelid = part.inhrelid
        WHERE part.inhparent = 'waypost.{NAME}'::regclass AND built.indrelid = leaf.oid
    )
    ORDER BY leaf.relname
"""


def upgrade() -> None:
    with online.outside_a_transaction():
        # Leaves that come from here on have it; those that are there get it one by one.
        op.execute(f"CREATE INDEX IF NOT EXISTS {NAME} ON ONLY waypost.events {ON}")
        for (leaf,) in op.get_bind().exec_driver_sql(WITHOUT).all():
            own = f"{leaf}_answers"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS waypost_leaves.{own}")
            op.execute(f"CREATE INDEX CONCURRENTLY {own} ON waypost_leaves.{leaf} {ON}")
            op.execute(f"ALTER INDEX waypost.{NAME} ATTACH PARTITION waypost_leaves.{own}")


def downgrade() -> None:
    op.drop_index(NAME, table_name="events", schema="waypost")
