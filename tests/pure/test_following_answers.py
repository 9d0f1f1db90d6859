"""Drivers against a plain reading of their definition."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.drivers.difference import ONE_SIDED, driven
from service.domain.measures.drivers.driver import Driver, DriversDefinition, drivers
from service.domain.measures.surveys.answer import FIELDS
from service.domain.shares import proportion
from tests.pure.walked import Walked, columns, paths

WINDOW = 6
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TOUCHPOINT = "properties.touchpoint_id"
SURVEY, SCORE, SCALE = FIELDS
TOLD = {
    SURVEY: st.sampled_from(["nps", "csat"]),
    SCORE: st.sampled_from([Decimal(n) for n in (0, 1, 3, 4, 5, 8, 10)] + [None]),
    SCALE: st.just(None),
    TOUCHPOINT: st.sampled_from(["a", "b", None]),
}


def place_on_scale(one: Walked) -> Decimal | None:
    """0 to 1; None where it cannot be read."""
    score = one.fields[SCORE]
    first, last = (0, 10) if one.fields[SURVEY] == "nps" else (1, 5)
    if not isinstance(score, Decimal) or not first <= score <= last:
        return None
    return (score - first) / (last - first)


def plainly(events: list[Walked], from_: int, to: int) -> dict[str, dict[str, object]]:
    """By touchpoint: of both sides the outcomes as (happened, of), and the scores that follow."""
    found: dict[str, dict[str, object]] = {}
    firsts: dict[tuple[object, int], int] = {}
    for n, one in enumerate(events):
        named = one.fields[TOUCHPOINT]
        if one.holds[0] and from_ <= one.at < to and named and place_on_scale(one) is not None:
            firsts.setdefault((named, one.person), n)
    by_place = defaultdict(list)
    for (named, _), n in firsts.items():
        by_place[str(named)].append(n)
    for named, rows in by_place.items():
        sides = {
            "satisfied": [n for n in rows if (place_on_scale(events[n]) or 0) >= Decimal("0.75")],
            "dissatisfied": [n for n in rows if (place_on_scale(events[n]) or 0) < Decimal("0.5")],
        }
        found[named] = {"contacts": len(rows)} | {
            name: _side(events, side) for name, side in sides.items()
        }
    return found


def _side(events: list[Walked], rows: list[int]) -> dict[str, object]:
    last = max(one.at for one in events)
    counts = {name: [0, 0] for name in ("repurchase", "referral", "churn")}
    scores = []
    for n in rows:
        one = events[n]
        own = [m for m, e in enumerate(events) if e.person == one.person]
        later = [events[m] for m in own if m > n and events[m].at - one.at <= WINDOW]
        nps = [
            e.fields[SCORE]
            for e in later
            if e.holds[0] and e.fields[SURVEY] == "nps" and place_on_scale(e) is not None
        ]
        if one.at + WINDOW > last:
            continue
        scores += nps[:1]
        happened = {
            "repurchase": any(e.holds[1] for e in later),
            "referral": any(e.holds[2] for e in later),
            "churn": not any(e.holds[3] for e in later),
        }
        had = any(events[m].holds[1] for m in own if m < n)
        for name, yes in happened.items():
            if name != "repurchase" or had:
                counts[name][0] += yes
                counts[name][1] += 1
    return {**{name: tuple(one) for name, one in counts.items()}, "scores": len(scores)}


@given(paths(4, TOLD, latest=20), st.integers(0, 8), st.integers(9, 22))
def test_outcomes_are_those_of_the_definition(events: list[Walked], from_: int, to: int) -> None:
    times = (EPOCH + timedelta(seconds=from_), EPOCH + timedelta(seconds=to))
    definition = DriversDefinition(*times, "touchpoint", WINDOW, 10, None, None, None, None)
    found = drivers(columns(events, 4, [*FIELDS, TOUCHPOINT]), definition)
    expected = plainly(events, from_, to)
    assert {one.touchpoint_id for one in found.items} == expected.keys()
    for one in found.items:
        assert told(one) == expected[str(one.touchpoint_id)]


def told(one: Driver) -> dict[str, object]:
    sides: dict[str, object] = {"contacts": one.contacts}
    for side in ("satisfied", "dissatisfied"):
        outcomes = {
            name: (share.numerator, share.denominator)
            for name in ("repurchase", "referral", "churn")
            for share in [getattr(getattr(one, name), side)]
        }
        sides[side] = {**outcomes, "scores": getattr(one.nps, side).answers}
    return sides


def test_the_interval_of_a_difference_is_newcombes() -> None:
    # Newcombe 1998, table II, (a): 56/70 and 48/80 by method 10: 0.0524 to 0.3339.
    found = driven(proportion(56, 70), proportion(48, 80))
    assert found.difference == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)
    # (h): 10/10 and 0/10: 0.6075 to 1.
    found = driven(proportion(10, 10), proportion(0, 10))
    a, b = proportion(10, 10), proportion(0, 10)
    assert a.low is not None
    assert b.high is not None
    assert found.low == pytest.approx(1 - sqrt((1 - a.low) ** 2 + b.high**2))
    assert found.low == pytest.approx(0.6075, abs=5e-5)
    assert found.high == 1


def test_with_nobody_on_one_side_there_is_no_difference() -> None:
    found = driven(proportion(1, 2), proportion(0, 0))
    assert (found.difference, found.low, found.reason) == (None, None, ONE_SIDED)
