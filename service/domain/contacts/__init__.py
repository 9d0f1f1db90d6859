"""People, organisations, identifiers, merges and consents."""

from service.domain.contacts.account import ACCOUNTS, AccountList, NewAccount
from service.domain.contacts.identified import Identified, Identities
from service.domain.contacts.identities import ANONYMOUS, GROUP, USER, identity
from service.domain.contacts.merging import (
    MERGES,
    MergeList,
    NewMerge,
    TraitRule,
    merge,
    merges,
    undo_merge,
)
from service.domain.contacts.person import (
    CONTACTS,
    ContactBatch,
    ContactFound,
    ContactIdentifier,
    ContactList,
    ContactOutcome,
    ContactOutcomes,
    ContactReference,
    ContactReferences,
    ContactSearch,
    ContactsFound,
    ContactUpsert,
    NewContact,
    archive_contacts,
    lookup,
    upsert_contacts,
)
from service.domain.contacts.reads import one_at_a_time, with_explicit_grant
from service.domain.contacts.tracked import identified

__all__ = [
    "ACCOUNTS",
    "ANONYMOUS",
    "CONTACTS",
    "GROUP",
    "MERGES",
    "USER",
    "AccountList",
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
    "Identified",
    "Identities",
    "MergeList",
    "NewAccount",
    "NewContact",
    "NewMerge",
    "TraitRule",
    "archive_contacts",
    "identified",
    "identity",
    "lookup",
    "merge",
    "merges",
    "one_at_a_time",
    "undo_merge",
    "upsert_contacts",
    "with_explicit_grant",
]
