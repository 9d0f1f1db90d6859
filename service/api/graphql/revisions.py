"""Revisions of maps: their type, the newest of many maps at once, and who knows of them."""

from collections.abc import Awaitable, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.graphql import context, mirroring
from service.api.graphql.connections import Connection, Page
from service.api.graphql.context import Row, decode
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.scalars import Instant, Json, Uuid
from service.api.graphql.selecting import STORED, Stored
from service.domain import journeys
from service.domain.errors import Invalid, Problem
from service.domain.journeys import REVISIONS, Newest
from service.domain.words import Meaning
from service.domain.work import Work

MOST, USUALLY = 200, 50
"""Revisions of each map that a page holds."""
_STATUS = Meaning(
    "Whether a department knows of a revision.",
    {"pending": "It has not taken note.", "acknowledged": "It has."},
)
RevisionKind: Any = mirroring.argument_of(journeys.RevisionList, "kind", "Revision")
AcknowledgementStatus: Any = mirroring.enumeration(
    tuple(_STATUS.values), "AcknowledgementStatus", _STATUS
)


@strawberry.type(description="A department that a revision concerns.")
class RevisionAcknowledgement:
    """As REST lists them."""

    department: str = strawberry.field(description="As its steps and touchpoints named it.")
    status = strawberry.field(
        description="Whether it has taken note.", graphql_type=AcknowledgementStatus
    )
    person: str | None = strawberry.field(description="Who did, as Waypost-Actor said.")
    key_id: Uuid | None = strawberry.field(description="By which API key, as REST names it.")
    note: str | None = strawberry.field(description="What was said.")
    acknowledged_at: Instant | None = strawberry.field(description="When; null while pending.")


def _aside(kind: Any, description: str, load: Any, *, times: int = 1) -> Any:
    """A field of a revision that is read apart, for all revisions of an answer at once."""

    def resolve(root: Any, info: Info) -> Awaitable[Any]:
        return context.of(info).loaded(load.__name__, load, UUID(root["id"]))

    metadata = {STORED: Stored(("id",), times=times)}
    return strawberry.field(description=description, metadata=metadata, graphql_type=kind)(resolve)


async def _documents(work: Work, ids: Sequence[UUID]) -> list[Any]:
    found = await REVISIONS.documents(work, ids, {"id": None, "journey": None})
    return [decode(found[one].json)["journey"] if one in found else None for one in ids]


async def _acknowledgements(work: Work, ids: Sequence[UUID]) -> list[Any]:
    found = await journeys.acknowledgements_of(work, ids)
    return [decode(found.get(one, "[]")) for one in ids]


@shows_resource(REVISIONS)
class Revision(Node):
    """A map as it was: immutable, numbered."""

    journey_id: Uuid = strawberry.field(description="The id in REST of its map.")
    number: int = strawberry.field(description="Counted for each map from 1.")
    kind = strawberry.field(description="How it came to be.", graphql_type=RevisionKind)
    person: str | None = strawberry.field(description="Who published or restored.")
    key_id: Uuid | None = strawberry.field(description="By which API key, as REST names it.")
    published_at: Instant | None = strawberry.field(
        description="When it was published; null for one that was kept."
    )
    journey_version: int = strawberry.field(description="The version that the map had.")
    departments: list[str] = strawberry.field(
        description="Whose steps the publishing changed, or the touchpoints there."
    )
    document = _aside(
        Json | None, "The whole map as it was, as REST shows it.", _documents, times=40
    )
    acknowledgements = _aside(
        list[RevisionAcknowledgement],
        "The departments it concerns, and which of them know of it.",
        _acknowledgements,
        times=3,
    )


def newest() -> Any:
    """A journey's field for its revisions."""
    metadata = {STORED: Stored(("id",))}
    return strawberry.field(
        description="Its revisions, the newest first.",
        metadata=metadata,
        graphql_type=Connection[Revision] | None,
    )(_newest)


def _newest(
    root: Any,
    info: Info,
    first: Annotated[
        int | None, strawberry.argument(description=f"Rows a page: 1 to {MOST}, else {USUALLY}.")
    ] = USUALLY,
    after: Annotated[
        str | None, strawberry.argument(description="The cursor of the row before.")
    ] = None,
) -> Awaitable[Any]:
    limit = USUALLY if first is None else first
    if not 1 <= limit <= MOST:
        raise Invalid([Problem("/first", "out_of_range", f"must be 1 to {MOST}")])
    asked = Newest(UUID(root["id"]), limit, after)
    return context.of(info).loaded("newest revisions", _load, asked)


async def _load(work: Work, asked: Sequence[Newest]) -> list[Page]:
    found = await journeys.newest(work, asked)
    return [
        Page(_rows(one.items), one.cursors, one.more, of.after is not None, one.total)
        for of, one in zip(asked, found, strict=True)
    ]


def _rows(items: str) -> list[Row]:
    rows: list[Row] = decode(items)
    return rows
