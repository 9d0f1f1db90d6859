"""Users of a pool that look at what they were handed, and go wrong in every way they can."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text

from service.database import Database
from service.domain.errors import NotFound
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Caller, Work

SETTING = "SELECT current_setting('app.workspace', true)"


def statement(sql: str) -> Statement:
    return Statement(text(sql).bindparams(WORKSPACE))


# What a work sees, without any condition of its own: its setting, and whose rows.
SEEN = statement("""
    SELECT row(:workspace_id, current_setting('app.workspace', true),
               (SELECT string_agg(DISTINCT workspace_id::text, ' ') FROM waypost.external_ids))
""")
# A row of whatever workspace is set, which says whose it was meant to be.
STORE = statement("""
    INSERT INTO waypost.external_ids
        (workspace_id, kind, source, external_id, resource_id, position)
    VALUES (current_setting('app.workspace')::uuid, 'seen', (:workspace_id)::text, :name,
            gen_random_uuid(), 0)
""")
SLOW = statement("SELECT pg_sleep(12)::text || (:workspace_id)::text")
BROKEN = statement("SELECT 1 / (length((:workspace_id)::text) - 36)")


class Tenant:
    """A workspace's user of a pool. Each way of using it is one step.

    `stored` and `refused` are the names of rows that must, and must not, be found afterwards;
    the fate of a commit that nobody answered is open.
    """

    names = count()

    def __init__(self, pool: Database, workspace_id: UUID) -> None:
        self.pool = pool
        self.caller = Caller(workspace_id, None, frozenset())
        self.stored: set[str] = set()
        self.refused: set[str] = set()
        self.strays: list[asyncio.Task[Any]] = []
        self.met: Counter[str] = Counter()

    async def look(self, work: Work) -> None:
        """Nothing is set but by this work, and nobody else's rows are seen."""
        mine = self.caller.workspace_id
        was_set = await work.connection.fetchval(SETTING)
        assert (was_set or None) == (None if work.guarded else str(mine)), was_set
        assert await work.value(SEEN) == (mine, str(mine), str(mine))

    async def read(self) -> None:
        async with self.pool.read(self.caller) as work:
            await self.look(work)
            await self.look(work)

    async def read_at_length(self) -> None:
        """Begin a transaction in the midst of a read."""
        async with self.pool.read(self.caller) as work:
            await self.look(work)
            mine = self.caller.workspace_id
            (row,) = await work.rows(SEEN)
            assert row[0] == (mine, str(mine), str(mine))
            await self.look(work)

    async def hold(self) -> None:
        async with self.pool.read(self.caller) as work:
            await self.look(work)
            await asyncio.sleep(0.02)

    async def write(self, then: Callable[[Work], Awaitable[Any]] | None = None) -> None:
        """Store a row, unless what follows in the same transaction fails."""
        name = f"row {next(self.names)}"
        self.refused.add(name)
        async with self.pool.write(self.caller) as work:
            await work.rows(STORE, name=name)
            await asyncio.sleep(0)  # an await with nothing under way
            await self.look(work)
            if then is not None:
                await then(work)
            self.refused.remove(name)
        self.stored.add(name)

    async def change_mind(self) -> None:
        async def refuse(_: Work) -> None:
            raise NotFound("row", "none")

        await self.write(refuse)

    async def divide_by_zero(self) -> None:
        await self.write(lambda work: work.value(BROKEN))

    async def hide_an_error(self) -> None:
        """A transaction that failed unseen must not pass for committed."""

        async def hide(work: Work) -> None:
            with suppress(asyncpg.PostgresError):
                await work.value(BROKEN)

        with suppress(asyncpg.InFailedSQLTransactionError):
            await self.write(hide)
            raise AssertionError("committed nothing and said it was done")

    async def read_on_and_on(self) -> None:
        """Until somebody cancels it."""
        async with self.pool.read(self.caller) as work:
            await work.value(SLOW)

    async def write_too_long(self) -> None:
        async def run_out_of_time(work: Work) -> None:
            await work.connection.fetch("SET LOCAL statement_timeout = '20ms'")
            await work.value(SLOW)

        await self.write(run_out_of_time)

    async def lose_patience(self) -> None:
        """Give a statement up and go on with the same connection."""
        async with self.pool.read(self.caller) as work:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await work.value(SLOW)
            await self.look(work)

    async def lose_patience_and_leave(self) -> None:
        async with self.pool.read(self.caller) as work:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    await work.value(SLOW)

    async def desert(self) -> None:
        """Leave a statement running, and a task that goes on speaking afterwards."""
        gone = asyncio.Event()

        async def speak(work: Work) -> None:
            with suppress(Exception):
                await work.value(SLOW)
            await gone.wait()
            with suppress(RuntimeError):
                await work.value(SEEN)
                raise AssertionError("spoke on a connection that is another's by now")

        try:
            async with self.pool.read(self.caller) as work:
                await self.look(work)
                self.strays.append(asyncio.create_task(speak(work)))
                await asyncio.sleep(0.002)
        finally:
            gone.set()

    def any_way(self, chance: Random) -> Callable[[], Awaitable[None]]:
        """One of these, the harmless ones more often."""
        faulty = (
            self.change_mind,
            self.divide_by_zero,
            self.hide_an_error,
            self.read_on_and_on,
            self.write_too_long,
            self.lose_patience,
            self.lose_patience_and_leave,
            self.desert,
        )
        return chance.choice(
            (*faulty, self.hold, *[self.read_at_length] * 3, *[self.read] * 6, *[self.write] * 6)
        )
