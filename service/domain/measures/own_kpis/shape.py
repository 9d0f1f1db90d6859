"""How own KPIs and posted figures are shown and listed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Uuid, bindparam, exists, select

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.measures.own_kpis.inputs import NewKpi
from service.domain.measures.own_kpis.tables import kpi_places, kpi_values, kpis
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns, json_array, json_object
from service.domain.tables import instant

PLACES = ("journey_id", "stage_id", "step_id")
"""What a place names."""


def _places(row: FromClause) -> ColumnElement[Any]:
    held = kpi_places.alias()
    return (
        select(json_array(json_object({n: held.c[n] for n in PLACES}), [held.c.position]))
        .where(held.c.workspace_id == row.c.workspace_id, held.c.kpi_id == row.c.id)
        .scalar_subquery()
    )


def _stands(column: str) -> Callable[[FromClause], ColumnElement[bool]]:
    def at(row: FromClause) -> ColumnElement[bool]:
        held = kpi_places.alias()
        return exists().where(
            held.c.workspace_id == row.c.workspace_id,
            held.c.kpi_id == row.c.id,
            held.c[column] == bindparam(f"typed_{column}", type_=Uuid()),
        )

    return at


KPI = Shape(
    "Kpi",
    kpis,
    columns("id")
    | {"external_ids": external_ids.member("kpi")}
    | columns("key", "name", "description", "unit", "direction", "target", "owner")
    | {"places": _places}
    | columns("definition", "built_in", "parameters", "aggregation")
    | columns("version", "created_at", "updated_at"),
)
KPIS = Listing(
    KPI,
    sorts=("created_at", "updated_at", "name", "key"),
    vocabulary=Vocabulary(
        {"id": Type.UUID, "created_at": Type.INSTANT, "updated_at": Type.INSTANT}
        | dict.fromkeys(("key", "name", "description", "unit", "direction"), Type.TEXT)
        | dict.fromkeys(("owner", "built_in", "aggregation"), Type.TEXT),
        choices=choices(NewKpi),
    ),
    typed=equals("key", "owner", "direction", "built_in")
    | {name: _stands(name) for name in PLACES},
)

VALUE = Shape(
    "PostedKpiValue",
    kpi_values,
    columns("id", "kpi_id", "at", "value", "numerator", "denominator", "keys", "posted_at"),
)
VALUES = Listing(
    VALUE,
    sorts=("at", "posted_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("at", "posted_at"), Type.INSTANT)
        | dict.fromkeys(("value", "numerator", "denominator"), Type.NUMBER),
    ),
    typed={
        "from_": lambda row: row.c.at >= bindparam("typed_from_", type_=instant),
        "to": lambda row: row.c.at < bindparam("typed_to", type_=instant),
    },
    default_sort="-at",
)
