"""Where KPIs stand, and what was posted of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from service.domain.errors import Problem, pointer
from service.domain.journeys import journeys, stages, steps
from service.domain.measures.own_kpis.own import OwnKpi
from service.domain.measures.own_kpis.shape import PLACES
from service.domain.measures.own_kpis.tables import kpis
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_TABLES = dict(zip(PLACES, (journeys, stages, steps), strict=True))


async def settled(
    work: Work, places: Sequence[Mapping[str, Any]], problems: list[Problem]
) -> list[dict[str, Any]]:
    """Places as they are stored, each with its map; `problems` gains those that are none."""
    work.needs(Scope.MAPS_WRITE)
    if not places:
        return []
    ids = {name: [one[name] for one in places if one[name] is not None] for name in PLACES}
    rows = await work.rows(_NAMED, **ids)
    maps = {(row["name"], row["id"]): row["journey_id"] for row in rows}
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for n, one in enumerate(places):
        at = {name: maps.get((name, one[name])) for name in PLACES if one[name] is not None}
        problems += _wrong(n, at)
        row = {**one, "journey_id": next(iter(at.values()))}
        found[tuple(row.values())] = {**row, "position": len(found)}
    return list(found.values())


def _wrong(n: int, maps: Mapping[str, UUID | None]) -> list[Problem]:
    unknown = [
        Problem(
            pointer("places", n, name),
            "unknown_reference",
            f"there is no such {name.removesuffix('_id')}",
        )
        for name, which in maps.items()
        if which is None
    ]
    if not unknown and len(set(maps.values())) > 1:
        at = pointer("places", n, "journey_id")
        return [Problem(at, "another_map", "the stage or step is of another map")]
    return unknown


async def asked_for(work: Work, names: Collection[str]) -> list[OwnKpi]:
    """The workspace's own KPIs that have one of these keys or ids: one statement."""
    work.needs(Scope.MAPS_READ)
    text = await work.value(_ASKED, names=list(names))
    return msgspec.json.decode(text, type=list[OwnKpi])


def _asked() -> Statement:
    row = kpis
    names = ("id", "key", "name", "description", "unit", "direction", "definition", "aggregation")
    members = {
        **{name: row.c[name] for name in (*names, "built_in", "parameters")},
        "defined": row.c.definition,
    }
    sought = func.any(bindparam("names", type_=ARRAY(Text)))
    mine = or_(row.c.key == sought, cast(row.c.id, Text) == sought)
    found = select(json_array(json_object(members), [row.c.key]))
    return Statement(
        select(cast(found.where(row.c.workspace_id == WORKSPACE, mine).scalar_subquery(), Text))
    )


def _named() -> Statement:
    rows = [
        select(
            literal_column(f"'{name}'", Text).label("name"),
            table.c.id,
            (table.c.id if table is journeys else table.c.journey_id).label("journey_id"),
        ).where(table.c.workspace_id == WORKSPACE, table.c.id == func.any(uuids(name)))
        for name, table in _TABLES.items()
    ]
    return Statement(union_all(*rows))


_ASKED = _asked()
_NAMED = _named()
