"""The routes every resource has, declared once.

The models given as `model` describe answers in OpenAPI; the bytes come from Postgres as they are.
"""

from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from service.api.edge import Edge
from service.api.rest import documents
from service.api.rest.documents import PageDocument
from service.domain.inputs import Input
from service.domain.paging import ListQuery
from service.domain.resources import Resource


class Removal(Input):
    """How to delete what others use."""

    shown_only = frozenset()
    dependents: Literal["detach"] | None = None


def collection(
    router: APIRouter,
    path: str,
    resource: Resource,
    model: type[BaseModel],
    query_model: type[ListQuery],
) -> None:
    """Add list and create, and what `members` and `by_external_id` add."""
    kind, tags = resource.kind, _tags(path)
    New = resource.new  # noqa: N806 (a type, used as an annotation)

    @router.get(
        path,
        response_model=PageDocument[model],
        responses=documents.LIST,
        operation_id=f"list_{kind}",
        summary=f"List each {_said(kind)}",
        tags=tags,
    )
    async def list_(query: Annotated[query_model, Query()], edge: Edge) -> Response:
        return await edge.listed(lambda work: resource.page(work, query))

    @router.post(
        path,
        status_code=201,
        response_model=model,
        responses=documents.WRITE,
        operation_id=f"create_{kind}",
        summary=f"Create a {_said(kind)}",
        tags=tags,
    )
    async def create(body: New, edge: Edge) -> Response:
        return await edge.created(lambda work: resource.create(work, body), f"{path}/{{id}}")

    by_external_id(router, path, resource, model)
    members(router, path, resource, model)


def members(
    router: APIRouter, path: str, resource: Resource, model: type[BaseModel], *, put: bool = True
) -> None:
    """Add read, patch, replace and delete by id."""
    kind, tags = resource.kind, _tags(path)
    one = f"{path}/{{resource_id:uuid}}"
    New, Patch = resource.new, resource.patch_input  # noqa: N806

    @router.get(
        one,
        response_model=model,
        responses=documents.READ,
        operation_id=f"read_{kind}",
        summary=f"Read a {_said(kind)}",
        tags=tags,
    )
    async def read(resource_id: UUID, edge: Edge) -> Response:
        return await edge.shown(lambda work: resource.one(work, resource_id))

    @router.patch(
        one,
        response_model=model,
        responses=documents.WRITE,
        operation_id=f"patch_{kind}",
        summary=f"Change some members of a {_said(kind)} (JSON merge patch)",
        tags=tags,
    )
    async def patch(resource_id: UUID, body: Patch, edge: Edge) -> Response:
        return await edge.changed(
            lambda work: resource.patch(work, resource_id, body, edge.expected)
        )

    @router.delete(
        one,
        status_code=204,
        responses=documents.DELETE,
        operation_id=f"delete_{kind}",
        summary=f"Delete a {_said(kind)}",
        tags=tags,
    )
    async def delete(resource_id: UUID, query: Annotated[Removal, Query()], edge: Edge) -> Response:
        detach = query.dependents is not None
        return await edge.gone(
            lambda work: resource.remove(work, resource_id, edge.expected, detach=detach)
        )

    if not put:
        return

    @router.put(
        one,
        response_model=model,
        responses=documents.WRITE,
        operation_id=f"replace_{kind}",
        summary=f"Replace a {_said(kind)}",
        tags=tags,
    )
    async def replace(resource_id: UUID, body: New, edge: Edge) -> Response:
        return await edge.changed(
            lambda work: resource.replace(work, resource_id, body, edge.expected)
        )


def by_external_id(
    router: APIRouter, path: str, resource: Resource, model: type[BaseModel]
) -> None:
    """Add the same by a name of the caller's."""
    kind, tags = resource.kind, _tags(path)
    known = f"{path}/by-external-id/{{source}}/{{external_id:path}}"
    New, Patch = resource.new, resource.patch_input  # noqa: N806

    @router.get(
        known,
        response_model=model,
        responses=documents.READ,
        operation_id=f"read_{kind}_by_external_id",
        summary=f"Read a {_said(kind)} by a name of your own",
        tags=tags,
    )
    async def read(source: str, external_id: str, edge: Edge) -> Response:
        return await edge.shown(lambda work: resource.one_known_as(work, source, external_id))

    @router.put(
        known,
        response_model=model,
        responses={201: {"model": model, "description": "Created."}, **documents.WRITE},
        operation_id=f"put_{kind}_by_external_id",
        summary=f"Create or replace a {_said(kind)} by a name of your own",
        tags=tags,
    )
    async def put(source: str, external_id: str, body: New, edge: Edge) -> Response:
        return await edge.put(
            lambda work: resource.put_as(work, source, external_id, body, edge.expected),
            f"{path}/{{id}}",
        )

    @router.patch(
        known,
        response_model=model,
        responses=documents.WRITE,
        operation_id=f"patch_{kind}_by_external_id",
        summary=f"Change some members of a {_said(kind)} by a name of your own",
        tags=tags,
    )
    async def patch(source: str, external_id: str, body: Patch, edge: Edge) -> Response:
        return await edge.changed(
            lambda work: resource.patch_as(work, source, external_id, body, edge.expected)
        )

    @router.delete(
        known,
        status_code=204,
        responses=documents.DELETE,
        operation_id=f"delete_{kind}_by_external_id",
        summary=f"Delete a {_said(kind)} by a name of your own",
        tags=tags,
    )
    async def delete(
        source: str, external_id: str, query: Annotated[Removal, Query()], edge: Edge
    ) -> Response:
        detach = query.dependents is not None
        return await edge.gone(
            lambda work: resource.remove_as(work, source, external_id, edge.expected, detach=detach)
        )


def _said(kind: str) -> str:
    return kind.replace("_", " ")


def _tags(path: str) -> list[str | Enum]:
    return [path.removeprefix("/v1/")]
