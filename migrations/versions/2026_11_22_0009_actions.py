"""Actions and what they answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("effort", sa.Double(), nullable=True),
        sa.Column("impact", sa.Double(), nullable=True),
        sa.Column(
            "cost", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "gap_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "priority", sa.Double(), sa.Computed("impact / effort", persisted=True), nullable=True
        ),
        sa.Column(
            "metric", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("title || ' ' || coalesce(description, '')", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint("effort > 0", name=op.f("ck_actions_effort")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_actions_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_actions")),
        schema="waypost",
    )
    op.create_table(
        "action_targets",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("item_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "stage_id IS NULL OR step_id IS NULL", name=op.f("ck_action_targets_one_place")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "action_id"],
            ["waypost.actions.workspace_id", "waypost.actions.id"],
            name=op.f("fk_action_targets_workspace_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_action_targets_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["waypost.stages.workspace_id", "waypost.stages.id"],
            name=op.f("fk_action_targets_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "step_id"],
            ["waypost.steps.workspace_id", "waypost.steps.id"],
            name=op.f("fk_action_targets_workspace_id_step_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "action_id", "position", name=op.f("pk_action_targets")
        ),
        schema="waypost",
    )
    op.create_table(
        "action_evidence",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "action_id"],
            ["waypost.actions.workspace_id", "waypost.actions.id"],
            name=op.f("fk_action_evidence_workspace_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "evidence_id"],
            ["waypost.evidence.workspace_id", "waypost.evidence.id"],
            name=op.f("fk_action_evidence_workspace_id_evidence_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "action_id", "evidence_id", name=op.f("pk_action_evidence")
        ),
        schema="waypost",
    )
    op.create_table(
        "action_content",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "action_id"],
            ["waypost.actions.workspace_id", "waypost.actions.id"],
            name=op.f("fk_action_content_workspace_id_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "content_id"],
            ["waypost.content.workspace_id", "waypost.content.id"],
            name=op.f("fk_action_content_workspace_id_content_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "action_id", "content_id", name=op.f("pk_action_content")
        ),
        schema="waypost",
    )
    op.create_index(
        "ix_actions_search",
        "actions",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_actions_workspace_id_created_at_id"),
        "actions",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_actions_workspace_id_updated_at_id"),
        "actions",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_action_targets_workspace_id_journey_id"),
        "action_targets",
        ["workspace_id", "journey_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_action_targets_workspace_id_stage_id"),
        "action_targets",
        ["workspace_id", "stage_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_action_targets_workspace_id_step_id"),
        "action_targets",
        ["workspace_id", "step_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_action_evidence_workspace_id_evidence_id"),
        "action_evidence",
        ["workspace_id", "evidence_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_action_content_workspace_id_content_id"),
        "action_content",
        ["workspace_id", "content_id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("actions")
    tenancy.protect("action_targets")
    tenancy.protect("action_evidence")
    tenancy.protect("action_content")
    tenancy.view_in_workspace("actions")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("actions")
    op.drop_table("action_content", schema="waypost")
    op.drop_table("action_evidence", schema="waypost")
    op.drop_table("action_targets", schema="waypost")
    op.drop_table("actions", schema="waypost")
