"""What the client feels and meets with: emotional lows, unmet expectations, effort."""

from collections.abc import Iterator

from service.domain.insights.emotion import swings
from service.domain.insights.emotion_curve import CurveMark
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.scene import Scene, at_step, low

STEEP = 1.5
"""A fall of so many rating points into a step is a gap, wherever it ends."""
UNMET = {"partly": 0.5, "missed": 1.0}


def emotional_lows(scene: Scene) -> Iterator[Gap]:
    """A strict local minimum below zero, or a fall of 1.5 or more from the rated step before.

    Signals: `emotion_low` = max(0, −e) / 2, weight 0.6; `emotion_drop` = max(0, e_before − e) / 4,
    weight 0.4, unknown at the first rated step. One gap a step, whichever it is.
    """
    marks = scene.marks
    lows = {mark.step_id for mark in swings(marks)[1] if mark.rating < 0}
    before: CurveMark | None = None
    for mark in marks:
        fall = None if before is None else before.rating - mark.rating
        steep, is_low = fall is not None and fall >= STEEP, mark.step_id in lows
        if steep or is_low:
            step = scene.step[str(mark.step_id)]
            code = "emotional_low_and_drop" if steep and is_low else "emotional_drop"
            drop = None if fall is None else max(0.0, fall) / 4
            yield scene.gap(
                "emotional_low",
                code if steep else "emotional_low",
                (("emotion_low", low(step), 0.6, 1), ("emotion_drop", drop, 0.4, 2)),
                {
                    "rating": mark.rating,
                    "change": None if fall is None else -fall,
                    "before": None if before is None else scene.step[str(before.step_id)].action,
                },
                step=step,
            )
        before = mark


def unmet_expectations(scene: Scene) -> Iterator[Gap]:
    """A step with an expected and an actual outcome, the one met partly or missed.

    Signals: `unmet` = 0.5 partly, 1 missed, weight 0.6; `emotion_low` and `pivotal`, 0.2 each.
    """
    for step in scene.steps:
        if step.expected and step.actual and step.outcome_met in UNMET:
            unmet = UNMET[step.outcome_met]
            yield scene.gap(
                "unmet_expectation",
                f"unmet_{step.outcome_met}",
                (("unmet", unmet, 0.6, 1), *at_step(step, 0.2)),
                {},
                step=step,
            )


def efforts(scene: Scene) -> Iterator[Gap]:
    """A step at which the client waits, or fills in forms, beyond the workspace's limit.

    `drop_off` = dropped / those who came and are not undecided, weight 0.4, unknown without events
    and under the least count; where it is known and nobody leaves, there is no gap. `waiting` =
    max(0, 1 − limit / seconds) and `forms` = max(0, 1 − limit / fields), weights 0.3 each; where
    the map does not say them, they are unknown. Of a to-be map they are what it plans, and told so.
    """
    limits = scene.limits
    planned = "_planned" if scene.map.perspective == "to_be" else ""
    for step in scene.steps:
        waiting = _beyond(step.waited_seconds, limits.waited_seconds)
        forms = _beyond(step.form_fields, limits.form_fields)
        if not waiting and not forms:
            continue
        left = scene.left(step)
        if left is not None and not left.dropped:
            continue
        observed = "" if left is None else "_observed"
        which = "both" if waiting and forms else "waiting" if waiting else "forms"
        yield scene.gap(
            "effort",
            f"effort_{which}{planned or observed}",
            (
                ("waiting", waiting, 0.3, None if waiting is None else 1),
                ("forms", forms, 0.3, None if forms is None else 1),
                ("drop_off", left and left.dropped / left.decided, 0.4, left and left.decided),
            ),
            {
                **({} if left is None else {"dropped": left.dropped, "of": left.decided}),
                **(scene.passage.counted if scene.passage and left else {}),
                "waited_seconds": step.waited_seconds,
                "form_fields": step.form_fields,
                "waited_limit": limits.waited_seconds,
                "form_limit": limits.form_fields,
            },
            step=step,
        )


def _beyond(value: int | None, limit: int) -> float | None:
    """How far beyond a limit, 0 to 1; unknown where there is no value."""
    if value is None:
        return None
    return max(0.0, 1 - limit / value) if value > 0 else 0.0
