"""Why nobody is at a step of a map in a range. Pure."""

from datetime import datetime

from service.domain import measures
from service.domain.histories import Range
from service.domain.insights.bindings.claims import NO_EVENT, NOT_BOUND
from service.domain.insights.laid.laying import Laid
from service.domain.insights.laid.rule import Known

NOT_IN_FORCE = "not_in_force"


def nobody(on_map: Laid, known: Known, within: Range, *, is_bound: bool) -> str | None:
    """Why nobody is at a step in a range; None: somebody is. `is_bound`: events can be at one."""
    if (measures.within(on_map.found.at, *within) & on_map.touched).any():
        return None
    if before_force(known, within.to):
        return NOT_IN_FORCE
    return NO_EVENT if is_bound else NOT_BOUND


def before_force(known: Known, to: datetime | None) -> bool:
    """Whether no revision held yet before a time."""
    starts = [since for since in known.begins.values() if since is not None]
    always = known.draft is not None or len(starts) < len(known.begins)
    return not always and to is not None and to <= min(starts)
