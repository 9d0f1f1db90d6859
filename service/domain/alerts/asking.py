"""What is asked of the KPI that a rule watches."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from service.domain.alerts.judged import Condition
from service.domain.inputs import checked
from service.domain.measures import KpiQuery

QUARTER = timedelta(minutes=15)
"""Windows end at a quarter of an hour: what is counted by the quarter need not be read anew."""


class WatchedKpi(msgspec.Struct, frozen=True):
    """A KPI as a rule names it."""

    kpi: str
    parameters: dict[str, Any] | None = None
    filter: Any = None


class WatchedGap(msgspec.Struct, frozen=True):
    """Gaps as a rule names them."""

    kind: str | None = None
    min_severity: float = 0.0


class Watch(msgspec.Struct, frozen=True):
    """What a rule watches: one of these."""

    kpi: WatchedKpi | None = None
    gap: WatchedGap | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule as it is stored, and whether something that it fired is still not back."""

    id: UUID
    version: int
    watches: Watch
    condition: Condition
    journey_id: UUID | None
    stage_id: UUID | None
    window_days: int
    least_count: int | None
    fires: bool

    @property
    def over_days(self) -> int:
        """How many days the time before lies back."""
        change = self.condition.change
        return (change and change.over_days) or self.window_days


class Window(NamedTuple):
    """A half-open range."""

    from_: datetime
    to: datetime


def windows(rule: Rule, now: datetime, zone: ZoneInfo) -> list[Window]:
    """The range that a rule looks at, and of a change the one before.

    What is held against a number: the days until the last quarter of an hour. What is compared:
    whole days of the zone, until its last midnight, for of half a day less is done.
    """
    if rule.condition.change is None:
        to = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER
        return [Window(to - timedelta(days=rule.window_days), to)]
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    # By the clocks of the zone: a day may have 23 hours, or 25.
    edges = (
        (today - timedelta(days=back + rule.window_days), today - timedelta(days=back))
        for back in (0, rule.over_days)
    )
    return [Window(*(one.astimezone(UTC) for one in both)) for both in edges]


def queries(rule: Rule, kpi: WatchedKpi, now: datetime, zone: ZoneInfo) -> list[KpiQuery]:
    """What is asked of a rule's KPI: of its window, and of a change of the one before. Raises
    `Invalid`."""
    told = {"kpi": kpi.kpi, "parameters": kpi.parameters or {}, "filter": kpi.filter}
    told["interval"] = None if rule.condition.change is None else "day"
    return [
        cast(KpiQuery, checked(KpiQuery, {**told, "from": one.from_, "to": one.to}))
        for one in windows(rule, now, zone)
    ]
