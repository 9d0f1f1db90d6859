"""Figures computed of the paths people took."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import measures

router = APIRouter(route_class=Route)
_REFUSALS = documents.refusals(408, 409, 413, 415, 422)


@router.post(
    "/v1/transitions/query",
    response_class=Response,
    responses={**answered("Transitions", "Transitions, starts, ends."), **_REFUSALS},
    operation_id="query_transitions",
    summary="Count which event follows on which",
    tags=["measures"],
)
async def transitions(body: measures.TransitionsQuery, edge: Edge) -> Response:
    """Neighbouring events of paths, each by the time of the second: how often, with which
    probability out of the first, and where paths start and end. For every step
    in + starts = out + ends + cut.

    It needs `analytics:read`; filters on other than an event's declared dimensions `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.transitions(work, body))
    return edge.represented(encode(found), None, JSON)


@router.post(
    "/v1/paths/query",
    response_class=Response,
    responses={**answered("Paths", "Sequences, how many took each."), **_REFUSALS},
    operation_id="query_paths",
    summary="List the most frequent paths",
    tags=["measures"],
)
async def paths(body: measures.PathsQuery, edge: Edge) -> Response:
    """The most frequent sequences of events, from the first that `start` selects, or up to the
    first that `end` does: how many paths have each, and how many of those reach `end`. What is
    listed and what is cut add up to all.

    It needs `analytics:read`; filters on other than an event's declared dimensions `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.paths(work, body))
    return edge.represented(encode(found), None, JSON)


@router.post(
    "/v1/conformance/query",
    response_class=Response,
    responses={**answered("Conformance", "Planned and actual path."), **_REFUSALS},
    operation_id="query_conformance",
    summary="Hold what people did against a plan",
    tags=["measures"],
)
async def conformance(body: measures.ConformanceQuery, edge: Edge) -> Response:
    """How much of a planned sequence of events people did in order, by the longest common
    subsequence: what they skipped, repeated, did out of order or beside the plan, and which moves
    the plan has not.

    It needs `analytics:read`; filters on other than an event's declared dimensions `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.conformance(work, body))
    return edge.represented(encode(found), None, JSON)


@router.post(
    "/v1/retention/query",
    response_class=Response,
    responses={**answered("Retention", "Who came back, by cohort."), **_REFUSALS},
    operation_id="query_retention",
    summary="Tell who came back, and when",
    tags=["measures"],
)
async def retention(body: measures.RetentionQuery, edge: Edge) -> Response:
    """How many of those who began in a day, week or month of the workspace's time zone did
    something so many of them later: by cohort, and over all cohorts that are old enough.

    It needs `analytics:read`; filters on other than an event's declared dimensions `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.retention(work, body))
    return edge.represented(encode(found), None, JSON)
