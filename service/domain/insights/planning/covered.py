"""What a map covers and what it lacks: the answer's structs, encoded as they stand."""

from typing import Annotated

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import told
from service.domain.insights.covered_step import CoveredStep
from service.domain.insights.emotion_curve import Id, Revision
from service.domain.insights.planning.challenges import EmptyCell
from service.domain.shares import Excluded, Proportion

_STAGE, _STEP = "0198c7f0-0000-7000-8000-000000000050", "0198c7f0-0000-7000-8000-000000000060"
_TOUCHPOINT = "0198c7f0-0000-7000-8000-000000000070"


class CoverageDefinition(Struct, frozen=True, gc=False):
    """What was counted, and how."""

    revision: Revision = "draft"
    questions_answered_by: Annotated[list[str], told("What answers a question.", ["content"])] = (
        field(default_factory=lambda: ["content"])
    )
    pains_answered_by: Annotated[
        list[str], told("What answers a pain or objection.", ["content", "action"])
    ] = field(default_factory=lambda: ["content", "action"])
    evidence_of_stage: Annotated[
        str, told("A stage has the evidence about itself and about its steps.", "own_and_steps")
    ] = "own_and_steps"
    departments_of_map: Annotated[
        list[str],
        told(
            "What makes a department present on the map.",
            ["step", "touchpoint", "received_by"],
        ),
    ] = field(default_factory=lambda: ["step", "touchpoint", "received_by"])
    interval: Annotated[str, told("How the ends of shares are found.", "wilson_95")] = "wilson_95"


class CoveredStage(Struct, frozen=True, gc=False):
    """A stage, by what it is called."""

    stage_id: Annotated[Id, told("Which stage.", _STAGE)]
    key: Annotated[str, told("By which the map or library names it.", "decision")]
    name: Annotated[str, told("How people call it.", "We decide")]


class CoveredTouchpoint(Struct, frozen=True, gc=False):
    """A touchpoint, by its name."""

    touchpoint_id: Annotated[Id, told("Which touchpoint.", _TOUCHPOINT)]
    key: Annotated[str, told("By which the map or library names it.", "hotline")]
    name: Annotated[str, told("How people call it.", "Telephone hotline")]


class DepartmentCoverage(Struct, frozen=True, gc=False):
    """The departments that the map shows, out of all the workspace has."""

    share: Annotated[Proportion, told("Those on the map.")]
    present: Annotated[list[str], told("Those on the map.", ["marketing", "service"])]
    missing: Annotated[list[str], told("Those that it does not show.", ["finance"])]


class ChallengeCoverage(Struct, frozen=True, gc=False):
    """The questions, pains or objections that are answered."""

    share: Annotated[Proportion, told("Those answered.")]
    missing: Annotated[list[EmptyCell], told("Those that nothing answers.")]


class StageEvidence(Struct, frozen=True, gc=False):
    """How many findings of each kind are about a stage or its steps."""

    stage_id: Annotated[Id, told("Which stage.", _STAGE)]
    key: Annotated[str, told("By which the map or library names it.", "decision")]
    analytical: Annotated[int, told("Findings that are figures.", 2)]
    anecdotal: Annotated[int, told("Findings that are stories.", 5)]


class StepEvidence(Struct, frozen=True, gc=False):
    """How many findings of each kind are about a step."""

    step_id: Annotated[Id, told("Which step.", _STEP)]
    key: Annotated[str, told("By which the map or library names it.", "call-the-adviser")]
    analytical: Annotated[int, told("Findings that are figures.", 2)]
    anecdotal: Annotated[int, told("Findings that are stories.", 5)]


class KindShares(Struct, frozen=True, gc=False):
    """How many have findings of each kind, of both, and of none."""

    analytical: Annotated[Proportion, told("With a figure at least.")]
    anecdotal: Annotated[Proportion, told("With a story at least.")]
    both: Annotated[Proportion, told("With both.")]
    neither: Annotated[Proportion, told("With none.")]


class EvidenceCoverage(Struct, frozen=True, gc=False):
    """The kinds of evidence for stages and for steps, without assumptions and what weighs 0."""

    stages: Annotated[KindShares, told("Shares of the stages that have each.")]
    steps: Annotated[KindShares, told("Shares of the steps that have each.")]
    per_stage: Annotated[list[StageEvidence], told("The counts of each stage.")]
    per_step: Annotated[list[StepEvidence], told("The counts of each step.")]
    stages_without: Annotated[list[CoveredStage], told("Stages without any.")]
    steps_without: Annotated[list[CoveredStep], told("Steps without any.")]


class TouchpointCoverage(Struct, frozen=True, gc=False):
    """Which touchpoints of the catalogue the map meets, and at which steps there is one of ours.

    Ours are own and paid ones that are not given up: the catalogue's share leaves out a
    competitor's, earned and deprecated ones. The steps' share leaves out private steps, where it is
    an opportunity and no gap, and those that stand for a nested journey: these are looked at there.
    `excluded` counts all of these.
    """

    catalogue: Annotated[Proportion, told("Entries that the map meets.")]
    unused: Annotated[list[CoveredTouchpoint], told("Entries that it does not meet.")]
    steps: Annotated[Proportion, told("Steps at which one of ours is met.")]
    steps_without: Annotated[list[CoveredStep], told("Steps without one.")]


class StageCoverage(Struct, frozen=True, gc=False):
    """The stages in scope that have steps. Without a scope, all are in it."""

    share: Annotated[Proportion, told("Those with steps.")]
    in_scope: Annotated[list[CoveredStage], told("The stages from the scope's first to its last.")]
    missing: Annotated[list[CoveredStage], told("Those without steps.")]
    unknown: Annotated[
        list[str], told("Stages that the scope names and the map has not.", ["renewal"])
    ]
    reason: Annotated[
        str | UnsetType,
        told("Why the scope was not used; else absent.", "The scope ends before it begins."),
    ] = UNSET


class Coverage(Struct, frozen=True, gc=False):
    """What a map covers and what it lacks."""

    journey_id: Annotated[Id, told("Whose.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, told("As the map is called.", "Finding a financial adviser")]
    definition: Annotated[CoverageDefinition, told("What was counted.")]
    departments: Annotated[DepartmentCoverage, told("Who of us is on the map.")]
    questions: Annotated[ChallengeCoverage, told("Questions that content answers.")]
    pains: Annotated[ChallengeCoverage, told("Pains that content or an action answers.")]
    objections: Annotated[ChallengeCoverage, told("Objections, likewise.")]
    evidence: Annotated[EvidenceCoverage, told("Kinds of evidence.")]
    touchpoints: Annotated[TouchpointCoverage, told("Where clients are met.")]
    stages: Annotated[StageCoverage, told("Stages in scope.")]
    excluded: Annotated[list[Excluded], told("What was left out.")]
