"""What OpenAPI says of our answers: models of documents, pages and problems.

They describe; they never run on the way out. A contract test holds real answers against them.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_snake

from service.api import errors, negotiating
from service.api.rest.about import id_like
from service.domain import cursors
from service.domain.inputs import ExternalId, Input
from service.domain.words import told

T = TypeVar("T")


class Shown(BaseModel):
    """An answer. Members may be added in later releases."""

    model_config = ConfigDict(
        defer_build=True, extra="forbid", json_schema_extra={"additionalProperties": True}
    )


class Offence(Shown):
    """One offending member."""

    pointer: Annotated[str, told("JSON pointer (RFC 6901) to the member.", "/emotion")]
    code: Annotated[str, told("Stable; callers may program against it.", "rating")]
    detail: Annotated[
        str,
        told("What is wrong, in words.", "must be one of -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2"),
    ]


class DependentRow(Shown):
    """Somebody who uses what was to be deleted."""

    kind: Annotated[str, told("The kind of resource.", "journey")]
    id: Annotated[UUID, told("What opens it, in the path of its kind.", id_like("journey"))]
    name: Annotated[str, told("What people call it.", "Finding a financial adviser")]


class ProblemDocument(Shown):
    """Why a request was refused (RFC 9457)."""

    type: Annotated[str, told("A URN of the code.", "urn:waypost:problem:invalid")]
    title: Annotated[str, told("The status in words.", "Unprocessable Content")]
    status: Annotated[int, told("The HTTP status of the answer, once more.", 422)]
    detail: Annotated[str, told("What happened, in a sentence.", "The input is not valid.")]
    instance: Annotated[str, told("The path that was called.", "/v1/journeys")]
    code: Annotated[str, told("Stable; callers may program against it.", "invalid")]
    request_id: Annotated[
        str, told("What our logs know the request by; `X-Request-Id`.", "4f1c2a9be0d34c55")
    ]
    errors: Annotated[
        list[Offence] | None, told("Every offending member, of bad input; at most 1000.")
    ] = None
    users: Annotated[
        list[DependentRow] | None, told("Who uses what was to be deleted, for `in_use`.")
    ] = None


class PageDocument(Shown, Generic[T]):
    """One page of a list."""

    items: Annotated[list[T], told("The rows, in the order asked for.")]
    next: Annotated[
        str | None,
        told("Goes into `after` for the next page; null at the end.", cursors.EXAMPLE),
    ]
    total: Annotated[int | None, told("Rows in the whole list; only with `count=true`.", 7)] = None


class Resource(Shown):
    """What every resource has."""

    id: Annotated[UUID, told("Given by us, a UUIDv7; it never changes.", id_like(""))]
    version: Annotated[int, told("Rises with every change; the ETag in quotes.", 7)]
    created_at: Annotated[datetime, told("When it was made.", "2026-05-01T09:30:00+00:00")]
    updated_at: Annotated[datetime, told("When it last changed.", "2026-05-04T16:05:12+00:00")]


class Named(Resource):
    """A resource that callers may know by names of their own."""

    external_ids: Annotated[list[ExternalId], told("What other systems call it.")]


@lru_cache
def shown(new: type[Input], base: type[Resource], **more: Any) -> type[Resource]:
    """The model of a document: the members of its input, all present, and those nobody writes."""
    written = {
        name: (
            info.rebuild_annotation(),
            Field(alias=info.alias, description=info.description, examples=info.examples),
        )
        for name, info in new.model_fields.items()
    }
    name = new.__name__.removeprefix("New")
    known = told("Given by us, a UUIDv7; it never changes.", id_like(to_snake(name)))
    fields: dict[str, Any] = {"id": (UUID, known), **written, **more}
    model: type[Resource] = create_model(name, __base__=base, __doc__=new.__doc__, **fields)
    return model


@lru_cache
def page_of(row: type[BaseModel]) -> type[BaseModel]:
    """The model of a page of such rows, under a name that generated clients can bear."""
    kind = row.__name__.removeprefix("Listed")
    base: Any = PageDocument.__class_getitem__(row)
    page: type[BaseModel] = create_model(
        f"{kind}Page", __base__=base, __doc__=f"One page of a list: {row.__doc__}"
    )
    return page


@lru_cache
def listed(model: type[BaseModel], parts: tuple[str, ...]) -> type[BaseModel]:
    """The model of a row in a list, where `parts` are shown only when asked for."""
    if not parts:
        return model
    fields: dict[str, Any] = {
        name: (
            model.model_fields[name].annotation,
            Field(
                default_factory=list,
                description=f"{model.model_fields[name].description} Only with `view=whole`.",
            ),
        )
        for name in parts
    }
    row: type[BaseModel] = create_model(
        f"Listed{model.__name__}", __base__=model, __doc__=model.__doc__, **fields
    )
    return row


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem documents an operation may answer with."""
    always = {400, 401, 403, 500, 503}
    return {status: _refusal(status) for status in sorted(always | set(statuses))}


def _refusal(status: int) -> dict[str, Any]:
    description, code, detail = _MEANING[status]
    example = {
        "type": f"urn:waypost:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": "/v1/journeys",
        "code": code,
        "request_id": "4f1c2a9be0d34c55",
    }
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    content = {errors.MEDIA_TYPE: {"schema": schema, "example": example | _MORE.get(status, {})}}
    headers = {name: _header(of) for name, of in _TOLD_BY.get(status, {}).items()}
    return {"description": description, "content": content, "headers": headers}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


_MEANING: Mapping[int, tuple[str, str, str]] = {
    400: ("The request cannot be read.", "malformed", "The body is not JSON."),
    401: ("No valid key.", "unauthenticated", "This key is not valid, or not any more."),
    403: (
        "The key lacks a scope.",
        "scope_missing",
        "This needs a key with the scope maps:write.",
    ),
    404: (
        "No such resource in this workspace.",
        "not_found",
        f"There is no journey {id_like('journey')}.",
    ),
    406: (
        "None of the media types there are is accepted.",
        "not_acceptable",
        "There is application/json and application/x-ndjson.",
    ),
    408: (
        "The body did not arrive in time.",
        "request_timeout",
        "The body did not arrive in time.",
    ),
    409: ("In use, existing already, or still running.", "in_use", "Others use it."),
    410: (
        "The cursor is of another database: read afresh.",
        "cursor_gone",
        "This place is not known here any more.",
    ),
    412: (
        "Changed since it was read.",
        "stale_version",
        "The resource has changed since it was read.",
    ),
    413: ("The body is too large.", "too_large", "A body is at most 8388608 bytes."),
    415: (
        "The body has another media type than this takes.",
        "unsupported_media_type",
        "Send application/json, not text/html.",
    ),
    422: (
        "Members are not acceptable; each is named.",
        "invalid",
        "The input is not valid.",
    ),
    429: (
        "The key has too many streams open; try again.",
        "too_many_streams",
        "This key has 20 streams open already.",
    ),
    500: (
        "Something went wrong on our side; it is logged under the request's id.",
        "internal",
        "Something went wrong on our side.",
    ),
    501: (
        "Not in this release; the detail says why.",
        "not_implemented",
        "This release holds no contacts, so there is nothing to count yet.",
    ),
    503: ("The database is away; try again.", "unavailable", "The database is away."),
}
"""Status: what it means, then a code that may come with it and what is said then."""

_MORE: Mapping[int, dict[str, Any]] = {
    409: {
        "users": [
            {"kind": "journey", "id": id_like("journey"), "name": "Finding a financial adviser"}
        ]
    },
    422: {
        "errors": [
            {
                "pointer": "/stages/0/steps/2/emotion",
                "code": "rating",
                "detail": "must be one of -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2",
            }
        ]
    },
}
_TOLD_BY: Mapping[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Challenge"},
    429: {"Retry-After": "RetryAfter"},
    503: {"Retry-After": "RetryAfter"},
}

ETAG = {"ETag": _header("ETag")}
_LOCATION = {"Location": _header("Location")}
_UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Not changed since the version in If-None-Match.", "headers": ETAG},
}
_MADE = {"description": "Made; `Location` says where it is.", "headers": ETAG | _LOCATION}

NDJSON: dict[str, Any] = {
    negotiating.NDJSON: {
        "schema": {
            "type": "string",
            "description": "A row a line, all of them unless `limit` says less; then a line "
            '`{"next": …}` with the cursor to go on from later, and `total` with `count=true`. '
            "An answer without that line was broken off.",
        },
        "example": f'{{"id": "{id_like("journey")}"}}\n{{"next": "{cursors.EXAMPLE}"}}\n',
    }
}
READ = {200: {"description": "As it is now.", "headers": ETAG}} | _UNCHANGED | refusals(404)
LIST = {200: {"description": "A page of the list, or all of it.", "content": NDJSON}} | refusals(
    406, 422, 429
)
PARTS = LIST | refusals(404)
WITHIN = _UNCHANGED | refusals(404, 406, 422)
"""Of what is shown or computed of one resource, in whatever form."""
CREATE = {201: _MADE} | refusals(408, 409, 413, 415, 422)
PLACE = CREATE | refusals(404)
WRITE = {200: {"description": "As it is after the change.", "headers": ETAG}} | refusals(
    404, 408, 409, 412, 413, 415, 422
)
DELETE = {204: {"description": "Gone."}} | refusals(404, 409, 412, 422)
