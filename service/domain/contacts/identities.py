"""The identities of this slice, which events know as well."""

from service.domain.identities import ANONYMOUS, GROUP, USER, identity

__all__ = ["ANONYMOUS", "GROUP", "USER", "identity"]
