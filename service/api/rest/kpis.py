"""KPIs: what there are, and their values."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import measures

router = APIRouter(route_class=Route)
_REFUSALS = documents.refusals(408, 409, 413, 415, 422)


@router.get(
    "/v1/kpis/built-in",
    response_class=Response,
    responses={**answered("BuiltInKpis", "The built-in KPIs."), **documents.refusals()},
    operation_id="list_built_in_kpis",
    summary="List the built-in KPIs",
    tags=["measures"],
)
async def built_in_kpis(edge: Edge) -> Response:
    """What KPIs are built in: what each means exactly, its modes and parameters with their
    defaults, its unit, and what others found, where that is published.
    """
    return edge.represented(encode(measures.built_in()), None, JSON)


@router.post(
    "/v1/kpis/query",
    response_class=Response,
    responses={**answered("KpiAnswer", "The KPI, as asked for."), **_REFUSALS},
    operation_id="query_kpi",
    summary="Compute a KPI",
    tags=["measures"],
)
async def query(body: measures.KpiQuery, edge: Edge) -> Response:
    """A KPI of a range: its value; a series by hour, day, week, month, quarter or year in the
    workspace's time zone; a breakdown by what events carry, at most 100 values, the rest as
    `other`; and the change from a range before.

    It needs `analytics:read`; filters, fields and selections on other than an event's declared
    dimensions need `contacts:read`.
    """
    found = await edge.analysed(lambda work: measures.kpi(work, body))
    return edge.represented(encode(found), None, JSON)
