"""How gaps are told: lengths of time, one and many, lists, in every language."""

from string import Formatter

import pytest

from service.domain.insights.gaps.gap import GapExplanation, Value
from service.domain.insights.gaps.words import said, sentence
from service.domain.languages import Language

LISTS = {"dimensions", "fields"}


def told(code: str, language: Language = Language.EN, **values: Value) -> str:
    return sentence(GapExplanation(code, values), said(language))


def test_times_are_told_as_people_say_them() -> None:
    ends: dict[str, Value] = {"from_step": "Ask", "to_step": "Sign"}
    text = told("silence", **ends, seconds=42 * 86_400.0, limit_seconds=14 * 86_400)
    assert "for 42 days; the limit is 14 days." in text
    waits: dict[str, Value] = {"step": "Call", "waited_seconds": 5400, "waited_limit": 300}
    assert "waits 90 minutes; the limit is 5 minutes." in told("effort_waiting", **waits)
    german = told("effort_waiting", Language.DE, **waits)
    assert "90 Minuten; die Grenze ist 5 Minuten." in german
    chinese = told("effort_waiting", Language.ZH_HANS, **waits)
    assert "等待 90 分钟；上限为 5 分钟。" in chinese


def test_a_fall_is_told_without_a_sign_and_a_rating_with_one() -> None:
    values: dict[str, Value] = {"step": "Wait", "before": "Sign", "change": -2.5, "rating": -1.5}
    text = told("emotional_low_and_drop", **values)
    assert text == "“Wait” is a low of the journey, rated −1.5: a fall of 2.5 from “Sign”."
    assert "um 2.5 auf −1.5" in told("emotional_drop", Language.DE, **values)


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        (Language.EN, "acts at 1 step and", "acts at 2 steps and"),
        (Language.DE, "handelt in 1 Schritt und", "handelt in 2 Schritten und"),
        (Language.ES, "actúa en 1 paso y", "actúa en 2 pasos y"),
    ],
)
def test_one_is_not_many(language: Language, one: str, many: str) -> None:
    for steps, words in ((1, one), (2, many)):
        values: dict[str, Value] = {"department": "sales", "steps": steps}
        assert words in told("department_never_reviewed", language, **values)


@pytest.mark.parametrize(
    ("language", "one", "three"),
    [
        (
            Language.EN,
            "there is another channel,",
            "there is another department, another channel and another device,",
        ),
        (
            Language.DE,
            "wechselt der Kanal.",
            "wechseln die Abteilung, der Kanal und das Gerät.",
        ),
        (
            Language.ES,
            "cambia el canal.",
            "cambian el departamento, el canal y el dispositivo.",
        ),
        (Language.ZH_HANS, "更换了渠道，", "更换了部门、渠道和设备，"),
        (Language.ZH_HANT, "更換了管道，", "更換了部門、管道和裝置，"),
    ],
)
def test_lists_are_joined_as_people_join_them(language: Language, one: str, three: str) -> None:
    for names, words in ((["channel"], one), (["department", "channel", "device"], three)):
        values: dict[str, Value] = {"from_step": "A", "to_step": "B", "dimensions": names}
        assert words in told("handoff_unmanaged", language, **values)


@pytest.mark.parametrize("language", Language)
def test_every_sentence_takes_the_same_values_in_every_language(language: Language) -> None:
    words, english = said(language), said(Language.EN)
    assert words.texts.keys() == english.texts.keys()
    assert words.names.keys() == english.names.keys()
    assert words.units.keys() == english.units.keys()
    for code, text in words.texts.items():
        named = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert named == {name for _, name, _, _ in Formatter().parse(english.texts[code]) if name}
        for number in (1, 2):
            values: dict[str, Value] = dict.fromkeys(named - LISTS, number)
            values |= {name: ["channel", "device"][:number] for name in named & LISTS}
            assert not set("#|{}") & set(told(code, language, **values)), code
