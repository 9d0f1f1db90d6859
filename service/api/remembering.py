"""What is looked up for many requests and remembered for a moment, so that most ask nobody.

That something is not there is remembered too, apart, so that a flood of such questions drives out
nothing that is there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from service.domain.memory import Bounded

T = TypeVar("T")
Look = Callable[[], Awaitable[T | None]]


class _Recent(Generic[T]):
    """What was learned at most a moment ago."""

    def __init__(self, moment: timedelta, most: int, size: Callable[[T], int]) -> None:
        self.moment = moment
        self.kept: Bounded[bytes, tuple[datetime, T]] = Bounded(most, lambda _, held: size(held[1]))

    def get(self, name: bytes, now: datetime, moment: timedelta | None = None) -> T | None:
        found = self.kept.found(name)
        # A clock that was set back must not lengthen the moment.
        if found is not None and found[0] <= now < found[0] + (moment or self.moment):
            return found[1]
        return None

    def put(self, name: bytes, at: datetime, what: T) -> None:
        self.kept.keep(name, (at, what))


def _one(_: object) -> int:
    return 1


class Remembered(Generic[T]):
    """What was looked up at most a `moment` ago; asked for once for all who wait for it.

    At `most` so much is kept in all, by its `size`; and of what is not there `refusals` names.
    """

    def __init__(
        self,
        moment: timedelta,
        most: int,
        size: Callable[[T], int] = _one,
        refusals: int | None = None,
    ) -> None:
        self.moment = moment
        self._known: _Recent[T] = _Recent(moment, most, size)
        self._refused: _Recent[bool] = _Recent(moment, refusals or most, _one)
        self._lookups: dict[bytes, asyncio.Task[T | None]] = {}

    def known(self, name: bytes, now: datetime, moment: timedelta | None = None) -> T | None:
        """What is remembered by this name. `moment`: how old it may be, where that is less."""
        return self._known.get(name, now, moment and min(moment, self.moment))

    async def get(
        self, name: bytes, now: datetime, look: Look[T], moment: timedelta | None = None
    ) -> T | None:
        """What has this name, or None. `moment`: how old the answer may be, where that is less."""
        found = self.known(name, now, moment)
        if found is not None:
            return found
        if self._refused.get(name, now):
            return None
        lookup = self._lookups.get(name)
        if lookup is None:
            lookup = asyncio.create_task(self._lookup(name, now, look))
            self._lookups[name] = lookup
            lookup.add_done_callback(self._forgetting(name))
        # One of those who wait may be cancelled; the others still want the answer.
        return await asyncio.shield(lookup)

    async def _lookup(self, name: bytes, now: datetime, look: Look[T]) -> T | None:
        found = await look()
        # Remembered as of the moment before the question: whatever changed since is not in it.
        if found is None:
            self._refused.put(name, now, True)
        else:
            self._known.put(name, now, found)
        return found

    def _forgetting(self, name: bytes) -> Callable[[asyncio.Task[T | None]], None]:
        def forget(lookup: asyncio.Task[T | None]) -> None:
            del self._lookups[name]
            if not lookup.cancelled():
                lookup.exception()  # seen, even if nobody waits any more

        return forget
