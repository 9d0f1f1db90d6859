"""Histories cut into the units of a funnel. Pure."""

from typing import NamedTuple

import numpy as np

from service.domain.history import SECOND, Flags, Histories, Ints
from service.domain.measures.cutting import beginning_within, first_of_session, within
from service.domain.measures.funnels.attempts import attempts
from service.domain.measures.funnels.outcome import Funnel


class Units(NamedTuple):
    """The rows of units. `unit` numbers them from 0, a unit's rows end before `ends` of it; a chain
    may begin where `begins` says; nothing can come of a unit any more that is `over`.
    """

    found: Histories
    unit: Ints
    ends: Ints
    begins: Flags
    over: Flags


def units(found: Histories, funnel: Funnel, now: int) -> Units:
    """The units of a funnel, the last event of all being at `now`."""
    if funnel.unit == "session":
        return _sessions(found, funnel, now)
    if funnel.unit == "attempt":
        return _attempts(found, funnel)
    heads = found.heads
    begins = within(found.at, funnel.from_, funnel.to)
    return Units(found, *_numbered(heads), begins, np.zeros(int(heads.sum()), dtype=np.bool_))


def _sessions(found: Histories, funnel: Funnel, now: int) -> Units:
    first = first_of_session(found, funnel.timeout_seconds)
    inside = beginning_within(found, first, funnel.from_, funnel.to)
    chosen = found.those(inside)
    unit, ends = _numbered(first[inside])
    over = chosen.at[ends - 1] < now - funnel.timeout_seconds * SECOND
    return Units(chosen, unit, ends, np.ones(len(chosen), dtype=np.bool_), over)


def _attempts(found: Histories, funnel: Funnel) -> Units:
    opened, ends, over = attempts(found, funnel)
    counted = within(found.at[opened], funnel.from_, funnel.to)
    opened, ends, over = opened[counted], ends[counted], over[counted]
    steps = np.zeros(len(found) + 1, dtype=np.int64)
    # One attempt may end where the next is opened.
    np.add.at(steps, opened, 1)
    np.subtract.at(steps, ends, 1)
    inside = np.cumsum(steps[:-1]) > 0
    first = np.zeros(len(found), dtype=np.bool_)
    first[opened] = True
    begins = first[inside]
    return Units(found.those(inside), *_numbered(begins), begins, over)


def _numbered(first: Flags) -> tuple[Ints, Ints]:
    """The unit of each row and the ends of units, by where they begin."""
    starts = np.flatnonzero(first)
    return np.cumsum(first) - 1, np.append(starts, len(first))[1:] if len(starts) else starts
