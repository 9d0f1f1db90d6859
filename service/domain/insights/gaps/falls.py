"""Transitions over which fewer go on than elsewhere or before: found by comparing shares. Pure.

What is compared is the continuation of a transition: the share of contacts who are at its `to`
within the window from their first arrival at its `from`, the undecided apart. `since`: everybody in
a range against everybody in its baseline; `where`: those who arrive with one device, channel or
campaign against those who arrive with another, in the same range. A fall is found where Newcombe's
95 % interval of the difference lies below zero, each side having the least count; of several slices
or periods, where Fisher's exact p-value passes Benjamini–Hochberg at 5 % over all of them as well.
A fall of everybody that nobody outside a slice shares is told of the slice alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain import patience
from service.domain.history import MISSING, Column, Flags
from service.domain.insights.gaps.passage import Fall, Slice, Span, Tally
from service.domain.insights.gaps.question import Period, Question, scanned
from service.domain.insights.gaps.walk import MEMBER, Arrivals, Walk, holds
from service.domain.shares import newcombe
from service.domain.significance import discoveries, fisher

MOST_SLICES = 10
"""Values of a dimension that are told apart at one step: the most frequent."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A transition of the map, by its ends, and who arrives at its `from`."""

    from_id: str
    to_id: str
    arrived: Arrivals


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two sides that may be compared, `here` and `there`: of everybody who takes a transition in a
    range and in its baseline, or of those who arrive with one value of a `column` and the rest."""

    way: Way
    where: Slice | None
    period: Period
    here: Tally
    there: Tally
    column: Column | None = None
    code: int = MISSING

    @property
    def own(self) -> Flags | None:
        """The rows of a slice, whenever."""
        return None if self.column is None else self._codes(self.column) == self.code

    def sides(self, *, without: Flags | None = None) -> tuple[Tally, Tally]:
        """Both, of the period as it is now, perhaps `without` some rows."""
        arrived = self.way.arrived
        here, there = (holds(one, arrived.at) for one in (self.period.span, self.period.baseline))
        if self.column is not None:
            codes = self._codes(self.column)
            here, there = here & (codes == self.code), there & (codes != self.code) & (codes >= 0)
        if without is not None:
            here, there = here & ~without, there & ~without
        return arrived.tally(here), arrived.tally(there)

    def _codes(self, column: Column) -> NDArray[np.int32]:
        return column.codes[self.way.arrived.rows]


class Falls(NamedTuple):
    """What was found, and how many comparisons could not be made: of too few contacts, or since a
    count would be too small to be told."""

    found: Sequence[Fall]
    too_few: int
    small: int


def falls(walk: Walk, ways: Sequence[Way], asked: Question) -> Falls:
    """The falls of all transitions of a map. Linear in arrivals."""
    if not len(walk.at):
        return Falls([], 0, 0)
    scan = scanned(asked, int(walk.since.min()), int(walk.since.max()))
    parts = [_Parts(way, scan, asked.within) for way in ways]
    of_all = [pair for each in parts for pair in _of_all(each, asked.since)]
    sliced = [pair for each in parts for pair in _sliced(walk, each, asked.least)]
    told = _Compared(asked)
    # A single range that nobody tells slices of is compared by itself.
    alone = bool(asked.since) + len(scan) < 2 and not sliced
    found = told.alone(of_all) if alone else told.of_many([*of_all, *sliced])
    own = [one for one in found if not _is_a_slices(one[0], found)]
    return Falls([_fall(*one) for one in _joined(told, own)], told.too_few, told.small)


class _Parts:
    """A transition, and the ranges that are looked at: those of a scan, else the only one."""

    def __init__(self, way: Way, scan: Sequence[Period], within: Span) -> None:
        patience.go_on()
        self.way, self.scan = way, scan
        at = way.arrived.at
        self.of_slices = [one._replace(basis="rest", baseline=one.span) for one in scan] or [
            Period(within, "rest", within)
        ]
        if scan:
            ends = [*(one.span.from_ for one in scan), scan[-1].span.to]
            self.part = np.searchsorted(np.array(ends, dtype=np.int64), at, "right") - 1
        else:
            self.part = np.where(holds(within, at), 0, MISSING)


def _of_all(of: _Parts, since: Period | None) -> Iterator[_Pair]:
    """Everybody in a range, and in each of a scan, against all in its baseline."""
    arrived = of.way.arrived
    if since is not None:
        one_side, other = (
            arrived.tally(holds(span, arrived.at)) for span in (since.span, since.baseline)
        )
        yield _Pair(of.way, None, since, one_side, other)
    if of.scan:
        here, before = arrived.by_part(of.part, len(of.scan))
        for period, one, all_ in zip(of.scan, here.tolist(), before.tolist(), strict=True):
            yield _Pair(of.way, None, period, Tally(*one), Tally(*all_))


def _sliced(walk: Walk, of: _Parts, least: int) -> Iterator[_Pair]:
    """Each frequent value of each dimension against all others, and the members of each profile
    against those who are none."""
    arrived = of.way.arrived
    for name, column in walk.columns.items():
        codes = column.codes[arrived.rows]
        counts = np.bincount(codes[codes >= 0], minlength=1)
        frequent = np.flatnonzero(counts >= max(least, 1))
        chosen = frequent[np.argsort(-counts[frequent], kind="stable")][:MOST_SLICES]
        if not len(chosen):
            continue
        slices = {code: Slice(name, str(column.words[code])) for code in chosen.tolist()}
        yield from _apart(of, column, slices)
    for where, column in walk.members:
        if int(column.codes[arrived.rows].sum()) >= max(least, 1):
            yield from _apart(of, column, {MEMBER: where})


def _apart(of: _Parts, column: Column, slices: Mapping[int, Slice]) -> Iterator[_Pair]:
    """Some values of a column by their codes, each against all others, in all ranges at once."""
    arrived, many = of.way.arrived, len(slices)
    codes = column.codes[arrived.rows]
    number = np.full(max(column.number, 1) + 1, many, dtype=np.int8)
    number[[*slices]], number[MISSING] = np.arange(many), MISSING
    sides = arrived.by_value(number[codes], of.part, len(of.of_slices), many)
    for period, *both in zip(of.of_slices, *(one.tolist() for one in sides), strict=True):
        for (code, where), here, there in zip(slices.items(), *both, strict=True):
            yield _Pair(of.way, where, period, Tally(*here), Tally(*there), column, code)


_Found = tuple[_Pair, float | None]


class _Compared:
    """Comparisons as they are made, and how many could not be."""

    def __init__(self, asked: Question) -> None:
        self._asked = asked
        self.too_few = self.small = 0

    def alone(self, pairs: Sequence[_Pair]) -> list[_Found]:
        """Those that fall, each by itself."""
        return [(one, None) for one in self._allowed(pairs) if is_below(one.here, one.there)]

    def of_many(self, pairs: Sequence[_Pair]) -> list[_Found]:
        """Those that fall, of many that are compared at once."""
        allowed = [*self._allowed(pairs)]
        p_values = [
            fisher(*(n for side in (one.here, one.there) for n in (side.continued, side.decided)))
            for one in allowed
        ]
        each = zip(allowed, p_values, discoveries(p_values), strict=True)
        return [(one, p) for one, p, is_new in each if is_new and is_below(one.here, one.there)]

    def is_a_fall(self, pair: _Pair) -> bool:
        """Whether two sides, counted again, may be told and fall."""
        here, there = pair.sides()
        enough = min(here.decided, there.decided) >= max(self._asked.least, 1)
        few = self._asked.small
        return enough and here.is_told(few) and there.is_told(few) and is_below(here, there)

    def _allowed(self, pairs: Sequence[_Pair]) -> Iterator[_Pair]:
        for one in pairs:
            here, there = one.here, one.there
            if min(here.decided, there.decided) < max(self._asked.least, 1):
                self.too_few += 1
            elif not (here.is_told(self._asked.small) and there.is_told(self._asked.small)):
                self.small += 1
            else:
                yield one


def is_below(here: Tally, there: Tally) -> bool:
    """Whether fewer go on here: the interval of the difference lies below zero."""
    ends = newcombe(there.share, here.share)
    return ends is not None and ends[1] < 0


def _is_a_slices(pair: _Pair, found: Sequence[_Found]) -> bool:
    """Whether everybody falls by those of a slice alone, which was found to fall in that time."""
    if pair.where is not None:
        return False
    slices = (
        other.own
        for other, _ in found
        if other.where and other.way is pair.way and _meet(other.period.span, pair.period.span)
    )
    return any(own is not None and not is_below(*pair.sides(without=own)) for own in slices)


def _meet(one: Span, other: Span) -> bool:
    """Whether two ranges have a time in common."""
    pairs = ((one.to, other.from_), (other.to, one.from_))
    return not any(to is not None and from_ is not None and to <= from_ for to, from_ in pairs)


def _joined(told: "_Compared", found: Sequence[_Found]) -> Iterator[_Found]:
    """Weeks or months that follow on each other as one, of a transition and slice."""
    held: dict[tuple[Way, Slice | None, str], list[_Found]] = {}
    for one in found:
        held.setdefault((one[0].way, one[0].where, one[0].period.basis), []).append(one)
    for run in held.values():
        last, last_p = run[0]
        for pair, p in run[1:]:
            both = replace(last, period=_both(last.period, pair.period))
            follows = last.period.span.to == pair.period.span.from_ and p is not None
            # First arrivals are others in a longer time, and counts too.
            if follows and told.is_a_fall(both):
                last, last_p = both, max(p or 0.0, last_p or 0.0)
            else:
                yield last, last_p
                last, last_p = pair, p
        yield last, last_p


def _both(first: Period, second: Period) -> Period:
    span = Span(first.span.from_, second.span.to)
    baseline = span if first.basis == "rest" else first.baseline
    return first._replace(span=span, baseline=baseline)


def _fall(pair: _Pair, p_value: float | None) -> Fall:
    here, there = pair.sides()
    ends = newcombe(there.share, here.share) or (0.0, 0.0)
    span, basis, baseline, scanned = pair.period
    way = pair.way
    ends_of = way.from_id, way.to_id
    return Fall(*ends_of, span, pair.where, basis, baseline, scanned, here, there, ends, p_value)
