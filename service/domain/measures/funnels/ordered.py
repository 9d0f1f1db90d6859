"""How far units come in an ordered funnel. Pure."""

from itertools import pairwise

import numpy as np

from service.domain.history import Flags, Ints
from service.domain.measures.funnels.chains import (
    Paths,
    Rules,
    depths,
    earliest,
    has,
    open_at,
    reached,
)
from service.domain.measures.funnels.outcome import Outcome, nobody_yet
from service.domain.measures.funnels.units import Units


def ordered(units: Units, rules: Rules, now: int) -> Outcome:
    """The outcome of each unit. Exclusions are the selections behind the steps."""
    paths, steps = _paths(units, rules), len(rules.optional)
    found = reached(paths, rules)
    depth = depths(paths, rules, found)
    held, gaps = nobody_yet(steps, len(depth))
    first = np.zeros(len(depth), dtype=np.int64)
    for number, last in enumerate(rules.required, 1):
        held[last] = depth >= number
        those = depth == number
        if those.any():
            chain = earliest(paths, rules, found[: last + 1], those)
            _timed(paths, chain, those, first, gaps)
    for step in np.flatnonzero(rules.optional).tolist():
        held[step], gaps[step] = _with_optional(paths, rules, step, depth)
    person = units.found.person[np.append(0, units.ends)[:-1]]
    incomplete = np.flatnonzero((depth > 0) & (depth < len(rules.required)) & ~units.over)
    undecided = np.zeros(len(depth), dtype=np.bool_)
    undecided[incomplete] = open_at(paths, rules, found, incomplete, now)
    return Outcome(depth, first, undecided, person, held, gaps)


def _paths(units: Units, rules: Rules) -> Paths:
    steps = len(rules.optional)
    serving = [np.flatnonzero(one) for one in units.found.holds]
    serving[0] = np.flatnonzero(units.found.holds[0] & units.begins)
    starts = np.append(0, units.ends)[:-1]
    return Paths(units.unit, units.found.at, starts, units.ends, serving[:steps], serving[steps:])


def _timed(
    paths: Paths, chain: dict[int, Ints], those: Flags, first: Ints, gaps: list[Ints]
) -> None:
    first[those] = chain[0]
    for before, step in pairwise(sorted(chain)):
        gaps[step][those] = paths.at[chain[step]] - paths.at[chain[before]]


def _with_optional(paths: Paths, rules: Rules, step: int, depth: Ints) -> tuple[Flags, Ints]:
    """Who has an optional step in one of their deepest chains, and since when."""
    demanding = rules.demanding(step)
    before = rules.before(step)[0]
    found = reached(paths, demanding)
    held, gaps = np.zeros(len(depth), dtype=np.bool_), np.zeros(len(depth), dtype=np.int64)
    for number, last in enumerate(rules.required, 1):
        upto = found[: max(step, last) + 1]
        those = (depth == number) & has(paths, upto[-1])
        if those.any():
            chain = earliest(paths, demanding, upto, those)
            held |= those
            gaps[those] = paths.at[chain[step]] - paths.at[chain[before]]
    return held, gaps
