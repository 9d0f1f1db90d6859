"""Two states of maps beside each other.

Pure. Takes some milliseconds for large maps: callers run it in a thread.
"""

from typing import Any

from service.domain.journeys.revisions.difference import Compared, Comparison
from service.domain.journeys.revisions.differing import differences, unmatched
from service.domain.journeys.revisions.sending import exactly
from service.domain.journeys.revisions.stating import State


def comparison(states: tuple[State, State]) -> Comparison:
    """What differs between two states of a map, or of two maps."""
    base, other = states
    was, now = exactly(base.json), exactly(other.json)
    different = base.journey_id != other.journey_id
    return Comparison(
        _compared(base, was),
        _compared(other, now),
        differences(was, now),
        unmatched(was, now) if different else [],
    )


def _compared(state: State, shown: Any) -> Compared:
    return Compared(str(state.journey_id), shown["title"], state.revision, state.version)
