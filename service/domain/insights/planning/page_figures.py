"""Figures of the plan's page as people write and say them in a language."""

from decimal import Decimal

from service.domain.insights.planning.material import Amount
from service.domain.insights.planning.page_words import PageWords

_BANDS = ((70.0, 0), (40.0, 1), (0.0, 2))
SEVERITY = ("severe", "middling", "slight")
PROMISE = ("much", "some", "little")
"""Words for what is at least 70, at least 40, or less, of 100."""


def amount(value: Decimal, said: PageWords) -> str:
    """A sum with thousands told apart; with decimals only where it has some, two at least."""
    whole = value == value.to_integral_value()
    digits = 0 if whole else max(2, -int(value.normalize().as_tuple().exponent))
    return _localised(f"{value:,.{digits}f}", said)


def money(cost: Amount | None, said: PageWords) -> str:
    """An amount with its currency; nothing where it is unknown."""
    return "" if cost is None else f"{amount(cost.amount, said)}\u00a0{cost.currency}"


def plain(value: float | None, said: PageWords) -> str:
    """A figure with at most two decimals; nothing where it is unknown."""
    if value is None:
        return ""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return _localised("0" if text == "-0" else text, said)


def of_100(value: float, words: tuple[str, str, str], said: PageWords) -> str:
    """A figure of 100 in a word, and as it is."""
    rounded = round(value)
    band = next((place for least, place in _BANDS if rounded >= least), len(words) - 1)
    return said["of_100"].format(word=said[words[band]], value=rounded)


def share(value: float, said: PageWords) -> str:
    """A share of 1 in per cent."""
    return said["per_cent"].format(f"{100 * value:.0f}")


def _localised(text: str, said: PageWords) -> str:
    return text.translate({ord(","): said["thousands"], ord("."): said["decimal"]})
