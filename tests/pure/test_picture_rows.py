"""Rows of a text that is broken: one direction for all of them, by the text as a whole."""

from service.domain.insights.maps.sheet import Sheet, rows

ARABIC = "يقرأ ما كتبه الآخرون عن تجربتهم"


def test_all_rows_of_a_text_have_its_direction() -> None:
    told = rows(f"Emotion curve. Lows: \u2068{ARABIC}\u2069 (−2).", "text", 120)
    assert len(told) > 3
    assert {row.runs_left for row in told} == {False}
    assert {row.runs_left for row in rows(f"{ARABIC} in English and more", "text", 90)} == {True}
    sheet = Sheet(900, right_to_left=True)
    sheet.block(told, 32, 20)
    assert all('text-anchor="end"' in part and "direction" not in part for part in sheet.parts)


def test_what_is_isolated_stays_so_in_every_row() -> None:
    told = rows(f"Lows: \u2068{ARABIC}\u2069 (−2) and more.", "text", 90)
    assert len(told) > 2
    for row in told:
        assert row.text.count("\u2068") == row.text.count("\u2069")
    inside = [row.text for row in told if any(word in row.text for word in ARABIC.split())]
    assert all("\u2068" in text for text in inside)
