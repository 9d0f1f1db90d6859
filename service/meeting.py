"""Whom messages name, and what they say of people, within the transaction that stores them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto
from msgspec.structs import replace

from service.batches import Batch, accepted, by_workspace, identities
from service.domain import contacts, events
from service.domain.errors import Problem
from service.domain.events import Message
from service.domain.work import Caller, Work

_STRANGERS = "SELECT workspace_id, id, guarded FROM waypost.strangers($1, $2)"
_TELLING = frozenset({"identify", "group", "alias"})
"""Messages that say something of people, whether they are known or not."""
_LINKING = frozenset({"identify", "alias"})
"""Messages that say that two ids are the same person's."""

Told = tuple[Batch, int, Message]


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
        self._entered = entered

    async def run(self) -> bool:
        """Meet them; whether something is found to be `untaken` that was not: then nothing of this
        transaction may stay.
        """
        before = sum(len(batch.untaken) for batch in self._batches)
        strangers = await self._strangers()
        for batches in by_workspace(self._batches):
            workspace_id = batches[0].caller.workspace_id
            unknown = strangers.get(workspace_id, {})
            await self._block(batches, [one for one, guarded in unknown.items() if guarded])
            passing = await self._in_passing(batches)
            told = [
                (batch, place, message)
                for batch, place, message in accepted(batches)
                if message.type in _TELLING
                or (batch, place) in passing
                or (unknown and unknown.pop(pgproto.UUID(message.who), None) is not None)
            ]
            if told:
                await self._identify(told, passing)
        return sum(len(batch.untaken) for batch in self._batches) > before

    async def _strangers(self) -> dict[UUID, dict[UUID, bool]]:
        """By workspace the identities that nobody has, and whether some are blocked there."""
        named = {
            (batch.caller.workspace_id, one): None
            for batch, _, message in accepted(self._batches)
            for one in identities(batch, message)
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
        for batch, place, message in accepted(batches):
            if erased.isdisjoint(identities(batch, message)):
                continue
            if pgproto.UUID(message.who) in erased or message.type in _LINKING:
                batch.outcomes[place] = "blocked"
            else:
                batch.sorted.messages[place] = replace(message, anonymous_id=None)

    async def _in_passing(
        self, batches: Sequence[Batch]
    ) -> Mapping[tuple[Batch, int], frozenset[str]]:
        """The names of sensitive traits that contexts tell, of the messages that tell any."""
        telling = {
            (batch, place): traits.keys()
            for batch, place, message in accepted(batches)
            if (traits := events.told_in_passing(message))
        }
        if not telling:
            return {}
        work = await self._entered(batches[0].caller)
        names = await contacts.sensitive(work, set().union(*telling.values()))
        return {one: names & told for one, told in telling.items() if not names.isdisjoint(told)}

    async def _identify(
        self, told: Sequence[Told], passing: Mapping[tuple[Batch, int], frozenset[str]]
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
            _take(batch, place, message, problems)
            if which in came.withheld:
                _withhold(batch, place, message, came.withheld[which])


def _take(batch: Batch, place: int, message: Message, problems: Sequence[Problem]) -> None:
    """Keep of the traits of a message what nothing is wrong with."""
    kept = contacts.taken(message.traits or {}, problems)
    if message.traits_in_context:
        batch.stored[place] = events.with_traits(message, kept)
    if lacking := contacts.lacking_grant(message.traits or {}, problems):
        batch.ungranted[place] = lacking
    if message.rest_of is not None and message.type in events.TELLING_TRAITS and not kept:
        _put_back(batch, message, problems, lacking)
    elif problems:
        _put_by(batch, place, message, problems)


def _withhold(batch: Batch, place: int, message: Message, names: frozenset[str]) -> None:
    """Keep no sensitive trait that a context tells of somebody who granted none."""
    stored = batch.stored.get(place, message)
    traits = events.told_in_passing(stored)
    kept = {name: value for name, value in traits.items() if name not in names}
    batch.stored[place] = events.with_traits(stored, kept)
    batch.codes.setdefault(place, contacts.NO_GRANT)
    batch.ungranted[place] = batch.ungranted.get(place, frozenset()) | names


def _put_by(batch: Batch, place: int, message: Message, problems: Sequence[Problem]) -> None:
    """Tell that traits are refused, and keep them as a message of their own, to be mended."""
    batch.codes[place] = problems[0].code
    traits = contacts.put_by(message.traits or {}, problems)
    if traits is not None:
        lost = batch.ungranted.get(place, ())
        batch.rests.append(events.rest(message, traits, problems, lost))


def _put_back(
    batch: Batch, message: Message, problems: Sequence[Problem], lost: frozenset[str]
) -> None:
    """Of a rest nothing can be taken, however often it stands here: it waits on as it is."""
    refused = events.rest(message, {}, problems or [events.NOTHING_LEFT], lost)
    for place, one in enumerate(batch.sorted.messages):
        if one.key == message.key:
            batch.untaken[place], batch.ungranted[place] = refused, lost
