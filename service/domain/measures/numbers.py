"""Numbers and currencies as events tell them: the one rule by which all figures read them. Pure.

Events are stored as they come, and read leniently. A number is one of JSON, or a text that holds
one and nothing else. It has at most 100 digits before the point and 400 behind it, so that sums are
exact. A currency is a code of ISO 4217 in any case; whoever tells none has an unknown one, for a
workspace has no currency of its own.
"""

import re
from decimal import Context, Decimal

from service.domain.currencies import CURRENCIES

PLAIN = r"[+-]?[0-9]+(?:\.[0-9]+)?"
"""A number without an exponent, as a pattern."""
EXACT = Context(prec=1_000, Emax=999_999, Emin=-999_999)
"""By which numbers are added and multiplied: enough digits for the sum of any number of them."""
_TEXT = re.compile(rf"\s*({PLAIN}(?:[eE][+-]?[0-9]{{1,4}})?)\s*")
_LONGEST = 600
_BEFORE, _BEHIND = 100, 400


def number_of(word: object) -> Decimal | None:
    """The number that a value is or holds; None where it is none, or has too many digits."""
    if isinstance(word, str):
        found = _TEXT.fullmatch(word) if len(word) <= _LONGEST else None
        word = Decimal(found[1]) if found else None
    elif isinstance(word, int) and not isinstance(word, bool):
        word = Decimal(word)
    if not isinstance(word, Decimal) or not word.is_finite():
        return None
    exponent = word.as_tuple().exponent
    fits = word.adjusted() < _BEFORE and isinstance(exponent, int) and exponent >= -_BEHIND
    return word if fits else None


def currency_of(word: object) -> str | None:
    """The ISO 4217 code that a value is; None where it is none."""
    code = word.strip().upper() if isinstance(word, str) else None
    return code if code in CURRENCIES else None
