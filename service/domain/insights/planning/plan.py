"""The marketing plan: what a map says to whom, where, by whom, and what to do first."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import UNSET

from service.domain.insights.gaps.gap import Gap, Strength
from service.domain.insights.planning.challenges import GONE
from service.domain.insights.planning.costs import costs_of
from service.domain.insights.planning.fitting import fitting, met
from service.domain.insights.planning.material import (
    Action,
    Content,
    Material,
    Stage,
    Step,
    Touchpoint,
    day,
)
from service.domain.insights.planning.plan_words import Words
from service.domain.insights.planning.planned import (
    Because,
    Message,
    Plan,
    PlanDefinition,
    PlannedAction,
    PlannedActivity,
    PlannedContent,
    PlannedFor,
    PlannedGap,
    PlannedStage,
    PlannedStrength,
    PlannedTouchpoint,
    StageOwner,
)
from service.domain.insights.rules import no_priority, promise, worth
from service.domain.shares import Excluded

LEFT_OUT = {"done": "done_action", "rejected": "rejected_action"}
"""Statuses of actions that are in no plan, and why they are left out."""
DISMISSED = "dismissed"


WHOLE = ""
"""The place of what is for no stage alone."""


class Weighed(NamedTuple):
    """What is weak and strong on a map: gaps, worst first, and strengths."""

    gaps: Sequence[Gap] = ()
    strengths: Sequence[Strength] = ()
    opportunities: Sequence[Gap] = ()

    def by_action(self) -> "Answered":
        """The gaps and opportunities that nobody has dismissed, by the actions that answer them."""
        found: dict[str, list[Gap]] = {}
        for gap in (*self.gaps, *self.opportunities):
            for which in gap.action_ids if gap.status != DISMISSED else ():
                found.setdefault(str(which), []).append(gap)
        return found


Answered = Mapping[str, Sequence[Gap]]
"""What each action answers, by its id."""


def plan(journey_id: str, material: Material, weighed: Weighed, words: Words) -> Plan:
    """The plan of a map, its generated texts in the language of `words`."""
    answered = weighed.by_action()
    gaps = [gap for gap in weighed.gaps if gap.status != DISMISSED]
    about = [one for one in material.actions if one.targets or one.id in answered]
    acts = [action for action in about if action.status not in LEFT_OUT]
    todo = [(one, _action(one, answered), _places(one, answered)) for one in acts]
    stages = [_stage(one, material, todo, weighed, words) for one in material.stages]
    content = {item.content_id for stage in stages for item in stage.content}
    return Plan(
        journey_id,
        material.title,
        words.language,
        PlanDefinition(material.revision),
        stages,
        ordered(planned for _, planned, places in todo if WHOLE in places),
        [_gap(gap) for gap in gaps if gap.stage_id is None],
        costs_of(
            met(material.steps, material.touchpoints),
            [one for one in material.content if one.id in content],
            acts,
        ),
        _excluded(about, len(weighed.gaps) - len(gaps), material.gone),
        day(material.today),
        [PlannedFor(one.id, one.name) for one in material.personas],
    )


def _stage(
    stage: Stage,
    material: Material,
    todo: Sequence[tuple[Action, PlannedAction, Collection[str]]],
    weighed: Weighed,
    words: Words,
) -> PlannedStage:
    steps = material.steps_of(stage)
    touchpoints = met(steps, material.touchpoints)
    content = [(one.item, one.because) for one in fitting(stage, steps, material)]
    ids = {stage.id, *(step.id for step in steps)}
    here = [(one, planned) for one, planned, places in todo if not ids.isdisjoint(places)]
    return PlannedStage(
        stage_id=stage.id,
        key=stage.key,
        name=stage.name,
        phase=stage.phase,
        funnel_stage=stage.funnel_stage,
        message=_message(stage, steps, words),
        content=[_shown(item, because) for item, because in content],
        touchpoints=[_touchpoint(one) for one in touchpoints],
        owner=_owner(steps, {one.id: one for one in touchpoints}),
        actions=ordered(planned for _, planned in here),
        gaps=[
            _gap(gap)
            for gap in weighed.gaps
            if str(gap.stage_id) == stage.id and gap.status != DISMISSED
        ],
        opportunities=[
            _gap(one)
            for one in weighed.opportunities
            if str(one.stage_id) == stage.id and one.status != DISMISSED
        ],
        strengths=[_strength(one) for one in weighed.strengths if str(one.stage_id) == stage.id],
        costs=costs_of(touchpoints, [item for item, _ in content], [one for one, _ in here]),
    )


def _message(stage: Stage, steps: Sequence[Step], words: Words) -> Message:
    asked = [*stage.questions, *(item for step in steps for item in step.questions)]
    questions = list(dict.fromkeys(item.text for item in asked))
    said = [
        f"{heading}: {'; '.join(texts)}"
        for heading, texts in (
            (words.goals, stage.goals),
            (words.questions, questions),
            (words.decision_factors, stage.decision_factors),
        )
        if texts
    ]
    reason = UNSET if said else "nothing_said"
    text = "\n".join(said) if said else None
    return Message(text, stage.goals, questions, stage.decision_factors, reason)


def _owner(steps: Sequence[Step], touchpoints: Mapping[str, Touchpoint]) -> StageOwner:
    departments = []
    for step in steps:
        first = next((touchpoints[one] for one in step.touchpoint_ids if one in touchpoints), None)
        departments.append(step.department or (first.department if first else None))
    counted = Counter(one for one in departments if one is not None).most_common()
    if not counted:
        reason = "no_department"
        return StageOwner(None, 0, [], reason if steps else "no_steps")
    (owner, number), *others = counted
    return StageOwner(owner, number, [name for name, _ in others])


def _action(action: Action, answered: Answered) -> PlannedAction:
    gaps = answered.get(action.id, ())
    impact, confidence, priority = promise(action.impact, action.effort, gaps)
    return PlannedAction(
        action_id=action.id,
        title=action.title,
        kind=action.kind,
        status=action.status,
        department=action.department,
        due_on=day(action.due_on),
        impact=impact,
        confidence=confidence,
        effort=action.effort,
        priority=priority,
        cost=action.cost,
        gap_ids=[gap.id for gap in gaps],
        reason=no_priority(impact, action.effort) or UNSET,
    )


def ordered(actions: Iterable[PlannedAction]) -> list[PlannedAction]:
    """Actions, the most worthwhile first; those without a priority behind."""

    def place(one: PlannedAction) -> tuple[bool, float, float, float, str, str, str]:
        due = one.due_on or "9999-99-99"
        return (
            one.priority is None,
            -(one.priority or 0),
            -worth(one.impact or 0, one.confidence),
            -(one.impact or 0),
            due,
            one.title,
            str(one.action_id),
        )

    return sorted(actions, key=place)


def _places(action: Action, answered: Answered) -> set[str]:
    """The stages and steps that an action is for: its targets', else those of what it answers."""
    if action.targets:
        return {at.step_id or at.stage_id or WHOLE for at in action.targets}
    return {str(gap.stage_id or WHOLE) for gap in answered[action.id]}


def _excluded(actions: Sequence[Action], dismissed: int, gone: int) -> list[Excluded]:
    counted = Counter(LEFT_OUT[one.status] for one in actions if one.status in LEFT_OUT)
    if dismissed:
        counted["dismissed_gap"] = dismissed
    if gone:
        counted[GONE] = gone
    return [Excluded(reason, count) for reason, count in sorted(counted.items())]


def _shown(item: Content, because: list[Because]) -> PlannedContent:
    return PlannedContent(
        *(item.id, item.key, item.title, item.kind, item.language, item.url),
        published_on=day(item.published_on),
        because=because,
        cost=item.cost,
    )


def _touchpoint(one: Touchpoint) -> PlannedTouchpoint:
    activities = [
        PlannedActivity(a.name, a.kind, a.department, day(a.starts_on), day(a.ends_on), a.cost)
        for a in one.activities
    ]
    return PlannedTouchpoint(
        one.id, one.key, one.name, one.channel, one.department, one.party, activities
    )


def _gap(gap: Gap) -> PlannedGap:
    step_id = None if gap.step_id is None else str(gap.step_id)
    return PlannedGap(
        str(gap.id), gap.kind, gap.severity, gap.confidence, step_id, gap.explanation.text
    )


def _strength(one: Strength) -> PlannedStrength:
    return PlannedStrength(one.kind, str(one.step_id), one.explanation.text)
