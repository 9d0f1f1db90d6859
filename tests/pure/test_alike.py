"""Texts that are alike: by their words, in any script, at a bounded cost."""

import pytest

from service.domain.insights.themes import MOST_VISITS, Mention, suggested, words_of


def mention(text: str, journey_id: str) -> Mention:
    return Mention("pain", text, journey_id, f"Map {journey_id}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The fees are TOO high!", {"fees", "too", "high"}),
        ("ＦＥＥＳ", {"=fees"}),
        ("等待太长", {"等待", "待太", "太长"}),
        ("长", {"=长"}),
        ("App 很慢", {"app", "很慢"}),
        ("Gebühren—zu hoch", {"gebühren", "hoch"}),
        ("So be it!", {"=so be it"}),
        ("The fees", {"=the fees"}),
        ("…!", set()),
        ("", set()),
    ],
)
def test_words_are_those_that_tell_texts_apart(text: str, words: set[str]) -> None:
    assert words_of(text) == words


def test_texts_of_one_map_alone_are_no_suggestion() -> None:
    found, excluded = suggested([mention("long wait", "1"), mention("long wait", "1")], [])
    assert (found, excluded) == ([], [])
    found, _ = suggested([mention("long wait", "1"), mention("Wait, long!", "2")], [])
    assert [(one.text, one.similarity, one.journeys) for one in found] == [("long wait", 1.0, 2)]
    assert suggested([mention("long wait", "1"), mention("long wait", "2")], ["Long wait"])[0] == []


def test_half_of_all_words_in_common_is_alike_and_less_is_not() -> None:
    texts = ["alpha beta gamma", "alpha beta delta", "alpha epsilon zeta"]
    found, _ = suggested([mention(text, str(n)) for n, text in enumerate(texts)], [])
    assert [(one.similarity, one.count) for one in found] == [(0.5, 2)]


def test_a_text_joins_the_group_it_is_most_like() -> None:
    texts = ["one1 two2 three3", "one1 four4 five5", "one1 four4 five5 six6"]
    found, _ = suggested([mention(text, str(n)) for n, text in enumerate(texts)], [])
    assert [one.text for one in found] == ["one1 four4 five5"]


def test_what_would_take_too_long_is_left_out_and_counted() -> None:
    common = [f"w{n:03}" for n in range(100)]
    texts = [" ".join([*common, *(f"u{m}x{n}" for n in range(150))]) for m in range(2000)]
    _, (left,) = suggested([mention(text, str(n)) for n, text in enumerate(texts)], [])
    assert left.reason == "too_many_comparisons"
    compared = 2000 - left.count
    assert 100 * compared * (compared - 1) / 2 <= MOST_VISITS
