"""The own KPIs that stand on maps, that are asked for by name, or that set targets everywhere."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from service.domain.measures.own_kpis.on_maps.standing import KpisOnMaps
from service.domain.measures.own_kpis.tables import kpi_places, kpis
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

MOST_ON_MAPS = 200
"""Own KPIs that are told of maps at once."""
_PLAIN = ("id", "key", "name", "description", "unit", "direction", "definition", "built_in")


async def kpis_on_maps(
    work: Work, journey_ids: Sequence[UUID], names: Collection[str] = ()
) -> KpisOnMaps:
    """Those with one of these keys or ids, those of some maps, and targets on built-in ones which
    stand nowhere: the oldest first, at most `MOST_ON_MAPS`. One statement.
    """
    work.needs(Scope.MAPS_READ)
    text = await work.value(_ON_MAPS, ids=list(journey_ids), names=list(names), most=MOST_ON_MAPS)
    return msgspec.json.decode(text, type=KpisOnMaps)


def has_targets(journey_ids: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an own KPI with a target stands on one of these maps."""
    at, row = kpi_places.alias("aimed_at"), kpis.alias("aimed")
    is_it = (row.c.workspace_id == at.c.workspace_id) & (row.c.id == at.c.kpi_id)
    rows = select(at.c.kpi_id).select_from(at.join(row, is_it))
    mine = (at.c.workspace_id == WORKSPACE, at.c.journey_id == func.any(journey_ids))
    return exists(rows.where(*mine, row.c.target.is_not(None)))


def _on_maps() -> Statement:
    row, sought = kpis, func.any(bindparam("names", type_=ARRAY(Text)))
    named = or_(row.c.key == sought, cast(row.c.id, Text) == sought)
    stands = exists().where(*_here(row, at := kpi_places.alias("at")), _asked(at))
    anywhere = ~exists().where(*_here(row, kpi_places.alias("any_place")))
    no_parameters = func.coalesce(row.c.parameters, _EMPTY) == _EMPTY
    everywhere = anywhere & row.c.built_in.is_not(None) & row.c.target.is_not(None) & no_parameters
    members: dict[str, ColumnElement[Any]] = {
        **{name: row.c[name] for name in (*_PLAIN, "parameters", "target", "aggregation", "owner")},
        "defined": row.c.definition,
        "places": _places(row),
        "anywhere": anywhere,
    }
    order = (named.desc(), row.c.created_at, row.c.id)
    place, every = func.row_number().over(order_by=order), func.count().over()
    found = (
        select(json_object(members).label("kpi"), place.label("place"), every.label("every"))
        .where(row.c.workspace_id == WORKSPACE, or_(named, stands, everywhere))
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
        .subquery("found")
    )
    more = func.coalesce(func.max(found.c.every) - func.count(), literal_column("0"))
    told = json_object({"kpis": json_array(found.c.kpi, [found.c.place]), "more": more})
    return Statement(select(cast(select(told).scalar_subquery(), Text)))


def _here(row: FromClause, at: FromClause) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return at.c.workspace_id == WORKSPACE, at.c.kpi_id == row.c.id


def _asked(at: FromClause) -> ColumnElement[bool]:
    return at.c.journey_id == func.any(uuids("ids"))


def _places(row: FromClause) -> ColumnElement[Any]:
    at = kpi_places.alias("place")
    told = json_object({name: at.c[name] for name in ("journey_id", "stage_id", "step_id")})
    found = select(json_array(told, [at.c.position])).where(*_here(row, at), _asked(at))
    return found.correlate(row).scalar_subquery()


_EMPTY: ColumnElement[Any] = literal_column("'{}'::jsonb")
_ON_MAPS = _on_maps()
