"""What people did once more, as columns sorted by identifier: derived, and made anew when dropped."""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "event_folds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("kept_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_event_folds")),
        schema="waypost",
    )
    op.create_table(
        "event_segments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrival", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_event_segments")),
        schema="waypost",
    )
    # Packed as they are: to press them costs more than to read them.
    op.execute("ALTER TABLE waypost.event_segments ALTER COLUMN data SET STORAGE EXTERNAL")
    op.create_index(
        "ix_contacts_test",
        "contacts",
        ["workspace_id", "root_id"],
        unique=False,
        schema="waypost",
        postgresql_where=sa.text("test"),
    )
    tenancy.protect("event_folds")
    tenancy.protect("event_segments")


def downgrade() -> None:
    op.drop_index("ix_contacts_test", table_name="contacts", schema="waypost")
    op.drop_table("event_segments", schema="waypost")
    op.drop_table("event_folds", schema="waypost")
