"""Reasons are codes that stay; what they mean goes with them in a sentence."""

import re

from msgspec import UNSET, json, structs

from service.domain.reasons import TEXTS
from service.domain.shares import proportion


def test_a_sentence_goes_with_its_code() -> None:
    nothing = proportion(0, 0)
    assert (nothing.reason, nothing.reason_text) == (
        "nothing_to_count",
        "There is nothing to count.",
    )
    assert json.decode(json.encode(nothing))["reason_text"] == nothing.reason_text
    known = structs.replace(nothing, value=0.5, reason=UNSET)
    assert "reason_text" not in json.decode(json.encode(known))
    other = structs.replace(nothing, reason="of_no_sentence")
    assert (other.reason, other.reason_text) == ("of_no_sentence", UNSET)


def test_codes_are_codes() -> None:
    assert all(re.fullmatch("[a-z_]+", code) for code in TEXTS)
    assert all(text.endswith((".", "kpis.")) for text in TEXTS.values())
