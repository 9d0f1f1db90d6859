"""What challenges, coverage and plan need of stored journeys: one statement for each of them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from service.domain.insights.planning.material import Found, Material, Shared
from service.domain.insights.planning.material_revised import as_it_was
from service.domain.insights.planning.rows import CHALLENGES, COVERAGE, OFFERS, PLANS
from service.domain.insights.revised import Revised
from service.domain.insights.revised_reads import NOW, Past
from service.domain.statements import Statement
from service.domain.work import Scope, Work


async def for_challenges(
    work: Work, journey_ids: Sequence[UUID], then: Past = NOW
) -> dict[UUID, Found]:
    """The maps there are, with the content and actions that answer something in them."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, CHALLENGES, journey_ids, then)


async def for_coverage(
    work: Work, journey_ids: Sequence[UUID], then: Past = NOW
) -> dict[UUID, Found]:
    """The same, with the catalogue of touchpoints, findings and the workspace's departments."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, COVERAGE, journey_ids, then)


async def for_plans(work: Work, journey_ids: Sequence[UUID], then: Past = NOW) -> dict[UUID, Found]:
    """The maps there are, with their touchpoints, and all content and actions that are for them."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, PLANS, journey_ids, then)


async def for_offers(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, Found]:
    """The maps there are, with their touchpoints, and all content that is for them."""
    work.needs(Scope.MAPS_READ)
    return await _found(work, OFFERS, journey_ids, NOW)


async def _found(
    work: Work, statement: Statement, journey_ids: Sequence[UUID], then: Past
) -> dict[UUID, Found]:
    beside, *rows = await work.value(statement, ids=then.there(journey_ids), **then.held)
    shared = msgspec.json.decode(beside[-1], type=Shared)
    found = {which: Found(which, version, _whole(text, shared)) for which, version, text in rows}
    return {which: _then(one, then.maps.get(which)) for which, one in found.items()}


def _then(found: Found, was: Revised | None) -> Found:
    """What was read, or of a revision that."""
    if was is None:
        return found
    return Found(found.journey_id, was.version, as_it_was(found.material, was))


def _whole(text: str, shared: Shared) -> Material:
    one = msgspec.json.decode(text, type=Material)
    touchpoints = one.touchpoints or shared.touchpoints
    return replace(one, touchpoints=touchpoints, departments=shared.departments)
