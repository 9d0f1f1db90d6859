"""A workspace's own KPIs, where they stand on maps, and figures that were measured elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
ONLINE = False


def upgrade() -> None:
    op.create_table(
        "kpis",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column(
            "target", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column(
            "definition", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("built_in", sa.Text(), nullable=True),
        sa.Column(
            "parameters", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("aggregation", sa.Text(), nullable=False),
        sa.Column(
            "search",
            sa.Text(),
            sa.Computed("name || ' ' || coalesce(description, '')", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "definition IS NULL OR built_in IS NULL", name=op.f("ck_kpis_one_source")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["waypost.workspaces.workspace_id"], name=op.f("fk_kpis_workspace_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_kpis")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_kpis_workspace_id_key")),
        schema="waypost",
    )
    op.create_table(
        "kpi_places",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "stage_id IS NULL OR step_id IS NULL", name=op.f("ck_kpi_places_one_place")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["workspace_id", column],
                [f"waypost.{table}.workspace_id", f"waypost.{table}.id"],
                name=op.f(f"fk_kpi_places_workspace_id_{column}"),
                ondelete="CASCADE",
            )
            for table, column in (
                ("journeys", "journey_id"),
                ("stages", "stage_id"),
                ("steps", "step_id"),
                ("kpis", "kpi_id"),
            )
        ),
        sa.PrimaryKeyConstraint("workspace_id", "kpi_id", "position", name=op.f("pk_kpi_places")),
        schema="waypost",
    )
    op.create_table(
        "kpi_values",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kpi_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("numerator", sa.Numeric(), nullable=True),
        sa.Column("denominator", sa.Numeric(), nullable=True),
        sa.Column(
            "keys",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "kpi_id"],
            ["waypost.kpis.workspace_id", "waypost.kpis.id"],
            name=op.f("fk_kpi_values_workspace_id_kpi_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_kpi_values")),
        schema="waypost",
    )
    for column in ("journey_id", "stage_id", "step_id"):
        op.create_index(
            op.f(f"ix_kpi_places_workspace_id_{column}"),
            "kpi_places",
            ["workspace_id", column],
            schema="waypost",
        )
    op.create_index(
        op.f("ix_kpi_values_workspace_id_kpi_id_at"),
        "kpi_values",
        ["workspace_id", "kpi_id", "at"],
        schema="waypost",
    )
    for column in ("created_at", "updated_at"):
        op.create_index(
            op.f(f"ix_kpis_workspace_id_{column}_id"),
            "kpis",
            ["workspace_id", column, "id"],
            schema="waypost",
        )
    op.create_index(
        "ix_kpis_search",
        "kpis",
        ["workspace_id", "search"],
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    for table in ("kpis", "kpi_places", "kpi_values"):
        tenancy.protect(table)
    tenancy.view_in_workspace("kpis")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("kpis")
    for table in ("kpi_values", "kpi_places", "kpis"):
        op.drop_table(table, schema="waypost")
