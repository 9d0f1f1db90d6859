"""What an action changed: its metric before and after, and a verdict."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from service.domain.judging import Change, Side, changed

_NOTHING: Mapping[str, Any] = {}
_OF_KPI = ("kpi", "parameters", "filter", "effective_on", "days", "time_zone")
_NO_FIGURE = dict.fromkeys(("from", "to", "numerator", "denominator", "per_day", "days"))


class Computed(NamedTuple):
    """A KPI before and after: its unit, which way it should go, how it was computed, of fewer than
    how many shares say nothing, and whether the days after are over."""

    unit: str
    better: Literal["higher", "lower"]
    asked: Mapping[str, Any]
    before: Side
    after: Side
    least_count: int
    is_over: bool


def kpi_of(metric: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The KPI that a metric is computed by; None: people measure it."""
    return None if metric is None else metric.get("kpi")


def measured_effect(action_id: str, metric: Mapping[str, Any] | None) -> dict[str, Any]:
    """The effect of an action by a metric that people measured, as `ActionEffect` tells it.

    The verdict is `improved` when the figure went the way that is better, `worse` when it went the
    other, `unchanged` when both are equal, `not_enough_data` while one is missing.
    """
    known = _NOTHING if metric is None else metric
    before, after = known.get("before"), known.get("after")
    change = known.get("change")
    return {
        "action_id": action_id,
        "definition": _definition("metric", known),
        "before": _NO_FIGURE | {"value": before, "measured_on": known.get("measured_before_on")},
        "after": _NO_FIGURE | {"value": after, "measured_on": known.get("measured_after_on")},
        "change": change,
        "low": None,
        "high": None,
        "verdict": _verdict(change, known.get("better")),
        "reason": "no_metric" if metric is None else missing(before, after),
    }


def untold_effect(action_id: str, metric: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """The effect by a KPI that could not be computed, for a reason."""
    nothing = dict(_NO_FIGURE, value=None, measured_on=None)
    definition = _definition("kpi", metric) | _asked(metric["kpi"])
    return {
        "action_id": action_id,
        "definition": definition | {"better": None},
        "before": nothing,
        "after": nothing,
        **_said(None, "not_enough_data", reason),
    }


def computed_effect(
    action_id: str, metric: Mapping[str, Any], computed: Computed
) -> dict[str, Any]:
    """The effect by a KPI of the days before and after.

    The interval decides: `unchanged` where it holds 0. While the days after are not over nothing
    is said, or who looks every day would see a change by chance on one of them.
    """
    before, after = computed.before, computed.after
    change = changed(before, after, computed.least_count)
    reason = missing(before.value, after.value)
    if not computed.is_over:
        reason = "not_over"
    elif reason is None and change is None:
        reason = "too_few"
    told = None if reason else change
    verdict = told.verdict(computed.better) if told else "not_enough_data"
    definition = _definition("kpi", metric) | _asked(computed.asked)
    return {
        "action_id": action_id,
        "definition": definition
        | {"unit": metric["unit"] or computed.unit, "better": computed.better}
        | {"method": told.method if told else None, "least_count": computed.least_count},
        "before": _figure(before),
        "after": _figure(after),
        **_said(told, verdict, reason),
    }


def _definition(mode: str, known: Mapping[str, Any]) -> dict[str, Any]:
    told = {"mode": mode, **{name: known.get(name) for name in ("name", "unit", "better")}}
    return told | dict.fromkeys((*_OF_KPI, "method", "least_count"))


def _asked(kpi: Mapping[str, Any]) -> dict[str, Any]:
    return {name: kpi.get(name) for name in _OF_KPI}


def _figure(side: Side) -> dict[str, Any]:
    return {
        "value": side.value,
        "measured_on": None,
        "from": side.from_,
        "to": side.to,
        "numerator": side.numerator,
        "denominator": side.denominator,
        "per_day": side.per_day,
        "days": None if side.share is not None else len(side.days),
    }


def _said(change: Change | None, verdict: str, reason: str | None) -> dict[str, Any]:
    ends = {name: change and getattr(change, name) for name in ("change", "low", "high")}
    return ends | {"verdict": verdict, "reason": reason}


def missing(before: float | None, after: float | None) -> str | None:
    """Which of the two figures is not there; None when both are."""
    if before is None and after is None:
        return "not_measured"
    if before is None:
        return "no_before"
    return "no_after" if after is None else None


def _verdict(change: float | None, better: str | None) -> str:
    if change is None:
        return "not_enough_data"
    if change == 0:
        return "unchanged"
    return "improved" if (change > 0) is (better == "higher") else "worse"
