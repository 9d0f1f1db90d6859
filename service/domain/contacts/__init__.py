"""People, organisations, identifiers, merges and consents."""

from service.domain.contacts.identities import ANONYMOUS, GROUP, USER, identity

__all__ = ["ANONYMOUS", "GROUP", "USER", "identity"]
