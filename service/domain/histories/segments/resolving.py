"""Histories made of segments and of what came behind them: whose, which, in order. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.filters import Filter
from service.domain.histories.segments import judging
from service.domain.histories.segments.arranging import Kinds, arranged, by_id, ranked
from service.domain.histories.segments.segment import (
    DIMENSIONS,
    UNTOLD,
    Events,
    Halves,
    Segment,
    Stored,
    of_rows,
    opened,
)
from service.domain.history import MISSING, Column, Flags, Histories, Ints, rising

TOUCHPOINT = DIMENSIONS[-1]
SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000."""
MOST_KINDS = 300_000
"""Of more, each judged by itself, the events themselves are read sooner."""
_ALWAYS, _NEVER = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_LINK = np.dtype([("high", ">u8"), ("low", ">u8"), ("to_high", ">u8"), ("to_low", ">u8")])
_SINCE = np.dtype([("high", ">u8"), ("low", ">u8"), ("since", ">i8")])
TEST, NOT_PERMITTED = "test_contact", "not_permitted"


class Question(NamedTuple):
    """What is asked of events; `from_` and `to` in microseconds since 2000."""

    from_: int | None
    to: int | None
    only: "Filter | None"
    selections: Sequence[Filter]
    fields: Sequence[str]


class People(NamedTuple):
    """As bytes: whose identifiers are (`links`), and whom those are shown as who were merged
    (`merged`); who is left out since when (`left_out`), and as a test (`tests`). And whether those
    are left out whom nobody knows (`unknown`)."""

    links: bytes
    merged: bytes
    left_out: bytes
    tests: bytes
    unknown: bool


class Found(NamedTuple):
    """What is held: segments and the rows behind them as bytes, the kinds of these rows, whose
    identifiers are, and before when nothing is kept.

    Who makes histories of it takes the segments away.
    """

    segments: list[bytes]
    rows: bytes
    kinds: Sequence[str]
    people: People
    kept_from: int | None


def histories(question: Question, found: Found) -> Histories | None:
    """What people did; None where columns do not tell it, and the events themselves must."""
    known = Kinds()
    stored = [opened(one) for one in found.segments]
    found.segments.clear()
    behind = of_rows(found.rows, found.kinds)
    numbers = [*(known.of(one.kinds) for one in stored), known.of(behind.kinds)]
    if len(known.numbers) > MOST_KINDS or (_of_touchpoints(question) and _untold(known)):
        return None
    told = judging.kinds(known.numbers)
    events = _Chosen(question, told, found.kept_from).of(stored, behind, numbers)
    owners = _Owners(found.people, events)
    events, excluded = owners.counting(events)
    return _made(question, told, events, owners, excluded)


def _of_touchpoints(question: Question) -> bool:
    asked = [*question.selections, *([] if question.only is None else [question.only])]
    unasked = all(judging.without(one, TOUCHPOINT) for one in asked)
    return TOUCHPOINT in question.fields or not unasked


def _untold(known: Kinds) -> bool:
    return any(kind.endswith(f"{UNTOLD}]") for kind in known.numbers)


class _Chosen:
    """The events that are asked for, of all segments, in columns that are made once."""

    def __init__(
        self, question: Question, told: Sequence[judging.Kind], kept_from: int | None
    ) -> None:
        self._question = question
        self._kept_from = kept_from
        self._kinds = len(told)
        only = question.only
        self._only = None if only is None else judging.judged(only, told)

    def of(
        self, stored: list[Stored], behind: Segment, numbers: Sequence[NDArray[np.int32]]
    ) -> Events:
        """Of segments by order of arrival, which are taken away, and of what came behind them."""
        runs = sum(one.runs for one in stored) + len(behind.events.high)
        self._whole = _room(runs, sum(map(len, stored)) + len(behind), self._kinds)
        self._run = self._row = 0
        stored.reverse()
        for number in numbers[:-1]:
            self._put(stored.pop().events(), number, self._kept_from)
        self._put(behind.events, numbers[-1], None)
        run, row, whole = self._run, self._row, self._whole
        high, low, counts = whole.high[:run], whole.low[:run], whole.counts[:run]
        return Events(high, low, counts, whole.at[:row], whole.arrival[:row], whole.codes[:row])

    def _put(self, events: Events, numbers: NDArray[np.int32], kept_from: int | None) -> None:
        events = replace(events, codes=numbers.take(events.codes))
        chosen = self._asked(events, kept_from)
        if chosen is not None and not chosen.all():
            events = events.those(chosen)
        run, row = self._run + len(events.high), self._row + len(events)
        for name in ("high", "low", "counts"):
            getattr(self._whole, name)[self._run : run] = getattr(events, name)
        for name in ("at", "arrival", "codes"):
            getattr(self._whole, name)[self._row : row] = getattr(events, name)
        self._run, self._row = run, row

    def _asked(self, events: Events, kept_from: int | None) -> Flags | None:
        """Which events are asked for; None: all."""
        bounds = [one for one in (kept_from, self._question.from_) if one is not None]
        parts: list[Flags] = [events.at >= max(bounds)] if bounds else []
        if self._question.to is not None:
            parts.append(events.at < self._question.to)
        if self._only is not None:
            parts.append(self._only(events.codes, events.at) == judging.TRUE)
        return np.logical_and.reduce(parts) if parts else None


def _room(runs: int, events: int, kinds: int) -> Events:
    return Events(
        np.empty(runs, dtype=np.uint64),
        np.empty(runs, dtype=np.uint64),
        np.empty(runs, dtype=np.int64),
        np.empty(events, dtype=np.int64),
        np.empty(events, dtype=np.int64),
        np.empty(events, dtype=np.min_scalar_type(kinds)),
    )


class _Owners:
    """Whose the runs of events are, and who of them does not count.

    `ids` are all who are shown as somebody, in order, and `ranks` says which of them a run is of.
    """

    def __init__(self, found: People, events: Events) -> None:
        links = np.frombuffer(found.links, dtype=_LINK)
        place = _places(links["high"], links["low"], events.high, events.low)
        has = place >= 0
        to_high, to_low = _shown_as(links, np.frombuffer(found.merged, dtype=_LINK))
        high = np.concatenate([to_high, events.high[~has]])
        low = np.concatenate([to_low, events.low[~has]])
        order, ranks, heads = ranked(high, low)
        self._high, self._low = high[order[heads]], low[order[heads]]
        place[~has] = np.arange(len(links), len(high))
        self.ranks = ranks.take(place)
        self._test = np.zeros(len(has), dtype=np.bool_)
        self._since = np.full(len(has), _ALWAYS)
        if found.unknown:
            self._since[~has] = _NEVER
        if found.tests:
            tests = np.frombuffer(found.tests, dtype=">u8").reshape(-1, 2)
            test = _places(tests[:, 0], tests[:, 1], self._high, self._low) >= 0
            self._test = has & test[self.ranks]
        if found.left_out:
            left = np.frombuffer(found.left_out, dtype=_SINCE)
            place = _places(left["high"], left["low"], self._high, self._low)[self.ranks]
            out = has & (place >= 0)
            self._since[out] = left["since"][place[out]]

    def numbered(self) -> tuple[Ints, Ints, bytes]:
        """The number of each run's person and the order of runs by it, and who they are."""
        used = np.zeros(len(self._high), dtype=np.bool_)
        used[self.ranks] = True
        numbers = (np.cumsum(used) - 1).take(self.ranks)
        runs = len(numbers)
        # One key that sorts by person, and keeps the order of runs.
        order = np.sort(numbers * max(runs, 1) + np.arange(runs)) % max(runs, 1)
        ids = np.column_stack([self._high[used], self._low[used]]).astype(">u8")
        return numbers, order, ids.tobytes()

    def counting(self, events: Events) -> tuple[Events, dict[str, int]]:
        """The events of those who count, and how many are left out, by reason."""
        if not self._test.any() and not (self._since != _ALWAYS).any():
            return events, {}
        test = np.repeat(self._test, events.counts)
        denied = ~test & (events.at >= np.repeat(self._since, events.counts))
        counted = {TEST: int(test.sum()), NOT_PERMITTED: int(denied.sum())}
        keep = ~(test | denied)
        if len(events):
            self.ranks = self.ranks[np.add.reduceat(keep, events.starts, dtype=np.int64) > 0]
        return events.those(keep), {reason: n for reason, n in counted.items() if n}


def _shown_as(links: NDArray[Any], merged: NDArray[Any]) -> tuple[Halves, Halves]:
    """The contacts that identifiers lead to; of those who were merged, into whom."""
    high, low = links["to_high"].astype(np.uint64), links["to_low"].astype(np.uint64)
    if len(merged):
        place = _places(merged["high"], merged["low"], high, low)
        those = place >= 0
        high[those] = merged["to_high"][place[those]]
        low[those] = merged["to_low"][place[those]]
    return high, low


def _places(high: NDArray[Any], low: NDArray[Any], of_high: Halves, of_low: Halves) -> Ints:
    """Where each of some ids stands in a list that has it once; -1: nowhere."""
    held_high, held_low = high.astype(np.uint64), low.astype(np.uint64)
    order = by_id(held_high, held_low)
    held_high, held_low = held_high[order], held_low[order]
    found = np.full(len(of_high), -1, dtype=np.int64)
    if not len(order) or not len(of_high):
        return found
    place: Ints = np.searchsorted(held_high, of_high)
    open_ = np.arange(len(of_high))
    # Ids that begin alike stand side by side: hardly any ever do.
    while len(open_):
        inside = place[open_] < len(order)
        open_ = open_[inside]
        alike = held_high[place[open_]] == of_high[open_]
        open_ = open_[alike]
        same = held_low[place[open_]] == of_low[open_]
        found[open_[same]] = order[place[open_[same]]]
        open_ = open_[~same]
        place[open_] += 1
    return found


def _made(
    question: Question,
    told: Sequence[judging.Kind],
    events: Events,
    owners: _Owners,
    excluded: dict[str, int],
) -> Histories:
    numbers, order, ids = owners.numbered()
    person, at, places = arranged(events, numbers, order)
    codes = events.codes.take(places)
    holds = [judging.judged(one, told)(codes, at) == judging.TRUE for one in question.selections]
    columns = {name: _column(name, told, codes) for name in question.fields}
    at += SINCE_1970
    return Histories(person, at, holds, columns, ids, excluded)


def _column(name: str, told: Sequence[judging.Kind], codes: NDArray[Any]) -> Column:
    """A field's values, those alone that an event has."""
    used = np.zeros(len(told), dtype=np.bool_)
    used[codes] = True
    values = [kind[name] if there else None for kind, there in zip(told, used, strict=True)]
    words, numbers = rising(values)
    by_kind = np.array(numbers or [MISSING], dtype=np.int32)
    return Column(by_kind.take(codes), words)
