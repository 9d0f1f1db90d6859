"""The language of generated texts: what Accept-Language asks for, and that all is translated."""

import string
from collections.abc import Iterator
from typing import Any

import pytest

from service.api.negotiating import in_language, language
from service.domain.journeys import ready
from service.domain.languages import Language

OTHERS = [one for one in Language if one is not Language.EN]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("fr", "en"),
        ("fr, de;q=0.1", "de"),
        ("de;q=0.5, es;q=0.8, en;q=0.7", "es"),
        ("de, es", "de"),
        ("de;q=0", "en"),
        ("en;q=0, *", "de"),
        ("de;q=0, en;q=0, *;q=0.1", "es"),
        ("*;q=0.5, es;q=0.4", "en"),
        ("de;q=0.8, de-AT;q=0.2, es;q=0.5", "de"),
        ("zh", "zh-Hans"),
        ("zh-CN, zh;q=0.9", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-hk;q=0.9, en;q=0.8", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-Hans-TW", "zh-Hans"),
        ("de;q=nan, es;q=0.1", "es"),
        ("de;q=x, es", "es"),
        (",;,=;q", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_the_language_liked_best_is_taken(asked: str | None, expected: str) -> None:
    assert language(asked) == expected


def test_answers_say_what_they_depend_on() -> None:
    assert in_language(Language.DE)["Content-Language"] == "de"
    assert "Accept-Language" in in_language(Language.DE)["Vary"]
    assert "Content-Language" not in in_language(None)


def texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a language, with the way to it."""
    if isinstance(value, str):
        yield at.removeprefix("/"), value
    elif value is not None:
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(one, f"{at}/{name}")


ENGLISH = dict(texts(ready.read("en")))


@pytest.mark.parametrize("other", OTHERS)
def test_every_text_is_there_in_every_language(other: Language) -> None:
    found = dict(texts(ready.read(other)))
    assert found.keys() == ENGLISH.keys()
    for at, text in found.items():
        assert text.strip() == text != ""
        assert text != ENGLISH[at], at


@pytest.mark.parametrize("other", [Language.ZH_HANS, Language.ZH_HANT])
def test_chinese_is_written_in_its_own_script(other: Language) -> None:
    for at, text in texts(ready.read(other)):
        letters = [c for c in text if c in string.ascii_letters]
        assert len(letters) <= len("IT"), (at, text)
        assert any("\u4e00" <= c <= "\u9fff" for c in text), (at, text)


def test_the_two_chinese_scripts_are_two() -> None:
    simple, full = (dict(texts(ready.read(one))) for one in OTHERS[2:])
    different = sum(simple[at] != full[at] for at in simple)
    assert different > 0.8 * len(simple)
    # Characters that are written in one of the two scripts alone.
    assert not any(
        set("们这个为产户问题开过还后进业务员发时会说对级") & set(t) for t in full.values()
    )
    assert not any(
        set("們這個為產戶問題開過還後進業務員發時會說對級") & set(t) for t in simple.values()
    )


def test_outline_and_texts_speak_of_the_same() -> None:
    outline, said = ready.read("outline"), ready.read("en")
    told = {t["key"]: {s["key"]: s for s in t["stages"]} for t in outline["templates"]}
    assert [one["key"] for one in outline["touchpoints"]] == list(said["touchpoints"])
    assert list(told) == list(said["templates"])
    for key, stages in told.items():
        spoken = said["templates"][key]["stages"]
        assert list(stages) == list(spoken)
        for name, stage in stages.items():
            assert [step["key"] for step in stage["steps"]] == list(spoken[name]["steps"])
            assert list(stage["questions"]) == list(spoken[name]["questions"])


@pytest.mark.parametrize("one", Language)
def test_keys_are_the_same_in_every_language(one: Language) -> None:
    for here, there in zip(ready.templates(one), ready.templates(Language.EN), strict=True):
        assert here["key"] == there["key"]
        keys = [
            [(s["key"], [t["key"] for t in s["steps"]]) for s in m["stages"]] for m in (here, there)
        ]
        assert keys[0] == keys[1]
        unique = [step for _, steps in keys[0] for step in steps]
        assert len(unique) == len(set(unique)), "steps of a map differ in key"
