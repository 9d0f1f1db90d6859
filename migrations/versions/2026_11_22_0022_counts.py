"""How many events there were, kept; and what finds events by when they were.

Everything is folded once more, for what was folded before is not counted.
"""

import sqlalchemy as sa
from alembic import op

from migrations import online, tenancy

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
ONLINE = True

NAME = "ix_events_quarter"
ON = """(
    date_bin('00:15:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamptz), workspace_id
)"""
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
            own = f"{leaf}_quarter"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS waypost_leaves.{own}")
            op.execute(f"CREATE INDEX CONCURRENTLY {own} ON waypost_leaves.{leaf} {ON}")
            op.execute(f"ALTER INDEX waypost.{NAME} ATTACH PARTITION waypost_leaves.{own}")
    # All else in one transaction: when it fails, nothing of it is there at the next try.
    op.create_table(
        "event_countings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_event_countings")),
        schema="waypost",
    )
    op.create_table(
        "event_counts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("cube", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id", "cube", "month", "day", name=op.f("pk_event_counts")
        ),
        schema="waypost",
    )
    # Packed as they are: to press them costs more than to read them.
    op.execute("ALTER TABLE waypost.event_counts ALTER COLUMN data SET STORAGE EXTERNAL")
    tenancy.protect("event_countings")
    tenancy.protect("event_counts")
    op.execute("DELETE FROM waypost.event_segments")
    op.execute("DELETE FROM waypost.event_folds")


def downgrade() -> None:
    op.drop_table("event_counts", schema="waypost")
    op.drop_table("event_countings", schema="waypost")
    op.drop_index(NAME, table_name="events", schema="waypost")
