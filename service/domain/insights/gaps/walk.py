"""What contacts did on one map, as rows at its steps: who came, who went on, and when. Pure.

Judged from somebody's first arrival at a step in the range: *continued* where what is asked about
follows within the window, both ends included; *dropped* where the window had passed at the last
event of all; else *undecided*, counted apart (`domain.md` §3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

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
