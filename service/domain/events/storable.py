"""What of a message can be stored: JSON in UTF-8 that Postgres takes and others can read.

Decoding checks it on the way: escapes, halves of surrogate pairs, numbers out of range. U+0000 is
JSON, and no text that Postgres stores.
"""

import json
import math
from typing import Any

import msgspec

DEEPEST = 32
"""Objects and lists within each other, the message itself included."""
_NUL = b"\\u0000"
NO_TEXT = "The message holds what is no text, or a number that is out of range."


_decode = msgspec.json.Decoder().decode


def all_storable(body: bytes) -> bool:
    """Whether no message of a body is to be looked at for these reasons, but for its depth."""
    if _NUL in body:
        return False
    try:
        _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def why_not(raw: bytes) -> tuple[str, str] | None:
    """Code and sentence of why one message cannot be stored; None when it can."""
    try:
        value = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _why(raw)
    if _NUL in raw and _holds_nul(value):
        return "text_not_storable", "A text holds the character U+0000."
    return None


def _why(raw: bytes) -> tuple[str, str]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return "json_invalid", "The message is not JSON in UTF-8."
    if not isinstance(value, dict):
        return "wrong_type", "A message must be a JSON object."
    if _has(value, lambda one: isinstance(one, float) and not math.isfinite(one)):
        return "number_out_of_range", "A number is out of range."
    return "text_not_storable", "A text holds half of a surrogate pair."


def too_deep(raw: bytes) -> bool:
    """Whether more objects and lists stand within each other than may."""
    return raw.count(b"{") + raw.count(b"[") > DEEPEST and _depth(raw) > DEEPEST


def _depth(raw: bytes) -> int:
    """How deep brackets stand within each other, outside of texts."""
    deepest = now = 0
    in_text = escaped = False
    for byte in raw:
        if in_text:
            in_text = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            now += 1
            deepest = max(deepest, now)
        elif byte in b"]}":
            now -= 1
    return deepest


def _holds_nul(value: Any) -> bool:
    return _has(value, lambda one: isinstance(one, str) and "\x00" in one)


def _has(value: Any, wanted: Any) -> bool:
    if isinstance(value, dict):
        return any(wanted(name) or _has(inner, wanted) for name, inner in value.items())
    if isinstance(value, list):
        return any(_has(inner, wanted) for inner in value)
    return bool(wanted(value))
