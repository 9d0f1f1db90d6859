"""The response models: what the document shows, member by member."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Shown(BaseModel):
    """Read from the attributes of a mapped object."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class Item(Shown):
    key: str | None
    text: str
    topic: str | None


class Rating(Shown):
    persona_id: UUID
    rating: float


class Met(Shown):
    touchpoint_id: UUID
    key: str
    channel: str | None
    device: str | None
    use: str | None


class Resource(Shown):
    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class Step(Resource):
    stage_id: UUID
    key: str
    action: str
    actors: list[str]
    private: bool
    motivations: list[str]
    thoughts: list[str]
    questions: list[Item]
    feelings: list[str]
    expected_outcome: str | None
    actual_outcome: str | None
    outcome_met: str | None
    emotion: float | None
    emotions: list[Rating]
    pains: list[Item]
    reliefs: list[str]
    gains: list[str]
    touchpoints: list[Met]
    channel: str | None
    device: str | None
    department: str | None
    backstage: list[str]
    systems: list[str]
    information_sources: list[str]
    waited_seconds: int | None
    form_fields: int | None
    moment_of_truth: bool
    decision_moment: bool
    journey_id: UUID | None = Field(validation_alias="nested_journey_id")
    binding: Any


class Stage(Resource):
    journey_id: UUID
    key: str
    name: str
    description: str | None
    phase: str | None
    funnel_stage: str | None
    goals: list[str]
    expectations: list[str]
    needs: list[str]
    feelings: list[str]
    frustrations: list[str]
    reliefs: list[str]
    decision_factors: list[str]
    questions: list[Item]
    objections: list[Item]
    steps: list[Step]


class Transition(Resource):
    journey_id: UUID
    from_: str = Field(serialization_alias="from")
    to: str
    kind: str
    condition: str | None
    probability: float | None
    expected_seconds: float | None
    hands_over: str | None
    received_by: str | None


class Name(Shown):
    source: str
    id: str


class Money(Shown):
    amount: Decimal
    currency: str


class Journey(Resource):
    external_ids: list[Name]
    title: str
    scenario: str | None
    occasion: str | None
    perspective: str
    status: str
    persona_ids: list[UUID]
    locale: str | None
    tags: list[str]
    campaigns: list[str]
    template: str | None
    scope: dict[str, str | None] | None
    goal: Any
    value_per_conversion: Money | None
    as_is_id: UUID | None
    variant_of: UUID | None
    variant_axes: dict[str, str]
    next_journey_ids: list[UUID]
    stages: list[Stage]
    transitions: list[Transition]
