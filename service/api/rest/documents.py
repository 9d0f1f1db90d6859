"""What OpenAPI says of our answers: models of documents, pages and problems.

They describe; they never run on the way out. A contract test holds real answers against them.
"""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.alias_generators import to_snake

from service.api import errors, negotiating
from service.api.rest.about import id_like
from service.api.rest.statuses import MEANING, MORE, TOLD_BY
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
def shown(
    new: type[Input], base: type[Shown], hidden: frozenset[str] = frozenset(), **more: Any
) -> type[Shown]:
    """The model of a document: the members of its input, all present, and those nobody writes.

    `hidden` ones are only ever sent.
    """
    written = {
        name: (
            info.rebuild_annotation(),
            Field(alias=info.alias, description=info.description, examples=info.examples),
        )
        for name, info in new.model_fields.items()
        if name not in hidden
    }
    name = new.__name__.removeprefix("New")
    known = told("Given by us, a UUIDv7; it never changes.", id_like(to_snake(name)))
    given = {"id": (UUID, known)} if issubclass(base, Resource) else {}
    fields: dict[str, Any] = {**given, **written, **more}
    model: type[Shown] = create_model(name, __base__=base, __doc__=new.__doc__, **fields)
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
                examples=model.model_fields[name].examples,
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
    description, code, detail = MEANING[status]
    example = {
        "type": f"urn:waypost:problem:{code}",
        "title": errors.title_of(status),
        "status": status,
        "detail": detail,
        "instance": "/v1/journeys",
        "code": code,
        "request_id": "4f1c2a9be0d34c55",
    }
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    content = {errors.MEDIA_TYPE: {"schema": schema, "example": example | MORE.get(status, {})}}
    headers = {name: _header(of) for name, of in TOLD_BY.get(status, {}).items()}
    return {"description": description, "content": content, "headers": headers}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


BY_A_PERSON = "x-by-a-person"
"""Marks an operation that somebody has to stand by: the header that names them is required."""
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
SPOKEN: dict[str, Any] = {
    "Content-Language": _header("ContentLanguage"),
    "Vary": _header("Vary"),
}
"""Of an answer whose texts follow Accept-Language."""
READ_SPOKEN = READ | {200: {**READ[200], "headers": ETAG | SPOKEN}}
PARTS = LIST | refusals(404)
WITHIN = _UNCHANGED | refusals(404, 406, 422)
"""Of what is shown or computed of one resource, in whatever form."""
CREATE = {201: _MADE} | refusals(408, 409, 413, 415, 422)
PLACE = CREATE | refusals(404)
WRITE = {200: {"description": "As it is after the change.", "headers": ETAG}} | refusals(
    404, 408, 409, 412, 413, 415, 422
)
DELETE = {204: {"description": "Gone."}} | refusals(404, 409, 412, 422)
