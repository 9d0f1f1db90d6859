"""Gaps and strengths in words: a sentence for each code, in the caller's language.

The sentences are format strings whose values know how to stand in them. A number takes what it
counts, one and many: `{steps:# step|# steps}`. A list is joined as people do; with a format each
word of ours comes with its article: `{dimensions:wechselt #|wechseln #}`. Seconds are told in days,
hours or minutes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from service.domain.insights.gaps.gap import Gap, GapExplanation, Strength, Value
from service.domain.insights.picture_words import signed
from service.domain.insights.spans import in_units, number
from service.domain.languages import Language

_FOLDER = Path(__file__).parent / "said"
_NAMED = frozenset({"dimension", "dimensions", "fields", "kind"})
"""Values that are words of ours, told in the reader's language."""
_STALE, _OF_SESSIONS = "evidence_stale_beside", "_of_sessions"
_SIGNED = frozenset({"rating", "change"})
_LENGTHS = frozenset({"seconds", "limit_seconds", "waited_seconds", "waited_limit"})


class Said(Struct, frozen=True):
    """The sentences of a language, its words for ours, also with an article, its units of time
    (one and many), and how it lists: between two, and before the last.
    """

    join: str
    last: str
    names: dict[str, str]
    whole: dict[str, str]
    units: dict[str, str]
    texts: dict[str, str]


@dataclass(frozen=True)
class _Counted:
    """A number that says what it counts."""

    value: float

    def __format__(self, forms: str) -> str:
        return _counted(self.value, forms or "#", number(self.value))


@dataclass(frozen=True)
class _Signed:
    """A rating or a change of it, with its sign; where the sentence says which way, its `size`."""

    value: float

    def __format__(self, forms: str) -> str:
        return number(abs(self.value)) if forms == "size" else signed(self.value)


@dataclass(frozen=True)
class _Listed:
    """Words that are joined as people join them."""

    words: list[str]
    said: Said

    def __format__(self, forms: str) -> str:
        known = self.said.whole if forms else {}
        told = [known.get(one) or self.said.names.get(one, one) for one in self.words]
        before, last = self.said.join.join(told[:-1]), "".join(told[-1:])
        listed = f"{before}{self.said.last}{last}" if before else last
        return _counted(len(told), forms or "#", listed)


def _counted(count: float, forms: str, told: str) -> str:
    """One of two forms, `one|many`, or of a single one, with what is told in the place of #."""
    one, _, many = forms.partition("|")
    return (one if count == 1 else many or one).replace("#", told)


@lru_cache
def said(language: Language) -> Said:
    """The sentences of a language; its file is read when first asked for."""
    return msgspec.json.decode((_FOLDER / f"{language}.json").read_bytes(), type=Said)


def tell(found: Iterable[Gap | Strength], language: Language) -> None:
    """Put the sentence to the explanation of each."""
    words = said(language)
    for one in found:
        one.explanation.text = sentence(one.explanation, words)


def sentence(explanation: GapExplanation, words: Said) -> str:
    """The sentence of an explanation, and a second one where stale findings count beside it."""
    shown = _shown(explanation.values, words)
    beside = words.texts[_STALE] if "stale" in shown else ""
    code = explanation.code
    # What tells how many contacts tells of sessions otherwise.
    if explanation.values.get("unit") == "session":
        code += _OF_SESSIONS
    return (words.texts[code] + beside).format_map(shown)


def _shown(values: Mapping[str, Value], words: Said) -> dict[str, Any]:
    return {name: _told(name, value, words) for name, value in values.items()}


def _told(name: str, value: Value, words: Said) -> Any:
    if isinstance(value, list):
        return _Listed(value, words)
    if isinstance(value, str):
        return words.names.get(value, value) if name in _NAMED else value
    if value is None or isinstance(value, bool):
        return str(value)
    if name in _LENGTHS:
        unit, how_many = in_units(value)
        return format(_Counted(how_many), words.units[unit])
    return _Signed(float(value)) if name in _SIGNED else _Counted(value)
