"""People as resources."""

from service.domain.contacts.person.batch import (
    ContactFound,
    ContactOutcome,
    ContactOutcomes,
    ContactsFound,
    archive_contacts,
    lookup,
    upsert_contacts,
)
from service.domain.contacts.person.inputs import (
    ContactBatch,
    ContactIdentifier,
    ContactList,
    ContactReference,
    ContactReferences,
    ContactSearch,
    ContactUpsert,
    NewContact,
    RestrictedOnes,
    Traits,
)
from service.domain.contacts.person.reads import documents as contact_documents
from service.domain.contacts.person.writes import CONTACTS

__all__ = [
    "CONTACTS",
    "ContactBatch",
    "ContactFound",
    "ContactIdentifier",
    "ContactList",
    "ContactOutcome",
    "ContactOutcomes",
    "ContactReference",
    "ContactReferences",
    "ContactSearch",
    "ContactUpsert",
    "ContactsFound",
    "NewContact",
    "RestrictedOnes",
    "Traits",
    "archive_contacts",
    "contact_documents",
    "lookup",
    "upsert_contacts",
]
