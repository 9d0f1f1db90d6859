"""People, organisations, identifiers, merges and consents."""

from service.domain.contacts.account import ACCOUNTS, AccountList, NewAccount
from service.domain.contacts.identified import Identified, Identities
from service.domain.contacts.identities import ANONYMOUS, GROUP, USER, identity
from service.domain.contacts.reads import one_at_a_time, with_explicit_grant
from service.domain.contacts.tracked import identified

__all__ = [
    "ACCOUNTS",
    "ANONYMOUS",
    "GROUP",
    "USER",
    "AccountList",
    "Identified",
    "Identities",
    "NewAccount",
    "identified",
    "identity",
    "one_at_a_time",
    "with_explicit_grant",
]
