"""Retention against a slow look at every person and every unit."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from service.domain.errors import Invalid
from service.domain.measures.retention import retained
from service.domain.measures.retention.retained import (
    TOO_YOUNG,
    Retention,
    RetentionDefinition,
    retention,
)
from service.domain.shares import NOTHING, Proportion, proportion
from tests.pure.walks import BEGINNING, Did, columns, inside, walks

ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]
DAYS = {"day": 1, "week": 7}


def number(time: datetime, asked: RetentionDefinition) -> int:
    """The unit of a time; neighbouring ones have neighbouring numbers."""
    day = time.astimezone(ZoneInfo(asked.time_zone)).date()
    if asked.interval == "month":
        return day.year * 12 + day.month - 1
    # The first day of all was a Monday.
    return (day.toordinal() - 1) // DAYS[asked.interval]


def beginning(unit: int, asked: RetentionDefinition) -> datetime:
    if asked.interval == "month":
        day = date(unit // 12, unit % 12 + 1, 1)
    else:
        day = date.fromordinal(unit * DAYS[asked.interval] + 1)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(asked.time_zone))


@st.composite
def definitions(draw: st.DrawFn) -> RetentionDefinition:
    days = st.none() | st.integers(0, 9).map(lambda n: BEGINNING + timedelta(days=n, hours=5))
    from_ = draw(days)
    to = draw(st.none() | st.integers(10, 200).map(lambda n: BEGINNING + timedelta(days=n)))
    return RetentionDefinition(
        from_,
        to,
        None,
        draw(st.sampled_from(["day", "week", "month"])),
        draw(st.integers(0, 8)),
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from([None, "a"])),
        draw(st.sampled_from([None, "b"])),
        draw(st.sampled_from(["exact", "on_or_after"])),
        True,
    )


def slowly(
    rows: list[Did], asked: RetentionDefinition, known: int
) -> dict[int, list[tuple[int, int]]]:
    """By cohort: how many are retained of how many, by interval; those that are old enough."""
    people: dict[int, list[list[Did]]] = defaultdict(list)
    for person in {row.person for row in rows}:
        path = [row for row in rows if row.person == person]
        starts = [n for n, row in enumerate(path) if asked.start in (None, row.event)]
        if starts and inside(path[starts[0]].at, (asked.from_, asked.to)):
            people[number(path[starts[0]].at, asked)].append(path[starts[0] :])
    found = {}
    for cohort, paths in people.items():
        returned = [
            {number(row.at, asked) - cohort for row in path if asked.return_ in (None, row.event)}
            for path in paths
        ]
        found[cohort] = [
            (sum(came_back(units, n, asked.mode) for units in returned), len(paths))
            for n in range(asked.intervals + 1)
            if cohort + n <= known
        ]
    return found


def came_back(units: set[int], n: int, mode: str) -> bool:
    return n in units if mode == "exact" else any(unit >= n for unit in units)


def shares(found: Retention, cohort: int) -> list[Proportion]:
    return [one.share for one in found.cohorts[cohort].values]


@given(st.sampled_from([180, 1500]).flatmap(lambda n: walks("abc", n)), definitions())
def test_everybody_is_counted_where_they_came_back(
    rows: list[Did], asked: RetentionDefinition
) -> None:
    now = BEGINNING + timedelta(days=100)
    rows = [row for row in rows if inside(row.at, (None, asked.to))]
    if asked.to is not None:
        known = number(min(asked.to, now) - timedelta(microseconds=1), asked)
    else:
        known = number(max((row.at for row in rows), default=now), asked)
    expected = slowly(rows, asked, known)
    selections = [
        lambda row, event=event: row.event == event
        for event in (asked.start, asked.return_)
        if event
    ]
    found = retention(columns(rows, *selections), asked, now)
    units = sorted(expected)
    assert [one.from_ for one in found.cohorts] == [beginning(one, asked) for one in units]
    for place, unit in enumerate(units):
        told = [proportion(*one) for one in expected[unit]]
        young = Proportion(None, 0, 0, None, None, TOO_YOUNG)
        told += [young] * (asked.intervals + 1 - len(told))
        assert shares(found, place) == told
        assert [one.interval for one in found.cohorts[place].values] == list(range(len(told)))
    for n, one in enumerate(found.overall):
        old = [values[n] for values in expected.values() if n < len(values)]
        k, of = sum(k for k, _ in old), sum(of for _, of in old)
        assert one.share == proportion(k, of)
        assert (one.share.reason == NOTHING) == (not old)
    assert found.contacts == sum(one.size for one in found.cohorts)


def test_a_cohort_begins_at_its_own_midnight_across_daylight_saving() -> None:
    zone = ZoneInfo("Europe/Berlin")
    times = [datetime(2026, 3, day, 0, 30, tzinfo=zone).astimezone(UTC) for day in (28, 29, 30)]
    rows = [Did(0, time, "a") for time in times]
    asked = RetentionDefinition(None, None, None, "day", 2, zone.key, None, None, "exact", True)
    found = retention(columns(rows), asked, times[-1])
    assert [one.value for one in shares(found, 0)] == [1.0, 1.0, 1.0]


def test_more_values_than_anybody_reads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retained, "MOST_VALUES", 5)
    rows = [Did(n, BEGINNING + timedelta(days=n), "a") for n in range(2)]
    asked = RetentionDefinition(None, None, None, "day", 2, "UTC", None, None, "exact", True)
    with pytest.raises(Invalid) as refused:
        retention(columns(rows), asked, BEGINNING)
    (problem,) = refused.value.problems
    assert (problem.pointer, problem.code) == ("/intervals", "too_many_values")
    alone = retention(columns(rows), structs.replace(asked, cohorts=False), BEGINNING)
    assert [one.share.denominator for one in alone.overall] == [2, 1, 0]
