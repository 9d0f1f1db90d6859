"""What everybody did as places on a map: columns, a row for each event and enrolment.

Linear in events. What a row is at follows from its revision, its name, its type and what holds of
it, so each combination is looked at once; only where bindings of several steps take an event does
it matter where somebody stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import MISSING, Column, Flags, Histories, Ints, micros
from service.domain.insights.bindings.bound import BoundMap
from service.domain.insights.laid.matching import Bound
from service.domain.insights.laid.reads import Put
from service.domain.insights.laid.rule import Known, Order, Spot, nearest
from service.domain.insights.laid.taking import PLAIN, Takers

_NOWHERE, _SEVERAL = -1, -2
_ROWS = 1 << 18
"""Rows that are looked at one by one together: as lists they weigh a few MiB."""
_AT_ONCE = 1 << 22
"""Combinations up to which each there may be has a place of its own."""
_FEW = 1 << 16
"""Combinations beyond which those that there are, are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Everything that was looked at, in order: events, and enrolments before events of their time.

    Of each row `spot` is the number of its place, -1 for none; `revision` that of the state of the
    map that judges it, -1 where none was in force; `put` says that it is an enrolment. `found` has
    the names of events as `event`.
    """

    found: Histories
    spot: NDArray[np.int32]
    revision: NDArray[np.int16]
    put: Flags
    spots: Sequence[Spot]
    states: Sequence[BoundMap]

    @property
    def touched(self) -> Flags:
        """Whether a row is at a place."""
        return self.spot >= 0


def laid(found: Histories, known: Known, takers: Takers, put: Sequence[Put]) -> Laid:
    """The events that were `found`, with what `takers` ask as their first selections, and those
    enrolments that count, on the map."""
    found, is_put, places = _with(found, put)
    laying = _Laying(found, is_put, known, takers)
    spot = laying.spots(places)
    return Laid(found, spot, laying.revision, is_put, laying.known.all, known.states)


class _Spots:
    """Places by number, each once."""

    def __init__(self) -> None:
        self.all: list[Spot] = []
        self._numbers: dict[Spot, int] = {}

    def number(self, spot: Spot) -> int:
        """The number of a place."""
        if spot not in self._numbers:
            self._numbers[spot] = len(self.all)
            self.all.append(spot)
        return self._numbers[spot]


def _with(found: Histories, put: Sequence[Put]) -> tuple[Histories, Flags, list[Spot]]:
    """Histories with enrolments put in, which rows these are, and their places in that order."""
    if not put:
        return found, np.zeros(len(found), dtype=np.bool_), []
    old = np.frombuffer(found.people, dtype="S16")
    who = np.array([one.root_id.bytes for one in put], dtype="S16")
    people = np.union1d(old, who)
    person = np.searchsorted(people, old).astype(np.int32)[found.person]
    whose, at = np.searchsorted(people, who).astype(np.int32), [micros(one.at) for one in put]
    order = sorted(range(len(put)), key=lambda n: (int(whose[n]), at[n]))
    rows = [_row(person, found.at, int(whose[n]), at[n]) for n in order]
    times = np.array([at[n] for n in order], dtype=np.int64)
    made = Histories(
        np.insert(person, rows, whose[order]),
        np.insert(found.at, rows, times),
        [np.insert(one, rows, False) for one in found.holds],
        {n: Column(np.insert(c.codes, rows, MISSING), c.words) for n, c in found.columns.items()},
        people.astype("S16").tobytes(),
        found.excluded,
        found.latest,
    )
    is_put = np.insert(np.zeros(len(found), dtype=np.bool_), rows, True)
    return made, is_put, [_place(put[n]) for n in order]


def _row(person: NDArray[np.int32], at: Ints, whose: int, time: int) -> int:
    """Before which row somebody's enrolment stands."""
    first, behind = (int(np.searchsorted(person, whose, side)) for side in ("left", "right"))
    return first + int(np.searchsorted(at[first:behind], time, "left"))


def _place(one: Put) -> Spot:
    return Spot(one.stage_id, one.stage_key, one.step_id, one.step_key)


def _in_force(at: Ints, known: Known) -> NDArray[np.int16]:
    """The number of the state that judges each row."""
    if known.draft is not None:
        return np.zeros(len(at), dtype=np.int16)
    numbers = {of.revision: n for n, of in enumerate(known.states)}
    starts = sorted(since for since in known.begins.values() if since is not None)
    always = [n for n, since in known.begins.items() if since is None]
    first = numbers[max(always)] if always else _NOWHERE
    states = [known.at(one) for one in starts]
    judges = [first, *(numbers[one.revision] for one in states if one is not None)]
    place = np.searchsorted([micros(one) for one in starts], at, "right")
    return np.array(judges, dtype=np.int16)[place]


class _Class(NamedTuple):
    """What rows that are alike are at: the steps that take them, by one revision."""

    revision: int
    takers: list[Bound]


class _Laying:
    """Rows on their way to their places."""

    def __init__(self, found: Histories, is_put: Flags, known: Known, takers: Takers) -> None:
        self._found, self._is_put, self._takers = found, is_put, takers
        self._states, self._orders = known.states, [Order(of) for of in known.states]
        self.revision = _in_force(found.at, known)
        self.known = _Spots()
        self._asked = found.holds[: len(takers.asked)]
        self._number, self._example = _alike(self._columns(), len(found))
        self._classes = [self._class(row) for row in self._example.tolist()]

    def spots(self, places: Sequence[Spot]) -> NDArray[np.int32]:
        """The place of each row; `places` are those of enrolments."""
        spot = self._settled()
        for row, one in zip(np.flatnonzero(self._is_put).tolist(), places, strict=True):
            spot[row] = self.known.number(one) if self.revision[row] >= 0 else _NOWHERE
        self._follow(spot)
        return spot

    def _columns(self) -> list[tuple[NDArray[Any], int]]:
        """What tells rows apart, and how many values each has."""
        columns = [self._found.columns[name] for name in PLAIN]
        return [
            (self.revision + 1, len(self._states) + 1),
            (self._is_put, 2),
            *((one.codes + 1, len(one.words) + 1) for one in columns),
            *((one, 2) for one in self._asked),
        ]

    def _class(self, row: int) -> _Class:
        which = int(self.revision[row])
        if which < 0 or self._is_put[row]:
            return _Class(which, [])
        event = {name: _word(self._found.columns[name], row) for name in PLAIN}

        def holds(place: int) -> bool:
            return bool(self._asked[place][row])

        return _Class(which, self._takers.of(self._states[which].revision, event, holds))

    def _settled(self) -> NDArray[np.int32]:
        """The place of each row that one step takes."""
        found = np.full(len(self._classes), _NOWHERE, dtype=np.int32)
        for n, (which, takers) in enumerate(self._classes):
            if takers:
                alone = len(takers) == 1
                found[n] = self._spot(which, takers[0]) if alone else _SEVERAL
        return found[self._number]

    def _follow(self, spot: NDArray[np.int32]) -> None:
        """Of rows that several steps take, the one that is nearest from where somebody stands."""
        person = self._found.person
        rows = np.flatnonzero(spot == _SEVERAL)
        touched = np.flatnonzero(spot != _NOWHERE)
        place = np.searchsorted(touched, rows)
        last = np.where(place > 0, touched[place - 1], rows)
        follows = (last < rows) & (person[last] == person[rows])
        # Where the row before is one of these, where somebody stands is what came of it.
        before = np.where(follows, spot[last], _NOWHERE)
        told: dict[int, dict[int, int]] = {}
        standing = _NOWHERE
        for start in range(0, len(rows), _ROWS):
            some = slice(start, start + _ROWS)
            found = self._walked(rows[some], before[some], told, standing)
            spot[rows[some]], standing = found, found[-1]

    def _walked(
        self, rows: Ints, before: NDArray[np.int32], told: dict[int, dict[int, int]], standing: int
    ) -> list[int]:
        """The place of each row, one after the other; what is `told` already is looked up."""
        found: list[int] = []
        for number, fixed in zip(self._number[rows].tolist(), before.tolist(), strict=True):
            if fixed != _SEVERAL:
                standing = fixed
            known = told.setdefault(number, {})
            if standing not in known:
                known[standing] = self._nearest(number, standing)
            standing = known[standing]
            found.append(standing)
        return found

    def _nearest(self, number: int, last: int) -> int:
        """Where an event of this kind is for somebody whose last place is of this number."""
        which, takers = self._classes[number]
        order = self._orders[which]
        place = self.known.all[last] if last >= 0 else None
        standing = order.standing(place and place.stage_id, place and place.step_id)
        one = nearest(takers, standing)
        return _NOWHERE if one is None else self._spot(which, one)

    def _spot(self, which: int, one: Bound) -> int:
        step = one.step
        return self.known.number(self._orders[which].spot(step.stage_id, step.id, step.key))


def _word(column: Column, row: int) -> object:
    code = int(column.codes[row])
    return None if code == MISSING else column.words[code]


def _alike(columns: Iterable[tuple[NDArray[Any], int]], rows: int) -> tuple[Ints, Ints]:
    """The number of each row's combination of values from 0 on, and a row that has each."""
    number, size = np.zeros(rows, dtype=np.int64), 1
    for values, many in columns:
        if size * many > _FEW:
            # Many columns are few combinations: only now and then are they looked for.
            number, size = _pressed(number, size)
        number *= many
        number += values
        size *= many
    number, size = _pressed(number, size)
    example = np.zeros(size, dtype=np.int64)
    example[number] = np.arange(rows)
    return number, example


def _pressed(number: Ints, size: int) -> tuple[Ints, int]:
    if size > _AT_ONCE:
        words, number = np.unique(number, return_inverse=True)
        return number, len(words)
    there = np.zeros(size, dtype=np.bool_)
    there[number] = True
    return (np.cumsum(there) - 1)[number], int(there.sum())
