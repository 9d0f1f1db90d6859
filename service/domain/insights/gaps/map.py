"""What gaps are looked for in: a map with all that hangs on it, as plain structs.

They are arrays on the way from the database, in the order of their members.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Raw, Struct

from service.domain.insights.rules import is_ours, supports
from service.domain.preferences import GapLimits


class Item(Struct, frozen=True, gc=False):
    """A question, pain or objection."""

    key: str
    text: str


class Stage(Struct, array_like=True, frozen=True, gc=False):
    """A stage, in the journey's order."""

    id: str
    key: str
    name: str
    questions: list[Item] = []
    objections: list[Item] = []


class Step(Struct, array_like=True, gc=False):
    """A step, in the journey's order. Its own channel, device and department, until `settled`."""

    id: str
    key: str
    stage_id: str
    action: str
    private: bool = False
    emotion: float | None = None
    channel: str | None = None
    device: str | None = None
    department: str | None = None
    waited_seconds: int | None = None
    form_fields: int | None = None
    moment_of_truth: bool = False
    decision_moment: bool = False
    expected: bool = False
    actual: bool = False
    outcome_met: str | None = None
    nested: bool = False
    questions: list[Item] = []
    pains: list[Item] = []


class Met(Struct, array_like=True, frozen=True, gc=False):
    """A touchpoint at a step, with the channel and device used there."""

    step_id: str
    touchpoint_id: str
    channel: str | None = None
    device: str | None = None


class Touchpoint(Struct, array_like=True, frozen=True, gc=False):
    """An entry of the catalogue that the journey meets."""

    id: str
    key: str
    name: str
    channel: str | None = None
    device: str | None = None
    department: str | None = None
    party: str = "own"
    status: str = "confirmed"

    @property
    def ours(self) -> bool:
        """Whether we are there."""
        return is_ours(self.party, self.status)


class Transition(Struct, array_like=True, frozen=True, gc=False):
    """An edge between two steps. `expected_seconds` of 0 is unknown."""

    id: str
    from_id: str
    to_id: str
    kind: str = "planned"
    expected_seconds: float | None = None
    hands_over: str | None = None
    received_by: str | None = None

    @property
    def managed(self) -> bool:
        """Whether it is said what is handed over, and who takes it."""
        return bool(self.hands_over) and bool(self.received_by)


class Finding(Struct, array_like=True, frozen=True, gc=False):
    """One finding at one target: the id of a part of the map, a persona or a touchpoint."""

    target_id: str
    kind: str
    department: str | None = None
    observed_on: date | None = None
    profile_id: str | None = None
    attribute: str | None = None
    status: str = "observed"
    weight: float = 1.0
    left_out: str | None = None

    @property
    def supports(self) -> bool:
        """Whether it supports what it is about."""
        return supports(self.status, self.weight)


class Answer(Struct, array_like=True, frozen=True, gc=False):
    """What a content item answers: an item of a stage or of a step, by their keys."""

    stage_key: str | None
    step_key: str | None
    item_key: str


class Aim(Struct, array_like=True, frozen=True, gc=False):
    """What an action answers on this map: a stage, a step or all of it, perhaps one item there."""

    action_id: str
    stage_id: str | None = None
    step_id: str | None = None
    item_key: str | None = None
    impact: float | None = None
    effort: float | None = None


class Review(Struct, array_like=True, frozen=True, gc=False):
    """A review of the journey, and the departments that signed it off."""

    due_on: date
    completed: bool
    signed_by: list[str] = []


class Persona(Struct, array_like=True, frozen=True, gc=False):
    """A persona of the journey; `attributes` names the members that are filled."""

    id: str
    name: str
    profile_id: str | None = None
    attributes: list[str] = []


class State(Struct, array_like=True, frozen=True, gc=False):
    """What people made of a gap, who the last of them was, and when."""

    gap_id: str
    status: str
    reason: str | None
    version: int
    person: str | None
    judged_at: datetime


class Map(Struct, array_like=True, gc=False):
    """A journey with all that its gaps are computed from."""

    id: str
    title: str
    version: int
    perspective: str
    as_is_id: str | None
    scope: dict[str, Any] | None
    stages: list[Stage]
    steps: list[Step]
    met: list[Met]
    touchpoints: list[Touchpoint]
    transitions: list[Transition]
    findings: list[Finding]
    answers: list[Answer]
    aims: list[Aim]
    reviews: list[Review]
    personas: list[Persona]
    states: list[State]
    revision: int | str = "draft"
    gone: int = 0
    """Touchpoints and personas that a revision held and that are gone since."""


class Head(Struct, array_like=True, gc=False):
    """The same map, read no further than is needed before any gap is looked for."""

    id: str
    title: Raw
    version: Raw
    perspective: str
    as_is_id: str | None
    scope: Raw
    stages: Raw
    steps: Raw
    met: Raw
    touchpoints: Raw
    transitions: Raw
    findings: Raw
    answers: Raw
    aims: Raw
    reviews: Raw
    personas: list[Persona]


class Line(Struct, array_like=True, frozen=True, gc=False):
    """A profile and those above it."""

    id: str
    name: str
    above: list[str] = []


class Linked(Struct, array_like=True, frozen=True, gc=False):
    """An action that names gaps by their ids."""

    action_id: str
    gap_ids: list[str]
    impact: float | None = None
    effort: float | None = None


class Read(Struct, gc=False):
    """All that one computation takes: the day that it is in the workspace, the limits, the maps,
    the actions that name gaps.

    The maps are JSON still, each a `Map`: decoded they take many times the room.
    """

    today: date
    limits: GapLimits
    maps: list[Raw]
    linked: list[Linked]
    events: bool = False
    """Whether any event was ever told."""
    aimed: bool = False
    """Whether a KPI with a target stands on one of the maps."""


def settled(one: Map) -> None:
    """Give each step the channel, device and department of its first touchpoint, unless it has
    its own.
    """
    catalogue = {t.id: t for t in one.touchpoints}
    first: dict[str, Met] = {}
    for each in one.met:
        first.setdefault(each.step_id, each)
    for step in one.steps:
        if (met := first.get(step.id)) is None:
            continue
        touchpoint = catalogue[met.touchpoint_id]
        step.channel = step.channel or met.channel or touchpoint.channel
        step.device = step.device or met.device or touchpoint.device
        step.department = step.department or touchpoint.department


def in_order(steps: Sequence[Step]) -> dict[str, int]:
    """The position of each step, by id."""
    return {step.id: position for position, step in enumerate(steps)}
