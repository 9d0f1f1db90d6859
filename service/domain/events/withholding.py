"""What of a message may not wait: values of sensitive traits, wherever it would tell them.

Whose it is, and what they granted, is known once it is taken, and may change while it waits.
"""

import json
import re
from collections.abc import Mapping, Set
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from service.domain.errors import Malformed, pointer
from service.domain.events.message import Refused
from service.domain.events.splitting import members

NOT_KEPT = "the values of these were not kept, and have to be sent again: "
_CUT = "what follows the name of a sensitive trait was not kept"
_GROUPS = frozenset({"group", "g"})
_Places = Mapping[str, "_Places | None"]
"""Where values stand that go, by the names of members; None: here."""


class Left(NamedTuple):
    """What is left of a message or context, pointers to what was taken out of it, and whether it
    ends where a sensitive trait is named, because it could not be read.
    """

    raw: bytes
    gone: tuple[str, ...] = ()
    is_cut: bool = False


def tells_traits(raw: bytes | None) -> bool:
    """Whether a message or context may tell traits; to be sure it has to be read."""
    # A letter may be written as a number.
    return raw is not None and (b"traits" in raw or b"\\u" in raw)


def left_of(raw: bytes, names: Set[str], kind: str | None = None) -> Left:
    """A message without the values of traits of these names.

    `kind` is its type where it says none: what an organisation is told to have is nobody's. What is
    no JSON object ends before the first of the names.
    """
    traits = dict.fromkeys(names)
    places: dict[str, _Places] = {"traits": traits, "context": {"traits": traits}}
    if not tells_traits(raw):
        return Left(raw)
    told = _read(raw)
    if isinstance(told, dict) and str(told.get("type") or kind).lower() in _GROUPS:
        del places["traits"]
    return _left(raw, told, places, (), _spelled(frozenset(names)))


def left_around(context: bytes, names: Set[str]) -> Left:
    """The same of what a batch says of all its messages."""
    if not tells_traits(context):
        return Left(context)
    places = {"traits": dict.fromkeys(names)}
    return _left(context, _read(context), places, ("context",), _spelled(frozenset(names)))


def without_sensitive(one: Refused, names: Set[str]) -> Refused:
    """A message as it may be kept, its detail telling what was taken out of it."""
    left = left_of(one.raw, names, one.type)
    around = None if one.context is None else left_around(one.context, names)
    gone = dict.fromkeys((*left.gone, *(around.gone if around else ())))
    if not gone and not left.is_cut:
        return one
    said = [one.detail, NOT_KEPT + ", ".join(gone) if gone else "", _CUT if left.is_cut else ""]
    return structs.replace(
        one,
        raw=left.raw,
        context=around and around.raw,
        detail="; ".join(filter(None, said)),
        # A pointer into a value tells names that stand in it.
        pointer=next((at for at in gone if f"{one.pointer}/".startswith(f"{at}/")), one.pointer),
    )


def _read(raw: bytes) -> object:
    try:
        return json.loads(raw, parse_int=float)
    except (ValueError, RecursionError):
        return None


def _left(
    raw: bytes, told: object, places: _Places, at: tuple[str, ...], spelled: re.Pattern[bytes]
) -> Left:
    gone: list[str] = []
    try:
        if not isinstance(told, dict):
            raise Malformed("It is no JSON object.")
        kept = _without(raw, places, at, spelled, gone)
    except Malformed:
        found = spelled.search(raw)
        return Left(raw) if found is None else Left(raw[: found.start()], is_cut=True)
    return Left(kept, tuple(dict.fromkeys(gone))) if gone else Left(raw)


def _without(
    raw: bytes, places: _Places, at: tuple[str, ...], spelled: re.Pattern[bytes], gone: list[str]
) -> bytes:
    """What stands at a place, without what goes: all of it where it is no object, but names some
    of that.
    """
    if not raw.lstrip().startswith(b"{"):
        if spelled.search(raw) is None:
            return raw
        gone.append(pointer(*at))
        return b"null"
    kept = []
    for written, value in members(raw):
        name = json.loads(written)
        below = places.get(name)
        if below is not None:
            kept.append(written + b":" + _without(value, below, (*at, name), spelled, gone))
        elif name in places and value.strip() != b"null":
            gone.append(pointer(*at, name))
        else:
            kept.append(written + b":" + value)
    return b"{" + b",".join(kept) + b"}"


@lru_cache(maxsize=64)
def _spelled(names: frozenset[str]) -> re.Pattern[bytes]:
    """Finds any of the names by itself, in whatever way JSON may write its letters."""
    ways = ("".join(map(_letter, name)) for name in sorted(names))
    return re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)".encode(), re.IGNORECASE)


def _letter(one: str) -> str:
    escaped = "".join(rf"\\u{unit:04x}" for unit in _units(one))
    return f"(?:{re.escape(one)}|{escaped})"


def _units(one: str) -> list[int]:
    coded = one.encode("utf-16-be")
    return [int.from_bytes(coded[n : n + 2]) for n in range(0, len(coded), 2)]
