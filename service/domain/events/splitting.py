"""A body taken apart: a batch into its messages, without reading what is in them.

What a decoder cannot read is looked for by brackets alone, so that one message which is no JSON
does not take its batch with it.
"""

from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from service.domain.errors import Malformed
from service.domain.events.wire import NOTHING

NO_OBJECT = 'The body is no JSON object: send one message, or {"batch": [messages]}.'


class Body(NamedTuple):
    """The messages of a body, in order, and what the batch says of all of them."""

    messages: list[Raw]
    sent_at: Any = None
    context: Raw = NOTHING


class _Batch(Struct, gc=False, rename="camel"):
    batch: list[Raw] | None = None
    sent_at: Any = None
    context: Raw = NOTHING


_read = msgspec.json.Decoder(_Batch).decode


def split(body: bytes) -> Body:
    """The messages of a body. Raises `Malformed` for what is no JSON object."""
    try:
        found = _read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = _salvaged(body)
    if found.batch is None:
        return Body([Raw(body)])
    return Body(found.batch, found.sent_at, found.context)


class _Keyed(Struct, gc=False, rename="camel"):
    write_key: Any = None


_keyed = msgspec.json.Decoder(_Keyed).decode


def write_key(body: bytes) -> str | None:
    """The write key that a body names; None where it names none."""
    try:
        found = _keyed(body).write_key
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        members = {name.strip(): raw for name, raw in _members(body)}
        found = _or_none(members.get(b'"writeKey"'))
    return found if isinstance(found, str) else None


def _salvaged(body: bytes) -> _Batch:
    """The same by brackets alone."""
    members = {name.strip(): raw for name, raw in _members(body)}
    if b'"batch"' not in members:
        return _Batch()
    listed = members[b'"batch"'].strip()
    if listed == b"null":
        return _Batch()
    if not (listed.startswith(b"[") and listed.endswith(b"]")):
        raise Malformed("batch must be a list of messages.")
    inner = listed[1:-1]
    messages = [part.strip() for part in _parts(inner, b",")] if inner.strip() else []
    return _Batch([Raw(one) for one in messages], _or_none(members.get(b'"sentAt"')))


def _or_none(raw: bytes | None) -> Any:
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _members(body: bytes) -> list[tuple[bytes, bytes]]:
    whole = body.strip()
    if not (whole.startswith(b"{") and whole.endswith(b"}")):
        raise Malformed(NO_OBJECT)
    pairs = [_parts(part, b":", 1) for part in _parts(whole[1:-1], b",")]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def _parts(raw: bytes, mark: bytes, most: int = -1) -> list[bytes]:
    """`raw` cut at a mark outside of texts and brackets. Raises `Malformed` where these are odd."""
    parts, begins, deep, in_text, escaped = [], 0, 0, False, False
    for place, byte in enumerate(raw):
        if in_text:
            in_text = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            deep += 1
        elif byte in b"]}":
            deep -= 1
            if deep < 0:
                raise Malformed(NO_OBJECT)
        elif byte == mark[0] and deep == 0 and most != 0:
            parts.append(raw[begins:place])
            begins, most = place + 1, most - 1
    if deep or in_text:
        raise Malformed(NO_OBJECT)
    return [*parts, raw[begins:]]
