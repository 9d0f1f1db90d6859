"""How far people come along some steps."""

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
    "/v1/funnels/query",
    response_class=Response,
    responses={**answered("Funnel", "Units, shares and times by step."), **_REFUSALS},
    operation_id="query_funnels",
    summary="See how far people come along some steps",
    tags=["measures"],
)
async def funnel(body: measures.FunnelsQuery, edge: Edge) -> Response:
    """A funnel over all chains that there are: how many people, sessions or attempts come how far,
    how long it takes them, who drops and who is undecided yet.

    It needs `analytics:read`; conditions and breakdowns by other than an event's declared
    dimensions, and `dropped_at`, need `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.funnel(work, body))
    return edge.represented(encode(found), None, JSON)
