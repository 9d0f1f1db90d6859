"""The shape of an emotion curve's answer: its members, its reasons, its overlays."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from service.domain.insights.emotion import CurveStage, CurveStep, EmotionCurve, curve, overlaid

NULLABLE = {
    *("mean", "peak", "trough", "end", "peak_end", "largest_drop", "largest_rise"),
    *("volatility", "divergence", "traffic_weighted_mean"),
}
MEMBERS = NULLABLE | {
    *("journey_id", "definition", "points", "highs", "lows", "below_zero_share", "recovery"),
    *("per_stage", "unrated", "moments_of_truth", "excluded", "overlays", "reasons"),
}


def drawn(*stages: Sequence[float | None], keys: str = "") -> EmotionCurve:
    """A curve over stages of ratings, its steps keyed by the letters of `keys`."""
    steps: list[CurveStep] = []
    for stage, ratings in enumerate(stages):
        for n, rating in enumerate(ratings, len(steps)):
            key = keys[n] if keys else f"step-{n}"
            steps.append(CurveStep(str(n), key, f"stage-{stage}", rating))
    named = [CurveStage(f"stage-{n}", f"Stage {n}") for n in range(len(stages))]
    return curve("journey", named, steps)


def encoded(answer: EmotionCurve) -> Any:
    return json.loads(msgspec.json.encode(answer))


def test_a_stage_counts_its_steps_and_means_its_rated_ones() -> None:
    document = encoded(drawn([1, None, 0.5], [None], []))
    stages = document["per_stage"]
    assert stages[0] == {
        "stage_id": "stage-0",
        "name": "Stage 0",
        "mean": 0.75,
        "rated": 2,
        "steps": 3,
    }
    assert [(stage["mean"], stage["rated"], stage["steps"]) for stage in stages[1:]] == [
        (None, 0, 1),
        (None, 0, 0),
    ]
    assert all(stage["reason"] for stage in stages[1:])


@pytest.mark.parametrize("ratings", [[], [None], [1], [1, 1], [1, None, -1, 2]])
def test_every_null_has_its_reason_and_no_reason_is_without_a_null(
    ratings: list[float | None],
) -> None:
    document = encoded(drawn(ratings))
    assert document.keys() >= MEMBERS
    reasons, points = document["reasons"], document["points"]
    nulls = {name for name in NULLABLE if document[name] is None}
    assert nulls == reasons.keys() & NULLABLE
    assert {"observed", "traffic"} <= reasons.keys()
    assert ("rating" in reasons) == any(point["rating"] is None for point in points)


def test_a_share_comes_without_an_interval_and_says_why() -> None:
    share = encoded(drawn([1, -1, -2, None]))["below_zero_share"]
    assert share.pop("reason")
    assert share == {
        "value": pytest.approx(2 / 3),
        "numerator": 2,
        "denominator": 3,
        "low": None,
        "high": None,
    }
    assert encoded(drawn([None]))["below_zero_share"] == {
        "value": None,
        "numerator": 0,
        "denominator": 0,
        "low": None,
        "high": None,
        "reason": "No step is rated.",
    }


def test_a_point_tells_its_step_stage_key_and_place() -> None:
    points = encoded(drawn([1], [None]))["points"]
    assert points[1] == {
        "step_id": "1",
        "key": "step-1",
        "stage_id": "stage-1",
        "position": 1,
        "rating": None,
        "label": "",
        "observed": None,
        "evidence": 0,
        "traffic": None,
    }


def test_moments_of_truth_are_the_marked_ones_until_events_can_show_others() -> None:
    steps = [
        CurveStep("a", "a", "s", 1.0, moment_of_truth=True),
        CurveStep("b", "b", "s", 1.0, decision_moment=True),
    ]
    document = encoded(curve("j", [CurveStage("s", "S")], steps))
    moments = document["moments_of_truth"]
    assert moments.pop("reason")
    assert moments == {"marked": ["a"], **dict.fromkeys(("detected", "differ", "unknown"))}
    assert document["decision_moments"] == ["b"]


def test_unrated_steps_are_listed_and_counted_as_excluded() -> None:
    document = encoded(drawn([None, 1], [None]))
    assert document["unrated"] == ["0", "2"]
    assert document["excluded"] == [{"reason": "unrated", "count": 2}]
    assert encoded(drawn([1]))["excluded"] == []


def test_the_definition_names_revision_mode_and_persona() -> None:
    answer = curve("j", [], [], 3, persona_id="p")
    assert encoded(answer)["definition"] == {
        "revision": 3,
        "mode": "rated",
        "persona_id": "p",
        "scale": [-2.0, 2.0, 0.5],
    }


def test_ids_may_be_uuids_and_steps_may_come_as_json() -> None:
    stage, step = uuid4(), uuid4()
    answer = curve(uuid4(), [CurveStage(stage, "S")], [CurveStep(step, "k", stage, -1)])
    points = encoded(answer)["points"]
    assert points[0]["step_id"] == str(step)
    read = msgspec.json.decode(
        b'[{"step_id": "a", "key": "k", "stage_id": "s", "rating": -1}]', type=list[CurveStep]
    )
    assert curve("j", [CurveStage("s", "S")], read).mean == -1.0


def test_zero_has_no_sign() -> None:
    assert b"-0.0" not in msgspec.json.encode(drawn([-0.0, -0.0, 0]))


def test_overlays_align_by_step_key() -> None:
    base, other = drawn([1, 0, -1], keys="abc"), drawn([2, 1, 0], keys="cxa")
    answer = overlaid(base, [other])
    assert [point.aligned_position for point in answer.overlays[0].points] == [2, None, 0]
    assert "aligned_position" in answer.overlays[0].reasons
    assert answer.overlays[0].mean == 1.0
    points = encoded(answer)["points"]
    assert "aligned_position" not in points[0]


def test_an_overlay_with_every_key_needs_no_reason_and_carries_no_overlays_of_its_own() -> None:
    base = drawn([1, 0], keys="ab")
    nested = overlaid(base, [overlaid(base, [base])])
    assert "aligned_position" not in nested.overlays[0].reasons
    assert nested.overlays[0].overlays == []
    assert base.overlays == []
