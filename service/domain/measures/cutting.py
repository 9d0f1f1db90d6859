"""Paths cut into sessions. Pure.

A session is a run of one person's events with no pause longer than the timeout; a pause of exactly
the timeout stays inside. It is not cut at midnight, nor by a change of channel or device.
"""

from datetime import UTC, datetime, timedelta

import numpy as np

from service.domain.history import SECOND, Flags, Histories, Ints, changes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 1 << 20
"""Rows that are looked at together: what that takes does not grow with all of them."""


def microseconds(time: datetime) -> int:
    """Since 1970."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def later(time: datetime, more: timedelta) -> datetime | None:
    """A time and more, or less; None where the calendar does not reach."""
    try:
        return time + more
    except OverflowError:
        return None


def first_of_session(found: Histories, timeout_seconds: int) -> Flags:
    """Whether a row begins a session."""
    begins = found.heads
    if found.begun is not None:
        return begins | changes(found.begun)
    for start in range(1, len(begins), _AT_ONCE):
        end = start + _AT_ONCE
        begins[start:end] |= np.diff(found.at[start - 1 : end]) > timeout_seconds * SECOND
    return begins


def last_of(begins: Flags) -> Flags:
    """Whether a row is the last of a run, by where runs begin."""
    if not len(begins):
        return begins
    return np.append(begins[1:], True)


def beginning_within(
    found: Histories, begins: Flags, from_: datetime | None, to: datetime | None
) -> Flags:
    """Whether a row is of a session whose first event lies in a range: it is counted whole."""
    if found.begun is not None:
        return within(found.begun, from_, to)
    first = np.flatnonzero(begins)
    lengths = np.diff(first, append=len(begins))
    return np.repeat(within(found.at[first], from_, to), lengths)


def within(at: Ints, from_: datetime | None, to: datetime | None) -> Flags:
    """Whether times lie in a half-open range."""
    inside = np.ones(len(at), dtype=np.bool_)
    if from_ is not None:
        inside &= at >= microseconds(from_)
    if to is not None:
        inside &= at < microseconds(to)
    return inside
