"""All gaps of a map, worst first, with what people and actions say of them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from service.domain.insights.gaps import (
    answers,
    experience,
    owners,
    presence,
    stages,
    support,
    twins,
)
from service.domain.insights.gaps.gap import HANDOFFS, KINDS, Gap, Status, Strength
from service.domain.insights.gaps.handoffs import handoffs
from service.domain.insights.gaps.map import Aim, Linked
from service.domain.insights.gaps.scene import Scene
from service.domain.insights.gaps.strengths import strengths
from service.domain.insights.rules import priority

FINDERS: Mapping[Callable[[Scene], Iterator[Gap]], frozenset[str]] = {
    handoffs: HANDOFFS,
    experience.emotional_lows: frozenset({"emotional_low"}),
    experience.unmet_expectations: frozenset({"unmet_expectation"}),
    experience.efforts: frozenset({"effort"}),
    presence.missing_touchpoints: frozenset({"missing_touchpoint"}),
    presence.silences: frozenset({"silence"}),
    presence.without_data: frozenset({"no_data"}),
    stages.uncovered_stages: frozenset({"uncovered_stage"}),
    answers.unanswered_questions: frozenset({"unanswered_question"}),
    answers.unaddressed_pains: frozenset({"unaddressed_pain"}),
    support.evidence: frozenset({"evidence"}),
    support.off_profile_evidence: frozenset({"off_profile_evidence"}),
    owners.ownership: frozenset({"ownership"}),
}
"""What looks for gaps on one map, and the kinds that it finds; `twins` takes two maps."""
_OF_WHAT_IS = frozenset({presence.without_data, support.evidence, support.off_profile_evidence})
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
    left = untold(scene)
    return Analysis(
        sorted(gaps_of(scene, twin, links), key=lambda gap: gap.rank),
        sorted(openings_of(scene, links), key=lambda gap: gap.rank),
        strengths(scene),
        scene.map.version,
        None if twin is None else twin.map.id,
        left.unknown_times,
        not left.undecided,
        {name: [one.id] for one in scene.stages for name in (one.key, one.id)},
        scene.map.revision,
        scene.map.gone,
    )


def gaps_of(
    scene: Scene, twin: Scene | None, links: Links, kinds: Collection[str] = KINDS
) -> list[Gap]:
    """The gaps of one map, in no order, with what people and actions say of them.

    What finds none of `kinds` does not look; others may be found beside these kinds.
    """
    to_be = scene.map.perspective == "to_be"
    finders = (find for find, found in FINDERS.items() if not found.isdisjoint(kinds))
    asked = (find for find in finders if not (to_be and find in _OF_WHAT_IS))
    gaps = [gap for find in asked for gap in find(scene)]
    if twin is not None and "to_be" in kinds:
        gaps += twins.differences(scene, twin, links)
    _judged(scene, gaps, links)
    return gaps


def openings_of(scene: Scene, links: Links) -> list[Gap]:
    """The private steps of one map at which we could be, in no order, judged as its gaps are."""
    gaps = list(presence.openings(scene))
    _judged(scene, gaps, links)
    return gaps


class Untold(NamedTuple):
    """What a map does not tell, so that silence could not be looked for: how often."""

    unknown_times: int
    """Stretches on the way to the decision of which some expected time is unknown."""
    undecided: int
    """1 where no step is a decision moment."""


def untold(scene: Scene) -> Untold:
    """What one map does not tell."""
    stretches = [times for _, _, times in presence.stretches(scene)]
    decides = any(step.decision_moment for step in scene.steps)
    return Untold(sum(None in times for times in stretches), int(not decides))


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
            gap.version, gap.judged_by, gap.judged_at = state.version, state.person, state.judged_at
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
