"""Which touches lie before each conversion: a run of the same person's. Pure."""

from typing import NamedTuple

import numpy as np

from service.domain.history import Flags, Histories, Ints


class Runs(NamedTuple):
    """Touches by their rows, and for each conversion the run of them that lies before it."""

    rows: Ints
    first: Ints
    lengths: Ints


def touched(found: Histories, touches: Flags, goals: Ints, lookback: int) -> Runs:
    """The touches before each row of `goals`, at most `lookback` microseconds."""
    rows = np.flatnonzero(touches)
    # Behind a conversion lies what comes behind it in the path, also at the same time.
    end = np.searchsorted(rows, goals)
    begins = np.flatnonzero(found.heads)
    own = begins[found.person[goals]]
    first = np.searchsorted(rows, _earliest(found.at, own, goals, lookback))
    return Runs(rows, first, end - first)


def _earliest(at: Ints, low: Ints, goals: Ints, lookback: int) -> Ints:
    """The first row of each person's path that the look-back reaches: bisected for all at once."""
    since, low, high = at[goals] - lookback, low.copy(), goals.copy()
    while (open_ := low < high).any():
        middle = (low + high) // 2
        early = open_ & (at[middle] < since)
        low = np.where(early, middle + 1, low)
        high = np.where(open_ & ~early, middle, high)
    return low
