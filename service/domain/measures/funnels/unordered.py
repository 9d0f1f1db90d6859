"""How far units come in a funnel whose steps may be done in any order. Pure.

A chain begins with any event of any step and goes on by others within the window from it; its depth
is the number of different steps that different events serve. Events that could serve the same steps
are alike, and of those that are alike no more count than there are steps they could serve: so a
window is told by a few counts, and windows with the same counts have the same depth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from service.domain.errors import Invalid, Problem
from service.domain.history import Histories, Ints, changes
from service.domain.measures.funnels.matching import served
from service.domain.measures.funnels.outcome import Outcome, nobody_yet
from service.domain.measures.funnels.units import Units

_FAR = np.iinfo(np.int64).max
_AT_ONCE = 1_000_000
MOST_EVENTS = 200
"""Of one window, those that may matter; as many as there are steps where none could serve two."""
_ENTANGLED = "events could serve several of the steps in too many ways: tell the steps apart"


class _Alike(NamedTuple):
    """The rows of events that could serve the same steps."""

    serves: int
    rows: Ints


@dataclass(frozen=True, slots=True)
class _Windows:
    """What may be of a chain with a start."""

    units: Units
    kinds: list[_Alike]
    window: int | None

    @property
    def apart(self) -> bool:
        """Whether no event could serve two steps."""
        return all(kind.serves.bit_count() == 1 for kind in self.kinds)

    @property
    def width(self) -> int:
        """How many events may matter of each window."""
        return sum(kind.serves.bit_count() for kind in self.kinds)

    def portions(self, starts: Ints) -> Iterator[slice]:
        """Starts, so many at once as weigh a few MiB."""
        number = max(1, _AT_ONCE // self.width)
        return (slice(n, n + number) for n in range(0, len(starts), number))

    def following(self, starts: Ints) -> Iterator[tuple[int, Ints]]:
        """By what they could serve, the next rows that may be of a chain with each start; far
        behind all where there is none."""
        at, unit = self.units.found.at, self.units.unit
        for kind in self.kinds:
            place = np.searchsorted(kind.rows, starts)
            for n in range(kind.serves.bit_count()):
                row = kind.rows[np.minimum(place + n, len(kind.rows) - 1)]
                good = (place + n < len(kind.rows)) & (unit[row] == unit[starts])
                if self.window is not None:
                    good &= at[row] - at[starts] <= self.window
                yield kind.serves, np.where(good, row, _FAR)


def unordered(units: Units, steps: int, window: int | None, now: int) -> Outcome:
    """The outcome of each unit. `window` is in microseconds from the first event of a chain.

    Raises `Invalid` where events could serve several steps in too many different ways.
    """
    serves = _serves(units.found, steps)
    kinds = [_Alike(int(one), np.flatnonzero(serves == one)) for one in np.unique(serves) if one]
    starts = np.flatnonzero((serves > 0) & units.begins)
    depth, first = (np.zeros(len(units.ends), dtype=np.int64) for _ in range(2))
    undecided = np.zeros(len(depth), dtype=np.bool_)
    _, gaps = nobody_yet(steps, len(depth))
    if len(starts):
        windows = _Windows(units, kinds, window)
        if windows.width > MOST_EVENTS:
            raise Invalid([Problem("/steps", "too_entangled", _ENTANGLED)])
        deep, whose = _depths(windows, starts), units.unit[starts]
        heads = np.flatnonzero(changes(whose))
        those = whose[heads]
        depth[those] = np.maximum.reduceat(deep, heads)
        good = np.flatnonzero(deep == depth[whose])
        first[those] = starts[good[changes(whose[good])]]
        _time(windows, first[those], depth[those], those, gaps)
        last = starts[np.append(heads[1:], len(starts)) - 1]
        undecided[those] = True if window is None else units.found.at[last] + window >= now
    undecided &= (depth < steps) & ~units.over
    person = units.found.person[np.append(0, units.ends)[:-1]]
    return Outcome(depth, first, undecided, person, [depth > n for n in range(steps)], gaps)


def _serves(found: Histories, steps: int) -> Ints:
    """The steps that each row could serve, as bits."""
    serves = np.zeros(len(found), dtype=np.int64)
    for n in range(steps):
        serves |= found.holds[n].astype(np.int64) << n
    return serves


def _depths(windows: _Windows, starts: Ints) -> Ints:
    """The depth of each start's deepest chain."""
    if windows.apart:
        deep = np.zeros(len(starts), dtype=np.int64)
        for _, rows in windows.following(starts):
            deep += rows != _FAR
        return deep
    return np.concatenate([_matched(windows, starts[some]) for some in windows.portions(starts)])


def _matched(windows: _Windows, starts: Ints) -> Ints:
    """The same where an event could serve several steps: one look for windows that are alike."""
    there = [(serves, rows != _FAR) for serves, rows in windows.following(starts)]
    packed = np.packbits(np.stack([one for _, one in there], axis=1), axis=1)
    alike, which = np.unique(packed, axis=0, return_inverse=True)
    events = [serves for serves, _ in there]
    sizes = [
        len(served(e for e, is_there in zip(events, row, strict=True) if is_there))
        for row in np.unpackbits(alike, axis=1, count=len(events)).tolist()
    ]
    return np.array(sizes, dtype=np.int64)[which.ravel()]


def _time(windows: _Windows, chosen: Ints, depth: Ints, those: Ints, gaps: list[Ints]) -> None:
    """When each further step was served in the earliest chain from each of these starts."""
    at = windows.units.found.at
    for some in windows.portions(chosen):
        rows, whose, deep = _chain(windows, chosen[some], len(gaps)), those[some], depth[some]
        for n in range(1, int(deep.max())):
            far = deep > n
            gaps[n][whose[far]] = at[rows[far, n]] - at[rows[far, n - 1]]


def _chain(windows: _Windows, chosen: Ints, steps: int) -> Ints:
    """The rows of the earliest chain from each start, in their order."""
    columns = list(windows.following(chosen))
    rows = np.stack([one for _, one in columns], axis=1)
    order = np.argsort(rows, axis=1)
    rows = np.take_along_axis(rows, order, axis=1)
    if windows.apart:
        return rows
    return _serving(rows, np.array([serves for serves, _ in columns])[order], steps)


def _serving(rows: Ints, serves: Ints, steps: int) -> Ints:
    """Of rows in their order, those with which one step more is served."""
    found = np.full((len(rows), steps), _FAR, dtype=np.int64)
    known: dict[tuple[int, ...], list[int]] = {}
    there = (rows != _FAR).sum(axis=1)
    # One look a unit; the same events in the same order are looked at once.
    for n, (number, could) in enumerate(zip(there.tolist(), serves.tolist(), strict=True)):
        events = tuple(could[:number])
        if len(known) > _MOST_KNOWN:
            known.clear()
        if events not in known:
            known[events] = served(events)
        places = known[events]
        found[n, : len(places)] = rows[n, places]
    return found


_MOST_KNOWN = 10_000
