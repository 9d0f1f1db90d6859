"""What of a map is bound to events: its steps, and the touchpoints that they meet.

A step is what its own binding takes; without one, what those of its touchpoints take, any of them.
Pure.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

Raw = dict[str, Any]
"""A binding as it is stored."""


class Met(Struct, frozen=True, gc=False):
    """A touchpoint at a step."""

    touchpoint_id: str
    key: str | None = None


class Step(Struct, frozen=True, gc=False):
    """A step, as a map's document has it."""

    id: str
    key: str
    stage_id: str
    action: str = ""
    private: bool = False
    journey_id: str | None = None
    touchpoints: list[Met] = []
    binding: Raw | None = None


class Stage(Struct, frozen=True, gc=False):
    """A stage, as a map's document has it."""

    id: str
    key: str
    name: str = ""
    funnel_stage: str | None = None
    steps: list[Step] = []


class Edge(Struct, frozen=True, gc=False):
    """A transition, told by the keys of its steps."""

    from_: str = field(name="from")
    to: str = field()
    expected_seconds: float | None = None


class BoundMap(Struct, gc=False):
    """A map with what binds it; `touchpoint_bindings` by the touchpoint's id."""

    id: str
    title: str
    goal: Raw | None = None
    value_per_conversion: Raw | None = None
    stages: list[Stage] = []
    transitions: list[Edge] = []
    revision: int | str = "draft"
    touchpoint_bindings: Mapping[str, Raw] = {}
    touchpoint_bindings_kept: bool = False

    @property
    def steps(self) -> list[Step]:
        """All steps, in order."""
        return [step for stage in self.stages for step in stage.steps]

    @property
    def touchpoint_ids(self) -> dict[str, str | None]:
        """The touchpoints that its steps meet, each once, with their keys."""
        return {met.touchpoint_id: met.key for step in self.steps for met in step.touchpoints}


class Effective(NamedTuple):
    """What a step is bound by, and by which touchpoints where not by its own."""

    bindings: tuple[Raw, ...]
    touchpoint_ids: tuple[str, ...] = ()

    @property
    def binding(self) -> Raw:
        """All of them as one."""
        return self.bindings[0] if len(self.bindings) == 1 else {"any": [*self.bindings]}

    @property
    def source(self) -> str:
        """`own` or `touchpoints`."""
        return "touchpoints" if self.touchpoint_ids else "own"


class Part(NamedTuple):
    """One binding of a map: of a step, else of a touchpoint."""

    step_id: str | None
    touchpoint_id: str | None
    key: str | None
    binding: Raw


def bound_map(document: str, revision: int | str) -> BoundMap:
    """What a document says, as of which revision; touchpoints' bindings are told apart."""
    read = msgspec.json.decode(document, type=BoundMap)
    read.revision = revision
    return read


def effective(of: BoundMap, step: Step) -> Effective | None:
    """What a step is bound by; None where it is not."""
    if step.binding is not None:
        return Effective((step.binding,))
    met = dict.fromkeys(one.touchpoint_id for one in step.touchpoints)
    ids = tuple(one for one in met if one in of.touchpoint_bindings)
    if not ids:
        return None
    return Effective(tuple(of.touchpoint_bindings[one] for one in ids), ids)


def parts_of(of: BoundMap) -> list[Part]:
    """Every binding of a map: those of its steps, then those of the touchpoints they meet."""
    own = [
        Part(step.id, None, step.key, step.binding) for step in of.steps if step.binding is not None
    ]
    met = of.touchpoint_ids
    bound = [one for one in met if one in of.touchpoint_bindings]
    theirs = [Part(None, one, met[one], of.touchpoint_bindings[one]) for one in bound]
    return own + theirs
