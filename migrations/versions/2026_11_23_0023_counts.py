"""How many events there were, kept.

What was folded before is not counted: the worker makes all of it anew.
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "event_countings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
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


def downgrade() -> None:
    op.drop_table("event_counts", schema="waypost")
    op.drop_table("event_countings", schema="waypost")
