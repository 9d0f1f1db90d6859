"""Who stands where on a map: everybody at once, by the rules for one contact."""

from service.domain.insights.standing.answers import (
    ContactAt,
    JourneyContacts,
    JourneyContactsDefinition,
)
from service.domain.insights.standing.asking import ContactsPage, journey_contacts
from service.domain.insights.standing.inputs import ContactStatus, JourneyContactsQuery
from service.domain.insights.standing.placing import (
    CONTACTS,
    contact_persona,
    contact_profiles,
    preview,
    profile_contacts,
    profile_counts,
)

__all__ = [
    "CONTACTS",
    "ContactAt",
    "ContactStatus",
    "ContactsPage",
    "JourneyContacts",
    "JourneyContactsDefinition",
    "JourneyContactsQuery",
    "contact_persona",
    "contact_profiles",
    "journey_contacts",
    "preview",
    "profile_contacts",
    "profile_counts",
]
