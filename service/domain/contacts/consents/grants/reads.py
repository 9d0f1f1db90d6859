"""Explicit grants of sensitive data: of people, of each contact by itself, and where none holds.

By the one rule, as if the purpose rested on consent whatever it rests on.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    union,
)

from service.domain.contacts.consents import shape
from service.domain.contacts.consents.rule.reads import holds, last_words, restricted, terms_of
from service.domain.contacts.tables import contacts
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Work


async def with_explicit_grant(work: Work, contacts_asked: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these contacts are people who granted that sensitive data of theirs are held."""
    return await _of(work, _GRANTED, contacts_asked)


async def with_own_grant(work: Work, contacts_asked: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these contacts did so by what was said of them alone, whoever they are shown as."""
    return await _of(work, _GRANTED_ALONE, contacts_asked)


async def unsettled(
    work: Work, traits: Collection[str], most: int, contacts_asked: Sequence[UUID] | None = None
) -> Sequence[UUID]:
    """People of whom these traits are not as what they said last would have it: so many at most.

    Some are shown though none holds that lets them be, or hidden though one does, or though their
    own contact's has ended. None who never said anything, and nobody restricted.
    """
    if contacts_asked is None:
        rows = await work.rows(_UNSETTLED, traits=sorted(traits), most=most)
    else:
        asked = list(contacts_asked)
        rows = await work.rows(_UNSETTLED_OF, traits=sorted(traits), most=most, ids=asked)
    return [row["root_id"] for row in rows]


async def _of(work: Work, which: Statement, contacts_asked: Sequence[UUID]) -> frozenset[UUID]:
    if not contacts_asked:
        return frozenset()
    return frozenset(row["id"] for row in await work.rows(which, ids=list(contacts_asked)))


_NOW = bindparam("now", type_=instant)
_PURPOSE: ColumnElement[Any] = literal_column(f"'{shape.SENSITIVE_DATA}'", Text)


def _words(of: ColumnElement[Any], *whose: ColumnElement[bool]) -> FromClause:
    """What was said last of sensitive data, by those whom `of` tells apart."""
    terms = terms_of(_PURPOSE).subquery("terms")
    return last_words(_PURPOSE, _NOW, terms, of).where(*whose).subquery("last_words")


def _is_one_of(column: ColumnElement[Any], found: Select[Any]) -> ColumnElement[bool]:
    """Found by `= any`, which the planner looks up at once, whatever it believes of the tables."""
    listed = func.any(func.array(found.scalar_subquery(), type_=ARRAY(Uuid())))
    same: ColumnElement[bool] = column == listed
    return same


def _roots_asked() -> Select[Any]:
    asked = contacts.alias("asked")
    are_asked = (asked.c.workspace_id == WORKSPACE, asked.c.id == func.any(uuids("ids")))
    return select(asked.c.root_id).where(*are_asked)


def _granting() -> Statement:
    asked = contacts.alias("same_person")
    are_asked = (asked.c.workspace_id == WORKSPACE, asked.c.id == func.any(uuids("ids")))
    word = _words(contacts.c.root_id, _is_one_of(contacts.c.root_id, _roots_asked()))
    same = asked.join(word, word.c.root_id == asked.c.root_id)
    return Statement(select(asked.c.id).select_from(same).where(*are_asked, holds(word)))


def _granting_alone() -> Statement:
    word = _words(contacts.c.id, contacts.c.id == func.any(uuids("ids")))
    return Statement(select(word.c.id).where(holds(word)))


def _unsettled(*, of_some: bool) -> Statement:
    """At most so many, of all or of those asked about."""
    one = contacts.alias("one")
    asked = [_is_one_of(one.c.root_id, _roots_asked())] if of_some else []
    spoke = [_is_one_of(contacts.c.root_id, _roots_asked())] if of_some else []
    found = select(one.c.root_id).where(
        one.c.workspace_id == WORKSPACE, one.c.root_id.not_in(restricted(_NOW)), *asked
    )
    parts = (found.where(part) for part in (_shown(one, *spoke), _hidden(one)))
    most = bindparam("most", type_=Integer)
    every = union(*parts).subquery("unsettled")
    return Statement(select(every.c.root_id).limit(most))


def _shown(one: FromClause, *spoke: ColumnElement[bool]) -> ColumnElement[bool]:
    """Some of the traits are there and not hidden, and the last word lets none in."""
    word = _words(contacts.c.root_id, *spoke)
    lapsed = select(word.c.root_id).where(not_(holds(word)))
    unseen = func.coalesce(one.c.hidden_traits, literal_column("'{}'::text[]"))
    own = one.c.own_traits.op("-")(unseen)
    names = bindparam("traits", type_=ARRAY(Text))
    has = (held.op("?|", is_comparison=True)(names) for held in (one.c.traits, own))
    shown, its_own = has
    return _is_one_of(one.c.root_id, lapsed) & (shown | its_own)


def _hidden(one: FromClause) -> ColumnElement[bool]:
    """Some are hidden, and the last word lets them in, or that of the contact alone no longer."""
    other = contacts.alias("other")
    hiding = (other.c.workspace_id == WORKSPACE, other.c.hidden_traits.is_not(None))
    word = _words(
        contacts.c.root_id, _is_one_of(contacts.c.root_id, select(other.c.root_id).where(*hiding))
    )
    own = _words(contacts.c.id, _is_one_of(contacts.c.id, select(other.c.id).where(*hiding)))
    let_in = one.c.root_id.in_(select(word.c.root_id).where(holds(word)))
    ended = one.c.id.not_in(select(own.c.id).where(holds(own)))
    return one.c.hidden_traits.is_not(None) & (let_in | ended)


_GRANTED, _GRANTED_ALONE = _granting(), _granting_alone()
_UNSETTLED, _UNSETTLED_OF = _unsettled(of_some=False), _unsettled(of_some=True)
