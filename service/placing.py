"""Where events go: the leaf of their time, and their place in the order of arrival."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import asyncpg

from service.domain import events
from service.domain.events import Span

_LEAVES = (
    "SELECT relname FROM pg_catalog.pg_class "
    "WHERE relnamespace = 'waypost_leaves'::regnamespace AND relkind = 'r'"
)
_ADD_LEAF = "SELECT waypost.add_event_leaf($1)"


class Leaves:
    """The leaves there are, as far as this process knows."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._asked: set[Span] = set()
        self._doubted = False

    async def ready(self, driver: Any, spans: Iterable[Span]) -> None:
        """Have leaves made for spans that lack one, outside any transaction."""
        if self._doubted:
            await self._look(driver)
        missing = [one for one in spans if self._lacks(one)]
        if not missing:
            return
        asked = set[Span]()
        for year, month in missing:
            try:
                await driver.fetchval(_ADD_LEAF, date(year, month or 1, 1))
            except asyncpg.LockNotAvailableError:
                # Somebody reads or writes for long: the default leaf takes all of it meanwhile, and
                # others do not wait for each in turn.
                break
            asked.add((year, month))
        await self._look(driver)
        # Not sooner: until then nobody knows whether there is a leaf now.
        self._asked |= asked

    async def _look(self, driver: Any) -> None:
        self._known = {found["relname"] for found in await driver.fetch(_LEAVES)}
        self._doubted = False

    def doubt(self) -> None:
        """Look again, and ask again: another process may have made a leaf since."""
        self._asked = set()
        self._doubted = True

    def _lacks(self, of: Span) -> bool:
        name = events.leaf(of)
        return name is not None and name not in self._known and of not in self._asked

    def of(self, span: Span) -> str:
        """Where the events of a span are put."""
        name = events.leaf(span)
        return name if name in self._known and name is not None else events.DEFAULT_LEAF


class Places:
    """Places in the order of arrival, each later than those that this process gave before."""

    def __init__(self) -> None:
        self._last = 0

    def after(self, begun: int, number: int) -> range:
        """So many places from a time on: microseconds of Unix time, by the database's clock."""
        first = max(events.arrival(begun), self._last + 1)
        self._last = max(self._last, first + number - 1)
        return range(first, first + number)
