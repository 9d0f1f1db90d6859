"""How deep values of a message stand within each other."""

import msgspec

from service.domain.errors import Malformed, pointer
from service.domain.events.splitting import members
from service.domain.events.storable import nameable

DEEPEST = 32
"""Objects and lists within each other, the message itself included."""


def too_deep(raw: bytes, deepest: int = DEEPEST) -> bool:
    """Whether more objects and lists stand within each other than may."""
    return raw.count(b"{") + raw.count(b"[") > deepest and _depth(raw) > deepest


def member_too_deep(raw: bytes) -> str:
    """The pointer of the member in which they do; empty where that cannot be told."""
    try:
        found = next(name for name, value in members(raw) if too_deep(value, DEEPEST - 1))
        name = msgspec.json.decode(found, type=str)
    except (Malformed, StopIteration, msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    return pointer(name) if nameable(name) else ""


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
