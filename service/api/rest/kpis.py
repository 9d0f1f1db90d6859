"""The values of KPIs."""

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
    "/v1/kpis/query",
    response_class=Response,
    responses={**answered("KpiAnswer", "The KPI, as asked for."), **_REFUSALS},
    operation_id="query_kpi",
    summary="Compute a KPI",
    tags=["measures"],
)
async def query(body: measures.KpiQuery, edge: Edge) -> Response:
    """A built-in or own KPI of a range: its value; a series by hour, day, week, month, quarter or
    year in the workspace's time zone; a breakdown by what events carry, at most 100 values, the
    rest as `other`; and the change from a range before.

    It needs `analytics:read`; filters, fields and selections on other than an event's declared
    dimensions need `contacts:read`, own KPIs `maps:read`.
    """
    found = await edge.analysed(lambda work: measures.kpi(work, body))
    return edge.represented(encode(found), None, JSON)
