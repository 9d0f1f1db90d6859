"""The ranges that a KPI is asked for: how often they are cut, and with what they are compared."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from service.domain.errors import Invalid, Problem
from service.domain.inputs import checked
from service.domain.measures.cutting import microseconds
from service.domain.measures.kpis.inputs import Before, ComparedRange, KpiQuery
from service.domain.measures.kpis.series import Span, few_enough
from service.domain.spans import meet


def few_enough_asked(query: KpiQuery) -> None:
    """Raises `Invalid` where a range with both bounds has too many intervals to be told."""
    if query.interval is not None and query.from_ is not None and query.to is not None:
        low, high = microseconds(query.from_), microseconds(query.to)
        few_enough(low, high, query.interval, told_apart=bool(query.breakdown))


def range_before(query: KpiQuery, zone: ZoneInfo) -> Span | None:
    """The range that it is compared with, which has no time in common with its own. Raises
    `Invalid`."""
    if query.compare is None:
        return None
    found = _named(query, zone)
    if meet(found, (query.from_, query.to)):
        detail = "has times in common with the range asked for, which would count on both sides"
        raise Invalid([Problem("/compare", "ranges_overlap", detail)])
    return found


def _spelled(asked: Any) -> Any:
    """A word, or a range as an object, also where it is written `<from>/<to>`."""
    if not isinstance(asked, str):
        return asked
    from_, between, to = asked.partition("/")
    return {"from": from_, "to": to} if between else asked


def _named(query: KpiQuery, zone: ZoneInfo) -> Span:
    asked = _spelled(query.compare)
    if isinstance(asked, dict):
        return _range(asked, is_text=isinstance(query.compare, str))
    if asked not in get_args(Before):
        detail = f"is none of {', '.join(get_args(Before))}, and no range"
        raise Invalid([Problem("/compare", "not_a_choice", detail)])
    if query.from_ is None or query.to is None:
        detail = "needs from and to: what is before a range without bounds is not told"
        raise Invalid([Problem("/compare", "range_needed", detail)])
    try:
        if asked == "previous_period":
            return Span(query.from_ - (query.to - query.from_), query.from_)
        return _year_before(query.from_, query.to, zone)
    except (OverflowError, ValueError) as error:
        detail = "lies before the first year of the calendar"
        raise Invalid([Problem("/compare", "out_of_range", detail)]) from error


def _range(asked: Mapping[str, Any], *, is_text: bool) -> Span:
    try:
        data = checked(ComparedRange, asked)
    except Invalid as error:
        if not is_text:
            raise error.renamed(lambda at: f"/compare{at}") from error
        detail = f"is no range: {error.problems[0].detail}"
        raise Invalid([Problem("/compare", "not_a_choice", detail)]) from error
    low, high = data.model_dump().values()
    if low >= high:
        detail = "from must be before to"
        raise Invalid([Problem("/compare", "wrong_bounds", detail)])
    return Span(low, high)


def _year_before(from_: datetime, to: datetime, zone: ZoneInfo) -> Span:
    """The same days a year before by a zone's clocks, of whole months the same months. A day ends
    where the next begins; 29 February is the 28th there."""
    begin, end = from_.astimezone(zone), to.astimezone(zone)
    day = timedelta(days=1)
    if _midnight(end) and not (_midnight(begin) and begin.day == end.day == 1):
        high = _named_alike(end - day) + day
    else:
        high = _named_alike(end)
    low, high = (one.astimezone(from_.tzinfo) for one in (_named_alike(begin), high))
    # Of hours that end on a day or at a time that is not there: as long.
    return Span(low, high if low < high else low + (to - from_))


def _midnight(local: datetime) -> bool:
    return local == local.replace(hour=0, minute=0, second=0, microsecond=0)


def _named_alike(local: datetime) -> datetime:
    """The same time of the same day a year before."""
    if (local.month, local.day) == (2, 29):
        local -= timedelta(days=1)
    return local.replace(year=local.year - 1)
