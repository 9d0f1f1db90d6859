"""What people say of gaps, and the settings of a workspace."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.add_column(
        "workspaces",
        sa.Column(
            "settings",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        schema="waypost",
    )
    op.create_table(
        "gap_states",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status <> 'dismissed' OR reason IS NOT NULL",
            name=op.f("ck_gap_states_dismissed_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_gap_states_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_gap_states_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_gap_states")),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_gap_states_workspace_id_journey_id"),
        "gap_states",
        ["workspace_id", "journey_id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("gap_states")


def downgrade() -> None:
    op.drop_table("gap_states", schema="waypost")
    op.drop_column("workspaces", "settings", schema="waypost")
