"""A map as it was, with all that hangs on it today: what gaps are looked for in.

Pure.
"""

from collections.abc import Mapping

import msgspec

from service.domain.insights.gaps.map import Map, Met, Stage, Step, Transition
from service.domain.insights.revised import Revised


def as_it_was(now: Map, was: Revised) -> Map:
    """The parts that a revision holds; findings about them, and about touchpoints and personas
    that it holds and that are there still; everything else as today.
    """
    catalogue = {one.id: one for one in now.touchpoints}
    people = {one.id: one for one in now.personas}
    there = [which for which in was.touchpoint_ids if which in catalogue]
    personas = [which for which in was.persona_ids if which in people]
    about = {*was.part_ids, *there, *personas}
    return Map(
        id=now.id,
        title=was.title,
        version=was.version,
        perspective=was.perspective,
        as_is_id=was.as_is_id,
        scope=was.scope,
        stages=[msgspec.convert(one, Stage, from_attributes=True) for one in was.stages],
        steps=[msgspec.convert(one, Step, from_attributes=True) for one in was.steps],
        met=[
            Met(step.id, one.touchpoint_id, one.channel, one.device)
            for step in was.steps
            for one in step.touchpoints
            if one.touchpoint_id in catalogue
        ],
        touchpoints=[one for one in now.touchpoints if one.id in there],
        transitions=_transitions(was, {step.key: step.id for step in was.steps}),
        findings=[one for one in now.findings if one.target_id in about],
        answers=now.answers,
        aims=now.aims,
        reviews=now.reviews,
        personas=[people[which] for which in personas],
        states=now.states,
        revision=was.revision,
        gone=len(was.touchpoint_ids) + len(was.persona_ids) - len(there) - len(personas),
    )


def _transitions(was: Revised, ids: Mapping[str, str]) -> list[Transition]:
    return [
        Transition(
            *(one.id, ids[one.from_], ids[one.to], one.kind),
            *(one.expected_seconds, one.hands_over, one.received_by),
        )
        for one in was.transitions
    ]
