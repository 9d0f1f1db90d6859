"""What the clocks of a zone show at events. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from service.domain.history import SECOND, Ints

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = 3_600 * SECOND
_DAY = 24 * _HOUR
_THURSDAY = 3
"""1970 began on one; Monday is 0."""


def weekdays(at: Ints, zone: ZoneInfo) -> Ints:
    """1 on Mondays, 7 on Sundays."""
    return (_local(at, zone) // _DAY + _THURSDAY) % 7 + 1


def hours(at: Ints, zone: ZoneInfo) -> Ints:
    """The hour of the day, 0 to 23."""
    return _local(at, zone) // _HOUR % 24


def _local(at: Ints, zone: ZoneInfo) -> Ints:
    """Instants as the clocks show them. A day in UTC over which they are not changed is looked at
    once; of others each second that has an event is."""
    days, day = np.unique(at // _DAY, return_inverse=True)
    before, after = (
        np.array([_offset(one, zone) for one in ends.tolist()], dtype=np.int64)
        for ends in (days * _DAY, days * _DAY + (_DAY - SECOND))
    )
    offset = before[day]
    changing = np.flatnonzero((before != after)[day])
    seconds, second = np.unique(at[changing] // SECOND, return_inverse=True)
    each = [_offset(one * SECOND, zone) for one in seconds.tolist()]
    offset[changing] = np.array(each, dtype=np.int64)[second]
    return at + offset


def _offset(at: int, zone: ZoneInfo) -> int:
    try:
        shown = (_EPOCH + timedelta(microseconds=at)).astimezone(zone)
    except OverflowError:
        return 0  # Before the year 1 and behind 9999 no clock is known.
    return (shown.utcoffset() or timedelta()) // timedelta(microseconds=1)
