"""The database: one pool, and the two ways a domain function may touch it.

`read` gives a work whose every statement sets its workspace and answers in one trip; `write`
gives one inside a transaction. No connection ever keeps a workspace between two works: a read's
setting ends with its statement, a write's with its transaction, and a connection that is still
in a transaction, or in a statement that nobody waits for any more, is closed, not reused.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from service import telemetry
from service.domain.errors import (
    AlreadyExists,
    Conflict,
    DomainError,
    Malformed,
    Problem,
    Unavailable,
)
from service.domain.work import Caller, Work
from service.settings import Settings, driver_url

LONGEST_CACHED_STATEMENT = 128 * 1024
"""asyncpg forgets statements over 15 KiB by default; a whole map's is longer than that."""

RETRIED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""Facts of timing, not of input: the edge repeats the whole work."""

_DRIVERS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_GONE = ("08", "53", "57", "25P03")
"""SQLSTATEs: classes connection, resources, operator intervention; ended as idle too long."""


def utc_now() -> datetime:
    """The time, as works carry it."""
    return datetime.now(UTC)


class Database:
    """One pool of connections of one role."""

    def __init__(
        self, url: str, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.clock = clock
        self.patience = settings.pool_wait
        # In the pool's own queue, newcomers can take what others have been waiting for.
        self._turns = asyncio.Semaphore(settings.pool_size)
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_wait,
            # Nothing to reset: see the module's first lines.
            pool_reset_on_return=None,
            hide_parameters=True,
            connect_args={
                "statement_cache_size": settings.statement_cache,
                "max_cacheable_statement_size": LONGEST_CACHED_STATEMENT,
                "server_settings": {"timezone": "UTC", "application_name": "waypost"},
                "timeout": 5,
            },
        )

    @asynccontextmanager
    async def read(self, caller: Caller) -> AsyncIterator[Work]:
        """A work for reading: each statement is one trip and sees a snapshot of its own."""
        async with self._lent() as connection:
            yield Work(connection, caller, self.clock(), guarded=True)

    @asynccontextmanager
    async def write(self, caller: Caller) -> AsyncIterator[Work]:
        """A work in a transaction, committed when its block ends well, else undone."""
        async with self._lent() as connection:
            # The id is a UUID object, so its text cannot carry anything else into the statement.
            await connection.execute(f"BEGIN; SET LOCAL app.workspace = '{caller.workspace_id}'")
            try:
                yield Work(connection, caller, self.clock())
            except Exception:
                # What the block raised is told, not what the roll-back may meet besides.
                with suppress(*_DRIVERS):
                    await connection.execute("ROLLBACK")
                raise
            # Of a transaction in which a statement failed, COMMIT makes a roll-back and no error.
            if await connection.execute("COMMIT") != "COMMIT":
                raise asyncpg.InFailedSQLTransactionError("nothing to commit")

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator["_Lent"]:
        await self._turn()
        try:
            lent = _Lent(await self._checked_out())
            try:
                yield lent
            except _DRIVERS as error:
                known = fact(error, lost=lent.is_lost())
                if known is None:
                    raise
                _logged(error)
                raise known from error
            finally:
                lent.end()
        finally:
            self._turns.release()

    async def _turn(self) -> None:
        """Wait until a connection is free: first come, first served."""
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(self.patience):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Unavailable("All database connections are busy.") from error

    async def _checked_out(self) -> PoolProxiedConnection:
        """A live connection: one whose server has gone is thrown away, not handed out."""
        while True:
            try:
                pooled = await self.engine.raw_connection()
            except (*_DRIVERS, exc.SQLAlchemyError, exc.EmulatedDBAPIException) as error:
                _logged(error)
                raise Unavailable("The database cannot be reached.") from error
            driver: Any = pooled.driver_connection
            if not driver.is_closed():
                return pooled
            pooled.invalidate()

    async def close(self) -> None:
        """Close every connection; a server that does not answer is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                await self.engine.dispose()


class _Lent:
    """A connection as a work has it: of no use any more once the work's block has ended.

    So a task that outlives its block cannot speak on a connection that is another's by then.
    """

    __slots__ = ("_driver", "_ended", "_pooled", "_unfinished")

    def __init__(self, pooled: PoolProxiedConnection) -> None:
        self._pooled = pooled
        self._driver: Any = pooled.driver_connection
        self._unfinished = 0
        self._ended = False

    async def fetchval(self, query: str, *args: Any) -> Any:
        telemetry.STATEMENTS.inc()
        with self as driver:
            return await driver.fetchval(query, *args)

    async def fetch(self, query: str, *args: Any) -> Any:
        telemetry.STATEMENTS.inc()
        with self as driver:
            return await driver.fetch(query, *args)

    async def execute(self, query: str) -> str:
        with self as driver:
            status: str = await driver.execute(query)
            return status

    def is_lost(self) -> bool:
        """Whether the server, or the way to it, is gone."""
        lost: bool = self._driver.is_closed()
        return lost

    def end(self) -> None:
        """Give the connection back, or close it if anything may still go on there.

        Nothing is awaited, so that no cancellation can lose the connection.
        """
        self._ended = True
        if self._unfinished or self.is_lost() or self._driver.is_in_transaction():
            self._pooled.invalidate()
        else:
            self._pooled.close()

    def __enter__(self) -> Any:
        if self._ended:
            raise RuntimeError("the work has ended")
        if self.is_lost():
            raise asyncpg.ConnectionDoesNotExistError("the connection was lost")
        self._unfinished += 1
        return self._driver

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # One that was cancelled or timed out here may still run there.
        if kind is None or issubclass(kind, asyncpg.PostgresError | asyncpg.InterfaceError):
            self._unfinished -= 1


def _logged(error: Exception) -> None:
    """Tell operators what callers are not told: the SQLSTATE and constraint, never a value."""
    cause = error if hasattr(error, "sqlstate") else error.__cause__ or error
    telemetry.logger().warning(
        "database_error",
        error=type(cause).__name__,
        sqlstate=getattr(cause, "sqlstate", None),
        constraint=getattr(cause, "constraint_name", None),
    )


def fact(error: Exception, *, lost: bool = False) -> DomainError | None:
    """What a driver's error means to a caller; None when it is a defect of ours.

    `lost`: whether the connection was closed by then, which the driver tells in many ways.
    """
    match error:
        case _ if lost or isinstance(error, OSError):
            return Unavailable("The database cannot be reached.")
        case asyncpg.UniqueViolationError():
            member = str(error.constraint_name).rpartition("_")[2]
            problems = [Problem(f"/{member}", "already_exists", "is taken")]
            return AlreadyExists("Another one like it exists.", problems if member == "key" else ())
        case asyncpg.ForeignKeyViolationError():
            return Conflict("What it refers to, or what refers to it, has changed meanwhile.")
        case asyncpg.QueryCanceledError() | asyncpg.LockNotAvailableError():
            return Unavailable("The database took too long.")
        case asyncpg.DataError():
            return Malformed("A value cannot be read or stored.")
    gone = str(getattr(error, "sqlstate", "")).startswith(_GONE)
    return Unavailable("The database cannot be reached.") if gone else None
