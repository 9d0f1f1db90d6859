"""What can go wrong, as facts.

A domain function raises one of these; it knows neither HTTP nor GraphQL. `kind` says what sort
of fact it is (the faces map kinds to statuses, once, in `service/api/errors.py`), `code` is the
stable name callers may program against.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar
from uuid import UUID


class Kind(StrEnum):
    """The sorts of facts a caller can act on."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    NOT_ACCEPTABLE = "not_acceptable"
    CONFLICT = "conflict"
    GONE = "gone"
    STALE = "stale"
    TOO_LARGE = "too_large"
    TIMED_OUT = "timed_out"
    UNSUPPORTED_MEDIA = "unsupported_media"
    INVALID = "invalid"
    TOO_MANY = "too_many"
    NOT_YET = "not_yet"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Problem:
    """One offending member: its JSON pointer (RFC 6901), a stable code, and a sentence."""

    pointer: str
    code: str
    detail: str


def pointer(*parts: int | str) -> str:
    """A JSON pointer (RFC 6901), or the end of one: names of members, places of items."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class DomainError(Exception):
    """A fact that stops the work. Raising it undoes whatever the work had written."""

    kind: ClassVar[Kind]
    code: ClassVar[str]

    def __init__(self, detail: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)


class Malformed(DomainError):
    kind, code = Kind.MALFORMED, "malformed"


class Invalid(DomainError):
    """The input is readable but not acceptable; `problems` names every offending member."""

    kind, code = Kind.INVALID, "invalid"

    def __init__(
        self, problems: Iterable[Problem], detail: str = "The input is not valid."
    ) -> None:
        super().__init__(detail, problems)

    def renamed(self, at: Callable[[str], str]) -> "Invalid":
        """The same, each pointer as the caller knows the member: `at` makes it of the one here."""
        return Invalid([replace(p, pointer=at(p.pointer)) for p in self.problems], self.detail)


class Unauthenticated(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "unauthenticated"


class LinkExpired(DomainError):
    """The link was signed here, and its time is over."""

    kind, code = Kind.UNAUTHENTICATED, "link_expired"


class ScopeMissing(DomainError):
    kind, code = Kind.FORBIDDEN, "scope_missing"


class WiderThanCaller(DomainError):
    kind, code = Kind.FORBIDDEN, "wider_than_caller"


class NotFound(DomainError):
    """No such row in the caller's workspace. Another workspace's row is exactly this."""

    kind, code = Kind.NOT_FOUND, "not_found"

    def __init__(self, what: str, which: UUID | str) -> None:
        super().__init__(f"There is no {what} {which}.")


class NotAcceptable(DomainError):
    """The caller accepts none of the representations there are."""

    kind, code = Kind.NOT_ACCEPTABLE, "not_acceptable"


class CursorGone(DomainError):
    """A place that this database's changes never had, or have no more."""

    kind, code = Kind.GONE, "cursor_gone"


class StaleVersion(DomainError):
    kind, code = Kind.STALE, "stale_version"

    def __init__(self) -> None:
        super().__init__("The resource has changed since it was read.")


class AlreadyExists(DomainError):
    kind, code = Kind.CONFLICT, "already_exists"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who depends on a row."""

    kind: str
    id: UUID
    name: str


class InUse(DomainError):
    """Others depend on the row; `users` lists them."""

    kind, code = Kind.CONFLICT, "in_use"

    def __init__(self, detail: str, users: Iterable[User] = ()) -> None:
        super().__init__(detail)
        self.users = tuple(users)


class Conflict(DomainError):
    """Somebody else's change came in between."""

    kind, code = Kind.CONFLICT, "conflict"


class StillRunning(DomainError):
    kind, code = Kind.CONFLICT, "idempotency_key_running"


class KeyReused(DomainError):
    kind, code = Kind.INVALID, "idempotency_key_reused"


class TooLarge(DomainError):
    kind, code = Kind.TOO_LARGE, "too_large"


class TooSlow(DomainError):
    """The body did not arrive in time."""

    kind, code = Kind.TIMED_OUT, "request_timeout"


class UnsupportedMedia(DomainError):
    kind, code = Kind.UNSUPPORTED_MEDIA, "unsupported_media_type"


class TooManyStreams(DomainError):
    """The key in use has as many streams open as one may have."""

    kind, code = Kind.TOO_MANY, "too_many_streams"


class RateLimited(DomainError):
    """The key in use has sent as much as one may; after `seconds` it may go on."""

    kind, code = Kind.TOO_MANY, "rate_limited"

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__(detail)
        self.seconds = seconds


class NotInstalled(DomainError):
    """It needs a part that this installation leaves out; the detail names it."""

    kind, code = Kind.NOT_YET, "not_installed"


class NotConfigured(DomainError):
    """It needs a setting that this installation lacks; the detail names it."""

    kind, code = Kind.NOT_YET, "not_configured"


class Unavailable(DomainError):
    kind, code = Kind.UNAVAILABLE, "unavailable"


class TookTooLong(Unavailable):
    """The database gave a statement up at its time limit, or what it found took too long."""

    code = "took_too_long"
