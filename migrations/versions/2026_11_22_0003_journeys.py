"""Journeys with their stages, and the touchpoint catalogue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "journeys",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=True),
        sa.Column("occasion", sa.Text(), nullable=True),
        sa.Column("perspective", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column(
            "tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "campaigns", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column(
            "scope", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "goal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "value_per_conversion",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("as_is_id", sa.UUID(), nullable=True),
        sa.Column("variant_of", sa.UUID(), nullable=True),
        sa.Column(
            "variant_axes",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("neighbours_tied", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed(
                "title || ' ' || coalesce(scenario, '') || ' ' || coalesce(occasion, '')",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "as_is_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_journeys_workspace_id_as_is_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "variant_of"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_journeys_workspace_id_variant_of"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_journeys_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_journeys")),
        schema="waypost",
    )
    op.create_index(
        "ix_journeys_search",
        "journeys",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_journeys_workspace_id_as_is_id"),
        "journeys",
        ["workspace_id", "as_is_id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_journeys_workspace_id_created_at_id"),
        "journeys",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_journeys_workspace_id_updated_at_id"),
        "journeys",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_journeys_workspace_id_variant_of"),
        "journeys",
        ["workspace_id", "variant_of"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "journey_personas",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("persona_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_journey_personas_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "persona_id"],
            ["waypost.personas.workspace_id", "waypost.personas.id"],
            name=op.f("fk_journey_personas_workspace_id_persona_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "journey_id", "persona_id", name=op.f("pk_journey_personas")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_journey_personas_workspace_id_persona_id"),
        "journey_personas",
        ["workspace_id", "persona_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "next_journeys",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("next_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_next_journeys_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "next_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_next_journeys_workspace_id_next_id"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "journey_id", "next_id", name=op.f("pk_next_journeys")
        ),
        schema="waypost",
    )
    op.create_index(
        op.f("ix_next_journeys_workspace_id_next_id"),
        "next_journeys",
        ["workspace_id", "next_id"],
        unique=False,
        schema="waypost",
    )
    op.create_table(
        "stages",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journey_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Numeric(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("funnel_stage", sa.Text(), nullable=True),
        sa.Column(
            "questions",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "objections",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "goals", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "expectations",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "needs", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "feelings", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "frustrations",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "reliefs", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "decision_factors",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "journey_id"],
            ["waypost.journeys.workspace_id", "waypost.journeys.id"],
            name=op.f("fk_stages_workspace_id_journey_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_stages_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_stages")),
        sa.UniqueConstraint(
            "workspace_id", "journey_id", "key", name=op.f("uq_stages_workspace_id_journey_id_key")
        ),
        schema="waypost",
    )
    op.create_table(
        "touchpoints",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "activities",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "binding", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("name || ' ' || coalesce(description, '')", persisted=True),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f("fk_touchpoints_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_touchpoints")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_touchpoints_workspace_id_key")),
        schema="waypost",
    )
    op.create_index(
        "ix_touchpoints_search",
        "touchpoints",
        ["workspace_id", "search"],
        unique=False,
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    op.create_index(
        op.f("ix_touchpoints_workspace_id_created_at_id"),
        "touchpoints",
        ["workspace_id", "created_at", "id"],
        unique=False,
        schema="waypost",
    )
    op.create_index(
        op.f("ix_touchpoints_workspace_id_updated_at_id"),
        "touchpoints",
        ["workspace_id", "updated_at", "id"],
        unique=False,
        schema="waypost",
    )
    tenancy.protect("journeys")
    tenancy.protect("journey_personas")
    tenancy.protect("next_journeys")
    tenancy.protect("stages")
    tenancy.protect("touchpoints")
    tenancy.view_in_workspace("journeys")
    tenancy.view_in_workspace("touchpoints")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("touchpoints")
    tenancy.drop_view_in_workspace("journeys")
    op.drop_table("touchpoints", schema="waypost")
    op.drop_table("stages", schema="waypost")
    op.drop_table("next_journeys", schema="waypost")
    op.drop_table("journey_personas", schema="waypost")
    op.drop_table("journeys", schema="waypost")
