"""A workspace's own KPIs, where they stand on maps, and figures that were measured elsewhere.

A place goes when that part of its map goes; the KPI itself stays.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from service.domain.journeys import slug
from service.domain.tables import (
    instant,
    json,
    link,
    maybe,
    metadata,
    points_to,
    resource,
    uid,
    words,
)

kpis: Table = resource(
    "kpis",
    words("key"),
    words("name"),
    maybe("description"),
    maybe("unit"),
    words("direction"),
    json("target"),
    slug("owner", "department"),
    json("definition"),
    maybe("built_in"),
    json("parameters"),
    words("aggregation"),
    UniqueConstraint("workspace_id", "key"),
    CheckConstraint("definition IS NULL OR built_in IS NULL", "one_source"),
    kind="kpi",
    label="name",
    searched="name || ' ' || coalesce(description, '')",
)

kpi_places = link(
    "kpi_places",
    "kpis",
    "kpi_id",
    uid("journey_id"),
    uid("stage_id", nullable=True),
    uid("step_id", nullable=True),
    PrimaryKeyConstraint("workspace_id", "kpi_id", "position"),
    points_to("journeys", "journey_id", cascade=True),
    points_to("stages", "stage_id", cascade=True),
    points_to("steps", "step_id", cascade=True),
    CheckConstraint("stage_id IS NULL OR step_id IS NULL", "one_place"),
    member="places",
)
for _name in ("journey_id", "stage_id", "step_id"):
    Index(None, kpi_places.c.workspace_id, kpi_places.c[_name])

kpi_values = Table(
    "kpi_values",
    metadata,
    uid("workspace_id"),
    # Made of the KPI, the time and the keys: what is posted again is the same row.
    uid("id"),
    uid("kpi_id"),
    Column("at", instant, nullable=False),
    Column("value", Numeric),
    Column("numerator", Numeric),
    Column("denominator", Numeric),
    json("keys", "'{}'"),
    Column("posted_at", instant, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id"),
    points_to("kpis", "kpi_id", cascade=True),
)
Index(None, kpi_values.c.workspace_id, kpi_values.c.kpi_id, kpi_values.c.at)
