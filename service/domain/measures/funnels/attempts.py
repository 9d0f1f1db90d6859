"""Attempts at a funnel, one behind the other along a person's path. Pure.

An attempt is opened by an event of the first step (of an unordered funnel: of any) when none is
open, and closed by its completion, by an exclusion that falls into it, or when its window has
passed. Of an ordered funnel whose window counts from the first event, `closings` finds them. Of
the others, whether one is open depends on all before it, so this walks, once and in order, along
the events that serve a step or are excluded: linear, a few microseconds each, 8 Ki at a time.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

from service.domain import patience
from service.domain.history import Flags, Histories, Ints
from service.domain.measures.funnels.chains import NOWHERE, Rules
from service.domain.measures.funnels.closings import one_behind_the_other
from service.domain.measures.funnels.matching import Matching
from service.domain.measures.funnels.outcome import Funnel

_AT_ONCE = 8_192


class _Event(NamedTuple):
    row: int
    person: int
    at: int
    serves: int
    """The bits of its steps, and above them those of exclusions."""


class _Attempt(Protocol):
    """One attempt as it goes on."""

    def over(self, at: int) -> bool:
        """Whether its window has passed by then."""
        ...

    def goes_on(self, event: _Event) -> bool:
        """Whether no exclusion closes it. The event serves what it can."""
        ...

    @property
    def complete(self) -> bool:
        """Whether it served the last step."""
        ...


class _Chain(NamedTuple):
    """The latest chain to a step: its rows by required step, its last row, and when that was."""

    rows: tuple[int, ...]
    last: int
    at: int


class _Ordered:
    """As `chains` searches, from one start and one event after the other."""

    def __init__(self, rules: Rules, event: _Event) -> None:
        self.rules = rules
        self.steps = len(rules.optional)
        self.chains: list[_Chain | None] = [None] * self.steps
        nowhere = (NOWHERE,) * (self.steps - 1)
        self.chains[0] = _Chain((event.row, *nowhere), event.row, event.at)
        self.since = event.at
        self.barred = [NOWHERE] * len(rules.exclusions)

    def over(self, at: int) -> bool:
        return self.rules.window is not None and at - self.since > self.rules.window

    @property
    def complete(self) -> bool:
        return self.chains[-1] is not None

    def goes_on(self, event: _Event) -> bool:
        rules = self.rules
        bars = event.serves >> self.steps
        into = [
            n
            for n, one in enumerate(rules.exclusions)
            if bars >> n & 1 and self.chains[one.after] is not None
        ]
        for step in range(self.steps - 1, 0, -1):
            if event.serves >> step & 1:
                self._serve(step, event)
        if any(self.chains[rules.exclusions[n].before] is None for n in into):
            return False
        for n in into:
            self.barred[n] = event.row
        return True

    def _serve(self, step: int, event: _Event) -> None:
        chain = self._before(step, event.row)
        if chain is None:
            return
        rules = self.rules
        if rules.hop and rules.window is not None and event.at - chain.at > rules.window:
            return
        pairs = zip(rules.exclusions, self.barred, strict=True)
        if any(one.before == step and barred > chain.rows[one.after] for one, barred in pairs):
            return
        rows = chain.rows
        if not rules.optional[step]:
            rows = (*rows[:step], event.row, *rows[step + 1 :])
        self.chains[step] = _Chain(rows, event.row, event.at)
        if rules.hop:
            self.since = event.at

    def _before(self, step: int, row: int) -> _Chain | None:
        """The latest chain from which one may go on to a step."""
        found: _Chain | None = None
        for before in self.rules.before(step):
            chain = self.chains[before]
            if chain is None or (self.rules.strict and chain.last != row - 1):
                continue
            if found is None:
                found = chain
            else:
                rows = tuple(map(max, found.rows, chain.rows))
                found = _Chain(rows, max(found.last, chain.last), max(found.at, chain.at))
        return found


class _Unordered:
    """Events that serve different steps."""

    def __init__(self, rules: Rules, event: _Event) -> None:
        self.window = rules.window
        self.steps = len(rules.optional)
        self.since = event.at
        self.matching = Matching()
        self.matching.take(event.serves)

    def over(self, at: int) -> bool:
        return self.window is not None and at - self.since > self.window

    @property
    def complete(self) -> bool:
        return self.matching.size == self.steps

    def goes_on(self, event: _Event) -> bool:
        self.matching.take(event.serves)
        return True


def attempts(found: Histories, funnel: Funnel) -> tuple[Ints, Ints, Flags]:
    """The rows that open attempts, those before which they end, and whether they were closed by
    completion or an exclusion: by order of the rows."""
    rules = funnel.rules
    if not (funnel.unordered or rules.strict or (rules.hop and rules.window is not None)):
        return one_behind_the_other(found, rules)
    return _walked(found, funnel)


def _walked(found: Histories, funnel: Funnel) -> tuple[Ints, Ints, Flags]:
    steps = len(funnel.rules.optional)
    opening = (1 << steps) - 1 if funnel.unordered else 1
    kind = _Unordered if funnel.unordered else _Ordered
    walked: list[tuple[int, int, bool]] = []
    open_: _Attempt | None = None
    whose, since, behind = NOWHERE, NOWHERE, 0
    ends = np.append(np.flatnonzero(found.heads), len(found))[1:]
    for event in _events(found):
        if open_ is not None and (event.person != whose or open_.over(event.at)):
            walked.append((since, min(event.row, behind), False))
            open_ = None
        if open_ is not None:
            if not open_.goes_on(event):
                walked.append((since, event.row, True))
                open_ = None
            elif open_.complete:
                walked.append((since, event.row + 1, True))
                open_ = None
                continue
            else:
                continue
        if event.serves & opening:
            open_, whose, since = kind(funnel.rules, event), event.person, event.row
            behind = int(ends[np.searchsorted(ends, event.row, side="right")])
    if open_ is not None:
        walked.append((since, behind, False))
    opened, closed, over = zip(*walked, strict=True) if walked else ((), (), ())
    return np.array(opened, np.int64), np.array(closed, np.int64), np.array(over, np.bool_)


def _events(found: Histories) -> Iterator[_Event]:
    serves = np.zeros(len(found), dtype=np.int64)
    for n, one in enumerate(found.holds):
        serves |= one.astype(np.int64) << n
    rows = np.flatnonzero(serves)
    for begin in range(0, len(rows), _AT_ONCE):
        patience.go_on()
        some = rows[begin : begin + _AT_ONCE]
        columns = (some, found.person[some], found.at[some], serves[some])
        yield from map(_Event, *(one.tolist() for one in columns))
