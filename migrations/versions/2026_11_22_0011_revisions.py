"""Revisions, and who has taken note of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
ONLINE = False

_ADDED = "SELECT, INSERT"
"""What is written there stays as it is; it goes with its map alone."""


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("journey_version", sa.Integer(), nullable=False),
        sa.Column(
            "departments",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_revisions_published"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_revisions_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_revisions_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_revisions")),
        sa.UniqueConstraint(
            "workspace_id",
            "journey_id",
            "number",
            name=op.f("uq_revisions_workspace_id_journey_id_number"),
        ),
        schema="waypost",
    )
    op.create_table(
        "revision_acknowledgements",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "revision_id"],
            ["waypost.revisions.workspace_id", "waypost.revisions.id"],
            name=op.f("fk_revision_acknowledgements_workspace_id_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "revision_id",
            "department",
            name=op.f("pk_revision_acknowledgements"),
        ),
        schema="waypost",
    )
    tenancy.protect("revisions", _ADDED)
    tenancy.protect("revision_acknowledgements", _ADDED)


def downgrade() -> None:
    op.drop_table("revision_acknowledgements", schema="waypost")
    op.drop_table("revisions", schema="waypost")
