"""What a map wants people to reach: its goal, as each state of it has it. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from service.domain import filters, measures
from service.domain.errors import Invalid
from service.domain.filters import Filter, Test
from service.domain.history import Flags
from service.domain.insights.bindings.bound import BoundMap
from service.domain.insights.contact_journeys.following import NO_GOAL
from service.domain.insights.laid.laying import Laid
from service.domain.insights.laid.taking import NEEDS_CONTACTS_READ

UNREADABLE_GOAL = "unreadable_goal"


class Goals(NamedTuple):
    """The goals of a map's states, each once; of each state the place of its goal, or None, and
    why it has none that can be asked about."""

    conditions: "list[Filter]"
    places: list[int | None]
    reasons: list[str | None]

    @property
    def reason(self) -> str | None:
        """Why the newest state has none."""
        return self.reasons[-1] if self.reasons else NO_GOAL

    def reached(self, laid: Laid, holds: Sequence[Flags]) -> Flags:
        """Whether each row fulfils the goal of the state that judges it; `holds` are the answers
        to `conditions`."""
        found = np.zeros(len(laid.found), dtype=np.bool_)
        for state, place in enumerate(self.places):
            if place is not None:
                found |= (laid.revision == state) & holds[place]
        return found


def goals(states: Sequence[BoundMap], *, whose: bool) -> Goals:
    """The goals of states of a map. Without `contacts:read` none is asked about that may tell one
    person from others."""
    conditions: dict[bytes, Filter] = {}
    order: dict[bytes, int] = {}
    places: list[int | None] = []
    reasons: list[str | None] = []
    for of in states:
        condition, reason = _goal(of, whose=whose)
        reasons.append(reason)
        if condition is None:
            places.append(None)
            continue
        # By its JSON: Python holds 1 and True for equal.
        said = msgspec.json.encode(filters.dump(condition))
        conditions[said] = condition
        places.append(order.setdefault(said, len(order)))
    return Goals([*conditions.values()], places, reasons)


def _goal(of: BoundMap, *, whose: bool) -> "tuple[Filter | None, str | None]":
    if of.goal is None:
        return None, NO_GOAL
    try:
        found = filters.parse_selection(of.goal, filters.BINDINGS)
    except Invalid:
        return None, UNREADABLE_GOAL
    asked = (one for _, one in filters.tests(found, "") if isinstance(one, Test))
    if not whose and any(one.field not in measures.DECLARED for one in asked):
        return None, NEEDS_CONTACTS_READ
    return found, None
