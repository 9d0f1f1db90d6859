"""Columns of events: packed and opened, merged and split, judged; against plain Python."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from service.domain.filters import SELECTIONS, Filter, evaluate, parse_selection
from service.domain.histories.segments import judging
from service.domain.histories.segments.arranging import merged, split
from service.domain.histories.segments.bounding import FEW_KINDS, KEPT, PER_KIND, bounded
from service.domain.histories.segments.compacting import Bounds, Held, due
from service.domain.histories.segments.kinds import DIMENSIONS, UNTOLD, Kinds, beside, of_texts
from service.domain.histories.segments.segment import (
    Events,
    Segment,
    of_rows,
    packed,
    unpacked,
)
from service.domain.ids import new_id

Row = tuple[int, int, int, int, int]
KINDS = [
    json.dumps(["track", name, device, None, None, None, touchpoint])
    for name in ("Seen", "Paid", None)
    for device in ("mobile", None)
    for touchpoint in ("till", 7, True, None)
]
HALVES = some.sampled_from([0, 1, 1 << 61, (1 << 64) - 1, 0x0123_4567_89AB_CDEF])
TIMES = some.one_of(
    some.integers(0, 3), some.integers(-(1 << 52), 1 << 52), some.sampled_from([0, 1000, 5000])
)
ROWS = some.lists(
    some.tuples(HALVES, HALVES, TIMES, some.integers(0, 1 << 60), some.integers(0, 23)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[3],
)


def of(rows: list[Row]) -> Segment:
    kind = [(name, ">u8") for name in ("high", "low")]
    kind += [("at", ">i8"), ("arrival", ">i8"), ("kind", ">i4")]
    return of_rows(np.array(rows, dtype=kind).tobytes(), KINDS)


def texts(kinds: Kinds) -> list[str]:
    """As they came."""
    return [
        f"[{', '.join(held[one] for held, one in zip(kinds.values, row, strict=True))}]"
        for row in kinds.codes.tolist()
    ]


def told(segment: Segment) -> list[tuple[int, int, int, int, str]]:
    events, kinds = segment.events, texts(segment.kinds)
    columns = (
        np.repeat(events.high, events.counts).tolist(),
        np.repeat(events.low, events.counts).tolist(),
        events.at.tolist(),
        events.arrival.tolist(),
        [kinds[code] for code in events.codes.tolist()],
    )
    return list(zip(*columns, strict=True))


def expected(rows: list[Row]) -> list[tuple[int, int, int, int, str]]:
    return [(*row[:4], KINDS[row[4]]) for row in sorted(rows)]


@settings(deadline=None)
@given(ROWS)
def test_what_is_packed_is_what_is_unpacked(rows: list[Row]) -> None:
    assert told(unpacked(packed(of(rows)))) == expected(rows)


@settings(deadline=None)
@given(ROWS, some.integers(1, 4), some.sampled_from([3, 6]))
def test_events_that_are_split_and_merged_are_the_same(
    rows: list[Row], number: int, bits: int
) -> None:
    parts = [of(rows[n::number]) for n in range(number) if rows[n::number]]
    whole = merged(parts)
    assert told(whole) == expected(rows)
    assert len(set(texts(whole.kinds))) == len(whole.kinds)
    pieces = split(whole, bits)
    assert [row for part in sorted(pieces) for row in told(pieces[part])] == expected(rows)
    for part, piece in pieces.items():
        assert {row[0] >> 64 - bits for row in told(piece)} == {part}
        assert {row[4] for row in told(piece)} == set(texts(piece.kinds))


@settings(deadline=None)
@given(ROWS, some.lists(some.tuples(HALVES, HALVES), max_size=3))
def test_nothing_is_left_of_identifiers_that_go(
    rows: list[Row], gone: list[tuple[int, int]]
) -> None:
    names = [high.to_bytes(8) + low.to_bytes(8) for high, low in gone]
    left = of(rows).without(names)
    assert told(left) == expected([row for row in rows if row[:2] not in gone])


LEAVES = some.one_of(
    some.sampled_from(
        [
            {"field": "event", "op": "eq", "value": "Paid"},
            {"field": "device", "op": "ne", "value": "mobile"},
            {"field": "properties.touchpoint", "op": "ge", "value": 7},
            {"field": "campaign", "op": "eq", "value": "x"},
        ]
    ),
    some.builds(
        lambda op, n: {"field": "timestamp", "op": op, "value": f"2000-01-01T00:00:0{n}Z"},
        some.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
        some.integers(0, 4),
    ),
)
CONDITIONS: Any = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.builds(lambda parts: {"all": parts}, some.lists(inner, min_size=1, max_size=3)),
        some.builds(lambda parts: {"any": parts}, some.lists(inner, min_size=1, max_size=3)),
        some.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(CONDITIONS)
def test_columns_are_judged_as_each_event_is(raw: Any) -> None:
    condition: Filter = parse_selection(raw, SELECTIONS, "")
    assert judging.fits(condition)
    kinds = of_texts(KINDS)
    at = np.arange(5, dtype=np.int64) * 1_000_000
    answers = {False: judging.FALSE, None: judging.UNKNOWN, True: judging.TRUE}
    for code, text in enumerate(KINDS):
        kind = dict(zip(DIMENSIONS, json.loads(text, parse_int=Decimal), strict=True))
        codes = np.full(len(at), code)
        found = judging.judged(condition, kinds)(codes, at).tolist()
        for time, answer in zip(at.tolist(), found, strict=True):
            happened = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)
            values = {**kind, "timestamp": happened}
            assert answer == answers[evaluate(condition, values.get)]


@settings(deadline=None)
@given(some.lists(CONDITIONS, min_size=1, max_size=9))
def test_what_many_conditions_answer_at_once_is_what_each_answers(raw: list[Any]) -> None:
    conditions = [parse_selection(one, SELECTIONS, "") for one in raw]
    kinds = of_texts(KINDS)
    codes = np.repeat(np.arange(len(KINDS)), 5)
    at = np.tile(np.arange(5, dtype=np.int64) * 1_000_000, len(KINDS))
    answers = judging.Answers(conditions, kinds)
    found = [one.tolist() for one in answers.flags(answers.of(codes, at))]
    each = [judging.judged(one, kinds)(codes, at) == judging.TRUE for one in conditions]
    assert found == [one.tolist() for one in each]


@pytest.mark.parametrize("most", [1, 4_096])
@given(some.sets(some.integers(0, len(DIMENSIONS) - 1)), some.lists(some.sampled_from(KINDS)))
def test_kinds_that_are_alike_tell_the_same_of_what_is_asked(
    most: int, places: set[int], held: list[str]
) -> None:
    kinds = of_texts(held)
    alike, numbers = kinds.alike(sorted(places), most)
    for place in places:
        values = alike.values[place]
        # Where there is nothing, not even a kind stands for it.
        assert (alike.codes[:, place] < len(values)).all()
        told = [values[code] for code in alike.codes[numbers, place].tolist()]
        assert told == [kinds.values[place][code] for code in kinds.codes[:, place].tolist()]


def test_numbers_of_touchpoints_are_exact() -> None:
    kinds = of_texts(['["track", null, null, null, null, null, 0.1]'])
    values = [kinds.read(place) for place in range(len(DIMENSIONS))]
    assert values == [["track"], *[[None]] * 5, [Decimal("0.1")]]


@given(some.lists(some.lists(some.sampled_from(KINDS), max_size=9), min_size=1, max_size=3))
def test_kinds_of_several_are_each_there_once(parts: list[list[str]]) -> None:
    together = beside([of_texts(one) for one in parts])
    assert texts(together) == [text for part in parts for text in part]
    once, numbers = together.once()
    assert len(set(texts(once))) == len(once) == len({text for part in parts for text in part})
    assert [texts(once)[one] for one in numbers.tolist()] == texts(together)


def held(bits: int, part: int, events: int, *, base: bool = False) -> Held:
    return Held(new_id(), bits, part, base, events)


def test_runs_become_a_base_and_what_is_too_large_is_handed_on() -> None:
    bounds = Bounds(most=100, runs=2, enough=20)
    assert due([held(0, 0, 5), held(0, 0, 5)], None, bounds) is None
    many = due([held(0, 0, 5)] * 3, None, bounds)
    assert many is not None
    assert (many.inner, len(many.held)) == (False, 3)
    base = held(0, 0, 80, base=True)
    assert due([base, held(0, 0, 19)], None, bounds) is None
    assert due([base, held(0, 0, 20)], None, bounds) is not None
    deeper = held(3, 5, 80, base=True)
    assert due([deeper, held(0, 0, 19)], None, bounds) is None
    on = due([deeper, held(0, 0, 20)], None, bounds)
    assert on is not None
    assert (on.bits, on.inner) == (0, True)


def test_of_events_that_differ_the_rare_values_are_not_kept_and_nothing_else_is_lost() -> None:
    number = 50_000
    often = ["often"] * 12_000
    campaigns = [*often, *(f"click {n}" for n in range(number - len(often)))]
    kinds = of_texts(kind_of(n, one) for n, one in enumerate(campaigns))
    events = Events(
        np.arange(number, dtype=np.uint64),
        np.arange(number, dtype=np.uint64),
        np.ones(number, dtype=np.int64),
        np.arange(number),
        np.arange(number),
        np.arange(number),
    )
    whole = Segment(events, kinds)
    once, codes = whole.kinds.once()
    whole = Segment(replace(events, codes=codes), once)
    less = bounded(whole)
    assert len(less.kinds) <= FEW_KINDS + number // PER_KIND
    assert len(less.kinds.values[CAMPAIGN]) == KEPT + 1
    for place, name in enumerate(DIMENSIONS):
        before, after = (values_of(one, place) for one in (whole, less))
        if place != CAMPAIGN:
            assert before == after, name
        else:
            assert {b for b, a in zip(before, after, strict=True) if a == UNTOLD} < {*before}
            assert all(a in (b, UNTOLD) for b, a in zip(before, after, strict=True))
            assert after.count('"often"') == len(often)
    assert bounded(less) is less


def test_where_several_dimensions_differ_each_is_bounded() -> None:
    number = 60_000
    kinds = of_texts(kind_of(n % 900, f"{n // 66}") for n in range(number))
    codes = np.arange(number)
    events = Events(
        codes.astype(np.uint64), codes.astype(np.uint64), np.ones_like(codes), *[codes] * 3
    )
    less = bounded(Segment(events, kinds))
    assert len(less.kinds) <= FEW_KINDS + number // PER_KIND
    assert values_of(less, 1) == [f'"event {n % 900}"' for n in range(number)]


CAMPAIGN = DIMENSIONS.index("campaign")


def kind_of(event: int, campaign: str) -> str:
    told = {"type": "track", "event": f"event {event % 900}", "campaign": campaign}
    return json.dumps([told.get(name) for name in DIMENSIONS])


def values_of(segment: Segment, place: int) -> list[str]:
    held, codes = segment.kinds.values[place], segment.kinds.codes[:, place]
    return [held[one] for one in codes[segment.events.codes].tolist()]
