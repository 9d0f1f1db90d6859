"""What each status of a refusal means, and what an answer with it may look like."""

from collections.abc import Mapping
from typing import Any

from service.api.rest.about import id_like

MEANING: Mapping[int, tuple[str, str, str]] = {
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
        "The key has too many streams open, or sends too much; try again.",
        "too_many_streams",
        "This key has 20 streams open already.",
    ),
    500: (
        "Something went wrong on our side; it is logged under the request's id.",
        "internal",
        "Something went wrong on our side.",
    ),
    501: (
        "This installation cannot do it; the detail says what it lacks.",
        "not_configured",
        "This needs a signing key, and none is set.",
    ),
    503: (
        "The database is away (`unavailable`): try again; or gave up at its time limit"
        " (`took_too_long`): ask for less.",
        "unavailable",
        "The database is away.",
    ),
}
"""Status: what it means, then a code that may come with it and what is said then."""

MORE: Mapping[int, dict[str, Any]] = {
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
TOLD_BY: Mapping[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Challenge"},
    429: {"Retry-After": "RetryAfter"},
    503: {"Retry-After": "RetryAfter"},
}
