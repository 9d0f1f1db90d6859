"""A map as it was, with what hangs on it today: what challenges, coverage and plan are made of.

Pure.
"""

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from service.domain.insights.planning.material import Action, Material, Scope, Stage, Step
from service.domain.insights.revised import Revised


def as_it_was(now: Material, was: Revised) -> Material:
    """The parts that a revision holds, and its personas that are there still; what actions aim
    at of these; everything else as today.
    """
    return replace(
        now,
        title=was.title,
        scope=msgspec.convert(was.scope, Scope | None),
        stages=[msgspec.convert(one, Stage, from_attributes=True) for one in was.stages],
        steps=[msgspec.convert(one, Step, from_attributes=True) for one in was.steps],
        actions=[_aiming(one, was.part_ids) for one in now.actions],
        personas=[one for one in now.personas if one.id in was.persona_ids],
        receivers=[one.received_by for one in was.transitions if one.received_by is not None],
        revision=was.revision,
    )


def _aiming(action: Action, parts: Collection[str]) -> Action:
    """Without what it aims at elsewhere on the map; a target without a part is the whole map."""
    targets = [one for one in action.targets if {one.stage_id, one.step_id} - {None} <= {*parts}]
    return replace(action, targets=targets)
