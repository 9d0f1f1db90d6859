"""The emotion curve of a journey: what its authors rated, step by step, and the figures over it.

Pure: plain values in, plain values out. The formulas are those of the domain's definition of the
emotion curve; figures that need events are null here, until `traffic` puts them in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter

from msgspec import UNSET
from msgspec.structs import replace

from service.domain.insights import observed
from service.domain.insights.emotion_curve import (
    GREATEST,
    HALF,
    LEAST,
    CurveChange,
    CurveDefinition,
    CurveExclusion,
    CurveMark,
    CurveMomentsOfTruth,
    CurvePoint,
    CurveRecovery,
    CurveStage,
    CurveStageMean,
    CurveStep,
    EmotionCurve,
    Id,
    Share,
)
from service.domain.insights.observed import Findings

__all__ = ["RATINGS", "CurveStage", "CurveStep", "EmotionCurve", "curve", "is_rating", "overlaid"]

RATINGS: tuple[float, ...] = tuple(
    LEAST + HALF * halves for halves in range(int((GREATEST - LEAST) / HALF) + 1)
)
_ALLOWED = frozenset(RATINGS)

NOT_ASKED = "not_asked"
"""Events are read for those alone who ask for what they tell."""
_WITHOUT_EVENTS = dict.fromkeys(("traffic", "traffic_weighted_mean"), NOT_ASKED)
_NO_FINDINGS = "No findings were counted at these steps."
_NOTHING_OBSERVED = "Rated and observed emotion compare only where findings were counted."
_NO_INTERVAL = "An interval needs findings that count as two or more."
_NOTHING_RATED = "No step is rated."
_NOTHING_TO_COMPARE = "Fewer than two steps are rated."
_NO_RECOVERY = "No later step is rated at or above the high that the descent began at."
_WHOLE_POPULATION = "Without an interval: the steps of a map are counted whole, not sampled."


def is_rating(value: object) -> bool:
    """Whether a value is one of `RATINGS`: a number (no bool, no text) from −2 to +2 by halves."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value in _ALLOWED


def curve(
    journey_id: Id,
    stages: Sequence[CurveStage],
    steps: Sequence[CurveStep],
    revision: str | int = "draft",
    *,
    findings: Sequence[Findings] = (),
    persona_id: Id | None = None,
    title: str = "",
) -> EmotionCurve:
    """The curve over a journey's steps, in their order, every one of them in one of `stages`.

    Ratings are taken as they are, `is_rating` being the caller's check. For a persona's curve the
    caller passes the steps with that persona's ratings, and its id; `findings` are everybody's.
    """
    found = {one.step_id: one for one in findings}
    points, marks, unrated = _points(steps, found)
    diverging = observed.divergence(points, found)
    highs, lows, recovery = swings(marks)
    drop, rise, volatility = _changes(marks)
    ratings = [mark.rating for mark in marks]
    reasons = _WITHOUT_EVENTS | _unobserved(points, diverging)
    reasons |= _reasons(len(marks), unrated, drop, rise)
    end = marks[-1] if marks else None
    return EmotionCurve(
        journey_id=journey_id,
        title=title,
        definition=CurveDefinition(revision, persona_id=persona_id),
        points=points,
        mean=sum(ratings) / len(ratings) if ratings else None,
        peak=max(marks, key=_rating) if marks else None,
        trough=min(marks, key=_rating) if marks else None,
        end=end,
        peak_end=(max(reversed(ratings), key=abs) + end.rating) / 2 if end else None,
        highs=highs,
        lows=lows,
        largest_drop=drop,
        largest_rise=rise,
        volatility=volatility,
        below_zero_share=_below_zero(ratings),
        recovery=recovery,
        per_stage=_per_stage(stages, points),
        unrated=unrated,
        divergence=diverging,
        moments_of_truth=CurveMomentsOfTruth(
            [step.step_id for step in steps if step.moment_of_truth], reason=NOT_ASKED
        ),
        decision_moments=[step.step_id for step in steps if step.decision_moment],
        traffic_weighted_mean=None,
        excluded=_excluded(len(unrated), findings),
        overlays=[],
        reasons=reasons,
    )


def _excluded(unrated: int, findings: Iterable[Findings]) -> list[CurveExclusion]:
    left = Counter({"unrated": unrated})
    for one in findings:
        for reason, number in one.left_out.items():
            left[reason] += number
    return [CurveExclusion(reason, count) for reason, count in left.items() if count]


def overlaid(base: EmotionCurve, others: Iterable[EmotionCurve]) -> EmotionCurve:
    """The base with other curves laid over it by step key; each keeps its own figures."""
    positions = {point.key: point.position for point in base.points}
    return replace(base, overlays=[_aligned(other, positions) for other in others])


def _aligned(other: EmotionCurve, positions: dict[str, int]) -> EmotionCurve:
    points = [replace(p, aligned_position=positions.get(p.key)) for p in other.points]
    reasons = other.reasons
    if any(point.aligned_position is None for point in points):
        unknown = "The curve below has no step with this key."
        reasons = reasons | {"aligned_position": unknown}
    return replace(other, points=points, reasons=reasons, overlays=[])


_rating = attrgetter("rating")


def _points(
    steps: Sequence[CurveStep], found: Mapping[Id, Findings]
) -> tuple[list[CurvePoint], list[CurveMark], list[Id]]:
    points, marks, unrated = [], [], []
    for position, step in enumerate(steps):
        rating = step.rating
        if rating is None:
            unrated.append(step.step_id)
        else:
            rating += 0.0  # an integer becomes a float, and −0.0 zero
            marks.append(CurveMark(step.step_id, position, rating))
        here = found.get(step.step_id)
        points.append(
            CurvePoint(
                step.step_id,
                step.key,
                step.stage_id,
                position,
                rating,
                step.label,
                observed.observed(here),
                here.attached if here else 0,
            )
        )
    return points, marks, unrated


def swings(marks: list[CurveMark]) -> tuple[list[CurveMark], list[CurveMark], list[CurveRecovery]]:
    """Strict local maxima and minima, a plateau being one point at its first step.

    A low still open waits for the level it fell from. Those levels only sink from one open low to
    the next (a level reached would have closed the earlier low), so a stack needs one pass.
    """
    highs: list[CurveMark] = []
    lows: list[CurveMark] = []
    recovery: list[CurveRecovery] = []
    waiting: list[tuple[float, int, CurveRecovery]] = []
    plateau, direction = (marks[0] if marks else None), 0
    for mark in marks:
        if plateau is None or mark.rating == plateau.rating:
            continue
        if mark.rating < plateau.rating:
            if direction >= 0:
                highs.append(plateau)
            direction = -1
        else:
            if direction <= 0:
                lows.append(plateau)
            if direction < 0:
                recovery.append(CurveRecovery(plateau.step_id, None, _NO_RECOVERY))
                waiting.append((highs[-1].rating, plateau.position, recovery[-1]))
            direction = 1
            while waiting and waiting[-1][0] <= mark.rating:
                _, position, low = waiting.pop()
                low.steps, low.reason = mark.position - position, UNSET
        plateau = mark
    if plateau is not None and direction > 0:
        highs.append(plateau)
    elif plateau is not None and direction < 0:
        lows.append(plateau)
        recovery.append(CurveRecovery(plateau.step_id, None, _NO_RECOVERY))
    return highs, lows, recovery


def _changes(marks: list[CurveMark]) -> tuple[CurveChange | None, CurveChange | None, float | None]:
    """The largest drop and rise between rated neighbours, first of equals, and the volatility."""
    if len(marks) < 2:
        return None, None, None
    changes = [after.rating - before.rating for before, after in pairwise(marks)]
    least, most = min(changes), max(changes)
    return (
        _change(marks, changes.index(least), least) if least < 0 else None,
        _change(marks, changes.index(most), most) if most > 0 else None,
        sum(map(abs, changes)) / len(changes),
    )


def _change(marks: list[CurveMark], at: int, change: float) -> CurveChange:
    return CurveChange(marks[at].step_id, marks[at + 1].step_id, change)


def _below_zero(ratings: list[float]) -> Share:
    below, rated = sum(rating < 0 for rating in ratings), len(ratings)
    if not rated:
        return Share(None, below, rated, _NOTHING_RATED)
    return Share(below / rated, below, rated, _WHOLE_POPULATION)


def _per_stage(stages: Sequence[CurveStage], points: list[CurvePoint]) -> list[CurveStageMean]:
    ratings: dict[Id, list[float | None]] = {stage.stage_id: [] for stage in stages}
    for point in points:
        ratings[point.stage_id].append(point.rating)
    return [_stage_mean(stage, ratings[stage.stage_id]) for stage in stages]


def _stage_mean(stage: CurveStage, ratings: list[float | None]) -> CurveStageMean:
    rated = [rating for rating in ratings if rating is not None]
    mean, reason = (sum(rated) / len(rated), UNSET) if rated else (None, _NOTHING_RATED)
    return CurveStageMean(stage.stage_id, stage.name, mean, len(rated), len(ratings), reason)


def _unobserved(points: list[CurvePoint], diverging: list[Id] | None) -> dict[str, str]:
    reasons = {}
    told = [point.observed for point in points]
    if None in told or not told:
        reasons["observed"] = _NO_FINDINGS
    if diverging is None:
        reasons["divergence"] = _NOTHING_OBSERVED
    if any(one is not None and one.low is None for one in told):
        reasons |= dict.fromkeys(("low", "high"), _NO_INTERVAL)
    return reasons


def _reasons(
    rated: int, unrated: list[Id], drop: CurveChange | None, rise: CurveChange | None
) -> dict[str, str]:
    reasons = {}
    if unrated:
        reasons["rating"] = "The authors of the map left these steps unrated."
    if not rated:
        reasons |= dict.fromkeys(("mean", "peak", "trough", "end", "peak_end"), _NOTHING_RATED)
    if rated < 2:
        names = ("largest_drop", "largest_rise", "volatility")
        return reasons | dict.fromkeys(names, _NOTHING_TO_COMPARE)
    if drop is None:
        reasons["largest_drop"] = "No rating falls from one rated step to the next."
    if rise is None:
        reasons["largest_rise"] = "No rating rises from one rated step to the next."
    return reasons
