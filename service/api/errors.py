"""The one table from facts to statuses, and the problem document (RFC 9457) every refusal is."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from service.domain.errors import DomainError, InUse, Kind, Problem, RateLimited

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[Kind, int] = {
    Kind.MALFORMED: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.NOT_ACCEPTABLE: 406,
    Kind.TIMED_OUT: 408,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.STALE: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED_MEDIA: 415,
    Kind.INVALID: 422,
    Kind.TOO_MANY: 429,
    Kind.NOT_YET: 501,
    Kind.UNAVAILABLE: 503,
}

GRAPHQL_CODE: Mapping[Kind, str] = {kind: kind.value.upper() for kind in Kind}

RETRY_AFTER = 2
"""Seconds after which a caller may try again when the service cannot answer now."""

SHOWN = 1000
"""Offending members one answer names; `detail` tells how many there are beyond them."""


def problem(error: DomainError, request_id: str, instance: str) -> Response:
    """The answer to a request that a fact has stopped."""
    headers: dict[str, str] = {}
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="waypost"'
    if error.kind in (Kind.UNAVAILABLE, Kind.TOO_MANY):
        wait = error.seconds if isinstance(error, RateLimited) else RETRY_AFTER
        headers["Retry-After"] = str(wait)
    more = {"users": [_user(user) for user in error.users]} if isinstance(error, InUse) else {}
    return document(
        STATUS[error.kind],
        code=error.code,
        detail=error.detail,
        problems=error.problems,
        request_id=request_id,
        instance=instance,
        headers=headers,
        more=more,
    )


def title_of(status: int) -> str:
    """What RFC 9110 calls a status; Python's releases differ in these."""
    return _TITLES.get(status, HTTPStatus(status).phrase)


_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def document(
    status: int,
    *,
    code: str,
    detail: str,
    request_id: str,
    instance: str,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """A problem document. `type` is a URN of the code: callers program against it."""
    body: dict[str, Any] = {
        "type": f"urn:waypost:problem:{code}",
        "title": title_of(status),
        "status": status,
        "detail": _printable(detail),
        "instance": instance,
        "code": code,
        "request_id": request_id,
    }
    if problems:
        body["errors"] = [offence(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        body["detail"] = f"{detail} {len(problems)} members; the first {SHOWN} are listed."
    body |= more or {}
    return Response(msgspec.json.encode(body), status, headers, MEDIA_TYPE)


def offence(problem: Problem) -> dict[str, str]:
    """One offending member, the same in REST and GraphQL."""
    return {
        "pointer": _printable(problem.pointer),
        "code": problem.code,
        "detail": _printable(problem.detail),
    }


def _printable(text: str) -> str:
    # A refused name may hold what UTF-8 cannot: half of a surrogate pair.
    return text.encode("utf-8", "replace").decode()


def _user(user: Any) -> dict[str, str]:
    return {"kind": user.kind, "id": str(user.id), "name": user.name}
