"""The routes every resource has, declared once.

The models given as `model` describe answers in OpenAPI; the bytes come from Postgres as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal
from urllib.parse import unquote_to_bytes
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from service.api.edge import Edge
from service.api.rest import about, documents, spreadsheets
from service.api.rest.documents import page_of
from service.api.rest.queries import sortable
from service.domain.characters import SAYING
from service.domain.errors import Invalid, Malformed
from service.domain.forms import Form
from service.domain.inputs import ExternalId, Input, problems_of
from service.domain.paging import ListQuery
from service.domain.resources import Resource
from service.domain.words import told

Links = Mapping[str, str]
"""Operations that go on from a new resource: operation id → the parameter that takes its id."""

_SAYING = {"pattern": SAYING}
Source = Annotated[
    str,
    Path(
        min_length=1,
        max_length=100,
        json_schema_extra=_SAYING,
        description="Your system, as in `external_ids`.",
        examples=["crm"],
    ),
]
ExternalName = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        json_schema_extra=_SAYING,
        description="What that system calls the resource; it may hold slashes.",
        examples=["4711"],
    ),
]


class Removal(Input):
    """How to delete what others use."""

    shown_only = frozenset()
    dependents: Annotated[
        Literal["detach"] | None,
        told("`detach`: those who use it forget it; else they are listed with 409.", "detach"),
    ] = None


def collection(
    router: APIRouter,
    path: str,
    resource: Resource,
    model: type[BaseModel],
    query_model: type[ListQuery],
    *,
    leads_to: Links | None = None,
    read: bool = True,
    form: Form | None = None,
) -> None:
    """Add what `members` adds, list and create; with a `form`, the list as CSV and the import.

    Routes are matched in order, so `by_external_id` is called apart, for last.
    """
    members(router, path, resource, model, read=read)
    routes = _Routes(router, path, resource, model)
    routes.add_list(query_model, form)
    if form is not None:
        spreadsheets.imports(router, path, form)
    routes.add_create(leads_to or {})


def members(
    router: APIRouter,
    path: str,
    resource: Resource,
    model: type[BaseModel],
    *,
    put: bool = True,
    read: bool = True,
) -> None:
    """Add read, patch, replace and delete by id; without `read` the slice declares its own."""
    routes = _Routes(router, path, resource, model)
    if read:
        routes.add_read()
    routes.add_patch()
    routes.add_delete()
    if put:
        routes.add_replace()


def by_external_id(
    router: APIRouter, path: str, resource: Resource, model: type[BaseModel]
) -> None:
    """Add the same by a name of the caller's: the least called, so declared last."""
    routes = _Routes(router, path, resource, model)
    routes.add_read_known()
    routes.add_put_known()
    routes.add_patch_known()
    routes.add_delete_known()


def leading_to(links: Links) -> dict[int | str, dict[str, Any]]:
    """The links of the answer to a creation: where its id goes."""
    described = {
        operation: {"operationId": operation, "parameters": {parameter: "$response.body#/id"}}
        for operation, parameter in links.items()
    }
    return {201: {**documents.CREATE[201], "links": described}}


@dataclass(frozen=True)
class _Routes:
    """The routes of one kind of resource, each declared by one method."""

    router: APIRouter
    path: str
    resource: Resource
    model: type[BaseModel]

    @property
    def one(self) -> str:
        return f"{self.path}/{{resource_id:uuid}}"

    @property
    def known(self) -> str:
        return f"{self.path}/by-external-id/{{source}}/{{external_id:path}}"

    def said(self, verb: str) -> dict[str, Any]:
        """What OpenAPI says of an operation."""
        tags: list[str | Enum] = [self.path.removeprefix("/v1/")]
        return {**about.operation(verb, self.resource.kind), "tags": tags}

    def add_list(self, query_model: type[ListQuery], form: Form | None) -> None:
        resource, said = self.resource, self.said("list")
        row = documents.listed(self.model, resource.shape.in_whole)
        page = page_of(row)
        query_model, responses = sortable(query_model, resource.listing), documents.LIST
        if form is not None:
            query_model = spreadsheets.formatted(query_model)
            responses = spreadsheets.listed(responses)

        @self.router.get(self.path, response_model=page, responses=responses, **said)
        async def list_(query: Annotated[query_model, Query()], edge: Edge) -> Response:
            if form is not None and spreadsheets.wanted(edge):
                return await spreadsheets.streamed(edge, form, query)
            return await edge.listed(resource.page, query)

    def add_create(self, leads_to: Links) -> None:
        resource, New, at = self.resource, self.resource.new, f"{self.path}/{{id}}"  # noqa: N806
        own = {f"{verb}_{resource.kind}": "resource_id" for verb in _BY_ID}
        responses = documents.CREATE | leading_to({**own, **leads_to})
        said = self.said("create") | {"status_code": 201}

        @self.router.post(self.path, response_model=self.model, responses=responses, **said)
        async def create(body: New, edge: Edge) -> Response:
            return await edge.created(lambda work: resource.create(work, body), at)

    def add_read(self) -> None:
        resource, said = self.resource, self.said("read")

        @self.router.get(self.one, response_model=self.model, responses=documents.READ, **said)
        async def read(resource_id: UUID, edge: Edge) -> Response:
            return await edge.shown(lambda work: resource.one(work, resource_id))

    def add_patch(self) -> None:
        resource, Patch = self.resource, self.resource.patch_input  # noqa: N806
        said = self.said("patch")

        @self.router.patch(self.one, response_model=self.model, responses=documents.WRITE, **said)
        async def patch(resource_id: UUID, body: Patch, edge: Edge) -> Response:
            return await edge.changed(
                lambda work: resource.patch(work, resource_id, body, edge.expected)
            )

    def add_replace(self) -> None:
        resource, New = self.resource, self.resource.new  # noqa: N806
        said = self.said("replace")

        @self.router.put(self.one, response_model=self.model, responses=documents.WRITE, **said)
        async def replace(resource_id: UUID, body: New, edge: Edge) -> Response:
            return await edge.changed(
                lambda work: resource.replace(work, resource_id, body, edge.expected)
            )

    def add_delete(self) -> None:
        resource, said = self.resource, self.said("delete")

        @self.router.delete(self.one, status_code=204, responses=documents.DELETE, **said)
        async def delete(
            resource_id: UUID, query: Annotated[Removal, Query()], edge: Edge
        ) -> Response:
            detach = query.dependents is not None
            return await edge.gone(
                lambda work: resource.remove(work, resource_id, edge.expected, detach=detach)
            )

    def add_read_known(self) -> None:
        resource = self.resource
        said = self.said("read by_external_id")
        responses = documents.READ | documents.refusals(422)

        @self.router.get(self.known, response_model=self.model, responses=responses, **said)
        async def read(source: Source, external_id: ExternalName, edge: Edge) -> Response:
            _must_be_a_name(source, external_id, edge)
            return await edge.shown(lambda work: resource.one_known_as(work, source, external_id))

    def add_put_known(self) -> None:
        resource, New, at = self.resource, self.resource.new, f"{self.path}/{{id}}"  # noqa: N806
        said = self.said("put by_external_id")
        created = {**documents.CREATE[201], "model": self.model}
        responses = documents.WRITE | {201: created}

        @self.router.put(self.known, response_model=self.model, responses=responses, **said)
        async def put(source: Source, external_id: ExternalName, body: New, edge: Edge) -> Response:
            _must_be_a_name(source, external_id, edge)
            expected, there = edge.expected, edge.there
            return await edge.put(
                lambda work: resource.put_as(
                    work, source, external_id, body, expected, there=there
                ),
                at,
            )

    def add_patch_known(self) -> None:
        resource, Patch = self.resource, self.resource.patch_input  # noqa: N806
        said = self.said("patch by_external_id")

        @self.router.patch(self.known, response_model=self.model, responses=documents.WRITE, **said)
        async def patch(
            source: Source, external_id: ExternalName, body: Patch, edge: Edge
        ) -> Response:
            _must_be_a_name(source, external_id, edge)
            return await edge.changed(
                lambda work: resource.patch_as(work, source, external_id, body, edge.expected)
            )

    def add_delete_known(self) -> None:
        resource = self.resource
        said = self.said("delete by_external_id")

        @self.router.delete(self.known, status_code=204, responses=documents.DELETE, **said)
        async def delete(
            source: Source,
            external_id: ExternalName,
            query: Annotated[Removal, Query()],
            edge: Edge,
        ) -> Response:
            _must_be_a_name(source, external_id, edge)
            detach = query.dependents is not None
            return await edge.gone(
                lambda work: resource.remove_as(
                    work, source, external_id, edge.expected, detach=detach
                )
            )


_BY_ID = ("read", "patch", "replace", "delete")


def _must_be_a_name(source: str, external_id: str, edge: Edge) -> None:
    """Hold a name in a path to the bounds of one in a body. Raises `Malformed` or `Invalid`."""
    if "\ufffd" in source + external_id:
        # Either sent so, or put there by the server for what is not UTF-8.
        try:
            unquote_to_bytes(edge.request.scope["raw_path"]).decode()
        except UnicodeDecodeError as error:
            raise Malformed("The path is not UTF-8.") from error
    try:
        ExternalId(source=source, id=external_id)
    except ValidationError as error:
        raise Invalid(problems_of(error, "/path")) from error
