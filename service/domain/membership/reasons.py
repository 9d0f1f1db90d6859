"""Why somebody is, or is not, a member of a profile: what each test said."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from msgspec import UNSET

from service.domain.filters import (
    Answer,
    Consent,
    Did,
    Filter,
    Segment,
    Test,
    membership,
    settled,
    tests,
)
from service.domain.membership.answers import WORDS, ContactProfile, MembershipReason
from service.domain.membership.person import Person

_OUTCOMES = {True: "held", False: "failed", None: "unknown"}


def judged(which: UUID, segments: Mapping[UUID, Segment], person: Person) -> ContactProfile:
    """Whether the person is a member of a profile, with every test of it and of the wider ones."""
    answer = person.answer(membership(which, segments))
    return ContactProfile(
        str(which),
        segments[which].name,
        WORDS[answer],
        [reason for one in line(which, segments) for reason in _of(one, segments, person)],
    )


def line(which: UUID | None, segments: Mapping[UUID, Segment]) -> Iterator[Segment]:
    """The profile and those it stands within, the nearest first."""
    seen = set[UUID]()
    while which is not None and which in segments and which not in seen:
        seen.add(which)
        yield segments[which]
        which = segments[which].parent_id


def _of(
    segment: Segment, segments: Mapping[UUID, Segment], person: Person
) -> Iterator[MembershipReason]:
    if segment.criteria is None:
        yield _reason(segment, "/criteria", None, None, segment.reason)
    for name in ("criteria", "exclusions"):
        part: Filter | None = getattr(segment, name)
        for at, leaf in () if part is None else tests(part, f"/{name}"):
            answer = person.answer(settled(leaf, segments))
            why = _why(leaf, segments, person) if answer is None else None
            yield _reason(segment, at, _field(leaf), answer, why)


def _reason(
    segment: Segment, at: str, field: str | None, answer: Answer, why: str | None
) -> MembershipReason:
    who, reason = str(segment.id), UNSET if why is None else why
    return MembershipReason(who, segment.name, at, field, _OUTCOMES[answer], reason)


def _field(leaf: Filter) -> str:
    match leaf:
        case Test(field):
            return field
        case Did():
            return "did"
        case Consent():
            return "consent"
        case _:
            return "at"


def _why(leaf: Filter, segments: Mapping[UUID, Segment], person: Person) -> str:
    """Why a test is unknown."""
    match leaf:
        case Test("member_of", _, value):
            asked = value if isinstance(value, tuple) else (value,)
            there = all(one in segments for one in asked)
            return "unknown_member" if there else "no_such_profile"
        case Consent() | Test("consent"):
            return "no_such_purpose"
        case Test(field):
            return "missing" if person.lookup(field) is None else "other_type"
        case _:
            return "missing"
