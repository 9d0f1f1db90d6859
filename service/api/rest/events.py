"""Events as they were taken, and messages that were put aside."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api import replaying
from service.api.edge import JSON, Edge
from service.api.negotiating import LISTED
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.computed import answered
from service.api.rest.documents import Resource, Shown, page_of, shown
from service.api.rest.queries import choosing, sortable
from service.api.rest.resources import members
from service.api.route import Route
from service.domain import events
from service.domain.events import EventType
from service.domain.words import told

router = APIRouter(route_class=Route)


class Event(Shown):
    """One thing that somebody did."""

    message_id: Annotated[str, told("What its sender knows it by; it counts once.", "m-4711")]
    type: Annotated[EventType, told("What the message tells.", "track")]
    event: Annotated[
        str | None,
        told("What was done; `page` and `screen` of a view; null of others.", "Order Completed"),
    ]
    user_id: Annotated[str | None, told("Who did it, as the sender knows them.", "4711")]
    anonymous_id: Annotated[str | None, told("The same, before they were known.", "a-17")]
    contact_id: Annotated[
        UUID | None, told("Who did it, as they are shown now; null: nobody.", id_like("contact"))
    ]
    timestamp: Annotated[
        datetime, told("When it was done, by our clock.", "2026-05-01T09:30:00+00:00")
    ]
    received_at: Annotated[datetime, told("When it came.", "2026-05-01T09:30:02+00:00")]
    session_id: Annotated[str | None, told("The run of events that it is one of.", None)]
    session_reason: Annotated[
        str | None, told("Why there is no session: `not_computed`.", "not_computed")
    ]
    device: Annotated[str | None, told("On what it was done.", "mobile")]
    channel: Annotated[str | None, told("Through which channel.", "email")]
    department: Annotated[str | None, told("At which department.", "service")]
    campaign: Annotated[str | None, told("Moved by which campaign.", "spring")]
    properties: Annotated[dict[str, Any] | None, told("What else is said of it.", {"value": 49.9})]
    context: Annotated[
        dict[str, Any] | None, told("Under which circumstances.", {"locale": "de-AT"})
    ]


class TimelineEntry(Event):
    """One thing that somebody did, or a place of a map where they were put by hand: its
    `message_id` is the enrolment's id, its `properties` say where.
    """

    type: Annotated[events.TimelineType, told("What it tells.", "track")]  # type: ignore[assignment]


class ReplayOutcome(Shown):
    """What came of putting a message through again."""

    outcome: Annotated[
        str, told("`accepted`, `duplicate`, `quarantined` or `blocked`.", "accepted")
    ]
    code: Annotated[str | None, told("Why it was put aside again.", None)]
    detail: Annotated[str | None, told("The same in words.", None)]
    pointer: Annotated[str | None, told("The member, within the message.", None)]


QuarantinedMessage = shown(
    events.NewQuarantinedMessage,
    Resource,
    frozenset({"message"}),
    message=(str | None, told("The message as JSON text; null where it is no text.", "{}")),
    bytes=(str | None, told("The same in base64, where it is no text.", None)),
    code=(str, told("Why it was put aside; stable.", "id_missing")),
    detail=(str, told("The same in words.", "The message says of nobody.")),
    pointer=(str | None, told("The member, within the message.", "/userId")),
    type=(str | None, told("The type that its path said.", "track")),
    public=(bool, told("Whether it came by a public key.", False)),
    replayed_at=(
        datetime | None,
        told(
            "When it was last put through again; null: it waits, mended or not.",
            "2026-05-01T10:00:00+00:00",
        ),
    ),
    outcome=(ReplayOutcome | None, told("What came of that.")),
)
_EVENTS = choosing(
    events.EventsQuery, LISTED, "`ndjson`: all events, or as many as `limit` says. Else by Accept."
)
_TIMELINE = choosing(
    events.TimelineQuery, LISTED, "`ndjson`: all of it, or as much as `limit` says. Else by Accept."
)
_QUARANTINE = sortable(events.QuarantineList, events.QUARANTINE.listing)


@router.get(
    "/v1/events",
    response_model=page_of(Event),
    responses=documents.LIST,
    operation_id="list_event",
    summary="List events",
    tags=["events"],
)
async def list_events(query: Annotated[_EVENTS, Query()], edge: Edge) -> Response:
    """Events in the order in which they came; all of them line by line. Those of restricted people
    are left out, unless `contact_id` asks for one.
    """
    return await edge.listed(events.arrived, query)


@router.get(
    "/v1/contacts/{contact_id:uuid}/timeline",
    response_model=page_of(TimelineEntry),
    responses=documents.LIST | documents.refusals(404),
    operation_id="list_contact_event",
    summary="List what a contact did",
    tags=["contacts"],
)
async def timeline(contact_id: UUID, query: Annotated[_TIMELINE, Query()], edge: Edge) -> Response:
    """What a contact did, and those merged into it, in the order in which it happened; at equal
    times in the order in which it came. Enrolments that hold stand among it.
    """
    return await edge.listed(lambda work, asked: events.timeline(work, contact_id, asked), query)


@router.get(
    "/v1/quarantine",
    response_model=page_of(QuarantinedMessage),
    responses=documents.LIST,
    operation_id="list_quarantined_message",
    summary="List messages that were put aside",
    tags=["quarantine"],
)
async def list_quarantine(query: Annotated[_QUARANTINE, Query()], edge: Edge) -> Response:
    """Messages that could not be taken, with the reason and their bytes."""
    return await edge.listed(events.QUARANTINE.page, query)


members(router, "/v1/quarantine", events.QUARANTINE, QuarantinedMessage, put=False)


@router.post(
    "/v1/quarantine/replay",
    response_class=Response,
    responses={
        **answered("ReplayedMessages", "What came of them."),
        **documents.refusals(408, 409, 413, 415, 422, 429),
    },
    operation_id="replay_quarantined_messages",
    summary="Put messages through again that wait",
    tags=["quarantine"],
)
async def replay_all(body: events.QuarantineReplay, edge: Edge) -> Response:
    """Put up to 200 messages through again, the oldest first, as `POST /v1/quarantine/{id}/replay`
    does each: of those that have no `replayed_at`, by reason, type and time.

    `next` says where to go on. Sent again, nothing counts twice; what fails again waits as before.
    """
    return await replaying.all_replayed(edge, body)


@router.post(
    "/v1/quarantine/{resource_id:uuid}/replay",
    response_model=QuarantinedMessage,
    responses=documents.READ | documents.refusals(404, 409, 429),
    operation_id="replay_quarantined_message",
    summary="Put a message through again",
    tags=["quarantine"],
)
async def replay(resource_id: UUID, edge: Edge) -> Response:
    """Put a message through again, as it is now, as of when it first came.

    What came of it is kept with it: sent twice, it is a duplicate the second time. One that was
    never mended and fails again has no `replayed_at`: it waits as before. So do traits that were
    refused of a message that counts, mended or not, until some of them are taken.
    """
    return await replaying.replayed(
        edge,
        resource_id,
        lambda made: Response(made.json, 200, {"ETag": f'"{made.version}"'}, JSON),
    )
