"""How figures are told: with what they were counted from, and by the intervals of a range. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from msgspec import structs

from service.domain.errors import Invalid, Problem
from service.domain.history import SECOND, Ints
from service.domain.measures.calendar import Unit, bounds
from service.domain.measures.kpis.answer import KpiDefinition, KpiPoint
from service.domain.measures.kpis.figure import Figure
from service.domain.shares import Proportion

MOST_INTERVALS = 1_000
MOST_TOLD_APART = 200
"""The same of each row of a breakdown."""
SHORTEST: Mapping[Unit, int] = {
    "hour": 3_600 * SECOND,
    "day": 86_400 * SECOND,
    "week": 7 * 86_400 * SECOND,
    "month": 28 * 86_400 * SECOND,
    "quarter": 90 * 86_400 * SECOND,
    "year": 365 * 86_400 * SECOND,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """Half-open; None is without a bound."""

    from_: datetime | None
    to: datetime | None


def few_enough(low: int, high: int, unit: Unit, *, told_apart: bool) -> None:
    """Raises `Invalid` where a series would have too many intervals to be told."""
    most = MOST_TOLD_APART if told_apart else MOST_INTERVALS
    if (high - low) // SHORTEST[unit] > most:
        detail = f"a series has at most {most} intervals: take longer ones, or a shorter range"
        raise Invalid([Problem("/interval", "too_many_intervals", detail)])


def edges_of(definition: KpiDefinition, low: int, high: int) -> Ints:
    """The edges of a series, microseconds: of what lies from `low` until before `high`, cut to the
    range where it is bounded. Raises `Invalid` for too many."""
    unit = cast(Unit, definition.interval)
    few_enough(low, high, unit, told_apart=bool(definition.breakdown))
    edges = bounds(low, high, unit, ZoneInfo(definition.time_zone))
    # Where the range has no bound, the first and the last unit are whole.
    if definition.from_ is not None:
        edges[0] = low
    if definition.to is not None:
        edges[-1] = high
    return edges


def points(figures: Sequence[Figure], edges: Ints) -> list[KpiPoint]:
    """A series of n figures: each of the interval between two of n + 1 edges, microseconds."""
    times = [instant(one) for one in edges.tolist()]
    return [
        KpiPoint(**valued(figure), from_=times[n], to=times[n + 1])
        for n, figure in enumerate(figures)
    ]


def instant(at: int) -> datetime:
    """The time so many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=at)


def valued(figure: Figure) -> dict[str, Any]:
    """The members that every value has; those of a share stand in it."""
    told: dict[str, Any] = {"value": figure.value, "reason": figure.reason}
    if isinstance(figure.value, Proportion):
        return told | ({"parts": figure.parts} if figure.parts else {})
    more = structs.asdict(figure)
    if figure.numerator is not None:
        more["numerator"] = Decimal(str(figure.numerator))
    names = ("numerator", "denominator", "low", "high", "parts")
    return told | {name: more[name] for name in names if more[name] not in (None, [])}
