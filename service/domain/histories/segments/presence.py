"""Whose events are, and in which times: read of few columns, and nothing is put in order. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.histories.segments import judging
from service.domain.histories.segments.kinds import DIMENSIONS, Kinds
from service.domain.histories.segments.owners import Owners
from service.domain.histories.segments.resolving import (
    SINCE_1970,
    Found,
    Question,
    owners,
    told_of,
)
from service.domain.histories.segments.segment import Events, Stored, numbers, of_rows
from service.domain.history import Flags, Histories, Ints, changes

MOST = 64
"""Selections that are looked at."""
_ANY = Kinds([["null"]] * len(DIMENSIONS), np.zeros((1, len(DIMENSIONS)), dtype=np.int32))
"""Stands for all kinds where nothing is asked of them."""


class _Seen(NamedTuple):
    """Runs that have events which selections take, in which time, and a bit for each of these."""

    runs: Ints
    cells: Ints
    bits: NDArray[Any]


def present(question: Question, cuts: Sequence[int], found: Found) -> Histories | None:
    """A row for each person and each time that is cut, with what the selections take there; None
    where columns do not tell it. Of segments no column is needed that would change nothing."""
    stored = list(found.segments)
    found.segments.clear()
    behind = of_rows(found.rows, found.kinds)
    told = [one.told() if one.kinds else _ANY for one in stored] + [behind.kinds]
    known = told_of(question, told)
    if known is None:
        return None
    looking = _Looking(question, cuts, known, owners(found.people, stored, behind))
    for one, own in zip(stored, told, strict=False):
        looking.at(_events(one), len(own), timed=bool(one.times))
    looking.at(behind.events, len(behind.kinds), timed=True)
    return looking.histories()


def _events(stored: Stored) -> Events:
    """Its events; where these are all alike, one of each run."""
    halves = stored.halves()
    counts = numbers(stored.counts) if stored.counts else np.ones(stored.runs, dtype=np.int64)
    any_ = np.zeros(int(counts.sum()), dtype=np.int64)
    at = numbers(stored.times) if stored.times else any_
    return Events(*halves, counts, at, any_, numbers(stored.codes) if stored.codes else any_)


class _Looking:
    """All that was seen so far, segment by segment."""

    def __init__(
        self,
        question: Question,
        cuts: Sequence[int],
        known: tuple[Kinds, NDArray[Any]],
        owners: Owners,
    ) -> None:
        kinds, self._numbers = known
        self._question, self._owners = question, owners
        self._cuts = np.array(cuts, dtype=np.int64)
        only = question.only
        self._only = None if only is None else judging.judged(only, kinds)
        self._answers = judging.Answers(question.selections, kinds)
        self._excluded = Counter[str]()
        self._seen: list[_Seen] = []
        self._runs = self._told = 0

    def at(self, events: Events, kinds: int, *, timed: bool) -> None:
        """Look at a segment that has as many kinds; if it is not `timed`, all of it lies in the
        range, and everybody counts."""
        codes = self._numbers[self._told : self._told + kinds].take(events.codes)
        at = events.at
        known = [] if self._only is None else [self._only(codes, at) == judging.TRUE]
        if timed:
            known += self._question.within.holds(at)
            known += self._counting(events, known)
        bits = self._answers.of(codes, at)
        chosen = np.flatnonzero(np.logical_and.reduce([bits != 0, *known]))
        cell = np.searchsorted(self._cuts, at[chosen], "right")
        number = len(events.counts)
        run = np.repeat(np.arange(self._runs, self._runs + number), events.counts)[chosen]
        # Of one run times rise, so what is alike lies together.
        heads = np.flatnonzero(changes(run) | changes(cell))
        self._seen.append(_Seen(run[heads], cell[heads], _either(bits[chosen], heads)))
        self._runs, self._told = self._runs + number, self._told + kinds

    def _counting(self, events: Events, asked: Sequence[Flags]) -> list[Flags]:
        """Which events count; how many of those that are asked for do not is kept."""
        if self._owners.all_count:
            return []
        out = self._owners.reasons(self._runs, events)
        for reason, one in out.items():
            self._excluded[reason] += int(np.logical_and.reduce([one, *asked]).sum())
        return [~np.logical_or.reduce([*out.values()])]

    def histories(self) -> Histories:
        """Each person and time once."""
        runs, cells, bits = (np.concatenate(one) for one in zip(*self._seen, strict=True))
        person, ids = self._owners.numbered(runs)
        times = self._times()
        keys = person * len(times) + cells
        order = np.argsort(keys, kind="stable")
        heads = np.flatnonzero(changes(keys[order]))
        bits = _either(bits[order], heads)
        person, cells = np.divmod(keys[order[heads]], len(times))
        excluded = {reason: n for reason, n in self._excluded.items() if n}
        return Histories(
            person.astype(np.int32), times[cells], self._answers.flags(bits), {}, ids, excluded
        )

    def _times(self) -> Ints:
        """A time in each cell."""
        from_, to = self._question.within
        known = [*self._cuts.tolist(), *([] if to is None else [to])]
        first = min(known, default=1) - 1 if from_ is None else from_
        return np.array([first, *self._cuts], dtype=np.int64) + SINCE_1970


def _either(bits: NDArray[Any], heads: Ints) -> NDArray[Any]:
    """Of each run of bits those that one has."""
    return np.bitwise_or.reduceat(bits, heads) if len(heads) else bits[:0]
