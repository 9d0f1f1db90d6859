"""Transitions against a slow count of every pair of neighbours."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures import moves as moving
from service.domain.measures.moves import moves
from service.domain.measures.transitions.transition import (
    StepBalance,
    TransitionsDefinition,
    transitions,
)
from tests.pure.walks import RANGES, Did, columns, inside, paths, walks

Within = tuple[datetime | None, datetime | None]


def collapsed(path: list[Did]) -> list[Did]:
    return [row for n, row in enumerate(path) if n == 0 or path[n - 1].event != row.event]


@given(walks(), RANGES, st.sampled_from(["session", "contact"]), st.booleans(), st.integers(1, 20))
def test_every_pair_of_neighbours_is_counted_once(
    rows: list[Did], within: Within, scope: str, collapse: bool, limit: int
) -> None:
    chains = paths(rows, scope, 900)
    if collapse:
        chains = [collapsed(path) for path in chains]
    pairs = [two for path in chains for two in pairwise(path) if inside(two[1].at, within)]
    counts = Counter((one.event, two.event) for one, two in pairs)
    out = Counter(one.event for one, _ in pairs)
    ordered = sorted(counts, key=lambda two: (-counts[two], two))
    definition = TransitionsDefinition(*within, None, scope, 900, collapse, limit)
    found = transitions(columns(rows), definition)
    assert [(one.from_, one.to, one.count, one.probability) for one in found.items] == [
        (*two, counts[two], counts[two] / out[two[0]]) for two in ordered[:limit]
    ]
    assert (found.transitions, found.pairs) == (len(pairs), len(counts))
    first = Counter(path[0].event for path in chains if inside(path[0].at, within))
    last = Counter(path[-1].event for path in chains if inside(path[-1].at, within))
    assert {one.step: one.count for one in found.starts} == first
    assert {one.step: one.count for one in found.ends} == last
    into = Counter(two.event for _, two in pairs)
    steps = {*into, *first, *out}
    assert sorted(found.steps, key=lambda one: one.step) == [
        StepBalance(
            step, into[step], first[step], out[step], last[step], _net(chains, step, within)
        )
        for step in sorted(steps)
    ]
    for one in found.steps:
        assert one.in_ + one.starts == one.out + one.ends + one.cut
    assert found.cut == sum(one.cut for one in found.steps)


def _net(chains: list[list[Did]], step: str, within: Within) -> int:
    """Events in range whose next lies behind it, less those before it whose next lies in it."""
    every = [two for path in chains for two in pairwise(path) if two[0].event == step]
    behind = sum(inside(one.at, within) and not inside(two.at, within) for one, two in every)
    before = sum(inside(two.at, within) and not inside(one.at, within) for one, two in every)
    return behind - before


@pytest.mark.parametrize("few", [0, 1 << 20])
@given(st.lists(st.integers(0, 5), max_size=50), st.data())
def test_moves_are_the_same_however_they_are_counted(
    few: int, codes: list[int], data: st.DataObject
) -> None:
    arrives = [n > 0 and data.draw(st.booleans()) for n in range(len(codes))]
    expected = Counter((codes[n - 1], codes[n]) for n, arrived in enumerate(arrives) if arrived)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(moving, "_FEW", few)
        patched.setattr(moving, "_AT_ONCE", 7)
        found = moves(np.array(codes, dtype=np.int32), np.array(arrives, dtype=np.bool_), 6)
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    assert dict(zip(pairs, found.counts.tolist(), strict=True)) == expected
