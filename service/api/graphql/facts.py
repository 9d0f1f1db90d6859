"""Facts that stop a whole field or request, as GraphQL's errors tell them, and how answers are
written.
"""

from typing import Any

import msgspec

from service.api import errors
from service.domain.errors import DomainError

encode = msgspec.json.Encoder(decimal_format="number").encode
"""JSON as answers have it, numbers exact."""


def told(error: DomainError) -> dict[str, Any]:
    """The message and extensions of a fact, REST's code beside GraphQL's."""
    extensions: dict[str, Any] = {
        "code": errors.GRAPHQL_CODE[error.kind],
        "problem": error.code,
    }
    if error.problems:
        extensions["errors"] = [errors.offence(p) for p in error.problems[: errors.SHOWN]]
    return {"message": error.detail, "extensions": extensions}
