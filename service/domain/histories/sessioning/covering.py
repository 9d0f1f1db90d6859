"""Which sums make up a range, and what of it is left to be read of the events. Pure.

Times are microseconds since 2000; days, quarters of an hour and minutes are told by their first
minute, counted from there.
"""

from collections.abc import Sequence
from typing import NamedTuple

from service.domain.histories.counting.spans import BEGINNING, END, Span
from service.domain.histories.sessions.summing import DAY, MINUTE, QUARTER
from service.domain.history import SECOND


class Parts(NamedTuple):
    """A range, where it is cut; the minutes of which sums are taken, half-open, and the days and
    quarters of an hour among them that are not taken whole; beside them the events of `edges` are
    read."""

    begin: int
    end: int
    cuts: list[int]
    low: int
    high: int
    days: list[int]
    quarters: list[int]
    edges: tuple[Span, Span]


class Known(NamedTuple):
    """Since which minute there are sums, and since when events are kept, None being for ever; and
    by how many seconds' pause sessions are cut."""

    since: int | None
    kept_from: int | None
    timeout: int


def parts(from_: int | None, to: int | None, cuts: Sequence[int], known: Known) -> Parts | None:
    """Of what a half-open range is made that is cut at some times; None where a cut lies within a
    minute."""
    if any(cut % MINUTE for cut in cuts):
        return None
    begin = max(one for one in (from_, known.kept_from, BEGINNING) if one is not None)
    end = max(begin, END if to is None else to)
    firsts = [-(-begin // MINUTE)]
    if known.since is not None:
        firsts.append(known.since)
    if known.kept_from is not None:
        # What begins later is nothing whose first events are gone.
        firsts.append(-(-(known.kept_from + known.timeout * SECOND) // MINUTE))
    low, high = max(firsts), end // MINUTE
    if low >= high:
        return Parts(begin, end, [*cuts], 0, 0, [], [], ((begin, end), (end, end)))
    edges = ((begin, low * MINUTE), (high * MINUTE, end))
    inner = [low, high, *(cut // MINUTE for cut in cuts)]
    days, quarters = (_apart(inner, length) for length in (DAY, QUARTER))
    return Parts(begin, end, [*cuts], low, high, days, quarters, edges)


def _apart(minutes: Sequence[int], length: int) -> list[int]:
    """What is not taken whole, since one of these minutes lies within it."""
    return sorted({one // length * length for one in minutes if one % length})
