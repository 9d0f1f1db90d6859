"""What callers send for steps: who does what, what it is like for them, where they meet the firm.

A step names touchpoints by id or key.
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import (
    WHOLE,
    Condition,
    Flag,
    Input,
    Items,
    Key,
    Line,
    Lines,
    Prose,
    Slug,
    Slugs,
)
from service.domain.words import Meaning, told

RATINGS = tuple(half / 2 for half in range(-4, 5))


def _half_point(value: float) -> float:
    if value not in RATINGS:
        allowed = ", ".join(f"{rating:g}" for rating in RATINGS)
        raise PydanticCustomError("rating", f"must be one of {allowed}")
    return value


Rating = Annotated[
    float,
    Strict(),
    AfterValidator(_half_point),
    Field(json_schema_extra={"minimum": -2, "maximum": 2, "multipleOf": 0.5}),
]
"""An emotion: -2 (rock bottom) to +2 (elated), half points allowed."""
Count = Annotated[int, Field(ge=0, le=1_000_000_000), WHOLE]

OutcomeMet = Annotated[
    Literal["met", "partly", "missed"],
    Meaning(
        "How the actual outcome of a step compares with the expected one.",
        {
            "met": "What they expected came about.",
            "partly": "Some of it did.",
            "missed": "It did not.",
        },
    ),
]
Use = Annotated[
    Literal["can", "does"],
    Meaning(
        "Whether a touchpoint is open to clients or taken by them.",
        {
            "can": "They could interact here.",
            "does": "They do interact here.",
        },
    ),
]


class PersonaRating(Input):
    """What one persona feels at a step."""

    shown_only = frozenset()
    persona_id: Annotated[UUID, told("Who feels it.", "0198c7f0-0000-7000-8000-000000000020")]
    rating: Annotated[Rating, told("From -2, rock bottom, to +2, elated; half points.", -1.5)]


class StepTouchpoint(Input):
    """A touchpoint met at a step, by id or by key. The id wins when both are given."""

    shown_only = frozenset()
    touchpoint_id: Annotated[
        UUID | None,
        told("Its id in the catalogue.", "0198c7f0-0000-7000-8000-000000000070"),
    ] = None
    key: Annotated[Key | None, told("Its key in the catalogue.", "hotline")] = None
    channel: Annotated[
        Slug | None, told("The channel at this step, where it is not the catalogue's.", "phone")
    ] = None
    device: Annotated[
        Slug | None, told("The device at this step, where it is not the catalogue's.", "mobile")
    ] = None
    use: Annotated[Use | None, told("Whether they could interact here, or do.", "does")] = None

    @model_validator(mode="after")
    def _names_one(self) -> "StepTouchpoint":
        if self.touchpoint_id is None and self.key is None:
            raise PydanticCustomError("required", "needs touchpoint_id or key")
        return self


class NewStep(Input):
    """One thing somebody does in a stage, perhaps in private."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"stage_id"}
    often_changed = ("emotion", "thoughts")
    key: Annotated[
        Key | None,
        told(
            "Unique among the steps of its map, made from the action if absent; it stays when the"
            " action is reworded, and transitions point at it.",
            "call-the-adviser",
        ),
    ] = None
    action: Annotated[Line, told("What they do, from their side.", "Call the adviser")]
    actors: Annotated[
        Slugs, told("Who does it, of those whose journey it is.", ["spouse 1", "spouse 2"])
    ] = Field(default_factory=list)
    private: Annotated[
        Flag, told("Happens out of our sight: spouses talking at the kitchen table.", False)
    ] = False
    motivations: Annotated[
        Lines, told("What moves them to take this step.", ["Be sure before the year ends"])
    ] = Field(default_factory=list)
    thoughts: Annotated[
        Lines, told("What goes through their mind, in their words.", ["Whom can I trust?"])
    ] = Field(default_factory=list)
    questions: Annotated[
        Items,
        told(
            "What they ask here; each is a subject for content, and a gap until some answers it.",
            [{"key": "fees", "text": "What does advice cost?", "topic": "price"}],
        ),
    ] = Field(default_factory=list)
    feelings: Annotated[
        Lines, told("What they feel, in words; the rating is in `emotion`.", ["nervous"])
    ] = Field(default_factory=list)
    expected_outcome: Annotated[
        Prose | None, told("What they hope comes of it.", "A date for a first talk")
    ] = None
    actual_outcome: Annotated[
        Prose | None, told("What does come of it.", "An answering machine")
    ] = None
    outcome_met: Annotated[
        OutcomeMet | None,
        told("How the two compare; `partly` and `missed` show as a gap.", "missed"),
    ] = None
    emotion: Annotated[
        Rating | None,
        told(
            "The emotion here, from -2 (rock bottom) over 0 (neutral) to +2 (elated), half points"
            " allowed. Null is unrated: a break in the curve, not a zero.",
            -1.5,
        ),
    ] = None
    emotions: Annotated[
        Annotated[list[PersonaRating], Field(max_length=50)],
        told("What single personas feel, where it differs from `emotion`."),
    ] = Field(default_factory=list)
    pains: Annotated[
        Items,
        told(
            "What hurts or holds them up here.",
            [{"key": "queue", "text": "Ten minutes in a queue", "topic": "speed"}],
        ),
    ] = Field(default_factory=list)
    reliefs: Annotated[Lines, told("What takes a load off them.", ["A human voice"])] = Field(
        default_factory=list
    )
    gains: Annotated[Lines, told("What they take away from it.", ["A clear next step"])] = Field(
        default_factory=list
    )
    touchpoints: Annotated[
        Annotated[list[StepTouchpoint], Field(max_length=50)],
        told("Where client and firm cross at this step; none is a gap, unless it is private."),
    ] = Field(default_factory=list)
    channel: Annotated[
        Slug | None, told("Its own channel; it wins over that of its first touchpoint.", "phone")
    ] = None
    device: Annotated[
        Slug | None, told("Its own device; it wins over that of its first touchpoint.", "mobile")
    ] = None
    department: Annotated[
        Slug | None,
        told("The front stage: who of us they deal with; wins over its touchpoint's.", "service"),
    ] = None
    backstage: Annotated[Lines, told("What we do behind the scenes.", ["Look up the file"])] = (
        Field(default_factory=list)
    )
    systems: Annotated[Slugs, told("What we do it with.", ["crm"])] = Field(default_factory=list)
    information_sources: Annotated[
        Lines, told("What they rely on to decide.", ["friends", "web search"])
    ] = Field(default_factory=list)
    waited_seconds: Annotated[Count | None, told("How long they wait here, in seconds.", 600)] = (
        None
    )
    form_fields: Annotated[Count | None, told("How many form fields they fill in here.", 12)] = None
    moment_of_truth: Annotated[
        Flag, told("People hold this step to make or break the relation.", True)
    ] = False
    decision_moment: Annotated[
        Flag, told("The point at which the firm can win the client.", False)
    ] = False
    journey_id: Annotated[
        UUID | None,
        told("The nested journey this step stands for.", "0198c7f0-0000-7000-8000-000000000041"),
    ] = None
    binding: Annotated[
        Condition,
        told(
            "Which real events are this step, as a condition; a bare text is an event's name.",
            {"field": "event", "op": "eq", "value": "Call Started"},
        ),
    ] = None


class PlacedStep(NewStep):
    """A step and its place. To move it to another stage, name that in `stage_id`."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only
    stage_id: Annotated[
        UUID | None,
        told("The stage to move it to, of the same map.", "0198c7f0-0000-7000-8000-000000000050"),
    ] = None
    after: Annotated[
        UUID | None,
        told("The step it follows; null: it is the first.", "0198c7f0-0000-7000-8000-000000000061"),
    ] = None
