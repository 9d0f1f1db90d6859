"""A connection as a work has it, for as long as the work's block lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from sqlalchemy.pool import PoolProxiedConnection

from service import telemetry
from service.domain import patience
from service.domain.errors import TookTooLong

_SHARE = "SELECT pg_advisory_xact_lock_shared({:d})"
_HASHING, _AS_BEFORE = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop = on"
_BEGIN = "BEGIN; SET LOCAL app.workspace = '{}'"
_ENDED = "the work has ended"
_GIVEN_UP = (TimeoutError, asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)


class Lender(Protocol):
    """Who lends connections."""

    async def borrowed(self) -> PoolProxiedConnection:
        """One, when one is free."""
        ...

    def returned(self, pooled: PoolProxiedConnection | None) -> None:
        """Take it back; None where it had to be closed."""
        ...


class Lent:
    """A connection as a work has it: of no use any more once the work's block has ended.

    So a task that outlives its block cannot speak on a connection that is another's by then.
    """

    __slots__ = (
        *("_driver", "_ended", "_lender", "_pooled", "_rests", "_unfinished"),
        *("begins", "first"),
    )

    def __init__(self, lender: Lender, pooled: PoolProxiedConnection) -> None:
        self._lender = lender
        self._pooled = pooled
        self._driver: Any = pooled.driver_connection
        self._unfinished = 0
        self._ended = self._rests = False
        self.first: str | None = None
        """What goes ahead of the first statement, in one trip."""
        self.begins: str | None = None
        """The same of a work that may do without its connection for a while; else None."""

    def enter(self, workspace_id: UUID) -> None:
        """Begin a transaction of a workspace with the next statement."""
        # The id is a UUID object, so its text cannot carry anything else into the statement.
        self.first = _BEGIN.format(workspace_id)
        # Each statement of who reads sees a snapshot of its own, so one may begin anew.
        self.begins = self.first

    async def share(self, lock: int) -> None:
        """Hold an advisory lock, as others may, until the transaction ends."""
        if self.first is None:
            await self.execute(_SHARE.format(lock))
        else:
            self.first += f"; {_SHARE.format(lock)}"

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The one value that a statement answers."""
        if self.first is not None:
            await self._begun()
        telemetry.STATEMENTS.inc()
        with self as driver:
            return await driver.fetchval(query, *args)

    async def fetch(self, query: str, *args: Any) -> Any:
        """All rows that a statement answers."""
        if self.first is not None:
            await self._begun()
        telemetry.STATEMENTS.inc()
        with self as driver:
            return await driver.fetch(query, *args)

    async def execute(self, query: str) -> str:
        """Run what answers nothing; its status."""
        with self as driver:
            status: str = await driver.execute(query)
            return status

    async def rest(self) -> None:
        """Let others have the connection until the next statement, which waits for one again."""
        if self.begins is None or self.first is not None:
            return
        await self.execute("COMMIT")
        self._rests, self.first = True, self.begins
        self._put_back()

    @asynccontextmanager
    async def hashing(self) -> AsyncIterator[None]:
        """What is planned in this block joins rows by hashing wherever it can.

        Of a workspace that it has not looked at the planner expects a row of each table, as most
        have, and goes through all contacts again for each contact of each event.
        """
        if self.first is None:
            await self.execute(_HASHING)
        else:
            self.first += f"; {_HASHING}"
        yield
        # Where the block fails, the setting ends with what it was made in.
        await self.execute(_AS_BEFORE)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """What is read in this block may be given up, and the work goes on behind it."""
        await self._marked()
        try:
            async with asyncio.timeout(patience.left()):
                yield
        except (*_GIVEN_UP, TookTooLong) as error:
            await self._undone()
            raise TookTooLong(patience.NARROW) from error

    async def _marked(self) -> None:
        """Of a transaction that changes something, note where it stands."""
        if self.begins is None and (self.first is not None or self._driver.is_in_transaction()):
            if self.first is not None:
                await self._begun()
            await self.execute("SAVEPOINT attempt")

    async def _undone(self) -> None:
        """A transaction in which a statement failed takes no other."""
        if self._rests or not self._driver.is_in_transaction():
            return
        if self.begins is None:
            await self.execute("ROLLBACK TO SAVEPOINT attempt")
        else:
            await self.execute("ROLLBACK")
            self.first = self.begins

    async def _begun(self) -> None:
        if self._ended:
            raise RuntimeError(_ENDED)
        if self._rests:
            self._pooled = await self._lender.borrowed()
            self._driver = self._pooled.driver_connection
            self._rests = False
        first, self.first = self.first, None
        await self.execute(first or "")

    def is_lost(self) -> bool:
        """Whether the server, or the way to it, is gone."""
        lost: bool = not self._rests and self._driver.is_closed()
        return lost

    def end(self) -> None:
        """Give the connection back, or close it if anything may still go on there.

        Nothing is awaited, so that no cancellation can lose the connection.
        """
        self._ended = True
        if not self._rests:
            self._put_back()

    def _put_back(self) -> None:
        sound = None
        try:
            if self._unfinished or self._driver.is_closed() or self._driver.is_in_transaction():
                self._pooled.invalidate()
            else:
                sound = self._pooled
        finally:
            self._lender.returned(sound)

    def __enter__(self) -> Any:
        if self._ended:
            raise RuntimeError(_ENDED)
        if self.is_lost():
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost")
        self._unfinished += 1
        return self._driver

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # One that was cancelled or timed out here may still run there.
        if kind is None or issubclass(kind, asyncpg.PostgresError | asyncpg.InterfaceError):
            self._unfinished -= 1
