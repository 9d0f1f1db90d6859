"""Maps in and out: our own JSON, Mermaid `journey` diagrams, and CSV."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Body, Query
from pydantic import Field
from starlette.responses import Response

from service.api.edge import Edge
from service.api.negotiating import chosen
from service.api.rest import documents
from service.api.rest.documents import Shown
from service.api.rest.journeys import BUNDLE, Journey
from service.api.rest.spreadsheets import ReadAsDocument
from service.api.route import Route
from service.domain import journeys, spreadsheets
from service.domain.errors import UnsupportedMedia
from service.domain.inputs import Input
from service.domain.journeys import Imported

router = APIRouter(route_class=Route)

MERMAID = ("text/vnd.mermaid", "text/x-mermaid", "text/plain", "text/markdown")
OWN = "application/json"
CSV = spreadsheets.MEDIA_TYPE
FORMATS = {"json": OWN, "mermaid": MERMAID[0], "csv": CSV}
_ONE = {"$ref": "#/components/schemas/NewJourney"}
_SEVERAL = {"type": "array", "items": _ONE}
_LISTED = {"type": "object", "properties": {"items": _SEVERAL}, "required": ["items"]}
BODY: dict[str, Any] = (
    {OWN: {"schema": {"anyOf": [_ONE, _SEVERAL, _LISTED]}}}
    | BUNDLE
    | {
        media: {"schema": {"type": "string", "contentMediaType": media}}
        for media in (*MERMAID, CSV)
    }
)


class UnreadLine(Shown):
    """A line that was read but not understood in full."""

    line: int
    detail: str


class ImportDocument(Shown):
    """What came of an import."""

    items: list[Journey]
    problems: list[UnreadLine]
    read_as: ReadAsDocument | None = Field(None, description="Of a CSV file.")


class ImportQuery(Input):
    """Into which map."""

    shown_only = frozenset()
    journey_id: UUID | None = Field(None, description="The map to reconcile with, by key.")


class MapQuery(Input):
    """As what."""

    shown_only = frozenset()
    format: Literal["json", "mermaid", "csv"] | None = Field(None, description="Else by Accept.")


@router.post(
    "/v1/journeys/import",
    status_code=201,
    response_model=ImportDocument,
    responses=documents.refusals(404, 408, 409, 413, 415, 422),
    operation_id="import_journeys",
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
    problems = [{"line": p.line, "detail": p.detail} for p in came.problems]
    items = ", ".join(made.json for made in came.items)
    told, read_as = (msgspec.json.encode(one).decode() for one in (problems, came.read_as))
    body = f'{{"items": [{items}], "problems": {told}, "read_as": {read_as}}}'
    return Response(body, 201, media_type=OWN)


@router.get(
    "/v1/journeys/{journey_id:uuid}/map",
    response_class=Response,
    responses={
        200: {
            "description": "The map.",
            "content": {
                OWN: {"schema": {"$ref": "#/components/schemas/Journey"}},
                MERMAID[0]: {"schema": {"type": "string"}},
                CSV: {"schema": {"type": "string"}},
            },
        },
        **documents.WITHIN,
    },
    operation_id="read_map",
    tags=["journeys"],
)
async def read_map(journey_id: UUID, query: Annotated[MapQuery, Query()], edge: Edge) -> Response:
    """A map to take away: our own JSON, which imports exactly, CSV, or a Mermaid diagram.

    What a form cannot carry is said in `Waypost-Not-Carried`, and in the last line of a diagram.
    """
    del query  # read by `chosen`
    wanted = chosen(edge.request, FORMATS)
    if wanted == "json":
        return await edge.shown(lambda work: journeys.JOURNEYS.one(work, journey_id))
    draw = journeys.as_csv if wanted == "csv" else journeys.as_mermaid
    found, written = await edge.read(lambda work: draw(work, journey_id))
    lost = {"Waypost-Not-Carried": ", ".join(written.not_carried)}
    media = f"{FORMATS[wanted]}; charset=utf-8"
    return edge.represented(written.text, f'"{found.version}-{wanted}"', media, lost)
