"""Which leaves messages are copied into, and what of them is stored otherwise than it came."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw, structs

from service.domain.events.message import Message

KEYS_LEAF, DEFAULT_LEAF = "event_keys_all", "events_default"
INTAKE = "waypost intake"
"""What a transaction that stores events calls its application, for whoever follows them."""
FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Of times that get a leaf of their own; whatever lies outside is in the default one."""
MONTHLY_FROM = 2025
"""Years before have one leaf each: few, whatever times somebody makes up."""


def traits_in(context: bytes | None) -> Raw | None:
    """What a context tells as traits; None: nothing. Most are looked at, and not read."""
    # A letter may be written as a number: then only reading tells.
    if context is None or not (b'"traits"' in context or b"\\u" in context):
        return None
    return msgspec.json.decode(context, type=dict[str, Raw]).get("traits")


def told_in_passing(message: Message) -> dict[str, Any]:
    """The traits that the context of a message tells."""
    told = traits_in(message.context) if message.tells_traits else None
    if told is None or bytes(told)[:1] != b"{":
        return {}
    traits: dict[str, Any] = msgspec.json.decode(told)
    return traits


def with_traits(message: Message, kept: Mapping[str, Any]) -> Message:
    """The message whose context tells no other traits than those that are kept."""
    context = message.context
    told = traits_in(context)
    if context is None or told is None or msgspec.json.decode(told) == kept:
        return message
    members = msgspec.json.decode(context, type=dict[str, Raw])
    members["traits"] = Raw(msgspec.json.encode(kept))
    return structs.replace(message, context=msgspec.json.encode(members))


Span = tuple[int, int]
"""A year and a month of it; month 0 is all of the year."""


def span(timestamp: datetime) -> Span:
    """What stands in one leaf with a time in UTC."""
    return timestamp.year, timestamp.month if timestamp.year >= MONTHLY_FROM else 0


def spans(messages: Iterable[Message]) -> set[Span]:
    """All of which messages are: most bodies are of one, as their first and last times tell."""
    times = [message.timestamp for message in messages]
    ends = {span(min(times)), span(max(times))} if times else set()
    return ends if len(ends) < 2 else {span(time) for time in times}


def leaf(of: Span) -> str | None:
    """The leaf that a span may have, whether it is there or not; None: the default leaf alone."""
    year, month = of
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return f"events_{year:04}_{month:02}" if month else f"events_{year:04}"


def arrival(microseconds: int) -> int:
    """The first place in the order of arrival at a time; those that come together count on."""
    return microseconds * 1024
