"""The map as it is against the map as it shall be: differences that no action carries."""

from collections.abc import Iterator

from service.domain.insights.gaps.aims import Links, answering, by_place
from service.domain.insights.gaps.gap import Gap, Value
from service.domain.insights.gaps.map import Stage, Step
from service.domain.insights.gaps.scene import Scene

FIELDS = 4
"""So many changed members of a step count as a wholly changed one."""
_COMPARED = (
    *("action", "private", "emotion", "channel", "device", "department", "waited_seconds"),
    *("form_fields", "moment_of_truth", "decision_moment", "outcome_met"),
)


def differences(scene: Scene, twin: Scene, links: Links) -> Iterator[Gap]:
    """What the to-be map has otherwise, by key of stage and step, as far as no action carries it.

    An action carries a difference when it answers the gap as it would any other: names it, or
    targets that step or stage as a whole, on either map, and was not rejected. Compared are a
    step's stage, action, whether we see it, emotion, channel, device, department, touchpoints,
    questions, pains, waiting, form fields, marks and outcome, and a stage's name. Signals:
    `change` = 1 for what comes or goes, else min(1, changed members / 4), weight 0.5;
    `emotion_gain` = max(0, e_to_be − e_as_is) / 4, weight 0.5, unknown where either is not rated.
    """
    aims = by_place([*scene.map.aims, *twin.map.aims])
    for other, gap in (*_steps(scene, twin), *_stages(scene, twin)):
        there = () if other is None else (other.id,)
        if not answering(gap, links, aims, *there):
            yield gap


_Difference = tuple[Step | Stage | None, Gap]
"""A gap, and the step or stage of the to-be map that it is about, where there is one."""


class _Told:
    """Makes the gaps of one pair of maps."""

    def __init__(self, scene: Scene, twin: Scene) -> None:
        self.scene, self.twin = scene, twin

    def gap(
        self,
        code: str,
        values: dict[str, Value],
        change: float,
        gain: float | None = None,
        *,
        step: Step | None = None,
        stage: Stage | None = None,
        slice_: str = "",
    ) -> Gap:
        signals = (("change", change, 0.5, None), ("emotion_gain", gain, 0.5, 2))
        values["to_be"] = self.twin.map.title
        at = f"{self.twin.map.id}\n{slice_}"
        return self.scene.gap("to_be", code, signals, values, step=step, stage=stage, slice_=at)


def _steps(scene: Scene, twin: Scene) -> Iterator[_Difference]:
    here, there = ({one.key: one for one in which.steps} for which in (scene, twin))
    stages, told = {one.key: one for one in scene.stages}, _Told(scene, twin)
    for key, step in here.items():
        if key not in there:
            yield None, told.gap("to_be_removed", {}, 1.0, step=step)
            continue
        other = there[key]
        if fields := changed(scene, twin, step, other):
            gain = None
            if step.emotion is not None and other.emotion is not None:
                gain = max(0.0, other.emotion - step.emotion) / 4
            share = min(1.0, len(fields) / FIELDS)
            yield other, told.gap("to_be_changed", {"fields": fields}, share, gain, step=step)
    for key, step in there.items():
        if key not in here:
            stage = twin.stage[step.stage_id]
            values: dict[str, Value] = {"step": step.action}
            at = stages.get(stage.key)
            if at is None:
                values["stage"] = stage.name
            yield step, told.gap("to_be_added", values, 1.0, stage=at, slice_=f"step\n{key}")


def _stages(scene: Scene, twin: Scene) -> Iterator[_Difference]:
    here, there = ({one.key: one for one in which.stages} for which in (scene, twin))
    told = _Told(scene, twin)
    for key, stage in here.items():
        other = there.get(key)
        if other is None:
            yield None, told.gap("to_be_stage_removed", {}, 1.0, stage=stage)
        elif other.name != stage.name:
            renamed: dict[str, Value] = {"name": other.name}
            code = "to_be_stage_renamed"
            yield other, told.gap(code, renamed, 1 / FIELDS, stage=stage)
    for key, stage in there.items():
        if key not in here:
            added: dict[str, Value] = {"stage": stage.name}
            yield stage, told.gap("to_be_stage_added", added, 1.0, slice_=f"stage\n{key}")


def changed(scene: Scene, twin: Scene, step: Step, other: Step) -> list[str]:
    """The members in which a step differs from its twin."""
    fields = [name for name in _COMPARED if getattr(step, name) != getattr(other, name)]
    if scene.stage[step.stage_id].key != twin.stage[other.stage_id].key:
        fields.insert(0, "stage")
    for name in ("questions", "pains"):
        if [i.text for i in getattr(step, name)] != [i.text for i in getattr(other, name)]:
            fields.append(name)
    if {t.id for t in scene.met[step.id]} != {t.id for t in twin.met[other.id]}:
        fields.append("touchpoints")
    return fields
