"""People as they are stored, for those who change them: a fixed number of statements for any
number of people.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import Uuid

from service.domain import references
from service.domain.contacts.family import Family, Merge, Person
from service.domain.contacts.tables import contact_identifiers, contact_merges, contacts
from service.domain.contacts.traits import Traits, rules_of
from service.domain.identities import ANONYMOUS
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_AS_TEXT = frozenset({"traits", "own_traits", "trait_marks"})
_decode = msgspec.json.decode
_marks = msgspec.json.Decoder(dict[str, tuple[str, str]]).decode


async def one_at_a_time(work: Work) -> None:
    """Let one work of the workspace at a time change who is who; it holds until the work ends."""
    await references.one_at_a_time(work, "contacts")


async def owners(work: Work, identifiers: Iterable[UUID]) -> dict[UUID, UUID]:
    """The contacts that have these identifiers; those that nobody has are left out."""
    rows = await work.value(_OWNERS, ids=list(dict.fromkeys(identifiers)))
    return dict(rows or ())


async def led_to(work: Work, identifiers: Iterable[UUID]) -> dict[UUID, UUID]:
    """The contacts that events with these identifiers are of: who has one, or had it last."""
    rows = await work.value(_LED_TO, ids=list(dict.fromkeys(identifiers)))
    return dict(rows or ())


async def family(work: Work, contacts_asked: Iterable[UUID], *, linking: bool = False) -> Family:
    """All who are shown as what any of these contacts is shown as; two statements.

    A third tells who is known, which those who link need.
    """
    rows = await work.rows(_FAMILY, ids=list(dict.fromkeys(contacts_asked)))
    people = [_person(row) for row in rows]
    if merged := [one.id for one in people if one.merged_into is not None]:
        found = await work.rows(_MERGES, ids=merged)
        merges = {row["loser_id"]: row for row in found}
        for one in people:
            if one.id in merges:
                row = merges[one.id]
                one.merge = Merge(row["id"], rules_of(row["rules"]), row["merged_at"], row["by"])
    if linking and people:
        named_by = await work.rows(_KNOWN, ids=[one.id for one in people])
        known = {row["contact_id"] for row in named_by}
        for one in people:
            one.known = one.id in known
    return Family(people)


def _person(row: Mapping[str, Any]) -> Person:
    own = row["own_traits"] if row["own_traits"] is not None else row["traits"]
    mark = row["account_mark"]
    return Person(
        row["id"],
        Traits(_decode(own), _marks(row["trait_marks"])),
        row["merged_into_id"],
        None,
        row["account_id"],
        None if mark is None else (mark[0], mark[1]),
        row["test"],
        row["source_updated_at"],
        row["archived_at"],
        row["restricted_at"] is not None,
        frozenset(row["hidden_traits"] or ()),
        version=row["version"],
    )


# Each is found by `= any`, which the planner looks up at once, whatever it believes of the tables.
_IDS = func.any(uuids("ids"))


def _led_to() -> Select[Any]:
    held = contact_identifiers
    pairs = func.array_agg(func.row(held.c.id, held.c.contact_id))
    return select(pairs).where(held.c.workspace_id == WORKSPACE, held.c.id == _IDS)


def _owners() -> ClauseElement:
    return _led_to().where(contact_identifiers.c.removed_at.is_(None))


def _all_of() -> ClauseElement:
    one, asked = contacts.alias("one"), contacts.alias("asked")
    names = [c.name for c in contacts.c if c.computed is None]
    roots = select(asked.c.root_id).where(asked.c.workspace_id == WORKSPACE, asked.c.id == _IDS)
    shown_as = func.any(func.array(roots.scalar_subquery(), type_=ARRAY(Uuid())))
    # Read as text: this decoder takes a fraction of the driver's time.
    shown = (cast(one.c[n], Text).label(n) if n in _AS_TEXT else one.c[n] for n in names)
    return select(*shown).where(one.c.workspace_id == WORKSPACE, one.c.root_id == shown_as)


def _merges() -> ClauseElement:
    return select(contact_merges).where(
        contact_merges.c.workspace_id == WORKSPACE,
        contact_merges.c.loser_id == _IDS,
        contact_merges.c.undone_at.is_(None),
    )


def _known() -> ClauseElement:
    held = contact_identifiers
    return (
        select(held.c.contact_id)
        .distinct()
        .where(
            held.c.workspace_id == WORKSPACE,
            held.c.contact_id == _IDS,
            held.c.source != literal_column(f"'{ANONYMOUS}'"),
        )
    )


_OWNERS, _LED_TO, _FAMILY = Statement(_owners), Statement(_led_to), Statement(_all_of)
_MERGES, _KNOWN = Statement(_merges), Statement(_known)
