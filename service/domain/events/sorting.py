"""Sorting out messages of the tracking protocol: those that count, and what cannot be taken.

One bad message never spoils a batch: it is put aside with a stable code, its sentence and its
bytes. Only a body that is no JSON object at all is refused as a whole.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeGuard
from uuid import UUID

import msgspec
from msgspec import Raw, structs

from service.domain.errors import pointer
from service.domain.events import depth, dimensions, storable
from service.domain.events.contexts import Context, Contexts
from service.domain.events.dimensions import UNKNOWN, Dimensions
from service.domain.events.message import TELLING_TRAITS, Message, Refused, Sorted, Type
from service.domain.events.rows import traits_in
from service.domain.events.timing import EARLIEST, happened
from service.domain.events.wire import NOTHING, Wire, Wrong, instant, object_in, read, text
from service.domain.identities import ANONYMOUS, USER, known_as, of_source
from service.domain.ids import of_hash

LARGEST = 32 * 1024
"""Bytes of a message."""
LONGEST = 512
"""Bytes of an event's name, an id or a dimension."""
LONGEST_MESSAGE_ID = 100
"""Characters."""
LONGEST_CONTEXT = 4 * 1024
"""Bytes of a batch's context that are kept with each of its messages that is put aside."""

TYPES: dict[str, Type] = {
    "track": "track", "t": "track", "page": "page", "p": "page", "screen": "screen", "s": "screen",
    "identify": "identify", "i": "identify", "group": "group", "g": "group",
    "alias": "alias", "a": "alias",
}  # fmt: skip
"""What a type or a path is called, and what it is."""
_ALWAYS_SHORT = LONGEST // 4


class Sorting:
    """The sorting out of messages that came together."""

    def __init__(
        self,
        workspace_id: UUID,
        kind: str | None,
        received_at: datetime,
        oldest: datetime | None = None,
        *,
        sent_at: Any = None,
        context: Raw = NOTHING,
        rest: bool = False,
        public: bool = False,
    ) -> None:
        self.workspace_id = workspace_id
        self.kind = kind
        self.received_at = received_at
        self.oldest = EARLIEST if oldest is None else max(oldest, EARLIEST)
        self.sent_at = instant(sent_at)
        self._contexts = Contexts(context)
        self._sources = {one: of_source(workspace_id, one) for one in (USER, ANONYMOUS)}
        self._identities: dict[str, dict[str, bytes]] = {USER: {}, ANONYMOUS: {}}
        # A rest may read as the whole message does that it is of; and anybody may send by a public
        # key what a server is going to tell.
        whole = b"rest" if rest else b"public" if public else b"message"
        self._by_id, self._whole = (_hasher(workspace_id, by) for by in (b"id", whole))

    def sort(self, messages: list[Raw], *, doubtful: bool = True, begins: int = 0) -> Sorted:
        """All of them; `doubtful` when each is to be looked at for what cannot be stored, `begins`
        the place of the first.
        """
        taken: list[Message] = []
        refused: list[Refused] = []
        places: list[int] = []
        aside: list[int] = []
        batch = self._of_refused()
        # Of one body at most: what a load brings in all of its slices is too much to remember.
        for known in self._identities.values():
            known.clear()
        self._contexts.forget()
        for place, message in enumerate(messages, begins):
            raw = bytes(message)
            try:
                taken.append(self._message(raw, doubtful))
                places.append(place)
            except Wrong as wrong:
                at = wrong.pointer or None
                refused.append(Refused(raw, wrong.code, wrong.detail, at, self.kind, *batch))
                aside.append(place)
        return Sorted(taken, refused, places + aside, *batch)

    def _of_refused(self) -> tuple[str | None, bytes | None]:
        """What of the batch is needed to sort out one of its messages again, by itself."""
        sent_at = None if self.sent_at is None else self.sent_at.isoformat()
        context = self._contexts.of_batch
        kept = context is not None and len(context) <= LONGEST_CONTEXT
        return sent_at, context if kept else None

    def _message(self, raw: bytes, doubtful: bool) -> Message:
        if len(raw) > LARGEST:
            raise Wrong("too_large", f"A message is at most {LARGEST} bytes.")
        if depth.too_deep(raw):
            detail = f"Values stand more than {depth.DEEPEST} deep within each other."
            raise Wrong("too_deep", detail, depth.member_too_deep(raw))
        if doubtful and (why := storable.why_not(raw)):
            raise Wrong(*why)
        wire = read(raw)
        kind = TYPES.get(wire.type or self.kind or "") or self._type(wire)
        user_id = _id(wire.user_id, "userId")
        anonymous_id = _id(wire.anonymous_id, "anonymousId")
        previous_id = _id(wire.previous_id, "previousId") if kind == "alias" else None
        who = self._who(user_id, anonymous_id, previous_id)
        event = _event(wire, kind)
        timestamp = happened(wire, self.received_at, self.sent_at, self.oldest)
        properties = object_in(wire.properties, "properties")
        context = self._contexts.of(wire.context)
        if kind in _VIEWS and (wire.name is not None or wire.category is not None):
            properties = _named(wire, properties)
        around = _around(wire, properties, context)
        key, message_id = self._key(wire, kind, raw)
        traits, in_context = _traits(wire, context) if kind in TELLING_TRAITS else (None, False)
        return Message(
            key,
            message_id,
            kind,
            who,
            timestamp,
            raw,
            event,
            user_id,
            anonymous_id,
            previous_id,
            _id(wire.group_id, "groupId") if kind == "group" else None,
            around.device,
            around.channel,
            around.department,
            around.campaign,
            properties,
            None if context is None else context.raw,
            traits,
            in_context,
            None,
            context is not None and context.tells_traits,
        )

    def _type(self, wire: Wire) -> Type:
        said = wire.type or self.kind
        if said is None:
            raise Wrong("type_missing", "The message has no type.", "/type")
        kind = TYPES.get(said) or TYPES.get(said.lower())
        if kind is None:
            known = "track, page, screen, identify, group or alias"
            raise Wrong("type_unknown", f"A type is {known}.", "/type")
        return kind

    def _who(self, user_id: str | None, anonymous_id: str | None, previous_id: str | None) -> bytes:
        if user_id is not None:
            source, value = USER, user_id
        elif previous_id is not None:
            source, value = USER, previous_id
        elif anonymous_id is not None:
            source, value = ANONYMOUS, anonymous_id
        else:
            detail = "The message says of nobody: userId or anonymousId is needed."
            raise Wrong("id_missing", detail, "/userId")
        known = self._identities[source]
        found = known.get(value)
        if found is None:
            found = known[value] = known_as(self._sources[source], value)
        return found

    def _key(self, wire: Wire, kind: Type, raw: bytes) -> tuple[bytes, str]:
        """What the message is known by for ever, and its id: where it has none, one made of it."""
        message_id = text(wire.message_id)
        if message_id is None:
            key = _hashed(self._whole, _canonical(raw, kind))
            return key, str(UUID(bytes=key))
        if len(message_id) > LONGEST_MESSAGE_ID:
            detail = f"messageId has at most {LONGEST_MESSAGE_ID} characters."
            raise Wrong("too_long", detail, "/messageId")
        return _hashed(self._by_id, message_id.encode()), message_id


_VIEWS = ("page", "screen")
_UNSENT = ("messageId", "sentAt", "writeKey")
"""What a client that sends a message again may send otherwise."""


def _id(value: str | int | float | None, name: str) -> str | None:
    # Of each message two or three are asked for, and most are a short text, or none.
    if value is None or (type(value) is str and 0 < len(value) <= _ALWAYS_SHORT):
        return value
    return _bounded(text(value), name)


def _bounded(value: str | None, name: str) -> str | None:
    if _too_long(value):
        raise Wrong("too_long", f"{name} has at most {LONGEST} bytes.", pointer(name))
    return value


def _too_long(value: str | None) -> TypeGuard[str]:
    return value is not None and len(value) > _ALWAYS_SHORT and len(value.encode()) > LONGEST


def _event(wire: Wire, kind: Type) -> str | None:
    if kind in _VIEWS:
        return kind
    if kind != "track":
        return None
    event = wire.event
    if not event:
        raise Wrong("event_missing", "A track needs the name of its event.", "/event")
    return event if len(event) <= _ALWAYS_SHORT else _bounded(event, "event")


def _around(wire: Wire, properties: bytes | None, context: Context | None) -> Dimensions:
    """The dimensions: the event's own before those of its context."""
    found = UNKNOWN if context is None else context.dimensions
    if properties is not None:
        found = dimensions.of_properties(properties, found)
    if wire.channel and found.channel is None and isinstance(wire.channel, str):
        found = structs.replace(found, channel=wire.channel)
    if not dimensions.all_within(found, _ALWAYS_SHORT):
        for name in Dimensions.__struct_fields__:
            if _too_long(value := getattr(found, name)):
                told = None if context is None else context.raw
                at = dimensions.place(name, value, properties, told)
                raise Wrong("too_long", f"{name} has at most {LONGEST} bytes.", pointer(*at))
    return found


def _named(wire: Wire, properties: bytes | None) -> bytes:
    """A view's properties, with its name and category among them unless they say so themselves."""
    own: dict[str, Raw] = {} if properties is None else msgspec.json.decode(properties, type=_LOOSE)
    said = {"name": wire.name, "category": wire.category}
    more = {n: v for n, v in said.items() if isinstance(v, str) and n not in own}
    return msgspec.json.encode({**more, **own}) if more else properties or b"{}"


_LOOSE = dict[str, Raw]


def _traits(wire: Wire, context: Context | None) -> tuple[dict[str, Any] | None, bool]:
    """What is told of the person or group: `traits`, else the context's, and whether it is that."""
    own = object_in(wire.traits, "traits")
    if own is not None:
        return msgspec.json.decode(own), False
    if context is None or not context.tells_traits:
        return None, False
    return msgspec.json.decode(traits_in(context.raw) or b"null"), True


def _canonical(raw: bytes, kind: Type) -> bytes:
    """The message as it is however it is written and whenever it is sent."""
    members = msgspec.json.decode(raw, type=dict[str, Any])
    kept = {name: value for name, value in members.items() if name not in _UNSENT}
    return msgspec.json.encode({**kept, "type": kind}, order="deterministic")


def _hasher(workspace_id: UUID, what: bytes) -> blake2b:
    """BLAKE2b, apart for each workspace and use."""
    return blake2b(digest_size=16, salt=workspace_id.bytes, person=what)


def _hashed(hasher: blake2b, message: bytes) -> bytes:
    hasher = hasher.copy()
    hasher.update(message)
    return of_hash(hasher.digest())
