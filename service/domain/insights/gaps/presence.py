"""Where we are not there: steps without a touchpoint, silence, touchpoints nothing comes from."""

from collections.abc import Iterator, Sequence

from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.map import Step
from service.domain.insights.gaps.scene import Scene, at_step


def missing_touchpoints(scene: Scene) -> Iterator[Gap]:
    """A step in our sight at which no touchpoint of ours is present.

    Ours are own and paid ones that are not given up. A step that stands for a nested journey is
    looked at there. Signals: `stage_without` = steps of the stage without one / its steps in our
    sight, weight 0.6, so that a stage with none at all is worst; `emotion_low` and `pivotal`, 0.2
    each.
    """
    return _untouched(scene, private=False)


def openings(scene: Scene) -> Iterator[Gap]:
    """The same at private steps: no gap, but an opportunity."""
    return _untouched(scene, private=True)


def _untouched(scene: Scene, *, private: bool) -> Iterator[Gap]:
    for steps in scene.steps_of.values():
        seen = [step for step in steps if step.private is private and not step.nested]
        missing = [step for step in seen if not scene.touched(step)]
        everywhere = len(missing) == len(seen)
        code = "missing_touchpoint_stage" if everywhere else "missing_touchpoint"
        for step in missing:
            yield scene.gap(
                "missing_touchpoint",
                "opportunity_private" if private else code,
                (("stage_without", len(missing) / len(seen), 0.6, len(seen)), *at_step(step, 0.2)),
                {"without": len(missing), "steps": len(seen)},
                step=step,
            )


def silences(scene: Scene) -> Iterator[Gap]:
    """No planned touch for longer than the workspace's limit on the way to the last decision.

    The way is the map's order, from its first step to its last decision moment; a stretch runs
    from a step with a touchpoint of ours, or the beginning, to the next such step, or the
    decision, and takes the expected times of the transitions between. Where some of those are
    unknown their sum is the least it takes: beyond the limit it is a gap all the same, and its
    confidence is multiplied by the share of the times that are known. Signals: `silence` =
    1 − limit / seconds, weight 0.7; `emotion_drop` = max(0, e_from − e_to) / 4, weight 0.3.
    """
    limit = scene.limits.silence_seconds
    for before, after, times in stretches(scene):
        known = [seconds for seconds in times if seconds is not None]
        if (seconds := sum(known)) <= limit:
            continue
        e_from, e_to = before.emotion, after.emotion
        drop = None if e_from is None or e_to is None else max(0.0, e_from - e_to) / 4
        yield scene.gap(
            "silence",
            "silence" if len(known) == len(times) else "silence_at_least",
            (("silence", 1 - limit / seconds, 0.7, len(known)), ("emotion_drop", drop, 0.3, 2)),
            {
                "days": round(seconds / 86_400, 1),
                "limit_days": round(limit / 86_400, 1),
                "seconds": seconds,
                "limit_seconds": limit,
            },
            crossing=(before, after),
            known=len(known) / len(times),
        )


def stretches(scene: Scene) -> Iterator[tuple[Step, Step, list[float | None]]]:
    """From touch to touch until the last decision: both ends, and the times between."""
    last = max((n for n, step in enumerate(scene.steps) if step.decision_moment), default=0)
    begin, times = 0, []
    for n in range(1, last + 1):
        before, after = scene.steps[n - 1], scene.steps[n]
        times.append(scene.expected.get((before.id, after.id)))
        if n == last or scene.touched(after):
            yield scene.steps[begin], after, times
            begin, times = n, []


def without_data(scene: Scene) -> Iterator[Gap]:
    """A touchpoint of the map that no finding and no event of the range has come from.

    A finding comes from a touchpoint that it is about, or from the only one met at the step that it
    is about; at a step with several nobody knows from which. So does an event that is at the step.
    Given up ones and competitors' are left out. Signals: `findings` = 1, weight 0.2; `use` = steps
    that meet it / steps, weight 0.3; `events` = 1, weight 0.5, unknown where no event can be at
    such a step.
    """
    for touchpoint, steps in scene.used.items():
        one = scene.touchpoint[touchpoint]
        if one.party == "competitor" or one.status == "deprecated":
            continue
        alone = [step.id for step in steps if {met.id for met in scene.met[step.id]} == {one.id}]
        found = (finding for at in (one.id, *alone) for finding in scene.findings.get(at, ()))
        if any(scene.between.holds(finding.observed_on) for finding in found):
            continue
        came = _came(scene, alone)
        if came:
            continue
        yield scene.gap(
            "no_data",
            "no_data" if came is None else "no_data_events",
            (
                ("findings", 1.0, 0.2, 0),
                ("use", len(steps) / len(scene.steps), 0.3, len(steps)),
                ("events", None if came is None else 1.0, 0.5, came),
            ),
            {"touchpoint": one.name, "steps": len(steps)},
            step=steps[0],
            keyed=False,
            slice_=one.key,
            departments=[one.department] if one.department else None,
        )


def _came(scene: Scene, steps: Sequence[str]) -> int | None:
    """How many contacts were at the step of these where most were; None: events cannot tell."""
    passage = scene.passage
    if passage is None or passage.reason is not None:
        return None
    return max((passage.came.get(one, 0) for one in steps if one in passage.bound), default=None)
