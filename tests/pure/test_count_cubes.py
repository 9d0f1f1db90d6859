"""Counts in cubes: added, taken away, packed; and ranges made of them."""

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.histories.counting.spans import BEGINNING, END, Known, parts
from service.domain.histories.counts.cubes import (
    CUBES,
    DAY,
    MOST_KINDS,
    QUARTER,
    Counts,
    Key,
    counted,
    packed,
    rows_of,
    together,
    unpacked,
)
from service.domain.histories.segments.kinds import of_texts

KINDS = [
    json.dumps(["track", event, device, None, 'a "b", [c]\n', "é", point])
    for event in ("Seen", "Paid")
    for device in ("m", None)
    for point in (7, 7.5, "x")
]
TIMES = st.one_of(
    st.integers(-3 * DAY, 70 * DAY),
    st.sampled_from([BEGINNING, END - 1, 31 * DAY, 31 * DAY - 1, QUARTER, -1]),
)
EVENTS = st.lists(st.tuples(TIMES, st.integers(0, len(KINDS) - 1)), max_size=30)
Events = list[tuple[int, int]]


def made(events: Events) -> dict[Key, Counts]:
    at = np.array([one for one, _ in events], dtype=np.int64)
    return counted(at, np.array([kind for _, kind in events], dtype=np.int32), of_texts(KINDS))


def told(rows: dict[Key, Counts], cube: int, *, month: bool) -> Counter[tuple[int, str]]:
    """How many events began in which quarter, or month, and were of which kind."""
    numbers: dict[str, int] = {}
    tally: Counter[tuple[int, str]] = Counter()
    chosen = [(key.day, packed(one)) for key, one in rows.items() if key[:2] == (cube, month)]
    for at, kind, number in rows_of(chosen, numbers):
        names = list(numbers)
        for start, code, count in zip(at.tolist(), kind.tolist(), number.tolist(), strict=True):
            tally[start, names[code]] += count
    return tally


@given(EVENTS)
def test_a_cube_counts_every_event_once_in_its_quarter(events: Events) -> None:
    rows = made(events)
    for cube, places in enumerate(CUBES):
        expected = Counter(
            (
                at // QUARTER * QUARTER,
                json.dumps([json.loads(KINDS[kind])[place] for place in places]),
            )
            for at, kind in events
        )
        found = told(rows, cube, month=False)
        assert {
            (at, json.dumps(json.loads(kind))): n for (at, kind), n in found.items()
        } == expected
        by_month: Counter[str] = Counter()
        for (at, _), number in told(rows, cube, month=True).items():
            assert at % DAY == 0
            by_month[str(np.datetime64("2000-01-01", "D") + at // DAY)] += number
        assert by_month == Counter(f"{month_of(at // DAY)}-01" for at, _ in events)


@given(EVENTS, EVENTS)
def test_what_is_added_can_be_taken_away_again(first: Events, second: Events) -> None:
    one, both = made(first), made([*first, *second])
    for key, more in made(second).items():
        whole = together(one.get(key), more)
        assert whole is not None
        assert packed(whole) == packed(both[key])
        left = together(unpacked(packed(whole)), more, less=True)
        assert left is not None
        if key in one:
            assert packed(left) == packed(one[key])
        else:
            assert len(left.number) == len(left.kinds) == 0


def test_more_is_not_taken_away_than_there_is() -> None:
    one, two = made([(0, 0)]), made([(0, 0), (0, 0)])
    assert all(together(one[key], more, less=True) is None for key, more in two.items())
    assert all(together(None, more, less=True) is None for more in two.values())


@pytest.mark.parametrize("kinds", [MOST_KINDS, MOST_KINDS + 1])
def test_a_row_of_too_many_kinds_is_not_kept(kinds: int) -> None:
    every = np.arange(kinds)
    row = Counts([f"[{n:05}]" for n in every], every * 0, every, every * 0 + 1)
    assert row.too_many is (kinds > MOST_KINDS)


@given(
    st.none() | TIMES,
    st.none() | TIMES,
    st.lists(st.integers(-288, 6_800).map(lambda n: n * QUARTER), max_size=4),
    st.none() | st.integers(-200, 5_000).map(lambda n: n * QUARTER),
    st.none() | TIMES,
)
def test_a_range_is_made_of_what_lies_in_it_once(
    from_: int | None, to: int | None, cuts: list[int], since: int | None, kept: int | None
) -> None:
    first, last = -3, 70
    cuts = sorted(cuts)
    found = parts(from_, to, cuts, Known(since, kept, first, last))
    assert found is not None
    begin = max(one for one in (from_, kept, BEGINNING) if one is not None)
    for at in (*range(first * DAY, (last + 1) * DAY, 7 * QUARTER - 1), *cuts):
        days = {n for n in found.days if n * DAY <= at < (n + 1) * DAY}
        months = [n for n in found.months if n * DAY <= at < n * DAY + 31 * DAY]
        months = [n for n in months if month_of(n) == month_of(at // DAY)]
        inside = found.low <= at // QUARTER * QUARTER < found.high
        times = inside * (len(days) + len(months)) + sum(
            low <= at < high for low, high in found.edges
        )
        assert times == (begin <= at < (END if to is None else to))
    assert since is None or all(month * DAY >= since for month in found.months)
    sides = np.searchsorted(cuts, [[n * DAY, (n + 28) * DAY - 1] for n in found.months], "right")
    assert (sides[:, :1] == sides[:, 1:]).all() if found.months else True


def month_of(day: int) -> np.datetime64:
    month: np.datetime64 = (np.datetime64("2000-01-01", "D") + day).astype("M8[M]")
    return month


def test_a_cut_within_a_quarter_is_told_by_the_events() -> None:
    assert parts(None, None, [1], Known(None, None, 0, 1)) is None
