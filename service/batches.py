"""What requests brought to be stored together, and what becomes of it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, repeat
from uuid import UUID

from asyncpg.pgproto import pgproto

from service.domain import contacts
from service.domain.events import Message, Refused, Sorted, Span, spans
from service.domain.work import Caller


@dataclass(eq=False)
class Batch:
    """What one request brought, and what becomes of it: one outcome for each of its messages, or a
    failure: then nothing of it counts as taken.
    """

    caller: Caller
    sorted: Sorted
    received_at: datetime
    public: bool = False
    outcomes: list[str] = field(init=False)
    codes: dict[int, str] = field(default_factory=dict)
    failure: Exception | None = None
    stored: dict[int, Message] = field(default_factory=dict)
    """Messages that are not stored as they came, by place."""
    rests: list[Refused] = field(default_factory=list)
    """What was not taken of messages that count."""
    untaken: dict[int, Refused] = field(default_factory=dict)
    """By place the rests of which nothing could be taken, found before this try: they do not count,
    so that they may come again."""
    blocked: set[int] = field(default_factory=set)
    """The places of messages of people who were erased, found before this try: they do not count,
    so that they may come again when the block is lifted."""
    withheld: frozenset[int] = frozenset()
    """The places of refused messages that are not put aside: they name somebody who was erased."""

    own: UUID = field(init=False)
    """The workspace, as the driver takes it soonest."""
    spans: set[Span] = field(init=False)
    """Of its messages."""

    def __post_init__(self) -> None:
        self.own = pgproto.UUID(self.caller.workspace_id.bytes)
        self.spans = spans(self.sorted.messages)
        self.begin()

    def begin(self) -> None:
        """As before anything was tried."""
        self.outcomes = ["accepted"] * len(self.sorted.messages)
        self.codes, self.stored, self.rests, self.withheld = {}, {}, [], frozenset()
        for place in self.blocked:
            self.outcomes[place] = "blocked"
        for place, refused in self.untaken.items():
            self.outcomes[place], self.codes[place] = "quarantined", refused.code

    def counted(self) -> list[Message]:
        """The messages that count, as they are stored."""
        messages = self.sorted.messages
        if not self.stored and self.all_count():
            return messages
        places = (place for place, one in enumerate(self.outcomes) if one == "accepted")
        return [self.stored.get(place, messages[place]) for place in places]

    def all_count(self) -> bool:
        """Whether all of its messages count so far."""
        return self.outcomes.count("accepted") == len(self.outcomes)


Accepted = tuple[Batch, int, Message]
"""A message that counts, in its batch, and its place there."""


def in_order(batches: Iterable[Batch]) -> list[list[Batch]]:
    """By workspace, as every other flush takes them: so none waits for one that waits for it."""
    held: dict[UUID, list[Batch]] = {}
    for batch in batches:
        held.setdefault(batch.caller.workspace_id, []).append(batch)
    return [held[which] for which in sorted(held)]


def accepted(batches: Iterable[Batch]) -> Iterator[Accepted]:
    """The messages that count so far, with their places."""
    for batch in batches:
        if batch.all_count():
            yield from zip(repeat(batch), count(), batch.sorted.messages)
            continue
        for place, message in enumerate(batch.sorted.messages):
            if batch.outcomes[place] == "accepted":
                yield batch, place, message


def named(batches: Sequence[Batch]) -> Collection[bytes]:
    """The identities that the messages of one workspace name, each once."""
    # As bytes: UUIDs are slow to make and to compare.
    messages = [message for _, _, message in accepted(batches)]
    found = dict.fromkeys([message.who for message in messages])
    more = [one for one in messages if one.anonymous_id is not None or one.previous_id is not None]
    also = {pair: None for message in more for pair in _also(message)}
    workspace_id = batches[0].caller.workspace_id
    found.update((contacts.identity(workspace_id, *pair).bytes, None) for pair in also)
    return found


def identities(workspace_id: UUID, message: Message) -> list[bytes]:
    """The identities that a message names."""
    also = [contacts.identity(workspace_id, *pair).bytes for pair in _also(message)]
    return [message.who, *also]


def _also(message: Message) -> list[tuple[str, str]]:
    """The sources and values that a message names beside the one it is of."""
    also = []
    if message.anonymous_id is not None and message.user_id is not None:
        also.append((contacts.ANONYMOUS, message.anonymous_id))
    if message.previous_id is not None:
        also += [(one, message.previous_id) for one in (contacts.USER, contacts.ANONYMOUS)]
    return also
