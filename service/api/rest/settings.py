"""The settings of a workspace."""

from fastapi import APIRouter
from starlette.responses import Response

from service.api.edge import Edge
from service.api.rest import documents
from service.api.rest.documents import Resource, shown
from service.api.route import Route
from service.domain import access
from service.domain.patches import patch_of

router = APIRouter(route_class=Route)
Settings = shown(access.NewSettings, Resource)
NewSettings, SettingsPatch = access.NewSettings, patch_of(access.NewSettings)


@router.get(
    "/v1/settings",
    response_model=Settings,
    responses=documents.READ,
    operation_id="read_settings",
    summary="Read the settings",
    tags=["settings"],
)
async def read_settings(edge: Edge) -> Response:
    """By what is computed in this workspace: time zone, weights, limits, defaults filled in."""
    return await edge.shown(access.settings)


@router.patch(
    "/v1/settings",
    response_model=Settings,
    responses=documents.WRITE,
    operation_id="patch_settings",
    summary="Change some settings",
    tags=["settings"],
)
async def patch_settings(body: SettingsPatch, edge: Edge) -> Response:
    """JSON merge patch (RFC 7396): what is absent stays, null takes the default."""
    return await edge.changed(lambda work: access.patch_settings(work, body, edge.expected))


@router.put(
    "/v1/settings",
    response_model=Settings,
    responses=documents.WRITE,
    operation_id="replace_settings",
    summary="Replace the settings",
    tags=["settings"],
)
async def replace_settings(body: NewSettings, edge: Edge) -> Response:
    """Gives all settings anew; those not sent take their defaults."""
    return await edge.changed(lambda work: access.replace_settings(work, body, edge.expected))
