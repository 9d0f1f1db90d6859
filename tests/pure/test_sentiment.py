"""How a finding feels: sent, by rating, or by its words; and why it may be unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.evidence.sentiment import LONGEST, judged, mapped

FINITE = st.floats(-1e9, 1e9)


@given(FINITE, FINITE, st.floats(0, 1))
def test_a_rating_lies_between_the_ends_of_the_scale(first: float, last: float, at: float) -> None:
    if abs(first - last) < 1e-6:
        return
    value = min(max(first + at * (last - first), min(first, last)), max(first, last))
    assert (mapped(first, first, last), mapped(last, first, last)) == (-2, 2)
    assert -2 <= mapped(value, first, last) <= 2
    assert mapped(value, first, last) == pytest.approx(-mapped(value, last, first), abs=1e-6)


@given(st.text(max_size=300))
def test_any_text_is_scored_on_the_scale_or_says_why_not(text: str) -> None:
    found = judged(None, None, text, "en")
    assert (found.sentiment is None) is (found.reason is not None) is (found.basis is None)
    assert found.sentiment is None or -2 <= found.sentiment <= 2


@pytest.mark.parametrize("text", ["!" * LONGEST, "a.!" * 3000, "good but " * 1100, "." * LONGEST])
def test_a_text_of_signs_alone_ends(text: str) -> None:
    assert judged(None, None, text, "en").reason in (None, "no_known_words")


def test_each_sentence_counts_alike() -> None:
    bad, good = "That was terrible.", "That was great."
    alone = [judged(None, None, one, "en").sentiment for one in (bad, good)]
    both = judged(None, None, f"{bad} {good}", "en").sentiment
    assert alone[0] is not None and alone[1] is not None
    assert both == pytest.approx((alone[0] + alone[1]) / 2)
    assert judged(None, None, "That was not great.", "en").sentiment < 0
