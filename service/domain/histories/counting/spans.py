"""Which counts make up a range, and what is left to be read of the events. Pure.

All times are microseconds since 2000.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from service.domain.histories.counts.cubes import DAY, QUARTER
from service.domain.history import Ints

BEGINNING = -730_119 * DAY
"""The year 1 begins."""
END = 2_921_940 * DAY - 1
"""The last instant of the year 9999."""
Span = tuple[int, int]


class Known(NamedTuple):
    """Since when events are counted and are told, None being for ever; the first and the last day
    that have a row, None where there is none."""

    since: int | None
    oldest_told: int | None
    first: int | None
    last: int | None


class Parts(NamedTuple):
    """Months and days that are counted, by their first day; between `low` and `high` their quarters
    are taken, and in the `edges`, two ranges, events are."""

    months: list[int]
    days: list[int]
    low: int
    high: int
    edges: tuple[Span, Span]


def parts(from_: int | None, to: int | None, cuts: Sequence[int], known: Known) -> Parts | None:
    """Of what a half-open range is made that is cut at some times; None where a cut lies within a
    quarter of an hour."""
    if any(cut % QUARTER for cut in cuts):
        return None
    begins = [one for one in (from_, known.oldest_told, BEGINNING) if one is not None]
    begin, end = max(begins), END if to is None else to
    low = -(-max(begin, BEGINNING if known.since is None else known.since) // QUARTER) * QUARTER
    high = end // QUARTER * QUARTER
    if low >= high:
        return Parts([], [], end, end, ((begin, max(begin, end)), (end, end)))
    months, days = _covering(low, high, cuts, known)
    return Parts(months, days, low, high, ((begin, low), (high, end)))


def _covering(
    low: int, high: int, cuts: Sequence[int], known: Known
) -> tuple[list[int], list[int]]:
    """Months that lie between two cuts wholly, and all other days."""
    if known.first is None or known.last is None:
        return [], []
    first, last = max(low // DAY, known.first), min((high - 1) // DAY, known.last)
    if first > last:
        return [], []
    starts = _months(first, last)
    begins, ends = starts[:-1] * DAY, starts[1:] * DAY
    edges = np.array(cuts, dtype=np.int64)
    same = np.searchsorted(edges, begins, "right") == np.searchsorted(edges, ends - 1, "right")
    whole = same & (begins >= low) & (ends <= high)
    every = np.arange(starts[0], starts[-1])
    of = np.searchsorted(starts, every, "right") - 1
    days = every[~whole[of] & (every >= first) & (every <= last)]
    return starts[:-1][whole].tolist(), days.tolist()


def _months(first: int, last: int) -> Ints:
    """The first days of all months that two days lie in or between, and of the next."""
    origin: Any = np.datetime64("2000-01-01", "D")
    months = np.arange((origin + first).astype("M8[M]"), (origin + last).astype("M8[M]") + 2)
    days: Ints = (months.astype("M8[D]") - origin).astype(np.int64)
    return days
