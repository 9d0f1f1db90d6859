"""Two contacts made one, and two again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, update

from service.domain import paging, reading
from service.domain.contacts.consenting import settle, settle_spoken
from service.domain.contacts.family import Merge
from service.domain.contacts.merging import shape
from service.domain.contacts.merging.inputs import NewMerge
from service.domain.contacts.person import room
from service.domain.contacts.tables import contact_merges
from service.domain.contacts.traits import Rules
from service.domain.contacts.writes import store
from service.domain.errors import Conflict, DomainError, Invalid, Kind, NotFound, Problem
from service.domain.ids import new_id
from service.domain.listing import ListQuery, PageOf
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work


class AlreadyUndone(DomainError):
    """A merge is undone once."""

    kind, code = Kind.CONFLICT, "already_undone"


async def merges(work: Work, query: ListQuery) -> PageOf:
    """The merges of the workspace, also those undone."""
    work.needs(Scope.CONTACTS_READ)
    return await paging.page(work, shape.MERGES, query)


async def merge(work: Work, data: NewMerge) -> Document:
    """Show the loser, and all who are shown as it, as the winner.

    A loser that was merged into another comes with that one: the merge is of the contact as which
    it is shown. Nothing is moved; each keeps what it has, and gets what comes by its identifiers.

    Raises `Invalid` for contacts that are not there, `Conflict` for two that are one already.
    """
    work.needs(Scope.CONTACTS_WRITE)
    people = (await room.entered(work, (), [data.winner_id, data.loser_id])).family
    missing = [
        Problem(f"/{name}", "unknown_reference", "there is no such contact")
        for name in ("winner_id", "loser_id")
        if getattr(data, name) not in people.people
    ]
    if missing:
        raise Invalid(missing)
    winner, loser = people[data.winner_id], people.root(people[data.loser_id])
    if people.root(winner) is loser:
        raise Conflict("These two are shown as one contact already.")
    made = Merge(new_id(), Rules(data.rules, data.default), work.now)
    people.merge(winner, loser, made)
    await store(work, people)
    await settle_spoken(work, [winner.id])
    return await _shown(work, made.id)


async def undo_merge(work: Work, merge_id: UUID) -> Document:
    """Show the loser as itself again, whatever was merged since: in any order.

    What came in between stays where its identifier is. Raises `NotFound`, `AlreadyUndone`.
    """
    work.needs(Scope.CONTACTS_WRITE)
    row = await _held(work, merge_id)
    people = (await room.entered(work, (), [row["winner_id"], row["loser_id"]])).family
    # It was waited for: the merge may be undone by now, or its people erased.
    row = await _held(work, merge_id)
    if row["undone_at"] is not None:
        raise AlreadyUndone("This merge was undone already.")
    people.part(people[row["loser_id"]])
    await store(work, people)
    await work.rows(_UNDONE, id=merge_id)
    # What came in between may have been let in by a grant of the other, or hidden for its word.
    await settle(work, [row["winner_id"], row["loser_id"]])
    return await _shown(work, merge_id)


async def _held(work: Work, merge_id: UUID) -> Mapping[str, Any]:
    rows = await work.rows(_MERGE, id=merge_id)
    if not rows:
        raise NotFound("merge", merge_id)
    found: Mapping[str, Any] = rows[0]
    return found


async def _shown(work: Work, merge_id: UUID) -> Document:
    return (await reading.documents(work, shape.MERGE, [merge_id]))[merge_id]


_IS_IT = (
    contact_merges.c.workspace_id == WORKSPACE,
    contact_merges.c.id == bindparam("id", type_=Uuid()),
)
_MERGE = Statement(select(contact_merges).where(*_IS_IT))
_UNDONE = Statement(
    update(contact_merges).values(undone_at=bindparam("now", type_=instant)).where(*_IS_IT)
)
