"""What a rule says of a figure. Pure."""

from typing import Any, Literal, NamedTuple

from msgspec import Struct

from service.domain.answers import SMALL_CELL
from service.domain.judging import Side, changed

State = Literal["ok", "firing", "not_enough_data", "failing"]


class Changing(Struct, frozen=True):
    """A change that is watched for."""

    direction: Literal["up", "down", "both"] = "both"
    by: float = 0.0
    mode: Literal["relative", "absolute"] = "relative"
    over_days: int | None = None


class Condition(Struct, frozen=True):
    """When a rule fires: one of these."""

    above: float | None = None
    below: float | None = None
    change: Changing | None = None


class Reading(NamedTuple):
    """A figure with its unit and its 95 % interval, and why there is none. `counted`: all there are
    are counted, so that nothing is left to chance."""

    side: Side
    unit: str
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    counted: bool = False


class Judged(NamedTuple):
    """How a rule stands, why nothing is said, and what that was computed from."""

    state: State
    reason: str | None
    figure: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    change: dict[str, Any] | None = None


class Moved(NamedTuple):
    """By how much a figure changed, with the interval of that; None: all are counted."""

    change: float
    was: float
    ends: tuple[float, float] | None
    method: str

    @property
    def relative(self) -> float | None:
        """As a part of what it was; None of 0."""
        return self.change / abs(self.was) if self.was else None


def judged(
    condition: Condition, now: Reading, before: Reading | None, least: int, *, fires: bool
) -> Judged:
    """How a rule stands that `fires` by now or does not.

    Beyond a figure: it begins where the whole 95 % interval is beyond, or the number itself where
    it has none, and ends where the figure is not beyond any more, so that one near the edge does
    not come and go. Changed: where the 99 % interval of the change holds no 0 and the change is as
    large as asked, in the direction; so it begins and ends. Nothing is said of a share or mean of
    fewer than `least`, nor of a change of numbers of fewer than 7 days.
    """
    told = figure(now)
    if now.side.value is None:
        return Judged("not_enough_data", _unknown(now), told)
    if _too_few(now, least):
        return Judged("not_enough_data", "too_few", told)
    if condition.change is None:
        return Judged("firing" if _beyond(condition, now, fires=fires) else "ok", None, told)
    return _compared(condition.change, now, before, least)


def figure(reading: Reading) -> dict[str, Any]:
    """A figure as callers are told it."""
    side = reading.side
    return {
        "value": side.value,
        "unit": reading.unit,
        "from": None if reading.counted else side.from_,
        "to": side.to,
        "numerator": side.numerator,
        "denominator": side.denominator,
        "low": reading.low,
        "high": reading.high,
        "per_day": side.per_day,
    }


def _unknown(reading: Reading) -> str:
    return SMALL_CELL if reading.reason == SMALL_CELL else "no_figure"


def _too_few(reading: Reading, least: int) -> bool:
    of = reading.side.denominator
    return not reading.counted and of is not None and of < least


def _beyond(condition: Condition, now: Reading, *, fires: bool) -> bool:
    value = now.side.value or 0.0
    if condition.above is not None:
        low = value if fires or now.low is None else now.low
        return low > condition.above
    high = value if fires or now.high is None else now.high
    return high < (condition.below or 0.0)


def _compared(asked: Changing, now: Reading, before: Reading | None, least: int) -> Judged:
    told = figure(now)
    if before is None or before.side.value is None:
        return Judged("not_enough_data", "no_before", told)
    then = figure(before)
    moved = None if _too_few(before, least) else _moved(now, before, least)
    if moved is None:
        return Judged("not_enough_data", "too_few", told, then)
    state: State = "firing" if _as_asked(asked, moved) else "ok"
    return Judged(state, None, told, then, _told(moved))


def _moved(now: Reading, before: Reading, least: int) -> Moved | None:
    """The change; None where one of the two is made of too little."""
    value, was = now.side.value or 0.0, before.side.value or 0.0
    if now.counted:
        return Moved(value - was, was, None, "counted")
    change = changed(before.side, now.side, least)
    if change is None:
        return None
    was = was if before.side.per_day is None else before.side.per_day
    return Moved(change.change, was, (change.low, change.high), change.method)


def _as_asked(asked: Changing, moved: Moved) -> bool:
    low, high = moved.ends or (moved.change, moved.change)
    if low <= 0 <= high:
        return False
    if asked.direction != "both" and (moved.change > 0) is not (asked.direction == "up"):
        return False
    if asked.mode == "absolute":
        return abs(moved.change) >= asked.by
    # Of nothing, whatever comes is more than any part of it.
    return moved.relative is None or abs(moved.relative) >= asked.by


def _told(moved: Moved) -> dict[str, Any]:
    low, high = moved.ends or (None, None)
    return {
        "change": moved.change,
        "relative": moved.relative,
        "low": low,
        "high": high,
        "method": moved.method,
    }
