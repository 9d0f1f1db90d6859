"""What conversions are owed to."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import measures

router = APIRouter(route_class=Route)


@router.post(
    "/v1/attribution/query",
    response_class=Response,
    responses={
        **answered("Attribution", "Conversions, and what they are owed to."),
        **documents.refusals(408, 409, 413, 415, 422),
    },
    operation_id="query_attribution",
    summary="Divide conversions among the touches before them",
    tags=["measures"],
)
async def attribution(body: measures.AttributionQuery, edge: Edge) -> Response:
    """Every event of the goal is a conversion, divided among the same person's touches before it
    by the model that is asked for; summed by channel, campaign or touchpoint. Credits add up to
    the conversions that have a touch, exactly; those without are counted apart.

    By touchpoint, touches are those that the catalogue's bindings take. 409
    `too_many_touchpoints`: more are bound than can be asked about at once.
    """
    found = await edge.analysed(lambda work: measures.attribution(work, body))
    return edge.represented(encode(found), None, JSON)
