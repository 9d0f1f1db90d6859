"""What challenges, coverage and plan are computed from: a map and what hangs on it, as stored."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

from service.domain.answers import told
from service.domain.insights.rules import is_ours

ChallengeKind = Literal["question", "pain", "objection"]


class Item(Struct, frozen=True, gc=False):
    """A question, pain or objection."""

    key: str
    text: str
    topic: str | None = None


Money = Decimal
"""An exact number; on the way out a JSON number."""


class Amount(Struct, frozen=True, gc=False):
    """An amount with its ISO 4217 currency."""

    amount: Annotated[Money, told("How much it is.", 1250.5)]
    currency: Annotated[str, told("The ISO 4217 code.", "EUR")]


class Stage(Struct, frozen=True, gc=False):
    """A stage, in the journey's order."""

    id: str
    key: str
    name: str
    phase: str | None
    funnel_stage: str | None
    goals: list[str]
    decision_factors: list[str]
    questions: list[Item]
    objections: list[Item]


class Step(Struct, frozen=True, gc=False):
    """A step, in the journey's order."""

    id: str
    key: str
    stage_id: str
    action: str
    private: bool
    department: str | None
    questions: list[Item]
    pains: list[Item]
    touchpoint_ids: list[str]
    nested: bool = False


class Activity(Struct, frozen=True, gc=False):
    """A marketing activity planned at a touchpoint."""

    name: str
    kind: str | None = None
    department: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    cost: Amount | None = None
    content_ids: list[str] = []


class Touchpoint(Struct, frozen=True, gc=False):
    """An entry of the catalogue."""

    id: str
    key: str
    name: str
    channel: str | None
    department: str | None
    party: str
    status: str
    activities: list[Activity]

    @property
    def ours(self) -> bool:
        """Whether we are there."""
        return is_ours(self.party, self.status)


class Answer(Struct, frozen=True, gc=False):
    """What an item of content answers in this map, by keys."""

    stage_key: str | None
    step_key: str | None
    item_key: str


class Content(Struct, frozen=True, gc=False):
    """An item of the library."""

    id: str
    key: str
    title: str
    kind: str | None
    language: str | None
    url: str | None
    stage: str | None
    published_on: date | None
    cost: Amount | None
    touchpoint_ids: list[str]
    profile_ids: list[str]
    persona_ids: list[str]
    answers: list[Answer]


class Target(Struct, frozen=True, gc=False):
    """What an action answers in this map."""

    stage_id: str | None
    step_id: str | None
    item_key: str | None


class Action(Struct, frozen=True, gc=False):
    """An item of the plan."""

    id: str
    title: str
    kind: str
    status: str
    department: str | None
    due_on: date | None
    effort: float | None
    impact: float | None
    cost: Amount | None
    gap_ids: list[str]
    content_ids: list[str]
    targets: list[Target]


class Persona(Struct, frozen=True, gc=False):
    """Whose journey it is."""

    id: str
    profile_id: str | None
    name: str = ""


class Finding(Struct, frozen=True, gc=False):
    """A finding about a stage or step: once for each that it is about."""

    id: str
    kind: str
    stage_id: str | None
    step_id: str | None
    status: str = "observed"
    weight: float = 1.0
    left_out: str | None = None


class Scope(Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """The part of the life cycle that a map covers, by keys of stages."""

    from_: str | None = None
    to: str | None = None


class Shared(Struct, frozen=True):
    """What a workspace has for all its maps. What was not asked for is empty."""

    touchpoints: list[Touchpoint] = []
    departments: list[str] = []


class Material(Struct, frozen=True):
    """A map and what hangs on it. What was not asked for is empty."""

    title: str
    scope: Scope | None
    stages: list[Stage]
    steps: list[Step]
    touchpoints: list[Touchpoint] = []
    content: list[Content] = []
    actions: list[Action] = []
    personas: list[Persona] = []
    findings: list[Finding] = []
    departments: list[str] = []
    receivers: list[str] = []
    revision: int | str = "draft"
    today: date | None = None

    @property
    def gone(self) -> int:
        """Touchpoints that its steps meet and that are not in the catalogue any more: a revision's
        alone, of plans and coverage.
        """
        met = {which for step in self.steps for which in step.touchpoint_ids}
        return len(met - {one.id for one in self.touchpoints})

    def steps_of(self, stage: Stage) -> list[Step]:
        """The steps of a stage, in order."""
        return [step for step in self.steps if step.stage_id == stage.id]


def day(when: date | None) -> str | None:
    """A day as it is written."""
    return None if when is None else when.isoformat()


class Challenge(NamedTuple):
    """A question, pain or objection, and where it stands: at a stage, or at a step of it."""

    kind: ChallengeKind
    stage: Stage
    step: Step | None
    item: Item

    @property
    def place(self) -> tuple[str | None, str | None, str]:
        """How content names it: by the key of its stage, or of its step, and its own."""
        if self.step is None:
            return self.stage.key, None, self.item.key
        return None, self.step.key, self.item.key

    @property
    def target(self) -> tuple[str | None, str | None, str | None]:
        """How actions name it: by the id of its stage, or of its step, and its key."""
        if self.step is None:
            return self.stage.id, None, self.item.key
        return None, self.step.id, self.item.key


def challenges_of(material: Material) -> Iterator[Challenge]:
    """All that a map's clients ask, suffer or object, stage by stage and step by step."""
    for stage in material.stages:
        yield from (Challenge("question", stage, None, item) for item in stage.questions)
        yield from (Challenge("objection", stage, None, item) for item in stage.objections)
        for step in material.steps_of(stage):
            yield from (Challenge("question", stage, step, item) for item in step.questions)
            yield from (Challenge("pain", stage, step, item) for item in step.pains)


class Found(NamedTuple):
    """A map as it was read: which, in which version, and what it holds."""

    journey_id: UUID
    version: int
    material: Material
