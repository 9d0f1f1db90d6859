"""Gaps of one map and of many, and what people make of them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.negotiating import in_language
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.computed import answered, encode
from service.api.rest.documents import Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import insights
from service.domain.errors import Invalid
from service.domain.insights import AllGapsQuery, GapQuery, JourneyGapsQuery
from service.domain.words import told

router = APIRouter(route_class=Route)
GapPatch = insights.GAPS.patch_input
GapSighting = shown(
    insights.GapSighting,
    Shown,
    id=(UUID, told("Of this time that the gap was there.", id_like("gap_sighting"))),
)
_HISTORY: Any = sortable(insights.GapSightingList, insights.SIGHTINGS)


@router.get(
    "/v1/journeys/{journey_id:uuid}/gaps",
    response_class=Response,
    responses={
        **answered("JourneyGaps", "A page of its gaps, worst first.", documents.SPOKEN),
        **documents.refusals(404, 409, 422),
    },
    operation_id="list_journey_gaps",
    summary="List the gaps of a map",
    tags=["gaps"],
)
async def journey_gaps(
    journey_id: UUID, query: Annotated[JourneyGapsQuery, Query()], edge: Edge
) -> Response:
    """Where clients may go elsewhere, and what the map itself does not know, worst first.

    By severity × confidence; beside them strengths, and opportunities at private steps.
    """
    try:
        found = await edge.analysed(lambda work: insights.journey_gaps(work, journey_id, query))
    except Invalid as error:
        raise error.renamed("/query{}".format) from error
    return _spoken(edge, encode(found))


@router.get(
    "/v1/gaps",
    response_class=Response,
    responses={
        **answered("GapList", "A page of all gaps, worst first.", documents.SPOKEN),
        **documents.refusals(409, 422),
    },
    operation_id="list_gaps",
    summary="List the gaps of all maps",
    tags=["gaps"],
)
async def all_gaps(query: Annotated[AllGapsQuery, Query()], edge: Edge) -> Response:
    """The gaps of all maps, or of those of one profile, worst first.

    `by_department` says who owns the worst handoffs.
    """
    try:
        maps = await edge.analysed(lambda work: insights.all_maps(work, query))
    except Invalid as error:
        raise error.renamed("/query{}".format) from error
    found = await edge.aside(insights.all_gaps, maps)
    dated = await edge.read(lambda work: insights.dated(work, found))
    return _spoken(edge, encode(dated.answer))


@router.get(
    "/v1/gaps/history",
    response_model=page_of(GapSighting),
    responses=documents.LIST,
    operation_id="list_gap_sighting",
    summary="List when gaps came and went",
    tags=["gaps"],
)
async def gap_history(query: Annotated[_HISTORY, Query()], edge: Edge) -> Response:
    """Gaps as facts with a time, the latest first: what is new (`opened_since`), what is closed
    (`closed_since`), what is there (`state=open`).

    The worker looks at maps within minutes after something changed. A gap that returns is told
    once more.
    """
    return await edge.listed(insights.gap_history, query)


@router.get(
    "/v1/gaps/{gap_id:uuid}",
    response_class=Response,
    responses={
        **answered("Gap", "As it is now.", documents.ETAG, documents.SPOKEN),
        **documents.refusals(404, 409, 422),
    },
    operation_id="read_gap",
    summary="Read a gap",
    tags=["gaps"],
)
async def read_gap(gap_id: UUID, query: Annotated[GapQuery, Query()], edge: Edge) -> Response:
    """Compute a gap again, by the id that stays while it lasts, of the same range and events.

    The ETag is of what people made of it: it goes into If-Match when that is changed.
    """
    try:
        found = await edge.analysed(lambda work: insights.GAPS.found(work, gap_id, query))
    except Invalid as error:
        raise error.renamed("/query{}".format) from error
    return _spoken(edge, found.json.encode(), {"ETag": f'W/"{found.version}"'})


@router.patch(
    "/v1/gaps/{gap_id:uuid}",
    response_class=Response,
    responses={
        **answered("Gap", "As it is after the change.", documents.ETAG),
        **documents.refusals(404, 408, 409, 412, 413, 415, 422),
    },
    operation_id="patch_gap",
    summary="Accept or dismiss a gap, or open it again",
    tags=["gaps"],
)
async def patch_gap(
    gap_id: UUID, body: GapPatch, query: Annotated[GapQuery, Query()], edge: Edge
) -> Response:
    """Say what to make of a gap (JSON merge patch of `status` and `reason`).

    What is said stays with the gap however often it is computed again.
    """
    return await edge.changed(
        lambda work: insights.GAPS.judged(work, gap_id, body, edge.expected, query)
    )


def _spoken(edge: Edge, body: bytes, more: dict[str, str] | None = None) -> Response:
    headers = {**in_language(edge.caller.language), **(more or {})}
    return edge.represented(body, None, JSON, headers)
