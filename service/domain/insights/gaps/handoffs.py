"""Handoffs: transitions whose two ends differ in department, channel or device, both being known.

A crossing of several dimensions is one gap that names all, of the kind of the first changed of
department, channel, device, so that one loss is not counted twice. Two steps that several
transitions tie have one crossing, managed when each of these is.

Signals, each 0 to 1: `crossing` = changed dimensions / 3, times 0.25 when it is said what is
handed over and who takes it; `emotion_drop` = max(0, e_from − e_to) / 4; `emotion_low` =
max(0, −e_to) / 2; `excess_drop_off` = max(0, drop-off of its `from` − that of all steps out of
which a transition leads that does not cross); `excess_delay` = min(1, max(0, median / expected −
1)), expected being the map's, else the median of all transitions that do not cross. Of both each
side that is compared has the least count of contacts, or they are unknown. Emotions are the steps'
own ratings. The weights are the workspace's.
severity = 100 × Σ w·s / Σ w over the known, confidence = Σ w known / Σ all w.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from service.domain.insights.gaps.gap import Gap, Kind, Strength, Weighed
from service.domain.insights.gaps.map import Step
from service.domain.insights.gaps.passage import Passage, Tally, Timed
from service.domain.insights.gaps.scene import DIMENSIONS, Scene
from service.domain.insights.gaps.seen_in import GapBaseline, period_of
from service.domain.preferences import HandoffWeights

MANAGED = 0.25
"""What is left of a crossing's weight once it is managed."""


def handoffs(scene: Scene) -> Iterator[Gap]:
    """The crossings of a map, managed ones too: they count less."""
    weights = scene.limits.handoff_weights
    for before, after, changed, managed in crossings(scene):
        known = [one.department for one in (before, after) if one.department]
        excess = excess_of(scene, before, after)
        gap = scene.gap(
            cast(Kind, f"{changed[0]}_handoff"),
            "handoff_managed" if managed else "handoff_unmanaged",
            signals(before, after, len(changed), managed, weights, excess=excess),
            {
                "dimensions": changed,
                **{f"from_{name}": getattr(before, name) for name in changed},
                **{f"to_{name}": getattr(after, name) for name in changed},
            },
            crossing=(before, after),
            dimensions=changed,
            departments=list(dict.fromkeys(known)),
            managed=managed,
        )
        if scene.passage is not None and excess.here is not None:
            gap.continuation, gap.undecided = excess.here.share, excess.here.undecided
            gap.period = period_of(scene.passage)
        if excess.straight is not None:
            share = excess.straight.share
            gap.baseline = GapBaseline(
                basis="not_crossing",
                share=share.value,
                continuation=share,
                undecided=excess.straight.undecided,
            )
        yield gap


class Excess(NamedTuple):
    """By how much more drop off, and how much longer it takes, than where no border is crossed; the
    counts of both sides where they may be compared."""

    drop_off: float | None = None
    delay: float | None = None
    here: Tally | None = None
    straight: Tally | None = None
    times: int | None = None


def excess_of(scene: Scene, before: Step, after: Step) -> Excess:
    """What events tell of a crossing."""
    passage = scene.passage
    if passage is None or passage.reason is not None:
        return Excess()
    here = scene.left(before)
    straight = passage.enough(passage.straight and passage.straight.tally)
    drop_off = None
    if here is not None and straight is not None:
        drop_off = max(0.0, _dropped(here) - _dropped(straight))
    way = passage.ways.get((before.id, after.id))
    took = _timed(passage, way and way.took)
    usual = _timed(passage, passage.straight and passage.straight.took)
    expected = scene.expected.get((before.id, after.id)) or (usual and usual.median)
    delay = None
    if took is not None and expected:
        delay = min(1.0, max(0.0, took.median / expected - 1))
    return Excess(drop_off, delay, here, straight, took.times if took else None)


def _timed(passage: Passage, took: Timed | None) -> Timed | None:
    return took if took is not None and took.times >= max(passage.least, 1) else None


def _dropped(tally: Tally) -> float:
    return tally.dropped / tally.decided


def managed_crossings(scene: Scene) -> Iterator[Strength]:
    """Crossings at which it is said what is handed over, and to whom, and where no more drop off
    than elsewhere, as far as events tell.

    None of a step at which competitors alone are met: how well one is left for them, or they hand
    over, is no strength of ours.
    """
    for before, after, changed, managed in crossings(scene):
        lossless = not excess_of(scene, before, after).drop_off
        if managed and lossless and not (theirs(scene, before) or theirs(scene, after)):
            yield scene.strength(
                "managed_crossing", "managed_crossing", {"dimensions": changed}, before, after
            )


def theirs(scene: Scene, step: Step) -> bool:
    """Whether what is met at a step is a competitor's, and nothing else is."""
    met = scene.met[step.id]
    return bool(met) and all(one.party == "competitor" for one in met)


def crossings(scene: Scene) -> Iterator[tuple[Step, Step, list[str], bool]]:
    """Each pair of steps that a transition ties across a border: what changes, and if managed."""
    pairs: dict[tuple[str, str], bool] = {}
    for one in scene.map.transitions:
        ends = one.from_id, one.to_id
        pairs[ends] = pairs.get(ends, True) and one.managed
    for (from_id, to_id), managed in pairs.items():
        before, after = scene.step[from_id], scene.step[to_id]
        if changed := changes(before, after):
            yield before, after, changed, managed


def changes(before: Step, after: Step) -> list[str]:
    """The dimensions in which two steps differ, both sides being known."""
    return [
        name
        for name in DIMENSIONS
        if (one := getattr(before, name)) and (other := getattr(after, name)) and one != other
    ]


def signals(
    before: Step,
    after: Step,
    changed: int,
    managed: bool,
    weights: HandoffWeights,
    *,
    excess: Excess,
) -> Sequence[Weighed]:
    """The signals of a crossing of that many dimensions."""
    e_from, e_to = before.emotion, after.emotion
    drop = None if e_from is None or e_to is None else max(0.0, e_from - e_to) / 4
    low = None if e_to is None else max(0.0, -e_to) / 2
    crossing = changed / 3 * (MANAGED if managed else 1)
    return (
        ("crossing", crossing, weights.crossing, changed),
        ("emotion_drop", drop, weights.emotion_drop, 2),
        ("emotion_low", low, weights.emotion_low, 1),
        (
            "excess_drop_off",
            excess.drop_off,
            weights.excess_drop_off,
            excess.here and excess.here.decided,
        ),
        ("excess_delay", excess.delay, weights.excess_delay, excess.times),
    )
