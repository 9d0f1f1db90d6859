"""What of a message can be stored: JSON in UTF-8 that Postgres takes and others can read.

Decoding checks it on the way: escapes, halves of surrogate pairs, numbers out of range. U+0000 is
JSON, and no text that Postgres stores.
"""

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from service.domain.errors import pointer

_NUL = b"\\u0000"
_ESCAPING = ord("\\")
NO_TEXT = "The message holds what is no text, or a number that is out of range."
_HALF = re.compile("[\ud800-\udfff]")
_UNNAMEABLE = re.compile("[\0\ud800-\udfff]")
_decode = msgspec.json.Decoder().decode


def all_storable(body: bytes) -> bool:
    """Whether no message of a body is to be looked at for these reasons, but for its depth.

    The body is JSON, as a decoder has found that kept all values as they came: what it does not
    look at is whether they are UTF-8, and how large numbers are.
    """
    # Most bodies escape nothing, and one byte is found much faster than six.
    if _ESCAPING in body and _NUL in body:
        return False
    try:
        body.decode()
        if not _numbers_are_small(body):
            _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


_DIGITS, _EXPONENT = 200, b"0e000"
"""A number with fewer digits than this, and an exponent of fewer than three, is in range."""
_AS_SEEN = bytes.maketrans(b"123456789EABCDFabcdf:,[\t\r\n", b"000000000exxxxxxxxxx      ")
_UNSEEN = bytes(set(range(256)) - set(b'0123456789EABCDFabcdfe.-" :,[\t\r\n'))
_FEW = 128
"""Bytes, of which no more than one place is looked at for being such a number."""


def _numbers_are_small(body: bytes) -> bool:
    """Whether none can be out of range, seen without reading any: that takes several times as long.

    Names such as `7e301…` are in texts: what stands before their digits is neither a blank, nor a
    colon, comma or bracket, as before a number.
    """
    seen = body.translate(_AS_SEEN, _UNSEEN)
    if b"0" * _DIGITS in seen:
        return False
    at = seen.find(_EXPONENT)
    for _ in range(len(body) // _FEW):
        if at < 0:
            return True
        if seen[max(0, at - _DIGITS) : at + 1].rstrip(b"0.-")[-1:] in (b" ", b""):
            return False
        at = seen.find(_EXPONENT, at + 1)
    return at < 0


def why_not(raw: bytes) -> tuple[str, str, str] | None:
    """Code, sentence and pointer of why one message cannot be stored; None when it can."""
    try:
        value = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _why(raw)
    if _NUL in raw and (found := _place(value, lambda one: "\x00" in one, str)) is not None:
        return "text_not_storable", "A text holds the character U+0000.", pointer(*found)
    return None


def _why(raw: bytes) -> tuple[str, str, str]:
    try:
        value = json.loads(raw, parse_int=float)
    except (ValueError, RecursionError):
        return "json_invalid", "The message is not JSON in UTF-8.", ""
    if not isinstance(value, dict):
        return "wrong_type", "A message must be a JSON object.", ""
    if (found := _place(value, lambda one: not math.isfinite(one), float)) is not None:
        return "number_out_of_range", "A number is out of range.", pointer(*found)
    found = _place(value, _HALF.search, str) or ()
    return "text_not_storable", "A text holds half of a surrogate pair.", pointer(*found)


def nameable(name: str) -> bool:
    """Whether a pointer that holds the name can be stored."""
    return _UNNAMEABLE.search(name) is None


def _place(
    value: Any, wanted: Callable[[Any], object], kind: type[str] | type[float]
) -> tuple[int | str, ...] | None:
    """Where the first of a kind stands that is wanted; of a name, where its object does."""
    if isinstance(value, dict):
        if kind is str and any(wanted(name) for name in value):
            return ()
        members: Iterable[tuple[int | str, Any]] = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    else:
        return () if isinstance(value, kind) and wanted(value) else None
    for name, inner in members:
        if (found := _place(inner, wanted, kind)) is not None:
            return (name, *found) if nameable(str(name)) else ()
    return None
