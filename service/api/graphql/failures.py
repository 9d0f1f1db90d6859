"""Refusals: what a mutation answers as user errors, and what is an error of the whole field."""

from collections.abc import Sequence
from typing import Any

import strawberry
from graphql import GraphQLError

from service import telemetry
from service.api import errors
from service.api.graphql.facts import told
from service.api.graphql.scalars import Uuid
from service.domain.errors import DomainError, InUse, Kind, User

ANSWERED = frozenset({Kind.INVALID, Kind.MALFORMED, Kind.NOT_FOUND, Kind.CONFLICT, Kind.STALE})
"""What a caller mends by sending something else: a mutation answers it as user errors."""
INTERNAL = "INTERNAL"
MASKED = "Something went wrong on our side."
UNACCEPTABLE = "BAD_REQUEST"
"""The code of what graphql itself refuses: a document or variables that do not fit the schema."""


@strawberry.type(description="Somebody who uses what was to be deleted.")
class Dependent:
    """As REST names them."""

    kind: str = strawberry.field(description="The kind of resource.")
    id: Uuid = strawberry.field(description="Its id in REST.")
    name: str = strawberry.field(description="What people call it.")


@strawberry.type(description="Why a mutation changed nothing; codes and pointers are REST's.")
class UserError:
    """One offending member, or one fact."""

    code: str = strawberry.field(description="Stable; callers may program against it.")
    message: str = strawberry.field(description="A sentence for people.")
    pointer: str | None = strawberry.field(
        description="JSON pointer (RFC 6901) to the offending member, by its REST names."
    )
    users: list[Dependent] | None = strawberry.field(
        description="Who uses it, when that is why it cannot be deleted."
    )


def user_errors(error: DomainError) -> list[dict[str, Any]]:
    """A refusal as user errors. Raises it again when sending something else would not help."""
    if error.kind not in ANSWERED:
        raise error
    if not error.problems:
        users = [_dependent(user) for user in error.users] if isinstance(error, InUse) else None
        return [_user_error(error.code, error.detail, None, users)]
    return [
        _user_error(said["code"], said["detail"], said["pointer"], None)
        for said in map(errors.offence, error.problems[: errors.SHOWN])
    ]


def _user_error(code: str, message: str, pointer: str | None, users: Any) -> dict[str, Any]:
    return {"code": code, "message": message, "pointer": pointer, "users": users}


def _dependent(user: User) -> dict[str, str]:
    return {"kind": user.kind, "id": str(user.id), "name": user.name}


def formatted(found: Sequence[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors of an answer, as callers see them: what is our own fault says nothing more."""
    return [_formatted(error, request_id) for error in found[: errors.SHOWN]]


def _formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    shown: dict[str, Any] = {**error.formatted}
    if cause is None:
        shown["extensions"] = {"code": UNACCEPTABLE, **(error.extensions or {})}
    elif isinstance(cause, DomainError):
        shown |= told(cause)
    else:
        log = telemetry.logger()
        log.error("graphql_failed", request_id=request_id, exc_info=cause)
        shown |= {"message": MASKED, "extensions": {"code": INTERNAL}}
    shown["extensions"]["requestId"] = request_id
    return shown
