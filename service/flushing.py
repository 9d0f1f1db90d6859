"""One transaction that stores what has gathered of many workspaces.

Keys and events are copied into leaves, workspaces mixed, which is as fast as Postgres takes rows;
whatever is under policies is written workspace by workspace, inside the same transaction. A key
that has come before stops a copy: then the whole is done again, asking first which keys are new.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service.batches import Batch, accepted, in_order
from service.domain import contacts, events
from service.domain.events import Message, Span
from service.domain.work import Caller, Work
from service.lending import ALONE, TOGETHER, Beginning, OnLoan
from service.meeting import Meeting
from service.placing import Leaves, Places

LEAVES = "waypost_leaves"
PIECE = 64 * 1024
"""Bytes of rows that are sent at once, and at most a body's more."""


class Flush:
    """Some batches in one transaction on a connection that does nothing else meanwhile."""

    def __init__(
        self, driver: Any, batches: Sequence[Batch], now: datetime, pepper: bytes | None
    ) -> None:
        self._driver = driver
        self._batches = batches
        self._now = now
        self._pepper = pepper
        self._by_workspace = in_order(batches)
        self._seen: dict[UUID, set[bytes]] = {}

    async def run(self, leaves: Leaves, places: Places, *, asking: bool) -> None:
        """Store them; `asking` first which keys are new. Raises what the driver raises.

        Of a rest it turns out late that nothing can be taken, and of whom a message is that they
        were erased; it may not have claimed its key then: the whole is done again without it.
        """
        while not await self._done(leaves, places, asking=asking):
            pass

    async def _done(self, leaves: Leaves, places: Places, *, asking: bool) -> bool:
        self._seen.clear()
        for batch in self._batches:
            batch.begin()
            self._first_of_each(batch)
        try:
            await self._begin()
            if asking:
                await self._ask()
            else:
                await self._copy_keys()
            meeting = Meeting(self._driver, self._batches, self._entered)
            # Not before others see that this transaction has begun: they look no further then.
            begun = await meeting.ask()
            if await meeting.run():
                await self._driver.execute("ROLLBACK")
                return False
            await self._copy_events(leaves, places, begun)
            await self._put_aside()
            await self._driver.execute("COMMIT")
            return True
        except Exception:
            if not self._driver.is_closed():
                await self._driver.execute("ROLLBACK")
            raise

    async def _begin(self) -> None:
        """Begin, beside no erasure in any of these workspaces."""
        alone = len(self._by_workspace) == 1
        beginning = Beginning(self._driver, ALONE if alone else TOGETHER)
        for batches in self._by_workspace:
            await contacts.beside_erasures(Work(beginning, batches[0].caller, self._now))
        await beginning.begin()

    def _first_of_each(self, batch: Batch) -> None:
        seen = self._seen.setdefault(batch.caller.workspace_id, set())
        keys = {message.key for message in batch.sorted.messages}
        if len(keys) == len(batch.sorted.messages) and seen.isdisjoint(keys) and batch.all_count():
            seen |= keys
            return
        for _, place, message in accepted([batch]):
            if message.key in seen:
                batch.outcomes[place] = "duplicate"
            seen.add(message.key)

    async def _copy_keys(self) -> None:
        # In order: neighbours in the index are written together, and two processes that copy the
        # same keys wait for each other in one direction only.
        seen = [(one, keys) for one, keys in sorted(self._seen.items()) if keys]
        if seen:
            rows = (events.keys(workspace.bytes, keys) for workspace, keys in seen)
            await self._copy(events.KEYS_LEAF, events.KEY_COLUMNS, rows)

    async def _ask(self) -> None:
        for batches in self._by_workspace:
            work = await self._entered(batches[0].caller)
            keys = {message.key for _, _, message in accepted(batches)}
            fresh = await events.claimed(work, list(keys))
            for batch, place, message in accepted(batches):
                if message.key not in fresh:
                    batch.outcomes[place] = "duplicate"

    async def _copy_events(self, leaves: Leaves, places: Places, begun: int) -> None:
        counted = [(batch, batch.counted()) for batch in self._batches]
        arrivals = places.after(begun, sum(len(messages) for _, messages in counted))
        numbered: list[_Numbered] = []
        for batch, messages in counted:
            numbered.append((batch, arrivals[: len(messages)], messages))
            arrivals = arrivals[len(messages) :]
        packing = events.Packing()
        for span in sorted(set().union(*(batch.spans for batch, messages in counted if messages))):
            rows = (_packed(packing, span, *one) for one in numbered if span in one[0].spans)
            await self._copy(leaves.of(span), events.COLUMNS, rows)

    async def _copy(self, leaf: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
        await self._driver.copy_to_table(
            leaf, schema_name=LEAVES, columns=columns, format="binary", source=_fed(rows)
        )

    async def _put_aside(self) -> None:
        for batch in self._batches:
            if aside := [*batch.sorted.refused, *batch.rests]:
                work = await self._entered(batch.caller)
                withheld = await events.put_aside(work, aside, public=batch.public)
                batch.withheld = withheld & frozenset(range(len(batch.sorted.refused)))

    async def _entered(self, caller: Caller) -> Work:
        """A work in the caller's workspace, in the transaction that runs."""
        await self._driver.execute(f"SET LOCAL app.workspace = '{caller.workspace_id}'")
        return Work(OnLoan(self._driver), caller, self._now, pepper=self._pepper)


_Numbered = tuple[Batch, range, list[Message]]
"""Messages of a batch, and their places in the order of arrival."""


def _packed(
    packing: events.Packing, span: Span, batch: Batch, arrivals: range, messages: list[Message]
) -> bytes:
    """The rows of those of the messages that are in one leaf."""
    numbered: Iterable[tuple[int, Message]] = zip(arrivals, messages, strict=True)
    if len(batch.spans) > 1:
        numbered = (one for one in numbered if events.span(one[1].timestamp) == span)
    return packing.events(batch.caller.workspace_id.bytes, batch.received_at, numbered)


async def _fed(rows: Iterable[bytes]) -> AsyncIterator[bytearray]:
    """Rows in pieces: the database begins with the first while the next is made."""
    piece = bytearray(events.BEGIN)
    for some in rows:
        piece += some
        if len(piece) >= PIECE:
            yield piece
            piece = bytearray()
    yield piece + events.END
