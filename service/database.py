"""The database: one pool, and the two ways a domain function may touch it.

`read` gives a work whose every statement sets its workspace and answers in one trip; `write`
gives one inside a transaction. No connection ever keeps a workspace between two works: a read's
setting ends with its statement, a write's with its transaction, and a connection that is still
in a transaction, or in a statement that nobody waits for any more, is closed, not reused.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import Engine, create_engine, event, exc
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

from service.domain.errors import Unavailable
from service.domain.memory import Memory
from service.domain.signing import pepper
from service.domain.work import Caller, Work
from service.driver import hung_up, knowing_lists
from service.driver_errors import DRIVER_ERRORS, fact, tell
from service.loans import Lent
from service.settings import Settings, driver_url

LONGEST_CACHED_STATEMENT = 128 * 1024
"""asyncpg forgets statements over 15 KiB by default; a whole map's is longer than that."""

RETRIED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""Facts of timing, not of input: the edge repeats the whole work."""


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
        self.memory = Memory()
        self.pepper = pepper(settings.blocking_key or settings.signing_key)
        # In the pool's own queue, newcomers can take what others have been waiting for.
        self._turns = asyncio.Semaphore(settings.pool_size)
        # Back from a loan. To the pool's own hands and out again is a tenth of a small request.
        self._at_hand: list[PoolProxiedConnection] = []
        # Core's, spawned by hand: `sqlalchemy.ext.asyncio` brings the ORM, 7 MiB a process.
        self.engine: Engine = create_engine(
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
        event.listen(self.engine, "connect", knowing_lists)

    def read(self, caller: Caller) -> "_Reading":
        """A work for reading: each statement is one trip and sees a snapshot of its own."""
        return _Reading(self, caller)

    def analyse(self, caller: Caller) -> "_Analysing":
        """A work that reads much at once, in a transaction: Postgres shares no statement among
        processes that sets its workspace itself.
        """
        return _Analysing(self, caller)

    def beyond(self, caller: Caller) -> "_Beyond":
        """A work in no workspace, for a statement that asks of several what anybody may know."""
        return _Beyond(self, caller)

    def write(self, caller: Caller) -> "_Writing":
        """A work in a transaction, committed when its block ends well, else undone."""
        return _Writing(self, caller)

    async def connection(self) -> PoolProxiedConnection:
        """A connection as the pool has it."""
        if self._at_hand:
            return self._at_hand.pop()
        pooled: PoolProxiedConnection = await greenlet_spawn(self.engine.raw_connection)
        return pooled

    async def lent(self) -> Lent:
        """A connection, when one is free. Raises `Unavailable`."""
        return Lent(self, await self.borrowed())

    async def borrowed(self) -> PoolProxiedConnection:
        """A connection as the pool has it, when one is free. Raises `Unavailable`."""
        await self._turn()
        try:
            return await self._checked_out()
        except BaseException:
            self._turns.release()
            raise

    def returned(self, pooled: PoolProxiedConnection | None) -> None:
        """Let the next one have a connection: the one that is back, else another."""
        if pooled is not None:
            self._at_hand.append(pooled)
        self._turns.release()

    def given_back(self, lent: Lent) -> None:
        """The end of a loan."""
        lent.end()

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
                pooled = await self.connection()
            except (*DRIVER_ERRORS, exc.SQLAlchemyError, exc.EmulatedDBAPIException) as error:
                tell(error)
                raise Unavailable("The database cannot be reached.") from error
            driver: Any = pooled.driver_connection
            if not (driver.is_closed() or hung_up(driver)):
                return pooled
            pooled.invalidate()

    async def apart(self) -> Any:
        """A connection outside the pool, for whoever keeps it."""
        pooled = await self.borrowed()
        driver: Any = pooled.driver_connection
        pooled.detach()
        self._turns.release()
        return driver

    def connections(self) -> tuple[int, int]:
        """How many are idle, and how many busy."""
        pool: Any = self.engine.pool
        return pool.checkedin() + len(self._at_hand), pool.checkedout() - len(self._at_hand)

    async def close(self) -> None:
        """Close every connection; a server that does not answer is not waited for."""
        while self._at_hand:
            self._at_hand.pop().close()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                await greenlet_spawn(self.engine.dispose)


class _Reading:
    """The block of a work. A class: a generator would cost as much as the rest of a loan."""

    __slots__ = ("_caller", "_database", "_lent")
    _guarded, _writes = True, False

    def __init__(self, database: Database, caller: Caller) -> None:
        self._database = database
        self._caller = caller

    async def __aenter__(self) -> Work:
        self._lent = lent = await self._database.lent()
        self._begin(lent)
        database = self._database
        told = (database.clock(), self._guarded, database.pepper, database.memory)
        return Work(lent, self._caller, *told)

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            await self._finish(self._lent, error)
        except BaseException as met:
            self._end(met)
            raise
        self._end(error)

    def _begin(self, lent: Lent) -> None:
        """Nothing: a read is its statement."""

    async def _finish(self, lent: Lent, error: BaseException | None) -> None:
        """End the transaction, where one was begun: else a read is its statement."""
        if lent.first is not None or not (self._writes or lent.begins):
            return
        if error is None:
            # Of a transaction in which a statement failed, COMMIT makes a roll-back and no error.
            if await lent.execute("COMMIT") != "COMMIT":
                raise asyncpg.InFailedSQLTransactionError("nothing to commit")
        elif isinstance(error, Exception):
            # What the block raised is told, not what the roll-back may meet besides.
            with suppress(*DRIVER_ERRORS):
                await lent.execute("ROLLBACK")

    def _end(self, error: BaseException | None) -> None:
        """Give the connection back, and tell what a driver's error means to a caller."""
        lost = self._lent.is_lost()
        self._database.given_back(self._lent)
        if isinstance(error, DRIVER_ERRORS) and (
            known := fact(error, lost=lost, writing=self._writes)
        ):
            tell(error)
            raise known from error


class _Beyond(_Reading):
    """The same in no workspace, of which policies show nothing."""

    __slots__ = ()
    _guarded = False


class _Analysing(_Reading):
    """The same in a transaction, which its first statement begins."""

    __slots__ = ()
    _guarded = False

    def _begin(self, lent: Lent) -> None:
        lent.enter(self._caller.workspace_id)


class _Writing(_Analysing):
    """The same for who changes something."""

    __slots__ = ()
    _writes = True

    def _begin(self, lent: Lent) -> None:
        lent.enter(self._caller.workspace_id)
        # What was changed before would be lost, so it may not begin anew.
        lent.begins = None
