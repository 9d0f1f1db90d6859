"""Templates of one's own, and the vocabulary."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "templates",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column(
            "stages",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "transitions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_templates_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_templates")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_templates_workspace_id_key")),
        schema="waypost",
    )
    op.create_table(
        "vocabulary",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("alias_of", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "alias_of"],
            ["waypost.vocabulary.workspace_id", "waypost.vocabulary.id"],
            name=op.f("fk_vocabulary_workspace_id_alias_of"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_vocabulary_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_vocabulary")),
        sa.UniqueConstraint(
            "workspace_id", "kind", "slug", name=op.f("uq_vocabulary_workspace_id_kind_slug")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_vocabulary_workspace_id_alias_of"),
        "vocabulary",
        ["workspace_id", "alias_of"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("templates")
    tenancy.protect("vocabulary")


def downgrade() -> None:
    op.drop_table("vocabulary", schema="waypost")
    op.drop_table("templates", schema="waypost")
