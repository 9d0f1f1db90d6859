"""Who belongs to which profile, by what they are, did and agreed to; and whom they are like."""

from service.domain.membership.answers import (
    ContactPersona,
    ContactProfiles,
    ExcludedContacts,
    MembershipCounts,
    MembershipDefinition,
)
from service.domain.membership.apart import uncounted
from service.domain.membership.asking import (
    SENSITIVE,
    contact_persona,
    contact_profiles,
    preview,
    profile_contacts,
    profile_counts,
)
from service.domain.membership.counterparts import Counterpart, counterparts, rule
from service.domain.membership.inputs import (
    ContactProfilesQuery,
    NewPreview,
    ProfileContactList,
)
from service.domain.membership.reads import (
    REASONS,
    counts,
    everybody,
    holds,
    is_member,
    outcomes,
    planned_apart,
)

__all__ = [
    "REASONS",
    "SENSITIVE",
    "ContactPersona",
    "ContactProfiles",
    "ContactProfilesQuery",
    "Counterpart",
    "ExcludedContacts",
    "MembershipCounts",
    "MembershipDefinition",
    "NewPreview",
    "ProfileContactList",
    "contact_persona",
    "contact_profiles",
    "counterparts",
    "counts",
    "everybody",
    "holds",
    "is_member",
    "outcomes",
    "planned_apart",
    "preview",
    "profile_contacts",
    "profile_counts",
    "rule",
    "uncounted",
]
