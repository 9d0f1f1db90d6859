"""Questions that no content answers; pains and objections that nothing addresses."""

from collections.abc import Collection, Iterator, Sequence
from statistics import fmean

from service.domain.insights.gaps.gap import Gap, Kind, Weighed
from service.domain.insights.gaps.map import Item, Stage, Step
from service.domain.insights.gaps.scene import Scene, at_step, low, pivotal
from service.domain.insights.rules import is_answered

Place = Stage | Step


def unanswered_questions(scene: Scene) -> Iterator[Gap]:
    """A question of a stage or step that no content answers.

    Signals: `open` = such questions there / questions there, weight 0.4; `emotion_low` and
    `pivotal`, 0.3 each: of a stage, the mean over its rated steps, and whether one is pivotal.
    """
    answered = _answered(scene, "question")
    places: tuple[Place, ...] = (*scene.stages, *scene.steps)
    for place in places:
        if place.questions:
            yield from _open(scene, "unanswered_question", place, place.questions, answered)


def unaddressed_pains(scene: Scene) -> Iterator[Gap]:
    """A pain of a step or an objection of a stage that no content and no action addresses.

    An action addresses what it targets by key, unless it was rejected. Signals as of questions.
    """
    objections, pains = _answered(scene, "objection"), _answered(scene, "pain")
    for stage in scene.stages:
        if stage.objections:
            yield from _open(scene, "unaddressed_pain", stage, stage.objections, objections)
    for step in scene.steps:
        if step.pains:
            yield from _open(scene, "unaddressed_pain", step, step.pains, pains)


Items = set[tuple[str | None, str]]
"""The items of places, by the place's id and the item's key."""


def _answered(scene: Scene, kind: str) -> Items:
    """What is answered, were it all of this kind."""
    content, aimed = _by_content(scene), _by_actions(scene)
    return {
        one
        for one in content | aimed
        if is_answered(kind, content=one in content, action=one in aimed)
    }


def _by_actions(scene: Scene) -> Items:
    aims = scene.map.aims
    return {(one.step_id or one.stage_id, one.item_key) for one in aims if one.item_key is not None}


def _by_content(scene: Scene) -> Items:
    stages = {stage.key: stage.id for stage in scene.stages}
    steps = {step.key: step.id for step in scene.steps}
    return {
        # What answers an item of a place that is gone answers nothing here.
        (stages.get(one.stage_key or "") or steps.get(one.step_key or "") or "", one.item_key)
        for one in scene.map.answers
    }


def _open(
    scene: Scene, kind: Kind, place: Place, items: Sequence[Item], done: Collection[object]
) -> Iterator[Gap]:
    left = [item for item in items if (place.id, item.key) not in done]
    if not left:
        return
    share = ("open", len(left) / len(items), 0.4, len(items))
    step = place if isinstance(place, Step) else None
    beside = at_step(step, 0.3) if step is not None else at_stage(scene, place.id)
    for item in left:
        yield scene.gap(
            kind,
            kind if step is not None else f"{kind}_stage",
            (share, *beside),
            {"item": item.text},
            step=step,
            stage=place if isinstance(place, Stage) else None,
            slice_=item.key,
            item_key=item.key,
        )


def at_stage(scene: Scene, stage_id: str) -> tuple[Weighed, Weighed]:
    """Of a stage: the mean of `emotion_low` over its rated steps, `pivotal` if one of them is."""
    steps = scene.steps_of[stage_id]
    lows = [found for step in steps if (found := low(step)) is not None]
    mean = fmean(lows) if lows else None
    decides = max(map(pivotal, steps), default=0.0)
    return ("emotion_low", mean, 0.3, len(lows)), ("pivotal", decides, 0.3, None)
