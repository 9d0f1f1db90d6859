"""What the picture of a map shows, before anything is drawn: heads, lanes over the steps, marks.

Every form (HTML, SVG, Markdown) draws this, so none of them says more or less than the others.
"""

from collections.abc import Mapping, Sequence

import msgspec

from service.domain.insights.emotion import curve
from service.domain.insights.emotion_curve import CurveStage, CurveStep, EmotionCurve, Id
from service.domain.insights.lettering import is_right_to_left, legible
from service.domain.insights.maps.crossings import GapMark, crossings
from service.domain.insights.maps.lanes import Beside, Lane, Members, lanes, texts
from service.domain.insights.maps.words import Words

STAGE_LISTS = (
    *("goals", "expectations", "needs", "questions", "objections", "feelings"),
    *("frustrations", "reliefs", "decision_factors"),
)
_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}
)


class Person(msgspec.Struct, frozen=True):
    """Whose journey it is; `avatar` is a data URI."""

    name: str
    role: str | None
    initials: str
    avatar: str | None = None


class StepShown(msgspec.Struct, frozen=True):
    """A step's head: what is done, marks (private, truth, decision), its rating, and how bad the
    crossing from the step before it is, where there is one.
    """

    action: str
    marks: tuple[str, ...]
    rating: float | None
    crossing: float | None = None


class StageShown(msgspec.Struct, frozen=True):
    """A stage's head: the steps from `first` on, their mean, and lists by their label."""

    name: str
    description: str
    mean: float | None
    first: int
    count: int
    lists: list[tuple[str, list[str]]]


class Content(msgspec.Struct, frozen=True):
    """The whole picture."""

    title: str
    scenario: str
    occasion: str
    perspective: str
    locale: str | None
    right_to_left: bool
    stated: str
    personas: list[Person]
    stages: list[StageShown]
    steps: list[StepShown]
    lanes: list[Lane]
    curve: EmotionCurve
    said: Words


def content(
    journey: Members, beside: Beside, said: Words, revision: int | str = "draft"
) -> Content:
    """The picture of a journey's document."""
    steps = [step for stage in journey["stages"] for step in stage["steps"]]
    drawn = _curve(journey)
    return Content(
        title=legible(journey["title"]),
        scenario=legible(journey["scenario"] or ""),
        occasion=legible(journey["occasion"] or ""),
        perspective=journey["perspective"],
        locale=journey["locale"],
        right_to_left=_right_to_left(journey),
        stated=_stated(journey, said, revision),
        personas=[_person(one, said) for one in beside.personas],
        stages=_stages(journey["stages"], drawn, said),
        steps=_steps(steps, crossings(beside.gaps)),
        lanes=list(lanes(steps, beside, said)),
        curve=drawn,
        said=said,
    )


def _stated(journey: Members, said: Words, revision: int | str) -> str:
    """Which state of the map it is, and of when."""
    told = [] if revision == "draft" else [said["revision"].format(revision)]
    told += [said["version"].format(journey["version"])]
    return " · ".join([*told, said["changed"].format(journey["updated_at"][:10])])


def _curve(journey: Members) -> EmotionCurve:
    """By the authors' ratings alone: they are all that the picture draws."""
    stages = [CurveStage(stage["id"], stage["name"]) for stage in journey["stages"]]
    steps = [
        CurveStep(
            step_id=step["id"],
            key=step["key"],
            stage_id=stage["id"],
            rating=step["emotion"],
            moment_of_truth=step["moment_of_truth"],
            label=step["action"],
            decision_moment=step["decision_moment"],
        )
        for stage in journey["stages"]
        for step in stage["steps"]
    ]
    return curve(journey["id"], stages, steps, title=journey["title"])


def _right_to_left(journey: Members) -> bool:
    language = (journey["locale"] or "").replace("_", "-").partition("-")[0].lower()
    return language in _RIGHT_TO_LEFT if language else is_right_to_left(journey["title"])


def _person(row: Members, said: Words) -> Person:
    return Person(
        legible(row["name"]),
        row["role"] and said[row["role"]],
        initials(row["name"]),
        row.get("avatar"),
    )


def initials(name: str) -> str:
    """One or two letters that stand for a face."""
    words = [word for word in legible(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    chosen = [words[0]] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


def _steps(steps: Sequence[Members], into: Mapping[Id, Sequence[GapMark]]) -> list[StepShown]:
    shown, before = [], None
    for step in steps:
        here = (one for one in into.get(step["id"], ()) if one.from_step_id == before)
        worst = max((one.severity for one in here), default=None)
        shown.append(StepShown(legible(step["action"]), _marks(step), step["emotion"], worst))
        before = step["id"]
    return shown


def _marks(step: Members) -> tuple[str, ...]:
    flags = {
        "private": step["private"],
        "truth": step["moment_of_truth"],
        "decision": step["decision_moment"],
    }
    return tuple(name for name, is_so in flags.items() if is_so)


def _stages(stages: Sequence[Members], drawn: EmotionCurve, said: Words) -> list[StageShown]:
    shown, first = [], 0
    for stage, figures in zip(stages, drawn.per_stage, strict=True):
        lists = [(said[name], texts(stage[name])) for name in STAGE_LISTS if stage[name]]
        shown.append(
            StageShown(
                legible(stage["name"]),
                legible(stage["description"] or ""),
                figures.mean,
                first,
                len(stage["steps"]),
                lists,
            )
        )
        first += len(stage["steps"])
    return shown
