"""Who granted that sensitive data are held of them: by the one rule of consent."""

from service.domain.contacts.consents.grants.reads import (
    unsettled,
    with_explicit_grant,
    with_own_grant,
)

__all__ = ["unsettled", "with_explicit_grant", "with_own_grant"]
