"""What the map rests on: too little evidence, of one side only, stale, or about somebody else."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean
from typing import NamedTuple

from service.domain.insights.gaps.gap import Gap, Value, Weighed
from service.domain.insights.gaps.map import Finding, Persona, Stage, Step
from service.domain.insights.gaps.scene import Scene, pivotal
from service.domain.insights.quality import meant

CODES = ("evidence_none", "evidence_one_kind", "evidence_one_department", "evidence_stale")
"""What evidence may lack, the worst first."""
KINDS = 2
"""Analytical and anecdotal."""
SAMPLE = 10
"""So many findings about others count as many."""


def evidence(scene: Scene) -> Iterator[Gap]:
    """A step, stage or persona that no evidence supports, or one kind only, or one department
    only, or stale findings only. One gap a place, told by the first of these that holds; stale
    findings are told beside it.

    A stage rests on its own findings and those of its steps; a persona with attributes on those
    about it: on those that name the attribute, by its own name or by that of the catalogue, as
    `/quality` counts them; what is said of the persona as a whole supports no attribute of it. Its
    gap names the attributes of which the first of these holds. Assumptions, findings of weight 0
    and those about another customer type support nothing. Signals, of a persona the means over all
    its attributes: `kinds` = kinds missing / 2, weight 0.25; `departments` = 1 for at most one,
    weight 0.1, unknown where fewer than two are named and some finding names none; `stale` =
    findings older than the workspace's limit / dated ones, weight 0.15, unknown without; and what
    an error would cost: `pivotal`, and `emotion` = |rating| / 2 (of a stage the mean over its rated
    steps), 0.25 each, 0 for a persona.
    """
    for step in scene.steps:
        emotion = None if step.emotion is None else abs(step.emotion) / 2
        at = scene.supporting(step.id)
        yield from _judged(scene, at, pivotal(step), emotion, step=step)
    for stage in scene.stages:
        steps = scene.steps_of[stage.id]
        rated = [abs(step.emotion) / 2 for step in steps if step.emotion is not None]
        at = scene.supporting(stage.id, *(step.id for step in steps))
        decides = max(map(pivotal, steps), default=0.0)
        yield from _judged(scene, at, decides, fmean(rated) if rated else None, stage=stage)
    for persona in scene.map.personas:
        yield from _of_persona(scene, persona)


class _Look(NamedTuple):
    """What supports one thing."""

    findings: int
    kinds: Sequence[str]
    departments: Sequence[str]
    unnamed: bool
    """Whether some name no department: theirs may be another one."""
    dated: int
    stale: int


def _looked(scene: Scene, at: Iterable[Finding]) -> _Look:
    found = list(at)
    days = [(scene.today - one.observed_on).days for one in found if one.observed_on]
    return _Look(
        len(found),
        sorted({one.kind for one in found}),
        sorted({one.department for one in found if one.department}),
        any(not one.department for one in found),
        len(days),
        sum(day > scene.limits.evidence_stale_days for day in days),
    )


def _judged(
    scene: Scene,
    at: Sequence[Finding],
    decides: float,
    emotion: float | None,
    *,
    step: Step | None = None,
    stage: Stage | None = None,
) -> Iterator[Gap]:
    look = _looked(scene, at)
    if (code := _lacking(look)) is None:
        return
    values: dict[str, Value] = {
        "findings": look.findings,
        "kind": min(look.kinds, default=None),
        "department": min(look.departments, default=None),
        "days": scene.limits.evidence_stale_days,
    }
    if look.stale and code != "evidence_stale":
        values |= {"stale": look.stale, "dated": look.dated}
    code = f"{code}_{'step' if step is not None else 'stage'}"
    signals = _signals([look], decides, emotion)
    yield scene.gap("evidence", code, signals, values, step=step, stage=stage)


def _of_persona(scene: Scene, persona: Persona) -> Iterator[Gap]:
    about: dict[str | None, list[Finding]] = {}
    for one in scene.supporting(persona.id):
        about.setdefault(meant(one.attribute), []).append(one)
    looks = {name: _looked(scene, about.get(meant(name), ())) for name in persona.attributes}
    lacking = {name: code for name, look in looks.items() if (code := _lacking(look))}
    if not lacking:
        return
    code = min(lacking.values(), key=CODES.index)
    named = sorted(name for name, its in lacking.items() if its == code)
    values: dict[str, Value] = {
        "persona": persona.name,
        "attributes": [*named],
        "findings": sum(looks[name].findings for name in named),
        "days": scene.limits.evidence_stale_days,
    }
    signals = _signals(list(looks.values()), 0.0, 0.0)
    slice_ = f"persona\n{persona.id}"
    yield scene.gap("evidence", f"{code}_persona", signals, values, slice_=slice_)


def _signals(looks: Sequence[_Look], decides: float, emotion: float | None) -> tuple[Weighed, ...]:
    """The signals of these: the mean of each over those that know it."""
    told = [one for one in looks if len(one.departments) > 1 or not one.unnamed]
    few = [float(len(one.departments) < 2) for one in told]
    dated = sum(one.dated for one in looks)
    stale = sum(one.stale for one in looks) / dated if dated else None
    findings = sum(one.findings for one in looks)
    return (
        ("kinds", fmean(1 - len(one.kinds) / KINDS for one in looks), 0.25, findings),
        ("departments", fmean(few) if few else None, 0.1, sum(len(x.departments) for x in looks)),
        ("stale", stale, 0.15, dated),
        ("pivotal", decides, 0.25, None),
        ("emotion", emotion, 0.25, None),
    )


def _lacking(look: _Look) -> str | None:
    """The first of `CODES` that holds."""
    if look.findings == 0:
        return "evidence_none"
    if len(look.kinds) < KINDS:
        return "evidence_one_kind"
    if len(look.departments) == 1 and not look.unnamed:
        return "evidence_one_department"
    return "evidence_stale" if look.stale == look.dated > 0 else None


def off_profile_evidence(scene: Scene) -> Iterator[Gap]:
    """Findings on the map, or about its personas, that are about another customer type.

    Whoever belongs to a profile below one of the personas' belongs to that too, and of a profile
    above it is unknown whether they do: neither is off. Without a persona that has a profile
    nothing is known. Signals: `share` = such findings / findings there, weight 0.6; `findings` =
    min(1, such findings / 10), weight 0.4. One gap for each place and profile.
    """
    places: dict[str, Step | Stage] = {**scene.step, **scene.stage}
    ends = {one.id: scene.step[one.to_id] for one in scene.map.transitions}
    for place_id, findings in scene.findings.items():
        if place_id in scene.touchpoint:
            continue
        off: dict[str, int] = {}
        for one in findings:
            if one.profile_id and scene.off(one):
                off[one.profile_id] = off.get(one.profile_id, 0) + 1
        place = places.get(place_id) or ends.get(place_id)
        for profile_id, number in off.items():
            yield scene.gap(
                "off_profile_evidence",
                "off_profile",
                (
                    ("share", number / len(findings), 0.6, len(findings)),
                    ("findings", min(1.0, number / SAMPLE), 0.4, number),
                ),
                {"findings": number, "profile": scene.lineage[profile_id].name},
                step=place if isinstance(place, Step) else None,
                stage=place if isinstance(place, Stage) else None,
                slice_=profile_id if place_id in places else f"{profile_id}\n{place_id}",
            )
