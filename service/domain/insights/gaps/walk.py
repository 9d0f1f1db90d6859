"""What contacts did on one map, as rows at its steps: who came, who went on, and when. Pure.

Judged from somebody's first arrival at a step in the range: *continued* where what is asked about
follows within the window, both ends included; *dropped* where the window had passed at the last
event of all; else *undecided*, counted apart (`domain.md` §3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Column, Flags, Ints, changes
from service.domain.insights.gaps.passage import Span, Tally
from service.domain.insights.laid.asking import LaidOut

DIMENSIONS = ("device", "channel", "campaign")
"""By what contacts are told apart."""


def holds(span: Span, at: Ints) -> Flags:
    """Which instants a range has."""
    found = np.ones(len(at), dtype=np.bool_)
    if span.from_ is not None:
        found &= at >= span.from_
    if span.to is not None:
        found &= at < span.to
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Rows at steps, by person and time. `step` is the number of a step: its position in the newest
    state of the map that judges; steps which that has no more have numbers behind. `latest` is the
    last event of all."""

    person: Ints
    at: Ints
    step: Ints
    columns: Mapping[str, Column]
    numbers: Mapping[str, int]
    positions: int
    latest: int

    def at_step(self, number: int) -> Ints:
        """The rows at one step."""
        return np.flatnonzero(self.step == number)

    def after(self, number: int) -> Ints:
        """The rows at steps behind it on the map."""
        return np.flatnonzero((self.step > number) & (self.step < self.positions))


class Arrivals(NamedTuple):
    """Rows at one step, and of each whether what is asked about follows, whether it may still, and
    after what time it did."""

    rows: Ints
    person: Ints
    at: Ints
    went: Flags
    is_open: Flags
    took: Ints

    def firsts(self, chosen: Flags) -> Ints:
        """The first of each contact, of those that are chosen."""
        rows = np.flatnonzero(chosen)
        return rows[changes(self.person[rows])] if len(rows) else rows

    def tally(self, chosen: Flags) -> Tally:
        """How many of those that are chosen went on, by each contact's first of them."""
        first = self.firsts(chosen)
        went = self.went[first]
        undecided = int((self.is_open[first] & ~went).sum())
        continued = int(went.sum())
        return Tally(continued, len(first) - continued - undecided, undecided)

    def by_value(self, codes: NDArray[np.int32], rows: Ints) -> list[tuple[Tally, Tally]]:
        """Of each value of some rows, those who arrive with it, and those who arrive with another:
        as `tally` counts them, all at once. In neither are rows without a value."""
        rows = rows[codes[rows] >= 0]
        person, code = self.person[rows], codes[rows].astype(np.int64)
        many = int(code.max(initial=-1)) + 1
        state = np.where(self.went[rows], 0, np.where(self.is_open[rows], 2, 1))

        def counted(code: Ints, some: Ints) -> Ints:
            return np.bincount(code * 3 + state[some], minlength=many * 3).reshape(many, 3)

        own = np.unique(person * many + code, return_index=True)[1] if many else rows
        heads = changes(person) if len(rows) else np.zeros(0, dtype=np.bool_)
        first = np.flatnonzero(heads)
        # With what value somebody arrives first; of those, the first arrival with another.
        begun = code[first][np.cumsum(heads) - 1]
        later = np.flatnonzero(code != begun)
        later = later[changes(person[later])] if len(later) else later
        firsts = counted(code[first], first)
        others = firsts.sum(axis=0) - firsts + counted(begun[later], later)
        each = zip(counted(code[own], own).tolist(), others.tolist(), strict=True)
        return [(Tally(*one), Tally(*other)) for one, other in each]


def walk_of(on_map: LaidOut) -> Walk:
    """Everybody on a map, at its steps."""
    laid = on_map.laid
    order = [step.id for step in laid.states[-1].steps] if laid.states else []
    ids = dict.fromkeys([*order, *(step.id for of in laid.states for step in of.steps)])
    ids |= dict.fromkeys(one.step_id for one in laid.spots if one.step_id is not None)
    numbers = {one: n for n, one in enumerate(ids)}
    codes = [numbers.get(one.step_id or "", -1) for one in laid.spots]
    number = np.array([*codes, -1], dtype=np.int64)[laid.spot]
    rows = np.flatnonzero(number >= 0)
    found = laid.found
    columns = {
        name: Column(found.columns[name].codes[rows], found.columns[name].words)
        for name in DIMENSIONS
        if name in found.columns
    }
    latest = found.latest or 0
    return Walk(
        found.person[rows].astype(np.int64),
        found.at[rows],
        number[rows],
        columns,
        numbers,
        len(order),
        latest,
    )


def arrivals(walk: Walk, here: Ints, there: Ints, window: int) -> Arrivals:
    """Rows at a step, `here`, with the first row that follows of those that are asked about."""
    end = len(walk.person)
    following = np.append(there, end)[np.searchsorted(there, here, "right")]
    person, at = np.append(walk.person, -1), np.append(walk.at, 0)
    took = at[following] - walk.at[here]
    went = (person[following] == walk.person[here]) & (took <= window)
    is_open = walk.at[here] + window >= walk.latest
    return Arrivals(here, walk.person[here], walk.at[here], went, is_open, took)
