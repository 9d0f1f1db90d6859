"""Chains of an ordered funnel, exact over all that there are. Pure, and no loop over events.

A chain serves steps in order, each by a later row. Of two chains that end with the same row at the
same step, take step by step the later row: that is such a chain again, whatever the window and the
exclusions. (Its start comes no sooner, so a window from entry holds; each hop is no longer than one
of theirs; nothing lies between its rows that did not lie between theirs.) So there is a latest
chain, no row of which is before that of any other, and it alone says what can follow: the search
carries it for every row that a chain reaches, and needs no other.

Optional steps are stepping stones between required ones, and exclusions lie between required ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import Flags, Ints, changes

NOWHERE = -1
_FEW = 16
"""Rows for each that is searched for, beyond which searching costs less than counting."""


class Exclusion(NamedTuple):
    """Rows that may not lie strictly between those that serve two steps."""

    after: int
    before: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a chain. `window` is in microseconds, from its first row or, with `hop`, from each
    to the next; None: without end. `strict`: each row is the very next.
    """

    optional: tuple[bool, ...]
    exclusions: tuple[Exclusion, ...] = ()
    window: int | None = None
    hop: bool = False
    strict: bool = False

    @property
    def required(self) -> list[int]:
        """The steps that no chain skips."""
        return [n for n, skipped in enumerate(self.optional) if not skipped]

    def before(self, step: int) -> range:
        """The steps from which a chain may go on to this one."""
        first = step - 1
        while self.optional[first]:
            first -= 1
        return range(first, step)

    def kept(self, step: int) -> set[int]:
        """The steps whose rows decide what may follow this one."""
        entry = {0} if self.window is not None and not self.hop else set()
        after = {one.after for one in self.exclusions if one.after < step < one.before}
        return {*entry, *after, self.before(step)[0]} - {step}

    def demanding(self, step: int) -> "Rules":
        """The same, with one optional step that may not be skipped."""
        optional = tuple(one and n != step for n, one in enumerate(self.optional))
        return Rules(optional, self.exclusions, self.window, self.hop, self.strict)

    def backwards(self, last: int) -> "Rules":
        """Those of the funnel that ends with a step, read from its end."""
        barred = (one for one in self.exclusions if one.before <= last)
        return Rules(
            self.optional[last::-1],
            tuple(Exclusion(last - one.before, last - one.after) for one in barred),
            self.window,
            self.hop,
            self.strict,
        )


@dataclass(frozen=True, eq=False)
class Paths:
    """Rows of units, unit by unit in the order of each path.

    `unit` and `at` are of each row, a unit's rows begin with `starts` and end before `ends` of it;
    `serving` are the rows of each step (of the first: those at which a chain may begin), `barring`
    those of each exclusion, all rising.
    """

    unit: Ints
    at: Ints
    starts: Ints
    ends: Ints
    serving: Sequence[Ints]
    barring: Sequence[Ints]

    def backwards(self, rules: "Rules", found: "Sequence[Reached]", those: Flags) -> "Paths":
        """The same read from the end, of those units, with rows alone that chains reach: enough of
        them for each unit's earliest chain."""
        end, last = len(self.unit) - 1, len(found) - 1
        if any(rules.optional):
            chosen = [one.rows[those[one.unit]] for one in found]
        else:
            chosen = self._until_the_first(found, rules, those)
        pairs = zip(self.barring, rules.exclusions, strict=True)
        barring = [end - rows[::-1] for rows, one in pairs if one.before <= last]
        starts, ends = len(self.unit) - self.ends, len(self.unit) - self.starts
        serving = [end - rows[::-1] for rows in reversed(chosen)]
        return Paths(self.unit[::-1], self._mirrored, starts, ends, serving, barring)

    def _until_the_first(
        self, found: "Sequence[Reached]", rules: "Rules", those: Flags
    ) -> list[Ints]:
        """The rows from which the first of the last step may be reached.

        Of any two chains take step by step the earlier row: that is such a chain again, by the same
        reasons as the other way round. So the earliest ends with the first row that any ends with.
        """
        final = found[-1]
        first = np.flatnonzero(changes(final.unit) & those[final.unit])
        until = np.full(len(self.ends), NOWHERE, dtype=np.int64)
        until[final.unit[first]] = final.rows[first]
        kept = [np.flatnonzero(one.rows <= until[one.unit]) for one in found]
        if rules.window is not None and not rules.hop:
            since = self.at[until] - rules.window
            late = (
                self.at[one.rows[few]] >= since[one.unit[few]]
                for one, few in zip(found, kept, strict=True)
            )
            kept = [few[good] for few, good in zip(kept, late, strict=True)]
        return [one.rows[few] for one, few in zip(found, kept, strict=True)]

    @cached_property
    def _mirrored(self) -> Ints:
        return -self.at[::-1]


class Ahead(NamedTuple):
    """Where chains might go on: before which row, where its unit begins, when."""

    before: Ints
    since: Ints
    at: Ints


class Reached(NamedTuple):
    """The rows that chains end with at a step, rising, with the unit of each, and the rows of the
    latest chain to each."""

    rows: Ints
    unit: Ints
    latest: Mapping[int, Ints]


def reached(paths: Paths, rules: Rules) -> list[Reached]:
    """Where chains get to, by step."""
    found = [Reached(paths.serving[0], paths.unit[paths.serving[0]], {})]
    for step in range(1, len(rules.optional)):
        rows = paths.serving[step]
        unit = paths.unit[rows]
        ahead = Ahead(rows, paths.starts[unit], paths.at[rows])
        flags, latest = extended(paths, rules, found, step, ahead)
        good = np.flatnonzero(flags)
        # Places cost less than flags, asked of so many columns.
        kept = {n: one[good] for n, one in latest.items()}
        found.append(Reached(rows[good], unit[good], kept))
    return found


def extended(
    paths: Paths, rules: Rules, found: Sequence[Reached], step: int, ahead: Ahead
) -> tuple[Flags, dict[int, Ints]]:
    """Whether a chain might go on to a step, and the rows of the latest that might."""
    # What an exclusion that ends here asks for, too.
    asked = rules.kept(step) | {one.after for one in rules.exclusions if one.before == step}
    latest: dict[int, Ints] = {}
    last: Ints | None = None
    for before in rules.before(step):
        ending, place = _ending(paths, found[before], ahead, rules.strict)
        last = ending if last is None else np.maximum(last, ending)
        for n in asked:
            one = ending if n == before else _rows(found[before].latest.get(n), place)
            latest[n] = one if n not in latest else np.maximum(latest[n], one)
    if last is None:
        raise ValueError("nothing comes before the first step")
    good = last != NOWHERE
    if rules.window is not None:
        since = last if rules.hop else latest[0]
        good &= ahead.at - paths.at[since] <= rules.window
    for barred, rows in zip(rules.exclusions, paths.barring, strict=True):
        if barred.before == step:
            good &= _last(rows, ahead.before) <= latest[barred.after]
    return good, {n: latest[n] for n in rules.kept(step)}


def _ending(paths: Paths, at: Reached, ahead: Ahead, strict: bool) -> tuple[Ints, NDArray[Any]]:
    """The last row before, of the same unit, that a chain ends with; and its place among those,
    from 1: 0 where there is none."""
    place = _number_before(at.rows, ahead.before, len(paths.unit))
    row = np.append(NOWHERE, at.rows)[place]
    bad = row < ahead.since
    if strict:
        bad |= row != ahead.before - 1
    row[bad], place[bad] = NOWHERE, 0
    return row, place


def _number_before(rows: Ints, before: Ints, of: int) -> NDArray[Any]:
    """How many of some rows, of so many, lie before each of others."""
    if len(before) * _FEW < of:
        return np.searchsorted(rows, before)
    # Where many are asked for, to count all along the way costs less than to search.
    counted = np.zeros(of + 1, dtype=np.int32)
    counted[rows + 1] = 1
    np.cumsum(counted, out=counted)
    found: NDArray[Any] = counted[before]
    return found


def _rows(latest: Ints | None, place: NDArray[Any]) -> Ints:
    if latest is None:
        return np.full(len(place), NOWHERE, dtype=np.int64)
    found: Ints = np.append(NOWHERE, latest)[place]
    return found


def _last(rows: Ints, before: Ints) -> Ints:
    """The last of some rows before each of others; -1 where there is none."""
    return np.append(NOWHERE, rows)[np.searchsorted(rows, before)]


def depths(paths: Paths, rules: Rules, found: Sequence[Reached]) -> Ints:
    """Of each unit, how many required steps its deepest chain serves."""
    depth = np.zeros(len(paths.ends), dtype=np.int64)
    for number, step in enumerate(rules.required, 1):
        depth[found[step].unit] = number
    return depth


def has(paths: Paths, at: Reached) -> Flags:
    """Whether a unit has a chain that gets to a step."""
    held = np.zeros(len(paths.ends), dtype=np.bool_)
    held[at.unit] = True
    return held


def open_at(paths: Paths, rules: Rules, found: Sequence[Reached], units: Ints, now: int) -> Flags:
    """Whether a chain of a unit could go on by an event that comes now, behind its last row."""
    ahead = Ahead(paths.ends[units], paths.starts[units], np.full(len(units), now, dtype=np.int64))
    steps = range(1, len(rules.optional))
    good = np.zeros(len(units), dtype=np.bool_)
    for step in steps:
        good |= extended(paths, rules, found, step, ahead)[0]
    return good


def earliest(paths: Paths, rules: Rules, found: Sequence[Reached], those: Flags) -> dict[int, Ints]:
    """The rows of the earliest chain to the last step of what was `found`, by required step: one
    for each of those units, each of which has such a chain.

    Read backwards, the earliest is the latest of those that end with the earliest start.
    """
    last = len(found) - 1
    back, mirrored = paths.backwards(rules, found, those), rules.backwards(last)
    found = reached(back, mirrored)
    final = found[last]
    place = np.flatnonzero(np.diff(back.unit[final.rows], append=-1))[::-1]
    rows = final.rows[place]
    end = len(paths.unit) - 1
    chain, step = {0: end - rows}, last
    while step:
        before = mirrored.before(step)[0]
        at = found[step]
        rows = at.latest[before][np.searchsorted(at.rows, rows)]
        step = before
        chain[last - step] = end - rows
    return chain
