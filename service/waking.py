"""Waking those who follow the changes: the worker's word that something came, and who hears it.

Writes notify nobody, which would make them wait for each other. The worker looks at the outbox and
notifies once for all that came, by workspaces; whoever follows looks then, and now and then by
itself, so that nothing is lost where no worker runs, or no notification gets through.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from service import guard, telemetry
from service.database import Database
from service.domain import changes
from service.domain.errors import DomainError
from service.domain.work import OPERATORS, Caller, Scope
from service.driver_errors import DRIVER_ERRORS
from service.settings import Settings

EVERY = 0.2
"""Seconds between two looks at the outbox."""
AGAIN = 5.0
"""Seconds after which a lost connection is made anew."""
_AWAY = (*DRIVER_ERRORS, DomainError, guard.UnfitError)


async def tell(database: Database, stop: asyncio.Event, every: float = EVERY) -> None:
    """Tell of what comes until told to stop."""
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    seen: str | None = None
    while not stop.is_set():
        try:
            async with database.write(operator) as work:
                told = await changes.announce(work, seen)
            seen = told  # what was not committed was told to nobody
        except _AWAY:
            telemetry.logger().warning("waking_put_off", exc_info=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await stop.wait()


async def hear(settings: Settings, stirred: Callable[[frozenset[UUID] | None], None]) -> None:
    """Hear of it, on a connection of its own, until cancelled: in which workspaces, None in all.

    After a while in which nothing could be heard, it is said that all may have changed.
    """
    while True:
        try:
            async with guard.connected(settings.database_url or "", settings) as connection:
                await _heard(connection, stirred)
        except _AWAY:
            pass  # whoever reads says so
        except Exception:
            # A defect of ours: it is told, and everybody looks by themselves meanwhile.
            telemetry.logger().error("waking_failed", exc_info=True)
        await asyncio.sleep(AGAIN)


async def _heard(connection: Any, stirred: Callable[[frozenset[UUID] | None], None]) -> None:
    """Hear until the connection is gone."""
    gone = asyncio.Event()
    connection.add_termination_listener(lambda _: gone.set())
    await connection.add_listener(
        changes.CHANNEL, lambda _, __, ___, payload: stirred(changes.named(payload))
    )
    stirred(None)
    await gone.wait()
