"""The emotion curve: exact cases worked by hand, and properties against slower statements."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import isfinite
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.insights.emotion import (
    RATINGS,
    CurveStage,
    CurveStep,
    EmotionCurve,
    curve,
    is_rating,
)
from service.domain.insights.emotion_curve import CurveChange, CurveMark

Rating = float | None


def drawn(*stages: Sequence[Rating]) -> EmotionCurve:
    """A curve over stages of ratings; the step at position 3 has the id "3"."""
    steps: list[CurveStep] = []
    for stage, ratings in enumerate(stages):
        for n, rating in enumerate(ratings, len(steps)):
            steps.append(CurveStep(str(n), f"step-{n}", f"stage-{stage}", rating))
    named = [CurveStage(f"stage-{n}", f"Stage {n}") for n in range(len(stages))]
    return curve("journey", named, steps)


def ids(marks: Sequence[CurveMark]) -> list[int]:
    return [int(str(mark.step_id)) for mark in marks]


def recoveries(answer: EmotionCurve) -> dict[str, int | None]:
    return {str(recovery.step_id): recovery.steps for recovery in answer.recovery}


def test_the_ratings_are_the_half_points_from_minus_two_to_two() -> None:
    assert RATINGS == (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
    assert all(is_rating(rating) for rating in (*RATINGS, 1, 0, -2, -0.0))


@pytest.mark.parametrize(
    "value",
    [0.3, 2.5, -2.5, 3, "high", "1", None, True, [], {}, float("nan"), float("inf"), 10**400],
)
def test_anything_else_is_no_rating(value: object) -> None:
    assert not is_rating(value)


def test_a_curve_with_every_kind_of_turn() -> None:
    #                 0  1     2     3  4     5    6     7
    answer = drawn([0.5, 0.5, -1.0, 1.0], [None, 1.0, -2.0, 0.5])
    assert answer.mean == pytest.approx(0.5 / 7)
    assert answer.peak is not None and (answer.peak.position, answer.peak.rating) == (3, 1.0)
    assert answer.trough is not None and (answer.trough.position, answer.trough.rating) == (6, -2.0)
    assert answer.end is not None and (answer.end.position, answer.end.rating) == (7, 0.5)
    assert answer.peak_end == (-2.0 + 0.5) / 2
    assert ids(answer.highs) == [0, 3, 7]
    assert ids(answer.lows) == [2, 6]
    assert answer.largest_drop == CurveChange("5", "6", -3.0)
    assert answer.largest_rise == CurveChange("6", "7", 2.5)
    assert answer.volatility == (0 + 1.5 + 2 + 0 + 3 + 2.5) / 6
    assert recoveries(answer) == {"2": 1, "6": None}
    assert answer.unrated == ["4"]


class Published(NamedTuple):
    """A published map's ratings, stage by stage, and its figures as computed elsewhere."""

    stages: list[list[float]]
    mean: float
    extremes: tuple[float, float]
    below_zero: int
    drop: tuple[float, int]
    means: list[float]


ONBOARDING = Published(
    [[0, 1, -1, -2], [2, 1, -1, 2], [1, 1, 2]],
    *(0.5454545455, (-2, 2), 3, (-2, 1), [-0.5, 1.0, 1.3333333333]),
)
SHOPPING = Published(
    [[0, 1, 0, 2], [1, -1, 2, 0], [-1, 2, 1, 2], [0, 2, 2], [-1, -2, 2, 0]],
    *(0.6315789474, (-2, 2), 4, (-3, 14), [0.75, 0.5, 1.0, 1.3333333333, -0.25]),
)
BROWSING = Published(
    [[2, 0], [2, 0, 0, 0, 0, 2, -2, 2, 0, 2]],
    *(0.6666666667, (-2, 2), 1, (-4, 7), [1.0, 0.6]),
)
ORDERING = Published([[1, 0, -1, 1], [1, 0, 0, 1]], *(0.375, (-1, 1), 1, (-1, 0), [0.25, 0.5]))
REVIEWING = Published(
    [[1, 0], [0, 0, 0], [1, 1, 2]], *(0.625, (0, 2), 0, (-1, 0), [0.5, 0.0, 1.3333333333])
)


@pytest.mark.parametrize("known", [ONBOARDING, SHOPPING, BROWSING, ORDERING, REVIEWING])
def test_published_maps_have_the_figures_that_others_computed(known: Published) -> None:
    answer = drawn(*known.stages)
    assert answer.mean == pytest.approx(known.mean, abs=1e-9)
    assert answer.trough is not None and answer.peak is not None
    assert (answer.trough.rating, answer.peak.rating) == known.extremes
    assert answer.below_zero_share.numerator == known.below_zero
    assert answer.below_zero_share.denominator == sum(map(len, known.stages))
    drop = answer.largest_drop
    assert drop is not None and (drop.change, int(str(drop.from_step_id))) == known.drop
    assert [stage.mean for stage in answer.per_stage] == pytest.approx(known.means, abs=1e-9)


def test_the_first_of_equals_is_peak_trough_drop_and_rise() -> None:
    answer = drawn([1, 2, -2, 2, -2])
    assert answer.peak is not None and answer.peak.step_id == "1"
    assert answer.trough is not None and answer.trough.step_id == "2"
    assert answer.largest_drop is not None and answer.largest_drop.from_step_id == "1"
    assert answer.largest_rise is not None and answer.largest_rise.from_step_id == "2"


@pytest.mark.parametrize(
    ("ratings", "peak_end"),
    [
        ([-2, 2, 1], 1.5),
        ([2, -2, 1], -0.5),
        ([1, -1.5, 0.5], -0.5),
        ([-0.5], -0.5),
        ([2, -2], -2.0),
    ],
)
def test_peak_end_takes_the_later_of_equally_extreme_ratings(
    ratings: list[float], peak_end: float
) -> None:
    assert drawn(ratings).peak_end == peak_end


@pytest.mark.parametrize(
    ("ratings", "highs", "lows"),
    [
        ([], [], []),
        ([1], [], []),
        ([1, 1, 1], [], []),
        ([None, None], [], []),
        ([0, 1], [1], [0]),
        ([1, 0], [0], [1]),
        ([0, 1, 1, 0], [1], [0, 3]),
        ([0, 1, 1, 2], [3], [0]),
        ([0, 0, 1, 1, 0, 0], [2], [0, 4]),
        ([1, None, 0, None, 1], [0, 4], [2]),
        ([1, None, 1, 0], [0], [3]),
    ],
)
def test_highs_and_lows_are_strict_and_a_plateau_is_one_point_at_its_first_step(
    ratings: list[Rating], highs: list[int], lows: list[int]
) -> None:
    answer = drawn(ratings)
    assert (ids(answer.highs), ids(answer.lows)) == (highs, lows)


@pytest.mark.parametrize(
    ("ratings", "recovery"),
    [
        ([0, 1, 2], {}),
        ([1, 0, 0.5, 1], {"1": 2}),
        ([1, 0, 0.5, 0.5], {"1": None}),
        ([1, 0], {"1": None}),
        ([2, 0, 1, -1, 1, 2], {"1": 4, "3": 1}),
        ([1, 1, -1, -1, None, 1.5], {"2": 3}),
        ([-1, 0, -1, 0, -1], {"2": 1, "4": None}),
    ],
)
def test_recovery_counts_positions_back_up_to_the_high_the_descent_began_at(
    ratings: list[Rating], recovery: dict[str, int | None]
) -> None:
    answer = drawn(ratings)
    assert recoveries(answer) == recovery
    for item in answer.recovery:
        assert isinstance(item.reason, str) == (item.steps is None)


def test_a_level_line_neither_falls_nor_rises() -> None:
    answer = drawn([1, 1, None, 1])
    assert (answer.largest_drop, answer.largest_rise, answer.volatility) == (None, None, 0.0)
    assert {"largest_drop", "largest_rise"} <= answer.reasons.keys()
    assert "volatility" not in answer.reasons


def test_changes_are_between_rated_neighbours_across_a_break() -> None:
    assert drawn([2, None, None, -1]).largest_drop == CurveChange("0", "3", -3.0)


journeys = st.lists(st.lists(st.none() | st.sampled_from(RATINGS), max_size=8), max_size=6)


def slow_extremes(rated: list[tuple[int, float]]) -> tuple[list[int], list[int]]:
    plateaus = [next(run) for _, run in groupby(rated, lambda mark: mark[1])]
    highs, lows = [], []
    for n, (position, rating) in enumerate(plateaus):
        around = [plateaus[m][1] for m in (n - 1, n + 1) if 0 <= m < len(plateaus)]
        if around and all(rating > other for other in around):
            highs.append(position)
        if around and all(rating < other for other in around):
            lows.append(position)
    return highs, lows


@given(journeys)
def test_extremes_and_recovery_are_what_their_definitions_say(stages: list[list[Rating]]) -> None:
    answer = drawn(*stages)
    rated = [(p.position, p.rating) for p in answer.points if p.rating is not None]
    highs, lows = slow_extremes(rated)
    assert (ids(answer.highs), ids(answer.lows)) == (highs, lows)
    expected: dict[str, int | None] = {}
    for low in lows:
        before = [high for high in highs if high < low]
        if before:
            level = dict(rated)[before[-1]]
            later = (at - low for at, rating in rated if at > low and rating >= level)
            expected[str(low)] = next(later, None)
    assert recoveries(answer) == expected


@given(journeys)
def test_figures_stay_on_the_scale_and_finite(stages: list[list[Rating]]) -> None:
    answer = drawn(*stages)
    ratings = [point.rating for point in answer.points if point.rating is not None]
    figures = [answer.mean, answer.peak_end, answer.volatility, answer.below_zero_share.value]
    assert all(figure is None or isfinite(figure) for figure in figures)
    if answer.mean is None or answer.peak is None or answer.trough is None:
        assert not ratings
        return
    assert -2 <= answer.trough.rating <= answer.mean <= answer.peak.rating <= 2
    changes = [after - before for before, after in pairwise(ratings)]
    assert (answer.largest_drop.change if answer.largest_drop else 0.0) == min([*changes, 0.0])
    assert (answer.largest_rise.change if answer.largest_rise else 0.0) == max([*changes, 0.0])


@given(journeys)
def test_points_stand_in_order_and_every_step_is_rated_or_listed(
    stages: list[list[Rating]],
) -> None:
    answer = drawn(*stages)
    flat = [rating for stage in stages for rating in stage]
    assert [point.position for point in answer.points] == list(range(len(flat)))
    assert [point.rating for point in answer.points] == flat
    assert answer.unrated == [str(n) for n, rating in enumerate(flat) if rating is None]
    assert sum(stage.steps for stage in answer.per_stage) == len(flat)
    assert sum(stage.rated for stage in answer.per_stage) == len(flat) - len(answer.unrated)
