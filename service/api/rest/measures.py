"""Figures computed of what people did."""

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
    "/v1/sessions/query",
    response_class=Response,
    responses={**answered("Sessions", "Sessions, exits, switches."), **_REFUSALS},
    operation_id="query_sessions",
    summary="Cut what people did into sessions",
    tags=["measures"],
)
async def sessions(body: measures.SessionsQuery, edge: Edge) -> Response:
    """Sessions of a range, by their first event: how many, how long, how many with one event or
    one view alone; where they end; and what happens behind a switch of device, channel or the like.

    It needs `analytics:read`; filters on other than an event's declared dimensions `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.sessions(work, body))
    return edge.represented(encode(found), None, JSON)
