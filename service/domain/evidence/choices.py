"""The words that a finding's kind, source, status and sentiment may hold."""

from typing import Annotated, Literal

from service.domain.words import Meaning

EvidenceKind = Annotated[
    Literal["analytical", "anecdotal"],
    Meaning(
        "Whether a finding counts or tells.",
        {
            "analytical": "Counted or measured: a figure, a survey, site analytics.",
            "anecdotal": "Told: what one person said, wrote or did.",
        },
    ),
]
SourceKind = Annotated[
    Literal[
        "review",
        "lead_note",
        "workshop",
        "expert",
        "interview",
        "survey",
        "poll",
        "round_table",
        "conversation",
        "sales",
        "service_entry",
        "social_listening",
        "walkthrough",
        "analytics",
        "ads",
    ],
    Meaning(
        "How a finding was collected.",
        {
            "review": "What customers write on review pages.",
            "lead_note": "Notes from nurturing leads: worries, obstacles.",
            "workshop": "Customers taking part in mapping.",
            "expert": "Somebody from outside who knows the field.",
            "interview": "A talk with one customer.",
            "survey": "A questionnaire.",
            "poll": "One question to many.",
            "round_table": "Several customers talking with each other.",
            "conversation": "Talk at an event or elsewhere.",
            "sales": "What those who sell hear.",
            "service_entry": "What service staff enter in the CRM.",
            "social_listening": "What is said on social channels.",
            "walkthrough": "Walking the route oneself.",
            "analytics": "How people use site or app.",
            "ads": "What paid media report.",
        },
        "EvidenceSourceKind",
    ),
]
EvidenceStatus = Annotated[
    Literal["assumption", "observed", "validated"],
    Meaning(
        "How sure a finding is.",
        {
            "assumption": "We believe it; nobody has looked.",
            "observed": "Seen or heard, once or more.",
            "validated": "Confirmed by another source or kind.",
        },
    ),
]
Severity = Annotated[
    Literal["low", "medium", "high"],
    Meaning(
        "How much a finding hurts those it is about.",
        {
            "low": "They notice, and go on.",
            "medium": "It costs them time or trust.",
            "high": "It makes them turn away.",
        },
    ),
]
Basis = Annotated[
    Literal["sent", "rating", "scored"],
    Meaning(
        "What a sentiment rests on.",
        {
            "sent": "A caller said it.",
            "rating": "The rating, on the line between the ends of its scale.",
            "scored": "The words of an English text, by the lexicon and rules of VADER.",
        },
        "EvidenceSentimentBasis",
    ),
]
NoSentiment = Annotated[
    Literal["no_text", "not_english", "language_unknown", "too_long", "no_known_words"],
    Meaning(
        "Why a finding has no sentiment.",
        {
            "no_text": "There are no words to score.",
            "not_english": "Its language is another than English, which alone is scored.",
            "language_unknown": "No language is told, and the text is not English beyond doubt.",
            "too_long": "More than 10,000 characters.",
            "no_known_words": "None of its words says how somebody feels.",
        },
        "EvidenceSentimentReason",
    ),
]
