"""Survey answers: how they are read, and what they come to."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.surveys.answer import FIELDS, answers
from service.domain.measures.surveys.promoters import nps
from service.domain.measures.surveys.survey import SurveysDefinition, surveys
from service.domain.shares import Z, wilson
from tests.pure.walked import Walked, columns, paths


def answered(*told: tuple[Any, Any, Any]) -> list[Walked]:
    return [Walked(0, n, dict(zip(FIELDS, one, strict=True))) for n, one in enumerate(told)]


def read(*told: tuple[Any, Any, Any]) -> tuple[list[float], dict[str, int]]:
    held = columns(answered(*told), 0, FIELDS).columns
    found = answers(held, np.ones(len(told), dtype=np.bool_))
    return [found.said[n].emotion for n in found.which], dict(found.unread)


@pytest.mark.parametrize(
    ("told", "emotion"),
    [
        (("nps", Decimal(10), None), 2),
        (("NPS ", "5", None), 0),
        (("csat", Decimal(4), None), 1),
        (("ces", Decimal(7), None), 2),
        (("rating", Decimal(1), None), -2),
        (("rating", Decimal("2.5"), "[0, 5]"), 0),
        (("rating", " 3 ", "1-5"), 0),
        (("rating", Decimal(3), "1 to 5"), 0),
        (("rating", Decimal(3), "1–5"), 0),
        (("rating", Decimal(3), Decimal(5)), 0),
        (("nps", Decimal(5), Decimal(10)), 0),
        (("ces", Decimal(1), "[7, 1]"), 2),
        (("rating", Decimal(0), "[-5, 5]"), 0),
    ],
)
def test_an_answer_is_mapped_from_its_scale(told: tuple[Any, Any, Any], emotion: float) -> None:
    assert read(told) == ([emotion], {})


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ((None, Decimal(3), None), "unknown_survey"),
        (("mood", Decimal(3), None), "unknown_survey"),
        ((True, Decimal(3), None), "unknown_survey"),
        (("nps", None, None), "no_score"),
        (("nps", True, None), "no_score"),
        (("nps", "nine", None), "no_score"),
        (("nps", "9" * 400, None), "no_score"),
        (("nps", Decimal(11), None), "outside_scale"),
        (("csat", Decimal(0), None), "outside_scale"),
        (("csat", Decimal(3), "[1, 2, 3, 4, 5]"), "unreadable_scale"),
        (("csat", Decimal(3), "[3, 3]"), "unreadable_scale"),
        (("csat", Decimal(3), "stars"), "unreadable_scale"),
        (("csat", Decimal(3), True), "unreadable_scale"),
    ],
)
def test_what_cannot_be_read_does_not_count_and_says_why(
    told: tuple[Any, Any, Any], reason: str
) -> None:
    assert read(told) == ([], {reason: 1})


def test_the_interval_of_the_score_is_that_of_a_difference_within_one_sample() -> None:
    found = nps(50, 30, 20)
    p, d = 51 / 102, 21 / 102
    off = Z * sqrt((p + d - (p - d) ** 2) / 102)
    assert found.value == 30
    assert (found.low, found.high) == (
        pytest.approx(100 * (p - d - off)),
        pytest.approx(100 * (p - d + off)),
    )
    # Of answers that are all alike, the plain interval would have no width.
    alike = nps(4, 0, 0)
    assert alike.low is not None
    assert (alike.value, alike.high) == (100, 100)
    assert alike.low < 100
    nothing = nps(0, 0, 0)
    assert (nothing.value, nothing.low, nothing.reason) == (
        None,
        None,
        "nothing_to_count",
    )


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_score_lies_within_its_interval(up: int, between: int, down: int) -> None:
    found = nps(up, between, down)
    if up + between + down:
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert -100 <= found.low <= found.value <= found.high <= 100


SURVEYS = st.sampled_from(["nps", "csat", "ces", "rating"])


@given(
    paths(
        0,
        {
            "properties.survey": SURVEYS,
            "properties.score": st.integers(0, 10).map(Decimal) | st.none(),
            "properties.scale": st.sampled_from([None, "[0, 10]", "[1, 5]"]),
        },
    )
)
def test_figures_are_those_of_a_plain_count(events: list[Walked]) -> None:
    found = surveys(columns(events, 0, FIELDS), SurveysDefinition(None, None, None))
    ends = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "rating": (1, 5)}
    said: list[tuple[str, Decimal, tuple[int, int]]] = []
    for one in events:
        survey, score, scale = (one.fields[name] for name in FIELDS)
        given_ends = {"[0, 10]": (0, 10), "[1, 5]": (1, 5)}
        first, last = given_ends[str(scale)] if scale else ends[str(survey)]
        if isinstance(score, Decimal) and first <= score <= last:
            said.append((str(survey), score, (first, last)))
    assert found.answers == len(said)
    assert found.answers + sum(one.count for one in found.excluded) - _not_out_of_ten(said) == len(
        events
    )
    scores = [score for survey, score, scale in said if survey == "nps" and scale == (0, 10)]
    assert found.nps.answers == len(scores)
    if scores:
        up, down = sum(s >= 9 for s in scores), sum(s <= 6 for s in scores)
        assert found.nps.value == pytest.approx(100 * (up - down) / len(scores))
        assert (found.nps.promoters.low, found.nps.promoters.high) == wilson(up, len(scores))
    csat = [
        (score - scale[0]) / (scale[1] - scale[0])
        for survey, score, scale in said
        if survey == "csat"
    ]
    assert (found.csat.numerator, found.csat.denominator) == (
        sum(place >= Decimal("0.75") for place in csat),
        len(csat),
    )
    by_scale = Counter((survey, *scale) for survey, _, scale in said)
    assert {(s.survey, s.first, s.last): s.answers for s in found.scales} == by_scale
    efforts = {scale for survey, _, scale in said if survey == "ces"}
    assert (found.ces.value is None) == (len(efforts) != 1)
    if len(efforts) == 1:
        assert found.ces.value == pytest.approx(_mean([s for v, s, _ in said if v == "ces"]))


def _not_out_of_ten(said: Sequence[tuple[str, Decimal, tuple[int, int]]]) -> int:
    return sum(survey == "nps" and scale != (0, 10) for survey, _, scale in said)


def _mean(scores: Sequence[Decimal]) -> float:
    return float(sum(scores) / len(scores))
