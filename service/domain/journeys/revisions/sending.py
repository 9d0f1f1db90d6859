"""A map as it was read, as plain values: to be compared, or sent again.

Pure.
"""

from decimal import Decimal
from typing import Any

import msgspec

_SHORT = 17
"""Characters up to which a number surely survives as a float."""


def _number(text: str) -> float | Decimal:
    return float(text) if len(text) < _SHORT else Decimal(text)


exactly = msgspec.json.Decoder(float_hook=_number).decode
"""A document as plain values; a number that no float holds is a decimal."""


def sendable(shown: str) -> dict[str, Any]:
    """A map as it was read, to be sent again: money to the last digit."""
    found: dict[str, Any] = msgspec.json.decode(shown)
    found["value_per_conversion"] = exactly(shown)["value_per_conversion"]
    return found
