"""How KPIs and posted figures are shown and listed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.own_kpis.inputs import NewKpi
from service.domain.measures.own_kpis.meaning import IDS, MEANINGS, name_of
from service.domain.measures.own_kpis.tables import kpi_places, kpi_values, kpis
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns, json_array, json_object
from service.domain.statements import WORKSPACE
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


SINCE = datetime(2026, 11, 23, tzinfo=UTC)
"""When the built-in KPIs came to be listed."""
_ROWS = [
    {
        "id": str(IDS[one.key]),
        "version": 1,
        "created_at": SINCE.isoformat(),
        "updated_at": SINCE.isoformat(),
        "key": one.key,
        "name": name_of(one.key),
        "unit": one.unit,
        "direction": "down" if one.falls else "up",
        "built_in": one.key,
        "aggregation": "latest",
        "search": f"{name_of(one.key)} {one.key}",
    }
    for one in BUILT_IN.values()
]
_MEANINGS = literal(MEANINGS, JSONB)


def _brought() -> FromClause:
    typed = (Column(name, kpis.c[name].type) for name in _ROWS[0])
    rows = func.jsonb_to_recordset(literal(_ROWS, JSONB)).table_valued(*typed)
    return rows.render_derived(name="brought", with_types=True)


def _both() -> FromClause:
    names = [c.name for c in kpis.c if c.name != "workspace_id"]
    rows = _brought()
    given = [(rows.c[n] if n in rows.c else cast(null(), kpis.c[n].type)).label(n) for n in names]
    yes, no = (literal_column(word, Boolean).label("own") for word in ("true", "false"))
    own = select(kpis.c.workspace_id, *(kpis.c[n] for n in names), yes)
    brought = select(WORKSPACE.label("workspace_id"), *given, no)
    return union_all(own, brought).subquery("every_kpi")


def _own(row: FromClause) -> ColumnElement[Any]:
    """What a workspace writes is its own."""
    return row.c.own if "own" in row.c else literal_column("true", Boolean)


def _meaning(row: FromClause) -> ColumnElement[Any]:
    """That of the built-in KPI by which its figure is computed; null: by none."""
    return cast(_MEANINGS.op("->")(cast(row.c.built_in, Text)), JSON)


KPI = Shape(
    "Kpi",
    kpis,
    columns("id")
    | {"external_ids": external_ids.member("kpi")}
    | columns("key", "name", "description", "unit", "direction", "target", "owner")
    | {"places": _places}
    | columns("definition", "built_in", "parameters", "aggregation")
    | {"own": _own, "meaning": _meaning}
    | columns("version", "created_at", "updated_at"),
    rows=_both(),
)
KPIS = Listing(
    KPI,
    sorts=("created_at", "updated_at", "name", "key"),
    vocabulary=Vocabulary(
        {
            "id": Type.UUID,
            "own": Type.BOOLEAN,
            "created_at": Type.INSTANT,
            "updated_at": Type.INSTANT,
        }
        | dict.fromkeys(("key", "name", "description", "unit", "direction"), Type.TEXT)
        | dict.fromkeys(("owner", "built_in", "aggregation"), Type.TEXT),
        choices=choices(NewKpi),
    ),
    typed=equals("key", "owner", "direction", "built_in", "own")
    | {name: _stands(name) for name in PLACES},
    searched=_brought(),
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
