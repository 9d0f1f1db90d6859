"""What people have said, how they stand to each purpose, and who is left out of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
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

from service.domain import paging
from service.domain.contacts.consents import shape
from service.domain.contacts.consents.inputs import ConsentList
from service.domain.contacts.consents.standing import CONSENT, Entry, Terms, standing
from service.domain.contacts.tables import consents, contacts
from service.domain.errors import NotFound
from service.domain.filters import Consent
from service.domain.paging import PageOf
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work


async def consents_of(work: Work, contact_id: UUID, query: ConsentList) -> PageOf:
    """What the person has said, whichever contact it was said by; the newest first.

    Raises `NotFound`, and what `paging.page` does.
    """
    work.needs(Scope.CONTACTS_READ)
    root = await work.value(_ROOT, contact_id=contact_id)
    if root is None:
        raise NotFound("contact", contact_id)
    return await paging.page(work, shape.CONSENTS, query, root_id=root)


async def consent_states(work: Work, contact_id: UUID) -> list[dict[str, Any]]:
    """How the person stands to every purpose now, by key. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    found = await standings(work, [contact_id])
    if contact_id not in found:
        raise NotFound("contact", contact_id)
    return [found[contact_id][key] for key in sorted(found[contact_id])]


class _Purpose(Struct):
    key: str
    legal_basis: str
    expires_after_days: int | None


class _Said(Struct):
    purpose: str
    granted: bool
    at: datetime
    recorded_at: datetime
    id: UUID
    until: datetime | None


class _Person(Struct):
    id: UUID
    restricted_at: datetime | None
    said: list[_Said]


class _Found(Struct):
    purposes: list[_Purpose]
    people: list[_Person]


async def standings(
    work: Work, contact_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, dict[str, Any]]]:
    """By contact and key of purpose, a `PurposeStanding`, at the time of the work.

    One statement for all; contacts that are nobody's are left out.
    """
    work.needs(Scope.CONTACTS_READ)
    found = msgspec.json.decode(await work.value(_STANDINGS, ids=list(contact_ids)), type=_Found)
    return {
        person.id: {purpose.key: _standing(purpose, person, work.now) for purpose in found.purposes}
        for person in found.people
    }


def _standing(purpose: _Purpose, person: _Person, now: datetime) -> dict[str, Any]:
    entries = [
        Entry(said.granted, said.at, said.recorded_at, said.id, said.until)
        for said in person.said
        if said.purpose == purpose.key
    ]
    terms = Terms(purpose.legal_basis, purpose.expires_after_days)
    found = standing(entries, terms, person.restricted_at, now)
    return {
        "purpose": purpose.key,
        "legal_basis": purpose.legal_basis,
        "state": found.state,
        "usable": found.usable,
        "reason": found.reason,
        "since": found.since,
        "until": found.until,
    }


def exclusions(purpose: ColumnElement[Any], at: ColumnElement[Any]) -> FromClause:
    """The people who are left out of a purpose at a time: `root_id`, and `since` when.

    The twin of `standing`. `since` is `-infinity` for those who never might be used.
    """
    terms = _terms(purpose).cte("terms")
    said = _last_said(purpose, at, terms).cte("last_said")
    needed = terms.c.legal_basis == literal_column(f"'{CONSENT}'")
    since = case(
        (
            needed,
            case((said.c.usable_until > at, None), else_=func.coalesce(said.c.usable_until, _EVER)),
        ),
        else_=said.c.objected_at,
    )
    parts = [
        select(said.c.root_id, since.label("since")).select_from(said.join(terms, true())),
        select(contacts.c.root_id, _EVER.label("since")).where(
            contacts.c.workspace_id == WORKSPACE, contacts.c.restricted_at <= at
        ),
        select(contacts.c.id, _EVER.label("since"))
        .select_from(contacts.join(terms, true()))
        .where(
            contacts.c.workspace_id == WORKSPACE,
            contacts.c.id == contacts.c.root_id,
            needed,
            not_(exists().where(said.c.root_id == contacts.c.id)),
        ),
    ]
    every = union_all(*parts).subquery("every")
    grouped = select(every.c.root_id, func.min(every.c.since).label("since"))
    return (
        grouped.where(every.c.since.is_not(None)).group_by(every.c.root_id).subquery("exclusions")
    )


def may_be_used(root_id: ColumnElement[Any], leaf: Consent) -> ColumnElement[Any]:
    """The leaf `consent` of a filter, of the person in `root_id`, at the time of the work.

    Unknown where there is no such purpose. Both lists are of those who said something, not of all
    people, and are made once for any number of rows.
    """
    purpose = cast(bindparam(None, leaf.purpose, type_=Text, unique=True), Text)
    terms = _terms(purpose).subquery("terms")
    basis = select(terms.c.legal_basis).scalar_subquery()
    said = _last_said(purpose, _NOW, terms).subquery("last_said")
    let_in = select(said.c.root_id).where(said.c.usable_until > _NOW)
    objected = select(said.c.root_id).where(said.c.objected_at.is_not(None))
    of_basis = case(
        (basis == literal_column(f"'{CONSENT}'"), root_id.in_(let_in)),
        (basis.is_not(None), root_id.not_in(objected)),
    )
    return of_basis & root_id.not_in(restricted(_NOW))


def restricted(at: ColumnElement[Any]) -> Select[Any]:
    """The people who are restricted at a time: the `root_id` of each."""
    one = contacts.alias("restricted")
    return select(one.c.root_id).where(one.c.workspace_id == WORKSPACE, one.c.restricted_at <= at)


_NOW = bindparam("now", type_=instant)
_EVER: ColumnElement[Any] = literal_column("'-infinity'::timestamptz")


def _terms(purpose: ColumnElement[Any]) -> Any:
    held = shape.purposes
    found = select(held.c.legal_basis, held.c.expires_after_days)
    return found.where(held.c.workspace_id == WORKSPACE, held.c.key == purpose)


def _last_said(
    purpose: ColumnElement[Any], at: ColumnElement[Any], terms: FromClause
) -> Select[Any]:
    """For each person who said anything: until when grants let them in, and the first of the
    withdrawals behind the last grant."""
    order = (consents.c.at, consents.c.granted.desc(), consents.c.recorded_at, consents.c.id)
    of_person: dict[str, Any] = {"partition_by": contacts.c.root_id}
    granted_at = func.max(consents.c.at).filter(consents.c.granted).over(**of_person)
    ledger = (
        select(
            contacts.c.root_id,
            consents.c.granted,
            consents.c.at,
            func.least(
                shape.end_of(consents, terms),
                func.lead(consents.c.at).over(order_by=order, **of_person),
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
            consents.c.workspace_id == WORKSPACE, consents.c.purpose == purpose, consents.c.at <= at
        )
        .subquery("ledger")
    )
    let_in = ledger.c.granted & (ledger.c.ends_at > ledger.c.at)
    objected = not_(ledger.c.granted) & (ledger.c.at >= ledger.c.granted_at)
    return select(
        ledger.c.root_id,
        func.max(ledger.c.ends_at).filter(let_in).label("usable_until"),
        func.min(ledger.c.at).filter(objected).label("objected_at"),
    ).group_by(ledger.c.root_id)


def _standings() -> Statement:
    asked, same, said = contacts.alias("asked"), contacts.alias("same"), consents.alias("said")
    is_same = (same.c.workspace_id == asked.c.workspace_id, same.c.root_id == asked.c.root_id)
    names = ("purpose", "granted", "at", "recorded_at", "id", "until")
    entries = (
        select(json_array(json_object({n: said.c[n] for n in names}), [said.c.at, said.c.id]))
        .where(
            said.c.workspace_id == asked.c.workspace_id,
            said.c.contact_id == same.c.id,
            *is_same,
        )
        .scalar_subquery()
    )
    restricted = select(func.min(same.c.restricted_at)).where(*is_same).scalar_subquery()
    person = json_object({"id": asked.c.id, "restricted_at": restricted, "said": entries})
    is_asked = asked.c.id == func.any(uuids("ids"))
    people = (
        select(json_array(person, [asked.c.id]))
        .where(asked.c.workspace_id == WORKSPACE, is_asked)
        .scalar_subquery()
    )
    held = shape.purposes
    members = {n: held.c[n] for n in ("key", "legal_basis", "expires_after_days")}
    purposes = (
        select(json_array(json_object(members), [held.c.key]))
        .where(held.c.workspace_id == WORKSPACE)
        .scalar_subquery()
    )
    return Statement(select(cast(json_object({"purposes": purposes, "people": people}), Text)))


_ROOT = Statement(
    select(contacts.c.root_id).where(
        contacts.c.workspace_id == WORKSPACE,
        contacts.c.id == bindparam("contact_id", type_=Uuid()),
    )
)
_STANDINGS = _standings()
