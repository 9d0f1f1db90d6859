"""What the map rests on: too little evidence, of one side only, stale, or about somebody else."""

from collections.abc import Iterator, Sequence
from statistics import fmean

from service.domain.insights.gap import Gap, Value, Weighed
from service.domain.insights.gap_map import Finding, Stage, Step
from service.domain.insights.gap_scene import Scene, pivotal

KINDS = 2
"""Analytical and anecdotal."""
SAMPLE = 10
"""So many findings about others count as many."""


def evidence(scene: Scene) -> Iterator[Gap]:
    """A step, stage or persona that no evidence supports, or one kind only, or one department
    only, or stale findings only. One gap a place, told by the first of these that holds; stale
    findings are told beside it.

    A stage rests on its own findings and those of its steps; a persona with attributes on those
    about it. Those about another customer type support nothing: `off_profile_evidence` tells them.
    Signals: `kinds` = kinds missing / 2, weight 0.25; `departments` = 1 for at most one,
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
        if persona.attributes:
            at = scene.supporting(persona.id)
            values: dict[str, Value] = {
                "persona": persona.name,
                "attributes": len(persona.attributes),
            }
            yield from _judged(scene, at, 0.0, 0.0, slice_=f"persona\n{persona.id}", told=values)


def _judged(
    scene: Scene,
    at: Sequence[Finding],
    decides: float,
    emotion: float | None,
    *,
    step: Step | None = None,
    stage: Stage | None = None,
    slice_: str = "",
    told: dict[str, Value] | None = None,
) -> Iterator[Gap]:
    kinds = {one.kind for one in at}
    departments = {one.department for one in at if one.department}
    days = [(scene.today - one.observed_on).days for one in at if one.observed_on]
    stale = sum(day > scene.limits.evidence_stale_days for day in days)
    # Where some findings name no department, theirs may be another one.
    unnamed = any(not one.department for one in at)
    known_one = len(departments) == 1 and not unnamed
    code = _lacking(len(at), len(kinds), known_one, stale == len(days) > 0)
    if code is None:
        return
    one_only = None if unnamed and len(departments) < 2 else float(len(departments) < 2)
    signals: tuple[Weighed, ...] = (
        ("kinds", 1 - len(kinds) / KINDS, 0.25, len(at)),
        ("departments", one_only, 0.1, len(departments)),
        ("stale", stale / len(days) if days else None, 0.15, len(days)),
        ("pivotal", decides, 0.25, None),
        ("emotion", emotion, 0.25, None),
    )
    values: dict[str, Value] = {
        "findings": len(at),
        "kind": min(kinds, default=None),
        "department": min(departments, default=None),
        "days": scene.limits.evidence_stale_days,
        **(told or {}),
    }
    if stale and code != "evidence_stale":
        values |= {"stale": stale, "dated": len(days)}
    of = "persona" if told else "step" if step is not None else "stage"
    code = f"{code}_{of}"
    yield scene.gap("evidence", code, signals, values, step=step, stage=stage, slice_=slice_)


def _lacking(findings: int, kinds: int, one_department: bool, all_stale: bool) -> str | None:
    if findings == 0:
        return "evidence_none"
    if kinds < KINDS:
        return "evidence_one_kind"
    if one_department:
        return "evidence_one_department"
    return "evidence_stale" if all_stale else None


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
