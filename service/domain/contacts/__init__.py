"""People, organisations, identifiers, merges and consents."""

from service.domain.contacts.identities import ANONYMOUS, GROUP, USER, identity
from service.domain.contacts.tables import contact_identifiers, contacts

__all__ = ["ANONYMOUS", "GROUP", "USER", "contact_identifiers", "contacts", "identity"]
