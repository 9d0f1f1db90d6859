"""What challenges, coverage and plan need of stored journeys: one statement for each of them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from service.domain.insights.planning.material import Found, Material, Shared
from service.domain.insights.planning.rows import CHALLENGES, COVERAGE, PLANS
from service.domain.statements import Statement
from service.domain.work import Scope, Work


async def for_challenges(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Found]:
    """The maps there are, with the content and actions that answer something in them."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, CHALLENGES, journey_ids)


async def for_coverage(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Found]:
    """The same, with the catalogue of touchpoints, findings and the workspace's departments."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, COVERAGE, journey_ids)


async def for_plans(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Found]:
    """The maps there are, with their touchpoints, and all content and actions that are for them."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, PLANS, journey_ids)


async def _found(
    work: Work, statement: Statement, journey_ids: Sequence[UUID]
) -> dict[UUID, Found]:
    beside, *rows = await work.value(statement, ids=list(dict.fromkeys(journey_ids)))
    shared = msgspec.json.decode(beside[-1], type=Shared)
    return {which: Found(which, version, _whole(text, shared)) for which, version, text in rows}


def _whole(text: str, shared: Shared) -> Material:
    one = msgspec.json.decode(text, type=Material)
    touchpoints = one.touchpoints or shared.touchpoints
    return replace(one, touchpoints=touchpoints, departments=shared.departments)
