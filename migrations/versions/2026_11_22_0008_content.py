"""Content, whom it is for and what it answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column(
            "cost", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("title || ' ' || coalesce(body, '')", persisted=True),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_content_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_content")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_content_workspace_id_key")),
        schema="waypost",
    )
    op.create_table(
        "content_answers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage_key", sa.Text(), nullable=True),
        sa.Column("step_key", sa.Text(), nullable=True),
        sa.Column("item_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(stage_key IS NULL) <> (step_key IS NULL)", name=op.f("ck_content_answers_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "content_id"],
            ["waypost.content.workspace_id", "waypost.content.id"],
            name=op.f("fk_content_answers_workspace_id_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_content_answers_workspace_id_journey_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "content_id", "position", name=op.f("pk_content_answers")
        ),
        schema="waypost",
    )
    op.create_table(
        "content_profiles",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "content_id"],
            ["waypost.content.workspace_id", "waypost.content.id"],
            name=op.f("fk_content_profiles_workspace_id_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "profile_id"],
            ["waypost.profiles.workspace_id", "waypost.profiles.id"],
            name=op.f("fk_content_profiles_workspace_id_profile_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "content_id", "profile_id", name=op.f("pk_content_profiles")
        ),
        schema="waypost",
    )
    op.create_table(
        "content_personas",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "content_id"],
            ["waypost.content.workspace_id", "waypost.content.id"],
            name=op.f("fk_content_personas_workspace_id_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "persona_id"],
            ["waypost.personas.workspace_id", "waypost.personas.id"],
            name=op.f("fk_content_personas_workspace_id_persona_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "content_id", "persona_id", name=op.f("pk_content_personas")
        ),
        schema="waypost",
    )
    op.create_table(
        "content_touchpoints",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "content_id"],
            ["waypost.content.workspace_id", "waypost.content.id"],
            name=op.f("fk_content_touchpoints_workspace_id_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "touchpoint_id"],
            ["waypost.touchpoints.workspace_id", "waypost.touchpoints.id"],
            name=op.f("fk_content_touchpoints_workspace_id_touchpoint_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "content_id", "touchpoint_id", name=op.f("pk_content_touchpoints")
        ),
        schema="waypost",
    )
    op.create_index(
        "ix_content_search",
        "content",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_content_workspace_id_created_at_id"),
        "content",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_content_workspace_id_updated_at_id"),
        "content",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_content_answers_workspace_id_journey_id"),
        "content_answers",
        ["workspace_id", "journey_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_content_profiles_workspace_id_profile_id"),
        "content_profiles",
        ["workspace_id", "profile_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_content_personas_workspace_id_persona_id"),
        "content_personas",
        ["workspace_id", "persona_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_content_touchpoints_workspace_id_touchpoint_id"),
        "content_touchpoints",
        ["workspace_id", "touchpoint_id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("content")
    tenancy.protect("content_answers")
    tenancy.protect("content_profiles")
    tenancy.protect("content_personas")
    tenancy.protect("content_touchpoints")
    tenancy.view_in_workspace("content")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("content")
    op.drop_table("content_touchpoints", schema="waypost")
    op.drop_table("content_personas", schema="waypost")
    op.drop_table("content_profiles", schema="waypost")
    op.drop_table("content_answers", schema="waypost")
    op.drop_table("content", schema="waypost")
