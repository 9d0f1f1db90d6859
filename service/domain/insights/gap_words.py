"""Gaps and strengths in words: a sentence for each code, in the caller's language."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from service.domain.insights.gap import Explanation, Gap, Strength, Value
from service.domain.insights.picture_words import signed
from service.domain.languages import Language

_FOLDER = Path(__file__).parent / "said"
_NAMED = frozenset({"dimensions", "fields", "kind"})
"""Values that are words of ours, told in the reader's language."""
_STALE = "evidence_stale_beside"
_SIGNED = frozenset({"rating", "change"})


class Said(Struct, frozen=True):
    """The sentences of a language, its words for ours, and how it lists them."""

    join: str
    names: dict[str, str]
    texts: dict[str, str]


@lru_cache
def said(language: Language) -> Said:
    """The sentences of a language; its file is read when first asked for."""
    return msgspec.json.decode((_FOLDER / f"{language}.json").read_bytes(), type=Said)


def tell(found: Iterable[Gap | Strength], language: Language) -> None:
    """Put the sentence to the explanation of each."""
    words = said(language)
    for one in found:
        one.explanation.text = sentence(one.explanation, words)


def sentence(explanation: Explanation, words: Said) -> str:
    """The sentence of an explanation, and a second one where stale findings count beside it."""
    shown = _shown(explanation.values, words)
    beside = words.texts[_STALE] if "stale" in shown else ""
    return (words.texts[explanation.code] + beside).format_map(shown)


def _shown(values: Mapping[str, Value], words: Said) -> dict[str, str]:
    return {name: _text(name, value, words) for name, value in values.items()}


def _text(name: str, value: Value, words: Said) -> str:
    if isinstance(value, list):
        return words.join.join(words.names.get(one, one) for one in value)
    if isinstance(value, str):
        return words.names.get(value, value) if name in _NAMED else value
    if name in _SIGNED and isinstance(value, int | float):
        return signed(float(value))
    return f"{value:g}" if isinstance(value, float) else str(value)
