"""Contacts put on maps by hand, and what bound a revision's touchpoints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "enrolments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("stage_key", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("step_key", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdraws_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "contact_id"],
            ["waypost.contacts.workspace_id", "waypost.contacts.id"],
            name=op.f("fk_enrolments_workspace_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_enrolments_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_enrolments_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint(
            "workspace_id", "withdraws_id", name=op.f("uq_enrolments_workspace_id_withdraws_id")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_enrolments_workspace_id_contact_id_at"),
        "enrolments",
        ["workspace_id", "contact_id", "at"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_enrolments_workspace_id_journey_id_at"),
        "enrolments",
        ["workspace_id", "journey_id", "at"],
        unique=False,
        schema="waypost",
    )
    op.add_column(
        "revisions",
        sa.Column(
            "touchpoint_bindings",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        schema="waypost",
    )
    # Rows are added, and go with their person or their map; none changes.
    tenancy.protect("enrolments", rights="SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.drop_column("revisions", "touchpoint_bindings", schema="waypost")
    op.drop_table("enrolments", schema="waypost")
