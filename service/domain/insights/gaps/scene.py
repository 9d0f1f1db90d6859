"""A map laid out for looking: its parts by id, what is met and found where, and how a gap is told.

Every file that looks for gaps takes a `Scene` and yields what `Scene.gap` makes.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from service.domain.insights.emotion_curve import CurveMark
from service.domain.insights.gaps.gap import (
    Gap,
    GapEnds,
    GapExplanation,
    Kind,
    Naming,
    Strength,
    Value,
    Weighed,
    weighed,
)
from service.domain.insights.gaps.map import (
    Finding,
    Line,
    Map,
    Stage,
    Step,
    Touchpoint,
    in_order,
    settled,
)
from service.domain.insights.gaps.passage import Passage, Tally
from service.domain.insights.gaps.seen_in import GapKpi
from service.domain.insights.rules import rounded
from service.domain.preferences import GapLimits

DIMENSIONS = ("department", "channel", "device")
"""In the order in which a crossing of several is named."""


class Range(NamedTuple):
    """The days that findings are counted of, the first inclusive, the last not; None: all."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether something of that day is counted; of an unknown day, where all are."""
        if day is None:
            return self == (None, None)
        return (self.since or day) <= day and (self.until is None or day < self.until)


ALWAYS = Range()


class Scene:
    """One map, the limits of its workspace, and the day on which it is looked at."""

    def __init__(
        self,
        one: Map,
        limits: GapLimits,
        today: date,
        lineage: Mapping[str, Line] = MappingProxyType({}),
        between: Range = ALWAYS,
        *,
        passage: Passage | None = None,
    ) -> None:
        settled(one)
        self.map, self.limits, self.today, self.lineage = one, limits, today, lineage
        self.between, self.passage = between, passage
        self._naming = Naming(one.id)
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
        self.used: dict[str, list[Step]] = {}
        for step in one.steps:
            for which in dict.fromkeys(touchpoint.id for touchpoint in self.met[step.id]):
                self.used.setdefault(which, []).append(step)
        self.findings: dict[str, list[Finding]] = {}
        self.left_out: Counter[str] = Counter()
        for finding in one.findings:
            if finding.left_out is None:
                self.findings.setdefault(finding.target_id, []).append(finding)
            else:
                self.left_out[finding.left_out] += 1

    @cached_property
    def marks(self) -> list[CurveMark]:
        """The rated steps, in order."""
        return [
            CurveMark(step.id, position, step.emotion)
            for position, step in enumerate(self.steps)
            if step.emotion is not None
        ]

    @cached_property
    def expected(self) -> dict[tuple[str, str], float | None]:
        """How long it takes from one step to another; the planned way before any other."""
        times: dict[tuple[str, str], float | None] = {}
        for one in sorted(self.map.transitions, key=lambda one: one.kind != "planned"):
            times.setdefault((one.from_id, one.to_id), one.expected_seconds or None)
        return times

    @cached_property
    def own(self) -> frozenset[str]:
        """The profiles of its personas: its customer type."""
        return frozenset(one.profile_id for one in self.map.personas if one.profile_id)

    def off(self, finding: Finding) -> bool:
        """Whether a finding is about somebody of another customer type."""
        who = finding.profile_id
        return bool(who and self.own and who not in self.own and self.foreign(who, self.own))

    def supporting(self, *places: str) -> list[Finding]:
        """The findings at these places that support the map: no assumption, none of weight 0, and
        none about another customer type."""
        found = (one for place in places for one in self.findings.get(place, ()))
        return [one for one in found if one.supports and not self.off(one)]

    def foreign(self, profile_id: str, own: Collection[str | None]) -> bool:
        """Whether a profile is neither above nor below any of these."""
        above = self.lineage[profile_id].above
        return not any(one in above or profile_id in self.lineage[one].above for one in own if one)

    def left(self, step: Step) -> Tally | None:
        """Who went on from a step, and who dropped, where events tell enough of it."""
        passage = self.passage
        return None if passage is None else passage.enough(passage.steps.get(step.id))

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
        keyed: bool = True,
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
            ends, step = GapEnds(crossing[0].id, crossing[1].id), crossing[1]
            keys: tuple[str, ...] = (crossing[0].key, crossing[1].key)
            values |= {"from_step": crossing[0].action, "to_step": crossing[1].action}
        elif step is not None:
            # What is found at several steps is shown at the first, and known by its slice.
            keys = (step.key,) if keyed else ()
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
            id=self._naming.id(kind, keys, slice_),
            journey_id=self.map.id,
            kind=kind,
            position=self._position(step, stage),
            severity=severity,
            confidence=rounded(confidence * known),
            signals=told,
            explanation=GapExplanation(code, values),
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
            ends = GapEnds(at[0].id, step.id)
            values |= {"from_step": at[0].action, "to_step": step.action}
        return Strength(
            kind,  # type: ignore[arg-type]
            self.map.id,
            self.at[step.id],
            step.stage_id,
            step.id,
            ends,
            list(dict.fromkeys(one.department for one in at if one.department)),
            GapExplanation(code, values),
        )

    def strong_kpi(
        self,
        code: str,
        values: dict[str, Value],
        kpi: GapKpi,
        *,
        step: Step | None,
        stage: Stage | None,
        departments: list[str] | None,
    ) -> Strength:
        """A KPI that is a strength at a step, at a stage, or of the whole map."""
        if step is not None:
            stage, values["step"] = self.stage[step.stage_id], step.action
        if stage is not None:
            values["stage"] = stage.name
        return Strength(
            "kpi_met",
            self.map.id,
            self._position(step, stage),
            None if stage is None else stage.id,
            None if step is None else step.id,
            None,
            departments or ([step.department] if step is not None and step.department else []),
            GapExplanation(code, values),
            kpi,
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


def low(step: Step) -> float | None:
    """How far below zero a step is rated: 0 to 1, unknown where it is not rated."""
    return None if step.emotion is None else max(0.0, -step.emotion) / 2


def pivotal(step: Step) -> float:
    """1 at a decision moment or a moment of truth, else 0."""
    return float(step.decision_moment or step.moment_of_truth)


def at_step(step: Step, weight: float) -> tuple[Weighed, Weighed]:
    """What many kinds weigh beside their own: `emotion_low` and `pivotal`, alike in weight."""
    return ("emotion_low", low(step), weight, 1), ("pivotal", pivotal(step), weight, None)
