"""Histories made of segments and of what came behind them: whose, which, in order. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain import patience
from service.domain.filters import Any as AnyOf
from service.domain.filters import Filter
from service.domain.histories.segments import judging
from service.domain.histories.segments.arranging import arranged, taken
from service.domain.histories.segments.kinds import DIMENSIONS, UNTOLD, Kinds, beside
from service.domain.histories.segments.owners import Owners, People
from service.domain.histories.segments.segment import Events, Segment, Stored, of_rows
from service.domain.history import MISSING, Column, Flags, Histories, Ints, numbers_of, rising

_AT_ONCE = 8
"""Selections that are looked at together: a byte holds their answers."""
SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000."""
MOST_VALUES = 300_000
"""Of more, each judged by itself, the events themselves are read sooner."""


class Span(NamedTuple):
    """Half-open, in microseconds since 2000; None is without a bound."""

    from_: int | None = None
    to: int | None = None

    def holds(self, at: Ints) -> list[Flags]:
        """What its bounds say of times."""
        return [*self.begun(at), *([] if self.to is None else [at < self.to])]

    def begun(self, at: Ints) -> list[Flags]:
        """What its beginning says of times."""
        return [] if self.from_ is None else [at >= self.from_]


class Question(NamedTuple):
    """What is asked of events: see `Asked`."""

    within: Span
    counted: Span
    only: "Filter | None"
    selections: Sequence[Filter]
    fields: Sequence[str]
    selected: bool
    latest: bool
    reasons_of: Sequence[int] = ()
    numbers: bool = False


class Found(NamedTuple):
    """What is held: segments and the rows behind them as bytes, the kinds of these rows, and whose
    identifiers are.

    Who makes histories of it takes the segments away.
    """

    segments: list[Stored]
    rows: bytes
    kinds: Sequence[str]
    people: People


def histories(question: Question, found: Found) -> Histories | None:
    """What people did; None where columns do not tell it, and the events themselves must."""
    stored = list(found.segments)
    found.segments.clear()
    behind = of_rows(found.rows, found.kinds)
    told = [*(one.told() for one in stored), behind.kinds]
    known = told_of(question, told)
    if known is None:
        return None
    chosen = _Chosen(question, *known, owners(found.people, stored, behind))
    chosen.take(stored, behind, [len(one) for one in told])
    return chosen.histories()


def told_of(question: Question, parts: Sequence[Kinds]) -> tuple[Kinds, NDArray[Any]] | None:
    """Kinds as far as they are asked for, and which of them those of the parts are, one part's
    behind the other's; None where columns do not tell it: there are too many values, or some
    are not kept."""
    conditions = [*question.selections, *([] if question.only is None else [question.only])]
    fields = {*question.fields, *judging.asked(conditions)}
    places = [n for n, name in enumerate(DIMENSIONS) if name in fields]
    kinds = beside(parts, places)
    if sum(map(len, kinds.values)) > MOST_VALUES or any(UNTOLD in one for one in kinds.values):
        return None
    return kinds.alike(places)


def owners(people: People, stored: Sequence[Stored], behind: Segment) -> Owners:
    """Of all runs, the segments' before those behind."""
    halves = [one.halves() for one in stored] + [(behind.events.high, behind.events.low)]
    return Owners(people, *(np.concatenate(half) for half in zip(*halves, strict=True)))


class _Chosen:
    """The events that are asked for and count, of all segments, in columns that are made once."""

    def __init__(
        self, question: Question, kinds: Kinds, numbers: NDArray[Any], owners: Owners
    ) -> None:
        self._question = question
        self._kinds, self._numbers = kinds, numbers
        self._owners = owners
        only = question.only
        self._only = None if only is None else judging.judged(only, kinds)
        self._holds = [
            judging.Answers(question.selections[n : n + _AT_ONCE], kinds)
            for n in range(0, len(question.selections), _AT_ONCE)
        ]
        some = AnyOf(tuple(question.selections))
        self._some = judging.judged(some, kinds) if question.selected else None
        self._excluded = Counter[str]()
        each = [judging.judged(question.selections[n], kinds) for n in question.reasons_of]
        self._each = [(one, Counter[str]()) for one in each]
        self._latest: int | None = None

    def take(self, stored: list[Stored], behind: Segment, kinds: Sequence[int]) -> None:
        """Segments by order of arrival, which are taken away, and what came behind them; and how
        many kinds each has."""
        runs = sum(one.runs for one in stored) + len(behind.events.high)
        rows = sum(one.number for one in stored) + len(behind)
        self._runs = np.empty(runs, dtype=np.int64)
        self._whole = _room(runs, rows, self._numbers.dtype)
        self._run = self._row = self._seen = self._told = 0
        stored.reverse()
        for number in kinds[:-1]:
            patience.go_on()
            self._put(stored.pop().events(), number)
        self._put(behind.events, kinds[-1])

    def _put(self, events: Events, kinds: int) -> None:
        numbers = self._numbers[self._told : self._told + kinds]
        events = replace(events, codes=numbers.take(events.codes))
        chosen = self._asked(events)
        runs = np.arange(self._seen, self._seen + len(events.counts))
        self._seen, self._told = self._seen + len(runs), self._told + kinds
        if chosen is not None and not chosen.all():
            runs = runs[events.holding(chosen)]
            events = events.those(chosen)
        run, row = self._run + len(runs), self._row + len(events)
        self._runs[self._run : run] = runs
        for name in ("high", "low", "counts"):
            getattr(self._whole, name)[self._run : run] = getattr(events, name)
        for name in ("at", "arrival", "codes"):
            getattr(self._whole, name)[self._row : row] = getattr(events, name)
        self._run, self._row = run, row

    def _asked(self, events: Events) -> Flags | None:
        """Which events are asked for and count; None: all. How many do not count is kept, and when
        the last happened of those that do."""
        at, question = events.at, self._question
        known = question.within.begun(at)
        if self._only is not None:
            known.append(self._only(events.codes, at) == judging.TRUE)
        wanted = Span(to=question.within.to).holds(at)
        if self._some is not None:
            wanted.append(self._some(events.codes, at) == judging.TRUE)
        if not self._owners.all_count:
            out = self._owners.reasons(self._seen, events)
            asked = [*known, *wanted, *question.counted.holds(at)]
            for reason, one in out.items():
                self._leave_out(reason, events, np.logical_and.reduce([one, *asked]))
            known.append(~np.logical_or.reduce([*out.values()]))
        if question.latest:
            self._last_of(at[np.logical_and.reduce(known)] if known else at)
        parts = [*known, *wanted]
        return np.logical_and.reduce(parts) if parts else None

    def _leave_out(self, reason: str, events: Events, those: Flags) -> None:
        self._excluded[reason] += int(those.sum())
        for holds, excluded in self._each:
            taken = holds(events.codes[those], events.at[those]) == judging.TRUE
            excluded[reason] += int(taken.sum())

    def _last_of(self, at: Ints) -> None:
        if len(at):
            last = int(at.max())
            self._latest = last if self._latest is None else max(last, self._latest)

    def histories(self) -> Histories:
        """What was taken, in order."""
        run, row, whole = self._run, self._row, self._whole
        high, low, counts = whole.high[:run], whole.low[:run], whole.counts[:run]
        events = Events(high, low, counts, whole.at[:row], whole.arrival[:row], whole.codes[:row])
        numbers, ids = self._owners.numbered(self._runs[:run])
        person, places = arranged(events, numbers, _by_number(numbers))
        codes = events.codes.take(places)
        # Each is as large as the times that are told: what is not needed any more is not kept.
        times, named = whole.at[:row], self._named(events)
        del self._whole, whole, events
        at = times.take(places)
        named = None if named is None else named.take(places)
        del times, places
        holds = [flag for one in self._holds for flag in one.flags(one.of(codes, at))]
        columns = {name: _column(name, self._kinds, codes) for name in self._question.fields}
        at += SINCE_1970
        excluded, *of_each = (+one for one in (self._excluded, *(one for _, one in self._each)))
        latest = None if self._latest is None else self._latest + SINCE_1970
        told = Histories(person, at, holds, columns, ids, {**excluded}, latest, numbers=named)
        return replace(told, excluded_of=[{**one} for one in of_each]) if of_each else told

    def _named(self, events: Events) -> NDArray[np.uint64] | None:
        if not self._question.numbers:
            return None
        return numbers_of(np.repeat(events.high, events.counts), events.arrival)


def _by_number(numbers: Ints) -> Ints:
    """The order of numbers; the same ones stay in theirs."""
    most = max(len(numbers), 1)
    # One key costs less to sort than an order.
    return np.sort(numbers * most + np.arange(len(numbers))) % most


def _room(runs: int, events: int, codes: Any) -> Events:
    return Events(
        np.empty(runs, dtype=np.uint64),
        np.empty(runs, dtype=np.uint64),
        np.empty(runs, dtype=np.int64),
        np.empty(events, dtype=np.int64),
        np.empty(events, dtype=np.int64),
        np.empty(events, dtype=codes),
    )


def _column(name: str, kinds: Kinds, codes: NDArray[Any]) -> Column:
    """A field's values, those alone that an event has."""
    place = DIMENSIONS.index(name)
    used = np.zeros(len(kinds), dtype=np.bool_)
    used[codes] = True
    own = kinds.codes[:, place]
    there = np.zeros(len(kinds.values[place]), dtype=np.bool_)
    there[own[used]] = True
    values = kinds.read(place)
    words, numbers = rising([one if u else None for one, u in zip(values, there, strict=True)])
    by_kind = np.array(numbers or [MISSING], dtype=np.int32)[own] if len(own) else own
    return Column(taken(by_kind, codes), words)
