"""What people say of purposes, and what goes with a grant that holds no more."""

from collections.abc import Sequence
from uuid import UUID

from service.domain import audiences, idempotency
from service.domain.contacts.consents import (
    SENSITIVE_DATA,
    NewConsent,
    enter,
    with_explicit_grant,
    without_grant,
)
from service.domain.contacts.reads import family, one_at_a_time
from service.domain.contacts.traits import marked
from service.domain.contacts.writes import store
from service.domain.work import Scope, Work

MOST_LAPSED = 1_000
"""People whose sensitive traits go at once."""


async def record_consent(work: Work, contact_id: UUID, data: NewConsent) -> str:
    """Add to the ledger; the entry as JSON. Raises as `add_consents`."""
    work.needs(Scope.CONTACTS_WRITE)
    return (await add_consents(work, contact_id, [data], at=""))[0]


async def add_consents(
    work: Work, contact_id: UUID, given: Sequence[NewConsent], at: str = "/consents"
) -> list[str]:
    """Add entries to a contact's ledger; each as JSON, in order.

    Where after them nothing lets sensitive traits in, those of the person go. `at` points at the
    entries where there are several. Raises `NotFound` for the contact, `Invalid` for a purpose that
    is none and for times that cannot be.
    """
    work.needs(Scope.CONTACTS_WRITE)
    decides = any(one.purpose == SENSITIVE_DATA for one in given)
    if decides:
        await one_at_a_time(work)
    entered = await enter(work, contact_id, given, at)
    if decides and contact_id not in await with_explicit_grant(work, [contact_id]):
        await _forget(work, [contact_id])
    return entered


async def forget_ungranted(work: Work, contacts_asked: Sequence[UUID]) -> None:
    """Remove the sensitive traits of those of them who, by themselves, let nobody hold any."""
    work.needs(Scope.CONTACTS_WRITE)
    granted = await with_explicit_grant(work, contacts_asked)
    if left := [one for one in contacts_asked if one not in granted]:
        await _forget(work, left)


async def forget_lapsed(work: Work) -> int:
    """Remove the sensitive traits of people whose grant has run out; of how many.

    At most `MOST_LAPSED`: so many mean that there may be more. Nothing of anybody restricted.
    """
    work.needs(Scope.PRIVACY)
    names = await audiences.sensitive_keys(work)
    if not await without_grant(work, names, 1):
        return 0
    await one_at_a_time(work)
    found = await without_grant(work, names, MOST_LAPSED)
    await _forget(work, found)
    return len(found)


async def _forget(work: Work, contacts_asked: Sequence[UUID]) -> None:
    names = await audiences.sensitive_keys(work)
    people = await family(work, contacts_asked)
    people.forget(names, marked(work.now, public=False))
    await store(work, people)
    await idempotency.withhold(work, people.people, names)
