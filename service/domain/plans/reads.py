"""What is read of plans by map: the newest actions, reviews and comments of each."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal_column, select, true

from service.domain.plans.action import ACTIONS
from service.domain.plans.tables import action_targets
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

NEWEST = 50
"""How many of each are told beside a map."""


async def of_maps(
    work: Work, resource: Resource, journey_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """The ids of the newest actions, reviews or comments of each map, at most `NEWEST`."""
    work.needs(resource.reads)
    rows = await work.value(_newest(resource), journey_ids=list(journey_ids))
    found: dict[UUID, list[UUID]] = {one: [] for one in journey_ids}
    for journey_id, which in rows or ():
        found[journey_id].append(which)
    return found


@lru_cache
def _newest(resource: Resource) -> Statement:
    maps = func.unnest(uuids("journey_ids")).table_valued("id", with_ordinality="n")
    one: Any = maps.render_derived(name="map")
    row = resource.table.alias("row")
    mine = (row.c.workspace_id == WORKSPACE, _of_map(resource, row, one.c.id))
    newest = select(row.c.id).where(*mine).order_by(row.c.created_at.desc(), row.c.id.desc())
    found = newest.limit(literal_column(str(NEWEST))).lateral("found")
    ids = func.array_agg(func.row(one.c.id, found.c.id))
    return Statement(select(ids).select_from(one.join(found, true())))


def _of_map(resource: Resource, row: Any, journey_id: Any) -> Any:
    if resource is not ACTIONS:
        return row.c.journey_id == journey_id
    held = action_targets.alias("held")
    answering = select(held.c.action_id).where(
        held.c.workspace_id == WORKSPACE, held.c.journey_id == journey_id
    )
    return row.c.id.in_(answering.correlate(journey_id.table))
