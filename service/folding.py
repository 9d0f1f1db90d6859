"""Following what comes: events put into segments, and segments merged, workspace by workspace.

Any number of processes may do so at once: each step is a work that holds the workspace's lock.
"""

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic
from uuid import UUID

from service import telemetry
from service.database import Database
from service.domain import histories
from service.domain.errors import DomainError
from service.domain.work import OPERATORS, Caller, Scope
from service.driver_errors import DRIVER_ERRORS

EVERY = 2.0
"""Seconds between two looks."""
SELDOM = 15.0
"""Seconds between two looks at most at a workspace in which nothing comes. What comes there
meanwhile is told all the same: readers add what is not folded."""
THOROUGHLY = 300
"""Looks from one that also visits workspaces in which nothing came to the next."""
_PATIENCE = 5.0
"""Seconds to wait for what is being stored; then another look will do."""
_POLL = 0.02


class Turns:
    """When workspaces are looked at next: soon where something comes, and half as often each time
    that nothing had come, so that a thousand who rest cost hardly anything. Seconds: `busy` after
    something came, `resting` the first time that nothing had, `seldom` at last."""

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        *,
        busy: float = 0.0,
        resting: float = EVERY,
        seldom: float = SELDOM,
    ) -> None:
        self._clock = clock
        self._busy, self._resting, self._seldom = busy, resting, seldom
        self._pauses: dict[UUID, float] = {}
        self._next: dict[UUID, float] = {}

    def due(self, workspaces: Iterable[UUID]) -> list[UUID]:
        """Those whose turn it is; those that are not named any more are forgotten."""
        self._next = {one: self._next.get(one, 0.0) for one in workspaces}
        self._pauses = {one: self._pauses.get(one, 0.0) for one in self._next}
        now = self._clock()
        return [one for one, time in self._next.items() if time <= now]

    def seen(self, workspace: UUID, *, came: bool) -> None:
        """One was looked at, and something had come there, or not."""
        longer = min(max(self._resting, 2 * self._pauses[workspace]), self._seldom)
        pause = self._busy if came else longer
        self._pauses[workspace] = pause
        self._next[workspace] = self._clock() + pause


async def follow(database: Database, stop: asyncio.Event, every: float = EVERY) -> None:
    """Fold what comes until told to stop. A workspace that cannot be folded waits for its turn."""
    looks, turns = 0, Turns()
    while not stop.is_set():
        try:
            await round_of(database, stop, turns, thoroughly=looks % THOROUGHLY == 0)
        except (*DRIVER_ERRORS, DomainError):
            telemetry.logger().warning("folding_put_off", exc_info=True)
        looks += 1
        try:
            async with asyncio.timeout(every):
                await stop.wait()
        except TimeoutError:
            continue


async def round_of(
    database: Database, stop: asyncio.Event, turns: Turns, *, thoroughly: bool = False
) -> None:
    """Fold once what has come in each workspace whose turn it is; thoroughly: in all."""
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as asking:
        workspaces = await histories.workspaces_with_events(asking)
    due = turns.due(workspaces)
    for workspace in workspaces if thoroughly else due:
        if stop.is_set():
            return
        try:
            came = await folded(database, workspace, thoroughly=thoroughly)
            turns.seen(workspace, came=came)
        except (*DRIVER_ERRORS, DomainError):
            # Of this one: the others need not wait for it, and it has another turn.
            telemetry.logger().warning("folding_put_off", exc_info=True)
        except Exception:
            # A defect of ours: it is told, and the others go on.
            telemetry.logger().error("folding_failed", exc_info=True)


async def folded(database: Database, workspace: UUID, *, thoroughly: bool = False) -> bool:
    """Put all events of a workspace that have come by now into segments, and merge these; whether
    there was anything to do."""
    caller = Caller(workspace, None, frozenset({Scope.ANALYTICS_READ}))
    async with database.read(caller) as asking:
        behind = await histories.behind(asking)
        uncounted = await histories.sessions_behind(asking)
    until = await settled(database, caller) if behind else None
    more = until is not None
    while more and until is not None:
        async with database.write(caller) as work:
            more = await histories.fold(work, until)
        await _compacted(database, caller)
    if thoroughly and not behind:
        await _compacted(database, caller)
    more = behind or uncounted
    while more:
        async with database.write(caller) as work:
            more = await histories.fold_sessions(work)
    return behind or uncounted


async def _compacted(database: Database, caller: Caller) -> None:
    more = True
    while more:
        async with database.write(caller) as work:
            more = await histories.compact(work)


async def settled(database: Database, caller: Caller) -> int | None:
    """The place before which all is stored; None where somebody stores for long."""
    async with database.read(caller) as work:
        until, doing = await histories.settled(work)
    try:
        async with asyncio.timeout(_PATIENCE):
            while doing:
                await asyncio.sleep(_POLL)
                async with database.read(caller) as work:
                    doing &= (await histories.settled(work))[1]
    except TimeoutError:
        return None
    return until
