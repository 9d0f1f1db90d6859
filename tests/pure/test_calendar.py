"""Bounds of calendar units: by hand where clocks change, and against clocks read step by step."""

from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.calendar import Unit, bounds

SECOND = 1_000_000
QUARTER = timedelta(minutes=15)
ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Pacific/Chatham"),
    *("Africa/Cairo", "America/Sao_Paulo", "Africa/Casablanca"),
]


def shown(unit: Unit, zone: str, first: str, behind: str) -> list[str]:
    """The bounds in UTC, to the minute."""
    times = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, behind))
    low, high = (int(one.timestamp()) * SECOND for one in times)
    found = bounds(low, high, unit, ZoneInfo(zone)).tolist()
    return [f"{datetime.fromtimestamp(one // SECOND, UTC):%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("unit", "zone", "first", "behind", "expected"),
    [
        # A day of 23 hours, and one of 25.
        (
            "day",
            "Europe/Berlin",
            "2026-03-29",
            "2026-03-30",
            "03-28 23:00, 03-29 22:00, 03-30 22:00",
        ),
        (
            "day",
            "Europe/Berlin",
            "2026-10-25",
            "2026-10-26",
            "10-24 22:00, 10-25 23:00, 10-26 23:00",
        ),
        # Zones a quarter or half an hour off.
        ("day", "Asia/Kathmandu", "2026-05-01", "2026-05-01T18:15", "04-30 18:15, 05-01 18:15"),
        (
            "hour",
            "Asia/Kolkata",
            "2026-05-01",
            "2026-05-01T01:00",
            "04-30 23:30, 05-01 00:30, 05-01 01:30",
        ),
        # Weeks begin on Monday, over the turn of a year.
        ("week", "UTC", "2025-12-31", "2026-01-05", "12-29 00:00, 01-05 00:00"),
        (
            "month",
            "Europe/Berlin",
            "2026-03-15",
            "2026-04-01",
            "02-28 23:00, 03-31 22:00, 04-30 22:00",
        ),
        ("quarter", "UTC", "2026-02-01", "2026-04-01", "01-01 00:00, 04-01 00:00"),
        ("year", "Asia/Tokyo", "2025-06-01", "2025-12-31T15:00", "12-31 15:00, 12-31 15:00"),
        # Midnight is leapt over, wholly or in part; a whole day never was.
        ("day", "Africa/Cairo", "2026-04-23T22:00", "2026-04-24", "04-23 22:00, 04-24 21:00"),
        (
            "day",
            "America/Toronto",
            "1919-03-31T04:30",
            "1919-03-31T05:00",
            "03-31 04:30, 04-01 04:00",
        ),
        (
            "day",
            "Pacific/Apia",
            "2011-12-29T10:00",
            "2011-12-31",
            "12-29 10:00, 12-30 10:00, 12-31 10:00",
        ),
        # Midnight comes twice; the day begins with the first.
        ("day", "America/St_Johns", "2005-10-30T02:35", "2005-10-31", "10-30 02:30, 10-31 03:30"),
        # The clocks show two hours twice, leap over half of one, or show half of one twice.
        (
            "hour",
            "Europe/Berlin",
            "2026-10-25",
            "2026-10-25T02:00",
            "10-25 00:00, 10-25 01:00, 10-25 02:00",
        ),
        (
            "hour",
            "Australia/Lord_Howe",
            "2025-10-04T14:30",
            "2025-10-04T16:30",
            "10-04 14:30, 10-04 15:30, 10-04 16:00, 10-04 17:00",
        ),
        (
            "hour",
            "Australia/Lord_Howe",
            "2026-04-04T14:00",
            "2026-04-04T16:00",
            "04-04 14:00, 04-04 15:30, 04-04 16:30",
        ),
        ("day", "UTC", "2026-05-01", "2026-05-01", ""),
    ],
)
def test_units_begin_when_the_clocks_say_so(
    unit: Unit, zone: str, first: str, behind: str, expected: str
) -> None:
    assert ", ".join(shown(unit, zone, first, behind)) == expected


def beginning(local: datetime, unit: Unit) -> tuple[date, int]:
    """Which unit a clock and a calendar show: its first day, and the hour."""
    day = local.date()
    first = {
        "hour": day,
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": day.replace(month=day.month - (day.month - 1) % 3, day=1),
        "year": day.replace(month=1, day=1),
    }
    return first[unit], local.hour if unit == "hour" else 0


@given(
    st.sampled_from(ZONES),
    st.sampled_from([one for one in get_args(Unit) if one != "hour"]),
    st.datetimes(datetime(2000, 1, 1), datetime(2027, 1, 1)),
    st.integers(1, 4 * 24 * 40),
)
def test_a_unit_begins_when_the_clocks_first_show_a_later_one(
    name: str, unit: Unit, near: datetime, quarters: int
) -> None:
    zone = ZoneInfo(name)
    first = near.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    times = [first + n * QUARTER for n in range(quarters)]
    seen = [beginning(one.astimezone(zone), unit) for one in times]
    # Clocks may go back over midnight: what has begun stays begun.
    hours = (first - n * QUARTER for n in range(1, 9))
    before = max(beginning(one.astimezone(zone), unit) for one in hours)
    begun = list(accumulate(seen, max, initial=before))[1:]
    new = [two != one for one, two in zip([before, *begun], begun, strict=False)]
    low, high = (int(one.timestamp()) * SECOND for one in (first, first + quarters * QUARTER))
    found = bounds(low, high, unit, zone)
    assert (np.diff(found) > 0).all()
    assert found[0] <= low < found[1]
    assert found[-2] < high <= found[-1]
    inside = [
        int(one.timestamp()) * SECOND for one, is_new in zip(times, new, strict=True) if is_new
    ]
    assert [one for one in found.tolist() if low <= one < high] == inside


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2027, 1, 1)),
    st.integers(1, 96),
)
def test_hours_begin_with_the_clocks_full_hours_and_parts_of_a_range_have_the_same(
    name: str, near: datetime, hours: int
) -> None:
    low = int(near.replace(tzinfo=UTC).timestamp()) * SECOND
    high = low + hours * 3600 * SECOND + 1
    zone = ZoneInfo(name)
    whole = bounds(low, high, "hour", zone)
    lengths = np.diff(whole) // (60 * SECOND)
    # An hour that clocks go back into, or leap into, is longer or shorter.
    assert set(lengths.tolist()) <= {30, 60, 90}
    assert (lengths == 60).sum() >= len(lengths) - 1
    middle = (low + high) // 2
    parts = [bounds(low, middle, "hour", zone), bounds(middle, high, "hour", zone)]
    assert np.unique(np.concatenate(parts)).tolist() == whole.tolist()


@pytest.mark.parametrize("unit", ["month", "quarter", "year"])
def test_the_ends_of_the_calendar_are_reached(unit: Unit) -> None:
    ends = datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    low, high = (
        (one - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) for one in ends
    )
    found = bounds(low, high, unit, ZoneInfo("Europe/Berlin"))
    assert len(found) in {12 * 9999 + 1, 4 * 9999 + 1, 9999 + 1}
