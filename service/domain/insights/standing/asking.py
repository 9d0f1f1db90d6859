"""Asking who stands where on a map."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from msgspec import UNSET, structs

from service.domain import contacts, membership, paging
from service.domain.computing import computed
from service.domain.errors import Invalid, Problem
from service.domain.histories import Range
from service.domain.insights.contact_journeys.usually import usual
from service.domain.insights.contact_journeys.whereabouts import MOST_EVENTS
from service.domain.insights.followed.goals import goals
from service.domain.insights.laid.asking import Judges, Wanted, judges, laid_out, left_out
from service.domain.insights.standing.answers import (
    ContactAt,
    JourneyContacts,
    JourneyContactsDefinition,
)
from service.domain.insights.standing.everybody import Standing, standing, stood
from service.domain.insights.standing.inputs import JourneyContactsQuery
from service.domain.listing import PageOf
from service.domain.paging import Only
from service.domain.work import Scope, Work

MOST = 500_000
"""People at the places asked about: so many ids weigh 8 MB."""
TOO_MANY = f"more than {MOST} people stand there: narrow it by stage, step or status"
_WHOLE: Any = contacts.CONTACTS.shape.flat
_decode = msgspec.json.Decoder(list[dict[str, Any]], float_hook=Decimal).decode


class Where(NamedTuple):
    """At which places of a map, by their keys, and how people stand there; None: anywhere, and
    anyhow."""

    stage: Sequence[str] | None = None
    step: Sequence[str] | None = None
    status: Sequence[str] | None = None


class ContactsPage(NamedTuple):
    """What is answered, and the cursor of each of its contacts."""

    answer: JourneyContacts
    cursors: Sequence[str]


async def journey_contacts(
    work: Work, journey_id: UUID, query: JourneyContactsQuery
) -> ContactsPage:
    """One page of the contacts who stand somewhere on a map, those left out of figures apart: seven
    statements, seldom more.

    Raises `NotFound`, `RevisionNotFound`, `NeverPublished`, `Invalid` for places that the map has
    not and for more than half a million people, `BindingsTooLarge`, `TooManyRevisions`, and what
    `paging.page` does.
    """
    work.needs(Scope.CONTACTS_READ)
    by = await judges(work, journey_id, query.revision)
    found = await everybody(work, by)
    where = Where(_split(query.stage), _split(query.step), _split(query.status))
    ids = await computed(work, who_stand, found, where)
    asked = msgspec.json.encode([str(journey_id), query.revision, where]).decode()
    only = Only(asked, lambda row: membership.counts(row) & contacts.among(row.c.id, ids))
    listing = contacts.CONTACTS.listing
    page = await paging.narrowed(work, listing, query.selecting(_WHOLE), only)
    items = await computed(work, _items, found, page)
    excluded = left_out({**found.on_map.excluded, **await membership.uncounted(work, ids)})
    told = _answer(journey_id, found, where, page, items)
    return ContactsPage(structs.replace(told, excluded=excluded), page.cursors)


async def everybody(work: Work, by: Judges) -> Standing:
    """How everybody stands on a map: two statements, and one where it has to be learned how long
    people stay; seldom more. Raises `BindingsTooLarge`."""
    work.needs(Scope.CONTACTS_READ)
    wants = goals(by.known.states, whose=True)
    wanted = Wanted(Range(), None, every=True, beside=wants.conditions, most=MOST_EVENTS)
    on_map = await laid_out(work, by, wanted)
    found = await computed(work, stood, on_map, wants)
    lasting = await usual(work, [(one.of, one.spot.stage_id) for one in found.places])
    return await computed(work, standing, on_map, found, lasting, wants, work.now)


def who_stand(found: Standing, where: Where) -> bytes:
    """Who stands there, 16 bytes each. Raises `Invalid`."""
    if problems := unknown_keys(found, where, ""):
        raise Invalid(problems)
    chosen = found.at(where.stage, where.step) & found.stands(where.status)
    if np.count_nonzero(chosen) > MOST:
        raise Invalid([Problem("/stage", "too_many_contacts", TOO_MANY)])
    return found.ids(chosen)


def unknown_keys(found: Standing, where: Where, at: str) -> list[Problem]:
    """The places that no state of the map has; `at` is where the question stands."""
    problems = []
    for by, keys in (("stage", where.stage), ("step", where.step)):
        if unknown := {*(keys or ())} - {*found.keys(by)}:
            detail = f"the map has no {by} of this key: {min(unknown)[:100]}"
            problems.append(Problem(f"{at}/{by}", "unknown_reference", detail))
    return problems


def _split(text: str | None) -> list[str] | None:
    return None if text is None else [*dict.fromkeys(text.split(","))]


def _items(found: Standing, page: PageOf) -> list[ContactAt]:
    people = _decode(page.items)
    told = found.told([UUID(one["id"]) for one in people])
    return [
        ContactAt(contact_id=one["id"], contact=one, **where)
        for one, where in zip(people, told, strict=True)
    ]


def _answer(
    journey_id: UUID, found: Standing, where: Where, page: PageOf, items: list[ContactAt]
) -> JourneyContacts:
    on_map = found.on_map
    lists = (None if one is None else [*one] for one in where)
    stages, steps, statuses = lists
    definition = JourneyContactsDefinition(
        stages=stages, steps=steps, statuses=statuses, revision=on_map.judges.revision
    )
    return JourneyContacts(
        journey_id=str(journey_id),
        definition=definition,
        items=items,
        next=page.next,
        total=UNSET if page.total is None else page.total,
        excluded=left_out(on_map.excluded),
        reason=on_map.reason or UNSET,
    )
