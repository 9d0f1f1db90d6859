"""The bindings of a map with what was counted of each."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from service.domain.filters import Filter
from service.domain.insights.bindings.bound import BoundMap, Effective, Step
from service.domain.insights.bindings.claims import (
    NO_EVENT,
    NOT_BOUND,
    UNREADABLE,
    BindingsDefinition,
    BoundStep,
    BoundTouchpoint,
    Claim,
    Claims,
    JourneyBindings,
)
from service.domain.insights.bindings.previewed import TOO_FEW
from service.domain.insights.covered_step import CoveredStep
from service.domain.shares import Excluded, Proportion, proportion, share_of


class Question(NamedTuple):
    """What is asked of events for a step or a touchpoint; no condition: it cannot be asked, and
    why.
    """

    step_id: str | None
    touchpoint_id: str | None
    its: Effective
    condition: "Filter | None"
    unasked: str = UNREADABLE


_Found = Mapping[str, tuple[Question, Claim | str]]
"""What was asked for each part and what it takes, or why that is not told."""


def claimed(
    of: BoundMap,
    asked: Sequence[Question],
    found: Claims,
    definition: BindingsDefinition,
    *,
    whose: bool,
) -> JourneyBindings:
    """What each part of a map takes, and what none does; of few people only where it is told
    `whose` events these are.
    """
    by_id = _by_id(asked, found, whose=whose)
    if not whose:
        found = found.of_many()
    steps = [_step(step, by_id.get(step.id)) for step in of.steps]
    sight = [one for one in of.steps if not one.private and one.journey_id is None]
    bound = [step for step in of.steps if step.id in by_id]
    seen = {one.step_id for one in steps if one.events}
    private = sum(step.private for step in of.steps)
    excluded = {"private_step": private, "nested_step": len(of.steps) - len(sight) - private}
    left_out = [Excluded(reason, count) for reason, count in excluded.items() if count]
    return JourneyBindings(
        of.id,
        of.title,
        definition,
        share_of(one.id in by_id for one in sight),
        share_of(one.id in seen for one in bound),
        _claimed(found, whose=whose),
        steps,
        [_touchpoint(of, which, by_id[which]) for which in of.touchpoint_bindings],
        [_told(one) for one in sight if one.id not in by_id],
        [_told(one) for one in bound if one.id not in seen],
        found.unbound,
        left_out + found.excluded,
    )


def _claimed(found: Claims, *, whose: bool) -> Proportion:
    if not whose and not found.events:
        return Proportion(None, 0, 0, None, None, TOO_FEW)
    return proportion(found.events - found.free, found.events)


def _by_id(asked: Sequence[Question], found: Claims, *, whose: bool) -> _Found:
    counted = {one.part: one for one in found.parts}
    by_id: dict[str, tuple[Question, Claim | str]] = {}
    place = 0
    for one in asked:
        which = one.step_id or one.touchpoint_id or ""
        if one.condition is None:
            by_id[which] = (one, one.unasked)
        else:
            claim = counted.get(place, Claim(place, 0, 0, 0, None, None))
            by_id[which] = (one, claim if whose else claim.of_many())
            place += 1
    return by_id


def _counts(claim: Claim | str) -> dict[str, Any]:
    if isinstance(claim, str):
        names = ("events", "contacts", "unknown_people", "first_at", "last_at")
        return {**dict.fromkeys(names), "reason": claim}
    return {
        "events": claim.events,
        "contacts": claim.contacts,
        "unknown_people": claim.unknown_people,
        "first_at": claim.first_at,
        "last_at": claim.last_at,
        "reason": UNSET if claim.events else NO_EVENT,
    }


def _step(step: Step, found: tuple[Question, Claim | str] | None) -> BoundStep:
    named = (step.id, step.key, step.action, step.stage_id)
    if found is None:
        counts = _counts(NOT_BOUND)
        return BoundStep(*named, source=None, touchpoint_ids=[], binding=None, **counts)
    question, claim = found
    its = question.its
    return BoundStep(
        *named,
        source=its.source,
        touchpoint_ids=[*its.touchpoint_ids],
        binding=its.binding,
        **_counts(claim),
    )


def _touchpoint(of: BoundMap, which: str, found: tuple[Question, Claim | str]) -> BoundTouchpoint:
    question, claim = found
    key = of.touchpoint_ids.get(which)
    return BoundTouchpoint(which, key, question.its.binding, **_counts(claim))


def _told(step: Step) -> CoveredStep:
    return CoveredStep(step.id, step.key, step.action)
