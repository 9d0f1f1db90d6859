"""Who belongs to which profile, by what they are, did and agreed to; and whom they are like."""

from service.domain.membership.answers import (
    ContactPersona,
    ContactProfiles,
    LeftOut,
    MembershipCounts,
    MembershipDefinition,
)
from service.domain.membership.asking import (
    SENSITIVE,
    contact_persona,
    contact_profiles,
    preview,
    profile_contacts,
    profile_counts,
)
from service.domain.membership.counterparts import Counterpart, counterparts
from service.domain.membership.inputs import (
    ContactProfilesQuery,
    NewPreview,
    ProfileContactList,
)
from service.domain.membership.reads import REASONS, is_member, judged, outcomes

__all__ = [
    "REASONS",
    "SENSITIVE",
    "ContactPersona",
    "ContactProfiles",
    "ContactProfilesQuery",
    "Counterpart",
    "LeftOut",
    "MembershipCounts",
    "MembershipDefinition",
    "NewPreview",
    "ProfileContactList",
    "contact_persona",
    "contact_profiles",
    "counterparts",
    "is_member",
    "judged",
    "outcomes",
    "preview",
    "profile_contacts",
    "profile_counts",
]
