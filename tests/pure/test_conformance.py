"""Planned and actual path against common subsequences found by trying."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from statistics import mean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.conformance import fitting, matching
from service.domain.measures.conformance.conforming import ConformanceDefinition, conformance
from tests.pure.walks import RANGES, Did, columns, inside, paths, walks


def positions(events: tuple[str, ...], plan: tuple[str, ...]) -> tuple[int, ...]:
    """The planned positions of the longest common subsequence; of several the smallest."""

    @cache
    def best(event: int, step: int) -> tuple[int, ...]:
        if event == len(events) or step == len(plan):
            return ()
        found = [best(event + 1, step), best(event, step + 1)]
        if events[event] == plan[step]:
            found.append((step, *best(event + 1, step + 1)))
        return min(found, key=lambda one: (-len(one), one))

    return best(0, 0)


def kinds(events: Sequence[str], plan: Sequence[str], taken: Sequence[int]) -> Counter[str]:
    """What becomes of each event."""
    matched_steps = {plan[one] for one in taken}
    found = Counter[str]()
    waiting = list(taken)
    for name in events:
        if waiting and plan[waiting[0]] == name:
            waiting.pop(0)
            found["matched"] += 1
        elif name not in plan:
            found["outside"] += 1
        else:
            found["repeated" if name in matched_steps else "out_of_order"] += 1
    assert not waiting
    return found


@st.composite
def definitions(draw: st.DrawFn) -> ConformanceDefinition:
    from_, to = draw(RANGES)
    planned = draw(st.lists(st.sampled_from("abcx"), min_size=1, max_size=7))
    unit, only_with = (
        draw(st.sampled_from(["session", "contact"])),
        draw(st.sampled_from([None, "b"])),
    )
    return ConformanceDefinition(from_, to, None, planned, unit, 900, only_with)


@pytest.mark.parametrize("some", [0, 2, 16])
@given(walks("abcd"), definitions())
def test_units_are_matched_as_by_trying(
    some: int, rows: list[Did], asked: ConformanceDefinition
) -> None:
    within, plan = (asked.from_, asked.to), tuple(asked.planned)
    if asked.unit == "contact":
        chains = paths([row for row in rows if inside(row.at, within)], asked.unit, 900)
    else:
        chains = [path for path in paths(rows, asked.unit, 900) if inside(path[0].at, within)]
    units = [tuple(row.event for row in path) for path in chains]
    if asked.only_with:
        units = [one for one in units if asked.only_with in one]
    taken = [positions(one, plan) for one in units]
    became = sum((kinds(one, plan, two) for one, two in zip(units, taken, strict=True)), Counter())
    skipped = Counter(p for one in taken for p in range(len(plan)) if p not in one)

    selections = [lambda row: row.event == "b"] if asked.only_with else []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(matching, "_SOME", some)
        patched.setattr(matching, "_AT_ONCE", 3)
        patched.setattr(fitting, "_AT_ONCE", 11)
        found = conformance(columns(rows, *selections), asked)
    assert found.units == len(units)
    assert found.exact.numerator == sum(one == plan for one in units)
    assert found.complete.numerator == sum(len(one) == len(plan) for one in taken)
    assert found.matched == sum(map(len, taken)) == became["matched"]
    assert {one.matched: one.units for one in found.by_matched} == Counter(map(len, taken))
    assert {one.position: one.count for one in found.skipped} == skipped
    assert found.skipped_steps == skipped.total()
    detours = [len(one) - len(two) for one, two in zip(units, taken, strict=True)]
    assert found.detour_events == sum(detours)
    told = {
        "outside": found.outside,
        "repeated": found.repeated,
        "out_of_order": found.out_of_order,
    }
    assert told == {name: became[name] for name in told}
    if units:
        assert found.coverage == pytest.approx(mean(len(one) / len(plan) for one in taken))
        assert found.median_detour_events == median(detours)
    else:
        assert (found.coverage, found.median_detour_events) == (None, None)
    moves = Counter(two for one in units for two in pairwise(one))
    known = {*pairwise(plan)}
    share = found.move_fitness
    assert share.numerator == sum(count for two, count in moves.items() if two in known)
    assert share.denominator == moves.total()
    out = Counter(two[0] for one in units for two in pairwise(one))
    assert [(one.from_, one.to, one.count, one.share.denominator) for one in found.detours] == [
        (*two, moves[two], out[two[0]])
        for two in sorted(moves.keys() - known, key=lambda two: (-moves[two], two))
    ]
    events = Counter(name for one in units for name in one)
    assert found.unobserved == [one for one in dict.fromkeys(plan) if not events[one]]
    assert {one.event: one.count for one in found.unbound} == {
        name: count for name, count in events.items() if name not in plan
    }


@given(st.lists(st.lists(st.integers(0, 30), max_size=150), max_size=25), st.data())
def test_plans_of_any_length_are_matched_alike(units: list[list[int]], data: st.DataObject) -> None:
    plan = data.draw(st.lists(st.integers(0, 30), min_size=60, max_size=200))
    units = [[one for one in unit if one in plan] for unit in units]
    ends = np.cumsum([len(one) for one in units], dtype=np.int64)
    first = ends - np.array([len(one) for one in units], dtype=np.int64)
    names = np.array([one for unit in units for one in unit], dtype=np.int16)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(matching, "_SOME", 5)
        patched.setattr(matching, "_AT_ONCE", 50)
        made = matching.Paths(names, first, ends, plan)
        rests = matching.rests(made)
    assert matching.lengths(made, rests).tolist() == [longest(one, plan) for one in units]
    counts = np.zeros(len(units), dtype=np.int64)
    for _, taken in matching.matched(made, rests):
        counts[taken] += 1
    assert counts.tolist() == [longest(one, plan) for one in units]


def longest(one: list[int], two: list[int]) -> int:
    before = [0] * (len(two) + 1)
    for left in one:
        row = [0]
        for n, right in enumerate(two):
            row.append(before[n] + 1 if left == right else max(before[n + 1], row[n]))
        before = row
    return before[-1]
