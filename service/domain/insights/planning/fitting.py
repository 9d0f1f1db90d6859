"""Which content fits a place of a map, and why. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from service.domain.insights.planning.material import (
    Challenge,
    Content,
    Material,
    Stage,
    Step,
    Touchpoint,
    challenges_of,
)
from service.domain.insights.planning.planned import Because


class Fitting(NamedTuple):
    """An item of content, why it is for a place, and what it answers there."""

    item: Content
    because: list[Because]
    answers: list[Challenge]


def fitting(stage: Stage, steps: Sequence[Step], material: Material) -> list[Fitting]:
    """The content for a stage with some of its steps."""
    ids = {one.id for one in steps}
    here = (one for one in challenges_of(material) if one.stage.id == stage.id)
    asked = {one.place: one for one in here if one.step is None or one.step.id in ids}
    touchpoints = met(steps, material.touchpoints)
    places = {one.id for one in touchpoints}
    used = {which for one in touchpoints for a in one.activities for which in a.content_ids}
    found = []
    for item in material.content:
        told = ((a.stage_key, a.step_key, a.item_key) for a in item.answers)
        answers = [asked[place] for place in dict.fromkeys(told) if place in asked]
        holds: dict[Because, bool] = {
            "answers": bool(answers),
            "touchpoint": not places.isdisjoint(item.touchpoint_ids),
            "activity": item.id in used,
            "stage": item.stage in {stage.key, stage.phase, stage.funnel_stage} - {None}
            and is_for(item, material),
        }
        if any(holds.values()):
            why = [because for because, held in holds.items() if held]
            found.append(Fitting(item, why, answers))
    return found


def is_for(item: Content, material: Material) -> bool:
    """Whether an item is for everybody, for a persona of the map, or for such a persona's
    profile."""
    if not item.persona_ids and not item.profile_ids:
        return True
    personas = {one.id for one in material.personas}
    profiles = {one.profile_id for one in material.personas}
    return not (personas.isdisjoint(item.persona_ids) and profiles.isdisjoint(item.profile_ids))


def met(steps: Sequence[Step], touchpoints: Sequence[Touchpoint]) -> list[Touchpoint]:
    """The touchpoints that these steps meet, in the steps' order, each once."""
    by_id = {one.id: one for one in touchpoints}
    which = dict.fromkeys(one for step in steps for one in step.touchpoint_ids)
    return [by_id[one] for one in which if one in by_id]
