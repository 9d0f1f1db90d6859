"""What a driver's errors mean: to callers a fact, to operators a SQLSTATE."""

from collections.abc import Mapping

import asyncpg

from service import telemetry
from service.domain.errors import (
    AlreadyExists,
    Conflict,
    DomainError,
    Malformed,
    Problem,
    TookTooLong,
    TooLarge,
    Unavailable,
)

DRIVER_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
_GONE = ("08", "53", "57", "25P03")
"""SQLSTATEs: classes connection, resources, operator intervention; ended as idle too long."""
_AWAY = "The database cannot be reached."
_NARROW = (
    "The database gave up at its time limit. Ask for less at once: a shorter range (`from`, `to`),"
    " a filter by event, device, channel, department or campaign alone, or fewer figures."
)
_UNDONE = "The database gave up at its time limit, and nothing was changed. Send the same again."
_FACTS: Mapping[type[Exception], tuple[type[DomainError], str]] = {
    asyncpg.ForeignKeyViolationError: (
        Conflict,
        "What it refers to, or what refers to it, has changed meanwhile.",
    ),
    asyncpg.QueryCanceledError: (TookTooLong, _NARROW),
    asyncpg.LockNotAvailableError: (Unavailable, "Others hold what it needs for too long."),
    # A text that is longer than Postgres can hold.
    asyncpg.ProgramLimitExceededError: (TooLarge, "Ask for less at once."),
    asyncpg.DataError: (Malformed, "A value cannot be read or stored."),
}


def tell(error: Exception) -> None:
    """Tell operators what callers are not told: the SQLSTATE and constraint, never a value."""
    cause = error if hasattr(error, "sqlstate") else error.__cause__ or error
    telemetry.logger().warning(
        "database_error",
        error=type(cause).__name__,
        sqlstate=getattr(cause, "sqlstate", None),
        constraint=getattr(cause, "constraint_name", None),
    )


def fact(error: Exception, *, lost: bool = False, writing: bool = False) -> DomainError | None:
    """What a driver's error means to a caller; None when it is a defect of ours.

    `lost`: whether the connection was closed by then, which the driver tells in many ways.
    `writing`: whether something was to be changed, of which no less can be asked.
    """
    if lost or isinstance(error, OSError):
        return Unavailable(_AWAY)
    if writing and isinstance(error, asyncpg.QueryCanceledError):
        return Unavailable(_UNDONE)
    if isinstance(error, asyncpg.UniqueViolationError):
        member = str(error.constraint_name).rpartition("_")[2]
        problems = [Problem(f"/{member}", "already_exists", "is taken")]
        return AlreadyExists("Another one like it exists.", problems if member == "key" else ())
    for kind, (known, detail) in _FACTS.items():
        if isinstance(error, kind):
            return known(detail)
    gone = str(getattr(error, "sqlstate", "")).startswith(_GONE)
    return Unavailable(_AWAY) if gone else None
