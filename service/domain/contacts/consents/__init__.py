"""What people agreed to: purposes, the ledger, and the rule that says who may be used for what."""

from service.domain.contacts.consents.grants import (
    unsettled,
    with_explicit_grant,
    with_own_grant,
)
from service.domain.contacts.consents.inputs import (
    ConsentList,
    ConsentPurposeList,
    LegalBasis,
    NewConsent,
    NewConsentPurpose,
    PurposeStanding,
)
from service.domain.contacts.consents.reads import (
    consent_states,
    consents_of,
    standings,
    words_about_sensitive,
)
from service.domain.contacts.consents.rule.reads import (
    excluded_since,
    exclusions,
    may_be_used,
    restricted,
)
from service.domain.contacts.consents.shape import (
    ANALYTICS,
    CONSENTS,
    EMAIL_MARKETING,
    SENSITIVE_DATA,
)
from service.domain.contacts.consents.standing import (
    ALWAYS,
    Entry,
    Standing,
    Terms,
    is_granted,
    standing,
)
from service.domain.contacts.consents.writes import PURPOSES, enter

__all__ = [
    "ALWAYS",
    "ANALYTICS",
    "CONSENTS",
    "EMAIL_MARKETING",
    "PURPOSES",
    "SENSITIVE_DATA",
    "ConsentList",
    "ConsentPurposeList",
    "Entry",
    "LegalBasis",
    "NewConsent",
    "NewConsentPurpose",
    "PurposeStanding",
    "Standing",
    "Terms",
    "consent_states",
    "consents_of",
    "enter",
    "excluded_since",
    "exclusions",
    "is_granted",
    "may_be_used",
    "restricted",
    "standing",
    "standings",
    "unsettled",
    "with_explicit_grant",
    "with_own_grant",
    "words_about_sensitive",
]
