"""Histories made of segments and of what came behind them: whose, which, in order. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.filters.language import Filter
from service.domain.histories.segments import judging
from service.domain.histories.segments.arranging import Kinds, arranged, by_id, ranked
from service.domain.histories.segments.segment import (
    DIMENSIONS,
    UNTOLD,
    Events,
    Halves,
    Segment,
    of_rows,
    unpacked,
)
from service.domain.history import MISSING, Column, Flags, Histories, Ints, rising

TOUCHPOINT = DIMENSIONS[-1]
SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000."""
MOST_KINDS = 300_000
"""Of more, each judged by itself, the events themselves are read sooner."""
_ALWAYS, _NEVER = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_LINK = np.dtype([("high", ">u8"), ("low", ">u8"), ("root_high", ">u8"), ("root_low", ">u8")])
_SINCE = np.dtype([("high", ">u8"), ("low", ">u8"), ("since", ">i8")])
TEST, NOT_PERMITTED = "test_contact", "not_permitted"


class Question(NamedTuple):
    """What is asked of events; `from_` and `to` in microseconds since 2000."""

    from_: int | None
    to: int | None
    only: "Filter | None"
    selections: Sequence[Filter]
    fields: Sequence[str]


@dataclass(slots=True)
class Found:
    """What is held: segments and the rows behind them as bytes; whom identifiers are shown as
    (`links`); who is left out since when (`left_out`), and as a test (`tests`); whether the unknown
    are left out (`unknown`); before when nothing is kept.

    Who makes histories of it takes the segments away, one by one.
    """

    segments: list[bytes]
    rows: bytes
    kinds: Sequence[str]
    links: bytes
    left_out: bytes
    tests: bytes
    unknown: bool
    kept_from: int | None


def histories(question: Question, found: Found) -> Histories | None:
    """What people did; None where columns do not tell it, and the events themselves must."""
    known = Kinds()
    held = _held(found, known)
    if len(known.numbers) > MOST_KINDS or (_of_touchpoints(question) and _untold(known)):
        return None
    told = judging.kinds(known.numbers)
    events = _chosen(question, held, told)
    people = _People(found, events)
    events, excluded = people.counting(events)
    return _made(question, told, events, people, excluded)


def _held(found: Found, known: Kinds) -> list[tuple[Segment, int | None]]:
    """All segments by order of arrival, and before when nothing of one is kept."""
    held: list[tuple[Segment, int | None]] = []
    found.segments.reverse()
    while found.segments:
        held.append((_numbered(unpacked(found.segments.pop()), known), found.kept_from))
    if found.rows:
        held.append((_numbered(of_rows(found.rows, found.kinds), known), None))
    return held


def _numbered(segment: Segment, known: Kinds) -> Segment:
    numbers = known.of(segment.kinds)
    return replace(
        segment, events=replace(segment.events, codes=numbers.take(segment.events.codes))
    )


def _of_touchpoints(question: Question) -> bool:
    asked = [*question.selections, *([] if question.only is None else [question.only])]
    unasked = all(judging.without(one, TOUCHPOINT) for one in asked)
    return TOUCHPOINT in question.fields or not unasked


def _untold(known: Kinds) -> bool:
    return any(kind.endswith(f"{UNTOLD}]") for kind in known.numbers)


def _chosen(
    question: Question, held: list[tuple[Segment, int | None]], told: Sequence[judging.Kind]
) -> Events:
    """The events that are asked for, of all segments, in columns that are made once."""
    only = None if question.only is None else judging.judged(question.only, told)
    runs = sum(len(one.events.high) for one, _ in held)
    size = sum(len(one) for one, _ in held)
    whole = _room(runs, size)
    run = row = 0
    held.reverse()
    while held:
        segment, kept_from = held.pop()
        events = segment.events
        chosen = _asked(question, only, events, kept_from)
        if chosen is not None and not chosen.all():
            events = events.those(chosen)
        next_run, next_row = run + len(events.high), row + len(events)
        for name in ("high", "low", "counts"):
            getattr(whole, name)[run:next_run] = getattr(events, name)
        for name in ("at", "arrival", "codes"):
            getattr(whole, name)[row:next_row] = getattr(events, name)
        run, row = next_run, next_row
    high, low, counts = whole.high[:run], whole.low[:run], whole.counts[:run]
    return Events(high, low, counts, whole.at[:row], whole.arrival[:row], whole.codes[:row])


def _room(runs: int, events: int) -> Events:
    return Events(
        np.empty(runs, dtype=np.uint64),
        np.empty(runs, dtype=np.uint64),
        np.empty(runs, dtype=np.int64),
        np.empty(events, dtype=np.int64),
        np.empty(events, dtype=np.int64),
        np.empty(events, dtype=np.int32),
    )


def _asked(
    question: Question, only: judging.Judging | None, events: Events, kept_from: int | None
) -> Flags | None:
    """Which events are asked for; None: all."""
    parts: list[Flags] = []
    if kept_from is not None:
        parts.append(events.at >= kept_from)
    if question.from_ is not None:
        parts.append(events.at >= question.from_)
    if question.to is not None:
        parts.append(events.at < question.to)
    if only is not None:
        parts.append(only(events.codes, events.at) == judging.TRUE)
    return np.logical_and.reduce(parts) if parts else None


class _People:
    """Whose the runs of events are, and who of them does not count.

    `ids` are all who are shown as somebody, in order, and `ranks` says which of them a run is of.
    """

    def __init__(self, found: Found, events: Events) -> None:
        links = np.frombuffer(found.links, dtype=_LINK)
        place = _places(links["high"], links["low"], events.high, events.low)
        has = place >= 0
        high = np.concatenate([links["root_high"], events.high[~has]]).astype(np.uint64)
        low = np.concatenate([links["root_low"], events.low[~has]]).astype(np.uint64)
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
    people: _People,
    excluded: dict[str, int],
) -> Histories:
    numbers, order, ids = people.numbered()
    person, places = arranged(events, numbers, order)
    at, codes = events.at.take(places), events.codes.take(places)
    holds = [judging.judged(one, told)(codes, at) == judging.TRUE for one in question.selections]
    columns = {name: _column(name, told, codes) for name in question.fields}
    at += SINCE_1970
    return Histories(person, at, holds, columns, ids, excluded)


def _column(name: str, told: Sequence[judging.Kind], codes: NDArray[np.int32]) -> Column:
    """A field's values, those alone that an event has."""
    used = np.zeros(len(told), dtype=np.bool_)
    used[codes] = True
    values = [kind[name] if there else None for kind, there in zip(told, used, strict=True)]
    words, numbers = rising(values)
    by_kind = np.array(numbers or [MISSING], dtype=np.int32)
    return Column(by_kind.take(codes), words)
