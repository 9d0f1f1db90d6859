"""The rule by which an event is at a step of a map, for one contact and for everybody. Pure.

An event is judged by the revision in force at its time. Where bindings of several steps take it, it
is at the first of these: a step by its own binding, the nearest from where somebody stands on, the
first of the map.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from service.domain.insights.bindings.bound import BoundMap


class Taking(Protocol):
    """A step whose binding takes an event: its place on the map, and whether the binding is its own
    or that of a touchpoint."""

    @property
    def position(self) -> int:
        """From 0, over all stages."""

    @property
    def own(self) -> bool:
        """Not by a touchpoint's binding."""


T = TypeVar("T", bound=Taking)


def nearest(takers: Sequence[T], standing: int) -> T | None:
    """Of the steps that take an event, the one that it is at for somebody who stands there."""

    def order(one: T) -> tuple[bool, bool, int]:
        return not one.own, one.position < standing, one.position

    return min(takers, key=order, default=None)


class Spot(NamedTuple):
    """A place on a map: a step, or a stage as a whole, by ids and keys."""

    stage_id: str
    stage_key: str
    step_id: str | None
    step_key: str | None


class Order:
    """The steps of a map in their order: where whoever was last at a place stands."""

    def __init__(self, of: BoundMap) -> None:
        self.stages = {stage.id: stage for stage in of.stages}
        self.positions = {step.id: n for n, step in enumerate(of.steps)}

    def spot(self, stage_id: str, step_id: str, step_key: str) -> Spot:
        """A step of this map."""
        return Spot(stage_id, self.stages[stage_id].key, step_id, step_key)

    def standing(self, stage_id: str | None, step_id: str | None) -> int:
        """The position of a step; of a stage as a whole, that of its first step. Whoever was
        nowhere, or where this map has nothing, stands at its beginning."""
        if step_id is not None:
            return self.positions.get(step_id, 0)
        stage = None if stage_id is None else self.stages.get(stage_id)
        return self.positions[stage.steps[0].id] if stage and stage.steps else 0


def in_force(revisions: Mapping[int, datetime | None], at: datetime) -> int | None:
    """Which of the published revisions, by when they begin, is in force: of those that had begun,
    the one published last; one without a beginning held from the first on."""
    begun = [number for number, since in revisions.items() if since is None or since <= at]
    return max(begun, default=None)


class Known(NamedTuple):
    """A map: its revisions by number, when each begins, and its draft where it has none, or where
    one state of it is to judge all."""

    revisions: Mapping[int, BoundMap]
    begins: Mapping[int, datetime | None]
    draft: BoundMap | None = None

    @property
    def states(self) -> list[BoundMap]:
        """All that may judge an event, in the order of their numbers."""
        return [self.draft] if self.draft else [self.revisions[n] for n in sorted(self.revisions)]

    def at(self, time: datetime) -> BoundMap | None:
        """What it was at a time."""
        if self.draft is not None:
            return self.draft
        number = in_force(self.begins, time)
        return None if number is None else self.revisions[number]
