"""Where the map and what contacts do differ: ways it does not have, steps that nobody takes, and
events that no step claims."""

from collections.abc import Iterator

from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.passage import Passage
from service.domain.insights.gaps.scene import Scene, at_step
from service.domain.insights.gaps.seen_in import GapWhere, period_of

EVENT = "event"
"""By what events that no step claims are told apart."""


def detours(scene: Scene) -> Iterator[Gap]:
    """A move from step to step that the map has no transition for, of 5 % or more of all moves out
    of the first, taken by the least count of contacts.

    Signals: `share` = such moves / moves out of that step, weight 0.5; `reach` = contacts who took
    it / contacts on the map, weight 0.3; `emotion_low` and `pivotal` of that step, 0.1 each.
    """
    passage = scene.passage
    for move in passage.moves if passage else ():
        if passage is None or not {move.from_id, move.to_id} <= scene.at.keys():
            continue
        before, after = scene.step[move.from_id], scene.step[move.to_id]
        gap = scene.gap(
            "detour",
            "detour",
            (
                ("share", move.times / move.of, 0.5, move.of),
                ("reach", passage.reach(move.contacts), 0.3, passage.contacts),
                *at_step(before, 0.1),
            ),
            {
                **{"count": move.times, "of": move.of, "contacts": move.contacts},
                **passage.counted,
            },
            crossing=(before, after),
        )
        gap.period = period_of(passage)
        yield gap


def unobserved(scene: Scene) -> Iterator[Gap]:
    """A step that events can be at and no contact was at in the range, though some were elsewhere
    on the map.

    Signals: `unobserved` = 1, weight 0.5; `passed_by` = the most contacts at one step behind it /
    contacts on the map, weight 0.3, unknown at the last; `emotion_low` and `pivotal`, 0.1 each. The
    confidence is multiplied by contacts on the map / least count, at most 1.
    """
    passage = scene.passage
    if passage is None or passage.reason is not None or passage.reach(passage.contacts) is None:
        return
    known = _known(passage)
    for step in scene.steps:
        if step.id not in passage.bound or passage.came.get(step.id):
            continue
        behind = [passage.came.get(one.id, 0) for one in scene.steps[scene.at[step.id] + 1 :]]
        passed = passage.reach(max(behind)) if behind else None
        gap = scene.gap(
            "unobserved",
            "unobserved",
            (
                ("unobserved", 1.0, 0.5, passage.contacts),
                ("passed_by", passed, 0.3, passage.contacts),
                *at_step(step, 0.1),
            ),
            {"contacts": passage.contacts, **passage.counted},
            step=step,
            known=known,
        )
        gap.period = period_of(passage)
        yield gap


def unbound(scene: Scene) -> Iterator[Gap]:
    """Events of a name that no binding of a step or touchpoint could take, on any map, done in the
    range by 5 % or more of the contacts on this map, and by the least count. It is of the whole
    map; the name is its slice.

    Signals: `reach` = contacts on the map who did it / contacts on the map, weight 0.7; `share` =
    these events / these and those at steps, of contacts on the map, weight 0.3. The confidence is
    multiplied as that of `unobserved`.
    """
    passage = scene.passage
    if passage is None:
        return
    for one in passage.unclaimed:
        gap = scene.gap(
            "unobserved",
            "unbound",
            (
                ("reach", passage.reach(one.contacts), 0.7, passage.contacts),
                ("share", one.times / one.of, 0.3, one.of),
            ),
            {
                **{"event": one.event, "count": one.times, "contacts": one.contacts},
                **{"of": passage.contacts, **passage.counted},
            },
            slice_=f"{EVENT}\n{one.event}",
            known=_known(passage),
        )
        gap.where = GapWhere(EVENT, one.event)
        gap.period = period_of(passage)
        yield gap


def _known(passage: Passage) -> float:
    """The share of the least count that the contacts on the map are."""
    return min(1.0, passage.contacts / max(passage.least, 1))
