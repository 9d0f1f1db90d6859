"""What an action changed: its metric before and after, and a verdict."""

from collections.abc import Mapping
from typing import Any

_NOTHING: Mapping[str, Any] = {}


def measured_effect(action_id: str, metric: Mapping[str, Any] | None) -> dict[str, Any]:
    """The effect of an action by its metric, as `ActionEffect` tells it.

    The verdict is `improved` when the figure went the way that is better, `worse` when it went the
    other, `unchanged` when both are equal, `not_enough_data` while one is missing.
    """
    known = _NOTHING if metric is None else metric
    before, after = known.get("before"), known.get("after")
    change = known.get("change")
    reason = "no_metric" if metric is None else missing(before, after)
    return {
        "action_id": action_id,
        "definition": {"mode": "metric", **{n: known.get(n) for n in ("name", "unit", "better")}},
        "before": {"value": before, "measured_on": known.get("measured_before_on")},
        "after": {"value": after, "measured_on": known.get("measured_after_on")},
        "change": change,
        "verdict": _verdict(change, known.get("better")),
        "reason": reason,
    }


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
