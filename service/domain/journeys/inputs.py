"""What callers send for maps, their stages and transitions: the body of a journey.

`from` and `to` of a transition are step keys.
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, Strict

from service.domain.inputs import (
    Condition,
    ExternalIds,
    Input,
    Items,
    Key,
    Line,
    Lines,
    Phase,
    Prose,
    Slug,
    Slugs,
)
from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS, MOST_TRANSITIONS
from service.domain.journeys.step_inputs import NewStep
from service.domain.money import Money
from service.domain.paging import ListQuery
from service.domain.words import Meaning, told

Seconds = Annotated[float, Strict(), Field(ge=0, le=1e10)]
Perspective = Annotated[
    Literal["as_is", "to_be"],
    Meaning(
        "Whether a map shows today or a better tomorrow.",
        {
            "as_is": "How it is today.",
            "to_be": "How it shall become.",
        },
        "JourneyPerspective",
    ),
]
TransitionKind = Annotated[
    Literal["planned", "alternative", "detour", "return"],
    Meaning(
        "What an edge between two steps stands for.",
        {
            "planned": "The way the map's authors foresee.",
            "alternative": "Another way that is as good.",
            "detour": "A way round, by an unexpected stop.",
            "return": "Back to an earlier step.",
        },
    ),
]


class NewStage(Input):
    """A phase of the journey, named from the client's side."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"journey_id"}
    often_changed = ("name", "goals")
    key: Annotated[
        Key | None,
        told(
            "Unique among the stages of its map, made from the name if absent; it stays when the"
            " name changes.",
            "looking-around",
        ),
    ] = None
    name: Annotated[
        Line, told("The stage as the client would call it, not the seller.", "We look around")
    ]
    description: Annotated[
        Prose | None, told("What goes on in it.", "They compare three advisers and two banks.")
    ] = None
    phase: Annotated[Phase | None, told("The part of the relation it lies in.", "prospect")] = None
    funnel_stage: Annotated[
        Slug | None,
        told(
            "The stage of the sales funnel beside it: awareness, interest, consideration, intent,"
            " purchase, retention, advocacy, or one of your own.",
            "consideration",
        ),
    ] = None
    goals: Annotated[Lines, told("What they want to get done.", ["A list of three"])] = Field(
        default_factory=list
    )
    expectations: Annotated[Lines, told("What they take for granted.", ["A quick answer"])] = Field(
        default_factory=list
    )
    needs: Annotated[Lines, told("What they need for it.", ["Prices side by side"])] = Field(
        default_factory=list
    )
    questions: Annotated[
        Items,
        told(
            "What they ask throughout the stage.",
            [{"key": "difference", "text": "What sets you apart?", "topic": "product"}],
        ),
    ] = Field(default_factory=list)
    feelings: Annotated[Lines, told("What they feel.", ["unsure", "curious"])] = Field(
        default_factory=list
    )
    frustrations: Annotated[Lines, told("What annoys them.", ["Jargon"])] = Field(
        default_factory=list
    )
    reliefs: Annotated[Lines, told("Moments of relief.", ["A checklist that fits"])] = Field(
        default_factory=list
    )
    decision_factors: Annotated[
        Lines, told("What shapes their decision in the end.", ["Fees", "A friend's word"])
    ] = Field(default_factory=list)
    objections: Annotated[
        Items,
        told(
            "What they hold against us.",
            [{"key": "later", "text": "There is no hurry", "topic": "effort"}],
        ),
    ] = Field(default_factory=list)
    steps: Annotated[
        Annotated[list[NewStep], Field(max_length=MOST_STEPS)],
        told("What they do in it, in order. A known key keeps its id; others come and go."),
    ] = Field(default_factory=list)


class NewTransition(Input):
    """A directed edge between two steps, told by their keys."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"journey_id"}
    often_changed = ("kind", "condition")
    from_: Annotated[
        Key, Field(alias="from"), told("The key of the step it leaves.", "search-online")
    ]
    to: Annotated[Key, told("The key of the step it leads to.", "call-the-adviser")]
    kind: Annotated[TransitionKind, told("What it stands for.", "detour")] = "planned"
    condition: Annotated[
        Prose | None, told("When they take it, in words.", "When nobody answers the mail")
    ] = None
    probability: Annotated[
        Annotated[float, Strict(), Field(ge=0, le=1)] | None,
        told("How likely they take it, as its authors estimate: 0 to 1.", 0.25),
    ] = None
    expected_seconds: Annotated[
        Seconds | None,
        told("How long it should take, in seconds; 0 and null are unknown.", 86400),
    ] = None
    hands_over: Annotated[
        Prose | None, told("What is handed over at a crossing.", "The notes of the first talk")
    ] = None
    received_by: Annotated[
        Slug | None, told("Who takes it; with both named, the crossing is managed.", "branch")
    ] = None


class JourneyScope(Input):
    """The part of the life cycle that a map covers."""

    shown_only = frozenset()
    from_: Annotated[
        Line | None, Field(alias="from"), told("The stage it begins with.", "unaware")
    ] = None
    to: Annotated[Line | None, told("The stage it ends with.", "decision")] = None


class NewJourney(Input):
    """A whole map. Stages and steps with a known key keep their id; others come and go."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"picture", "restored"}
    often_changed = ("title", "status")
    title: Annotated[Line, told("How people call the map.", "Finding a financial adviser")]
    scenario: Annotated[
        Prose | None,
        told("The situation it is about; one map, one scenario.", "Three years to retirement"),
    ] = None
    occasion: Annotated[Prose | None, told("What sets it off.", "An inheritance")] = None
    perspective: Annotated[Perspective, told("Today, or a better tomorrow.", "as_is")] = "as_is"
    status: Annotated[Slug, told("Where work on the map stands, in your own words.", "draft")] = (
        "draft"
    )
    persona_ids: Annotated[
        Annotated[list[UUID], Field(max_length=50)],
        told("Whose journey it is: all of one kind.", ["0198c7f0-0000-7000-8000-000000000020"]),
    ] = Field(default_factory=list)
    locale: Annotated[
        Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] | None,
        told("The language its texts are written in (BCP 47).", "de-AT"),
    ] = None
    tags: Annotated[Slugs, told("Labels to find it by.", ["pilot"])] = Field(default_factory=list)
    campaigns: Annotated[Slugs, told("Campaigns that lead people onto it.", ["autumn"])] = Field(
        default_factory=list
    )
    template: Annotated[
        Slug | None,
        told(
            "The id or key of a template. Without stages sent, a map gets the template's, in the"
            " language of `locale`, else of Accept-Language.",
            "adviser",
        ),
    ] = None
    scope: Annotated[
        JourneyScope | None,
        told(
            "The part of the life cycle it covers; null: all of it.",
            {"from": "unaware", "to": "decision"},
        ),
    ] = None
    goal: Annotated[
        Condition,
        told(
            "What counts as a conversion: a condition on events, or the name of one.",
            {"field": "event", "op": "eq", "value": "Contract Signed"},
        ),
    ] = None
    value_per_conversion: Annotated[
        Money | None,
        told(
            "What one conversion is worth; it prices what a gap loses.",
            {"amount": 1250.5, "currency": "EUR"},
        ),
    ] = None
    as_is_id: Annotated[
        UUID | None,
        told("The as-is map this to-be map improves.", "0198c7f0-0000-7000-8000-000000000042"),
    ] = None
    variant_of: Annotated[
        UUID | None,
        told("The map this one varies.", "0198c7f0-0000-7000-8000-000000000040"),
    ] = None
    variant_axes: Annotated[
        Annotated[dict[Slug, Slug], Field(max_length=20)],
        told("In what it varies, axis to value.", {"client_type": "near retirement"}),
    ] = Field(default_factory=dict)
    next_journey_ids: Annotated[
        Annotated[list[UUID], Field(max_length=50)],
        told("The journeys that follow it.", ["0198c7f0-0000-7000-8000-000000000041"]),
    ] = Field(default_factory=list)
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )
    stages: Annotated[
        Annotated[list[NewStage], Field(max_length=MOST_STAGES)],
        told("Its phases in order. A known key keeps its id; others come and go."),
    ] = Field(default_factory=list)
    transitions: Annotated[
        Annotated[list[NewTransition], Field(max_length=MOST_TRANSITIONS)] | None,
        told("Its edges. Absent: neighbouring steps are tied by planned ones.", []),
    ] = None


class PlacedStage(NewStage):
    """A stage and its place."""

    after: Annotated[
        UUID | None,
        told(
            "The stage it follows; null: it is the first.", "0198c7f0-0000-7000-8000-000000000051"
        ),
    ] = None


class JourneyList(ListQuery):
    """Journeys by what they are for."""

    persona_id: Annotated[
        UUID | None,
        told("Only those this persona takes.", "0198c7f0-0000-7000-8000-000000000020"),
    ] = None
    perspective: Annotated[Perspective | None, told("Only those that show this.", "as_is")] = None
    status: Annotated[Slug | None, told("Only those with this status.", "draft")] = None
    tag: Annotated[Slug | None, told("Only those with this tag among theirs.", "pilot")] = None
    campaign: Annotated[Slug | None, told("Only those this campaign leads to.", "autumn")] = None
    variant_of: Annotated[
        UUID | None,
        told("Only the variants of this map.", "0198c7f0-0000-7000-8000-000000000040"),
    ] = None
    as_is_id: Annotated[
        UUID | None,
        told("Only to-be maps of this as-is map.", "0198c7f0-0000-7000-8000-000000000042"),
    ] = None
    nests: Annotated[
        UUID | None,
        told(
            "Only those in which a step stands for this map.",
            "0198c7f0-0000-7000-8000-000000000041",
        ),
    ] = None


class PartList(ListQuery):
    """The parts of a whole, in their order."""
