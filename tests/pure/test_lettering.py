"""Text fitted without a font: legible, cut where readers see characters end, turned right."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.insights.lettering import is_right_to_left, legible, shortened, width, wrapped

FAMILY = "👨‍👩‍👧"

texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


def test_characters_that_xml_forbids_are_dropped() -> None:
    assert legible("a\x00b\x08c\x1fd\ud800e\udffff\ufffeg\uffffh\x85i\x7f") == "abcdefghi"
    assert legible("one\ntwo\t three\r\n") == "one two three"
    assert legible(f"客户 {FAMILY} é") == f"客户 {FAMILY} é"


def test_marks_that_would_turn_other_texts_are_dropped() -> None:
    assert legible("\u202eevil\u202c \u2066a \u2067b") == "evil a b"
    assert legible("a\u2069 b\u2068") == "a b"
    # An isolate of our own, and one that somebody wrote, end where they end.
    assert legible("“\u2068عربي\u2069” (+1)") == "“\u2068عربي\u2069” (+1)"
    assert legible("right\u200fleft\u200e") == "right\u200fleft\u200e"


@given(st.text(st.sampled_from("aع \u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")))
def test_every_mark_of_direction_left_is_closed(text: str) -> None:
    left = re.sub("[\u2066-\u2068][^\u2066-\u2069]*\u2069", "", legible(text))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", left)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("abc", False), ("", False), ("العميل abc", True), ("(1) שלום", True), ("客户 العميل", False)],
)
def test_the_first_letter_with_a_direction_decides(text: str, expected: bool) -> None:
    assert is_right_to_left(text) is expected


@given(texts, st.integers(2, 30))
def test_a_shortened_text_fits_and_begins_like_the_whole(text: str, limit: int) -> None:
    cut = shortened(text, limit)
    assert width(cut) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))


@given(texts, st.integers(2, 12), st.integers(1, 4))
def test_wrapped_rows_fit_and_are_no_more_than_asked_for(text: str, limit: int, rows: int) -> None:
    lines = wrapped(text, limit, rows)
    assert len(lines) <= rows
    assert all(width(line) <= limit for line in lines)


def test_wide_characters_take_the_room_of_an_em() -> None:
    assert width("客户旅程") == 4.0
    assert width("e\u0301") == width("e")
    assert shortened("客户旅程地图", 4) == "客户旅…"


def test_a_cut_never_splits_what_readers_see_as_one_character() -> None:
    assert shortened(FAMILY * 5, 4) == FAMILY * 2 + "…"
    assert shortened("🇩🇪🇫🇷🇯🇵🇧🇷", 4) == "🇩🇪🇫🇷…"
    assert shortened("👍🏽👍🏽👍🏽👍🏽", 4) == "👍🏽👍🏽…"
    assert shortened("e\u0301" * 20, 4) == "e\u0301" * 5 + "…"


def test_rows_break_at_spaces_and_between_ideographs_but_not_before_closing_marks() -> None:
    assert wrapped("Compares three offers", 7, 3) == ["Compares", "three offers"]
    assert wrapped("收到报价，然后比较", 4, 3) == ["收到报", "价，然后", "比较"]
    assert wrapped("Incomprehensibilities", 5, 2)[0] == "Incompre"
