"""Hours, days, weeks, months, quarters and years as a zone's clocks tell them. Pure.

A unit begins when the clocks first show its beginning; where they leap over that, when they leap.
An hour that they show twice is two hours. All instants are microseconds since 1970, in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from service.domain.history import SECOND, Ints

Unit: TypeAlias = Literal["hour", "day", "week", "month", "quarter", "year"]

_EPOCH = datetime(1970, 1, 1)
_HOUR = 3_600 * SECOND
_DAY = 24 * _HOUR
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = 3
"""1970 began on a Thursday."""


def bounds(from_us: int, to_us: int, unit: Unit, zone: ZoneInfo) -> Ints:
    """The starts of all units that the half-open range touches, and the end of the last.

    They rise; n units have n + 1 bounds, and `np.searchsorted(bounds, at, "right") - 1` numbers the
    unit in which an instant of the range lies. Weeks begin on Monday. A range that is empty touches
    none. A unit that the clocks leap over wholly is not there. It costs some microseconds a unit:
    whoever asks bounds their number.
    """
    if from_us >= to_us:
        return np.zeros(0, dtype=np.int64)
    days = _first_days(_local(from_us, zone), _local(to_us - 1, zone), unit)
    starts = np.unique(np.array([_instant(int(one), zone) for one in days], dtype=np.int64))
    starts = _touched(starts, from_us, to_us)
    if unit != "hour":
        return starts
    hours = [start for two in pairwise(starts.tolist()) for start in _hours(*two, zone)]
    return _touched(np.array([*hours, starts[-1]], dtype=np.int64), from_us, to_us)


def _touched(starts: Ints, from_us: int, to_us: int) -> Ints:
    first = np.searchsorted(starts, from_us, "right") - 1
    behind = np.searchsorted(starts, to_us, "left")
    return starts[first : behind + 1]


def _first_days(first: int, last: int, unit: Unit) -> Ints:
    """The first days of the units from one local time to another, and of more on both sides:
    clocks that go back over midnight show a day that is over."""
    days = np.array([first // _DAY, last // _DAY])
    if unit in _MONTHS:
        length = _MONTHS[unit]
        low, high = _days(days).astype("M8[M]").astype(np.int64) // length
        months = np.arange(low - 1, high + 3) * length
        return months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    if unit == "week":
        low, high = (days + _MONDAY) // 7
        return np.arange(low - 1, high + 3) * 7 - _MONDAY
    return np.arange(days[0] - 1, days[1] + 3)


def _days(numbers: Ints) -> NDArray[np.datetime64]:
    return numbers.astype("M8[D]")


def _instant(day: int, zone: ZoneInfo) -> int:
    """When a day, counted from 1970, begins in a zone."""
    local = day * _DAY
    before, after = (local - _offset_of(local, fold, zone) for fold in (0, 1))
    if before <= after:
        return before
    # The clocks leap over its midnight, at some time between the two.
    return _change(after, before, zone)


def _hours(start: int, end: int, zone: ZoneInfo) -> Iterator[int]:
    """The beginnings of the hours of a day."""
    yield start
    change = _change(start, end, zone)
    for low, high in ((start, change), (change, end)):
        offset = _offset(low, zone) if low < high else 0
        if low == change < end:
            leapt = (low + offset) // _HOUR > (low - 1 + _offset(low - 1, zone)) // _HOUR
            if leapt and (low + offset) % _HOUR:
                yield low
        first = low + -(low + offset) % _HOUR
        yield from range(first if first > start else first + _HOUR, high, _HOUR)


def _change(low: int, high: int, zone: ZoneInfo) -> int:
    """When the zone's offset changes behind `low`; `high` if it does not before."""
    known = _offset(low, zone)
    if _offset(high - 1, zone) == known:
        return high
    low, high = low // SECOND, high // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle * SECOND, zone) == known:
            low = middle
        else:
            high = middle
    return high * SECOND


def _local(at: int, zone: ZoneInfo) -> int:
    """What the clocks of a zone show, as microseconds since they showed the beginning of 1970."""
    return at + _offset(at, zone)


def _offset(at: int, zone: ZoneInfo) -> int:
    """How far the clocks of a zone are ahead of UTC at an instant."""
    try:
        known = (_EPOCH + timedelta(microseconds=at)).replace(tzinfo=UTC).astimezone(zone)
    except OverflowError:
        return 0  # Before the year 1 and behind 9999 no clock is known.
    return _microseconds(known.utcoffset())


def _offset_of(local: int, fold: int, zone: ZoneInfo) -> int:
    try:
        shown = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=zone, fold=fold)
    except OverflowError:
        return 0
    return _microseconds(shown.utcoffset())


def _microseconds(offset: timedelta | None) -> int:
    return (offset or timedelta()) // timedelta(microseconds=1)
