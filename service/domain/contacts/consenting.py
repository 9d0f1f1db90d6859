"""What people say of purposes, and what becomes of traits when no grant lets them be held."""

from collections.abc import Sequence
from uuid import UUID

from service.domain import audiences, idempotency
from service.domain.contacts.consents import (
    SENSITIVE_DATA,
    NewConsent,
    enter,
    unsettled,
    with_explicit_grant,
    with_own_grant,
)
from service.domain.contacts.reads import family, one_at_a_time
from service.domain.contacts.traits import marked
from service.domain.contacts.writes import store
from service.domain.work import Scope, Work

MOST_LAPSED = 1_000
"""People whose sensitive traits are settled at once."""


async def record_consent(work: Work, contact_id: UUID, data: NewConsent) -> str:
    """Add to the ledger; the entry as JSON. Raises as `add_consents`."""
    work.needs(Scope.CONTACTS_WRITE)
    return (await add_consents(work, contact_id, [data], at=""))[0]


async def add_consents(
    work: Work, contact_id: UUID, given: Sequence[NewConsent], at: str = "/consents"
) -> list[str]:
    """Add entries to a contact's ledger; each as JSON, in order.

    The sensitive traits of the person are settled by them. `at` points at the entries where there
    are several. Raises `NotFound` for the contact, `Invalid` for a purpose that is none and for
    times that cannot be.
    """
    work.needs(Scope.CONTACTS_WRITE)
    decides = any(one.purpose == SENSITIVE_DATA for one in given)
    if decides:
        await one_at_a_time(work)
    entered = await enter(work, contact_id, given, at)
    if decides:
        await settle(work, [contact_id])
    return entered


async def forget_lapsed(work: Work) -> int:
    """Settle the sensitive traits of people whose grant has run out, or holds again; of how many.

    At most `MOST_LAPSED`: so many mean that there may be more. Nothing of anybody restricted.
    """
    work.needs(Scope.PRIVACY)
    names = await audiences.sensitive_keys(work)
    if not await unsettled(work, names, 1):
        return 0
    await one_at_a_time(work)
    found = await unsettled(work, names, MOST_LAPSED)
    await settle(work, found)
    return len(found)


async def settle_spoken(work: Work, contacts_asked: Sequence[UUID]) -> None:
    """Settle the sensitive traits of those of these people who ever said anything of them."""
    names = await audiences.sensitive_keys(work)
    await settle(work, await unsettled(work, names, MOST_LAPSED, contacts_asked))


async def settle(work: Work, contacts_asked: Sequence[UUID]) -> None:
    """Have the sensitive traits of people be as their last word says.

    Where it lets them in, all are shown. Else each contact keeps what it granted itself, hidden
    until the word lets it be shown or the contact is parted from the others, and loses all else.
    """
    if not contacts_asked:
        return
    people = await family(work, contacts_asked)
    every = list(people.people)
    granted = await with_explicit_grant(work, every)
    alone = await with_own_grant(work, every) if len(granted) < len(every) else frozenset()
    names = await audiences.sensitive_keys(work)
    for one in people.people.values():
        if one.id in granted:
            people.hide(one, frozenset())
        elif one.id in alone:
            people.hide(one, names)
        else:
            people.forget(one, names, marked(work.now, public=False))
            # What is sensitive no more is hidden no more.
            people.hide(one, frozenset())
    await store(work, people)
    await idempotency.withhold(work, people.people, names)
