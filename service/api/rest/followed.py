"""The ways that people take over a map."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import insights
from service.domain.errors import Invalid
from service.domain.work import Work

router = APIRouter(route_class=Route)
_REFUSALS = documents.refusals(404, 409, 422)


async def _answer(edge: Edge, wanted: Callable[[Work], Awaitable[object]]) -> Response:
    try:
        found = await edge.analysed(wanted)
    except Invalid as error:
        raise error.renamed("/query{}".format) from error
    return edge.represented(encode(found), None, JSON)


@router.get(
    "/v1/journeys/{journey_id:uuid}/transitions/observed",
    response_class=Response,
    responses={**answered("JourneyTransitions", "Transitions, starts, ends."), **_REFUSALS},
    operation_id="read_observed_transitions",
    summary="Count which step of a map follows on which",
    tags=["journeys"],
)
async def transitions(
    journey_id: UUID, query: Annotated[insights.JourneyTransitionsQuery, Query()], edge: Edge
) -> Response:
    """Neighbouring steps of what people did, each by the time of the second: how often, with which
    probability out of the first, and where paths start and end.

    An event is at a step by the rule for one contact, judged by the revision in force at its time.
    It needs `analytics:read` and `maps:read`.
    """
    return await _answer(edge, lambda work: insights.journey_transitions(work, journey_id, query))


@router.get(
    "/v1/journeys/{journey_id:uuid}/paths",
    response_class=Response,
    responses={**answered("JourneyPaths", "Sequences, how many took each."), **_REFUSALS},
    operation_id="read_journey_paths",
    summary="List the most frequent ways over a map",
    tags=["journeys"],
)
async def paths(
    journey_id: UUID, query: Annotated[insights.JourneyPathsQuery, Query()], edge: Edge
) -> Response:
    """The most frequent sequences of steps, from the first time at `start`, or up to the first at
    `end`: how many paths have each, and how many of those reach `end`.

    An event is at a step by the rule for one contact, judged by the revision in force at its time.
    It needs `analytics:read` and `maps:read`.
    """
    return await _answer(edge, lambda work: insights.journey_paths(work, journey_id, query))


@router.get(
    "/v1/journeys/{journey_id:uuid}/funnel",
    response_class=Response,
    responses={**answered("JourneyFunnel", "Units, shares and times by step."), **_REFUSALS},
    operation_id="read_journey_funnel",
    summary="See how far people come along a map",
    tags=["journeys"],
)
async def funnel(
    journey_id: UUID, query: Annotated[insights.JourneyFunnelQuery, Query()], edge: Edge
) -> Response:
    """A funnel along the bound steps of a map, or its stages, in their order: how many people,
    sessions or attempts come how far, how long it takes them, who drops and who is undecided yet.

    The steps are those of the newest state that judges events; each event is judged by the revision
    in force at its time. It needs `analytics:read` and `maps:read`.
    """
    return await _answer(edge, lambda work: insights.journey_funnel(work, journey_id, query))


@router.get(
    "/v1/journeys/{journey_id:uuid}/conformance",
    response_class=Response,
    responses={**answered("JourneyConformance", "Planned and actual path."), **_REFUSALS},
    operation_id="read_journey_conformance",
    summary="Hold what people did against a map",
    tags=["journeys"],
)
async def conformance(
    journey_id: UUID, query: Annotated[insights.JourneyConformanceQuery, Query()], edge: Edge
) -> Response:
    """How much of the map's bound steps people did in order, by the longest common subsequence:
    what they skipped, repeated, did out of order or beside the map, which moves the map lacks, and
    what is covered both ways.

    A unit is held against the revision in force at its first event at a step; a move against that
    at its end. It needs `analytics:read` and `maps:read`.
    """
    return await _answer(edge, lambda work: insights.journey_conformance(work, journey_id, query))


@router.get(
    "/v1/journeys/{journey_id:uuid}/kpis",
    response_class=Response,
    responses={**answered("JourneyKpis", "Its KPIs, those of stages first."), **_REFUSALS},
    operation_id="read_journey_kpis",
    summary="Read a map's own KPIs",
    tags=["journeys"],
)
async def kpis(
    journey_id: UUID, query: Annotated[insights.JourneyKpisQuery, Query()], edge: Edge
) -> Response:
    """How many of those who enter a stage drop there: who came to no later stage within the window
    from their first arrival in the range; those whose window is still open count in none of both.
    And built-in KPIs of the events at the map's steps alone, with the change from a range before:
    the conversion rate is that of the map's goal.

    An event is at a step by the rule for one contact, judged by the revision in force at its time.
    It needs `analytics:read` and `maps:read`.
    """
    return await _answer(edge, lambda work: insights.journey_kpis(work, journey_id, query))


@router.get(
    "/v1/journeys/{journey_id:uuid}/then-and-now",
    response_class=Response,
    responses={**answered("ThenAndNow", "Both times, and how they differ."), **_REFUSALS},
    operation_id="read_journey_then_and_now",
    summary="Compare a map and its people with half a year ago",
    tags=["journeys"],
)
async def then_and_now(
    journey_id: UUID, query: Annotated[insights.ThenAndNowQuery, Query()], edge: Edge
) -> Response:
    """How a map, what its people feel and what they do differ from what they were: the differences
    of its two states counted, the means of their ratings, and of the days before each time who came
    through and who dropped in each stage, with the interval of the difference.

    An event is at a step by the rule for one contact, judged by the revision in force at its time.
    It needs `analytics:read` and `maps:read`.
    """
    return await _answer(edge, lambda work: insights.then_and_now(work, journey_id, query))


@router.get(
    "/v1/journeys/{journey_id:uuid}/sales-funnel",
    response_class=Response,
    responses={**answered("SalesFunnel", "Both sides, and where they disagree."), **_REFUSALS},
    operation_id="read_sales_funnel",
    summary="See a map and the sales funnel side by side",
    tags=["journeys"],
)
async def sales_funnel(
    journey_id: UUID, query: Annotated[insights.SalesFunnelQuery, Query()], edge: Edge
) -> Response:
    """How many people stand at each stage of the sales funnel by the map, at the stage of their
    last event or enrolment in the range, and how many the CRM has there, by a trait of contacts;
    of whom both are known where the two agree, and whom the CRM has ahead or behind.

    An event is at a step by the rule for one contact, judged by the revision in force at its time.
    It needs `analytics:read` and `maps:read`; another trait than `lifecycle_stage`, or a mapping of
    its values, needs `contacts:read`.
    """
    return await _answer(edge, lambda work: insights.sales_funnel(work, journey_id, query))
