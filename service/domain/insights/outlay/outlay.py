"""What was spent for a map in a range: sums of each currency, which are never mixed. Pure.

A cost is of the time in which it arises: that of an activity in proportion to its days, that of
content of the day it was published, that of an action that is doing or done of the day it was due.
What names no day counts where the range has no bounds. Nothing of the future counts.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

BEGUN = frozenset({"doing", "done"})
NO_DAY, NOT_BEGUN = "cost_without_day", "action_not_begun"
_PLACES = Decimal("0.0001")
_DAY = timedelta(days=1)


class Amount(Struct, frozen=True, gc=False):
    """An exact amount with its ISO 4217 currency."""

    amount: Decimal
    currency: str


class Activity(Struct, frozen=True, gc=False):
    """A marketing activity at a touchpoint of the map."""

    starts_on: date | None = None
    ends_on: date | None = None
    cost: Amount | None = None


class Item(Struct, frozen=True, gc=False):
    """An item of the map's content."""

    id: str
    key: str
    url: str | None = None
    published_on: date | None = None
    cost: Amount | None = None


class Target(Struct, frozen=True, gc=False):
    """What an action is for: the map, or a stage or step of it."""

    stage_id: str | None = None
    step_id: str | None = None


class Action(Struct, frozen=True, gc=False):
    """An action for the map that was not rejected."""

    id: str
    kind: str
    status: str
    due_on: date | None = None
    cost: Amount | None = None
    targets: list[Target] = []


class Outlay(Struct, frozen=True, gc=False):
    """What is done for one map."""

    activities: list[Activity] = []
    content: list[Item] = []
    actions: list[Action] = []


class Within(NamedTuple):
    """A half-open range, by whose clocks days begin, and when it is asked."""

    from_: datetime | None
    to: datetime | None
    zone: ZoneInfo
    now: datetime

    def share(self, first: date, last: date) -> Fraction:
        """How much of the time from the first day to the last lies in the range and the past."""
        begin, end = self.midnight(first), self.midnight(last + _DAY)
        low = begin if self.from_ is None else max(begin, self.from_)
        high = min(end, self.now) if self.to is None else min(end, self.now, self.to)
        return max(Fraction(0), Fraction((high - low) / timedelta(microseconds=1))) / Fraction(
            (end - begin) / timedelta(microseconds=1)
        )

    def holds(self, day: date) -> bool:
        """Whether a day begins in it, and has begun."""
        at = self.midnight(day)
        begun = at <= self.now and (self.from_ is None or at >= self.from_)
        return begun and (self.to is None or at < self.to)

    @property
    def unbounded(self) -> bool:
        """Whether it is all of time."""
        return self.from_ is None and self.to is None

    def midnight(self, day: date) -> datetime:
        """When a day begins."""
        # Of one zone Python would compare times by the clock.
        return datetime.combine(day, time(), self.zone).astimezone(ZoneInfo("UTC"))


class Costs(NamedTuple):
    """A sum for each currency, and what has a cost and is not in it, by reason."""

    sums: Mapping[str, Decimal]
    left_out: Mapping[str, int]


def costs_of(outlay: Outlay, within: Within) -> Costs:
    """What was spent in a range."""
    sums: dict[str, Fraction] = {}
    left_out: dict[str, int] = {}
    for cost, part in _parts(outlay, within):
        if isinstance(part, str):
            left_out[part] = left_out.get(part, 0) + 1
        elif part:
            exact = Fraction(cost.amount) * part
            sums[cost.currency] = sums.get(cost.currency, Fraction(0)) + exact
    return Costs({code: _written(sums[code]) for code in sorted(sums)}, left_out)


def _parts(outlay: Outlay, within: Within) -> Iterator[tuple[Amount, Fraction | str]]:
    """Each cost, and how much of it is of the range; or why that is not known."""
    for one in outlay.activities:
        first, last = one.starts_on or one.ends_on, one.ends_on or one.starts_on
        if one.cost is not None and first is not None and last is not None:
            yield one.cost, within.share(first, last)
        elif one.cost is not None:
            yield one.cost, _undated(within)
    for item in outlay.content:
        if item.cost is not None:
            yield item.cost, _on(item.published_on, within)
    for action in outlay.actions:
        if action.cost is not None:
            is_begun = action.status in BEGUN
            yield action.cost, _on(action.due_on, within) if is_begun else NOT_BEGUN


def _on(day: date | None, within: Within) -> Fraction | str:
    return _undated(within) if day is None else Fraction(within.holds(day))


def _undated(within: Within) -> Fraction | str:
    return Fraction(1) if within.unbounded else NO_DAY


def _written(sum_: Fraction) -> Decimal:
    """To four decimals, as money is sent."""
    exact = Decimal(sum_.numerator) / Decimal(sum_.denominator)
    return exact.quantize(_PLACES, rounding=ROUND_HALF_EVEN).normalize() + 0
