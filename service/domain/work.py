"""A work: the transaction or read a domain function acts in, who is calling, and the time.

It is opened, committed and closed at the edge. Domain functions take it as their first argument
and neither commit nor ask the clock.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from service.domain.errors import Problem, ScopeMissing
from service.domain.languages import Language
from service.domain.memory import FORGETFUL, Memory
from service.domain.statements import Statement

OPERATORS = UUID(int=0)
"""The workspace of operator keys: it owns no maps; its callers make and list workspaces."""


class Scope(StrEnum):
    """What a key allows. `operator` is given by the command line alone."""

    MAPS_READ = "maps:read"
    MAPS_WRITE = "maps:write"
    CONTACTS_READ = "contacts:read"
    CONTACTS_WRITE = "contacts:write"
    EVENTS_WRITE = "events:write"
    ANALYTICS_READ = "analytics:read"
    PRIVACY = "privacy"
    ADMIN = "admin"
    OPERATOR = "operator"


SCOPES: Mapping[Scope, str] = {
    Scope.MAPS_READ: "Read profiles, personas, maps, touchpoints, and what is computed of them.",
    Scope.MAPS_WRITE: "Create, change and delete them.",
    Scope.CONTACTS_READ: "Read contacts: personal data.",
    Scope.CONTACTS_WRITE: "Create, change and merge contacts.",
    Scope.EVENTS_WRITE: "Send events; reads nothing.",
    Scope.ANALYTICS_READ: "Read figures computed of events.",
    Scope.PRIVACY: "Export, restrict and erase what is held of a contact.",
    Scope.ADMIN: "Make and revoke API keys, and change the workspace.",
    Scope.OPERATOR: "Make and list workspaces; given by the command line alone.",
}
"""What each scope is for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is: one workspace, one key, its scopes, the person behind the key, the
    language that generated texts are in, whether anybody may know the key, for how many days the
    workspace keeps what people did (None: for ever), and whether GraphQL answers its trusted
    documents alone.
    """

    workspace_id: UUID
    key_id: UUID | None
    scopes: frozenset[str]
    person: str | None = None
    request_id: str = ""
    language: Language = Language.EN
    public: bool = False
    retention_days: int | None = None
    trusted_only: bool = False

    def oldest_kept(self, now: datetime) -> datetime | None:
        """Before when nothing that people did is kept, nor taken in; None: all of it is."""
        days = self.retention_days
        return None if days is None else now - timedelta(days=days)

    def needs(self, scope: Scope) -> None:
        """Ask permission. Raises `ScopeMissing`, naming the scope."""
        if scope not in self.scopes:
            raise ScopeMissing(f"This needs a key with the scope {scope.value}.")

    def nameless(self) -> list[Problem]:
        """What is wrong with a word that somebody has to stand by, where nobody is named."""
        if self.person is not None:
            return []
        detail = "is needed: this is said by a person, as in Ann <ann@example.org>"
        return [Problem("/header/Waypost-Actor", "person_required", detail)]


class Connection(Protocol):
    """What a work needs of the driver."""

    async def fetchval(self, query: str, *args: Any) -> Any: ...

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]: ...

    def enter(self, workspace_id: UUID) -> None:
        """Begin a transaction of a workspace with the next statement."""

    async def share(self, lock: int) -> None:
        """Hold an advisory lock, as others may, until the transaction ends.

        Ahead of a work's first statement it costs no trip, and that statement sees what whoever
        held it alone has left.
        """

    async def rest(self) -> None:
        """Let others have the connection until the next statement, if the work can do without."""

    def hashing(self) -> AbstractAsyncContextManager[None]:
        """What is planned in this block joins rows by hashing wherever it can."""
        ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """What is read in this block is given up once nobody waits for it any more (`patience`), or
        the database gives it up; the work goes on behind it. Raises `TookTooLong`."""


@dataclass(slots=True)
class Work:
    """What every domain function gets. `guarded` is true for reads outside a transaction, as long
    as none is begun."""

    connection: Connection
    caller: Caller
    now: datetime
    guarded: bool = False
    pepper: bytes | None = field(default=None, repr=False)
    """What hashes of erased identifiers are keyed with; empty where this service has no secret,
    None for a work that asks for none."""
    memory: Memory = field(default=FORGETFUL, repr=False)
    """What its process has computed already."""
    statements: int = field(default=0)

    def needs(self, scope: Scope) -> None:
        """Ask permission. Raises `ScopeMissing`, naming the scope."""
        self.caller.needs(scope)

    def speaking(self, language: Language | None) -> "Work":
        """The same, generated texts being in another language; None: in the caller's."""
        if language is not None:
            self.caller = replace(self.caller, language=language)
        return self

    def at_length(self) -> None:
        """From now on within a transaction, for what reads many rows, or much at once: a read that
        did without one begins it, since Postgres answers rows, and shares a statement among
        processes, only where the workspace is set before."""
        if self.guarded:
            self.connection.enter(self.caller.workspace_id)
            self.guarded = False

    async def value(self, statement: Statement, **values: Any) -> Any:
        """The one value a statement answers; None when it answers no row."""
        self.statements += 1
        self._given(values)
        arguments = statement.arguments(values)
        if statement.wide:
            self.at_length()
            async with self.connection.hashing():
                return await self.connection.fetchval(statement.sql, *arguments)
        query = statement.guarded if self.guarded else statement.sql
        return await self.connection.fetchval(query, *arguments)

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Mapping[str, Any]]:
        """All rows a statement answers, within a transaction."""
        self.at_length()
        self.statements += 1
        self._given(values)
        rows: Sequence[Mapping[str, Any]] = await self.connection.fetch(
            statement.sql, *statement.arguments(values)
        )
        return rows

    def _given(self, values: dict[str, Any]) -> None:
        """What every statement may name: the workspace, the time, the language of texts."""
        values["workspace_id"] = self.caller.workspace_id
        values.setdefault("now", self.now)
        values.setdefault("language", self.caller.language)
