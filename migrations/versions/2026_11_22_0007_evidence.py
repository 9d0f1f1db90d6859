"""Evidence and its sources."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "evidence_sources",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("conducted_on", sa.Date(), nullable=True),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("title || ' ' || coalesce(description, '')", persisted=True),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_evidence_sources_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_evidence_sources")),
        schema="waypost",
    )
    op.create_table(
        "evidence",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column(
            "themes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("sentiment", sa.Double(), nullable=True),
        sa.Column("sentiment_basis", sa.Text(), nullable=True),
        sa.Column("sentiment_reason", sa.Text(), nullable=True),
        sa.Column(
            "rating", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("weight", sa.Double(), server_default=sa.text("1"), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column(
            "figure", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "name",
            sa.Text(),
            sa.Computed(
                "coalesce(nullif(left(text, 100), ''), figure ->> 'name', kind)", persisted=True
            ),
            nullable=True,
        ),
        sa.Column(
            "search", sa.Text(), sa.Computed("coalesce(text, '')", persisted=True), nullable=True
        ),
        sa.CheckConstraint("sentiment BETWEEN -2 AND 2", name=op.f("ck_evidence_sentiment")),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_evidence_weight")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "profile_id"],
            ["waypost.profiles.workspace_id", "waypost.profiles.id"],
            name=op.f("fk_evidence_workspace_id_profile_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "source_id"],
            ["waypost.evidence_sources.workspace_id", "waypost.evidence_sources.id"],
            name=op.f("fk_evidence_workspace_id_source_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_evidence_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_evidence")),
        schema="waypost",
    )
    op.create_table(
        "evidence_targets",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=True),
        sa.Column("attribute", sa.Text(), nullable=True),
        sa.Column("touchpoint_id", sa.Uuid(), nullable=True),
        sa.Column("journey_id", sa.Uuid(), nullable=True),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("transition_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "evidence_id"],
            ["waypost.evidence.workspace_id", "waypost.evidence.id"],
            name=op.f("fk_evidence_targets_workspace_id_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_evidence_targets_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "persona_id"],
            ["waypost.personas.workspace_id", "waypost.personas.id"],
            name=op.f("fk_evidence_targets_workspace_id_persona_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["waypost.stages.workspace_id", "waypost.stages.id"],
            name=op.f("fk_evidence_targets_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "step_id"],
            ["waypost.steps.workspace_id", "waypost.steps.id"],
            name=op.f("fk_evidence_targets_workspace_id_step_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "touchpoint_id"],
            ["waypost.touchpoints.workspace_id", "waypost.touchpoints.id"],
            name=op.f("fk_evidence_targets_workspace_id_touchpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "transition_id"],
            ["waypost.transitions.workspace_id", "waypost.transitions.id"],
            name=op.f("fk_evidence_targets_workspace_id_transition_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "evidence_id", "position", name=op.f("pk_evidence_targets")
        ),
        schema="waypost",
    )
    op.create_index(
        "ix_evidence_sources_search",
        "evidence_sources",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_evidence_sources_workspace_id_created_at_id"),
        "evidence_sources",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_sources_workspace_id_updated_at_id"),
        "evidence_sources",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        "ix_evidence_search",
        "evidence",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_evidence_workspace_id_created_at_id"),
        "evidence",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_workspace_id_profile_id"),
        "evidence",
        ["workspace_id", "profile_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_workspace_id_source_id"),
        "evidence",
        ["workspace_id", "source_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_workspace_id_updated_at_id"),
        "evidence",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_targets_workspace_id_journey_id"),
        "evidence_targets",
        ["workspace_id", "journey_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_targets_workspace_id_persona_id"),
        "evidence_targets",
        ["workspace_id", "persona_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_targets_workspace_id_stage_id"),
        "evidence_targets",
        ["workspace_id", "stage_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_targets_workspace_id_step_id"),
        "evidence_targets",
        ["workspace_id", "step_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_targets_workspace_id_touchpoint_id"),
        "evidence_targets",
        ["workspace_id", "touchpoint_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_evidence_targets_workspace_id_transition_id"),
        "evidence_targets",
        ["workspace_id", "transition_id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("evidence_sources")
    tenancy.protect("evidence")
    tenancy.protect("evidence_targets")
    tenancy.view_in_workspace("evidence_sources")
    tenancy.view_in_workspace("evidence")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("evidence")
    tenancy.drop_view_in_workspace("evidence_sources")
    op.drop_table("evidence_targets", schema="waypost")
    op.drop_table("evidence", schema="waypost")
    op.drop_table("evidence_sources", schema="waypost")
