"""The map as a whole: to read, to print, to take away, and to share."""

from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from pydantic import create_model
from starlette.responses import Response

from service.api.edge import JSON, Edge, EdgeOf
from service.api.idempotency import SECRET
from service.api.negotiating import chosen, in_language
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.documents import Shown
from service.api.rest.exchange import CSV, DIAGRAM, MERMAID, TABLE
from service.api.rest.journeys import Journey
from service.api.rest.queries import LinkQuery
from service.api.rest.rendering import rendered
from service.api.route import Route, opens_by_link
from service.domain import insights, journeys
from service.domain.insights import REVISION, MapFormat, MapOf, MapTheme, NewShare, Shared, Wish
from service.domain.reading import Document
from service.domain.words import told

router = APIRouter(route_class=Route)

FORMATS = {
    "json": JSON,
    "html": "text/html",
    "svg": "image/svg+xml",
    "markdown": "text/markdown",
    "csv": CSV,
    "mermaid": MERMAID[0],
}
_IMPORTED = frozenset({"csv", "mermaid"})
"""Forms that are imported again, as they are."""


class MapPersona(Shown):
    """Whose journey it is, as the picture shows them."""

    id: Annotated[UUID, told("Which persona this is.", id_like("persona"))]
    name: Annotated[str, told("As people call them.", "Ann")]
    role: Annotated[str | None, told("Their part in a purchase.", "decider")]
    avatar: Annotated[
        str | None,
        told("A data URI of a small picture; null without one, or past the 8th.", None),
    ]


class MapTouchpoint(Shown):
    """A touchpoint that a step meets, from the catalogue."""

    id: Annotated[UUID, told("Which touchpoint this is.", id_like("touchpoint"))]
    key: Annotated[str, told("By which steps name it.", "hotline")]
    name: Annotated[str, told("As people call it.", "Telephone hotline")]
    channel: Annotated[str | None, told("Through which it is met.", "phone")]
    device: Annotated[str | None, told("On which it is met.", "mobile")]
    department: Annotated[str | None, told("Who looks after it.", "service")]
    party: Annotated[str, told("Whose it is: own, paid, earned or a competitor's.", "own")]
    status: Annotated[str, told("How sure it is: suspected, confirmed, deprecated.", "confirmed")]


class MapEvidence(Shown):
    """How many findings of one kind there are about a step."""

    step_id: Annotated[UUID, told("What they are about.", id_like("step"))]
    kind: Annotated[str, told("Figures (`analytical`) or stories (`anecdotal`).", "anecdotal")]
    count: Annotated[int, told("How many there are.", 3)]


class MapGap(Shown):
    """An open gap where the picture marks it."""

    id: Annotated[UUID, told("Which gap this is; it stays while the gap lasts.", id_like("gap"))]
    kind: Annotated[str, told("What sort of gap it is.", "department_handoff")]
    severity: Annotated[float, told("How bad, 0 to 100.", 47.5)]
    stage_id: Annotated[UUID | None, told("Its stage; null: the whole map's.", id_like("stage"))]
    step_id: Annotated[
        UUID | None,
        told("Its step; of a crossing, the one after it. Null: a stage's.", id_like("step")),
    ]
    from_step_id: Annotated[
        UUID | None, told("Of a crossing, the step before it; else null.", id_like("step"))
    ]
    changes: Annotated[
        str | None, told("Of a crossing, what changes there; else null.", "marketing → sales")
    ]


class MapPicture(Shown):
    """What the picture of a map shows that stands elsewhere."""

    personas: Annotated[list[MapPersona], told("Whose journey it is, in its order.")]
    touchpoints: Annotated[list[MapTouchpoint], told("What its steps meet, by key.")]
    evidence: Annotated[list[MapEvidence], told("Findings about its steps, counted by kind.")]
    journeys: Annotated[
        dict[str, str],
        told("Titles of the maps that steps stand for, by id.", {id_like("journey"): "Paying"}),
    ]
    gaps: Annotated[list[MapGap], told("Open gaps, worst first.")]
    revision: Annotated[
        int | str,
        told("Of which state of the map: a revision's number, or `draft` as it is now.", "draft"),
    ]


_DOC = "A map, with what its picture shows besides."
JourneyMap: Any = create_model(
    "JourneyMap",
    __base__=Journey,
    __doc__=_DOC,
    picture=(MapPicture, told("What stands elsewhere; ignored when sent.")),
)


class MapQuery(LinkQuery):
    """As what, in which colours."""

    format: Annotated[MapFormat | None, told("Else by Accept.", "html")] = None
    revision: Annotated[journeys.StateName | None, told(REVISION, "published")] = None
    theme: Annotated[
        MapTheme, told("Of a page or picture; `auto` follows the reader's system.", "light")
    ] = "auto"


class SharedMap(Shown):
    """A link that opens a map without a key, for reading alone."""

    url: Annotated[
        str,
        told(
            "Path and query, behind the address of this service. Whoever has it can read the map.",
            f"/v1/journeys/{id_like('journey')}/map?format=html&workspace={id_like('workspace')}"
            "&expires=1798761600&signature=q83vEjRWeJCrze8SNFZ4kKvN7xI",
        ),
    ]
    expires_at: Annotated[datetime, told("Until when it opens.", "2026-05-08T09:30:00+00:00")]


_TEXT: dict[str, Any] = {"type": "string"}
SHOWN: dict[str, Any] = {
    FORMATS["html"]: {
        "schema": _TEXT,
        "example": '<!doctype html><html lang="en"><title>Finding an adviser</title></html>',
    },
    FORMATS["svg"]: {
        "schema": _TEXT,
        "example": '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="900" role="img"/>',
    },
    FORMATS["markdown"]: {
        "schema": _TEXT,
        "example": "# Finding an adviser\n\n## 1. We look around\n\n| Steps | 1. Search |\n"
        "| --- | --- |\n| **Emotion** | +0.5 |\n",
    },
    FORMATS["csv"]: {"schema": _TEXT, "example": TABLE},
    FORMATS["mermaid"]: {"schema": _TEXT, "example": DIAGRAM},
}


@router.get(
    "/v1/journeys/{journey_id:uuid}/map",
    response_model=JourneyMap,
    responses={
        200: {
            "description": "The map, in the form asked for.",
            "headers": {
                **documents.ETAG,
                "Content-Location": {"$ref": "#/components/headers/ContentLocation"},
                "Waypost-Not-Carried": {"$ref": "#/components/headers/NotCarried"},
            },
            "content": SHOWN,
        },
        **documents.WITHIN,
    },
    operation_id="read_map",
    summary="Read a map as a page, a picture or a file",
    openapi_extra={"security": [{"ApiKey": []}, {"SignedLink": []}]},
    tags=["journeys"],
)
@opens_by_link
async def read_map(journey_id: UUID, query: Annotated[MapQuery, Query()], edge: Edge) -> Response:
    """A whole map: a page to read and print, a picture, a document, or a file to take away.

    JSON and CSV can be imported again, JSON exactly. What CSV and Mermaid cannot carry is said in
    `Waypost-Not-Carried`. Headings of a page, picture or document follow Accept-Language. Of a
    revision, `Content-Location` says where just this one is.
    """
    wanted, state = chosen(edge.request, FORMATS), journeys.state_named(query.revision)
    if wanted in _IMPORTED:
        return await _taken_away(edge, journey_id, wanted, state)
    found = await edge.read(lambda work: insights.pictured_map(work, journey_id, state))
    wish = Wish(edge.caller.language, query.theme)
    # A picture of the largest map takes a tenth of a second: not on the event loop.
    drawn = await edge.aside(lambda _: insights.drawn(wanted, found, wish), b"")
    etag = _etag(found, wanted, drawn.text)
    at = _at(journey_id, found.revision, wanted)
    if wanted == "json":
        return edge.represented(drawn.text, etag, JSON, at)
    headers = {**at, **rendered(drawn.style), **in_language(edge.caller.language)}
    media = FORMATS[wanted] if wanted == "svg" else f"{FORMATS[wanted]}; charset=utf-8"
    return edge.represented(drawn.text, etag, media, headers)


async def _taken_away(
    edge: EdgeOf, journey_id: UUID, wanted: str, state: journeys.Reference
) -> Response:
    found = await edge.read(lambda work: journeys.map_state(work, journey_id, state))
    written = journeys.TAKEN_AWAY[wanted](Document(journey_id, found.version, found.json))
    at = _at(journey_id, found.revision, wanted)
    headers = {**at, "Waypost-Not-Carried": ", ".join(written.not_carried)}
    media = f"{FORMATS[wanted]}; charset=utf-8"
    etag = f'{found.etag[:-1]}-{wanted}"'
    return edge.represented(written.text, etag, media, headers)


def _at(journey_id: UUID, revision: int | str, wanted: str) -> dict[str, str]:
    """Where just this state is; the draft is where it was asked for."""
    if revision == journeys.DRAFT:
        return {}
    path = f"/v1/journeys/{journey_id}/map?format={wanted}&revision={revision}"
    return {"Content-Location": path}


def _etag(found: MapOf, wanted: str, text: str) -> str:
    """Findings, faces and names change without the map's version, and so do we by release."""
    digest = blake2b(text.encode(), digest_size=6).hexdigest()
    then = "" if found.revision == journeys.DRAFT else f"-revision-{found.revision}"
    return f'"{found.document.version}{then}-map-{wanted}-{digest}"'


@router.post(
    "/v1/journeys/{journey_id:uuid}/share",
    status_code=201,
    response_model=SharedMap,
    responses={
        201: {
            "description": "The link, in `Location` too.",
            "headers": {"Location": {"$ref": "#/components/headers/Location"}},
        },
        **documents.refusals(404, 408, 409, 413, 415, 422, 501),
    },
    operation_id="share_map",
    summary="Make a link that opens a map without a key",
    tags=["journeys"],
)
async def share_map(journey_id: UUID, body: NewShare, edge: Edge) -> Response:
    """A link that reads this one map until it expires: 7 days unless said otherwise, 90 at most.

    It outlives the key that asks for it, so it takes the scope `maps:write`. It cannot be taken
    back but by changing the signing key. Without a signing key it is 501 `not_configured`; an
    expired link is 401 `link_expired`. A link is not stored: a retry with the same
    `Idempotency-Key` is 409 `already_exists`, and who lost the answer makes a second link.
    """
    state = edge.request.scope["app"].state
    return await edge.write(
        lambda work: insights.share(work, journey_id, body, state.settings.signing_key), _shared
    )


def _shared(made: Shared) -> Response:
    """A link opens without a key: it is kept by no cache, nor for a retry."""
    headers = {"Location": made.url, "Cache-Control": "no-store", SECRET: "url"}
    return Response(msgspec.json.encode(made), 201, headers, JSON)
