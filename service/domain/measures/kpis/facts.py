"""Events as figures are computed of them: in groups, and in cells of groups and times. Pure.

Rows are sorted by person, time and arrival, whatever their groups are: paths are never taken apart.
A cell is a group and one of the times between two edges; all cells are computed at once, and none
is ever looped over by event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from service.domain.history import SECOND, Column, Flags, Ints, changes

NONE = -1
"""The row, unit or cell that there is not."""


class Units(NamedTuple):
    """What is counted: runs of rows. `of` is the unit of each row, `cell` the cell of each unit;
    units are numbered in the order of rows."""

    of: Ints
    cell: Ints


@dataclass(frozen=True, eq=False)
class Facts:
    """Events in groups, and the edges of the times in which they are counted.

    `edges` rise, in microseconds; `holds` are the selections and `columns` the fields by name;
    `asked` the parameters; `now` when it is asked. `group` is that of what each event is of; None:
    there are no groups. With `weights` a row stands for so many events, of anybody: then nothing is
    told of them but their number. With `sums` it stands for sessions that begin there, and its
    numbers are what they come to. `open_ended`: the range has no end.
    """

    person: Ints
    at: Ints
    holds: Mapping[str, Flags]
    columns: Mapping[str, Column]
    edges: Ints
    asked: Mapping[str, Any]
    now: int
    group: Ints | None = None
    groups: int = 1
    weights: Ints | None = None
    sums: Ints | None = None
    open_ended: bool = False

    def __len__(self) -> int:
        return len(self.at)

    @property
    def times(self) -> int:
        """How many times there are."""
        return len(self.edges) - 1

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.groups * self.times

    @cached_property
    def time(self) -> Ints:
        """The time in which each row lies; `NONE` outside all."""
        if self.times == 1:
            # As most are asked for, and many times as fast as to look among edges.
            low, high = self.edges.tolist()
            return np.where((self.at >= low) & (self.at < high), 0, NONE)
        time = np.searchsorted(self.edges, self.at, "right") - 1
        return np.where((time >= 0) & (time < self.times), time, NONE)

    @cached_property
    def cell(self) -> Ints:
        """The cell of each row; `NONE` outside all times, and where it has no group."""
        if self.group is None:
            return self.time
        inside = (self.time != NONE) & (self.group != NONE)
        return np.where(inside, self.group * self.times + self.time, NONE)

    @cached_property
    def people(self) -> Units:
        """Everybody's rows, whenever; they have no cell."""
        of = np.cumsum(changes(self.person)) - 1
        return Units(of, np.full(int(of[-1]) + 1 if len(of) else 0, NONE))

    @cached_property
    def contacts(self) -> Units:
        """Each person in each time: the rows that lie there."""
        inside = np.flatnonzero(self.time != NONE)
        begins = changes(self.person[inside]) | changes(self.time[inside])
        of = np.full(len(self), NONE)
        of[inside] = np.cumsum(begins) - 1
        return Units(of, self.cell[inside[begins]])

    @cached_property
    def session_begins(self) -> Flags:
        """Whether a row begins a session."""
        begins = changes(self.person)
        begins[1:] |= np.diff(self.at) > self.asked["timeout_seconds"] * SECOND
        return begins

    @cached_property
    def sessions(self) -> Units:
        """Sessions by the cell of their first event, whole."""
        begins = self.session_begins
        heads = np.flatnonzero(begins)
        cell = self.cell[heads]
        number = np.where(cell != NONE, np.cumsum(cell != NONE) - 1, NONE)
        of = number[np.cumsum(begins) - 1] if len(begins) else np.zeros(0, dtype=np.int64)
        return Units(of, cell[cell != NONE])

    def units(self, name: str) -> Units:
        """What is counted, by what callers call it."""
        return self.sessions if name == "session" else self.contacts

    @property
    def often(self) -> Ints:
        """For how many events each row stands."""
        return np.ones(len(self), dtype=np.int64) if self.weights is None else self.weights

    def counted(self, chosen: Flags) -> Ints:
        """How many of the chosen events lie in each cell."""
        if self.weights is None:
            return self.tally(self.cell[chosen])
        chosen = chosen & (self.cell != NONE)
        return many(self.cell[chosen], self.weights[chosen], self.cells)

    def tally(self, cells: Ints) -> Ints:
        """How often each cell is named; `NONE` counts nowhere."""
        return np.bincount(cells[cells != NONE], minlength=self.cells)

    def behind(self, rows: Ints, chosen: Flags, *, at_once: bool = False) -> Ints:
        """The next chosen row of the same person behind each row, which may be the row itself
        `at_once`; `NONE` where there is none."""
        found = np.flatnonzero(chosen)
        place = np.searchsorted(found, rows, "left" if at_once else "right")
        following = np.append(found, NONE)[place]
        return np.where(self._same_person(rows, following), following, NONE)

    def ahead_of(self, rows: Ints, chosen: Flags) -> Ints:
        """The chosen row of the same person before each row; `NONE` where there is none."""
        found = np.flatnonzero(chosen)
        leading = np.append(NONE, found)[np.searchsorted(found, rows, "left")]
        return np.where(self._same_person(rows, leading), leading, NONE)

    def _same_person(self, rows: Ints, others: Ints) -> Flags:
        same: Flags = (self.person[others] == self.person[rows]) & (others != NONE)
        return same

    def within(self, rows: Ints, others: Ints, seconds: int | None) -> Flags:
        """Whether other rows, where there are, lie at most so long from the rows."""
        near: Flags = others != NONE
        if seconds is not None:
            near &= np.abs(self.at[others] - self.at[rows]) <= seconds * SECOND
        return near

    def lengths(self) -> Ints:
        """How long each cell is so far, in microseconds."""
        return np.tile(np.diff(np.minimum(self.edges, self.now)), self.groups)


def many(of: Ints, weights: Ints | None, least: int) -> Ints:
    """How often each number from 0 on is there, where each stands for so many."""
    # Whole numbers below 2**53: the sums are exact.
    return np.bincount(of, weights=weights, minlength=least).astype(np.int64)


def first_of(units: Units, chosen: Flags) -> Ints:
    """The first chosen row of each unit; `NONE` where there is none."""
    rows = np.flatnonzero(chosen & (units.of != NONE))
    of = units.of[rows]
    found = np.full(len(units.cell), NONE)
    first = changes(of)
    found[of[first]] = rows[first]
    return found


def last_of(units: Units) -> Ints:
    """The last row of each unit."""
    rows = np.flatnonzero(units.of != NONE)
    found: Ints = rows[np.append(changes(units.of[rows])[1:], True)[: len(rows)]]
    return found


def having(units: Units, chosen: Flags) -> Flags:
    """Whether a unit has a chosen row."""
    found: Flags = first_of(units, chosen) != NONE
    return found
