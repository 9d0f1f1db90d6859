"""How contacts pass over a map: everything that gaps take of events, of one map laid out. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from service.domain.history import MISSING, SECOND, Flags, Ints, changes, people_at
from service.domain.insights.followed.goals import Goals, goals
from service.domain.insights.gaps.falls import Way, falls
from service.domain.insights.gaps.passage import (
    Move,
    Passage,
    Passing,
    Tally,
    Tie,
    Timed,
    without_few,
)
from service.domain.insights.gaps.question import Question
from service.domain.insights.gaps.unclaimed import NO_NAMES, Names, unclaimed
from service.domain.insights.gaps.walk import (
    NO_PROFILES,
    Profiles,
    Walk,
    arrivals,
    holds,
    units_of,
    walk_of,
)
from service.domain.insights.laid.asking import LaidOut, names_of

ONE_OF = 20
"""A move that is one of so many out of a step, or more often, is frequent: 5 %."""


Ties = Mapping[str, Sequence[Tie]]
"""The transitions of maps, by the id of their `from`."""


def passage(
    ties: Ties,
    asked: Question,
    on_map: LaidOut,
    *,
    whose: bool,
    profiles: Profiles = NO_PROFILES,
    names: Names = NO_NAMES,
) -> Passage:
    """What events tell of a map, also by `profiles`, and of those of these `names`; `whose`: goals
    may tell one person from others. Linear in events for each of its transitions."""
    if on_map.reason is not None:
        return Passage(reason=on_map.reason, excluded=on_map.excluded)
    units, bound = units_of(on_map.laid, asked.timeout_seconds), _bound(on_map)
    walk = walk_of(on_map, units, profiles)
    of_map = [tie for one in bound for tie in ties.get(one, ()) if tie.to_id in bound]
    inside = holds(asked.within, walk.since)
    ways = [_way(walk, tie, asked.window) for tie in of_map]
    found = falls(walk, ways, asked)
    lost = {(one.from_id, one.to_id) for one in found.found}
    untold = {"too_few_contacts": found.too_few, "small_cell": found.small}
    came = _came(walk, inside)
    people = int(changes(walk.person[inside]).sum()) if inside.any() else 0
    steps = dict(_steps(walk, bound, asked))
    beside, unheard = unclaimed(on_map, walk, units, names, asked)
    return Passage(
        contacts=people,
        unit="contact" if asked.timeout_seconds is None else "session",
        least=asked.least,
        small=asked.small,
        window_seconds=asked.window // SECOND,
        span=asked.within,
        extent=(int(walk.at.min(initial=walk.latest)), (walk.latest // SECOND + 1) * SECOND),
        steps=steps,
        ways={(way.from_id, way.to_id): _passing(way, asked) for way in ways},
        straight=_straight(of_map, ways, steps, asked),
        falls=found.found,
        moves=[*_moves(walk, inside, {(tie.from_id, tie.to_id) for tie in of_map}, asked)],
        came=came,
        bound=frozenset(bound),
        excluded=on_map.excluded,
        conversions=_conversions(
            on_map,
            walk,
            [one for one in ways if (one.from_id, one.to_id) in lost],
            goals(on_map.laid.states, whose=whose),
            asked.small,
        ),
        value=_value(on_map),
        untold={why: count for why, count in untold.items() if count},
        unclaimed=beside,
        unheard=unheard,
    )


def _bound(on_map: LaidOut) -> list[str]:
    """The steps that events can be at by the newest state, in its order."""
    keys = {*on_map.steps}
    return [one for one, key in names_of(on_map.laid.states[-1:]).items() if key in keys]


def _way(walk: Walk, tie: Tie, window: int) -> Way:
    here, there = (walk.at_step(walk.numbers[one]) for one in (tie.from_id, tie.to_id))
    return Way(tie.from_id, tie.to_id, arrivals(walk, here, there, window))


def _passing(way: Way, asked: Question) -> Passing:
    times = _times(way, asked)
    return Passing(way.arrived.tally(holds(asked.within, way.arrived.at)), _timed([times]))


def _times(way: Way, asked: Question) -> Ints:
    """How long it took those who went on, from their first arrival in the range."""
    arrived = way.arrived
    first = arrived.firsts(holds(asked.within, arrived.at))
    return arrived.took[first[arrived.went[first]]]


def _timed(times: Sequence[Ints]) -> Timed | None:
    every = np.concatenate(times) if times else np.zeros(0, dtype=np.int64)
    return Timed(float(np.median(every)) / SECOND, len(every)) if len(every) else None


def _steps(walk: Walk, bound: Sequence[str], asked: Question) -> Iterator[tuple[str, Tally]]:
    """Of each step with a way on, who went on to any step behind it."""
    for step_id in bound[:-1]:
        number = walk.numbers[step_id]
        arrived = arrivals(walk, walk.at_step(number), walk.after(number), asked.window)
        yield step_id, arrived.tally(holds(asked.within, arrived.at))


def _straight(
    ties: Sequence[Tie], ways: Sequence[Way], steps: Mapping[str, Tally], asked: Question
) -> Passing | None:
    """All transitions that cross no border, as one: each step that they lead out of counts once."""
    out = dict.fromkeys(tie.from_id for tie in ties if tie.straight and tie.from_id in steps)
    if not out:
        return None
    tally = Tally(*np.sum([steps[one] for one in out], axis=0).tolist())
    each = zip(ties, ways, strict=True)
    return Passing(tally, _timed([_times(way, asked) for tie, way in each if tie.straight]))


def _came(walk: Walk, inside: Flags) -> dict[str, int]:
    """How many contacts were at each step in the range."""
    counts = people_at(walk.person[inside], walk.step[inside], len(walk.numbers))
    return dict(zip(walk.numbers, counts.tolist(), strict=True))


def _moves(
    walk: Walk, inside: Flags, known: set[tuple[str, str]], asked: Question
) -> Iterator[Move]:
    """Frequent moves from step to step that the map does not have; a move is of the time of its
    second event, and to stay is none."""
    follows = (walk.person[1:] == walk.person[:-1]) & (walk.step[1:] != walk.step[:-1])
    rows = np.flatnonzero(follows & inside[1:])
    many, ids = max(len(walk.numbers), 1), [*walk.numbers]
    pair = walk.step[rows] * many + walk.step[rows + 1]
    times = np.bincount(pair, minlength=many * many).reshape(many, many)
    out = times.sum(axis=1)
    frequent = (times > 0) & (times * ONE_OF >= out[:, None])
    ends = [
        one for one in np.argwhere(frequent).tolist() if (ids[one[0]], ids[one[1]]) not in known
    ]
    place = np.full(many * many, MISSING)
    place[[from_ * many + to for from_, to in ends]] = np.arange(len(ends))
    asked_for = place[pair] >= 0
    contacts = people_at(walk.person[rows[asked_for]], place[pair[asked_for]], len(ends)).tolist()
    found = defaultdict[int, list[Move]](list)
    for (from_, to), people in zip(ends, contacts, strict=True):
        if people >= asked.least:
            count, of = int(times[from_, to]), int(out[from_])
            found[from_].append(Move(ids[from_], ids[to], count, of, people))
    for moves in found.values():
        yield from without_few(moves, asked.small)


def _value(on_map: LaidOut) -> tuple[float, str] | None:
    """What a conversion is worth by the newest state, and in which currency."""
    value = on_map.laid.states[-1].value_per_conversion if on_map.laid.states else None
    return None if value is None else (float(value["amount"]), str(value["currency"]))


def _conversions(
    on_map: LaidOut, walk: Walk, ways: Sequence[Way], known: Goals, small: int | None
) -> dict[tuple[str, str], float]:
    """Of those who took transitions, whenever, the share of those who reached the map's goal then
    or later; of none where a count is too small to be told, or there is no goal."""
    laid = on_map.laid
    if known.reason is not None or _value(on_map) is None or not ways:
        return {}
    reached = known.reached(laid, laid.found.holds[-len(known.conditions) :])
    last = np.full(int(laid.found.person.max(initial=0)) + 1, np.iinfo(np.int64).min)
    np.maximum.at(last, laid.found.person[reached], laid.found.at[reached])
    found = {}
    for way in ways:
        arrived = way.arrived
        first = arrived.firsts(arrived.went)
        rows = arrived.rows[first]
        whose = walk.person if walk.sessions is None else walk.sessions.who
        passed_at = walk.at[rows] + arrived.took[first]
        converted = int((last[whose[rows]] >= passed_at).sum())
        if Tally(converted, len(first) - converted, 0).is_told(small) and len(first):
            found[way.from_id, way.to_id] = converted / len(first)
    return found
