"""Maps brought in: our own JSON, Mermaid `journey` diagrams, and CSV."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from service.api.edge import Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Shown
from service.api.rest.journeys import BUNDLE, Journey
from service.api.rest.spreadsheets import ReadAsDocument
from service.api.route import Route
from service.domain import journeys, spreadsheets
from service.domain.errors import UnsupportedMedia
from service.domain.inputs import Input
from service.domain.journeys import Imported
from service.domain.words import told

router = APIRouter(route_class=Route)

MERMAID = ("text/vnd.mermaid", "text/x-mermaid", "text/plain", "text/markdown")
OWN = "application/json"
CSV = spreadsheets.MEDIA_TYPE
DIAGRAM = """\
journey
    title Finding a financial adviser
    section We look around
        Search online: 3: Ann
        Call the adviser: 1: Ann, Ben
"""
_ONE = {"$ref": "#/components/schemas/NewJourney"}
_SEVERAL = {"type": "array", "items": _ONE}
_LISTED = {"type": "object", "properties": {"items": _SEVERAL}, "required": ["items"]}
TABLE = """\
title,stage,step,emotion
Finding a financial adviser,We look around,Search online,0.5
Finding a financial adviser,We look around,Call the adviser,-1.5
"""
_SENT = {**dict.fromkeys(MERMAID, DIAGRAM), CSV: TABLE}
BODY: dict[str, Any] = (
    {OWN: {"schema": {"anyOf": [_ONE, _SEVERAL, _LISTED]}}}
    | BUNDLE
    | {
        media: {"schema": {"type": "string", "contentMediaType": media}, "example": example}
        for media, example in _SENT.items()
    }
)


class UnreadLine(Shown):
    """A line that was read but not understood in full."""

    line: Annotated[int, told("Counted from 1.", 5)]
    detail: Annotated[str, told("What was not understood.", "the score is no number from 1 to 5")]


class ImportDocument(Shown):
    """What came of an import."""

    items: Annotated[list[Journey], told("The maps as they are now.")]
    problems: Annotated[list[UnreadLine], told("What was read but not understood, by line.")]
    read_as: Annotated[ReadAsDocument | None, told("How a CSV file was understood.")] = None


class ImportQuery(Input):
    """Into which map."""

    shown_only = frozenset()
    journey_id: Annotated[
        UUID | None, told("The map to reconcile with, by key.", id_like("journey"))
    ] = None


@router.post(
    "/v1/journeys/import",
    status_code=201,
    response_model=ImportDocument,
    responses={
        201: {"description": "What came of it."},
        **documents.refusals(404, 408, 409, 413, 415, 422),
    },
    operation_id="import_journeys",
    summary="Import maps",
    openapi_extra={"requestBody": {"required": True, "content": BODY}},
    tags=["journeys"],
)
async def import_journeys(
    body: Annotated[bytes, Body(media_type=MERMAID[0])],
    query: Annotated[ImportQuery, Query()],
    edge: Edge,
) -> Response:
    """Maps from our own JSON, a bundle, CSV, or the Mermaid journeys of a diagram or Markdown file.

    All or nothing. A line outside the grammar is 422 with every such line; an unreadable score
    leaves its step unrated and is listed in `problems`.
    """
    edge.caller.needs(journeys.JOURNEYS.writes)
    media = (edge.header("content-type") or OWN).partition(";")[0].strip().lower()
    brought: journeys.Brought | journeys.Ready
    if media in MERMAID:
        brought = await edge.aside(journeys.mermaid_maps, body)
    elif media == CSV:
        brought = await edge.aside(journeys.csv_maps, body)
    elif media == OWN or media.endswith("+json"):
        brought = journeys.own_maps(body)
    else:
        raise UnsupportedMedia(f"Send {', '.join(BODY)}.")
    return await edge.write(
        lambda work: journeys.import_maps(work, brought, query.journey_id), _imported
    )


def _imported(came: Imported) -> Response:
    return Response(came.json, 201, media_type=OWN)
