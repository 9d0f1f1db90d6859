"""A message of the tracking protocol as it is taken, and one that cannot be."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

Type = Literal["track", "page", "screen", "identify", "group", "alias"]


TELLING_TRAITS = ("identify", "group")


class Message(Struct, gc=False, frozen=True):
    """One message that counts, once for ever: no other has its `key`.

    `timestamp` is the time it happened, corrected for the sender's clock, in UTC; `who` the
    identity of its user, else of its anonymous id (of `previous_id`'s user for an alias: the new
    one). Both are 16 bytes of a UUID: making one of each takes longer than reading the message.
    `properties` and `context` are JSON objects as they came. `traits` are of the person or group,
    told by the message, else `traits_in_context`. `rest_of` is the id of the message that was put
    aside, where this is what had not been taken of another. `tells_traits` is false
    for a context that is known to tell none, so that nobody need look again.
    """

    key: bytes
    message_id: str
    type: Type
    who: bytes
    timestamp: datetime
    raw: bytes
    event: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    device: str | None = None
    channel: str | None = None
    department: str | None = None
    campaign: str | None = None
    properties: bytes | None = None
    context: bytes | None = None
    traits: dict[str, Any] | None = None
    traits_in_context: bool = False
    rest_of: UUID | None = None
    tells_traits: bool = True

    @property
    def is_rest(self) -> bool:
        """Whether it tells traits alone, which had not been taken of another."""
        return self.rest_of is not None and self.type in TELLING_TRAITS


class Refused(Struct, gc=False, frozen=True):
    """One message that is put aside: its bytes, a stable code, and what is wrong in words.

    `type` is what the path said it is, `sent_at` and `context` what its batch said of all. A `rest`
    is what was not taken of a message that counts, or of the rest `rest_of` that came again.
    """

    raw: bytes
    code: str
    detail: str
    pointer: str | None = None
    type: str | None = None
    sent_at: str | None = None
    context: bytes | None = None
    rest: bool = False
    rest_of: UUID | None = None


class Sorted(Struct, gc=False, frozen=True):
    """A body sorted out: `order` is the place in the body of each message, then of each refused.

    `sent_at` and `context` are what the batch said of all, as far as a message that is put aside
    needs it. Messages that are `waiting` were put aside before.
    """

    messages: list[Message]
    refused: list[Refused]
    order: list[int] = field(default_factory=list)
    sent_at: str | None = None
    context: bytes | None = None
    waiting: bool = False


class Taken(Struct, gc=False, frozen=True):
    """What became of the messages of one body.

    `outcomes` is one word for each message of `Sorted.messages`, in order: `accepted`,
    `duplicate`, `quarantined` (with the code in `codes`), or `blocked`: of somebody who was erased,
    and not kept. Of an accepted one `codes` says what of it was not taken, if anything. `withheld`
    are the places of those in `Sorted.refused` that are blocked too. `untaken` are the rests, by
    place, of which nothing could be taken again, and why.
    """

    accepted: int
    duplicates: int
    quarantined: int
    outcomes: list[str]
    codes: dict[int, str]
    blocked: int = 0
    withheld: frozenset[int] = frozenset()
    untaken: Mapping[int, Refused] = {}
