"""Attribution against a plain reading of its definition, in exact fractions."""

from collections import Counter, defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.attribution.credit import (
    Attribution,
    AttributionDefinition,
    Place,
    attribution,
)
from tests.pure.walked import Walked, columns, paths

CHANNELS = st.sampled_from(["ads", "mail", "shop", None])
MODELS = ("first", "last", "linear", "position")
DAY = 86_400
NEAR = Fraction(1, 10**12)


def weights(model: str, n: int) -> list[Fraction]:
    """What each of n touches has of one conversion."""
    if model == "first":
        return [Fraction(1)] + [Fraction(0)] * (n - 1)
    if model == "last":
        return [Fraction(0)] * (n - 1) + [Fraction(1)]
    if model == "linear" or n <= 2:
        return [Fraction(1, n)] * n
    return [Fraction(2, 5), *[Fraction(1, 5) / (n - 2)] * (n - 2), Fraction(2, 5)]


def plainly(events: list[Walked], model: str, days: int) -> tuple[dict[int, Fraction], list[int]]:
    """The credit of each event, and of each conversion how many touches it has."""
    credit: dict[int, Fraction] = defaultdict(Fraction)
    lengths = []
    for n, goal in enumerate(events):
        if goal.holds[0]:
            touches = [
                m
                for m, one in enumerate(events[:n])
                if one.person == goal.person and one.holds[1] and goal.at - one.at <= days * DAY
            ]
            lengths.append(len(touches))
            for m, weight in zip(touches, weights(model, len(touches) or 1), strict=False):
                credit[m] += weight
    return credit, lengths


def asked(model: str, days: int, by: str = "channel", limit: int = 200) -> AttributionDefinition:
    return AttributionDefinition(None, None, model, days, by, limit)


def adds_up(found: Attribution) -> bool:
    other = found.other.credit if found.other else 0
    return sum(one.credit for one in found.items) + other == found.attributed.numerator


@given(
    paths(2, {"channel": CHANNELS}).map(lambda all_: [e._replace(at=e.at * DAY) for e in all_]),
    st.sampled_from(MODELS),
    st.integers(1, 12),
)
def test_credits_are_those_of_the_definition_and_add_up_exactly(
    events: list[Walked], model: str, days: int
) -> None:
    credit, lengths = plainly(events, model, days)
    found = attribution(columns(events, 2, ["channel"]), asked(model, days))
    assert (found.conversions, found.without_touch) == (len(lengths), lengths.count(0))
    by_channel: dict[object, Fraction] = defaultdict(Fraction)
    touches = Counter[object]()
    for n, one in credit.items():
        by_channel[events[n].fields["channel"]] += one
        touches[events[n].fields["channel"]] += one > 0
    told = {one.value: one for one in found.items}
    assert {value: one.touches for value, one in told.items()} == +touches
    for value, one in told.items():
        assert abs(Fraction(one.credit) - by_channel[value]) < NEAR
    assert adds_up(found)


@given(paths(5, {}), st.sampled_from(MODELS))
def test_a_touch_of_several_touchpoints_counts_for_each_in_equal_parts(
    events: list[Walked], model: str
) -> None:
    places = [Place(f"t{n}", str(n)) for n in range(3)]
    credit, lengths = plainly(events, model, 1)
    expected: dict[str | None, Fraction] = defaultdict(Fraction)
    for n, one in credit.items():
        of = [
            place.value for place, holds in zip(places, events[n].holds[2:], strict=True) if holds
        ]
        for value in of or [None]:
            expected[value] += one / len(of or [None])
    found = attribution(columns(events, 5, []), asked(model, 1, "touchpoint"), places)
    for told in found.items:
        assert abs(Fraction(told.credit) - expected.pop(told.value)) < NEAR
    assert not any(expected.values())
    assert found.attributed.numerator == sum(one > 0 for one in lengths)
    assert adds_up(found)


@pytest.mark.parametrize("model", MODELS)
def test_many_touches_of_many_conversions_do_not_drift(model: str) -> None:
    # 3,000 touches, then 3,000 conversions, each of which reaches all of them: nine million pairs.
    walked = [Walked(0, n, {"channel": f"c{n % 7}"}, (n >= 3000, n < 3000)) for n in range(6000)]
    found = attribution(columns(walked, 2, ["channel"]), asked(model, 90))
    assert adds_up(found)
    if model == "linear":
        by_channel = Counter(n % 7 for n in range(3000))
        for one in found.items:
            assert abs(one.credit - by_channel[int(str(one.value)[1:])]) <= NEAR
    limited = attribution(columns(walked, 2, ["channel"]), asked(model, 90, limit=1))
    assert adds_up(limited)
