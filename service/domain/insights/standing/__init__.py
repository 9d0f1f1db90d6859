"""Who stands where on a map: everybody at once, by the rules for one contact."""

from service.domain.insights.standing.answers import (
    ContactAt,
    JourneyContacts,
    JourneyContactsDefinition,
)
from service.domain.insights.standing.asking import ContactsPage, journey_contacts
from service.domain.insights.standing.inputs import ContactStatus, JourneyContactsQuery

__all__ = [
    "ContactAt",
    "ContactStatus",
    "ContactsPage",
    "JourneyContacts",
    "JourneyContactsDefinition",
    "JourneyContactsQuery",
    "journey_contacts",
]
