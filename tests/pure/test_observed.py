"""What findings tell at a step: the mean, how many they count as, and Student's interval."""

from math import isclose, sqrt
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.insights.emotion import CurveStage, CurveStep, curve
from service.domain.insights.observed import Findings, observed
from service.domain.student import quantile

PUBLISHED = {
    1: 12.7062047,
    2: 4.3026527,
    3: 3.1824463,
    4: 2.7764451,
    5: 2.5705818,
    9: 2.2621572,
    10: 2.2281389,
    29: 2.0452296,
    30: 2.0422725,
    100: 1.9839715,
    1000: 1.9623391,
    10**9: 1.9599640,
}
"""The 97.5 % quantile as printed in tables, by degrees of freedom."""
SENTIMENTS = st.lists(st.floats(-2, 2).map(lambda x: round(x, 6)), min_size=1, max_size=30)


def told(*found: tuple[float, float]) -> Findings:
    """The sums over findings of these sentiments and weights, as the database makes them."""
    counted = [(x, w) for x, w in found if w > 0]
    if not counted:
        return Findings("0", len(found))
    weight = sum(w for _, w in counted)
    m = sum(x * w for x, w in counted) / weight
    spread = sum(w * (x - m) ** 2 for x, w in counted) / weight
    squares = sum(w * w for _, w in counted)
    return Findings("0", len(found), len(counted), m, weight, squares, spread)


@pytest.mark.parametrize(("degrees", "printed"), PUBLISHED.items())
def test_the_quantile_is_the_one_in_tables(degrees: int, printed: float) -> None:
    assert quantile(float(degrees)) == pytest.approx(printed, abs=6e-8)


def test_the_quantile_falls_with_the_degrees_of_freedom_whole_or_not() -> None:
    found = [quantile(1 + n / 7) for n in range(0, 9000)]
    assert found == sorted(found, reverse=True)
    assert quantile(999.9999) == pytest.approx(quantile(1000.0001), abs=1e-9)


def test_a_sample_worked_by_hand() -> None:
    # −1, 0, 1: m = 0, s = 1, t(2) = 4.302653, so 0 ± 2.484, clipped; five of them fit.
    wide = observed(told((-1, 1), (0, 1), (1, 1)))
    assert wide is not None
    assert (wide.mean, wide.count, wide.low, wide.high) == (0, 3, -2, 2)
    five = observed(told((-1, 1), (-0.5, 1), (-1, 1), (-1.5, 1), (-1, 1)))
    assert five is not None and five.low is not None and five.high is not None
    off = 2.7764451052 * sqrt(0.125) / sqrt(5)
    assert (five.mean, five.count) == (-1, 5)
    assert five.low == pytest.approx(-1 - off) and five.high == pytest.approx(-1 + off)


def test_weights_count_as_fewer_equal_ones() -> None:
    # Weights 3 and 1: n = 16/10 is under two, so there is no interval.
    few = observed(told((1, 3), (-1, 1)))
    assert few is not None
    assert (few.mean, few.count, few.low, few.high) == (0.5, 1.6, None, None)
    # Weights 2, 1, 1: n = 16/6, m = 0.25, Σw(x−m)²/Σw = 0.6875, s² = 0.6875 × n/(n−1) = 1.1.
    some = observed(told((1, 2), (0, 1), (-1, 1)))
    assert some is not None
    assert (some.mean, some.count) == (0.25, pytest.approx(8 / 3))
    assert (some.low, some.high) == (-2, 2)


@pytest.mark.parametrize("weight", [0.1, 0.3, 7.7, 1e-9, 1e6])
def test_two_equal_weights_count_as_two_whatever_they_are(weight: float) -> None:
    found = observed(told((1, weight), (1, weight)))
    assert found is not None
    assert (found.count, found.low, found.high) == (2, pytest.approx(1), pytest.approx(1))


@given(SENTIMENTS)
def test_equal_weights_give_students_interval(sentiments: list[float]) -> None:
    found = observed(told(*((x, 1.0) for x in sentiments)))
    assert found is not None
    assert isclose(found.mean, mean(sentiments), abs_tol=1e-9)
    if len(sentiments) < 2:
        assert (found.low, found.high) == (None, None)
        return
    off = quantile(len(sentiments) - 1.0) * stdev(sentiments) / sqrt(len(sentiments))
    assert found.low is not None and found.high is not None
    assert isclose(found.low, max(mean(sentiments) - off, -2), abs_tol=1e-7)
    assert isclose(found.high, min(mean(sentiments) + off, 2), abs_tol=1e-7)


def test_what_weighs_nothing_tells_nothing() -> None:
    assert observed(None) is None
    assert observed(told((1, 0), (2, 0))) is None
    assert observed(told((1, 0), (-1, 1))) == observed(told((-1, 1)))


def test_steps_diverge_where_three_findings_are_a_point_away_and_sure() -> None:
    ratings = {"sure": 1.0, "few": 1.0, "near": -0.5, "unsure": 1.0, "unrated": None}
    low = [(-1.0, 1.0), (-1.0, 1.0), (-1.1, 1.0)]
    found = {name: told(*low) for name in ratings}
    found["few"] = told(*low[:2])
    found["unsure"] = told((-2, 1), (-1, 1), (2, 1))
    steps = [CurveStep(name, name, "s", rating) for name, rating in ratings.items()]
    findings = [
        Findings(name, one.attached, one.counted, one.mean, one.weight, one.squares, one.spread)
        for name, one in found.items()
    ]
    answer = curve("journey", [CurveStage("s", "Stage")], steps, findings=findings)
    assert answer.divergence == ["sure"]
    assert [point.evidence for point in answer.points] == [3, 2, 3, 3, 3]
    assert {"observed", "divergence"}.isdisjoint(answer.reasons)
    bare = curve("journey", [CurveStage("s", "Stage")], steps)
    assert bare.divergence is None
    assert {"observed", "divergence"} <= bare.reasons.keys()
