"""Purposes as resources, and the ledger, to which entries are only ever added."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Integer,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import insert as upsert

from service.domain.audiences import BuiltIn
from service.domain.contacts.consents import shape
from service.domain.contacts.consents.inputs import NewConsent, NewConsentPurpose
from service.domain.contacts.tables import consent_purposes, consents, contacts
from service.domain.contacts.upserting import AHEAD
from service.domain.errors import AlreadyExists, InUse, Invalid, NotFound, Problem
from service.domain.ids import new_id
from service.domain.inputs import Input
from service.domain.known import Expected
from service.domain.outbox import announced, announcement
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import document, json_array
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import SCHEMA, instant
from service.domain.work import Scope, Work


class ConsentPurposes(Resource):
    """Purposes. A built-in one becomes a row when somebody changes it."""

    async def patch(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """A merge patch; a built-in purpose is the workspace's own from then on."""
        work.needs(self.writes)
        await _owned(work, resource_id)
        return await super().patch(work, resource_id, data, expected)

    async def replace(
        self, work: Work, resource_id: UUID, data: Input, expected: Expected = None
    ) -> Document:
        """All members anew; a built-in purpose is the workspace's own from then on."""
        work.needs(self.writes)
        await _owned(work, resource_id)
        return await super().replace(work, resource_id, data, expected)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses a key that is taken, and another key: consents are written under the first."""
        values = await super().stored(work, resource_id, members)
        if "key" not in values:
            return values
        held = await work.rows(_HELD, key=values["key"], id=resource_id)
        own = [row["key"] for row in held if row["id"] == resource_id]
        if own and own[0] != values["key"]:
            raise Invalid([Problem("/key", "fixed", "stays as it was made")])
        if any(row["id"] != resource_id for row in held):
            detail = "a purpose with this key exists"
            raise AlreadyExists(detail, [Problem("/key", "already_exists", detail)])
        return values

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """An own one of which nobody has said anything: what was said stays, and so its purpose."""
        work.needs(self.writes)
        if resource_id in shape.BUILT_IN:
            raise BuiltIn("Built-in purposes cannot be deleted.")
        if await work.value(_SPOKEN_OF, id=resource_id):
            raise InUse("People have granted or withdrawn consent for this purpose.")
        await super().remove(work, resource_id, expected, detach=detach)


async def _owned(work: Work, resource_id: UUID) -> None:
    """Make a built-in purpose that is about to change a row of the workspace."""
    if resource_id in shape.BUILT_IN:
        await work.rows(_OWN, **_named({**shape.BUILT_IN[resource_id], "id": resource_id}))


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"own_{name}": value for name, value in row.items()}


async def enter(work: Work, contact_id: UUID, given: Sequence[NewConsent], at: str) -> list[str]:
    """Add entries to a contact's ledger, in one statement; each as JSON, in order.

    `at` points at them where there are several. Raises `NotFound` for the contact, `Invalid` for
    a purpose that is none and for times that cannot be.
    """
    work.needs(Scope.CONTACTS_WRITE)
    points = [f"{at}/{n}" if at else "" for n in range(len(given))]
    problems = [p for point, one in zip(points, given, strict=True) for p in _off(work, point, one)]
    known = {row["key"] for row in await work.rows(_KNOWN, keys=[one.purpose for one in given])}
    detail = "there is no such purpose"
    problems += [
        Problem(f"{point}/purpose", "unknown_reference", detail)
        for point, one in zip(points, given, strict=True)
        if one.purpose not in known
    ]
    if problems:
        raise Invalid(problems)
    rows = [_row(work, contact_id, one) for one in given]
    told = announcement(work, {"members": ["consents"]})
    added = await work.value(_ADD, contact_id=contact_id, rows=rows, **told)
    if added is None:
        raise NotFound("contact", contact_id)
    return [bytes(one).decode() for one in msgspec.json.decode(added, type=list[msgspec.Raw])]


def _off(work: Work, at: str, given: NewConsent) -> list[Problem]:
    """What cannot be of its times."""
    said = given.at or work.now
    problems = []
    if said > work.now + AHEAD:
        problems.append(Problem(f"{at}/at", "in_future", "is more than a day ahead"))
    if given.until is not None and not given.granted:
        problems.append(Problem(f"{at}/until", "not_applicable", "a withdrawal does not end"))
    elif given.until is not None and given.until <= said:
        problems.append(Problem(f"{at}/until", "out_of_range", "must be after `at`"))
    return problems


def _row(work: Work, contact_id: UUID, given: NewConsent) -> dict[str, Any]:
    return {
        "id": new_id(),
        "contact_id": contact_id,
        **given.model_dump(),
        "at": given.at or work.now,
        "recorded_at": work.now,
        "person": work.caller.person,
        "key_id": work.caller.key_id,
    }


def _adding() -> Statement:
    """The contact first, so that writers of one wait for each other, then the entries."""
    changed = (
        update(contacts)
        .values(
            version=contacts.c.version + literal_column("1", Integer),
            updated_at=bindparam("now", type_=instant),
        )
        .where(
            contacts.c.workspace_id == WORKSPACE,
            contacts.c.id == bindparam("contact_id", type_=contacts.c.id.type),
        )
        .returning(contacts.c.id, contacts.c.version)
        .cte("changed")
    )
    call = func.jsonb_populate_recordset(
        sql_text(f"NULL::{SCHEMA}.{consents.name}"), rows_of("rows")
    )
    given = call.table_valued(*consents.c).alias("given")
    values = {c.name: given.c[c.name] for c in consents.c} | {"workspace_id": WORKSPACE}
    rows = select(*values.values()).select_from(given.join(changed, true()))
    added = insert(consents).from_select(list(values), rows).returning(*consents.c).cte("added")
    shown = document(shape.CONSENT, shape.CONSENT.whole, added)
    listed = select(json_array(shown, [added.c.id])).select_from(added).scalar_subquery()
    answer = select(cast(listed, Text)).select_from(changed)
    return Statement(answer.add_cte(*announced("contact.updated", changed)))


_HELD = Statement(
    select(shape.purposes.c.id, shape.purposes.c.key).where(
        shape.purposes.c.workspace_id == WORKSPACE,
        (shape.purposes.c.key == bindparam("key", type_=Text))
        | (shape.purposes.c.id == bindparam("id", type_=consent_purposes.c.id.type)),
    )
)
_KNOWN = Statement(
    select(shape.purposes.c.key).where(
        shape.purposes.c.workspace_id == WORKSPACE,
        shape.purposes.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
    )
)
_SPOKEN_OF = Statement(
    select(consents.c.id)
    .join(
        consent_purposes,
        (consent_purposes.c.workspace_id == consents.c.workspace_id)
        & (consent_purposes.c.key == consents.c.purpose),
    )
    .where(
        consents.c.workspace_id == WORKSPACE,
        consent_purposes.c.id == bindparam("id", type_=consent_purposes.c.id.type),
    )
    .limit(1)
)
_OWN = Statement(
    upsert(consent_purposes)
    .values(
        {
            c.name: bindparam(f"own_{c.name}", type_=c.type)
            for c in consent_purposes.c
            if c.name != "workspace_id"
        }
        | {"workspace_id": WORKSPACE}
    )
    .on_conflict_do_nothing()
)
_ADD = _adding()

PURPOSES = ConsentPurposes(
    "consent_purpose",
    shape.PURPOSE,
    shape.PURPOSES,
    NewConsentPurpose,
    reads=Scope.CONTACTS_READ,
    writes=Scope.CONTACTS_WRITE,
)
