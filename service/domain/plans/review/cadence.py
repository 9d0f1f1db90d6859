"""When a review is due: a day, and whole cadences after it."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import MAXYEAR, date, timedelta

LAST = date(MAXYEAR, 12, 30)
"""The last day that can be stored."""

_MONTHS: Mapping[str, int] = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


def due_after(start: date, cadence: str, after: date) -> date:
    """The first day later than `after` that lies one or more whole cadences after `start`.

    A month later is the same day of it, or its last where it has no such day. Days are never past
    the last that can be stored.
    """
    if cadence == "weekly":
        weeks = max((after - start).days // 7 + 1, 1)
        return _later_by_days(start, 7 * weeks)
    step = _MONTHS[cadence]
    between = (after.year - start.year) * 12 + after.month - start.month
    times = max(between // step, 1)
    found = _later_by_months(start, step * times)
    return found if found > after else _later_by_months(start, step * (times + 1))


def _later_by_days(start: date, days: int) -> date:
    return LAST if (LAST - start).days < days else start + timedelta(days=days)


def _later_by_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > MAXYEAR:
        return LAST
    return min(date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])), LAST)
