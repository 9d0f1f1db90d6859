"""What callers send for maps, their parts, and touchpoints: the body of a journey.

`from` and `to` of a transition are step keys; a step names touchpoints by id or key.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import (
    Condition,
    ExternalIds,
    Flag,
    Input,
    Items,
    Key,
    Line,
    Lines,
    Money,
    Phase,
    Prose,
    Slug,
    Slugs,
)
from service.domain.paging import ListQuery

MOST_STAGES = 100
MOST_STEPS = 500
MOST_TRANSITIONS = 2000

RATINGS = tuple(half / 2 for half in range(-4, 5))


def _half_point(value: float) -> float:
    if value not in RATINGS:
        allowed = ", ".join(f"{rating:g}" for rating in RATINGS)
        raise PydanticCustomError("rating", f"must be one of {allowed}")
    return value


def _number(value: object) -> object:
    # Not strict: JSON has one kind of number, and 5.0 is as whole as 5.
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "must be a whole number")
    return value


Rating = Annotated[
    float,
    Strict(),
    AfterValidator(_half_point),
    Field(json_schema_extra={"minimum": -2, "maximum": 2, "multipleOf": 0.5}),
]
"""An emotion: -2 (rock bottom) to +2 (elated), half points allowed."""
Seconds = Annotated[float, Strict(), Field(ge=0, le=1e10)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000), BeforeValidator(_number)]


class PersonaRating(Input):
    """What one persona feels at a step."""

    shown_only = frozenset()
    persona_id: UUID
    rating: Rating


class StepTouchpoint(Input):
    """A touchpoint met at a step, by id or by key. The id wins when both are given."""

    shown_only = frozenset()
    touchpoint_id: UUID | None = None
    key: Key | None = None
    channel: Slug | None = None
    device: Slug | None = None
    use: Literal["can", "does"] | None = Field(
        None, description="Whether they could interact here, or do."
    )

    @model_validator(mode="after")
    def _names_one(self) -> "StepTouchpoint":
        if self.touchpoint_id is None and self.key is None:
            raise PydanticCustomError("required", "needs touchpoint_id or key")
        return self


class NewStep(Input):
    """One thing somebody does in a stage, perhaps in private."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"stage_id"}
    key: Key | None = None
    action: Line
    actors: Slugs = Field(default_factory=list)
    private: Flag = Field(False, description="Happens out of our sight.")
    motivations: Lines = Field(default_factory=list)
    thoughts: Lines = Field(default_factory=list)
    questions: Items = Field(default_factory=list)
    feelings: Lines = Field(default_factory=list)
    expected_outcome: Prose | None = None
    actual_outcome: Prose | None = None
    outcome_met: Literal["met", "partly", "missed"] | None = None
    emotion: Rating | None = None
    emotions: Annotated[list[PersonaRating], Field(max_length=50)] = Field(default_factory=list)
    pains: Items = Field(default_factory=list)
    reliefs: Lines = Field(default_factory=list)
    gains: Lines = Field(default_factory=list)
    touchpoints: Annotated[list[StepTouchpoint], Field(max_length=50)] = Field(default_factory=list)
    channel: Slug | None = None
    device: Slug | None = None
    department: Slug | None = Field(None, description="The front stage.")
    backstage: Lines = Field(default_factory=list)
    systems: Slugs = Field(default_factory=list)
    information_sources: Lines = Field(default_factory=list)
    waited_seconds: Count | None = None
    form_fields: Count | None = None
    moment_of_truth: Flag = False
    decision_moment: Flag = Field(False, description="Where the firm can win the client.")
    journey_id: UUID | None = Field(None, description="The nested journey this step stands for.")
    binding: Condition = None


class NewStage(Input):
    """A phase of the journey, named from the client's side."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"journey_id"}
    key: Key | None = None
    name: Line
    description: Prose | None = None
    phase: Phase | None = None
    funnel_stage: Slug | None = None
    goals: Lines = Field(default_factory=list)
    expectations: Lines = Field(default_factory=list)
    needs: Lines = Field(default_factory=list)
    questions: Items = Field(default_factory=list)
    feelings: Lines = Field(default_factory=list)
    frustrations: Lines = Field(default_factory=list)
    reliefs: Lines = Field(default_factory=list)
    decision_factors: Lines = Field(default_factory=list)
    objections: Items = Field(default_factory=list)
    steps: Annotated[list[NewStep], Field(max_length=MOST_STEPS)] = Field(default_factory=list)


class NewTransition(Input):
    """A directed edge between two steps, told by their keys."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {"journey_id"}
    from_: Key = Field(alias="from")
    to: Key
    kind: Literal["planned", "alternative", "detour", "return"] = "planned"
    condition: Prose | None = None
    probability: Annotated[float, Strict(), Field(ge=0, le=1)] | None = None
    expected_seconds: Seconds | None = None
    hands_over: Prose | None = Field(None, description="What is handed over at a crossing.")
    received_by: Slug | None = Field(None, description="Who takes it.")


class JourneyScope(Input):
    """The part of the life cycle that a map covers."""

    shown_only = frozenset()
    from_: Line | None = Field(None, alias="from")
    to: Line | None = None


class NewJourney(Input):
    """A whole map. Stages and steps with a known key keep their id; others come and go."""

    title: Line
    scenario: Prose | None = None
    occasion: Prose | None = None
    perspective: Literal["as_is", "to_be"] = "as_is"
    status: Slug = "draft"
    persona_ids: Annotated[list[UUID], Field(max_length=50)] = Field(default_factory=list)
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] | None = None
    tags: Slugs = Field(default_factory=list)
    campaigns: Slugs = Field(default_factory=list)
    template: Slug | None = Field(
        None,
        description="The id or key of a template. Without stages sent, a map gets the template's, "
        "in the language of `locale`, else of Accept-Language.",
    )
    scope: JourneyScope | None = None
    goal: Condition = None
    value_per_conversion: Money | None = None
    as_is_id: UUID | None = Field(None, description="The as-is map this to-be map improves.")
    variant_of: UUID | None = None
    variant_axes: Annotated[dict[Slug, Slug], Field(max_length=20)] = Field(default_factory=dict)
    next_journey_ids: Annotated[list[UUID], Field(max_length=50)] = Field(default_factory=list)
    external_ids: ExternalIds = Field(default_factory=list)
    stages: Annotated[list[NewStage], Field(max_length=MOST_STAGES)] = Field(default_factory=list)
    transitions: Annotated[list[NewTransition], Field(max_length=MOST_TRANSITIONS)] | None = Field(
        None, description="Absent: neighbouring steps are tied by planned ones."
    )


class PlacedStage(NewStage):
    """A stage and its place."""

    after: UUID | None = Field(None, description="The stage it follows; null: it is the first.")


class PlacedStep(NewStep):
    """A step and its place. To move it to another stage, name that in `stage_id`."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only
    stage_id: UUID | None = None
    after: UUID | None = Field(None, description="The step it follows; null: it is the first.")


class Activity(Input):
    """A marketing activity planned at a touchpoint."""

    shown_only = frozenset()
    name: Line
    kind: Slug | None = None
    content_ids: Annotated[list[UUID], Field(max_length=50)] = Field(default_factory=list)
    department: Slug | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    cost: Money | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> "Activity":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise PydanticCustomError("wrong_bounds", "ends_on must not be before starts_on")
        return self


class NewTouchpoint(Input):
    """Where client and firm cross: an entry of the catalogue."""

    key: Key | None = None
    name: Line
    description: Prose | None = None
    phase: Phase | None = None
    channel: Slug | None = None
    device: Slug | None = None
    department: Slug | None = Field(None, description="Who owns it.")
    party: Literal["own", "paid", "earned", "competitor"] = "own"
    status: Literal["suspected", "confirmed", "deprecated"] = "suspected"
    activities: Annotated[list[Activity], Field(max_length=100)] = Field(default_factory=list)
    binding: Condition = None
    external_ids: ExternalIds = Field(default_factory=list)


class JourneyList(ListQuery):
    """Journeys by what they are for."""

    persona_id: UUID | None = None
    perspective: Literal["as_is", "to_be"] | None = None
    status: Slug | None = None
    tag: Slug | None = None
    campaign: Slug | None = None
    variant_of: UUID | None = None
    as_is_id: UUID | None = None


class TouchpointList(ListQuery):
    """Touchpoints by where they are and whose."""

    key: Key | None = None
    phase: Phase | None = None
    channel: Slug | None = None
    device: Slug | None = None
    department: Slug | None = None
    party: Slug | None = None
    status: Slug | None = None


class PartList(ListQuery):
    """The parts of a whole, in their order."""
