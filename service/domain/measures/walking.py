"""Paths, each a session or all that one person did in a range, and the steps they consist of. Pure.

A session belongs to the range of its first event and is counted whole.
"""

from datetime import datetime
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.answers import told
from service.domain.history import Flags, Histories, Ints
from service.domain.measures.cutting import beginning_within, first_of_session, within
from service.domain.measures.defining import RangeDefinition


class WalkDefinition(RangeDefinition, frozen=True, gc=False):
    """What was looked at, and how."""

    scope: Annotated[str, told("Within sessions, or over all that one did.", "session")]
    timeout_seconds: Annotated[int, told("A longer pause ends a session.", 1800)]
    collapse_repeats: Annotated[bool, told("Whether repeats in a row are one.", False)]
    limit: Annotated[int, told("At most so many are listed.", 200)]


class Walked(NamedTuple):
    """The steps of paths: their events, when each was reached, whether a path begins there, and
    for each selection whether it takes the step."""

    codes: NDArray[np.int32]
    at: Ints
    begins: Flags
    holds: list[Flags]


def walked(found: Histories, definition: WalkDefinition) -> Walked:
    """The steps of paths. Repeats in a row that are collapsed are reached with the first, and
    taken by what takes one of them."""
    begins = beginnings(found, definition.scope, definition.timeout_seconds)
    codes, holds = found.columns["event"].codes, list(found.holds)
    if not definition.collapse_repeats or not len(codes):
        return Walked(codes, found.at, begins, holds)
    kept = begins.copy()
    kept[1:] |= codes[1:] != codes[:-1]
    first = np.flatnonzero(kept)
    return Walked(
        codes[kept],
        found.at[kept],
        begins[kept],
        [np.logical_or.reduceat(one, first) for one in holds],
    )


def beginnings(found: Histories, unit: str, timeout_seconds: int) -> Flags:
    """Whether a row begins a path."""
    return first_of_session(found, timeout_seconds) if unit == "session" else found.heads


def whole_paths(
    found: Histories,
    unit: str,
    timeout_seconds: int,
    from_: datetime | None,
    to: datetime | None,
) -> Histories:
    """Those paths alone that belong to a range, of all events before its end and all sessions
    whole that begin before it."""
    if unit == "session":
        begins = first_of_session(found, timeout_seconds)
        chosen = beginning_within(found, begins, from_, to)
    else:
        chosen = within(found.at, from_, to)
    return found if chosen.all() else found.those(chosen)
