"""What is answered about who belongs to whom."""

from typing import Annotated, Literal

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import told
from service.domain.shares import Proportion

Id = str
Word = Literal["yes", "no", "unknown"]

_PROFILE = "0198c7f0-0000-7000-8000-000000000010"
_PERSONA = "0198c7f0-0000-7000-8000-000000000020"
_CONTACT = "0198c7f0-0000-7000-8000-0000000000d0"
PURPOSE = "analytics"

WORDS: dict[bool | None, Word] = {True: "yes", False: "no", None: "unknown"}
"""The three answers of a filter, in words."""


class ExcludedContacts(Struct, frozen=True, gc=False):
    """How many contacts were left out, and why."""

    reason: Annotated[
        str,
        told(
            "`archived`, `test`, `restricted`, or `not_for_analytics`: by their word, or the basis"
            " of that purpose. Each contact has the first that holds.",
            "test",
        ),
    ]
    count: Annotated[int, told("How many they are.", 3)]


class MembershipDefinition(Struct, frozen=True, gc=False):
    """By what contacts were judged."""

    profile_id: Annotated[
        Id | None, told("The profile; null: one that is not stored.", _PROFILE)
    ] = None
    within: Annotated[
        list[Id],
        told("The wider profiles that a member satisfies too, the nearest first.", [_PROFILE]),
    ] = []
    purpose: Annotated[str, told("For which purpose contacts may be used.", PURPOSE)] = PURPOSE


class Untested(Struct, frozen=True, gc=False):
    """A profile that tests nobody, so that membership is unknown unless something else says no."""

    profile_id: Annotated[Id | None, told("Which; null: one that is not stored.", _PROFILE)]
    name: Annotated[str | None, told("What it is called; null: one that is not stored.", "Savers")]
    reason: Annotated[
        str,
        told(
            "`no_criteria`, or `not_readable`: stored before criteria were held against what"
            " contacts have; store them again.",
            "no_criteria",
        ),
    ]


class MissingField(Struct, frozen=True, gc=False):
    """A trait, or another field, that keeps contacts from being judged."""

    field: Annotated[str, told("As the filter names it; `consent.` and a purpose.", "traits.age")]
    unknown: Annotated[
        int, told("How many of those who are unknown lack it, or have it of another type.", 12)
    ]


class MembershipCounts(Struct, frozen=True, gc=False):
    """How many contacts belong to a profile, how many do not, and of how many nobody can tell.

    Shares are of the contacts judged; one may be unknown for several missing fields.
    """

    definition: Annotated[MembershipDefinition, told("By what they were judged.")]
    contacts: Annotated[int, told("How many were judged.", 240)]
    yes: Annotated[Proportion, told("For whom criteria hold, and exclusions do not.")]
    no: Annotated[Proportion, told("For whom this is not so.")]
    unknown: Annotated[Proportion, told("For whom a missing value decides.")]
    missing: Annotated[
        list[MissingField], told("What is missing, most often first; at most 50 fields.")
    ]
    untested: Annotated[list[Untested], told("The profiles involved that have no criteria.")]
    excluded: Annotated[list[ExcludedContacts], told("Contacts that were not judged, and why.")]


class MembershipReason(Struct, frozen=True, gc=False):
    """What one test of a profile answered."""

    profile_id: Annotated[Id, told("Whose test: the profile's own, or a wider one's.", _PROFILE)]
    profile: Annotated[str, told("What that profile is called.", "Near retirement")]
    pointer: Annotated[
        str, told("Where the test stands in that profile, as a JSON pointer.", "/criteria/all/0")
    ]
    field: Annotated[
        str | None,
        told("What it asks: a field, `did`, `consent` or `at`; null: no test.", "traits.age"),
    ]
    outcome: Annotated[
        str, told("`held`, `failed` or `unknown`; a test in `exclusions` should fail.", "held")
    ]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why it is unknown: `missing`, `other_type`, `no_such_purpose`, `no_such_profile`,"
            " `unknown_member`, `no_criteria` or `not_readable`.",
            "missing",
        ),
    ] = UNSET


class ContactProfile(Struct, frozen=True, gc=False):
    """Whether a contact is a member of one profile, and what says so."""

    profile_id: Annotated[Id, told("Of which it is said.", _PROFILE)]
    name: Annotated[str, told("What it is called.", "Near retirement")]
    membership: Annotated[Word, told("Unknown is not no.", "yes")]
    reasons: Annotated[
        list[MembershipReason],
        told("Every test of the profile, then those of the wider ones, the nearest first."),
    ]


class ContactProfiles(Struct, frozen=True, gc=False):
    """Of which profiles a contact is a member."""

    contact_id: Annotated[Id, told("Whom it is about, as they are shown.", _CONTACT)]
    definition: Annotated[MembershipDefinition, told("By what they were judged.")]
    items: Annotated[list[ContactProfile], told("The profiles, by name.")]
    next: Annotated[str | None, told("Goes into `after` for more; null: that is all.", None)]
    excluded: Annotated[
        list[ExcludedContacts],
        told(
            "Why figures leave this contact out. Who is restricted, or not to be analysed, is not"
            " judged either."
        ),
    ]


class PersonaReason(Struct, frozen=True, gc=False):
    """One rule by which a persona is compared with a contact."""

    rule: Annotated[
        str, told("`profile`: membership in its profile; else what the persona says.", "age")
    ]
    fields: Annotated[list[str], told("The traits it looks at, the first there is.", ["age"])]
    weight: Annotated[int, told("What it weighs.", 1)]


class PersonaCandidate(Struct, frozen=True, gc=False):
    """How well a persona fits a contact."""

    persona_id: Annotated[Id, told("Which one was compared.", _PERSONA)]
    name: Annotated[str, told("What people call it.", "Ann")]
    profile_id: Annotated[Id | None, told("Whom it represents; null: nobody.", _PROFILE)]
    membership: Annotated[
        str | None,
        told("In that profile: `yes`, `no` or `unknown`; null: it represents none.", "yes"),
    ]
    score: Annotated[
        float | None,
        told("Weight matched ÷ weight matched or failed, 0 to 1; null: nothing is known.", 0.8),
    ]
    known: Annotated[
        float | None, told("Weight matched or failed ÷ weight of all; null: no rules.", 0.75)
    ]
    matched: Annotated[list[PersonaReason], told("Rules that hold.")]
    failed: Annotated[list[PersonaReason], told("Rules that do not.")]
    unknown: Annotated[list[PersonaReason], told("Rules that a missing value leaves open.")]


class PersonaDefinition(Struct, frozen=True, gc=False):
    """When a persona is assigned."""

    least_score: Annotated[float, told("Below this score a persona does not fit.", 0.6)]
    least_known: Annotated[float, told("Below this share of its weight too little is known.", 0.5)]
    least_margin: Annotated[float, told("Nearer than this to the second, neither is it.", 0.1)]
    profile_weight: Annotated[int, told("What membership in the profile weighs.", 2)]
    tolerance: Annotated[float, told("A figure fits within this share of the persona's.", 0.2)]
    personas: Annotated[int, told("How many personas were compared.", 4)]
    purpose: Annotated[str, told("For which purpose contacts may be used.", PURPOSE)] = PURPOSE


class ContactPersona(Struct, frozen=True, gc=False):
    """The persona that a contact is nearest to, if one is near enough."""

    contact_id: Annotated[Id, told("Whom it is about, as they are shown.", _CONTACT)]
    definition: Annotated[PersonaDefinition, told("When a persona is assigned.")]
    status: Annotated[Literal["assigned", "unknown"], told("Unknown: none fits well.", "assigned")]
    persona_id: Annotated[Id | None, told("The persona; null: unknown.", _PERSONA)]
    margin: Annotated[
        float | None,
        told("The best score less the second; the second is 0 where there is none.", 0.3),
    ]
    candidates: Annotated[
        list[PersonaCandidate],
        told("The five best by score; whoever's profile says no is none."),
    ]
    excluded: Annotated[list[ExcludedContacts], told("Why this contact is not judged.")]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why it is unknown: `no_personas`, `nothing_known`, `too_little_known`, `weak`,"
            " `close`, or the reason it is left out by.",
            "close",
        ),
    ] = UNSET
