"""Steps, what happens at them, and the transitions between them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "steps",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("stage_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Numeric(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "questions",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "pains",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "actors", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "motivations",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "thoughts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "feelings", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "reliefs", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "gains", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "backstage", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "systems", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "information_sources",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("expected_outcome", sa.Text(), nullable=True),
        sa.Column("actual_outcome", sa.Text(), nullable=True),
        sa.Column("outcome_met", sa.Text(), nullable=True),
        sa.Column("emotion", sa.Double(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("waited_seconds", sa.Integer(), nullable=True),
        sa.Column("form_fields", sa.Integer(), nullable=True),
        sa.Column("moment_of_truth", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decision_moment", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("nested_journey_id", sa.UUID(), nullable=True),
        sa.Column(
            "binding", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.CheckConstraint(
            "emotion BETWEEN -2 AND 2 AND emotion * 2 = round(emotion * 2)",
            name=op.f("ck_steps_half_points"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_steps_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "nested_journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_steps_workspace_id_nested_journey_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["waypost.stages.workspace_id", "waypost.stages.id"],
            name=op.f("fk_steps_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_steps_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_steps")),
        sa.UniqueConstraint(
            "workspace_id", "journey_id", "key", name=op.f("uq_steps_workspace_id_journey_id_key")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_steps_workspace_id_nested_journey_id"),
        "steps",
        ["workspace_id", "nested_journey_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_steps_workspace_id_stage_id"),
        "steps",
        ["workspace_id", "stage_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "step_emotions",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("step_id", sa.UUID(), nullable=False),
        sa.Column("persona_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "rating BETWEEN -2 AND 2 AND rating * 2 = round(rating * 2)",
            name=op.f("ck_step_emotions_half_points"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "persona_id"],
            ["waypost.personas.workspace_id", "waypost.personas.id"],
            name=op.f("fk_step_emotions_workspace_id_persona_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "step_id"],
            ["waypost.steps.workspace_id", "waypost.steps.id"],
            name=op.f("fk_step_emotions_workspace_id_step_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "step_id", "persona_id", name=op.f("pk_step_emotions")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_step_emotions_workspace_id_persona_id"),
        "step_emotions",
        ["workspace_id", "persona_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "step_touchpoints",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("step_id", sa.UUID(), nullable=False),
        sa.Column("touchpoint_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "step_id"],
            ["waypost.steps.workspace_id", "waypost.steps.id"],
            name=op.f("fk_step_touchpoints_workspace_id_step_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "touchpoint_id"],
            ["waypost.touchpoints.workspace_id", "waypost.touchpoints.id"],
            name=op.f("fk_step_touchpoints_workspace_id_touchpoint_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "step_id", "position", name=op.f("pk_step_touchpoints")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_step_touchpoints_workspace_id_touchpoint_id"),
        "step_touchpoints",
        ["workspace_id", "touchpoint_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "transitions",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("from_step_id", sa.UUID(), nullable=False),
        sa.Column("to_step_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("expected_seconds", sa.Double(), nullable=True),
        sa.Column("hands_over", sa.Text(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name=op.f("ck_transitions_probability")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "from_step_id"],
            ["waypost.steps.workspace_id", "waypost.steps.id"],
            name=op.f("fk_transitions_workspace_id_from_step_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_transitions_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "to_step_id"],
            ["waypost.steps.workspace_id", "waypost.steps.id"],
            name=op.f("fk_transitions_workspace_id_to_step_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_transitions_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_transitions")),
        sa.UniqueConstraint(
            "workspace_id",
            "journey_id",
            "from_step_id",
            "to_step_id",
            "kind",
            name="uq_transitions_edge",
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_transitions_workspace_id_from_step_id"),
        "transitions",
        ["workspace_id", "from_step_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_transitions_workspace_id_to_step_id"),
        "transitions",
        ["workspace_id", "to_step_id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("steps")
    tenancy.protect("step_emotions")
    tenancy.protect("step_touchpoints")
    tenancy.protect("transitions")


def downgrade() -> None:
    op.drop_table("transitions", schema="waypost")
    op.drop_table("step_touchpoints", schema="waypost")
    op.drop_table("step_emotions", schema="waypost")
    op.drop_table("steps", schema="waypost")
