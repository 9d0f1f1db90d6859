"""KPIs, figures that are posted of a workspace's own, and how they stand."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.about import id_like
from service.api.rest.computed import answered, encode
from service.api.rest.documents import Named, Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import measures
from service.domain.words import told

router = APIRouter(route_class=Route)

KpiPlace = shown(
    measures.KpiPlace,
    Shown,
    journey_id=(UUID, told("The map that it is in.", id_like("journey"))),
)
KpiReference = shown(measures.KpiReference, Shown)
KpiParameter = shown(measures.KpiParameter, Shown)
KpiMeaning = shown(
    measures.KpiMeaning,
    Shown,
    parameters=(list[KpiParameter], told("How it may be asked for.")),
    reference=(KpiReference | None, told("A published range; null: the guides give none.", None)),
)
Kpi = shown(
    measures.NewKpi,
    Named,
    key=(str, told("By which people name it; unique among KPIs.", "orders-by-visitors")),
    places=(list[KpiPlace], told("Where on maps it stands.")),
    own=(bool, told("Whether it is the workspace's own; a built-in one cannot be changed.", True)),
    meaning=(
        KpiMeaning | None,
        told("What the built-in KPI means exactly; null: it names none.", None),
    ),
)
PostedKpiValue = shown(
    measures.PostedKpiValue,
    Shown,
    id=(UUID, told("The same whenever this time and these keys are posted.", id_like("value"))),
    kpi_id=(UUID, told("Of which KPI.", id_like("kpi"))),
    value=(float, told("The figure.", 0.42)),
    posted_at=(datetime, told("When it was posted as it is.", "2026-05-02T06:00:00+00:00")),
)
_QUERY: Any = sortable(measures.PostedKpiValueList, measures.VALUES)
_VALUES = "/v1/kpis/{kpi_id:uuid}/values"

collection(
    router,
    "/v1/kpis",
    measures.KPIS,
    Kpi,
    measures.KpiList,
    leads_to=dict.fromkeys(("read_kpi_status", "list_kpi_value", "post_kpi_values"), "kpi_id"),
)


@router.get(
    _VALUES,
    response_model=page_of(PostedKpiValue),
    responses=documents.LIST | documents.refusals(404),
    operation_id="list_kpi_value",
    summary="List the posted figures of a KPI",
    tags=["kpis"],
)
async def list_values(kpi_id: UUID, query: Annotated[_QUERY, Query()], edge: Edge) -> Response:
    """Figures that were measured elsewhere, the latest first."""
    return await edge.listed(lambda work, asked: measures.values_of(work, kpi_id, asked), query)


@router.post(
    _VALUES,
    response_class=Response,
    responses={
        **answered("PostedOutcome", "What came of them."),
        **documents.refusals(404, 408, 409, 413, 415, 422),
    },
    operation_id="post_kpi_values",
    summary="Post up to 1000 figures of a KPI",
    tags=["kpis"],
)
async def post_values(kpi_id: UUID, body: measures.PostedKpiValues, edge: Edge) -> Response:
    """Figures that were measured elsewhere, of a KPI that has no definition and is no built-in one
    (else 409 `kpi_is_computed`). What was posted of the same time and keys is replaced, so the call
    may be repeated.
    """
    return await edge.write(
        lambda work: measures.post_values(work, kpi_id, body),
        lambda found: Response(encode(found), 200, media_type=JSON),
    )


@router.delete(
    f"{_VALUES}/{{value_id:uuid}}",
    status_code=204,
    responses={204: {"description": "Gone."}, **documents.refusals(404, 409)},
    operation_id="delete_kpi_value",
    summary="Delete a posted figure",
    tags=["kpis"],
)
async def delete_value(kpi_id: UUID, value_id: UUID, edge: Edge) -> Response:
    """One figure of the KPI; the others stay."""
    return await edge.gone(lambda work: measures.delete_value(work, kpi_id, value_id))


@router.get(
    "/v1/kpis/{kpi_id:uuid}/status",
    response_class=Response,
    responses={
        **answered("KpiStatus", "How it stands."),
        **documents.refusals(404, 422),
    },
    operation_id="read_kpi_status",
    summary="Read how a KPI stands against its target",
    tags=["kpis"],
)
async def read_status(
    kpi_id: UUID, query: Annotated[measures.KpiRange, Query()], edge: Edge
) -> Response:
    """The figure of a range, the one of equal length before it, and whether the target is met.

    Of a share its Wilson 95 % interval decides: `met` where all of it is at the target or better,
    `missed` where all of it is worse, else `unknown`, with a reason. It needs `maps:read` and
    `analytics:read`.
    """
    found = await edge.analysed(lambda work: measures.kpi_status(work, kpi_id, query))
    return edge.represented(encode(found), None, JSON)


by_external_id(router, "/v1/kpis", measures.KPIS, Kpi)
