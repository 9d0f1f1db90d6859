"""The coverage of a map: what is there and what is not, as shares with the missing named."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import UNSET

from service.domain.insights.covered_step import CoveredStep
from service.domain.insights.planning.challenges import GONE, answers_in, empty_cell
from service.domain.insights.planning.covered import (
    ChallengeCoverage,
    Coverage,
    CoverageDefinition,
    CoveredStage,
    CoveredTouchpoint,
    DepartmentCoverage,
    EvidenceCoverage,
    KindShares,
    StageCoverage,
    StageEvidence,
    StepEvidence,
    TouchpointCoverage,
)
from service.domain.insights.planning.material import (
    Challenge,
    Material,
    Scope,
    Stage,
    Step,
    Touchpoint,
    challenges_of,
)
from service.domain.insights.rules import in_scope, supports
from service.domain.shares import Excluded, proportion, share_of

ANALYTICAL, ANECDOTAL = "analytical", "anecdotal"


def coverage(journey_id: str, material: Material) -> Coverage:
    """The coverage of a map."""
    answers = answers_in(material)
    every = list(challenges_of(material))
    questions, pains, objections = (
        _of_challenges([one for one in every if one.kind == kind], answers.answer)
        for kind in ("question", "pain", "objection")
    )
    touchpoints, excluded = _touchpoints(material)
    return Coverage(
        journey_id,
        material.title,
        CoverageDefinition(material.revision),
        _departments(material),
        questions,
        pains,
        objections,
        _evidence(material),
        touchpoints,
        _stages(material),
        excluded,
    )


def _departments(material: Material) -> DepartmentCoverage:
    met = {which for step in material.steps for which in step.touchpoint_ids}
    here = {step.department for step in material.steps} | set(material.receivers)
    here |= {t.department for t in material.touchpoints if t.id in met}
    present = sorted(name for name in here if name is not None)
    missing = sorted(set(material.departments) - set(present))
    share = proportion(len(present), len(present) + len(missing))
    return DepartmentCoverage(share, present, missing)


def _of_challenges(
    every: Sequence[Challenge], is_met: Callable[[Challenge], bool]
) -> ChallengeCoverage:
    missing = [one for one in every if not is_met(one)]
    cells = [empty_cell(one) for one in missing]
    return ChallengeCoverage(proportion(len(every) - len(missing), len(every)), cells)


_Counts = tuple[int, int]
"""Findings that are figures, and those that are stories."""


def _evidence(material: Material) -> EvidenceCoverage:
    steps = [(step, _counted(material, step_ids={step.id})) for step in material.steps]
    stages = [
        (stage, _counted(material, stage.id, {step.id for step in material.steps_of(stage)}))
        for stage in material.stages
    ]
    return EvidenceCoverage(
        _kinds(counts for _, counts in stages),
        _kinds(counts for _, counts in steps),
        [StageEvidence(stage.id, stage.key, *counts) for stage, counts in stages],
        [StepEvidence(step.id, step.key, *counts) for step, counts in steps],
        [_stage(stage) for stage, counts in stages if not any(counts)],
        [_step(step) for step, counts in steps if not any(counts)],
    )


def _counted(
    material: Material, stage_id: str | None = None, step_ids: Collection[str] = ()
) -> _Counts:
    about = {
        (finding.id, finding.kind)
        for finding in material.findings
        if finding.left_out is None
        and supports(finding.status, finding.weight)
        and (finding.step_id in step_ids or (stage_id is not None and finding.stage_id == stage_id))
    }
    figures, stories = (sum(kind == one for _, one in about) for kind in (ANALYTICAL, ANECDOTAL))
    return figures, stories


def _kinds(counted: Iterable[_Counts]) -> KindShares:
    counts = list(counted)
    return KindShares(
        share_of(figures > 0 for figures, _ in counts),
        share_of(stories > 0 for _, stories in counts),
        share_of(figures > 0 and stories > 0 for figures, stories in counts),
        share_of(figures == stories == 0 for figures, stories in counts),
    )


def _touchpoints(material: Material) -> tuple[TouchpointCoverage, list[Excluded]]:
    met = {which for step in material.steps for which in step.touchpoint_ids}
    listed = [t for t in material.touchpoints if t.ours]
    ours = {t.id for t in listed}
    open_ = [step for step in material.steps if not step.private and not step.nested]
    without = [step for step in open_ if ours.isdisjoint(step.touchpoint_ids)]
    others = Counter(t.party for t in material.touchpoints if not t.ours)
    private = sum(step.private for step in material.steps)
    left_out = {
        "competitors_touchpoint": others.pop("competitor", 0),
        "earned_touchpoint": others.pop("earned", 0),
        "deprecated_touchpoint": others.total(),
        "private_step": private,
        "nested_step": len(material.steps) - len(open_) - private,
        GONE: material.gone,
        **Counter(why for _, why in {(one.id, one.left_out) for one in material.findings} if why),
    }
    covered = TouchpointCoverage(
        share_of(t.id in met for t in listed),
        [_touchpoint(t) for t in listed if t.id not in met],
        proportion(len(open_) - len(without), len(open_)),
        [_step(step) for step in without],
    )
    return covered, [Excluded(reason, count) for reason, count in left_out.items() if count]


def _stages(material: Material) -> StageCoverage:
    scope = material.scope or Scope()
    stages, missing, backwards = in_scope(material.stages, scope.from_, scope.to)
    filled = {step.stage_id for step in material.steps}
    return StageCoverage(
        share_of(stage.id in filled for stage in stages),
        [_stage(stage) for stage in stages],
        [_stage(stage) for stage in stages if stage.id not in filled],
        list(dict.fromkeys(name for _, name in missing)),
        "The scope ends before it begins." if backwards else UNSET,
    )


def _stage(stage: Stage) -> CoveredStage:
    return CoveredStage(stage.id, stage.key, stage.name)


def _step(step: Step) -> CoveredStep:
    return CoveredStep(step.id, step.key, step.action)


def _touchpoint(touchpoint: Touchpoint) -> CoveredTouchpoint:
    return CoveredTouchpoint(touchpoint.id, touchpoint.key, touchpoint.name)
