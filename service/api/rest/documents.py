"""What OpenAPI says of our answers: models of documents, pages and problems.

They describe; they never run on the way out. A contract test holds real answers against them.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from service.api import errors
from service.domain.inputs import ExternalId, Input

T = TypeVar("T")


class Shown(BaseModel):
    """An answer. Members may be added in later releases."""

    model_config = ConfigDict(
        defer_build=True, extra="forbid", json_schema_extra={"additionalProperties": True}
    )


class Offence(Shown):
    """One offending member."""

    pointer: str = Field(description="JSON pointer (RFC 6901) to the member.")
    code: str
    detail: str


class DependentRow(Shown):
    """Somebody who uses what was to be deleted."""

    kind: str
    id: UUID
    name: str


class ProblemDocument(Shown):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="Stable; callers may program against it.")
    request_id: str
    errors: list[Offence] | None = None
    users: list[DependentRow] | None = None


class PageDocument(Shown, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="Goes into `after` for the next page; null at the end.")
    total: int | None = Field(None, description="Only with `count=true`.")


class Resource(Shown):
    """What every resource has."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class Named(Resource):
    """A resource that callers may know by names of their own."""

    external_ids: list[ExternalId]


@lru_cache
def shown(
    new: type[Input], base: type[Shown], hidden: frozenset[str] = frozenset(), **more: Any
) -> type[Shown]:
    """The model of a document: the members of its input, all present, and those nobody writes.

    `hidden` ones are only ever sent.
    """
    written = {
        name: (info.rebuild_annotation(), Field(alias=info.alias, description=info.description))
        for name, info in new.model_fields.items()
        if name not in hidden
    }
    name = new.__name__.removeprefix("New")
    fields: dict[str, Any] = written | more
    model: type[Shown] = create_model(name, __base__=base, __doc__=new.__doc__, **fields)
    return model


@lru_cache
def listed(model: type[BaseModel], parts: tuple[str, ...]) -> type[BaseModel]:
    """The model of a row in a list, where `parts` are shown only when asked for."""
    if not parts:
        return model
    fields: dict[str, Any] = {
        name: (
            model.model_fields[name].annotation,
            Field(default_factory=list, description="Only with `view=whole`."),
        )
        for name in parts
    }
    row: type[BaseModel] = create_model(
        f"Listed{model.__name__}", __base__=model, __doc__=model.__doc__, **fields
    )
    return row


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem documents an operation may answer with."""
    always = {400, 401, 403, 503}
    content = {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    return {
        status: {"description": _MEANING[status], "content": content}
        for status in sorted(always | set(statuses))
    }


_MEANING: Mapping[int, str] = {
    400: "The request cannot be read.",
    401: "No valid key.",
    403: "The key lacks a scope.",
    404: "No such resource in this workspace.",
    408: "The body did not arrive in time.",
    409: "In use, existing already, or still running.",
    412: "Changed since it was read.",
    413: "The body is too large.",
    415: "The body has another media type than this takes.",
    422: "Members are not acceptable; each is named.",
    501: "Not in this release; the detail says why.",
    503: "The database is away; try again.",
}

_ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}
_LOCATION = {"Location": {"$ref": "#/components/headers/Location"}}
_NEWS: dict[int | str, dict[str, Any]] = {
    200: {"headers": _ETAG},
    304: {"description": "Not changed since the version in If-None-Match.", "headers": _ETAG},
}

READ = _NEWS | refusals(404)
LIST = refusals(422)
SPOKEN: dict[str, Any] = {
    "Content-Language": {"$ref": "#/components/headers/ContentLanguage"},
    "Vary": {"$ref": "#/components/headers/Vary"},
}
"""Of an answer whose texts follow Accept-Language."""
READ_SPOKEN = READ | {200: {"headers": _ETAG | SPOKEN}}
WITHIN = refusals(404, 422)
"""Of what lies within one resource, stored or computed."""
CREATE = {201: {"headers": _ETAG | _LOCATION}} | refusals(408, 409, 413, 415, 422)
PLACE = CREATE | refusals(404)
WRITE = {200: {"headers": _ETAG}} | refusals(404, 408, 409, 412, 413, 415, 422)
DELETE = refusals(404, 409, 412, 422)
