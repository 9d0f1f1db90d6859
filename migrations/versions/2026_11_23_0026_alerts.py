"""Since when and until when gaps were seen; alerts, and what fired."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import tenancy

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
ONLINE = False

_TABLES = ("gap_sightings", "alerts", "alert_firings")


def upgrade() -> None:
    _gap_sightings()
    _alerts()
    _alert_firings()
    for table in _TABLES:
        tenancy.protect(table)
    tenancy.view_in_workspace("alerts")


def downgrade() -> None:
    tenancy.drop_view_in_workspace("alerts")
    for table in reversed(_TABLES):
        op.drop_table(table, schema="waypost")


def _gap_sightings() -> None:
    op.create_table(
        "gap_sightings",
        _id("workspace_id"),
        _id("id"),
        _id("gap_id"),
        _id("journey_id"),
        _id("stage_id", nullable=True),
        _id("step_id", nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_severity", sa.Double(), nullable=False),
        sa.Column("severity", sa.Double(), nullable=False),
        _at("opened_at"),
        _at("last_seen_at"),
        _at("closed_at", nullable=True),
        _refers("gap_sightings", "journey_id", "journeys"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_gap_sightings")),
        schema="waypost",
    )
    op.create_index(
        "uq_gap_sightings_open",
        "gap_sightings",
        ["workspace_id", "gap_id"],
        unique=True,
        schema="waypost",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _index("gap_sightings", "journey_id")
    _index("gap_sightings", "opened_at", "id")
    _index("gap_sightings", "closed_at")


def _alerts() -> None:
    op.create_table(
        "alerts",
        *_resource("alerts"),
        sa.Column("name", sa.Text(), nullable=False),
        _json("watches", default=True),
        _json("condition", default=True),
        _id("journey_id", nullable=True),
        _id("stage_id", nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("least_count", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _at("checked_at", nullable=True),
        _json("figure"),
        sa.Column("search", sa.Text(), sa.Computed("name", persisted=True), nullable=True),
        _refers("alerts", "journey_id", "journeys"),
        _refers("alerts", "stage_id", "stages"),
        schema="waypost",
    )
    op.create_index(
        "ix_alerts_search",
        "alerts",
        ["workspace_id", "search"],
        schema="waypost",
        postgresql_using="gin",
        postgresql_ops={"search": "waypost.gin_trgm_ops"},
    )
    _index("alerts", "created_at", "id")
    _index("alerts", "updated_at", "id")
    for column in ("journey_id", "stage_id", "checked_at"):
        _index("alerts", column)


def _alert_firings() -> None:
    op.create_table(
        "alert_firings",
        *_resource("alert_firings"),
        _id("alert_id"),
        _at("fired_at"),
        _at("resolved_at", nullable=True),
        _json("condition", default=True),
        _json("figure", default=True),
        _json("before"),
        _json("change"),
        _refers("alert_firings", "alert_id", "alerts"),
        schema="waypost",
    )
    op.create_index(
        "uq_alert_firings_unresolved",
        "alert_firings",
        ["workspace_id", "alert_id"],
        unique=True,
        schema="waypost",
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    _index("alert_firings", "alert_id", "fired_at")


def _resource(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        _id("workspace_id"),
        _id("id"),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        _at("created_at"),
        _at("updated_at"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["waypost.workspaces.workspace_id"],
            name=op.f(f"fk_{table}_workspace_id"),
        ),
    )


def _id(name: str, *, nullable: bool = False) -> sa.Column[UUID]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _json(name: str, *, default: bool = False) -> sa.Column[Any]:
    kind = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    if not default:
        return sa.Column(name, kind, nullable=True)
    return sa.Column(name, kind, server_default=sa.text("'{}'"), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column],
        [f"waypost.{to}.workspace_id", f"waypost.{to}.id"],
        name=op.f(f"fk_{table}_workspace_id_{column}"),
        ondelete="CASCADE",
    )


def _index(table: str, *columns: str) -> None:
    name = op.f(f"ix_{table}_workspace_id_{'_'.join(columns)}")
    op.create_index(name, table, ["workspace_id", *columns], schema="waypost")
