"""The connection of a flusher as domain functions know it, and how its transactions begin."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any
from uuid import UUID

from service import telemetry
from service.domain import events

ALONE, TOGETHER = 1_000, 200
"""Milliseconds to wait for a lock that somebody else holds in a workspace: where others wait as
well, not as long, for each can be stored without the others.
"""
_SHARE = "SELECT pg_advisory_xact_lock_shared({:d})"
_SHARE_ALL = "SELECT pg_advisory_xact_lock_shared(lock) FROM unnest('{{{}}}'::bigint[]) AS lock"


class OnLoan:
    """A connection as domain functions know it."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The one value that a statement answers."""
        telemetry.STATEMENTS.inc()
        return await self._driver.fetchval(query, *args)

    async def fetch(self, query: str, *args: Any) -> Any:
        """All rows that a statement answers."""
        telemetry.STATEMENTS.inc()
        return await self._driver.fetch(query, *args)

    def enter(self, workspace_id: UUID) -> None:
        """Nothing: a flusher has begun already."""

    async def share(self, lock: int) -> None:
        """Hold an advisory lock until the transaction ends."""
        await self._driver.execute(_SHARE.format(lock))

    async def rest(self) -> None:
        """Nothing: the transaction goes on."""

    def hashing(self) -> AbstractAsyncContextManager[None]:
        """Nothing: a flusher reads little."""
        return nullcontext()

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Nothing: a flusher gives nothing up."""
        return nullcontext()


class Beginning(OnLoan):
    """A transaction that begins with the locks it was asked for, in one trip."""

    def __init__(self, driver: Any, patience: int = ALONE) -> None:
        super().__init__(driver)
        self._said = ["BEGIN", f"SET LOCAL application_name = '{events.INTAKE}'"]
        self._said.append(f"SET LOCAL lock_timeout = {patience}")
        self._locks: list[int] = []

    async def share(self, lock: int) -> None:
        """Hold an advisory lock until the transaction ends."""
        self._locks.append(lock)

    async def begin(self) -> None:
        """Begin; the locks are waited for in the order in which they were asked for."""
        # One after the other as they stand there; a statement for each would be as much again.
        locks = _SHARE_ALL.format(",".join(map(str, self._locks)))
        await self._driver.execute("; ".join([*self._said, locks]))
