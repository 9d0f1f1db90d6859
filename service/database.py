"""The database: one pool, and the two ways a domain function may touch it.

`read` gives a work whose every statement sets its workspace and answers in one trip; `write`
gives one inside a transaction. No connection ever keeps a workspace between two works: a read's
setting ends with its statement, a write's with its transaction, and a connection that is still
in a transaction, or whose user failed or was cancelled in mid-flight, is closed, not reused.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

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


_DRIVERS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_AWAY = ("08", "53", "57")
"""Classes of SQLSTATE: connection, resources, operator intervention."""


def utc_now() -> datetime:
    """The time, as works carry it."""
    return datetime.now(UTC)


class Database:
    """One pool of connections of one role."""

    def __init__(
        self, url: str, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.clock = clock
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
        async with self._connection() as connection:
            yield Work(connection, caller, self.clock(), guarded=True)

    @asynccontextmanager
    async def write(self, caller: Caller) -> AsyncIterator[Work]:
        """A work in a transaction, committed when its block ends well."""
        async with self._connection() as connection:
            # The id is a UUID object, so its text cannot carry anything else into the statement.
            await connection.execute(f"BEGIN; SET LOCAL app.workspace = '{caller.workspace_id}'")
            yield Work(connection, caller, self.clock())
            await connection.execute("COMMIT")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        pooled = await self._checked_out()
        driver = pooled.driver_connection
        try:
            yield driver
        except BaseException as error:
            await _undone(pooled, driver, error)
            if isinstance(error, _DRIVERS) and not isinstance(error, RETRIED):
                known = fact(error)
                if known is not None:
                    raise known from error
            raise
        if driver.is_in_transaction():
            pooled.invalidate()
        else:
            pooled.close()

    async def _checked_out(self) -> PoolProxiedConnection:
        """A live connection: one whose server has gone is thrown away, not handed out."""
        while True:
            try:
                pooled = await self.engine.raw_connection()
            except exc.TimeoutError as error:
                raise Unavailable("All database connections are busy.") from error
            except (*_DRIVERS, exc.DBAPIError) as error:
                raise Unavailable("The database cannot be reached.") from error
            driver: Any = pooled.driver_connection
            if not driver.is_closed():
                return pooled
            pooled.invalidate()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def fact(error: asyncpg.PostgresError | OSError | asyncpg.InterfaceError) -> DomainError | None:
    """What a database error means to a caller; None when it is a defect of ours."""
    match error:
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
        case asyncpg.PostgresError() if not str(error.sqlstate).startswith(_AWAY):
            return None
        case asyncpg.InterfaceError() if not isinstance(error, ConnectionError):
            return Unavailable("The connection to the database was lost.")
        case _:
            return Unavailable("The database cannot be reached.")


async def _undone(pooled: PoolProxiedConnection, driver: Any, error: BaseException) -> None:
    """Give back a connection whose user failed, if what it did is surely undone; else close it."""
    if isinstance(error, Exception) and not driver.is_closed():
        if not driver.is_in_transaction():
            pooled.close()
            return
        try:
            await driver.execute("ROLLBACK")
        except Exception:  # the connection is closed below, whatever went wrong
            pooled.invalidate()
            return
        pooled.close()
        return
    pooled.invalidate()
