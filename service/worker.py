"""`waypost work`: what is done without being asked for, in one process at a time.

Whoever holds the lock works; others stand by, and take over when it is free. The lock is that of a
connection, so it is free as soon as its process is gone. Everything done is a work of one
workspace, as any request's, and may be done again: a process killed in the middle loses nothing.
"""

import asyncio
import signal
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from service import folding, guard, telemetry, waking, watching
from service.database import Database
from service.domain import access, contacts, events, privacy
from service.domain.errors import DomainError
from service.domain.work import OPERATORS, Caller, Scope, Work
from service.driver_errors import DRIVER_ERRORS
from service.settings import Settings

LOCK = 1_163_280_725
"""The advisory lock of the one that works."""
EVERY = 60.0
"""Seconds from one round to the next."""
STEPS = 20
"""Full transactions of deletion between two looks at what people took back."""
STANDBY = 5.0
"""Seconds between two tries of one that stands by."""
_AWAY = (*DRIVER_ERRORS, DomainError, guard.UnfitError)
"""A server that is just going, or coming, refuses in many ways: none is a reason to end."""


async def work(settings: Settings, url: str, stop: asyncio.Event, every: float = EVERY) -> None:
    """Work, or stand by, until told to stop."""
    telemetry.configure(settings.log_level)
    while not stop.is_set():
        try:
            await _take_turn(settings, url, stop, every)
        except _AWAY:
            telemetry.logger().warning("worker_without_database", exc_info=True)
        except Exception:
            # A defect of ours: it is told, and all that works here begins anew.
            telemetry.logger().error("worker_failed", exc_info=True)
        await _pause(stop, STANDBY)


async def _take_turn(settings: Settings, url: str, stop: asyncio.Event, every: float) -> None:
    """Work as long as the lock is held; nothing where another holds it."""
    async with guard.connected(url, settings) as connection:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            return
        database = Database(url, settings)

        async def rounds() -> None:
            left: Sequence[UUID] = ()
            while not stop.is_set():
                # Raises when the connection is gone, and the lock with it.
                await connection.fetchval("SELECT 1")
                left = await round_of(database, stop, left)
                if not left:
                    await _pause(stop, every)

        try:
            follow, watch = folding.follow(database, stop), watching.watch(database, stop)
            wake = waking.tell(database, stop)
            await with_beside(rounds(), with_beside(follow, with_beside(watch, wake)))
        finally:
            await database.close()


async def with_beside(main: Coroutine[Any, Any, None], beside: Coroutine[Any, Any, None]) -> None:
    """Do one thing to its end, and another beside it as long as it lasts.

    Raises what either raises, at once: neither goes on without the other. What is broken off is
    undone, and done again by whoever is next.
    """
    tasks = [asyncio.create_task(one) for one in (main, beside)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[1].done():
            await tasks[1]
        await tasks[0]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def round_of(
    database: Database, stop: asyncio.Event, left: Iterable[UUID] = (), steps: int = STEPS
) -> Sequence[UUID]:
    """What is due, workspace by workspace; those in which more is, whose turn is `left` to come.

    What people took back goes first, in all of them, then what is left of those who were erased.
    Of what is only old so much goes that nobody waits for long until that is looked at again.
    """
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as settling:
        await events.settle_leaves(settling)
    async with database.write(operator) as asking:
        due = await privacy.expiring(asking)
        every = await access.every_workspace(asking)
    await _in_turns(database, every, (contacts.forget_lapsed, contacts.MOST_LAPSED), stop)
    await _in_turns(database, every, (privacy.forget_devices, privacy.MOST_LOOKED_AT), stop)
    # Those first who have waited.
    keeping = {*due}
    waiting = [one for one in dict.fromkeys([*left, *due]) if one in keeping]
    return await _in_turns(database, waiting, (privacy.expire, privacy.MOST), stop, steps)


Task = tuple[Callable[[Work], Awaitable[int]], int]
"""What is done in a workspace, as often as it answers the most that it does at once."""


async def _in_turns(
    database: Database,
    workspaces: Iterable[UUID],
    task: Task,
    stop: asyncio.Event,
    steps: int | None = None,
) -> Sequence[UUID]:
    """Once in each, and again where there is more, in so many `steps` that left more; the rest."""
    turns, full = deque(workspaces), 0
    while turns and full != steps and not stop.is_set():
        workspace = turns.popleft()
        if await _done(database, workspace, task):
            turns.append(workspace)
            full += 1
    return turns


async def _done(database: Database, workspace: UUID, task: Task) -> bool:
    """Whether there may be more."""
    do, most = task
    caller = Caller(workspace, None, frozenset({Scope.PRIVACY}))
    try:
        async with database.write(caller) as inside:
            return await do(inside) == most
    except _AWAY:
        # Of this one: the others need not wait for it, and it has another turn.
        telemetry.logger().warning("retention_put_off", exc_info=True)
    except Exception:
        # A defect of ours: it is told, and the others have their turn.
        telemetry.logger().error("retention_failed", exc_info=True)
    return False


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def run(settings: Settings, url: str) -> int:
    """Work in this process until SIGTERM or Ctrl-C; the exit code.

    Raises `guard.UnfitError` when the database is away for long.
    """

    async def until_told() -> None:
        await guard.standing(url, settings, guard.PATIENCE)
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for told in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(told, stop.set)
        print("The worker runs, or stands by, until SIGTERM.", flush=True)
        await work(settings, url, stop)

    asyncio.run(until_told())
    return 0


@contextmanager
def beside(settings: Settings, url: str) -> Iterator[None]:
    """Work in a thread as long as the block lasts."""
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()

    async def until_told() -> None:
        started.append((asyncio.get_running_loop(), asyncio.Event()))
        ready.set()
        await work(settings, url, started[0][1])

    thread = threading.Thread(target=lambda: asyncio.run(until_told()), name="worker")
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        loop, stop = started[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()
