"""What contacts did on one map, as rows at its steps: who came, who went on, and when. Pure.

Judged from somebody's first arrival at a step in the range: *continued* where what is asked about
follows within the window, both ends included; *dropped* where the window had passed at the last
event of all; else *undecided*, counted apart (`domain.md` §3).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain import measures
from service.domain.history import SECOND, Column, Flags, Histories, Ints, changes
from service.domain.insights.gaps.passage import Slice, Span, Tally
from service.domain.insights.laid.asking import LaidOut
from service.domain.insights.laid.laying import Laid

DIMENSIONS = ("device", "channel", "campaign")
"""By what contacts are told apart."""
PROFILE, MEMBER = "profile", 1
Profiles = Mapping[Slice, bytes]
"""Profiles as slices, with who belongs to each, 16 bytes each."""
NO_PROFILES: Profiles = {}


def holds(span: Span, at: Ints) -> Flags:
    """Which instants a range has."""
    found = np.ones(len(at), dtype=np.bool_)
    if span.from_ is not None:
        found &= at >= span.from_
    if span.to is not None:
        found &= at < span.to
    return found


class Membership(NamedTuple):
    """A profile as a slice, and of each row whether it is of a member, `MEMBER`, or not, 0."""

    profile: Slice
    column: Column


class Sessions(NamedTuple):
    """Of rows that are told by session: whose each is, when its session began, and whether nothing
    can come of that any more."""

    who: Ints
    begun: Ints
    over: Flags

    def those(self, rows: Ints) -> "Sessions":
        """Of some rows."""
        return Sessions(self.who[rows], self.begun[rows], self.over[rows])


@dataclass(frozen=True, eq=False)
class Walk:
    """Rows at steps, by person and time, or each session as if it were a `person` of its own.
    `step` is the number of a step: its position in the newest state of the map that judges; steps
    which that has no more have numbers behind. `latest` is the last event of all."""

    person: Ints
    at: Ints
    step: Ints
    columns: Mapping[str, Column]
    numbers: Mapping[str, int]
    positions: int
    latest: int
    sessions: "Sessions | None" = None
    members: "Sequence[Membership]" = ()

    @property
    def since(self) -> Ints:
        """The time by which rows are of a range: their own, or when their session began."""
        return self.at if self.sessions is None else self.sessions.begun

    def at_step(self, number: int) -> Ints:
        """The rows at one step."""
        order, ends = self._by_step
        return order[ends[number] : ends[number + 1]]

    @cached_property
    def _by_step(self) -> tuple[Ints, Ints]:
        """All rows, those of each step together, and where in that order each step begins."""
        # Of short numbers sorting is linear.
        short = self.step.astype(np.min_scalar_type(len(self.numbers)))
        order = np.argsort(short, kind="stable")
        return order, np.searchsorted(self.step[order], np.arange(len(self.numbers) + 1))

    def after(self, number: int) -> Ints:
        """The rows at steps behind it on the map."""
        return np.flatnonzero((self.step > number) & (self.step < self.positions))


Tallies = tuple[Ints, Ints]
"""Of two sides, the counts of tallies, along the last axis."""


class Arrivals(NamedTuple):
    """Rows at one step, and of each whose range it is of, whether what is asked about follows,
    whether it may still, and after what time it did."""

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

    def by_part(self, part: Ints, parts: int) -> Tallies:
        """Of each of so many ranges that follow on each other, those who came in it, as `tally`
        counts them, and those who came before it: all at once. `part` is the number of each row's
        range, −1 before and `parts` behind all."""
        state, heads = self._state, changes(self.person)
        inside = np.flatnonzero((heads | changes(part)) & (part >= 0) & (part < parts))
        first = np.flatnonzero(heads)
        came = _counted(part[inside], state[inside], parts)
        return came, _counted(part[first] + 1, state[first], parts + 2).cumsum(axis=0)[:parts]

    def by_value(self, codes: NDArray[np.int8], part: Ints, parts: int, many: int) -> Tallies:
        """Of each of so many values in each range, as `by_part` tells them, those who arrive with
        it, and those who arrive with another: as `tally` counts them, all at once. Of any other
        value codes are `many`; in neither are rows without a value, −1."""
        rows = np.flatnonzero((codes >= 0) & (part >= 0) & (part < parts))
        person, part, code = self.person[rows], part[rows], codes[rows]
        state, width = self._state[rows], many + 1
        heads = changes(person) | changes(part)
        run, first = np.cumsum(heads) - 1, np.flatnonzero(heads)
        # With what value somebody arrives first; of those, the first arrival with another.
        begun = code[first][run]
        others = np.flatnonzero(code != begun)
        later = others[changes(run[others])]
        order = np.argsort(code, kind="stable")
        own = order[changes(run[order]) | changes(code[order])]

        def counted(code: NDArray[np.int8], some: Ints) -> Ints:
            found = _counted(part[some] * width + code[some], state[some], parts * width)
            return found.reshape(parts, width, 3)

        firsts = counted(code, first)
        rest = firsts.sum(axis=1, keepdims=True) - firsts + counted(begun, later)
        return counted(code, own)[:, :many], rest[:, :many]

    @property
    def _state(self) -> Ints:
        """Whether each went on, 0, dropped, 1, or may still go on, 2: the places in a tally."""
        return np.where(self.went, 0, np.where(self.is_open, 2, 1))


def _counted(place: Ints, state: Ints, places: int) -> Ints:
    return np.bincount(place * 3 + state, minlength=places * 3).reshape(places, 3)


class Units(NamedTuple):
    """Of each row that was laid on a map whose it is, or of which session, and by what time it is
    of a range."""

    person: NDArray[np.integer[Any]]
    since: Ints
    sessions: "Sessions | None" = None


def units_of(laid: Laid, timeout_seconds: int | None = None) -> Units:
    """Contacts; with a timeout their sessions, cut of all that was laid out."""
    if timeout_seconds is None:
        return Units(laid.found.person, laid.found.at)
    unit, sessions = _sessions(laid, timeout_seconds)
    return Units(unit, sessions.begun, sessions)


def walk_of(on_map: LaidOut, units: Units, profiles: Profiles = NO_PROFILES) -> Walk:
    """Everybody on a map, at its steps; of sessions without enrolments, which are of none."""
    laid = on_map.laid
    order = [step.id for step in laid.states[-1].steps] if laid.states else []
    ids = dict.fromkeys([*order, *(step.id for of in laid.states for step in of.steps)])
    ids |= dict.fromkeys(one.step_id for one in laid.spots if one.step_id is not None)
    numbers = {one: n for n, one in enumerate(ids)}
    codes = [numbers.get(one.step_id or "", -1) for one in laid.spots]
    number = np.array([*codes, -1], dtype=np.int64)[laid.spot]
    found, here = laid.found, number >= 0
    rows = np.flatnonzero(here if units.sessions is None else here & ~laid.put)
    columns = {
        name: Column(found.columns[name].codes[rows], found.columns[name].words)
        for name in DIMENSIONS
        if name in found.columns
    }
    person = units.person[rows].astype(np.int64)
    sessions = None if units.sessions is None else units.sessions.those(rows)
    latest = found.latest or 0
    return Walk(
        *(person, found.at[rows], number[rows], columns, numbers, len(order), latest, sessions),
        [*_members(found, rows, profiles)],
    )


def _members(found: Histories, rows: Ints, profiles: Profiles) -> Iterator[Membership]:
    """Of each row who belongs to which profile."""
    for which, those in profiles.items():
        codes = measures.belong(found, those).astype(np.int32)[found.person[rows]]
        yield Membership(which, Column(codes, ["", which.value]))


def _sessions(laid: Laid, timeout_seconds: int) -> tuple[Ints, Sessions]:
    """The number of the session of each row, from 0 as they come, and what is known of it."""
    events = laid.found.those(~laid.put)
    begins = measures.first_of_session(events, timeout_seconds)
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(events)) - 1
    over = events.at[last] < (events.latest or 0) - timeout_seconds * SECOND
    unit = np.zeros(len(laid.put), dtype=np.int64)
    unit[~laid.put] = np.cumsum(begins) - 1
    who = laid.found.person.astype(np.int64)
    if not len(first):
        return unit, Sessions(who, unit, np.zeros(len(unit), dtype=np.bool_))
    return unit, Sessions(who, events.at[first][unit], over[unit])


def arrivals(walk: Walk, here: Ints, there: Ints, window: int) -> Arrivals:
    """Rows at a step, `here`, with the first row that follows of those that are asked about, within
    the window; of sessions, which end by themselves, whenever."""
    place = np.searchsorted(there, here, "right")
    known = place < len(there)
    following = here.copy()
    following[known] = there[place[known]]
    took = walk.at[following] - walk.at[here]
    same = walk.person[following] == walk.person[here]
    went = known & same & (took <= window)
    if walk.sessions is None:
        is_open = walk.at[here] + window >= walk.latest
    else:
        went, is_open = known & same, ~walk.sessions.over[here]
    return Arrivals(here, walk.person[here], walk.since[here], went, is_open, took)
