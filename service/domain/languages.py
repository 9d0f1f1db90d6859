"""The languages of generated texts, and which of them a language tag asks for."""

from enum import StrEnum


class Language(StrEnum):
    """The languages that texts of ours are written in; the first is for whoever asks for none."""

    EN = "en"
    DE = "de"
    ES = "es"
    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"


_ONE_SCRIPT = {"en": Language.EN, "de": Language.DE, "es": Language.ES}
_TRADITIONAL = frozenset({"tw", "hk", "mo"})
"""Regions where Chinese is written in traditional characters unless the tag says otherwise."""


def understood(tag: str) -> Language | None:
    """The language of a tag (BCP 47), `de` of `de-AT` and `zh-Hant` of `zh-TW`; None: not ours."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    if first != "zh":
        return _ONE_SCRIPT.get(first)
    if "hans" in rest:
        return Language.ZH_HANS
    if "hant" in rest or not _TRADITIONAL.isdisjoint(rest):
        return Language.ZH_HANT
    return Language.ZH_HANS
