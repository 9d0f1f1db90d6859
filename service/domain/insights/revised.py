"""A map's document, as a revision keeps it, as plain structs: what is computed of it takes these.

A member that a release added later is as if nobody had said anything. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from service.domain.insights.emotion_curve import CurveStage, CurveStep

S = TypeVar("S", bound=Struct)


class Item(Struct, frozen=True, gc=False):
    """A question, pain or objection."""

    key: str
    text: str
    topic: str | None = None


class Met(Struct, frozen=True, gc=False):
    """A touchpoint at a step, with the channel and device used there."""

    touchpoint_id: str
    channel: str | None = None
    device: str | None = None


class Felt(Struct, frozen=True, gc=False):
    """What one persona feels at a step."""

    persona_id: str
    rating: float


class Step(Struct, frozen=True, gc=False):
    """A step, as the document has it."""

    id: str
    key: str
    stage_id: str
    action: str
    private: bool = False
    emotion: float | None = None
    emotions: list[Felt] = []
    channel: str | None = None
    device: str | None = None
    department: str | None = None
    waited_seconds: int | None = None
    form_fields: int | None = None
    moment_of_truth: bool = False
    decision_moment: bool = False
    expected_outcome: str | None = None
    actual_outcome: str | None = None
    outcome_met: str | None = None
    journey_id: str | None = None
    questions: list[Item] = []
    pains: list[Item] = []
    touchpoints: list[Met] = []

    @property
    def expected(self) -> bool:
        """Whether it is said what they expect."""
        return self.expected_outcome is not None

    @property
    def actual(self) -> bool:
        """Whether it is said what they get."""
        return self.actual_outcome is not None

    @property
    def nested(self) -> bool:
        """Whether it stands for a whole map."""
        return self.journey_id is not None

    @property
    def touchpoint_ids(self) -> list[str]:
        """Where they meet the firm, in order."""
        return [met.touchpoint_id for met in self.touchpoints]


class Stage(Struct, frozen=True, gc=False):
    """A stage, as the document has it."""

    id: str
    key: str
    name: str
    phase: str | None = None
    funnel_stage: str | None = None
    goals: list[str] = []
    decision_factors: list[str] = []
    questions: list[Item] = []
    objections: list[Item] = []
    steps: list[Step] = []

    @property
    def names(self) -> set[str]:
        """What content may be made for, to be for it."""
        return {self.key, self.phase, self.funnel_stage} - {None}  # type: ignore[return-value]


class Transition(Struct, frozen=True, gc=False):
    """An edge between two steps, told by their keys."""

    id: str
    from_: str = field(name="from")
    to: str = field()
    kind: str = "planned"
    expected_seconds: float | None = None
    hands_over: str | None = None
    received_by: str | None = None


class Revised(Struct, gc=False):
    """A map as it was; `revision` is the number of that state."""

    id: str
    title: str
    version: int
    perspective: str
    as_is_id: str | None = None
    scope: dict[str, Any] | None = None
    persona_ids: list[str] = []
    stages: list[Stage] = []
    transitions: list[Transition] = []
    revision: int | str = 0

    @property
    def steps(self) -> Iterator[Step]:
        """Its steps, in order."""
        return (step for stage in self.stages for step in stage.steps)

    @property
    def touchpoint_ids(self) -> dict[str, None]:
        """The touchpoints that its steps meet, each once."""
        return dict.fromkeys(which for step in self.steps for which in step.touchpoint_ids)

    @property
    def inner_ids(self) -> dict[str, None]:
        """The maps that its steps stand for, each once."""
        return dict.fromkeys(step.journey_id for step in self.steps if step.journey_id)

    @property
    def part_ids(self) -> set[str]:
        """The map itself, its stages, steps and transitions."""
        steps, edges = (step.id for step in self.steps), (edge.id for edge in self.transitions)
        return {self.id, *(stage.id for stage in self.stages), *steps, *edges}


Meanings = Mapping[tuple[str, str], str]
"""What words are called now, by kind and word."""
_OF_STEPS, _OF_MET = ("channel", "device", "department"), ("channel", "device")


def words_of(was: Revised) -> set[str]:
    """The channels, devices and departments that a map names."""
    held: list[str | None] = [edge.received_by for edge in was.transitions]
    for step in was.steps:
        held += [step.channel, step.device, step.department]
        held += [word for met in step.touchpoints for word in (met.channel, met.device)]
    return {word for word in held if word is not None}


def renamed(was: Revised, meant: Meanings) -> Revised:
    """A map in the words of today, in which all else is told: the catalogue, reviews, findings."""
    if not meant:
        return was
    edges = [
        replace(one, received_by=meant.get(("department", one.received_by or ""), one.received_by))
        for one in was.transitions
    ]
    stages = [
        replace(stage, steps=[_renamed(step, meant) for step in stage.steps])
        for stage in was.stages
    ]
    return replace(was, stages=stages, transitions=edges)


def _renamed(step: Step, meant: Meanings) -> Step:
    met = [_said(one, _OF_MET, meant) for one in step.touchpoints]
    return replace(_said(step, _OF_STEPS, meant), touchpoints=met)


def _said(one: S, names: Iterable[str], meant: Meanings) -> S:
    held = {name: getattr(one, name) for name in names}
    return replace(one, **{name: meant.get((name, word), word) for name, word in held.items()})


_decode = msgspec.json.Decoder(Revised).decode


def revised(document: str, revision: int | str) -> Revised:
    """What a document says, as of which revision."""
    read = _decode(document)
    read.revision = revision
    return read


class Drawn(NamedTuple):
    """What a curve is drawn from."""

    stages: list[CurveStage]
    steps: list[CurveStep]


def drawn_from(journey: Revised, persona_id: str | None) -> Drawn | None:
    """Stages and steps of a document with the ratings of a persona, where it has its own.

    None where the document knows nothing of the persona.
    """
    steps = list(journey.steps)
    felt = [{one.persona_id: one.rating for one in step.emotions} for step in steps]
    known = {*journey.persona_ids, *(which for one in felt for which in one)}
    if persona_id is not None and persona_id not in known:
        return None
    return Drawn(
        [CurveStage(stage.id, stage.name) for stage in journey.stages],
        [
            CurveStep(
                step_id=step.id,
                key=step.key,
                stage_id=step.stage_id,
                rating=own.get(persona_id or "", step.emotion),
                moment_of_truth=step.moment_of_truth,
                label=step.action,
                decision_moment=step.decision_moment,
            )
            for step, own in zip(steps, felt, strict=True)
        ],
    )
