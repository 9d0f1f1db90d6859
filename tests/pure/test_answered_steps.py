"""Survey answers joined with findings: the sums of the two are those of all of them at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.insights.answered.joining import Felt, joined
from service.domain.insights.emotion_curve import CurveStep
from service.domain.insights.observed import Findings, observed

STEPS = [CurveStep("1", "look", "s"), CurveStep("2", "pay", "s")]
FELT = st.integers(-8, 8).map(lambda quarters: quarters / 4)


def findings(pairs: list[tuple[float, float]]) -> Findings:
    """The sums over (sentiment, weight)."""
    total = sum(w for _, w in pairs)
    mean = sum(x * w for x, w in pairs) / total
    spread = sum(w * (x - mean) ** 2 for x, w in pairs) / total
    squares = sum(w * w for _, w in pairs)
    return Findings("2", len(pairs), len(pairs), mean, total, squares, spread)


@given(
    st.lists(st.tuples(FELT, st.sampled_from([0.5, 1.0, 3.0])), max_size=6),
    st.lists(FELT, max_size=6),
)
def test_answers_count_as_findings_of_weight_1(
    pairs: list[tuple[float, float]], answers: list[float]
) -> None:
    before = [findings(pairs)] if pairs else []
    found = joined(before, [Felt("pay", one, 1) for one in answers], STEPS)
    every = pairs + [(one, 1.0) for one in answers]
    if not every:
        assert found == []
        return
    (one,), expected = found, findings(every)
    assert (one.step_id, one.attached, one.counted) == ("2", len(every), len(every))
    for name in ("mean", "weight", "squares", "spread"):
        assert getattr(one, name) == pytest.approx(getattr(expected, name), abs=1e-12)
    told, wanted = observed(one), observed(expected)
    assert told is not None
    assert wanted is not None
    assert told.low == pytest.approx(wanted.low)


def test_what_does_not_count_is_left_out_by_its_reason_and_other_steps_are_nowhere() -> None:
    answers = [Felt("pay", "no_score", 2), Felt("pay", "test_contact", 1), Felt("gone", 2.0, 1)]
    (one,) = joined([Findings("2", 1, left_out={"test_contact": 1})], answers, STEPS)
    assert (one.attached, one.counted) == (1, 0)
    assert one.left_out == {"test_contact": 2, "no_score": 2}
