"""The intake: messages wait together, are stored in one transaction, and only then answered.

A few flushers a process, each on a connection of its own, write whatever has gathered while they
wrote what came before: the more arrives at once, the larger the transactions, the less each costs;
and while one waits for the disk, another goes on. The queue is bounded in bytes, and no workspace
may fill it alone.
"""

import asyncio
from collections import Counter, deque
from contextlib import suppress
from typing import Any

from service.batches import Batch
from service.database import Database
from service.domain.errors import Unavailable
from service.domain.events import Sorted, Taken
from service.domain.work import Caller
from service.placing import Leaves, Places
from service.settings import Settings
from service.storing import Storing

MOST_MESSAGES = 5_000
"""Of one transaction, unless a single request brings more."""
ENOUGH = 500
"""Messages that are worth a transaction beside another one."""
GATHERING = 0.05
"""Seconds that messages wait, at most, for others while a flusher writes and another is free."""
FLUSHERS = 2
"""Connections of a process."""
_SHARE = 2
"""One part in so many of the queue is a workspace's, at most."""


class _Waiting:
    """A batch in the queue, and who waits for it."""

    __slots__ = ("answered", "batch", "messages", "since", "size")

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        found = batch.sorted
        self.messages = len(found.messages)
        self.size = sum(len(one.raw) for one in found.messages)
        self.size += sum(len(one.raw) for one in found.refused)
        loop = asyncio.get_running_loop()
        self.since = loop.time()
        self.answered: asyncio.Future[None] = loop.create_future()


class Intake:
    """Takes messages, and answers once they are stored."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._queue: deque[_Waiting] = deque()
        self._held: dict[Any, int] = {}
        self._bytes = self._messages = self._writing = 0
        self._came = asyncio.Event()
        leaves, places = Leaves(), Places()
        self._flushers = [Storing(database, leaves, places) for _ in range(FLUSHERS)]
        self._running: list[asyncio.Task[None]] = []
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
            counted["quarantined"] + len(found.refused) - len(batch.withheld),
            batch.outcomes,
            batch.codes,
            counted["blocked"] + len(batch.withheld),
            batch.withheld,
            batch.untaken,
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
        if not self._running:
            self._running = [asyncio.create_task(self._run(one)) for one in self._flushers]
        self._queue.append(waiting)
        self._messages += waiting.messages
        self._held[which] = mine + waiting.size
        self._bytes += waiting.size
        self._came.set()

    async def stop(self) -> None:
        """Store what waits, take no more, close the connections."""
        self._stopping = True
        self._came.set()
        await asyncio.gather(*self._running)
        for one in self._flushers:
            await one.close()

    async def _run(self, flusher: Storing) -> None:
        while self._queue or not self._stopping:
            if not self._worth_it():
                await self._more()
                continue
            waiting = self._gathered()
            self._writing += 1
            await flusher.store([one.batch for one in waiting])
            self._writing -= 1
            self._came.set()
            for one in waiting:
                self._let_go(one)

    def _worth_it(self) -> bool:
        """Whether to write what has gathered, or let it gather while another flusher writes."""
        if not self._queue or not self._writing:
            return bool(self._queue)
        waited = asyncio.get_running_loop().time() - self._queue[0].since
        return self._messages >= ENOUGH or waited >= GATHERING

    async def _more(self) -> None:
        """Wait for more; not long where something waits already."""
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GATHERING if self._queue else None):
                await self._came.wait()

    def _gathered(self) -> list[_Waiting]:
        gathered = [self._queue.popleft()]
        number = gathered[0].messages
        while self._queue and number + self._queue[0].messages <= MOST_MESSAGES:
            gathered.append(self._queue.popleft())
            number += gathered[-1].messages
        self._messages -= number
        return gathered

    def _let_go(self, waiting: _Waiting) -> None:
        which = waiting.batch.caller.workspace_id
        self._bytes -= waiting.size
        left = self._held.pop(which) - waiting.size
        if left:
            self._held[which] = left
        # Nobody may wait any more; what is stored is stored all the same.
        if waiting.answered.cancelled():
            return
        if waiting.batch.failure is None:
            waiting.answered.set_result(None)
        else:
            waiting.answered.set_exception(waiting.batch.failure)
