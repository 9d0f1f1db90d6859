"""Somebody met at a fair: the contact and all they agreed to, in one call."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from service.domain.contacts.consenting import add_consents
from service.domain.contacts.consents import NewConsent
from service.domain.contacts.person import (
    ContactBatch,
    ContactIdentifier,
    ContactOutcome,
    Traits,
    contact_documents,
    upsert_contacts,
)
from service.domain.contacts.upserting import refusal
from service.domain.errors import AlreadyExists, Problem
from service.domain.inputs import Flag, Input, Line
from service.domain.reading import Document
from service.domain.words import told
from service.domain.work import Scope, Work

_AT = "/items/0"


class ContactCapture(Input):
    """Somebody who is met: what they are known by, what they tell, and what they agree to."""

    shown_only = frozenset()
    identifiers: Annotated[
        Annotated[list[ContactIdentifier], Field(min_length=1, max_length=50)],
        told(
            "What they are known by; the contact that has one of them is meant.",
            [{"source": "email", "value": "ann@example.org"}],
        ),
    ]
    traits: Annotated[
        Traits, told("Merged with those they have; null removes.", {"name": "Ann"})
    ] = Field(default_factory=dict)
    test: Annotated[Flag | None, told("Whether it is staff walking the journey.", False)] = None
    consents: Annotated[
        Annotated[list[NewConsent], Field(max_length=50)],
        told(
            "What they grant and withdraw. A grant of `sensitive_data` lets sensitive traits into"
            " the same call.",
            [{"purpose": "email_marketing", "granted": True}],
        ),
    ] = Field(default_factory=list)
    means: Annotated[
        Line | None, told("How they said so, where a consent does not say.", "tablet at the fair")
    ] = None


async def capture(work: Work, data: ContactCapture) -> tuple[Document, bool]:
    """Make or change the contact and write what they agree to, all or nothing; True: it is new.

    The contact comes first, then the ledger, then the traits, which the ledger may let in.
    Raises `Invalid`, `Restricted`, and `AlreadyExists` for identifiers of several contacts.
    """
    work.needs(Scope.CONTACTS_WRITE)
    who: dict[str, Any] = {"identifiers": [one.model_dump() for one in data.identifiers]}
    more = {} if data.test is None else {"test": data.test}
    first = await _upserted(work, {**who, **more})
    contact_id = UUID(first.id)
    if data.consents:
        given = [one.model_copy(update={"means": one.means or data.means}) for one in data.consents]
        await add_consents(work, contact_id, given)
    if data.traits:
        await _upserted(work, {**who, "traits": data.traits})
    shown = await contact_documents(work, [contact_id])
    return shown[contact_id], first.outcome == "created"


async def _upserted(work: Work, item: dict[str, Any]) -> ContactOutcome:
    """One contact of a batch; what is wrong with it stops the whole."""
    batch = ContactBatch.model_validate({"items": [item]})
    (came,) = (await upsert_contacts(work, batch)).items
    if came.errors:
        problems = [
            Problem(one.pointer.removeprefix(_AT), one.code, one.detail) for one in came.errors
        ]
        if came.outcome == "conflict":
            raise AlreadyExists("These identifiers are those of several contacts.", problems)
        raise refusal(problems)
    return came
