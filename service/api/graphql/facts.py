"""Facts that stop a whole field or request, as GraphQL's errors tell them, and how answers are
written.
"""

from typing import Any

import msgspec

from service.api import errors
from service.domain.errors import DomainError

encode = msgspec.json.Encoder(decimal_format="number").encode
"""JSON as answers have it, numbers exact."""


KNOWN = frozenset({"persisted_query_not_found"})
"""Codes that clients know as GraphQL's own."""


def told(error: DomainError, request_id: str | None = None) -> dict[str, Any]:
    """The message and extensions of a fact, REST's code beside GraphQL's; of which request, where
    nobody else says so."""
    known = error.code in KNOWN
    extensions: dict[str, Any] = {
        "code": error.code.upper() if known else errors.GRAPHQL_CODE[error.kind],
        "problem": error.code,
    }
    if request_id is not None:
        extensions["requestId"] = request_id
    if error.problems:
        extensions["errors"] = [errors.offence(p) for p in error.problems[: errors.SHOWN]]
    return {"message": error.detail, "extensions": extensions}
