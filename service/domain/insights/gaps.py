"""All gaps of a map, worst first, with what people and actions say of them."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from service.domain.insights import (
    gap_answers,
    gap_experience,
    gap_owners,
    gap_presence,
    gap_stages,
    gap_support,
    gap_twins,
)
from service.domain.insights.gap import Gap, Status, Strength
from service.domain.insights.gap_map import Aim, Linked
from service.domain.insights.gap_scene import Scene
from service.domain.insights.handoffs import handoffs
from service.domain.insights.rules import priority
from service.domain.insights.strengths import strengths

FINDERS: tuple[Callable[[Scene], Iterator[Gap]], ...] = (
    handoffs,
    gap_experience.emotional_lows,
    gap_experience.unmet_expectations,
    gap_experience.efforts,
    gap_presence.missing_touchpoints,
    gap_presence.silences,
    gap_presence.without_data,
    gap_stages.uncovered_stages,
    gap_answers.unanswered_questions,
    gap_answers.unaddressed_pains,
    gap_support.evidence,
    gap_support.off_profile_evidence,
    gap_owners.ownership,
)
"""What looks for gaps on one map; `gap_twins` takes two."""
_OF_WHAT_IS = frozenset(
    {gap_presence.without_data, gap_support.evidence, gap_support.off_profile_evidence}
)
"""What asks how a map is known: of one that tells what does not exist yet, nothing can be."""

Links = Mapping[str, list[Linked]]
"""The actions that name a gap, by its id."""
_ITEMS = frozenset({"unanswered_question", "unaddressed_pain"})


class Analysis(Struct, gc=False):
    """What was found on one map: gaps worst first, openings and strengths beside them."""

    gaps: list[Gap]
    opportunities: list[Gap]
    strengths: list[Strength]
    version: int
    against: str | None
    unknown_times: int
    """Stretches on the way to the decision of which some expected time is unknown."""
    has_decision: bool
    stages: dict[str, list[str]]
    """The ids of its stages by key and by id."""
    revision: int | str
    gone: int
    """What a revision held and is not there any more."""


def analysed(scene: Scene, twin: Scene | None, links: Links) -> Analysis:
    """Everything that is found on one map, and against its to-be map where there is one."""
    to_be = scene.map.perspective == "to_be"
    finders = (find for find in FINDERS if not (to_be and find in _OF_WHAT_IS))
    found = [gap for find in finders for gap in find(scene)]
    if twin is not None:
        found += gap_twins.differences(scene, twin, links)
    openings = list(gap_presence.openings(scene))
    _judged(scene, [*found, *openings], links)
    found.sort(key=lambda gap: gap.rank)
    openings.sort(key=lambda gap: gap.rank)
    stretches = [times for _, _, times in gap_presence.stretches(scene)]
    return Analysis(
        found,
        openings,
        strengths(scene),
        scene.map.version,
        None if twin is None else twin.map.id,
        sum(None in times for times in stretches),
        any(step.decision_moment for step in scene.steps),
        {name: [one.id] for one in scene.stages for name in (one.key, one.id)},
        scene.map.revision,
        scene.map.gone,
    )


def linked(actions: list[Linked]) -> Links:
    """The actions by the gaps that they name."""
    found: dict[str, list[Linked]] = {}
    for action in actions:
        for gap_id in action.gap_ids:
            found.setdefault(gap_id, []).append(action)
    return found


def _judged(scene: Scene, gaps: list[Gap], links: Links) -> None:
    """Tell what people made of the gaps, the actions that answer them, and their priority."""
    if not (links or scene.map.states or scene.map.aims):
        return
    states = {one.gap_id: one for one in scene.map.states}
    aims: dict[str, list[Aim]] = {}
    for aim in scene.map.aims:
        if place := aim.step_id or aim.stage_id:
            aims.setdefault(place, []).append(aim)
    for gap in gaps:
        if state := states.get(str(gap.id)):
            gap.status, gap.reason = _status(state.status), state.reason
            gap.version = state.version
        at = aims.get(str(gap.step_id or gap.stage_id), ())
        answers = [aim for aim in at if _answers(aim, gap)]
        naming: list[Aim | Linked] = [*links.get(str(gap.id), ()), *answers]
        actions = {one.action_id: one for one in naming}
        if actions:
            gap.action_ids = list(actions)
            promised = [_promised(gap, one) for one in actions.values()]
            gap.priority = max((one for one in promised if one is not None), default=None)


def _status(stored: str) -> Status:
    return "accepted" if stored == "accepted" else "dismissed" if stored == "dismissed" else "open"


def _answers(aim: Aim, gap: Gap) -> bool:
    """What targets a place answers whatever is found there, but of its items the one it names."""
    if gap.kind in _ITEMS or aim.item_key is not None:
        return aim.item_key == gap.item_key
    return True


def _promised(gap: Gap, action: Aim | Linked) -> float | None:
    """The priority of an action; the severity stands for an impact that nobody has said."""
    impact = gap.severity if action.impact is None else action.impact
    return priority(impact, gap.confidence, action.effort)
