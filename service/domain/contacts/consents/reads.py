"""What people have said, how they stand to each purpose, and who is left out of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from service.domain import paging
from service.domain.contacts.consents import shape
from service.domain.contacts.consents.inputs import ConsentList
from service.domain.contacts.consents.rule.reads import said_first
from service.domain.contacts.consents.standing import Entry, Terms, standing
from service.domain.contacts.tables import consents, contacts
from service.domain.errors import NotFound
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


async def words_about_sensitive(
    work: Work, contacts_asked: Sequence[UUID]
) -> dict[UUID, tuple[Entry, Terms]]:
    """What each of these contacts, by itself, said last of sensitive data, and on which terms.

    Those that said nothing are left out. What several say together, `is_granted` tells.
    """
    rows = await work.rows(_WORDS, ids=list(contacts_asked)) if contacts_asked else ()
    return {
        row["contact_id"]: (
            Entry(row["granted"], row["at"], row["recorded_at"], row["id"], row["until"]),
            Terms(row["legal_basis"], row["expires_after_days"]),
        )
        for row in rows
    }


def _words() -> Statement:
    held, purpose = shape.purposes, literal_column(f"'{shape.SENSITIVE_DATA}'", Text)
    names = ("contact_id", "granted", "at", "recorded_at", "id", "until")
    terms = (held.c.legal_basis, held.c.expires_after_days)
    return Statement(
        select(*(consents.c[name] for name in names), *terms)
        .ext(distinct_on(consents.c.contact_id))
        .where(
            consents.c.workspace_id == WORKSPACE,
            consents.c.contact_id == func.any(uuids("ids")),
            consents.c.purpose == purpose,
            consents.c.at <= bindparam("now", type_=instant),
            held.c.workspace_id == WORKSPACE,
            held.c.key == purpose,
        )
        .order_by(consents.c.contact_id, *said_first(last=True))
    )


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
_STANDINGS, _WORDS = _standings(), _words()
