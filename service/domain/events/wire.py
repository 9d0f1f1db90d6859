"""A message as clients send it: one JSON object, read as far as it is known.

What nobody knows is ignored, and what is stored as it came is kept as bytes.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from service.domain.errors import pointer
from service.domain.events.storable import NO_TEXT

Text = str | int | float | None
NOTHING = Raw(b"")


class Wire(Struct, gc=False, rename="camel"):
    """The known members of a message. Ids that came as numbers are taken as text."""

    type: str | None = None
    message_id: Text = None
    user_id: Text = None
    anonymous_id: Text = None
    previous_id: Text = None
    group_id: Text = None
    event: str | None = None
    timestamp: datetime | None = None
    original_timestamp: datetime | None = None
    sent_at: Any = None
    name: Any = None
    category: Any = None
    channel: Any = None
    properties: Raw = NOTHING
    context: Raw = NOTHING
    traits: Raw = NOTHING


class Wrong(Exception):
    """What is wrong with one message: a stable code, a sentence, and the member."""

    def __init__(self, code: str, detail: str, at: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.pointer = at


_decode = msgspec.json.Decoder(Wire).decode
_members = msgspec.json.Decoder(dict[str, Raw]).decode
_loosely = msgspec.json.decode
_TEXTS = ("message_id", "user_id", "anonymous_id", "previous_id", "group_id")
_NAMED = {"message_id": "messageId", "user_id": "userId", "anonymous_id": "anonymousId"} | {
    "previous_id": "previousId",
    "group_id": "groupId",
    "original_timestamp": "originalTimestamp",
    "sent_at": "sentAt",
}


def read(raw: Raw | bytes) -> Wire:
    """The message in `raw`. Raises `Wrong` for what is none."""
    try:
        return _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Member by member: to take more forms of times, and to say what is wrong.
        return _slowly(raw)


def _slowly(raw: Raw | bytes) -> Wire:
    try:
        members = _members(raw)
    except msgspec.ValidationError as error:
        raise Wrong("wrong_type", "A message must be a JSON object.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Wrong("json_invalid", "The message is not JSON in UTF-8.") from error
    wire = Wire()
    for name in ("type", "event"):
        setattr(wire, name, _plain(members, name))
    for name in _TEXTS:
        setattr(wire, name, _id(members, _NAMED[name]))
    wire.timestamp = _time(members, "timestamp")
    if wire.timestamp is None:
        wire.original_timestamp = _time(members, "originalTimestamp")
    for name in ("sent_at", "name", "category", "channel"):
        setattr(wire, name, _any(members, _NAMED.get(name, name)))
    for name in ("properties", "context", "traits"):
        setattr(wire, name, members.get(name, NOTHING))
    return wire


def _any(members: dict[str, Raw], name: str) -> Any:
    raw = members.get(name)
    if raw is None:
        return None
    try:
        return _loosely(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Wrong("json_invalid", NO_TEXT, pointer(name)) from error


def _plain(members: dict[str, Raw], name: str) -> str | None:
    value = _any(members, name)
    if value is not None and not isinstance(value, str):
        raise Wrong("wrong_type", f"{name} must be a text.", pointer(name))
    return value


def _id(members: dict[str, Raw], name: str) -> Text:
    value = _any(members, name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int | float)):
        raise Wrong("wrong_type", f"{name} must be a text or a number.", pointer(name))
    return value


def _time(members: dict[str, Raw], name: str) -> datetime | None:
    value = _any(members, name)
    if value is None or value == "":
        return None
    found = instant(value)
    if found is None:
        detail = f"{name} must be a time as in 2026-05-01T09:30:00Z, in the years 1 to 9999."
        raise Wrong("invalid_time", detail, pointer(name))
    return found


def instant(value: Any) -> datetime | None:
    """A time in any form of ISO 8601, None for what is none. Without an offset it is in UTC."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        found = msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def text(value: Text) -> str | None:
    """An id as text: None for none and for an empty one. A whole number has no fraction."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def object_in(raw: Raw, *names: str) -> bytes | None:
    """The bytes of an object; None where there is none. Raises `Wrong`, by the names of members."""
    found = bytes(raw)
    if found[:1] == b"{":
        return found
    if found and found != _NULL:
        raise Wrong("wrong_type", f"{names[-1]} must be an object.", pointer(*names))
    return None


_NULL = b"null"
