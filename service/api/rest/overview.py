"""The overview of all maps, and how stale one is."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import create_model
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.negotiating import in_language
from service.api.rest import documents
from service.api.rest.computed import encode
from service.api.rest.documents import Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.route import Route
from service.domain import insights
from service.domain.errors import NotFound
from service.domain.insights import Aged
from service.domain.journeys import JOURNEYS
from service.domain.words import told

router = APIRouter(route_class=Route)

StalenessDefinition = shown(insights.StalenessDefinition, Shown)
Staleness = shown(
    insights.Staleness,
    Shown,
    definition=(StalenessDefinition, told("What it was computed from.")),
)
Emotion: Any = shown(insights.OverviewEmotion, Shown)
WorstGap: Any = shown(insights.OverviewGap, Shown)
Reviews: Any = shown(insights.OverviewReviews, Shown)
Actions: Any = shown(insights.OpenActions, Shown)
OverviewJourney = shown(
    insights.OverviewJourney,
    Shown,
    emotion=(Emotion, told("How it feels.")),
    worst_gaps=(
        list[WorstGap],
        told("The three worst by severity × confidence, dismissed ones aside."),
    ),
    reviews=(Reviews, told("What is due of the looks at it.")),
    actions=(Actions, told("What is still to be done about it.")),
    staleness=(Staleness, told("How long ago it was touched.")),
)
OverviewTotals = shown(
    insights.OverviewTotals,
    Shown,
    reviews=(Reviews, told("What is due of all looks at maps.")),
    actions=(Actions, told("What is still to be done, about whatever it is.")),
)
_TOTALS: Any = (OverviewTotals, told("The whole workspace; not line by line."))
OverviewPage: Any = create_model(
    "OverviewPage",
    __base__=page_of(OverviewJourney),
    __doc__="One page of maps at a glance, and the whole workspace.",
    totals=_TOTALS,
)
_QUERY: Any = sortable(insights.OverviewQuery, JOURNEYS.listing)
_LISTED: dict[int | str, dict[str, Any]] = {
    **documents.LIST,
    200: {**documents.LIST[200], "headers": documents.SPOKEN},
}


@router.get(
    "/v1/overview",
    response_model=OverviewPage,
    responses=_LISTED,
    operation_id="read_overview",
    summary="Read the overview of all maps",
    tags=["overview"],
)
async def overview(query: Annotated[_QUERY, Query()], edge: Edge) -> Response:
    """All maps at a glance: how they feel, their worst gaps, reviews that are overdue, actions
    that are open, and how stale they are. `totals` counts the whole workspace.

    Filters, sorts and pages are those of /v1/journeys; line by line it comes without `totals`.
    """
    answer = await edge.listed(insights.overview, query, beside={"totals": insights.totals})
    answer.headers.update(in_language(edge.caller.language))
    return answer


@router.get(
    "/v1/journeys/{journey_id:uuid}/staleness",
    response_model=Staleness,
    responses={
        200: {"description": "How long ago it was touched."},
        **documents.refusals(404, 422),
    },
    operation_id="read_staleness",
    summary="Read how stale a map is",
    tags=["journeys"],
)
async def staleness(
    journey_id: UUID, query: Annotated[insights.StalenessQuery, Query()], edge: Edge
) -> Response:
    """Days since the newest of: a change of the map or its parts, a completed review of it, a
    finding about it or its parts. Stale is what is older than the limit.
    """
    asked = Aged(journey_id, query.limit_days)
    found = (await edge.read(lambda work: insights.staleness(work, [asked])))[asked]
    if isinstance(found, NotFound):
        raise found
    return edge.represented(encode(found), None, JSON)
