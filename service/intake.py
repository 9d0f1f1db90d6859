"""The intake: messages wait together, are stored in one transaction, and only then answered.

One flusher a process, on a connection of its own, writes whatever has gathered while it wrote what
came before: the more arrives at once, the larger its transactions, the less each costs. The queue
is bounded in bytes, and no workspace may fill it alone.
"""

import asyncio
import os
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import asyncpg

from service.database import Database
from service.domain import events
from service.domain.errors import Unavailable
from service.domain.events import Message, Refused, Sorted, Taken
from service.domain.work import Caller
from service.driver_errors import DRIVER_ERRORS, fact, tell
from service.flushing import Batch, Flush, Leaves
from service.settings import Settings

MOST_MESSAGES = 5_000
"""Of one transaction, unless a single request brings more."""
_SHARE = 2
"""One part in so many of the queue is a workspace's, at most."""
_AGAIN = (
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


class _Waiting:
    """A batch in the queue, and who waits for it."""

    __slots__ = ("answered", "batch", "size")

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        found = batch.sorted
        self.size = sum(len(one.raw) for one in found.messages)
        self.size += sum(len(one.raw) for one in found.refused)
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Intake:
    """Takes messages, and answers once they are stored."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._queue: deque[_Waiting] = deque()
        self._held: dict[Any, int] = {}
        self._bytes = 0
        self._came = asyncio.Event()
        self._leaves = Leaves()
        self._driver: Any = None
        self._last = 0
        self._slot = os.getpid() & 1023
        self._flusher: asyncio.Task[None] | None = None
        self._stopping = False

    async def take(self, caller: Caller, found: Sorted, *, public: bool = False) -> Taken:
        """Store what was sorted out of one body; answered after the commit that holds it.

        Raises `Unavailable` where the queue is full, or the database away: nothing of it counts as
        taken then, and all of it may be sent again.
        """
        batch = Batch(caller, found, self._database.clock(), public)
        if found.messages or found.refused:
            waiting = _Waiting(batch)
            self._enqueue(waiting)
            await waiting.answered
        counted = Counter(batch.outcomes)
        return Taken(
            counted["accepted"],
            counted["duplicate"],
            counted["quarantined"] + len(found.refused),
            batch.outcomes,
            batch.codes,
            counted["blocked"],
        )

    def _enqueue(self, waiting: _Waiting) -> None:
        which, limit = waiting.batch.caller.workspace_id, self._settings.intake_bytes
        mine = self._held.get(which, 0)
        # Whatever its size, a batch that meets an empty queue is taken.
        if self._bytes and self._bytes + waiting.size > limit:
            raise Unavailable("Too many events at once.")
        if mine and mine + waiting.size > limit // _SHARE:
            raise Unavailable("Too many events of this workspace at once.")
        if self._stopping:
            raise Unavailable("The service is stopping.")
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._run(), name="intake")
        self._queue.append(waiting)
        self._held[which] = mine + waiting.size
        self._bytes += waiting.size
        self._came.set()

    async def stop(self) -> None:
        """Store what waits, take no more, close the connection."""
        self._stopping = True
        self._came.set()
        if self._flusher is not None:
            await self._flusher
        if self._driver is not None:
            with suppress(*DRIVER_ERRORS, TimeoutError):
                await self._driver.close(timeout=1)

    async def _run(self) -> None:
        while self._queue or not self._stopping:
            if not self._queue:
                self._came.clear()
                await self._came.wait()
                continue
            waiting = self._gathered()
            failure = await self._stored([one.batch for one in waiting])
            for one in waiting:
                self._let_go(one, failure)

    def _gathered(self) -> list[_Waiting]:
        gathered = [self._queue.popleft()]
        number = len(gathered[0].batch.sorted.messages)
        while self._queue:
            number += len(self._queue[0].batch.sorted.messages)
            if number > MOST_MESSAGES:
                break
            gathered.append(self._queue.popleft())
        return gathered

    def _let_go(self, waiting: _Waiting, failure: Exception | None) -> None:
        which = waiting.batch.caller.workspace_id
        self._bytes -= waiting.size
        left = self._held.pop(which) - waiting.size
        if left:
            self._held[which] = left
        # Nobody may wait any more; what is stored is stored all the same.
        if waiting.answered.cancelled():
            return
        if failure is None:
            waiting.answered.set_result(None)
        else:
            waiting.answered.set_exception(failure)

    async def _stored(self, batches: list[Batch]) -> Exception | None:
        """Store batches together, else apart; what cannot be stored by itself is put aside.

        Answers what befell all of them: no database, or a defect of ours.
        """
        try:
            await self._flushed(batches)
        except asyncpg.DataError as error:
            return await self._apart(batches, error)
        except (*DRIVER_ERRORS, TimeoutError) as error:
            tell(error)
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
            await flush.run(self._leaves, self._places(), asking=False)
        except _AGAIN:
            await flush.run(self._leaves, self._places(), asking=True)

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
        return await self._stored([put])

    async def _each(self, batches: list[Batch]) -> Exception | None:
        for batch in batches:
            if failure := await self._stored([batch]):
                return failure
        return None

    def _places(self) -> Iterator[int]:
        for place in events.arrivals(self._last, self._database.clock(), self._slot):
            self._last = place
            yield place

    async def _connected(self) -> Any:
        if self._driver is None or self._driver.is_closed():
            self._driver = await self._database.apart()
        return self._driver

    async def _hang_up(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.terminate()


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
