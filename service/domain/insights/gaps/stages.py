"""Stages in scope that lead nowhere, and decisions that nobody owns."""

from collections.abc import Iterator

from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.map import Stage
from service.domain.insights.gaps.scene import Scene
from service.domain.insights.rules import in_scope

UNCOVERED = {
    "stage_missing": 0.8,
    "decision_without_owner": 0.7,
    "stage_without_steps": 0.6,
    "stage_without_way_on": 0.5,
}
"""The one signal of these gaps, `uncovered`, weight 1: severity is 100 times it."""


def uncovered_stages(scene: Scene) -> Iterator[Gap]:
    """A stage in scope without steps (0.6), or without a way on (0.5); an end of the scope that
    no stage is (0.8); a decision moment without a department (0.7).

    A way on is a transition from one of its steps to a step of a later stage; the last stage in
    scope that has steps needs none. `rules.in_scope` says which stages are in.
    """
    scope = scene.map.scope or {}
    inside, missing, _ = in_scope(scene.stages, scope.get("from"), scope.get("to"))
    # A scope of one stage names it at both ends: what is missing is missing once.
    for name, end in {name: end for end, name in reversed(missing)}.items():
        yield _uncovered(scene, "stage_missing", None, f"{end}\n{name}", {"stage": name})
    filled = [stage for stage in inside if scene.steps_of[stage.id]]
    ways = _ways_on(scene)
    for stage in inside:
        if not scene.steps_of[stage.id]:
            yield _uncovered(scene, "stage_without_steps", stage)
        elif stage.id != filled[-1].id and stage.id not in ways:
            yield _uncovered(scene, "stage_without_way_on", stage)
    for step in scene.steps:
        if step.decision_moment and not step.department:
            code = "decision_without_owner"
            signals = (("uncovered", UNCOVERED[code], 1.0, 1),)
            yield scene.gap("uncovered_stage", code, signals, {}, step=step)


def _ways_on(scene: Scene) -> set[str]:
    """The stages with a transition into a later one."""
    place = {stage.id: n for n, stage in enumerate(scene.stages)}
    found = set()
    for one in scene.map.transitions:
        before, after = scene.step[one.from_id].stage_id, scene.step[one.to_id].stage_id
        if place[before] < place[after]:
            found.add(before)
    return found


def _uncovered(
    scene: Scene,
    code: str,
    stage: Stage | None,
    slice_: str = "",
    values: dict[str, str] | None = None,
) -> Gap:
    signals = (("uncovered", UNCOVERED[code], 1.0, None),)
    return scene.gap(
        "uncovered_stage", code, signals, {**(values or {})}, stage=stage, slice_=slice_
    )
