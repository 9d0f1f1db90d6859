"""What takes a core for long: in a thread, without a connection, and not for ever."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from service.domain import patience
from service.domain.errors import TookTooLong
from service.domain.work import Work

T = TypeVar("T")
P = ParamSpec("P")
SECONDS = 15.0
"""As long as a statement may take, by the time limit of the application's role."""


async def computed(work: Work, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function answers; others may have the work's connection meanwhile. Raises
    `TookTooLong`."""
    await work.connection.rest()
    try:
        with patience.limited(SECONDS):
            async with asyncio.timeout(patience.left()):
                return await asyncio.to_thread(function, *args, **kwargs)
    except TimeoutError as error:
        raise TookTooLong(patience.NARROW) from error
