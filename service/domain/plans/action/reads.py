"""What else is read of actions: their effect."""

from typing import Any
from uuid import UUID

import msgspec

from service.domain.errors import NotFound
from service.domain.plans.action.measuring import measured_effect
from service.domain.plans.action.writes import ACTIONS
from service.domain.work import Work


async def effect(work: Work, action_id: UUID) -> dict[str, Any]:
    """What an action changed, by its metric before and after. Raises `NotFound`."""
    work.needs(ACTIONS.reads)
    found = await ACTIONS.documents(work, [action_id], {"metric": None})
    if action_id not in found:
        raise NotFound(ACTIONS.kind, action_id)
    metric = msgspec.json.decode(found[action_id].json)["metric"]
    return measured_effect(str(action_id), metric)
