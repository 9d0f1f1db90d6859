"""Who belongs to which profile, and whom contacts are like."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from service.domain import filters, paging
from service.domain.audiences import (
    CATALOGUE,
    PROFILES,
    UNSTORED,
    ProfileList,
    segments,
    unstored,
)
from service.domain.contacts import CONTACTS
from service.domain.errors import NotFound
from service.domain.filters import Consent, Filter, Segment, Test
from service.domain.inputs import checked
from service.domain.listing import PageOf
from service.domain.membership import reads
from service.domain.membership.answers import (
    WORDS,
    ContactPersona,
    ContactProfiles,
    ExcludedContacts,
    MembershipCounts,
    MembershipDefinition,
    MissingField,
    PersonaCandidate,
    PersonaReason,
    Untested,
)
from service.domain.membership.counterparts import counterparts, rule
from service.domain.membership.inputs import (
    ContactProfilesQuery,
    NewPreview,
    ProfileContactList,
)
from service.domain.membership.person import Person, of_history
from service.domain.membership.reads import StoredPersona
from service.domain.membership.reasons import judged, line
from service.domain.membership.weighing import (
    PROFILE_WEIGHT,
    TOLERANCE,
    Answered,
    assigned,
    candidate,
)
from service.domain.paging import Only
from service.domain.shares import proportion
from service.domain.work import Scope, Work

MOST_FIELDS = 50
SENSITIVE = frozenset(one.key for one in CATALOGUE if one.sensitive)
_NOT_JUDGED = ("restricted", "not_for_analytics")
"""Who may not be analysed is not judged one by one either."""


async def profile_contacts(work: Work, profile_id: UUID, query: ProfileContactList) -> PageOf:
    """One page of the contacts whose membership is the one asked for, those left out of figures
    apart. Raises `NotFound`, `TooManyLinks`, and what `paging.page` does.
    """
    work.needs(Scope.CONTACTS_READ)
    known = await _stored(work, [profile_id])
    wanted = filters.membership(profile_id, known)
    asked = {word: answer for answer, word in WORDS.items()}[query.membership]
    only = Only(f"{profile_id} {query.membership}", lambda row: reads.answers(wanted, row, asked))
    return await paging.narrowed(work, CONTACTS.listing, query, only)


async def profile_counts(work: Work, profile_id: UUID) -> MembershipCounts:
    """How many contacts belong to a stored profile. Raises `NotFound`, `TooManyLinks`."""
    work.needs(Scope.CONTACTS_READ)
    known = await _stored(work, [profile_id])
    return await _counts(work, profile_id, known)


async def preview(work: Work, data: NewPreview) -> MembershipCounts:
    """The same for conditions that are not stored. Raises `Invalid`."""
    work.needs(Scope.CONTACTS_READ)
    known = await unstored(work, data.parent_id, data.model_dump())
    return await _counts(work, UNSTORED, known)


async def contact_profiles(
    work: Work, contact_id: UUID, query: ContactProfilesQuery
) -> ContactProfiles:
    """Of which profiles a contact is a member, and why: three statements, however many.

    Raises `NotFound`, `Malformed` for a cursor of another list.
    """
    work.needs(Scope.CONTACTS_READ)
    members = {"limit": query.limit, "after": query.after, "sort": "name"}
    listed: Any = checked(ProfileList, members)
    page = await PROFILES.page(work, listed.selecting({"id": None}))
    ids = [UUID(row["id"]) for row in msgspec.json.decode(page.items)]
    known = await segments(work, ids)
    person = await _person(work, contact_id, [filters.membership(one, known) for one in ids])
    excluded = [] if person.left_out is None else [ExcludedContacts(person.left_out, 1)]
    items = [judged(one, known, person) for one in ids if person.left_out not in _NOT_JUDGED]
    following = page.next if items else None
    return ContactProfiles(str(person.id), MembershipDefinition(), items, following, excluded)


async def contact_persona(work: Work, contact_id: UUID) -> ContactPersona:
    """The persona that a contact is nearest to: three statements. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    stored = await reads.stored_personas(work)
    ids = {one.profile_id for one in stored.personas if one.profile_id is not None}
    known = await segments(work, ids)
    person = await _person(work, contact_id, [filters.membership(one, known) for one in ids])
    if person.left_out in _NOT_JUDGED:
        return assigned(str(person.id), (), person.left_out, is_judged=False)
    sensitive = {*stored.sensitive, *SENSITIVE}
    found = [_candidate(one, known, person, sensitive) for one in stored.personas]
    return assigned(str(person.id), found, person.left_out)


def _candidate(
    persona: StoredPersona, known: Mapping[UUID, Segment], person: Person, sensitive: set[str]
) -> PersonaCandidate:
    answered, word = [], None
    if persona.profile_id is not None:
        answer = person.answer(filters.membership(persona.profile_id, known))
        answered.append(Answered(PersonaReason("profile", ["member_of"], PROFILE_WEIGHT), answer))
        word = WORDS[answer]
    for one in counterparts(persona.said, sensitive):
        asked = PersonaReason(one.attribute, list(one.traits), 1)
        answered.append(Answered(asked, person.answer(rule(one, TOLERANCE))))
    profile = None if persona.profile_id is None else str(persona.profile_id)
    return candidate(str(persona.id), persona.name, profile, word, answered)


async def _stored(work: Work, ids: list[UUID]) -> dict[UUID, Segment]:
    known = await segments(work, ids)
    for which in ids:
        if which not in known:
            raise NotFound("profile", which)
    return known


async def _person(work: Work, contact_id: UUID, asked: list[Filter]) -> Person:
    return await reads.person(work, contact_id, of_history(asked))


async def _counts(work: Work, which: UUID, known: Mapping[UUID, Segment]) -> MembershipCounts:
    wanted = filters.membership(which, known)
    by_field = _by_field(wanted)
    counts, missing = await reads.counted(work, wanted, by_field)
    (yes, no, unknown), left_out = counts[:3], counts[3:]
    contacts = yes + no + unknown
    lacking = zip(by_field, missing, strict=True)
    within = [str(one.id) for one in line(known[which].parent_id, known)]
    return MembershipCounts(
        MembershipDefinition(_shown(which), within),
        contacts,
        proportion(yes, contacts),
        proportion(no, contacts),
        proportion(unknown, contacts),
        sorted(
            (MissingField(field, count) for field, count in lacking if count),
            key=lambda one: (-one.unknown, one.field),
        ),
        [
            Untested(_shown(one.id), one.name or None, one.reason)
            for one in known.values()
            if one.criteria is None
        ],
        [ExcludedContacts(why, n) for why, n in zip(reads.REASONS, left_out, strict=True) if n],
    )


def _by_field(filter: Filter) -> dict[str, list[Filter]]:
    """What may be unknown of a filter, by the field that would have to be known."""
    found: dict[str, list[Filter]] = {}
    for _, leaf in filters.tests(filter, ""):
        match leaf:
            case Test(field) if field != "member_of":
                found.setdefault(field, []).append(leaf)
            case Consent(purpose):
                found.setdefault(f"consent.{purpose}", []).append(leaf)
    return {field: found[field] for field in list(found)[:MOST_FIELDS]}


def _shown(which: UUID) -> str | None:
    return None if which == UNSTORED else str(which)
