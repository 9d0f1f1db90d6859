"""Where contacts leave, or linger: transitions that fewer take than elsewhere or before."""

from collections.abc import Iterator

from msgspec import UNSET

from service.domain.insights.gaps.gap import Gap, Value, Weighed
from service.domain.insights.gaps.map import Step
from service.domain.insights.gaps.passage import Fall, Passage, Tally, instant
from service.domain.insights.gaps.scene import Scene, at_step
from service.domain.insights.gaps.seen_in import (
    GapBaseline,
    GapDifference,
    GapWhere,
    GapWorth,
    period_of,
)
from service.domain.insights.rules import rounded

LOWEST = "lowest"


def drop_offs(scene: Scene) -> Iterator[Gap]:
    """Transitions whose continuation is below that outside a slice, or in the baseline; and, as a
    weaker finding, the lowest of the map.

    Signals: `excess` = (baseline − share) / baseline, weight 0.5; `drop_off` = 1 − share, weight
    0.2; `reach` = contacts who came to its `from` / contacts on the map, weight 0.1; `emotion_low`
    and `pivotal` of that step, 0.1 each. Of the lowest `excess` is unknown, so that its confidence
    is at most 0.5.
    """
    passage = scene.passage
    if passage is None or passage.reason is not None:
        return
    told = [one for one in passage.falls if {one.from_id, one.to_id} <= scene.at.keys()]
    for fall in told:
        yield _fallen(scene, passage, fall)
    if lowest := _lowest(scene, passage):
        ends, tally = lowest
        if ends not in {(one.from_id, one.to_id) for one in told}:
            yield _weakest(scene, passage, ends, tally)


def _fallen(scene: Scene, passage: Passage, fall: Fall) -> Gap:
    before, after = scene.step[fall.from_id], scene.step[fall.to_id]
    here, there = fall.here.share, fall.there.share
    share, other = here.value or 0.0, there.value or 0.0
    values: dict[str, Value] = {
        **_counts(fall.here),
        **passage.counted,
        "baseline_continued": fall.there.continued,
        "baseline_of": fall.there.decided,
    }
    if fall.where is not None:
        name = fall.where.name or fall.where.value
        values |= {"slice": name, "dimension": fall.where.dimension}
    gap = scene.gap(
        "drop_off",
        f"drop_off_{fall.basis}",
        _weighed(passage, before, fall.here, (other - share) / other if other else 0.0),
        values,
        crossing=(before, after),
        slice_=_slice(fall),
        departments=_departments(before, after),
    )
    gap.period = period_of(passage, fall.span)
    gap.where = fall.where and GapWhere(*fall.where[:2], fall.where.name or UNSET)
    gap.baseline = GapBaseline(
        basis=fall.basis,
        share=there.value,
        continuation=there,
        undecided=fall.there.undecided,
        from_=_told(fall.baseline.from_),
        to=_told(fall.baseline.to),
    )
    gap.continuation, gap.undecided = here, fall.here.undecided
    low, high = fall.interval
    gap.difference = GapDifference(share - other, low, high, fall.p_value)
    gap.contacts_lost = round(fall.lost)
    rate = passage.conversions.get((fall.from_id, fall.to_id))
    if passage.value is not None and rate is not None:
        amount, currency = passage.value
        gap.value_lost = GapWorth(rounded(gap.contacts_lost * rate * amount), currency)
    return gap


def _slice(fall: Fall) -> str:
    """What tells it from others of its transition: the slice; of many periods, when it began."""
    parts = [*(fall.where or ())[:2], fall.basis]
    return "\n".join([*parts, _told(fall.span.from_) or ""] if fall.scanned else parts)


def _weakest(scene: Scene, passage: Passage, ends: tuple[str, str], tally: Tally) -> Gap:
    before, after = (scene.step[one] for one in ends)
    gap = scene.gap(
        "drop_off",
        "drop_off_lowest",
        _weighed(passage, before, tally, None),
        {**_counts(tally), **passage.counted},
        crossing=(before, after),
        slice_=LOWEST,
        departments=_departments(before, after),
    )
    gap.period = period_of(passage)
    gap.continuation, gap.undecided = tally.share, tally.undecided
    return gap


def _lowest(scene: Scene, passage: Passage) -> tuple[tuple[str, str], Tally] | None:
    """The transition of the lowest continuation, where it is known of several; the first of
    equals."""
    known = {
        ends: one.tally
        for ends, one in passage.ways.items()
        if one.tally.decided >= max(passage.least, 1)
        and {*ends} <= scene.at.keys()
        and passage.may_part(ends, one.tally.continued)
    }
    if len(known) < 2:
        return None
    found = min(known, key=lambda ends: (known[ends].share.value, scene.at[ends[0]]))
    tally = known[found]
    return (found, tally) if tally.dropped and tally.is_told(passage.small) else None


def delays(scene: Scene) -> Iterator[Gap]:
    """A transition that takes longer in the median, of at least the least count of contacts, than
    the map expects; times are those of contacts who went on, from their first arrival.

    Signals: `excess_delay` = min(1, median / expected − 1), weight 0.6; `reach` = those timed /
    contacts on the map, weight 0.2; `emotion_low` and `pivotal` of its `from`, 0.1 each.
    """
    passage = scene.passage
    for ends, one in (passage.ways if passage else {}).items():
        expected = scene.expected.get(ends)
        if passage is None or one.took is None or not expected:
            continue
        if one.took.times < max(passage.least, 1) or one.took.median <= expected:
            continue
        if not one.tally.is_told(passage.small) or not passage.may_part(ends, one.took.times):
            continue
        before, after = (scene.step[end] for end in ends)
        excess = min(1.0, one.took.median / expected - 1)
        gap = scene.gap(
            "delay",
            "delay",
            (
                ("excess_delay", excess, 0.6, one.took.times),
                ("reach", passage.reach(one.took.times), 0.2, passage.contacts),
                *at_step(before, 0.1),
            ),
            {
                **{"seconds": one.took.median, "limit_seconds": expected},
                **{"contacts": one.took.times, **passage.counted},
            },
            crossing=(before, after),
            departments=_departments(before, after),
        )
        gap.period = period_of(passage)
        yield gap


def _weighed(
    passage: Passage, step: Step, tally: Tally, excess: float | None
) -> tuple[Weighed, ...]:
    came = tally.decided + tally.undecided
    return (
        ("excess", excess, 0.5, tally.decided),
        ("drop_off", tally.dropped / tally.decided, 0.2, tally.decided),
        ("reach", passage.reach(came), 0.1, passage.contacts),
        *at_step(step, 0.1),
    )


def _counts(tally: Tally) -> dict[str, Value]:
    return {"continued": tally.continued, "of": tally.decided}


def _departments(*steps: Step) -> list[str]:
    return list(dict.fromkeys(one.department for one in steps if one.department))


def _told(at: int | None) -> str | None:
    return None if at is None else instant(at)
