"""What follows contentment and discontent."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import measures

router = APIRouter(route_class=Route)


@router.post(
    "/v1/drivers/query",
    response_class=Response,
    responses={
        **answered("Drivers", "What follows answers, by place."),
        **documents.refusals(408, 409, 413, 415, 422),
    },
    operation_id="query_drivers",
    summary="Compare what the satisfied and the dissatisfied do",
    tags=["measures"],
)
async def drivers(body: measures.DriversQuery, edge: Edge) -> Response:
    """At each step, or touchpoint, that survey answers name: repurchase, referral, churn and net
    promoters of those who were satisfied there against those who were dissatisfied, each difference
    with its Newcombe interval. Those who are content differ otherwise too: this is no cause.
    """
    found = await edge.analysed(lambda work: measures.drivers(work, body))
    return edge.represented(encode(found), None, JSON)
