"""What a rule says of a figure, held against the formulas written out anew."""

from datetime import UTC, datetime
from math import sqrt
from random import Random
from typing import Any

import pytest

from service.domain.alerts.judged import Changing, Condition, Reading, judged
from service.domain.judging import Side
from service.domain.shares import proportion

AT = datetime(2026, 5, 1, tzinfo=UTC)


def share(k: int, n: int) -> Reading:
    found = proportion(k, n)
    return Reading(Side(AT, AT, found.value, k, n, found, ()), "share", found.low, found.high)


def number(value: float | None, *days: float) -> Reading:
    return Reading(Side(AT, AT, value, None, None, None, days), "number")


def wilson(k: int, n: int, z: float) -> tuple[float, float]:
    """As the two roots of (p - x)² = z² x (1 - x) / n."""
    p = k / n
    a, b, c = 1 + z * z / n, -(2 * p + z * z / n), p * p
    root = sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def newcombe(first: tuple[int, int], then: tuple[int, int]) -> tuple[float, float]:
    z = 2.5758293035489004
    (q_low, q_high), (p_low, p_high) = wilson(*first, z), wilson(*then, z)
    q, p = first[0] / first[1], then[0] / then[1]
    low = p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    return low, p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2)


def said(condition: Condition, now: Reading, before: Reading | None = None, **how: Any) -> Any:
    found = judged(condition, now, before, how.get("least", 30), fires=how.get("fires", False))
    return found.state, found.reason


def test_shares_fire_where_the_whole_interval_is_beyond() -> None:
    dice, seen = Random(11), set()
    for _ in range(500):
        n = dice.randint(30, 400)
        k, limit = dice.randint(1, n - 1), dice.random()
        low, high = wilson(k, n, 1.959963984540054)
        for fires in (False, True):
            above = k / n > limit if fires else low > limit
            below = k / n < limit if fires else high < limit
            expected = [("firing" if one else "ok", None) for one in (above, below)]
            rules = (Condition(above=limit), Condition(below=limit))
            assert [said(rule, share(k, n), fires=fires) for rule in rules] == expected
            seen.add((above, below, fires))
    # What fires is one or the other.
    assert len(seen) == 5


def test_changes_of_shares_fire_where_they_are_no_chance_and_large_enough() -> None:
    dice, seen = Random(12), set()
    for _ in range(500):
        sides = []
        for _ in range(2):
            n = dice.randint(30, 400)
            sides.append((dice.randint(1, n - 1), n))
        before, now = sides
        was, change = before[0] / before[1], now[0] / now[1] - before[0] / before[1]
        low, high = newcombe(before, now)
        by, mode = dice.random() / 2, dice.choice(["relative", "absolute"])
        size = abs(change) / was if mode == "relative" else abs(change)
        for direction in ("up", "down", "both"):
            fits = direction == "both" or (change > 0) == (direction == "up")
            fires = not low <= 0 <= high and fits and size >= by
            rule = Condition(change=Changing(direction, by, mode))  # type: ignore[arg-type]
            assert said(rule, share(*now), share(*before))[0] == ("firing" if fires else "ok")
            seen.add((direction, fires))
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (number(None), None, ("not_enough_data", "no_figure")),
        (number(None)._replace(reason="small_cell"), None, ("not_enough_data", "small_cell")),
        (share(1, 29), share(9, 30), ("not_enough_data", "too_few")),
        (share(1, 30), share(9, 29), ("not_enough_data", "too_few")),
        (share(1, 30), None, ("not_enough_data", "no_before")),
        (share(1, 30), number(None), ("not_enough_data", "no_before")),
        (number(7, *[1] * 6), number(14, *[2] * 7), ("not_enough_data", "too_few")),
        (number(7, *[1] * 7), number(14, *[2] * 7), ("firing", None)),
        (number(7, *[1] * 7), number(7, *[1] * 7), ("ok", None)),
    ],
)
def test_nothing_is_said_of_too_little(
    now: Reading, before: Reading | None, expected: tuple[str, str | None]
) -> None:
    assert said(Condition(change=Changing()), now, before) == expected


def test_what_is_counted_needs_no_least_and_grows_from_nothing() -> None:
    one, none = (number(n)._replace(counted=True) for n in (1, 0))
    grows = Condition(change=Changing("up", 10.0))
    assert said(grows, one, none) == ("firing", None)
    assert said(grows, none, one) == ("ok", None)
    assert said(Condition(above=0), one) == ("firing", None)
    assert said(Condition(below=1), none) == ("firing", None)
