"""What callers send for the vocabulary."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import ExternalIds, Flag, Input, Line, Slug
from service.domain.paging import ListQuery
from service.domain.words import Meaning, told

WordKind = Annotated[
    Literal["channel", "device", "department", "actor", "topic"],
    Meaning(
        "What a word names.",
        {
            "channel": "A way of meeting: web, phone, branch.",
            "device": "What clients use: mobile, desktop.",
            "department": "Who of us is involved.",
            "actor": "Who acts in a step.",
            "topic": "What a question, pain or objection is about.",
        },
        "VocabularyKind",
    ),
]


class VocabularyUses(Input):
    """Where a word is used, and how often."""

    shown_only = frozenset()
    steps: Annotated[int, told("As a step's own, among its actors, or as a topic there.", 3)]
    step_touchpoints: Annotated[int, told("Of touchpoints as met at steps.", 3)]
    stages: Annotated[int, told("As a topic of a stage.", 3)]
    transitions: Annotated[int, told("As who receives what is handed over.", 3)]
    touchpoints: Annotated[int, told("Of the catalogue's own.", 3)]
    activities: Annotated[int, told("As who carries out a touchpoint's activity.", 3)]
    vocabulary: Annotated[int, told("As who owns a word.", 3)]
    evidence: Annotated[int, told("Of findings: where they come from, what they are on.", 3)] = 0
    evidence_sources: Annotated[int, told("As who conducted a talk or survey.", 3)] = 0
    actions: Annotated[int, told("As who carries out an action.", 3)] = 0
    reviews: Annotated[int, told("As who is asked in a review.", 3)] = 0
    review_sign_offs: Annotated[int, told("As who signed off a review.", 3)] = 0
    kpis: Annotated[int, told("As who owns a KPI.", 3)] = 0


class NewVocabularyEntry(Input):
    """A word that maps and touchpoints use: a channel, device, department, actor or topic."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("declared", "stands_for", "use_count", "uses")
    }
    kind: Annotated[WordKind, told("What it names.", "channel")]
    slug: Annotated[
        Slug, told("The word itself. Changing it changes it wherever it is used.", "website")
    ]
    label: Annotated[Line | None, told("How people read it; absent: the slug.", "Our website")] = (
        None
    )
    alias_of: Annotated[
        UUID | None,
        told(
            "The word that is stored instead of this one.",
            None,
            "0198c7f0-0000-7000-8000-000000000086",
        ),
    ] = None
    owner: Annotated[Slug | None, told("The department that owns it.", "marketing")] = None
    present: Annotated[Flag | None, told("Whether we are there; null: unknown.", True)] = None
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class Merge(Input):
    """Into which word another goes."""

    shown_only = frozenset()
    into: Annotated[
        UUID,
        told(
            "The word that stays; the other becomes an alias of it.",
            "0198c7f0-0000-7000-8000-000000000086",
        ),
    ]


class VocabularyList(ListQuery):
    """Words by kind."""

    kind: Annotated[WordKind | None, told("Only those that name this.", "channel")] = None
    slug: Annotated[Slug | None, told("Only this word.", "website")] = None
    alias_of: Annotated[
        UUID | None,
        told("Only the aliases of this word.", "0198c7f0-0000-7000-8000-000000000086"),
    ] = None
    owner: Annotated[Slug | None, told("Only those this department owns.", "marketing")] = None
    present: Annotated[bool | None, told("Whether we are there.", True)] = None
    declared: Annotated[bool | None, told("False: only used, declared by nobody.", False)] = None
