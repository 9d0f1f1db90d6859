"""What events tell on an emotion curve: who was at which step, and where feelings turn for many.

Pure. `traffic` of a step is how many people were there; `traffic_weighted_mean` is Σ traffic ×
rating ÷ Σ traffic over the rated steps. A moment of truth is detected at a step whose rating is 1.5
or more away from that of the rated step before, and at which 5 % or more of all were who were on
the map. Counts that are too small to be told are null, with what would tell them.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from msgspec import UNSET
from msgspec.structs import replace

from service.domain.answers import SMALL_CELL
from service.domain.insights.bindings.claims import NO_EVENT, NOT_BOUND
from service.domain.insights.curve_traffic import CurveTraffic
from service.domain.insights.emotion_curve import (
    CurveMomentsOfTruth,
    CurvePoint,
    EmotionCurve,
    Id,
)
from service.domain.shares import Excluded

CHANGE = 1.5
"""By how much a rating differs from the one before at a moment of truth."""
ONE_OF = 20
"""One of so many reaches it: 5 %."""
UNRATED = "unrated"
_MEMBERS = ("traffic", "traffic_weighted_mean")


class Question(NamedTuple):
    """Of which events, as it was asked."""

    from_: datetime | None
    to: datetime | None
    filter: Any


class Came(NamedTuple):
    """Who was on a map: how many at each step by its id, and in all; the steps that events can be
    at; which state judges; who is left out; and why nothing is known, if so."""

    at_steps: Mapping[str, int]
    contacts: int
    bound: Collection[str]
    revision: str | int
    excluded: list[Excluded]
    reason: str | None


def with_traffic(
    curve: EmotionCurve, asked: Question, came: Came, least: int | None
) -> EmotionCurve:
    """The curve with what events tell; counts from 1 to below `least` are not told."""
    why = came.reason
    if why is None:
        why = SMALL_CELL if _is_small(came.contacts, least) else None
        why = why if came.contacts else NO_EVENT
    if why is not None:
        return _untold(curve, CurveTraffic(*asked, came.revision, None, came.excluded, why))
    points = [_point(one, came, least) for one in curve.points]
    mean, no_mean = _mean(points)
    untold = [one.traffic_reason for one in points if one.traffic is None]
    reasons = {name: one for name, one in curve.reasons.items() if name not in _MEMBERS}
    reasons |= {"traffic": str(untold[0])} if untold else {}
    reasons |= {} if no_mean is None else {"traffic_weighted_mean": no_mean}
    return replace(
        curve,
        points=points,
        traffic_weighted_mean=mean,
        moments_of_truth=_moments(curve.moments_of_truth.marked, points, came, least),
        reasons=reasons,
        traffic=CurveTraffic(*asked, came.revision, came.contacts, came.excluded),
    )


def without_traffic(curve: EmotionCurve, asked: Question, reason: str) -> EmotionCurve:
    """The curve of somebody who is not told of events."""
    return _untold(curve, CurveTraffic(*asked, None, None, [], reason))


def _untold(curve: EmotionCurve, traffic: CurveTraffic) -> EmotionCurve:
    why = str(traffic.reason)
    moments = replace(curve.moments_of_truth, reason=why)
    reasons = curve.reasons | dict.fromkeys(_MEMBERS, why)
    return replace(curve, moments_of_truth=moments, reasons=reasons, traffic=traffic)


def _is_small(count: int, least: int | None) -> bool:
    return least is not None and 0 < count < least


def _point(point: CurvePoint, came: Came, least: int | None) -> CurvePoint:
    step_id = str(point.step_id)
    count = came.at_steps.get(step_id, 0)
    if not count and step_id not in came.bound:
        return replace(point, traffic_reason=NOT_BOUND)
    if _is_small(count, least):
        return replace(point, traffic_reason=SMALL_CELL)
    return replace(point, traffic=count)


def _mean(points: list[CurvePoint]) -> tuple[float | None, str | None]:
    """The mean, or why there is none. It would tell a count that is hidden."""
    rated = [one for one in points if one.rating is not None]
    if any(one.traffic_reason == SMALL_CELL for one in rated):
        return None, SMALL_CELL
    pairs = [(one.rating or 0.0, one.traffic) for one in rated if one.traffic is not None]
    total = sum(traffic for _, traffic in pairs)
    if not total:
        return None, (NO_EVENT if pairs else NOT_BOUND) if rated else UNRATED
    return sum(rating * traffic for rating, traffic in pairs) / total, None


def _moments(
    marked: list[Id], points: list[CurvePoint], came: Came, least: int | None
) -> CurveMomentsOfTruth:
    detected, unknown = [], []
    for point in _turns(points):
        reached = _reached(point, came.contacts, least)
        if reached is None:
            unknown.append(point.step_id)
        elif reached:
            detected.append(point.step_id)
    either = {*marked} ^ {*detected}
    differ = [p.step_id for p in points if p.step_id in either and p.step_id not in unknown]
    return CurveMomentsOfTruth(marked, detected, differ, unknown, UNSET)


def _turns(points: list[CurvePoint]) -> Iterator[CurvePoint]:
    """The rated steps that are far from the rated one before."""
    rated = [(one, one.rating) for one in points if one.rating is not None]
    for (_, before), (point, after) in pairwise(rated):
        if abs(after - before) >= CHANGE:
            yield point


def _reached(point: CurvePoint, contacts: int, least: int | None) -> bool | None:
    """Whether enough people reach a step; None: nobody can tell, or may."""
    if point.traffic is not None:
        return point.traffic * ONE_OF >= contacts
    # Of one that is hidden it is said only where any count that it may be says the same.
    if point.traffic_reason == SMALL_CELL and least is not None:
        if contacts <= ONE_OF:
            return True
        return False if (least - 1) * ONE_OF < contacts else None
    return None
