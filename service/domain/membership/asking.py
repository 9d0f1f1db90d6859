"""Who belongs to which profile, and whom contacts are like."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from service.domain import filters, paging
from service.domain.audiences import (
    CATALOGUE,
    PROFILES,
    UNSTORED,
    Placing,
    ProfileList,
    nowhere,
    segments,
    unstored,
)
from service.domain.contacts import CONTACTS
from service.domain.errors import NotFound
from service.domain.filters import Answer, At, Consent, Filter, Segment, Test
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
_UNPLACED = ("test", "restricted", "not_for_analytics")
_NOT_JUDGED = ("restricted", "not_for_analytics")
"""Who may not be analysed is not judged one by one either."""


Standing = Callable[[Work, UUID], Awaitable[Callable[[At], Answer]]]
"""What answers where one contact stands."""


async def unknown_place(work: Work, contact_id: UUID) -> Callable[[At], Answer]:
    """Where nobody looks, it is not known."""
    del work, contact_id

    def unknown(leaf: At) -> Answer:
        del leaf
        return None

    return unknown


async def profile_contacts(
    work: Work, profile_id: UUID, query: ProfileContactList, placing: Placing | None = None
) -> PageOf:
    """One page of the contacts whose membership is the one asked for, those left out of figures
    apart; `placing` looks up where contacts stand. Raises `NotFound`, `TooManyLinks`, and what
    `placing` and `paging.page` do.
    """
    work.needs(Scope.CONTACTS_READ)
    known = await _stored(work, [profile_id])
    wanted = await _placed(work, filters.membership(profile_id, known), _of_stored, placing)
    asked = {word: answer for answer, word in WORDS.items()}[query.membership]
    only = Only(f"{profile_id} {query.membership}", lambda row: reads.answers(wanted, row, asked))
    return await paging.narrowed(work, CONTACTS.listing, query, only)


async def profile_counts(
    work: Work, profile_id: UUID, placing: Placing | None = None
) -> MembershipCounts:
    """How many contacts belong to a stored profile. Raises `NotFound`, `TooManyLinks`, and what
    `placing` does."""
    work.needs(Scope.CONTACTS_READ)
    known = await _stored(work, [profile_id])
    wanted = await _placed(work, filters.membership(profile_id, known), _of_stored, placing)
    return await _counts(work, profile_id, known, wanted)


async def preview(work: Work, data: NewPreview, placing: Placing | None = None) -> MembershipCounts:
    """The same for conditions that are not stored. Raises `Invalid`, and what `placing` does."""
    work.needs(Scope.CONTACTS_READ)
    known = await unstored(work, data.parent_id, data.model_dump())
    own = known[UNSTORED]
    told = (("/criteria", own.criteria), ("/exclusions", own.exclusions))
    asked = (one for at, part in told if part is not None for one in filters.unplaced(part, at))
    pointers = {leaf: where for where, leaf in asked}

    def where(leaf: At) -> str:
        return pointers.get(leaf, "/parent_id")

    wanted = await _placed(work, filters.membership(UNSTORED, known), where, placing)
    return await _counts(work, UNSTORED, known, wanted)


async def _placed(
    work: Work, filter: Filter, where: Callable[[At], str], placing: Placing | None
) -> Filter:
    return nowhere(filter, where) if placing is None else await placing(work, filter, where)


def _of_stored(leaf: At) -> str:
    """A stored condition stands nowhere in what was sent."""
    del leaf
    return ""


async def contact_profiles(
    work: Work, contact_id: UUID, query: ContactProfilesQuery, standing: Standing = unknown_place
) -> ContactProfiles:
    """Of which profiles a contact is a member, and why: three statements, however many, and those
    of `standing` where profiles ask where people stand.

    Raises `NotFound`, `Malformed` for a cursor of another list.
    """
    work.needs(Scope.CONTACTS_READ)
    members = {"limit": query.limit, "after": query.after, "sort": "name"}
    listed: Any = checked(ProfileList, members)
    page = await PROFILES.page(work, listed.selecting({"id": None}))
    ids = [UUID(row["id"]) for row in msgspec.json.decode(page.items)]
    known = await segments(work, ids)
    asked = [filters.membership(one, known) for one in ids]
    person = await _person(work, contact_id, asked, standing)
    excluded = [] if person.left_out is None else [ExcludedContacts(person.left_out, 1)]
    items = [judged(one, known, person) for one in ids if person.left_out not in _NOT_JUDGED]
    following = page.next if items else None
    return ContactProfiles(str(person.id), MembershipDefinition(), items, following, excluded)


async def contact_persona(
    work: Work, contact_id: UUID, standing: Standing = unknown_place
) -> ContactPersona:
    """The persona that a contact is nearest to: three statements, and those of `standing` where
    profiles ask where people stand. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    stored = await reads.stored_personas(work)
    ids = {one.profile_id for one in stored.personas if one.profile_id is not None}
    known = await segments(work, ids)
    asked = [filters.membership(one, known) for one in ids]
    person = await _person(work, contact_id, asked, standing)
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


async def _person(work: Work, contact_id: UUID, asked: list[Filter], standing: Standing) -> Person:
    """The contact, with the answers of all that is asked of what it did and where it stands."""
    leaves = of_history(asked)
    places = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, At)}
    told = {key: leaf for key, leaf in leaves.items() if key not in places}
    person = await reads.person(work, contact_id, told)
    if not places:
        return person
    # Who may not be analysed stands nowhere that anybody could tell.
    known = unknown_place if person.left_out in _UNPLACED else standing
    stands = await known(work, person.id)
    answers = {**person.answers, **{key: stands(leaf) for key, leaf in places.items()}}
    return person._replace(answers=answers)


async def _counts(
    work: Work, which: UUID, known: Mapping[UUID, Segment], wanted: Filter
) -> MembershipCounts:
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
