"""People as they are stored, for those who change them: a fixed number of statements for any
number of people.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import Uuid

from service.domain import references
from service.domain.contacts.family import Family, Merge, Person
from service.domain.contacts.identities import ANONYMOUS
from service.domain.contacts.tables import (
    consents as ledger,
)
from service.domain.contacts.tables import (
    contact_identifiers,
    contact_merges,
    contacts,
)
from service.domain.contacts.traits import Traits, rules_of
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Work

SENSITIVE = "sensitive_data"
"""The purpose whose explicit grant lets sensitive traits be stored."""


class Named(NamedTuple):
    """Whose identifiers are, by their ids; and ids of those that contacts have for their own."""

    owners: Mapping[UUID, UUID]
    roots: frozenset[UUID]
    taken: frozenset[UUID]


async def one_at_a_time(work: Work) -> None:
    """Let one work of the workspace at a time change who is who; it holds until the work ends."""
    await references.one_at_a_time(work, "contacts")


async def named(work: Work, identifiers: Iterable[UUID]) -> Named:
    """Whose these identifiers are."""
    rows = await work.rows(_NAMED, ids=list(dict.fromkeys(identifiers)))
    held = [row for row in rows if row["contact_id"] is not None]
    return Named(
        {row["id"]: row["contact_id"] for row in held},
        frozenset(row["root_id"] for row in held),
        frozenset(row["id"] for row in rows if row["taken"]),
    )


async def family(work: Work, roots: Iterable[UUID], others: Iterable[UUID] = ()) -> Family:
    """All who are shown as one of `roots`, and as what each of `others` is shown as."""
    rows = await work.rows(_FAMILY, roots=list(roots), others=list(others))
    return Family(_person(row) for row in rows)


async def with_explicit_grant(work: Work, contacts_asked: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these contacts granted explicitly that sensitive data of theirs are held.

    The last word in the ledger counts, whichever of the contacts shown as the same person said
    it, if it is a grant that has not run out.
    """
    if not contacts_asked:
        return frozenset()
    rows = await work.rows(_GRANTED, ids=list(contacts_asked))
    return frozenset(row["id"] for row in rows)


def _person(row: Mapping[str, Any]) -> Person:
    own = row["own_traits"] if row["own_traits"] is not None else row["traits"]
    marks = {name: (mark[0], mark[1]) for name, mark in row["trait_marks"].items()}
    mark = row["account_mark"]
    merge = None
    if row["merge_id"] is not None:
        rules = rules_of(row["rules"])
        merge = Merge(row["merge_id"], rules, row["merged_at"], row["by"])
    return Person(
        row["id"],
        Traits(own, marks),
        row["merged_into_id"],
        merge,
        row["account_id"],
        None if mark is None else (mark[0], mark[1]),
        row["test"],
        row["source_updated_at"],
        row["archived_at"],
        row["known"],
        row["version"],
    )


def _asked(name: str) -> Any:
    return func.unnest(cast(uuids(name), ARRAY(Uuid()))).table_valued("id").render_derived()


def _whose() -> ClauseElement:
    asked, holder = _asked("ids"), contacts.alias("holder")
    held = and_(
        contact_identifiers.c.workspace_id == WORKSPACE, contact_identifiers.c.id == asked.c.id
    )
    of = and_(holder.c.workspace_id == WORKSPACE, holder.c.id == contact_identifiers.c.contact_id)
    is_contact = exists().where(contacts.c.workspace_id == WORKSPACE, contacts.c.id == asked.c.id)
    return select(
        asked.c.id,
        contact_identifiers.c.contact_id,
        holder.c.root_id,
        is_contact.label("taken"),
    ).select_from(asked.outerjoin(contact_identifiers, held).outerjoin(holder, of))


def _all_of() -> ClauseElement:
    one, other = contacts.alias("one"), contacts.alias("other")
    named_so = contact_identifiers.alias("named_so")
    known = exists().where(
        named_so.c.workspace_id == WORKSPACE,
        named_so.c.contact_id == one.c.id,
        named_so.c.source != literal_column(f"'{ANONYMOUS}'"),
    )
    others = select(other.c.root_id).where(
        other.c.workspace_id == WORKSPACE, other.c.id == func.any(uuids("others"))
    )
    edge = and_(
        contact_merges.c.workspace_id == WORKSPACE,
        contact_merges.c.loser_id == one.c.id,
        contact_merges.c.winner_id == one.c.merged_into_id,
        contact_merges.c.undone_at.is_(None),
    )
    of_others = func.array(others.scalar_subquery(), type_=ARRAY(Uuid()))
    roots = func.array_cat(cast(uuids("roots"), ARRAY(Uuid())), of_others, type_=ARRAY(Uuid()))
    return (
        select(
            one,
            known.label("known"),
            contact_merges.c.id.label("merge_id"),
            contact_merges.c.rules,
            contact_merges.c.merged_at,
            contact_merges.c.by,
        )
        .select_from(one.outerjoin(contact_merges, edge))
        .where(one.c.workspace_id == WORKSPACE, one.c.root_id == func.any(roots))
    )


def _granted() -> ClauseElement:
    asked, same = contacts.alias("asked"), contacts.alias("same")
    said = (
        select(ledger.c.granted, ledger.c.until)
        .select_from(
            ledger.join(
                same,
                and_(
                    same.c.workspace_id == ledger.c.workspace_id, same.c.id == ledger.c.contact_id
                ),
            )
        )
        .where(
            ledger.c.workspace_id == WORKSPACE,
            same.c.root_id == asked.c.root_id,
            ledger.c.purpose == literal_column(f"'{SENSITIVE}'"),
        )
        .order_by(ledger.c.at.desc(), ledger.c.recorded_at.desc(), ledger.c.id.desc())
        .limit(1)
        .lateral("said")
    )
    return (
        select(asked.c.id)
        .select_from(asked.join(said, literal_column("true")))
        .where(
            asked.c.workspace_id == WORKSPACE,
            asked.c.id == func.any(uuids("ids")),
            said.c.granted,
            _lasts(said.c.until),
        )
    )


def _lasts(until: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(until.is_(None), until > bindparam("now", type_=instant))


_NAMED, _FAMILY, _GRANTED = Statement(_whose), Statement(_all_of), Statement(_granted)
