"""Whether a figure has changed: what is there is found, and what is not is not claimed."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from service.domain.judging import Change, Side, changed, welch
from service.domain.shares import proportion

NOW = datetime(2026, 5, 1, tzinfo=UTC)
Dice = np.random.Generator


def share(dice: Dice, of: int, chance: float) -> Side:
    counted = proportion(int(dice.binomial(of, chance)), of)
    return Side(NOW, NOW, counted.value, counted.numerator, of, counted, ())


def days(dice: Dice, mean: float) -> Side:
    found = [float(one) for one in dice.poisson(mean, 28)]
    return Side(NOW, NOW, sum(found), None, None, None, found)


Planted = Callable[[Dice, float], Change | None]


def of_shares(dice: Dice, factor: float) -> Change | None:
    return changed(share(dice, 600, 0.2), share(dice, 600, 0.2 * factor), 30)


def of_days(dice: Dice, factor: float) -> Change | None:
    return changed(days(dice, 20), days(dice, 20 * factor), 30)


@pytest.mark.parametrize("planted", [of_shares, of_days])
@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.0, "unchanged"), (1.7, "improved"), (0.5, "worse")]
)
def test_in_95_of_100_seeds_the_verdict_is_what_was_planted(
    planted: Planted, factor: float, verdict: str
) -> None:
    found = [planted(np.random.default_rng(seed), factor) for seed in range(100)]
    assert sum(one is not None and one.verdict("higher") == verdict for one in found) >= 95


def test_the_interval_of_means_is_welchs() -> None:
    # By hand: variances 2.5 and 10, of 5 each; t(0.995, 5.8824) = 3.7381.
    found = welch([1, 2, 3, 4, 5], [4, 6, 8, 10, 12])
    assert (found.change, found.method) == (5, "days")
    half = 3.7381 * (2.5) ** 0.5
    assert (found.low, found.high) == (
        pytest.approx(5 - half, abs=2e-3),
        pytest.approx(5 + half, abs=2e-3),
    )


def test_days_that_are_all_alike_differ_for_sure() -> None:
    assert welch([1.0] * 7, [2.0] * 7) == Change(1, 1, 1, "days")
    assert welch([1.0] * 7, [1.0] * 7).verdict("higher") == "unchanged"


def test_few_days_say_nothing() -> None:
    few, many = ([1.0] * n for n in (6, 7))
    side = Side(NOW, NOW, 7, None, None, None, many)
    assert changed(side, side._replace(days=few), 30) is None
    assert changed(side, side, 30) is not None
