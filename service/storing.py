"""Batches stored together, else apart, on one connection that does nothing else."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import structs

from service.batches import Batch
from service.database import Database
from service.domain.errors import DomainError, Unavailable
from service.domain.events import Refused, Sorted
from service.driver_errors import DRIVER_ERRORS, fact, tell
from service.flushing import Flush
from service.placing import Leaves, Places

LONGEST = 60.0
"""Seconds after which a database that says nothing is gone: it ends what it does sooner itself."""
_GUILTY = "not_storable"
_TRIES = 2
"""Before the last one, of which the error is told."""
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

    async def store(self, batches: Sequence[Batch]) -> None:
        """Store batches together, else apart; what cannot be stored by itself is put aside.

        What befell a batch is its `failure`: no database, somebody who holds its workspace, or a
        defect of ours.
        """
        try:
            async with self._patience():
                await self._flushed(batches)
        except asyncpg.DataError as error:
            await self._halved(batches, error)
        except (asyncpg.LockNotAvailableError, DomainError) as error:
            await self._by_workspace(batches, error)
        except (*DRIVER_ERRORS, TimeoutError) as error:
            tell(error)
            self._leaves.doubt()
            await self._hang_up()
            _fail(batches, fact(error, lost=True) or error)
        except Exception as error:
            _fail(batches, error)

    async def _flushed(self, batches: Sequence[Batch]) -> None:
        driver = await self._connected()
        spans = set().union(*(one.spans for one in batches))
        flush = Flush(driver, batches, self._database.clock(), self._database.pepper)
        asking = False
        for _ in range(_TRIES):
            await self._leaves.ready(driver, spans)
            try:
                await flush.run(self._leaves, self._places, asking=asking)
            except _AGAIN:
                asking = True
            except asyncpg.CheckViolationError:
                # What was put into the default leaf has a leaf of its own by now.
                self._leaves.doubt()
            else:
                return
        await flush.run(self._leaves, self._places, asking=asking)

    async def _by_workspace(self, batches: Sequence[Batch], error: Exception) -> None:
        """What somebody holds in one workspace is nothing to the others."""
        held: dict[UUID, list[Batch]] = {}
        for batch in batches:
            held.setdefault(batch.caller.workspace_id, []).append(batch)
        if len(held) > 1:
            await self._each(list(held.values()))
        elif isinstance(error, DomainError):
            _fail(batches, error)
        else:
            _fail(batches, Unavailable("Somebody else changes this workspace."))

    async def _halved(self, batches: Sequence[Batch], error: asyncpg.DataError) -> None:
        """Half by half: the guilty message alone is put aside, and soon found."""
        if len(batches) > 1:
            middle = len(batches) // 2
            await self._each([batches[:middle], batches[middle:]])
            return
        (batch,) = batches
        parts = _halves(batch)
        if len(parts) > 1:
            await self._each([[one] for one in parts])
            _joined(batch, parts)
        elif not batch.sorted.messages:
            # Not even what was refused can be kept: a defect of ours.
            tell(error)
            _fail(batches, error)
        else:
            # What waits already stays as it is.
            guilty = [] if batch.sorted.waiting else [_guilty(batch.sorted, error)]
            put = Batch(batch.caller, Sorted([], guilty), batch.received_at, batch.public)
            if guilty:
                await self.store([put])
            batch.outcomes = ["blocked" if put.withheld else "quarantined"]
            batch.codes = {} if put.withheld else {0: _GUILTY}
            batch.failure = put.failure

    async def _each(self, parts: Sequence[Sequence[Batch]]) -> None:
        lost: Exception | None = None
        for part in parts:
            if lost is None:
                await self.store(part)
                # Where nobody answers any more, nobody would for those that are left.
                lost = part[0].failure if self._driver is None else None
            else:
                _fail(part, lost)

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


def _fail(batches: Sequence[Batch], failure: Exception) -> None:
    for batch in batches:
        batch.failure = failure


def _halves(batch: Batch) -> list[Batch]:
    """The messages in two parts, or the one that there is, and what was refused."""
    messages, refused = batch.sorted.messages, batch.sorted.refused
    middle = (len(messages) + 1) // 2
    found = structs.replace(batch.sorted, messages=[], refused=[])
    halves = (messages[:middle], messages[middle:])
    parts = [structs.replace(found, messages=half) for half in halves if half]
    parts += [structs.replace(found, refused=refused)] if refused else []
    return [Batch(batch.caller, one, batch.received_at, batch.public) for one in parts]


def _joined(batch: Batch, parts: Sequence[Batch]) -> None:
    """What became of its parts became of the batch."""
    batch.outcomes, batch.codes = [], {}
    for one in parts:
        before = len(batch.outcomes)
        batch.codes |= {before + n: code for n, code in one.codes.items()}
        batch.untaken |= {before + n: rest for n, rest in one.untaken.items()}
        batch.outcomes += one.outcomes
        # What was refused is in one part, whole.
        batch.withheld |= one.withheld
        batch.failure = batch.failure or one.failure


def _guilty(found: Sorted, error: asyncpg.DataError) -> Refused:
    said = f"The database cannot hold it ({error.sqlstate})."
    (message,) = found.messages
    return Refused(message.raw, _GUILTY, said, None, message.type, found.sent_at, found.context)
