"""What is asked of the KPI that a metric names, and whether it can be answered."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from service.domain import access, measures
from service.domain.errors import Invalid, Problem
from service.domain.inputs import checked
from service.domain.measures import KpiQuery
from service.domain.work import Work

_AT = "/metric/kpi"


class Queries(NamedTuple):
    """A KPI of the days before, and of those from the day on."""

    before: KpiQuery
    after: KpiQuery


def queries(kpi: Mapping[str, Any], zone: ZoneInfo) -> Queries:
    """What is asked of a metric's KPI, by the days of a zone. Raises `Invalid`."""
    day = kpi["effective_on"]
    first = day if isinstance(day, date) else date.fromisoformat(day)
    length = timedelta(days=kpi["days"])
    edges = [_midnight(one, zone) for one in (first - length, first, first + length)]
    told = {"kpi": kpi["kpi"], "parameters": kpi["parameters"] or {}, "filter": kpi["filter"]}
    asked = (
        checked(KpiQuery, {**told, "from": from_, "to": to, "interval": "day"})
        for from_, to in pairwise(edges)
    )
    return Queries(*(cast(KpiQuery, one) for one in asked))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


async def uncomputable(work: Work, kpi: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the KPI that a metric names. Whoever names one may ask for it: raises
    `ScopeMissing`."""
    zone = ZoneInfo((await access.reporting(work)).time_zone)
    try:
        await measures.computable(work, queries(kpi, zone).after)
    except Invalid as error:
        return [Problem(f"{_AT}{one.pointer}", one.code, one.detail) for one in error.problems]
    return []
