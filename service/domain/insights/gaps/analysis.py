"""All gaps of a map, worst first, with what people and actions say of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from service.domain.insights.gaps import (
    answers,
    experience,
    leaving,
    moving,
    owners,
    presence,
    stages,
    support,
    twins,
)
from service.domain.insights.gaps.aimed import NOT_ASKED, Aimed, kpi_shortfalls, kpis_met
from service.domain.insights.gaps.aims import Links, answering, by_place
from service.domain.insights.gaps.gap import (
    BY_PASSAGES,
    HANDOFFS,
    KINDS,
    Gap,
    Status,
    Strength,
)
from service.domain.insights.gaps.handoffs import handoffs
from service.domain.insights.gaps.map import Aim, Linked
from service.domain.insights.gaps.passage import TOOK_TOO_LONG, Passage
from service.domain.insights.gaps.scene import Scene
from service.domain.insights.gaps.strengths import strengths
from service.domain.insights.rules import promise

FINDERS: Mapping[Callable[[Scene], Iterator[Gap]], frozenset[str]] = {
    handoffs: HANDOFFS,
    leaving.drop_offs: frozenset({"drop_off"}),
    leaving.delays: frozenset({"delay"}),
    moving.detours: frozenset({"detour"}),
    moving.unobserved: frozenset({"unobserved"}),
    moving.unbound: frozenset({"unobserved"}),
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
    owners.unowned: frozenset({"ownership"}),
    owners.unreviewed: frozenset({"ownership"}),
}
"""What looks for gaps on one map, and the kinds that it finds; `twins` takes two maps."""
_OF_PASSAGES = frozenset({"drop_off", "delay", "detour", "unobserved"})
"""The kinds that are found in how contacts pass over a map."""
_LOST_WHEN_LATE = _OF_PASSAGES | {"no_data"}
"""With that which is none where events come from a touchpoint."""
_OF_WHAT_IS = frozenset(
    {
        *(presence.without_data, support.evidence, support.off_profile_evidence),
        *(experience.unmet_expectations, owners.unreviewed),
    }
)
"""What asks how a map is known, met and reviewed: one that tells what does not exist yet is not."""


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
    left_out: Mapping[str, int]
    """Findings that do not count, by the reason."""
    without: Mapping[str, int]
    """What events do not tell, and of whom they do not, by the reason."""
    observed: bool
    """Whether events tell of it."""
    unlooked: frozenset[str]
    """Kinds that could not be looked for this time, for it took too long."""


def analysed(
    scene: Scene,
    twin: Scene | None,
    links: Links,
    kpis: Aimed = NOT_ASKED,
    kinds: Collection[str] = KINDS,
) -> Analysis:
    """Everything that is found on one map, and against its to-be map where there is one; of gaps
    those of `kinds`, and perhaps others beside them."""
    left = untold(scene)
    return Analysis(
        sorted(gaps_of(scene, twin, links, kpis, kinds), key=lambda gap: gap.rank),
        sorted(openings_of(scene, links), key=lambda gap: gap.rank),
        sorted((*strengths(scene), *_met(scene, kpis)), key=lambda one: one.position),
        scene.map.version,
        None if twin is None else twin.map.id,
        left.unknown_times,
        not left.undecided,
        {name: [one.id] for one in scene.stages for name in (one.key, one.id)},
        scene.map.revision,
        scene.map.gone,
        scene.left_out,
        without(scene.passage, kpis),
        observed(scene),
        _unlooked(scene.passage, kpis),
    )


def _met(scene: Scene, kpis: Aimed) -> Iterator[Strength]:
    return iter(()) if _is_planned(scene) else kpis_met(scene, kpis)


def _is_planned(scene: Scene) -> bool:
    """Whether a map tells what does not exist yet."""
    return scene.map.perspective == "to_be"


def gaps_of(
    scene: Scene,
    twin: Scene | None,
    links: Links,
    aimed: Aimed = NOT_ASKED,
    kinds: Collection[str] = KINDS,
) -> list[Gap]:
    """The gaps of one map, in no order, with what people and actions say of them.

    What finds none of `kinds` does not look; others may be found beside these kinds.
    """
    to_be = _is_planned(scene)
    finders = (find for find, found in FINDERS.items() if not found.isdisjoint(kinds))
    asked = (find for find in finders if not (to_be and find in _OF_WHAT_IS))
    gaps = [gap for find in asked for gap in find(scene)]
    if "kpi_shortfall" in kinds and not to_be:
        gaps += kpi_shortfalls(scene, aimed)
    if twin is not None and "to_be" in kinds:
        gaps += twins.differences(scene, twin, links)
    _judged(scene, gaps, links)
    return gaps


def openings_of(scene: Scene, links: Links) -> list[Gap]:
    """The private steps of one map at which we could be, in no order, judged as its gaps are."""
    gaps = list(presence.openings(scene))
    _judged(scene, gaps, links)
    return gaps


def observed(scene: Scene) -> bool:
    """Whether events tell of a map."""
    return scene.passage is not None and scene.passage.reason is None


def without(passage: Passage | None, kpis: Aimed) -> dict[str, int]:
    """What events do not tell of a map, and of whom they do not, by the reason."""
    aimed = {f"kpi_shortfall: {why}": count for why, count in kpis.untold.items()}
    if passage is None or passage.reason is not None:
        why = "no_events" if passage is None else passage.reason
        # What events weigh is found without them too, but asked again it may be told otherwise.
        those = BY_PASSAGES if why == TOOK_TOO_LONG else _OF_PASSAGES
        found = {f"{kind}: {why}": 1 for kind in KINDS if kind in those}
    else:
        found = {f"drop_off: {why}": count for why, count in passage.untold.items()}
        found |= {f"unobserved: {why}": count for why, count in passage.unheard.items()}
    out = passage.excluded if passage else {}
    return found | aimed | {f"events: {why}": count for why, count in out.items() if count}


def _unlooked(passage: Passage | None, kpis: Aimed) -> frozenset[str]:
    late = passage is not None and passage.reason == TOOK_TOO_LONG
    found = _LOST_WHEN_LATE if late else frozenset[str]()
    return found | {"kpi_shortfall"} if TOOK_TOO_LONG in kpis.untold else found


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


def _judged(scene: Scene, gaps: list[Gap], links: Links) -> None:
    """Tell what people made of the gaps, the actions that answer them, and their priority."""
    if not (links or scene.map.states or scene.map.aims):
        return
    states = {one.gap_id: one for one in scene.map.states}
    aims = by_place(scene.map.aims)
    for gap in gaps:
        if state := states.get(str(gap.id)):
            gap.status, gap.reason = _status(state.status), state.reason
            gap.version, gap.judged_by, gap.judged_at = state.version, state.person, state.judged_at
        if actions := answering(gap, links, aims):
            gap.action_ids = list(actions)
            gap.priority = None if gap.status == "dismissed" else _promised(gap, actions.values())


def _promised(gap: Gap, actions: Iterable[Aim | Linked]) -> float | None:
    """What the action promises that promises most of those that answer an open gap."""
    promises = (promise(one.impact, one.effort, [gap]).priority for one in actions)
    return max((one for one in promises if one is not None), default=None)


def _status(stored: str) -> Status:
    return "accepted" if stored == "accepted" else "dismissed" if stored == "dismissed" else "open"
