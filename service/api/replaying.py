"""A message that was put aside, put through again: the same for both faces."""

from typing import Any
from uuid import UUID

from service.api.edge import EdgeOf
from service.domain import events


async def replayed(edge: EdgeOf, resource_id: UUID) -> dict[str, Any]:
    """What came of it. Raises `NotFound`; `Unavailable` where it cannot be stored now."""
    found, public = await edge.read(lambda work: events.QUARANTINE.again(work, resource_id))
    if found.refused:
        return events.outcome_of(found, None)
    taken = await edge.intake.take(edge.caller, found, public=public)
    return events.outcome_of(found, taken)
