"""Purposes, what people say of them, and how consents are asked for."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from service.domain.inputs import (
    WHOLE,
    ExternalIds,
    Flag,
    Input,
    Key,
    Line,
    Prose,
    Slug,
)
from service.domain.paging import ListQuery
from service.domain.times import Instant
from service.domain.words import Meaning, told

LegalBasis = Annotated[
    Literal[
        "consent",
        "contract",
        "legal_obligation",
        "vital_interests",
        "public_task",
        "legitimate_interests",
    ],
    Meaning(
        "What allows a purpose.",
        {
            "consent": "The person has agreed: without a grant nobody is addressed or analysed.",
            "contract": "It is needed to fulfil a contract with the person.",
            "legal_obligation": "A law asks for it.",
            "vital_interests": "A life depends on it.",
            "public_task": "It is done in the public interest.",
            "legitimate_interests": "It is in our interest; whoever objects is left out.",
        },
        "LegalBasis",
    ),
]


ConsentState = Annotated[
    Literal["granted", "withdrawn", "expired", "none"],
    Meaning(
        "What a person said of a purpose last.",
        {
            "granted": "Yes, and it still holds.",
            "withdrawn": "No: not any more, or an objection.",
            "expired": "Yes, and its time is over.",
            "none": "Nothing.",
        },
        "ConsentState",
    ),
]
ConsentReason = Annotated[
    Literal["granted", "not_needed", "never_granted", "withdrawn", "expired", "restricted"],
    Meaning(
        "Why a person may, or may not, be used for a purpose.",
        {
            "granted": "They have agreed.",
            "not_needed": "The purpose does not rest on consent, and they have not objected.",
            "never_granted": "The purpose rests on consent, and they have not given any.",
            "withdrawn": "They have withdrawn, or objected.",
            "expired": "The purpose rests on consent, and theirs is over.",
            "restricted": "Whatever is held of them is kept, and not used.",
        },
        "ConsentReason",
    ),
]


class NewConsentPurpose(Input):
    """What people are addressed or analysed for, and what allows it."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"built_in"}
    often_changed = ("text", "text_version")
    key: Annotated[
        Key, told("What consents and filters call it; it stays as it was made.", "newsletter")
    ]
    name: Annotated[Line, told("What people call it.", "The newsletter")]
    description: Annotated[Prose | None, told("What is done for it.", "A letter a month.")] = None
    legal_basis: Annotated[LegalBasis, told("What allows it.", "consent")]
    channel: Annotated[Slug | None, told("By which channel people are addressed.", "email")] = None
    text: Annotated[
        Prose | None, told("The text that people are shown.", "Yes, write to me once a month.")
    ] = None
    text_version: Annotated[Line | None, told("Which version of the text that is.", "2026-05")] = (
        None
    )
    expires_after_days: Annotated[
        Annotated[int, Field(ge=1, le=36_500), WHOLE] | None,
        told("Days of 24 hours after which a grant expires; null: never.", 730),
    ] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class ConsentPurposeList(ListQuery):
    """Purposes by what allows them."""

    key: Annotated[Key | None, told("Only the one of this key.", "newsletter")] = None
    legal_basis: Annotated[LegalBasis | None, told("Only those that rest on this.", "consent")] = (
        None
    )
    channel: Annotated[Slug | None, told("Only those of this channel.", "email")] = None


class NewConsent(Input):
    """What a person says of a purpose: a grant or a withdrawal. It is written once, for ever."""

    shown_only: ClassVar[frozenset[str]] = frozenset({"id", "contact_id", "recorded_at", "person"})
    purpose: Annotated[Key, told("The key of the purpose.", "newsletter")]
    granted: Annotated[Flag, told("True: agrees; false: withdraws, or objects.", True)]
    at: Annotated[
        Instant | None,
        told("When it was said, at most a day ahead; by default now.", "2026-05-01T09:30:00Z"),
    ] = None
    means: Annotated[
        Line | None, told("How it was said: a form, a signature, a call.", "form at the fair")
    ] = None
    text_version: Annotated[
        Line | None, told("Which version of the purpose's text was shown.", "2026-05")
    ] = None
    until: Annotated[
        Instant | None,
        told("Of a grant: when it ends, if before the purpose ends it.", "2028-05-01T00:00:00Z"),
    ] = None


class PurposeStanding(Input):
    """How a person stands to one purpose now."""

    shown_only = frozenset()
    purpose: Annotated[Key, told("The key of the purpose.", "newsletter")]
    legal_basis: Annotated[LegalBasis, told("What allows it.", "consent")]
    state: Annotated[ConsentState, told("What was said of it last.", "granted")]
    usable: Annotated[
        bool, told("Whether the person may be addressed, or analysed, for it now.", True)
    ]
    reason: Annotated[ConsentReason, told("Why they may, or may not.", "granted")]
    since: Annotated[
        Instant | None,
        told("When the last word was said; null: nothing was.", "2026-05-01T09:30:00Z"),
    ]
    until: Annotated[
        Instant | None,
        told("When the last grant ends, or did; null: never, or none.", "2028-05-01T00:00:00Z"),
    ]


class ConsentList(ListQuery):
    """What a person has said, by purpose."""

    purpose: Annotated[Key | None, told("Only what was said of this purpose.", "newsletter")] = None
