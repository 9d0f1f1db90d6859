"""Gaps of stored journeys: one statement for all that are asked, then pure functions."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from service.domain.insights import gaps as looking
from service.domain.insights.gap import Gap
from service.domain.insights.gap_map import Read
from service.domain.insights.gap_rows import READ
from service.domain.work import Scope, Work


async def gaps(work: Work, journey_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Gap]]:
    """The gaps of each journey there is, worst first, in the caller's language."""
    work.needs(Scope.MAPS_READ)
    text = await work.value(READ, ids=list(dict.fromkeys(journey_ids)))
    read = msgspec.json.decode(text, type=Read)
    asked = set(map(str, journey_ids))
    return {
        UUID(one.id): looking.found(looking.looked_at(one, read.limits, work.now.date()))
        for one in read.maps
        if one.id in asked
    }
