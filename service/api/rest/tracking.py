"""The tracking protocol, as the contract tells it: by the long names of its paths."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from service.api import bulk
from service.api.edge import JSON, Edge
from service.api.negotiating import NDJSON
from service.api.rest import documents
from service.api.rest.computed import encode
from service.api.rest.documents import Shown
from service.api.route import Route, Undescribed
from service.api.tracking import tracked
from service.domain.errors import Invalid, Problem
from service.domain.event_tables import Columns, pairs
from service.domain.inputs import Input, storable
from service.domain.spreadsheets import MEDIA_TYPE as CSV
from service.domain.words import told

router = APIRouter(route_class=Route)
sending = APIRouter()
# Short names, slashes behind, and what browsers ask beforehand.
sending.routes.append(Undescribed("/v1/{kind:tracked}", tracked, methods=["POST", "OPTIONS"]))


class MessageOutcome(Shown):
    """What became of one message."""

    index: Annotated[int, told("Its place in the batch, from 0.", 0)]
    outcome: Annotated[
        str,
        told(
            "`accepted`, `duplicate` (it had come before), `quarantined`, or `blocked`: of somebody"
            " who was erased, and not kept.",
            "accepted",
        ),
    ]
    message_id: Annotated[
        str | None, told("What it is known by; made here where it had none.", "m-4711")
    ] = None
    code: Annotated[
        str | None, told("Why it was put aside, or what of it was not taken.", "id_missing")
    ] = None
    detail: Annotated[
        str | None, told("The same in words.", "A track needs the name of its event.")
    ] = None
    pointer: Annotated[str | None, told("The member, within the message.", "/userId")] = None


class LoadedDocument(Shown):
    """What became of what was sent."""

    accepted: Annotated[int, told("Messages that are stored now and count.", 98)]
    duplicates: Annotated[int, told("Messages that had come before.", 1)]
    quarantined: Annotated[int, told("Messages that were put aside, with the reason.", 1)]
    blocked: Annotated[
        int | None,
        told(
            "Messages of people who were erased, which are not kept; only where there are any.", 1
        ),
    ] = None


def _paired(text: str) -> str:
    """Raises for what is not `NAME=VALUE,…`."""
    try:
        pairs([text])
    except ValueError as error:
        raise PydanticCustomError("not_pairs", "is not NAME=VALUE,NAME=VALUE") from error
    return text


class BulkDocument(LoadedDocument):
    """What became of the lines of a file."""

    left_out: Annotated[
        int | None, told("Rows of a table that `only` leaves out; only where there are any.", 1)
    ] = None
    rejected: Annotated[
        list[MessageOutcome] | None,
        told(
            "The first 100 of those that were put aside, by their place among the lines that are"
            " not blank, or the rows of a table; only where there are any.",
        ),
    ] = None


_Pairs = Annotated[str, Field(max_length=4000), AfterValidator(storable), AfterValidator(_paired)]


class TableQuery(Input):
    """How the rows of a table are messages."""

    shown_only = frozenset()
    map: Annotated[
        _Pairs | None,
        told(
            "Members of a message and the columns that hold them. A column named as a member is"
            " that member; all others become properties.",
            "userId=card,event=visit,timestamp=at",
        ),
    ] = None
    set: Annotated[
        _Pairs | None, told("Members that every message has.", "type=track,channel=till")
    ] = None
    only: Annotated[
        _Pairs | None, told("Rows whose column holds anything else are left out.", "void=no")
    ] = None
    json_: Annotated[
        Annotated[str, Field(max_length=4000), AfterValidator(storable)] | None,
        Field(alias="json"),
        told("Columns that hold JSON, such as numbers; others are texts.", "value,quantity"),
    ] = None

    def columns(self, *, is_table: bool) -> Columns | None:
        """How a table is read; None for a body that is none. Raises `Invalid`."""
        if not is_table:
            said = self.model_dump(by_alias=True, exclude_none=True)
            problems = [Problem(f"/query/{name}", "not_a_table", _NO_TABLE) for name in said]
            if problems:
                raise Invalid(problems)
            return None
        of, fixed, only = (pairs([given or ""]) for given in (self.map, self.set, self.only))
        return Columns(of, fixed, only, frozenset(filter(None, (self.json_ or "").split(","))))


_NO_TABLE = f"goes with Content-Type: {CSV}"


class TakenDocument(LoadedDocument):
    """What became of the messages of a body."""

    outcomes: Annotated[
        list[MessageOutcome] | None, told("Of each message, with `outcomes=true`.")
    ] = None


class OutcomesQuery(Input):
    """How much is told."""

    shown_only = frozenset()
    outcomes: Annotated[bool, told("Whether to tell what became of each message.", True)] = False


_ID = {"type": ["string", "number", "null"]}
_OBJECT = {"type": ["object", "null"]}
_TIME = {"type": ["string", "null"]}
_MESSAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "messageId": _ID,
        "userId": _ID,
        "anonymousId": _ID,
        "previousId": _ID,
        "groupId": _ID,
        "event": {"type": ["string", "null"]},
        "name": {"type": ["string", "null"]},
        "timestamp": _TIME,
        "originalTimestamp": _TIME,
        "sentAt": _TIME,
        "properties": _OBJECT,
        "traits": _OBJECT,
        "context": _OBJECT,
        "writeKey": {"type": "string"},
    },
}
_SAMPLE = {
    "type": "track",
    "messageId": "m-4711",
    "userId": "4711",
    "event": "Order Completed",
    "timestamp": "2026-05-01T09:30:00Z",
    "properties": {"value": 49.9, "device": "mobile"},
}
_BATCH = {
    "type": "object",
    "properties": {
        "batch": {"type": "array", "items": _MESSAGE},
        "sentAt": _TIME,
        "context": _OBJECT,
        "writeKey": {"type": "string"},
    },
}
_SENT = {
    True: {JSON: {"schema": _BATCH, "example": {"batch": [_SAMPLE]}}},
    False: {JSON: {"schema": _MESSAGE, "example": _SAMPLE}},
}
_ABOUT = {
    "batch": ("Send messages", "Messages of any type, up to 500 KB; one bad one spoils no other."),
    "import": ("Send messages of the past", "The same as `POST /v1/batch`."),
    "identify": ("Send who somebody is", "A message with `traits` of its `userId`."),
    "track": ("Send what somebody did", "A message with the name of its `event`."),
    "page": ("Send a page that somebody saw", "A message with the `name` of a page."),
    "screen": ("Send a screen that somebody saw", "A message with the `name` of a screen."),
    "group": ("Send whom somebody belongs to", "A message with a `groupId` and its `traits`."),
    "alias": ("Send another id of somebody", "A message with `previousId` and `userId`."),
}
_PROTOCOL = (
    " The key is a bearer's, the user name of Basic authentication, or `writeKey` in the body."
    " Answers carry `RateLimit` and `RateLimit-Policy`. Whatever `Content-Type` says, the body is"
    " JSON, gzip or not; a short form of the path (`/v1/t`) and a slash behind it do the same."
)
_REFUSALS = documents.refusals(408, 413, 415, 422, 429)


def _declare(name: str) -> None:
    summary, said = _ABOUT[name]
    sent = _SENT[name in ("batch", "import")]

    @router.post(
        f"/v1/{name}",
        response_model=TakenDocument,
        responses={200: {"description": "Stored."}, **_REFUSALS},
        operation_id=f"send_{name}",
        summary=summary,
        description=said + _PROTOCOL,
        openapi_extra={"requestBody": {"required": True, "content": sent}},
        tags=["events"],
    )
    async def send(query: Annotated[OutcomesQuery, Query()], edge: Edge) -> Response:
        del query  # whatever else is asked is no reason to refuse, so it is read apart
        return await tracked(edge.request)


for _name in _ABOUT:
    _declare(_name)


@router.post(
    "/v1/events",
    response_model=BulkDocument,
    responses={200: {"description": "What became of all lines."}, **_REFUSALS},
    operation_id="load_events",
    summary="Load events, one a line",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                NDJSON: {
                    "schema": {"type": "string"},
                    "example": '{"type": "track", "userId": "4711", "event": "Order Completed"}\n',
                },
                CSV: {
                    "schema": {"type": "string"},
                    "example": "userId,event,timestamp\n4711,Order Completed,2026-05-01T09:30Z\n",
                },
            },
        }
    },
    tags=["events"],
)
async def load_events(query: Annotated[TableQuery, Query()], edge: Edge) -> Response:
    """One message of the tracking protocol a line (NDJSON), or a table (`Content-Type: text/csv`,
    a header line first) whose rows are messages, up to 64 MiB, gzip or not.

    Lines are stored while they come; a load that was broken off is sent again as a whole, for what
    has a `messageId`, and what is the same to the last member, counts once. A row of a table that
    has none gets one made of the row and of how many like it stood before it.
    """
    most = edge.request.scope["app"].state.settings.bulk_limit
    is_table = (edge.header("content-type") or "").partition(";")[0].strip().lower() == CSV
    counted = await bulk.loaded(edge, most, query.columns(is_table=is_table))
    return Response(encode(counted), 200, media_type=JSON)
