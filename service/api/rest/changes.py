"""Everything that changed, by the page, line by line, or as it happens."""

from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import Edge
from service.api.following import AT_ONCE, follow
from service.api.negotiating import EVENTS, LISTED, chosen
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Shown
from service.api.rest.queries import choosing
from service.api.route import Route
from service.api.streaming import Chunks
from service.api.walking import documents as lines
from service.domain import changes
from service.domain.changes import ChangesQuery
from service.domain.errors import DomainError
from service.domain.listing import PageOf
from service.domain.words import told

router = APIRouter(route_class=Route)

OFFERED = LISTED | {"events": EVENTS}
_QUERY = choosing(
    ChangesQuery, OFFERED, "`ndjson`: all to the present; `events`: without an end. Else by Accept."
)
RETRY = b"retry: 2000\n\n"
"""How long, in milliseconds, a client waits before it asks again where a stream has ended."""


class ChangedResource(Shown):
    """One change of one resource. What it is now, its own path says."""

    kind: Annotated[str, told("Of the resource: journey, step, persona, …", "step")]
    id: Annotated[UUID, told("Of the resource.", id_like("step"))]
    op: Annotated[
        Literal[tuple(changes.OPERATIONS)],
        told("`upsert`: made or changed; `erase`: deleted.", "upsert"),
    ]
    version: Annotated[int, told("After the change; of what was erased, its last.", 7)]
    changed_at: Annotated[datetime, told("When it was written.", "2026-05-04T16:05:12+00:00")]
    whole_id: Annotated[UUID | None, told("The map that a part belongs to.", id_like("journey"))]


class ChangesPage(Shown):
    """Some changes, the oldest first, and where to go on from."""

    items: Annotated[list[ChangedResource], told("What changed, in order.")]
    next: Annotated[str, told("Goes into `after`, now or later; never null.", changes.EXAMPLE)]


_STREAM: dict[str, Any] = {
    EVENTS: {
        "schema": {
            "type": "string",
            "description": "Server-sent events without an end. `id:` is the place to go on from "
            "(Last-Event-ID or `after`), `event: change`, `data:` a change as in `items`.",
        },
        "example": f"id: {changes.EXAMPLE}\nevent: change\ndata: {{}}\n\n",
    }
}


@router.get(
    "/v1/changes",
    response_model=ChangesPage,
    responses=documents.refusals(406, 410, 422, 429)
    | {
        200: {
            "description": "Changes, the oldest first.",
            "content": documents.NDJSON | _STREAM,
        }
    },
    operation_id="list_change",
    summary="List what changed",
    tags=["changes"],
)
async def list_changes(query: Annotated[_QUERY, Query()], edge: Edge) -> Response:
    """Everything that changed in the workspace, in order, nothing skipped.

    A page that is not full has reached the present; `next` goes on from there. As an event stream
    it waits for what comes.
    """
    if chosen(edge.request, OFFERED) == "events":
        return edge.streamed(_events(edge, query), EVENTS)
    return await edge.listed(changes.news, query)


async def _events(edge: Edge, query: ChangesQuery) -> Chunks:
    """The stream: ends when the process stops, the key does, or the database is away.

    Whoever follows asks again then, from the last `id:`.
    """
    left, place = query.longest, None

    async def read(after: str | None) -> PageOf:
        limit = AT_ONCE if left is None else min(left, AT_ONCE)
        return await edge.page(changes.news, query.numbered(limit, after))

    pages = follow(edge, read, edge.header("last-event-id") or query.after)
    try:
        async with aclosing(pages):
            async for page in pages:
                if place is None:
                    yield RETRY
                if told := _told(page):
                    yield told
                elif place is not None:
                    yield b": still here\n" + _place(page.end)
                place = page.end
                left = None if left is None else left - len(page.cursors)
                if left == 0:
                    return
    except DomainError:
        if place is None:
            raise  # nothing has been said yet
        yield _place(place)


def _told(page: PageOf) -> bytes:
    """The changes of a page as events."""
    return b"".join(
        f"id: {place}\nevent: change\ndata: ".encode() + line + b"\n\n"
        for place, line in zip(page.cursors, lines(page.items), strict=True)
    )


def _place(after: str | None) -> bytes:
    """Where to go on from, told without an event."""
    return f"id: {after}\n\n".encode()
