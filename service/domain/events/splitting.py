"""A body taken apart: a batch into its messages, without reading what is in them.

What a decoder cannot read is looked for by brackets alone, so that one message which is no JSON
does not take its batch with it.
"""

import re
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from service.domain.errors import Malformed
from service.domain.events.wire import NOTHING

NO_OBJECT = 'The body is no JSON object: send one message, or {"batch": [messages]}.'


class Body(NamedTuple):
    """The messages of a body, in order, and what the batch says of all of them; whether all of it
    is JSON.
    """

    messages: list[Raw]
    sent_at: Any = None
    context: Raw = NOTHING
    is_json: bool = True


class _Batch(Struct, gc=False, rename="camel"):
    batch: list[Raw] | None = None
    sent_at: Any = None
    context: Raw = NOTHING


_read = msgspec.json.Decoder(_Batch).decode


def split(body: bytes) -> Body:
    """The messages of a body. Raises `Malformed` for what is no JSON object."""
    is_json = True
    try:
        found = _read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found, is_json = _salvaged(body), False
    if found.batch is None:
        return Body([Raw(body)], is_json=is_json)
    return Body(found.batch, found.sent_at, found.context, is_json)


class _Keyed(Struct, gc=False, rename="camel"):
    write_key: Any = None


_keyed = msgspec.json.Decoder(_Keyed).decode
_KEY = re.compile(rb'"writeKey"[ \t\r\n]*+:[ \t\r\n]*+"([!#-\[\]-~]{1,200})"')


def write_key(body: bytes) -> str | None:
    """The write key that a body names; None where it names none.

    A body that is no JSON must name one alone, wherever: nobody is known yet, so it is
    searched and not read.
    """
    if b'"writeKey"' not in body:
        return None
    try:
        found = _keyed(body).write_key
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _only_key(body)
    return found if isinstance(found, str) else None


def _only_key(body: bytes) -> str | None:
    found = None
    for match in _KEY.finditer(body):
        if found is not None and match[1] != found:
            return None
        found = match[1]
    return None if found is None else found.decode()


def without_keys(raw: bytes) -> bytes:
    """A message that is put aside, whatever is left of it: without the write keys in it."""
    return _ANY_KEY.sub(rb'"writeKey":null', raw) if b'"writeKey"' in raw else raw


def _salvaged(body: bytes) -> _Batch:
    """The same by brackets alone."""
    found = dict(members(body))
    if b'"batch"' not in found:
        return _Batch()
    listed = found[b'"batch"'].strip()
    if listed == b"null":
        return _Batch()
    if not (listed.startswith(b"[") and listed.endswith(b"]")):
        raise Malformed("batch must be a list of messages.")
    inner = listed[1:-1]
    messages = [part.strip() for part in _parts(inner)] if inner.strip() else []
    return _Batch([Raw(one) for one in messages], _or_none(found.get(b'"sentAt"')))


def _or_none(raw: bytes | None) -> Any:
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def members(body: bytes) -> list[tuple[bytes, bytes]]:
    """The members of an object: the name as it is written, and the value, unread.

    Raises `Malformed` for what is no object.
    """
    whole = body.strip()
    if not (whole.startswith(b"{") and whole.endswith(b"}")):
        raise Malformed(NO_OBJECT)
    named = (_NAME.match(part) for part in _parts(whole[1:-1]))
    return [(found[1], found[2]) for found in named if found]


_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# Its value is a text, what there is of one that nothing closes, or no text at all.
_ANY_KEY = re.compile(rb'"writeKey"\s*+:\s*+(?:' + _TEXT + rb'|"[^"]*+|[^\s,{}\[\]"]*+)', re.DOTALL)
_NAME = re.compile(rb"\s*+(" + _TEXT + rb")\s*+:(.*+)", re.DOTALL)
# All up to the next brackets or comma outside of texts, or a quote that nothing closes; or the end.
_NEXT = re.compile(
    rb'(?:[^"\[\]{},]++|\[\]|{}|' + _TEXT + rb')*+([\[{]++|[\]}]++|[,"]|\Z)', re.DOTALL
)


def _parts(raw: bytes) -> list[bytes]:
    """`raw` cut at commas outside of texts and brackets. Raises `Malformed` where these are odd."""
    parts, begins, deep = [], 0, 0
    for found in _NEXT.finditer(raw):
        mark = found[1]
        if mark == b",":
            if deep == 0:
                parts.append(raw[begins : found.end() - 1])
                begins = found.end()
        elif mark[:1] in _OPENING:
            deep += len(mark)
        elif len(mark) > deep or mark == b'"':
            raise Malformed(NO_OBJECT)
        else:
            deep -= len(mark)
    if deep:
        raise Malformed(NO_OBJECT)
    return [*parts, raw[begins:]]


_OPENING = frozenset((b"[", b"{"))
