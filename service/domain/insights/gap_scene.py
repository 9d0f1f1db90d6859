"""A map laid out for looking: its parts by id, what is met and found where, and how a gap is told.

Every file that looks for gaps takes a `Scene` and yields what `Scene.gap` makes.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from service.domain.insights.gap import (
    Ends,
    Explanation,
    Gap,
    Kind,
    Strength,
    Value,
    Weighed,
    gap_id,
    weighed,
)
from service.domain.insights.gap_map import (
    Finding,
    Map,
    Stage,
    Step,
    Touchpoint,
    in_order,
    settled,
)
from service.domain.preferences import GapLimits

DIMENSIONS = ("department", "channel", "device")
"""In the order in which a crossing of several is named."""


class Scene:
    """One map, the limits of its workspace, and the day on which it is looked at."""

    def __init__(self, one: Map, limits: GapLimits, today: date) -> None:
        settled(one)
        self.map, self.limits, self.today = one, limits, today
        self.steps, self.stages = one.steps, one.stages
        self.at = in_order(one.steps)
        self.step = {step.id: step for step in one.steps}
        self.stage = {stage.id: stage for stage in one.stages}
        self.touchpoint = {touchpoint.id: touchpoint for touchpoint in one.touchpoints}
        self.met: dict[str, list[Touchpoint]] = {step.id: [] for step in one.steps}
        for met in one.met:
            self.met[met.step_id].append(self.touchpoint[met.touchpoint_id])
        self.steps_of: dict[str, list[Step]] = {stage.id: [] for stage in one.stages}
        for step in one.steps:
            self.steps_of[step.stage_id].append(step)
        self.findings: dict[str, list[Finding]] = {}
        for finding in one.findings:
            self.findings.setdefault(finding.target_id, []).append(finding)

    def touched(self, step: Step) -> bool:
        """Whether a touchpoint of ours is present at a step."""
        return any(touchpoint.ours for touchpoint in self.met[step.id])

    def gap(
        self,
        kind: Kind,
        code: str,
        signals: Iterable[Weighed],
        values: dict[str, Value],
        *,
        step: Step | None = None,
        stage: Stage | None = None,
        crossing: tuple[Step, Step] | None = None,
        slice_: str = "",
        item_key: str | None = None,
        dimensions: Sequence[str] = (),
        departments: Sequence[str] | None = None,
        managed: bool | None = None,
        known: float = 1.0,
    ) -> Gap:
        """A gap at a step, a stage, a crossing of two steps, or of the whole map.

        `known` is the share of what a signal rests on that is known: confidence is multiplied by
        it. `values` are told in the explanation; the names of step and stage are put to them.
        """
        ends = None
        if crossing is not None:
            ends, step = Ends(crossing[0].id, crossing[1].id), crossing[1]
            keys: tuple[str, ...] = (crossing[0].key, crossing[1].key)
            values |= {"from_step": crossing[0].action, "to_step": crossing[1].action}
        elif step is not None:
            keys = (step.key,)
            values["step"] = step.action
        else:
            keys = ()
            slice_ = f"{stage.key}\n{slice_}" if stage is not None else slice_
        if step is not None:
            stage = self.stage[step.stage_id]
        if stage is not None:
            values["stage"] = stage.name
        if departments is None:
            departments = [step.department] if step is not None and step.department else []
        severity, confidence, told, unknown = weighed(signals)
        return Gap(
            id=gap_id(self.map.id, kind, keys, slice_),
            journey_id=self.map.id,
            kind=kind,
            position=self._position(step, stage),
            severity=severity,
            confidence=confidence * known,
            signals=told,
            explanation=Explanation(code, values),
            stage_id=None if stage is None else stage.id,
            step_id=None if step is None else step.id,
            transition=ends,
            dimensions=list(dimensions),
            departments=list(departments),
            item_key=item_key,
            managed=managed,
            unknown=unknown,
        )

    def strength(self, kind: str, code: str, values: dict[str, Value], *at: Step) -> Strength:
        """A strength at a step, or at the crossing of two."""
        step, ends = at[-1], None
        values |= {"step": step.action, "stage": self.stage[step.stage_id].name}
        if len(at) > 1:
            ends = Ends(at[0].id, step.id)
            values |= {"from_step": at[0].action, "to_step": step.action}
        return Strength(
            kind,  # type: ignore[arg-type]
            self.map.id,
            self.at[step.id],
            step.stage_id,
            step.id,
            ends,
            list(dict.fromkeys(one.department for one in at if one.department)),
            Explanation(code, values),
        )

    def _position(self, step: Step | None, stage: Stage | None) -> int:
        if step is not None:
            return self.at[step.id]
        if stage is None:
            return -1
        steps = self.steps_of[stage.id]
        return self.at[steps[0].id] if steps else self._after_those_before(stage)

    def _after_those_before(self, stage: Stage) -> int:
        """Where the steps of a stage without any would begin."""
        position = 0
        for one in self.stages:
            if one.id == stage.id:
                break
            position += len(self.steps_of[one.id])
        return position
