"""Workspaces and API keys. What is created here is answered once with a secret, `key`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import create_model
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.idempotency import SECRET
from service.api.rest import documents
from service.api.rest.documents import Resource, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import leading_to, members
from service.api.route import Route
from service.domain import access
from service.domain.reading import Document
from service.domain.times import Instant
from service.domain.words import told

router = APIRouter(route_class=Route)

ApiKey = shown(
    access.NewApiKey,
    Resource,
    hint=(str, told("What the key begins with, before its secret.", "wp_0198c7f0000070008000")),
    revoked_at=(
        Instant | None,
        told("Since when it opens nothing; null while it does.", "2026-06-30T12:00:00Z"),
    ),
)
Workspace = shown(access.NewWorkspace, Resource)
_KEY = told(
    "The API key, for `Authorization: Bearer`. It is shown this once and stored nowhere.",
    "wp_0198c7f0000070008000000000000001_c2VjcmV0",
)
IssuedApiKey = create_model(
    "IssuedApiKey", __base__=ApiKey, __doc__="An API key, with its secret.", key=(str, _KEY)
)
FoundedWorkspace = create_model(
    "FoundedWorkspace",
    __base__=Workspace,
    __doc__="A workspace, with the first key that opens it.",
    key=(str, _KEY),
)

_KEYS = sortable(access.ApiKeyList, access.API_KEYS.listing)
_WORKSPACES = sortable(access.WorkspaceList, access.WORKSPACES.listing)
_OF_KEYS = dict.fromkeys(("read_api_key", "patch_api_key", "delete_api_key"), "resource_id")
_OF_WORKSPACES = {"read_workspace": "workspace_id"}

NewApiKey, NewWorkspace = access.NewApiKey, access.NewWorkspace
WorkspacePatch = access.WORKSPACES.patch_input


@router.get(
    "/v1/api-keys",
    response_model=page_of(ApiKey),
    responses=documents.LIST,
    operation_id="list_api_key",
    summary="List API keys",
    tags=["api-keys"],
)
async def list_api_keys(query: Annotated[_KEYS, Query()], edge: Edge) -> Response:
    """List the workspace's API keys, expired and revoked ones too."""
    return await edge.listed(access.API_KEYS.page, query)


@router.post(
    "/v1/api-keys",
    status_code=201,
    response_model=IssuedApiKey,
    responses=documents.CREATE | leading_to(_OF_KEYS),
    operation_id="create_api_key",
    summary="Create an API key",
    tags=["api-keys"],
)
async def create_api_key(body: NewApiKey, edge: Edge) -> Response:
    """Make an API key, no wider than the one in use. The answer alone shows it."""
    return await edge.write(
        lambda work: access.API_KEYS.create(work, body), lambda made: _once(made, "api-keys")
    )


members(router, "/v1/api-keys", access.API_KEYS, ApiKey, put=False)


@router.get(
    "/v1/workspaces",
    response_model=page_of(Workspace),
    responses=documents.LIST,
    operation_id="list_workspace",
    summary="List workspaces",
    tags=["workspaces"],
)
async def list_workspaces(query: Annotated[_WORKSPACES, Query()], edge: Edge) -> Response:
    """List all workspaces, with an operator's key."""
    return await edge.listed(access.WORKSPACES.page, query)


@router.post(
    "/v1/workspaces",
    status_code=201,
    response_model=FoundedWorkspace,
    responses=documents.CREATE | leading_to(_OF_WORKSPACES),
    operation_id="create_workspace",
    summary="Create a workspace",
    tags=["workspaces"],
)
async def create_workspace(body: NewWorkspace, edge: Edge) -> Response:
    """Make a workspace, with an operator's key. The answer alone shows its first API key."""
    return await edge.write(
        lambda work: access.WORKSPACES.create(work, body), lambda made: _once(made, "workspaces")
    )


@router.get(
    "/v1/workspaces/{workspace_id:uuid}",
    response_model=Workspace,
    responses=documents.READ,
    operation_id="read_workspace",
    summary="Read a workspace",
    tags=["workspaces"],
)
async def read_workspace(workspace_id: UUID, edge: Edge) -> Response:
    """Read a workspace: one's own, or any with an operator's key."""
    return await edge.shown(lambda work: access.WORKSPACES.one(work, workspace_id))


@router.patch(
    "/v1/workspaces/{workspace_id:uuid}",
    response_model=Workspace,
    responses=documents.WRITE,
    operation_id="patch_workspace",
    summary="Change some members of a workspace",
    tags=["workspaces"],
)
async def patch_workspace(workspace_id: UUID, body: WorkspacePatch, edge: Edge) -> Response:
    """Change some members of one's own workspace (JSON merge patch)."""
    return await edge.changed(
        lambda work: access.WORKSPACES.patch(work, workspace_id, body, edge.expected)
    )


def _once(made: Document, kind: str) -> Response:
    """A creation with its secret: not to be kept by a cache, nor for a retry."""
    headers = {
        "Location": f"/v1/{kind}/{made.id}",
        "ETag": f'"{made.version}"',
        "Cache-Control": "no-store",
        SECRET: "key",
    }
    return Response(made.json, 201, headers, JSON)
