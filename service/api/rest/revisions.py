"""Revisions of maps: published, read, compared, restored, and taken note of."""

from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query
from pydantic import Field, create_model
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Offence, Resource, Shown, page_of, shown
from service.api.rest.journeys import Journey
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import journeys
from service.domain.inputs import Input
from service.domain.journeys import JOURNEYS, REVISIONS, Restored
from service.domain.reading import Document
from service.domain.statements import as_json
from service.domain.words import told

router = APIRouter(route_class=Route)

_OF_MAP = "/v1/journeys/{journey_id:uuid}"
_ONE = f"{_OF_MAP}/revisions/{{number:int}}"
_SAID: dict[str, Any] = {"tags": ["journeys"]}
_WHOSE = (UUID, told("The map it is a state of.", id_like("journey")))
Number = Annotated[
    int,
    Path(ge=1, description="Which revision of the map: its `number`.", examples=[3]),
]
Revision = shown(
    journeys.NewRevision,
    Resource,
    journey_id=_WHOSE,
    number=(int, told("Counted for each map from 1.", 3)),
    kind=(Literal["published", "kept"], told("How it came to be.", "published")),
    person=(str | None, told("Who published or restored, as Waypost-Actor said.", "Ann")),
    key_id=(UUID | None, told("The API key by which it was done.", id_like("api_key"))),
    published_at=(
        datetime | None,
        told("When it was published; null: kept.", "2026-05-01T09:30:00+00:00"),
    ),
    journey_version=(int, told("The version that the map had.", 12)),
    departments=(
        list[str],
        told("Whose steps the publishing changed, or the touchpoints there.", ["service"]),
    ),
    journey=(Journey, told("The whole map as it was.")),
)


class Restoration(Shown):
    """What came of a restore."""

    revision: Annotated[int, told("The number of the revision that was restored.", 3)]
    kept: Annotated[int, told("The number of the revision that holds what the map was.", 7)]
    left_out: Annotated[
        list[Offence],
        told(
            "What could not be restored, by pointer into the revision's `journey`: it is not there"
            " any more, or would put the map into itself. `links_lost` names each part that had"
            " been deleted: it is back, the findings and actions that spoke of it are not.",
            [{"pointer": "/persona_ids/0", "code": "unknown_reference", "detail": "is gone"}],
        ),
    ]


RestoredJourney: Any = create_model(
    "RestoredJourney",
    __base__=Journey,
    __doc__="The map as it is after a restore.",
    restored=(Restoration, told("What was restored, and what was not.")),
)


class AcknowledgedBy(Shown):
    """A department that a revision concerns."""

    department: Annotated[str, told("By the name that it has now.", "service")]
    status: Annotated[
        Literal["pending", "acknowledged"], told("Whether it has taken note.", "acknowledged")
    ]
    person: Annotated[str | None, told("Who did, as Waypost-Actor said.", "Ann")]
    key_id: Annotated[UUID | None, told("By which API key.", id_like("api_key"))]
    note: Annotated[str | None, told("What was said.", "We train the desk until Monday.")]
    acknowledged_at: Annotated[
        datetime | None, told("When; null while it is pending.", "2026-05-04T16:05:12+00:00")
    ]


class AcknowledgementsDocument(Shown):
    """The departments whose steps a publishing changed, and which of them know of it."""

    journey_id: Annotated[UUID, told("The map that was published.", id_like("journey"))]
    number: Annotated[int, told("Which of its revisions.", 3)]
    items: Annotated[list[AcknowledgedBy], told("Each department, by the alphabet.")]


class DiffQuery(Input):
    """What shall be compared with what."""

    shown_only = frozenset()
    base: Annotated[
        journeys.PlaceName,
        told(
            "`published`, `draft`, `revision:<number>`, `at:<day or instant>`: a state of the map;"
            " `journey:<id>`: another map as it is now.",
            "revision:3",
        ),
    ] = "published"
    with_: Annotated[
        journeys.PlaceName, Field(alias="with"), told("The same; `after` is of this one.", "draft")
    ] = "draft"


_COMPARED = {JSON: {"schema": {"$ref": "#/components/schemas/Comparison"}}}
_QUERY = Annotated[sortable(journeys.RevisionList, REVISIONS.listing), Query()]


@router.post(
    f"{_OF_MAP}/publish",
    status_code=201,
    response_model=Revision,
    responses=documents.PLACE | documents.refusals(404, 408, 409, 412, 413, 415, 422),
    operation_id="publish_journey",
    summary="Publish a map",
    **_SAID,
)
async def publish(journey_id: UUID, body: journeys.NewRevision, edge: Edge) -> Response:
    """Keep the map as it is now for good, as its next revision.

    `departments` are those whose steps differ from the last published revision: each can take note.
    A map without steps is 409 `empty_map`. If-Match takes the map's ETag. The same map may be
    published again.
    """
    return await edge.write(
        lambda work: REVISIONS.publish(work, journey_id, body, edge.expected), _published
    )


def _published(made: Document) -> Response:
    found = msgspec.json.decode(made.json)
    at = f"/v1/journeys/{found['journey_id']}/revisions/{found['number']}"
    return Response(made.json, 201, {"Location": at, "ETag": f'"{made.version}"'}, JSON)


@router.get(
    f"{_OF_MAP}/revisions",
    response_model=page_of(documents.listed(Revision, REVISIONS.shape.in_whole)),
    responses=documents.PARTS,
    operation_id="list_revision",
    summary="List the revisions of a map",
    **_SAID,
)
async def list_revisions(journey_id: UUID, query: _QUERY, edge: Edge) -> Response:
    """The revisions of a map, the newest first; `view=whole` with the map as it was."""
    return await edge.listed(
        lambda work, asked: REVISIONS.page_of(work, JOURNEYS, journey_id, asked), query
    )


@router.get(
    _ONE,
    response_model=Revision,
    responses=documents.READ,
    operation_id="read_revision",
    summary="Read a revision of a map",
    **_SAID,
)
async def read_revision(journey_id: UUID, number: Number, edge: Edge) -> Response:
    """A revision by its number, with the whole map as it was. It never changes."""
    return await edge.shown(lambda work: journeys.numbered(work, journey_id, number))


@router.post(
    f"{_OF_MAP}/restore",
    response_model=RestoredJourney,
    responses=documents.WRITE,
    operation_id="restore_journey",
    summary="Restore a map",
    **_SAID,
)
async def restore(journey_id: UUID, body: journeys.Restoring, edge: Edge) -> Response:
    """Give the map the members and parts that a revision holds; external ids stay.

    What the map was is kept as a revision first. Parts are reconciled by key: a known key keeps its
    id with its evidence, actions and comments. What refers to nothing any more is left out, and
    told in `restored`.
    """
    return await edge.write(
        lambda work: REVISIONS.restore(work, journey_id, body, edge.expected), _restored
    )


def _restored(came: Restored) -> Response:
    return Response(came.json, 200, {"ETag": f'"{came.journey.version}"'}, JSON)


@router.get(
    f"{_OF_MAP}/diff",
    response_class=Response,
    responses={
        200: {"description": "The differences.", "content": _COMPARED, "headers": documents.ETAG},
        304: {"description": "The same as what you have.", "headers": documents.ETAG},
        **documents.refusals(404, 422),
    },
    operation_id="read_journey_diff",
    summary="Compare two states of a map",
    **_SAID,
)
async def diff(journey_id: UUID, query: Annotated[DiffQuery, Query()], edge: Edge) -> Response:
    """What differs between two states of a map, or between two maps, by key.

    A part that is called otherwise is renamed, one that stands elsewhere is moved; the fewest
    moves that give the order are told. Two maps that have nothing to do with each other may be
    compared: `unmatched` says what has no counterpart. A map never published has no `published`
    state: 404 `never_published`.
    """
    base, other = (_place(name) for name in (query.base, query.with_))
    states = await edge.read(lambda work: journeys.both(work, journey_id, base, other))
    body = await edge.aside(_compared, states)
    digest = blake2b(body.encode(), digest_size=12).hexdigest()
    return edge.represented(body, f'"{digest}-diff"', JSON)


def _compared(states: tuple[journeys.MapState, journeys.MapState]) -> str:
    return as_json(journeys.comparison(states))


def _place(name: str) -> journeys.Place:
    found = journeys.place(name)
    if found is None:
        raise AssertionError("the query takes no other names")
    return found


@router.get(
    f"{_ONE}/acknowledgements",
    response_model=AcknowledgementsDocument,
    responses=documents.refusals(404),
    response_description="The departments concerned.",
    operation_id="list_acknowledgement",
    summary="List who knows of a revision",
    **_SAID,
)
async def list_acknowledgements(journey_id: UUID, number: Number, edge: Edge) -> Response:
    """The departments whose steps the publishing changed: who has taken note, and who has not."""
    found = await edge.read(lambda work: journeys.acknowledgements(work, journey_id, number))
    return edge.represented(found, None, JSON)


@router.post(
    f"{_ONE}/acknowledgements",
    response_model=AcknowledgementsDocument,
    responses=documents.refusals(404, 408, 409, 413, 415, 422),
    response_description="The departments concerned, as it is then.",
    operation_id="acknowledge_revision",
    summary="Take note of a revision",
    openapi_extra={documents.BY_A_PERSON: True},
    **_SAID,
)
async def acknowledge(
    journey_id: UUID, number: Number, body: journeys.Acknowledgement, edge: Edge
) -> Response:
    """Say that a department knows of a revision, as the person that Waypost-Actor names.

    Nobody says so namelessly: without that header it is 422 `person_required`.
    The first note of a department stands; saying it again changes nothing.
    """
    return await edge.write(
        lambda work: journeys.acknowledge(work, journey_id, number, body),
        lambda found: Response(found, 200, media_type=JSON),
    )
