"""One transaction that stores what has gathered of many workspaces.

Keys and events are copied into leaves, workspaces mixed, which is as fast as Postgres takes rows;
whatever is under policies is written workspace by workspace, inside the same transaction. A key
that has come before stops a copy: then the whole is done again, asking first which keys are new.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto
from msgspec.structs import replace

from service.domain import contacts, events
from service.domain.errors import Problem
from service.domain.events import Message, Refused, Sorted, Span
from service.domain.work import Caller, Work
from service.lending import ALONE, TOGETHER, Beginning, OnLoan
from service.placing import Leaves, Places

LEAVES = "waypost_leaves"
_STRANGERS = "SELECT workspace_id, id, guarded FROM waypost.strangers($1, $2)"
_BEGUN = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_TELLING = frozenset({"identify", "group", "alias"})
"""Messages that say something of people, whether they are known or not."""
_LINKING = frozenset({"identify", "alias"})
"""Messages that say that two ids are the same person's."""


@dataclass(eq=False)
class Batch:
    """What one request brought, and what becomes of it: one outcome for each of its messages, or a
    failure: then nothing of it counts as taken.
    """

    caller: Caller
    sorted: Sorted
    received_at: datetime
    public: bool = False
    outcomes: list[str] = field(init=False)
    codes: dict[int, str] = field(default_factory=dict)
    failure: Exception | None = None
    stored: dict[int, Message] = field(default_factory=dict)
    """Messages that are not stored as they came, by place."""
    rests: list[Refused] = field(default_factory=list)
    """What was not taken of messages that count."""
    withheld: frozenset[int] = frozenset()
    """The places of refused messages that are not put aside: they name somebody who was erased."""

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """As before anything was tried."""
        self.outcomes = ["accepted"] * len(self.sorted.messages)
        self.codes, self.stored, self.rests, self.withheld = {}, {}, [], frozenset()


class Flush:
    """Some batches in one transaction on a connection that does nothing else meanwhile."""

    def __init__(
        self, driver: Any, batches: Sequence[Batch], now: datetime, pepper: bytes | None
    ) -> None:
        self._driver = driver
        self._batches = batches
        self._now = now
        self._pepper = pepper
        self._seen: dict[UUID, set[bytes]] = {}

    async def run(self, leaves: Leaves, places: Places, *, asking: bool) -> None:
        """Store them; `asking` first which keys are new. Raises what the driver raises."""
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
            await self._meet()
            # Not before others see that this transaction has begun: they look no further then.
            begun = await self._driver.fetchval(_BEGUN)
            await self._copy_events(leaves, places.after(begun))
            await self._put_aside()
            await self._driver.execute("COMMIT")
        except Exception:
            if not self._driver.is_closed():
                await self._driver.execute("ROLLBACK")
            raise

    async def _begin(self) -> None:
        """Begin, beside no erasure in any of these workspaces."""
        by_workspace = list(self._by_workspace())
        beginning = Beginning(self._driver, ALONE if len(by_workspace) == 1 else TOGETHER)
        for batches in by_workspace:
            await contacts.beside_erasures(Work(beginning, batches[0].caller, self._now))
        await beginning.begin()

    def _first_of_each(self, batch: Batch) -> None:
        seen = self._seen.setdefault(batch.caller.workspace_id, set())
        for place, message in enumerate(batch.sorted.messages):
            if message.key in seen:
                batch.outcomes[place] = "duplicate"
            seen.add(message.key)

    async def _copy_keys(self) -> None:
        # In order: neighbours in the index are written together, and two processes that copy the
        # same keys wait for each other in one direction only.
        rows: list[Any] = []
        for workspace_id in sorted(self._seen):
            own = pgproto.UUID(workspace_id.bytes)
            rows += [(own, pgproto.UUID(key)) for key in sorted(self._seen[workspace_id])]
        await self._copy(events.KEYS_LEAF, events.KEY_COLUMNS, rows)

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
        strangers = await self._strangers()
        for batches in self._by_workspace():
            workspace_id = batches[0].caller.workspace_id
            unknown = strangers.get(workspace_id, {})
            await self._block(batches, [one for one, guarded in unknown.items() if guarded])
            told = [
                (batch, place, message)
                for batch, place, message in _accepted(batches)
                if message.type in _TELLING
                or (unknown and unknown.pop(pgproto.UUID(message.who), None) is not None)
            ]
            if told:
                await self._identify(told)
            await self._withhold(batches)

    async def _strangers(self) -> dict[UUID, dict[UUID, bool]]:
        """By workspace the identities that nobody has, and whether some are blocked there."""
        named = {
            (batch.caller.workspace_id, one): None
            for batch, _, message in _accepted(self._batches)
            for one in _identities(batch, message)
        }
        found: dict[UUID, dict[UUID, bool]] = {}
        if named:
            workspaces, ids = zip(*named, strict=True)
            for row in await self._driver.fetch(_STRANGERS, workspaces, ids):
                found.setdefault(row["workspace_id"], {})[row["id"]] = row["guarded"]
        return found

    async def _block(self, batches: Sequence[Batch], asked: Sequence[UUID]) -> None:
        """Take nothing of people who were erased, until the block is lifted.

        What somebody else did on their device is theirs: it is taken as if without the device.
        """
        if not asked:
            return
        work = await self._entered(batches[0].caller)
        erased = await contacts.blocked(work, asked)
        for batch, place, message in _accepted(batches):
            if erased.isdisjoint(_identities(batch, message)):
                continue
            if pgproto.UUID(message.who) in erased or message.type in _LINKING:
                batch.outcomes[place] = "blocked"
            else:
                batch.sorted.messages[place] = replace(message, anonymous_id=None)

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
        for which, (batch, place, message) in enumerate(told):
            problems = came.refused.get(which, ())
            if which in came.left:
                batch.codes[place] = came.left[which]
            if message.traits is not None:
                taken = contacts.taken(message.traits, problems)
                batch.stored[place] = events.with_traits(message, taken)
            if problems:
                self._put_by(batch, place, message, problems)

    async def _withhold(self, batches: Sequence[Batch]) -> None:
        """Keep no sensitive trait that a context tells of somebody who granted none."""
        telling = [
            (batch, place, message, traits)
            for batch, place, came in _accepted(batches)
            if (traits := events.told_in_passing(message := batch.stored.get(place, came)))
        ]
        if not telling:
            return
        work = await self._entered(batches[0].caller)
        asked = [(pgproto.UUID(message.who), traits) for _, _, message, traits in telling]
        found = await contacts.withheld(work, asked)
        for (batch, place, message, traits), names in zip(telling, found, strict=True):
            if names:
                kept = {name: value for name, value in traits.items() if name not in names}
                batch.stored[place] = events.with_traits(message, kept)
                batch.codes.setdefault(place, contacts.NO_GRANT)

    def _put_by(
        self, batch: Batch, place: int, message: Message, problems: Sequence[Problem]
    ) -> None:
        """Tell that traits are refused, and keep them as a message of their own, to be mended."""
        batch.codes[place] = problems[0].code
        traits = contacts.put_by(message.traits or {}, problems)
        if traits is not None:
            batch.rests.append(events.rest(message, traits, problems))

    async def _copy_events(self, leaves: Leaves, places: Iterator[int]) -> None:
        rows: dict[Span, list[Any]] = {}
        for batch in self._batches:
            own, received_at = pgproto.UUID(batch.caller.workspace_id.bytes), batch.received_at
            for _, place, came in _accepted([batch]):
                message = batch.stored.get(place, came)
                who = pgproto.UUID(message.who)
                row = events.row(own, who, message, next(places), received_at)
                rows.setdefault(events.span(message.timestamp), []).append(row)
        for span, held in rows.items():
            await self._copy(leaves.of(span), events.COLUMNS, held)

    async def _copy(self, leaf: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        if rows:
            await self._driver.copy_records_to_table(
                leaf, schema_name=LEAVES, columns=columns, records=rows
            )

    async def _put_aside(self) -> None:
        for batch in self._batches:
            if aside := [*batch.sorted.refused, *batch.rests]:
                work = await self._entered(batch.caller)
                withheld = await events.put_aside(work, aside, public=batch.public)
                batch.withheld = withheld & frozenset(range(len(batch.sorted.refused)))

    def _by_workspace(self) -> Iterator[list[Batch]]:
        """In order, as every other flush takes them: so none waits for one that waits for it."""
        held: dict[UUID, list[Batch]] = {}
        for batch in self._batches:
            held.setdefault(batch.caller.workspace_id, []).append(batch)
        return (held[which] for which in sorted(held))

    async def _entered(self, caller: Caller) -> Work:
        """A work in the caller's workspace, in the transaction that runs."""
        await self._driver.execute(f"SET LOCAL app.workspace = '{caller.workspace_id}'")
        return Work(OnLoan(self._driver), caller, self._now, pepper=self._pepper)


def _accepted(batches: Iterable[Batch]) -> Iterator[tuple[Batch, int, Message]]:
    """The messages that count so far, with their places."""
    for batch in batches:
        for place, message in enumerate(batch.sorted.messages):
            if batch.outcomes[place] == "accepted":
                yield batch, place, message


def _identities(batch: Batch, message: Message) -> Iterator[UUID]:
    """The identities that a message names."""
    yield pgproto.UUID(message.who)
    workspace_id = batch.caller.workspace_id
    if message.anonymous_id is not None and message.user_id is not None:
        yield contacts.identity(workspace_id, contacts.ANONYMOUS, message.anonymous_id)
    if message.previous_id is not None:
        yield contacts.identity(workspace_id, contacts.USER, message.previous_id)
        yield contacts.identity(workspace_id, contacts.ANONYMOUS, message.previous_id)
