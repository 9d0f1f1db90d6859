"""What goes with conversion."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import measures

router = APIRouter(route_class=Route)


@router.post(
    "/v1/correlates/query",
    response_class=Response,
    responses={
        **answered("Correlates", "Events, and how they go with conversion."),
        **documents.refusals(408, 409, 413, 415, 422),
    },
    operation_id="query_correlates",
    summary="Find what goes with conversion",
    tags=["measures"],
)
async def correlates(body: measures.CorrelatesQuery, edge: Edge) -> Response:
    """For each other event the odds ratio of people, or sessions, that converted and had it before
    against those that did not convert and had it; with all four counts.

    Correlation is not cause, and the answer says so.
    """
    found = await edge.analysed(lambda work: measures.correlates(work, body))
    return edge.represented(encode(found), None, JSON)
