"""What the picture of a map is made of: its line, its words, its colours, its Markdown."""

import re
from itertools import pairwise
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.insights.escaping import marked_down as markdown_of
from service.domain.insights.maps.content import initials
from service.domain.insights.maps.curve_line import height, pieces
from service.domain.insights.maps.palette import BY_DAY, BY_NIGHT, MEANING
from service.domain.insights.maps.words import duration, words
from service.domain.languages import Language

RATINGS = st.lists(st.none() | st.integers(-4, 4).map(lambda halves: halves / 2), max_size=12)


def points(path: str) -> list[tuple[float, float]]:
    """The points of one cubic."""
    numbers = [float(found) for found in re.findall(r"-?[\d.]+(?:e-?\d+)?", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@given(RATINGS)
def test_the_pieces_of_a_line_meet_and_pass_through_every_rating(
    ratings: list[float | None],
) -> None:
    cut = pieces(ratings)
    assert len(cut) == len(ratings)
    rated = [place for place, rating in enumerate(ratings) if rating is not None]
    drawn = [
        [(place + x / 100, y) for x, y in points(piece.path)]
        for place, line in enumerate(cut)
        for piece in line
    ]
    if len(rated) < 2:
        assert not drawn
        return
    assert drawn[0][0] == pytest.approx((rated[0] + 0.5, height(ratings[rated[0]] or 0)), abs=0.02)
    assert drawn[-1][-1][0] == pytest.approx(rated[-1] + 0.5, abs=0.001)
    for before, after in pairwise(drawn):
        assert before[-1] == pytest.approx(after[0], abs=0.02)
    ends = {(round(x, 2), round(y)) for line in drawn for x, y in (line[0], line[-1])}
    for place in rated:
        assert (place + 0.5, round(height(ratings[place] or 0))) in ends


@given(RATINGS)
def test_a_line_bridges_unrated_steps_and_no_others(ratings: list[float | None]) -> None:
    for place, line in enumerate(pieces(ratings)):
        for piece in line:
            (x, _), *_, (end, _) = points(piece.path)
            near = [place - 1, place] if x == 0 and end == 50 else [place, place + 1]
            if x == 0 and end == 100:
                near = [place]
            if not piece.bridges:
                assert all(ratings[one] is not None for one in near)


def test_every_word_is_there_in_every_language_with_the_same_places() -> None:
    english = words(Language.EN)
    for language in Language:
        said = words(language)
        assert said.keys() == english.keys()
        for name, text in said.items():
            assert text.strip() == text != ""
            assert places(text) == places(english[name]), (language, name)


def places(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 s"),
        (119, "119 s"),
        (120, "2 min"),
        (5400, "90 min"),
        (9000, "2.5 h"),
        (259_200, "3 days"),
    ],
)
def test_a_wait_is_told_in_a_unit_that_people_use(seconds: int, said: str) -> None:
    assert duration(words(Language.EN), seconds) == said


@pytest.mark.parametrize("colours", [BY_DAY, BY_NIGHT], ids=["day", "night"])
def test_every_text_can_be_told_from_its_ground(colours: dict[str, str]) -> None:
    grounds = ("paper", "band")
    for name in ("ink", "quiet", "good", "bad", "even", "warn", *set(MEANING.values())):
        for ground in grounds:
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
        if f"{name}-tint" in colours:
            assert contrast(colours[name], colours[f"{name}-tint"]) >= 4.5, name


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ann", "A"), ("ann de boer", "AB"), ("  ", "?"), ("王小明", "王"), ("«!»", "?"), ("", "?")],
)
def test_a_name_has_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a | b", r"a \| b"),
        ("<script>", r"\<script\>"),
        ("1. no list", r"1\. no list"),
        ("# no heading", r"\# no heading"),
        ("- no item", r"\- no item"),
        ("[a](javascript:b)", r"\[a\](javascript:b)"),
        ("R&D &amp; more", r"R\&D \&amp; more"),
        ("two\nlines", "two lines"),
        ("`code` *b* _c_ ~d~ \\", r"\`code\` \*b\* \_c\_ \~d\~ \\"),
    ],
)
def test_a_text_stays_text_in_markdown(text: str, plain: str) -> None:
    assert markdown_of(text) == plain
