"""What is asked of events where gaps are looked for: which ranges are compared, and how. Pure."""

from datetime import timedelta
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from service.domain import measures
from service.domain.insights.gaps.passage import Span

Scan = Literal["week", "month"]
STANDING = timedelta(days=30)
"""The days that are compared with all before where no range is asked for. They end a window ago, so
that everybody in them has gone on or not."""
MOST_PERIODS = 104
"""Weeks or months that are compared: the latest."""


class Period(NamedTuple):
    """A range that is looked at, and the one that it is compared with: all `before`, one of the
    `previous` same length, or a `given` one; or one of many that are `scanned`."""

    span: Span
    basis: str
    baseline: Span
    scanned: bool = False


class Question(NamedTuple):
    """Ranges in microseconds since 1970; `least`: the least count of contacts to compare; counts of
    fewer than `small` are not told, None: all are. With a timeout sessions are judged, which are of
    the range in which they begin."""

    within: Span
    since: Period | None
    scan: Scan | None
    zone: ZoneInfo
    window: int
    least: int
    small: int | None
    timeout_seconds: int | None = None


def scanned(asked: Question, first: int, last: int) -> list[Period]:
    """The weeks or months that the range and the events have in common, each with all before it;
    the first and the last cut to the range where it begins or ends within them."""
    if asked.scan is None:
        return []
    from_ = first if asked.within.from_ is None else max(first, asked.within.from_)
    to = last + 1 if asked.within.to is None else min(last + 1, asked.within.to)
    ends = measures.calendar_bounds(from_, to, asked.scan, asked.zone).tolist()
    # Of what lies beyond the range nobody has read who went on.
    if ends and asked.within.from_ is not None:
        ends[0] = from_
    if ends and asked.within.to is not None:
        ends[-1] = min(ends[-1], asked.within.to)
    spans = [Span(*two) for two in pairwise(ends)]
    return [Period(one, "before", Span(None, one.from_), True) for one in spans[-MOST_PERIODS:]]
