"""The one rule of consent in SQL, for any number of people: the twin of `standing`.

A test holds the two against each other.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    not_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from service.domain.contacts.consents import shape
from service.domain.contacts.consents.standing import CONSENT, ORDER
from service.domain.contacts.tables import consents, contacts
from service.domain.filters import Consent
from service.domain.statements import WORKSPACE
from service.domain.tables import instant


def exclusions(purpose: ColumnElement[Any], at: ColumnElement[Any]) -> FromClause:
    """The people who are left out of a purpose at a time: `root_id`, and `since` when.

    The twin of `standing`. `since` is `-infinity` for those who never might be used.
    """
    terms = terms_of(purpose).cte("terms")
    said = _last_said(purpose, at, terms).cte("last_said")
    needed = terms.c.legal_basis == literal_column(f"'{CONSENT}'")
    parts = [
        select(said.c.root_id, _since(said, needed, at).label("since")).select_from(
            said.join(terms, true())
        ),
        select(contacts.c.root_id, _EVER.label("since")).where(
            contacts.c.workspace_id == WORKSPACE, contacts.c.restricted_at <= at
        ),
        select(contacts.c.id, _EVER.label("since")).where(
            contacts.c.workspace_id == WORKSPACE,
            contacts.c.id == contacts.c.root_id,
            # Asked once: joined, all people would be read where nobody needs to have said anything.
            select(needed).select_from(terms).scalar_subquery(),
            not_(exists().where(said.c.root_id == contacts.c.id)),
        ),
    ]
    every = union_all(*parts).subquery("every")
    grouped = select(every.c.root_id, func.min(every.c.since).label("since"))
    return (
        grouped.where(every.c.since.is_not(None)).group_by(every.c.root_id).subquery("exclusions")
    )


def excluded_since(
    person: FromClause, purpose: ColumnElement[Any], at: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Since when `exclusions` has the one whom a row of contacts is shown as; null: it has not.

    Nothing is read but what is held of this person: for one, or a few. `person` is an alias.
    """
    terms = terms_of(purpose).subquery("terms")
    said = _last_said(purpose, at, terms, person).subquery("last_said")
    needed = terms.c.legal_basis == literal_column(f"'{CONSENT}'")
    by_word = (
        select(_since(said, needed, at))
        .select_from(terms.outerjoin(said, true()))
        .correlate(person)
        .scalar_subquery()
    )
    same, word = contacts.alias("same_person"), consents.alias("word")
    is_same = (same.c.workspace_id == WORKSPACE, same.c.root_id == person.c.root_id)
    kept = exists().where(*is_same, same.c.restricted_at <= at)
    spoke = exists().where(
        *is_same,
        word.c.workspace_id == WORKSPACE,
        word.c.contact_id == same.c.id,
        word.c.purpose == purpose,
    )
    # Most have said nothing: of them the purpose alone decides, which is looked up once for all.
    unasked = case((select(needed).scalar_subquery(), _EVER))
    return case((kept, _EVER), (not_(spoke), unasked), else_=by_word)


def _since(
    said: FromClause, needed: ColumnElement[bool], at: ColumnElement[Any]
) -> ColumnElement[Any]:
    """Since when somebody is left out by what they said; null: they are not."""
    ended = func.coalesce(said.c.usable_until, _EVER)
    by_grant = case((said.c.usable_until > at, None), else_=ended)
    return case((needed, by_grant), else_=said.c.objected_at)


def may_be_used(root_id: ColumnElement[Any], leaf: Consent) -> ColumnElement[Any]:
    """The leaf `consent` of a filter, of the person in `root_id`, at the time of the work.

    Unknown where there is no such purpose. Who is told apart, those let in by a purpose that rests
    on consent, those kept out by another, is one list, made once for any number of rows.
    """
    purpose = cast(bindparam(None, leaf.purpose, type_=Text, unique=True), Text)
    terms = terms_of(purpose).subquery("terms")
    needed = terms.c.legal_basis == literal_column(f"'{CONSENT}'")
    word = last_words(purpose, _NOW, terms).subquery("last_words")
    kept = restricted(_NOW)
    lets_in = holds(word) & word.c.root_id.not_in(kept)
    apart = select(word.c.root_id).where(case((word.c.needed, lets_in), else_=~word.c.granted))
    held_back = kept.where(exists(select(literal_column("1")).select_from(terms).where(~needed)))
    told_apart = union_all(apart, held_back)
    return root_id.in_(told_apart) == select(needed).scalar_subquery()


def restricted(at: ColumnElement[Any]) -> Select[Any]:
    """The people who are restricted at a time: the `root_id` of each."""
    one = contacts.alias("restricted")
    return select(one.c.root_id).where(one.c.workspace_id == WORKSPACE, one.c.restricted_at <= at)


_NOW = bindparam("now", type_=instant)
_EVER: ColumnElement[Any] = literal_column("'-infinity'::timestamptz")


def terms_of(purpose: ColumnElement[Any]) -> Select[Any]:
    """What a purpose rests on, and when its grants end."""
    held = shape.purposes
    found = select(held.c.legal_basis, held.c.expires_after_days)
    return found.where(held.c.workspace_id == WORKSPACE, held.c.key == purpose)


def _last_said(
    purpose: ColumnElement[Any],
    at: ColumnElement[Any],
    terms: FromClause,
    person: FromClause | None = None,
) -> Select[Any]:
    """For each person who said anything, or for one: until when grants let them in, and the first
    of the withdrawals behind the last grant."""
    whose = () if person is None else (contacts.c.root_id == person.c.root_id,)
    of_person: dict[str, Any] = {"partition_by": contacts.c.root_id}
    granted_at = func.max(consents.c.at).filter(consents.c.granted).over(**of_person)
    ledger = (
        select(
            contacts.c.root_id,
            consents.c.granted,
            consents.c.at,
            func.least(
                shape.end_of(consents, terms),
                func.lead(consents.c.at).over(order_by=said_first(), **of_person),
            ).label("ends_at"),
            func.coalesce(granted_at, _EVER).label("granted_at"),
        )
        .select_from(
            consents.join(
                contacts,
                (contacts.c.workspace_id == consents.c.workspace_id)
                & (contacts.c.id == consents.c.contact_id),
            ).join(terms, true())
        )
        .where(
            consents.c.workspace_id == WORKSPACE,
            consents.c.purpose == purpose,
            consents.c.at <= at,
            *whose,
        )
        .correlate(person)
        .subquery("ledger")
    )
    let_in = ledger.c.granted & (ledger.c.ends_at > ledger.c.at)
    objected = not_(ledger.c.granted) & (ledger.c.at >= ledger.c.granted_at)
    found = select(
        ledger.c.root_id,
        func.max(ledger.c.ends_at).filter(let_in).label("usable_until"),
        func.min(ledger.c.at).filter(objected).label("objected_at"),
    )
    return found.group_by(ledger.c.root_id).correlate(person)


def last_words(
    purpose: ColumnElement[Any],
    at: ColumnElement[Any],
    terms: FromClause,
    of: ColumnElement[Any] = contacts.c.root_id,
) -> Select[Any]:
    """For each person who said anything, what they said last; of contacts by themselves, their id.

    Without a window, whose statement no processes can share.
    """
    same = (contacts.c.workspace_id == consents.c.workspace_id) & (
        contacts.c.id == consents.c.contact_id
    )
    return (
        select(
            of,
            consents.c.granted,
            shape.end_of(consents, terms).label("ends_at"),
            (terms.c.legal_basis == literal_column(f"'{CONSENT}'")).label("needed"),
        )
        .ext(distinct_on(of))
        .select_from(consents.join(contacts, same).join(terms, true()))
        .where(
            consents.c.workspace_id == WORKSPACE, consents.c.purpose == purpose, consents.c.at <= at
        )
        .order_by(of, *said_first(last=True))
    )


def said_first(*, last: bool = False) -> list[ColumnElement[Any]]:
    """By `ORDER`; backwards, the `last` first."""
    columns = ((consents.c[name], rises) for name, rises in ORDER.items())
    return [column.desc() if rises is last else column.asc() for column, rises in columns]


def holds(word: FromClause) -> ColumnElement[bool]:
    """Whether what somebody said last is a grant that has not run out."""
    return word.c.granted & (word.c.ends_at > _NOW)
