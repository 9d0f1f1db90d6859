"""Workspaces, the API keys by which callers enter them, and the documents that they may ask for."""

from typing import Any

import strawberry
from starlette.responses import Response

from service.api.edge import EdgeOf
from service.api.graphql import context, resources
from service.api.graphql.connections import listing
from service.api.graphql.context import Row
from service.api.graphql.declaring import resolving
from service.api.graphql.faces import Face
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.scalars import Instant
from service.api.graphql.writing import Answer, mutation, payload
from service.api.idempotency import SECRET
from service.domain import access
from service.domain.reading import Document


@shows_resource(access.API_KEYS)
class ApiKey(Node):
    """An API key: what its holder may do, and until when. The key itself is shown only once."""

    hint: str = strawberry.field(description="How the key begins; nothing to enter with.")
    revoked_at: Instant | None = strawberry.field(description="Since when it opens nothing.")


@shows_resource(access.WORKSPACES)
class Workspace(Node):
    """A tenant, to which all its maps, people and keys belong."""


@shows_resource(access.TRUSTED_DOCUMENTS)
class TrustedDocument(Node):
    """A GraphQL document that callers may ask for by its hash."""

    document_id: str = strawberry.field(description="What `documentId` takes: sha256:<its hash>.")


TRUSTED_DOCUMENT = Face(TrustedDocument, access.TRUSTED_DOCUMENTS)
API_KEY = Face(ApiKey, access.API_KEYS)
WORKSPACE = Face(Workspace, access.WORKSPACES)
_KEY = ("key", str, "The key itself: it is never shown again.")


def _create(face: Face) -> Any:
    """The mutation that makes one with a key, told once and stored nowhere."""

    async def write(edge: EdgeOf, input: Row) -> Answer:
        data = face.data(input)
        response = await edge.write(lambda work: face.resource.create(work, data), _secret)
        made = face.now(response)
        return {**made, "key": made[face.kind]["key"]}

    said = f"Make a new {face.said}."
    answers = payload(f"Create{face.name}", face.member, _KEY)
    return mutation(f"create_{face.kind}", write, answers, said, [face.whole])


def _secret(made: Document) -> Response:
    return Response(made.json, 201, {SECRET: "true"})


async def _own(info: Any) -> Row | None:
    request = context.of(info)
    return await request.row(info._raw_info, access.WORKSPACES, request.caller.workspace_id)


QUERIES = [
    resolving("workspace", _own, Workspace | None, "The workspace of the key in use."),
    listing(
        "workspaces",
        Workspace,
        access.WORKSPACES,
        access.WorkspaceList,
        "All workspaces, for operators.",
    ),
    resources.one(API_KEY),
    listing("api_keys", ApiKey, access.API_KEYS, access.ApiKeyList, "The keys of the workspace."),
    resources.one(TRUSTED_DOCUMENT),
    listing(
        "trusted_documents",
        TrustedDocument,
        access.TRUSTED_DOCUMENTS,
        access.TrustedDocumentList,
        "The documents that callers may ask for by their hash.",
    ),
]
MUTATIONS = [
    _create(API_KEY),
    resources.update(API_KEY),
    resources.replace(API_KEY),
    resources.delete(API_KEY, "Revoke the API key, for good."),
    *resources.mutations(TRUSTED_DOCUMENT),
    _create(WORKSPACE),
    resources.update(WORKSPACE),
]
