"""Whom messages name, and what they say of people, within the transaction that stores them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto
from msgspec.structs import replace

from service.batches import Accepted, Batch, accepted, identities, in_order, named
from service.domain import contacts, events
from service.domain.errors import Problem
from service.domain.events import Message
from service.domain.work import Caller, Work

_STRANGERS = (
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, workspace_id, id, guarded "
    "FROM (SELECT) AS now LEFT JOIN waypost.strangers($1, $2) ON true"
)
"""The time, and who is a stranger: one trip. Where nobody is, there is one row that names none."""
_TELLING = frozenset({"identify", "group", "alias"})
"""Messages that say something of people, whether they are known or not."""
_LINKING = frozenset({"identify", "alias"})
"""Messages that say that two ids are the same person's."""


class Meeting:
    """Has everybody known whom batches name, and kept what they say of people."""

    def __init__(
        self,
        driver: Any,
        batches: Sequence[Batch],
        entered: Callable[[Caller], Awaitable[Work]],
    ) -> None:
        self._driver = driver
        self._batches = batches
        self._by_workspace = in_order(batches)
        self._entered = entered
        self._strangers: dict[UUID, dict[bytes, bool]] = {}
        """By workspace the identities that nobody has, and whether some are blocked there."""

    async def ask(self) -> int:
        """Ask whom nobody knows; the time of the database, in microseconds of Unix time."""
        workspaces: list[UUID] = []
        ids: list[UUID] = []
        for batches in self._by_workspace:
            asked = named(batches)
            workspaces += [batches[0].own] * len(asked)
            ids += map(pgproto.UUID, asked)
        rows = await self._driver.fetch(_STRANGERS, workspaces, ids)
        for _, workspace_id, one, guarded in rows:
            if one is not None:
                self._strangers.setdefault(workspace_id, {})[one.bytes] = guarded
        time: int = rows[0][0]
        return time

    async def run(self) -> bool:
        """Meet them; whether something is found to be `untaken` or `blocked` that was not: then
        nothing of this transaction may stay.
        """
        before = self._left_out()
        for batches in self._by_workspace:
            unknown = self._strangers.get(batches[0].caller.workspace_id, {})
            await self._block(batches, [one for one, guarded in unknown.items() if guarded])
        if self._left_out() > before:
            return True
        for batches in self._by_workspace:
            unknown = self._strangers.get(batches[0].caller.workspace_id, {})
            taken = list(accepted(batches))
            passing = await self._in_passing(taken)
            told = [
                (batch, place, message)
                for batch, place, message in taken
                if message.type in _TELLING
                or (message.tells_traits and (batch, place) in passing)
                or (unknown and unknown.pop(message.who, None) is not None)
            ]
            if told:
                await self._identify(told, passing)
        return self._left_out() > before

    def _left_out(self) -> int:
        return sum(len(batch.untaken) + len(batch.blocked) for batch in self._batches)

    async def _block(self, batches: Sequence[Batch], asked: Sequence[bytes]) -> None:
        """Take nothing of people who were erased, until the block is lifted.

        What somebody else did on their device is theirs: it is taken as if without the device.
        """
        if not asked:
            return
        work = await self._entered(batches[0].caller)
        found = await contacts.blocked(work, map(pgproto.UUID, asked))
        erased, keys = {one.bytes for one in found}, set()
        for batch, place, message in accepted(batches):
            if erased.isdisjoint(identities(work.caller.workspace_id, message)):
                continue
            if message.who in erased or message.type in _LINKING:
                batch.blocked.add(place)
                keys.add(message.key)
            else:
                batch.sorted.messages[place] = replace(message, anonymous_id=None)
        # Those that say the same again too, or each would be found in a try of its own.
        for batch in batches if keys else ():
            again = (n for n, one in enumerate(batch.sorted.messages) if one.key in keys)
            batch.blocked.update(n for n in again if batch.sorted.messages[n].who in erased)

    async def _in_passing(
        self, taken: Sequence[Accepted]
    ) -> Mapping[tuple[Batch, int], frozenset[str]]:
        """The names of sensitive traits that contexts tell, of the messages that tell any."""
        telling = {
            (batch, place): traits.keys()
            for batch, place, message in taken
            if message.tells_traits and (traits := events.told_in_passing(message))
        }
        if not telling:
            return {}
        work = await self._entered(taken[0][0].caller)
        names = await contacts.sensitive(work, set().union(*telling.values()))
        return {one: names & told for one, told in telling.items() if not names.isdisjoint(told)}

    async def _identify(
        self, told: Sequence[Accepted], passing: Mapping[tuple[Batch, int], frozenset[str]]
    ) -> None:
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
                passing.get((batch, place), frozenset()),
            )
            for batch, place, message in told
        ]
        came = await contacts.identified(work, changes)
        for which, (batch, place, message) in enumerate(told):
            problems = came.refused.get(which, ())
            if which in came.left:
                batch.codes[place] = came.left[which]
            lost = came.lost.get(which, frozenset())
            if not _take(batch, place, message, problems) and message.is_rest:
                self._put_back(batch, message, problems, lost)
            elif problems:
                _put_by(batch, place, message, problems, lost)
            if which in came.withheld:
                _withhold(batch, place, message, came.withheld[which])

    def _put_back(
        self, batch: Batch, message: Message, problems: Sequence[Problem], lost: frozenset[str]
    ) -> None:
        """Of a rest nothing can be taken, however often it stands here: it waits on as it is."""
        refused = events.rest(message, {}, problems or [events.NOTHING_LEFT], lost)
        for other in self._batches:
            # What a public key may not, a server's may.
            if other.sorted.waiting and other.public is batch.public:
                same = (n for n, m in enumerate(other.sorted.messages) if m.key == message.key)
                other.untaken |= dict.fromkeys(same, refused)


def _take(
    batch: Batch, place: int, message: Message, problems: Sequence[Problem]
) -> Mapping[str, Any]:
    """Keep of the traits of a message what nothing is wrong with; those."""
    kept = contacts.taken(message.traits or {}, problems)
    if message.traits_in_context:
        batch.stored[place] = events.with_traits(message, kept)
    return kept


def _withhold(batch: Batch, place: int, message: Message, names: frozenset[str]) -> None:
    """Keep no sensitive trait that a context tells of somebody who granted none."""
    stored = batch.stored.get(place, message)
    traits = events.told_in_passing(stored)
    kept = {name: value for name, value in traits.items() if name not in names}
    batch.stored[place] = events.with_traits(stored, kept)
    batch.codes.setdefault(place, contacts.NO_GRANT)


def _put_by(
    batch: Batch,
    place: int,
    message: Message,
    problems: Sequence[Problem],
    lost: frozenset[str],
) -> None:
    """Tell that traits are refused, and keep them as a message of their own, to be mended."""
    batch.codes[place] = problems[0].code
    traits = contacts.put_by(message.traits or {}, problems, lost)
    if traits is not None:
        batch.rests.append(events.rest(message, traits, problems, lost))
