"""Batches stored together, else apart, on one connection that does nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from service.database import Database
from service.domain import events
from service.domain.events import Message, Refused, Sorted
from service.driver_errors import DRIVER_ERRORS, fact, tell
from service.flushing import Batch, Flush
from service.placing import Leaves, Places

LONGEST = 60.0
"""Seconds after which a database that says nothing is gone: it ends what it does sooner itself."""
_AGAIN = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class Storing:
    """One connection and what it stores. Leaves and places are shared by all of a process."""

    def __init__(self, database: Database, leaves: Leaves, places: Places) -> None:
        self._database = database
        self._leaves = leaves
        self._places = places
        self._driver: Any = None
        self._waiting: asyncio.Timeout | None = None

    async def store(self, batches: list[Batch]) -> Exception | None:
        """Store batches together, else apart; what cannot be stored by itself is put aside.

        Answers what befell all of them: no database, or a defect of ours.
        """
        try:
            async with self._patience():
                await self._flushed(batches)
        except asyncpg.DataError as error:
            return await self._apart(batches, error)
        except (*DRIVER_ERRORS, TimeoutError) as error:
            tell(error)
            self._leaves.doubt()
            await self._hang_up()
            return fact(error, lost=True)
        except Exception as error:
            return error
        return None

    async def _flushed(self, batches: list[Batch]) -> None:
        driver = await self._connected()
        months = {
            events.month(message.timestamp) for one in batches for message in one.sorted.messages
        }
        await self._leaves.ready(driver, months)
        flush = Flush(driver, batches, self._database.clock(), self._database.pepper)
        try:
            await flush.run(self._leaves, self._places, asking=False)
        except _AGAIN:
            await flush.run(self._leaves, self._places, asking=True)

    async def _apart(self, batches: list[Batch], error: asyncpg.DataError) -> Exception | None:
        """Batch by batch, then message by message: the guilty one alone is put aside."""
        if len(batches) > 1:
            return await self._each(batches)
        (batch,) = batches
        parts = list(_parts(batch))
        if len(parts) > 1:
            failure = await self._each(parts)
            ones = [one for one in parts if one.sorted.messages]
            batch.outcomes = [one.outcomes[0] for one in ones]
            batch.codes = {n: one.codes[0] for n, one in enumerate(ones) if one.codes}
            return failure
        if not batch.sorted.messages:
            # Not even what was refused can be kept: a defect of ours.
            tell(error)
            return fact(error)
        guilty = _guilty(batch.sorted.messages[0], error)
        put = Batch(batch.caller, Sorted([], [guilty]), batch.received_at, batch.public)
        batch.outcomes, batch.codes = ["quarantined"], {0: guilty.code}
        return await self.store([put])

    async def _each(self, batches: list[Batch]) -> Exception | None:
        for batch in batches:
            if failure := await self.store([batch]):
                return failure
        return None

    async def _connected(self) -> Any:
        if self._driver is None or self._driver.is_closed():
            self._driver = await self._database.apart()
            self._driver.add_termination_listener(self._lost)
        return self._driver

    @asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        """Raises `TimeoutError` when the connection is lost, or seems so."""
        try:
            async with asyncio.timeout(LONGEST) as self._waiting:
                yield
        finally:
            self._waiting = None

    def _lost(self, driver: Any) -> None:
        # To a copy that waits for room to write, the driver does not tell it.
        waiting = self._waiting
        if driver is self._driver and waiting is not None and not waiting.expired():
            waiting.reschedule(0)

    async def _hang_up(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.terminate()

    async def close(self) -> None:
        """Close the connection."""
        if self._driver is not None:
            with suppress(*DRIVER_ERRORS, TimeoutError):
                await self._driver.close(timeout=1)


def _parts(batch: Batch) -> Iterator[Batch]:
    """Each message by itself, and what was refused."""
    for message in batch.sorted.messages:
        yield Batch(batch.caller, Sorted([message], []), batch.received_at, batch.public)
    if batch.sorted.refused:
        aside = Sorted([], batch.sorted.refused)
        yield Batch(batch.caller, aside, batch.received_at, batch.public)


def _guilty(message: Message, error: asyncpg.DataError) -> Refused:
    said = f"The database cannot hold it ({error.sqlstate})."
    return Refused(message.raw, "not_storable", said, None, message.type)
