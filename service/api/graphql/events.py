"""Events as they were taken, and messages that were put aside."""

from typing import Any

import strawberry
from starlette.responses import Response

from service.api import replaying
from service.api.edge import EdgeOf
from service.api.graphql import given, mirroring, resources, structs
from service.api.graphql.connections import Edge, PageInfo, listing
from service.api.graphql.consents import OF_CONTACT, contact_of
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.faces import Face
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.scalars import Instant, Json, Uuid
from service.api.graphql.timelines import ARGUMENTS, ENTRY, EventPage, asked, page
from service.api.graphql.writing import Answer, mutation, payload, row_of
from service.domain import events
from service.domain.events import QUARANTINE, EventsQuery, TimelineQuery
from service.domain.reading import Document

_TYPE: Any = mirroring.argument_of(EventsQuery, "type", "Event")


def _told(kind: Any, description: str) -> Any:
    return strawberry.field(description=description, graphql_type=kind)


@strawberry.type(description="One thing that somebody did.")
class Event:
    """As REST tells it."""

    message_id = _told(str, "What its sender knows it by; it counts once.")
    type = _told(ENTRY, "What it tells; in a timeline also where somebody was put by hand.")
    event = _told(str | None, "What was done; `page` and `screen` of a view; null of others.")
    user_id = _told(str | None, "Who did it, as the sender knows them.")
    anonymous_id = _told(str | None, "The same, before they were known.")
    contact_id = _told(Uuid | None, "Who did it, as they are shown now; null: nobody.")
    timestamp = _told(Instant, "When it was done, by our clock.")
    received_at = _told(Instant, "When it came.")
    session_id = _told(str | None, "The run of events that it is one of.")
    session_reason = _told(str | None, "Why there is no session: `not_computed`.")
    device = _told(str | None, "On what it was done.")
    channel = _told(str | None, "Through which channel.")
    department = _told(str | None, "At which department.")
    campaign = _told(str | None, "Moved by which campaign.")
    properties = _told(Json | None, "What else is said of it.")
    context = _told(Json | None, "Under which circumstances.")


@strawberry.type(description="Some events, in the order in which they came.")
class EventConnection:
    """Relay's."""

    edges: list[Edge[Event]] = strawberry.field(description="The events with their cursors.")
    nodes: list[Event] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@shows_resource(QUARANTINE, "message")
class QuarantinedMessage(Node):
    """A message that could not be taken, and why."""

    message: str | None = strawberry.field(
        description="The message as JSON text; null where it is no text."
    )
    bytes: str | None = strawberry.field(description="The same in base64, where it is no text.")
    code: str = strawberry.field(description="Why it was put aside; stable.")
    detail: str = strawberry.field(description="The same in words.")
    pointer: str | None = strawberry.field(description="The member, within the message.")
    type: str | None = strawberry.field(description="The type that its path said.")
    public: bool = strawberry.field(description="Whether it came by a public key.")
    replayed_at: Instant | None = strawberry.field(description="When it was last put through.")
    outcome: Json | None = strawberry.field(description="What came of that.")


async def _events(info: Any, **arguments: Any) -> EventPage:
    if arguments.get("contact_id") is not None:
        kind = EventsQuery.model_fields["contact_id"].annotation
        arguments["contact_id"] = mirroring.member(kind, arguments["contact_id"])
    query = asked(EventsQuery, arguments)
    return await page(info, query, lambda work: events.arrived(work, query.numbered()))


async def _timeline(info: Any, contact_id: str, **arguments: Any) -> EventPage:
    which, query = contact_of(contact_id), asked(TimelineQuery, arguments)
    return await page(info, query, lambda work: events.timeline(work, which, query.numbered()))


async def _replay(edge: EdgeOf, id: str) -> Answer:
    which = QUARANTINED.id_of(id)
    return QUARANTINED.now(await replaying.replayed(edge, which, _document))


async def _replay_all(edge: EdgeOf, input: Row) -> Answer:
    data = given.built(events.QuarantineReplay, input)
    return {"replayed": row_of(await replaying.all_replayed(edge, data))}


def _document(made: Document) -> Response:
    return Response(made.json, 200)


QUARANTINED = Face(QuarantinedMessage, QUARANTINE)
ReplayedMessages: Any = structs.family(events.ReplayedMessages, {}, {})
QUERIES = [
    resolving(
        "events",
        _events,
        EventConnection | None,
        "Events in the order in which they came.",
        [
            *ARGUMENTS,
            optional("type", _TYPE, "Of this type alone."),
            optional("contact_id", strawberry.ID, "Of this contact alone."),
        ],
    ),
    resolving(
        "timeline",
        _timeline,
        EventConnection | None,
        "What a contact did, and those merged into it, in the order in which it happened.",
        [OF_CONTACT, *ARGUMENTS, optional("type", ENTRY, "Of this type alone.")],
    ),
    resources.one(QUARANTINED),
    listing(
        "quarantined_messages",
        QuarantinedMessage,
        QUARANTINE,
        events.QuarantineList,
        "Messages that could not be taken.",
    ),
]
MUTATIONS = [
    resources.update(QUARANTINED),
    resources.delete(QUARANTINED, "Let a message go that was put aside, for good."),
    mutation(
        "replay_quarantined_message",
        _replay,
        QUARANTINED.changed,
        "Put a message through again, as it is now; what came of it is kept with it.",
        [QUARANTINED.by_id],
    ),
    mutation(
        "replay_quarantined_messages",
        _replay_all,
        payload("ReplayQuarantinedMessages", ("replayed", ReplayedMessages, "What came of them.")),
        "Put up to 200 messages through again that wait, the oldest first.",
        [Argument("input", mirroring.input_of(events.QuarantineReplay), "Which.")],
    ),
]
