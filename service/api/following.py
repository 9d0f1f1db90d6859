"""What comes, read as it comes: page by page, for as long as somebody follows."""

import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol, TypeVar

from service.api.edge import EdgeOf
from service.domain.errors import Unavailable

HEARTBEAT = 15.0
"""Seconds after which a stream that has nothing to tell says that it is still there."""
CALM = 0.5
"""Seconds between two looks of one who is woken again and again, or half of `stream_poll` where
that is less: what comes steadily is told by the handful."""
AT_ONCE = 200
"""Changes that a stream reads at once."""


class Page(Protocol):
    """Some of what came, and where to go on from."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing came."""

    @property
    def more(self) -> bool:
        """Whether more is there already."""

    @property
    def end(self) -> str | None:
        """The place behind it."""


P = TypeVar("P", bound=Page)


async def follow(
    edge: EdgeOf, read: Callable[[str | None], Awaitable[P]], after: str | None
) -> AsyncGenerator[P]:
    """The first page whatever is in it, then those in which something came; an empty one after so
    many seconds in which nothing did. `read` answers what lies behind a place, and no connection is
    held between two pages.

    It never ends by itself. Raises `Unauthenticated` soon after the key is gone, `Unavailable` when
    the process stops, and whatever `read` does; the caller goes on from the last page then.
    """
    state = edge.request.scope["app"].state
    streams, workspace = state.streams, edge.caller.workspace_id
    poll, woken = state.settings.stream_poll, -math.inf
    stir = streams.stir(workspace)
    page = await read(after)
    yield page
    spoken = time.monotonic()
    while True:
        if not page.more and await streams.pause(poll, stir):
            # The first word at once, the next ones not before a while.
            await streams.rest(woken + min(CALM, poll / 2) - time.monotonic())
            woken = time.monotonic()
        if streams.stopping:
            raise Unavailable("This process stops: go on from the last place.")
        await edge.called_again()
        stir = streams.stir(workspace)
        page = await read(page.end)
        if not page.is_empty or time.monotonic() - spoken > HEARTBEAT:
            yield page
            spoken = time.monotonic()
