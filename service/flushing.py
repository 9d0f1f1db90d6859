"""One transaction that stores what has gathered of many workspaces.

Keys and events are copied into leaves, workspaces mixed, which is as fast as Postgres takes rows;
whatever is under policies is written workspace by workspace, inside the same transaction. A key
that has come before stops a copy: then the whole is done again, asking first which keys are new.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from service import telemetry
from service.domain import contacts, events
from service.domain.events import Message, Month, Sorted
from service.domain.work import Caller, Work

LEAVES = "waypost_leaves"
_STRANGERS = "SELECT workspace_id, id FROM waypost.strangers($1, $2)"
_LEAVES = (
    "SELECT relname FROM pg_catalog.pg_class "
    "WHERE relnamespace = 'waypost_leaves'::regnamespace AND relkind = 'r'"
)
_TELLING = frozenset({"identify", "group", "alias"})
"""Messages that say something of people, whether they are known or not."""
_ADD_LEAF = "SELECT waypost.add_event_leaf($1)"


@dataclass(eq=False)
class Batch:
    """What one request brought, and what becomes of it: one outcome for each of its messages."""

    caller: Caller
    sorted: Sorted
    received_at: datetime
    public: bool = False
    outcomes: list[str] = field(init=False)
    codes: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """As before anything was tried."""
        self.outcomes = ["accepted"] * len(self.sorted.messages)
        self.codes = {}


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

    async def share(self, lock: int) -> None:
        """Hold an advisory lock until the transaction ends."""
        await self._driver.execute(f"SELECT pg_advisory_xact_lock_shared({lock:d})")


class Leaves:
    """The leaves there are, as far as this process knows."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._asked: set[Month] = set()

    async def ready(self, driver: Any, months: Iterable[Month]) -> None:
        """Have leaves made for months that lack one, outside any transaction."""
        missing = [one for one in months if self._lacks(one)]
        if not missing:
            return
        for year, number in missing:
            try:
                await driver.fetchval(_ADD_LEAF, date(year, number, 1))
            except asyncpg.LockNotAvailableError:
                # Somebody reads or writes without end: the default leaf takes it meanwhile.
                continue
            self._asked.add((year, number))
        self._known = {found["relname"] for found in await driver.fetch(_LEAVES)}

    def _lacks(self, of: Month) -> bool:
        name = events.leaf(of)
        return name is not None and name not in self._known and of not in self._asked

    def of(self, month: Month) -> str:
        """Where the events of a month are put."""
        name = events.leaf(month)
        return name if name in self._known and name is not None else events.DEFAULT_LEAF


class Flush:
    """Some batches in one transaction on a connection that does nothing else meanwhile."""

    def __init__(self, driver: Any, batches: Sequence[Batch], now: datetime) -> None:
        self._driver = driver
        self._batches = batches
        self._now = now
        self._seen: set[tuple[UUID, UUID]] = set()

    async def run(self, leaves: Leaves, places: Iterator[int], *, asking: bool) -> None:
        """Store them; `asking` first which keys are new. Raises what the driver raises."""
        self._seen.clear()
        for batch in self._batches:
            batch.begin()
            self._first_of_each(batch)
        async with self._driver.transaction():
            if asking:
                await self._ask()
            else:
                await self._copy_keys()
            await self._meet()
            await self._copy_events(leaves, places)
            await self._put_aside()

    def _first_of_each(self, batch: Batch) -> None:
        workspace_id = batch.caller.workspace_id
        for place, message in enumerate(batch.sorted.messages):
            pair = (workspace_id, message.key)
            if pair in self._seen:
                batch.outcomes[place] = "duplicate"
            self._seen.add(pair)

    def _taken(self) -> Iterator[tuple[Batch, Message]]:
        for batch in self._batches:
            for message, outcome in zip(batch.sorted.messages, batch.outcomes, strict=True):
                if outcome == "accepted":
                    yield batch, message

    async def _copy_keys(self) -> None:
        # In order: neighbours in the index are written together, and two processes that copy the
        # same keys wait for each other in one direction only.
        await self._copy(events.KEYS_LEAF, events.KEY_COLUMNS, sorted(self._seen))

    async def _ask(self) -> None:
        for batches in self._by_workspace():
            work = await self._entered(batches[0].caller)
            keys = {message.key for batch in batches for message in batch.sorted.messages}
            fresh = await events.claimed(work, list(keys))
            for batch in batches:
                for place, message in enumerate(batch.sorted.messages):
                    if message.key not in fresh:
                        batch.outcomes[place] = "duplicate"

    async def _meet(self) -> None:
        """Have everybody known whom the messages name, and kept what they say of people."""
        named = {(batch.caller.workspace_id, message.who): None for batch, message in self._taken()}
        strangers = set(await self._strangers(list(named)))
        for batches in self._by_workspace():
            told = [
                (batch, place, message)
                for batch in batches
                for place, message in enumerate(batch.sorted.messages)
                if batch.outcomes[place] == "accepted"
                and (message.type in _TELLING or self._is_new(batch, message, strangers))
            ]
            if told:
                await self._identify(told)

    async def _strangers(self, named: Sequence[tuple[UUID, UUID]]) -> list[tuple[UUID, UUID]]:
        if not named:
            return []
        workspaces, ids = zip(*named, strict=True)
        found = await self._driver.fetch(_STRANGERS, workspaces, ids)
        return [(row["workspace_id"], row["id"]) for row in found]

    @staticmethod
    def _is_new(batch: Batch, message: Message, strangers: set[tuple[UUID, UUID]]) -> bool:
        """Whether it is the first of somebody whom nobody knows."""
        pair = (batch.caller.workspace_id, message.who)
        if pair not in strangers:
            return False
        strangers.discard(pair)
        return True

    async def _identify(self, told: Sequence[tuple[Batch, int, Message]]) -> None:
        work = await self._entered(told[0][0].caller)
        changes = [
            contacts.Identified(
                message.type,
                message.timestamp,
                message.user_id,
                message.anonymous_id,
                message.previous_id,
                message.group_id,
                message.traits,
                batch.public,
            )
            for batch, _, message in told
        ]
        came = await contacts.identified(work, changes)
        for which, problems in came.refused.items():
            batch, place, _ = told[which]
            batch.codes[place] = problems[0].code

    async def _copy_events(self, leaves: Leaves, places: Iterator[int]) -> None:
        rows: dict[str, list[Any]] = {}
        for batch, message in self._taken():
            row = events.row(batch.caller.workspace_id, message, next(places), batch.received_at)
            rows.setdefault(leaves.of(events.month(message.timestamp)), []).append(row)
        for leaf, held in rows.items():
            await self._copy(leaf, events.COLUMNS, held)

    async def _copy(self, leaf: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        if rows:
            await self._driver.copy_records_to_table(
                leaf, schema_name=LEAVES, columns=columns, records=rows
            )

    async def _put_aside(self) -> None:
        for batch in self._batches:
            if batch.sorted.refused:
                work = await self._entered(batch.caller)
                await events.put_aside(work, batch.sorted.refused, public=batch.public)

    def _by_workspace(self) -> Iterator[list[Batch]]:
        """In order, as every other flush takes them: so none waits for one that waits for it."""
        held: dict[UUID, list[Batch]] = {}
        for batch in self._batches:
            held.setdefault(batch.caller.workspace_id, []).append(batch)
        return (held[which] for which in sorted(held))

    async def _entered(self, caller: Caller) -> Work:
        """A work in the caller's workspace, in the transaction that runs."""
        await self._driver.execute(f"SET LOCAL app.workspace = '{caller.workspace_id}'")
        return Work(OnLoan(self._driver), caller, self._now)
