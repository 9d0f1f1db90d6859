"""Alerts, and what fired."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.documents import Named, Resource, Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import by_external_id, collection
from service.api.route import Route
from service.domain import alerts
from service.domain.words import told

router = APIRouter(route_class=Route)

AlertFigure = shown(alerts.AlertFigure, Shown)
Alert = shown(
    alerts.NewAlert,
    Named,
    state=(
        alerts.AlertState | None,
        told("How it stands; null: nobody has looked yet, or nobody does.", "ok"),
    ),
    reason=(
        str | None,
        told(
            "Why nothing is said: `not_checked`, `disabled`, `no_figure`, `no_before`, `too_few`,"
            " `small_cell`, or the code of an error.",
            None,
        ),
    ),
    checked_at=(
        datetime | None,
        told("When it was last looked at; null: not as it is now.", "2026-05-04T16:05:12+00:00"),
    ),
    figure=(AlertFigure | None, told("The figure then; null: none was computed.")),
)
AlertFiring = shown(
    alerts.AlertFiring,
    Resource,
    figure=(AlertFigure, told("The figure then.")),
    before=(AlertFigure | None, told("What it was compared with; null: with nothing.", None)),
    change=(
        shown(alerts.AlertChanged, Shown) | None,
        told("By how much it had changed; null: not compared.", None),
    ),
)
_FRESH: dict[int | str, dict[str, Any]] = {
    200: {"description": "As it is now.", "headers": documents.ETAG}
}
_QUERY: Any = sortable(alerts.AlertFiringList, alerts.ALERT_FIRINGS.listing)

collection(
    router,
    "/v1/alerts",
    alerts.ALERTS,
    Alert,
    alerts.AlertList,
    leads_to=dict.fromkeys(("list_alert_firing",), "alert_id"),
    read=False,
)


@router.get(
    "/v1/alerts/{resource_id:uuid}",
    response_model=Alert,
    responses=_FRESH | documents.refusals(404),
    operation_id="read_alert",
    summary="Read an alert",
    tags=["alerts"],
)
async def read_alert(resource_id: UUID, edge: Edge) -> Response:
    """A rule, and how it stood when the worker last looked.

    Always answered whole: how it stands changes with what people do, and no version with it.
    """
    found = await edge.read(lambda work: alerts.ALERTS.one(work, resource_id))
    return edge.represented(found.json, None, JSON, {"ETag": f'"{found.version}"'})


@router.get(
    "/v1/alerts/{alert_id:uuid}/firings",
    response_model=page_of(AlertFiring),
    responses=documents.LIST | documents.refusals(404),
    operation_id="list_alert_firing",
    summary="List what an alert fired",
    tags=["alerts"],
)
async def list_firings(alert_id: UUID, query: Annotated[_QUERY, Query()], edge: Edge) -> Response:
    """Each time that it fired, the latest first: the figure then, what it was compared with, and
    when it was back. It fires once, however long it stays beyond its condition.
    """
    return await edge.listed(lambda work, asked: alerts.firings_of(work, alert_id, asked), query)


@router.get(
    "/v1/alert-firings/{resource_id:uuid}",
    response_model=AlertFiring,
    responses=documents.READ,
    operation_id="read_alert_firing",
    summary="Read what an alert fired",
    tags=["alerts"],
)
async def read_firing(resource_id: UUID, edge: Edge) -> Response:
    """One time that an alert fired, as `/v1/changes` names it (`alert_firing`)."""
    return await edge.shown(lambda work: alerts.ALERT_FIRINGS.one(work, resource_id))


by_external_id(router, "/v1/alerts", alerts.ALERTS, Alert)
