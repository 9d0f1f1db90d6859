"""What ties real events to maps: tried on the past, and what is covered by it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.rest import documents
from service.api.rest.computed import answered, encode
from service.api.route import Route
from service.domain import insights

router = APIRouter(route_class=Route)


@router.post(
    "/v1/bindings/preview",
    response_class=Response,
    responses={
        **answered("PreviewedBinding", "What it would take."),
        **documents.refusals(404, 408, 409, 413, 415, 422),
    },
    operation_id="preview_binding",
    summary="Try a binding on past events",
    tags=["bindings"],
)
async def preview(body: insights.BindingPreview, edge: Edge) -> Response:
    """A binding that is given, or one of a map as it is or was: how many events and people it
    takes, which it does not, and what other bindings of the map take as well. Nothing is stored.

    It needs `analytics:read`, with a map `maps:read`; examples show whose they are and what else
    they say with `contacts:read` alone.
    """
    found = await edge.read(lambda work: insights.preview_binding(work, body))
    return edge.represented(encode(found), None, JSON)


@router.get(
    "/v1/journeys/{journey_id:uuid}/bindings",
    response_class=Response,
    responses={
        **answered("JourneyBindings", "Coverage both ways."),
        **documents.refusals(404, 409, 422),
    },
    operation_id="read_journey_bindings",
    summary="Read what the bindings of a map take and what they do not",
    tags=["journeys"],
)
async def bindings(
    journey_id: UUID, query: Annotated[insights.BindingsQuery, Query()], edge: Edge
) -> Response:
    """Coverage both ways: for each step and touchpoint the events and people that its binding
    takes; steps without a binding, bound steps that no event reached, and events that no step
    claims.

    A step is bound by its own binding, else by those of its touchpoints. It needs `analytics:read`
    and `maps:read`.
    """
    found = await edge.read(lambda work: insights.bindings_of(work, journey_id, query))
    return edge.represented(encode(found), None, JSON)
