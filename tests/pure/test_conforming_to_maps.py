"""What people did held against maps that change, against the same by trying."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from statistics import mean, median
from typing import NamedTuple
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.history import Column, Histories
from service.domain.insights.bindings.bound import BoundMap, Edge, Stage, Step
from service.domain.insights.followed import conforming
from service.domain.insights.followed.answers import JourneyConformanceDefinition
from service.domain.insights.laid.asking import Judges, LaidOut
from service.domain.insights.laid.laying import Laid
from service.domain.insights.laid.rule import Known, Spot
from tests.pure.test_conformance import kinds, positions

START = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = "abcd"
NAMES = ["Read", "Said"]
TIMEOUT = 600


class Row(NamedTuple):
    """An event: whose, in which minute, at which step, judged by which state, its name; or an
    enrolment, which has none."""

    person: int
    minute: int
    key: str | None
    state: int
    name: str
    put: bool

    @property
    def at(self) -> datetime:
        return START + self.minute * MINUTE


def _map(number: int, keys: list[str], edges: set[tuple[str, str]]) -> BoundMap:
    steps = [Step(one, one, "s", binding={}) for one in keys]
    transitions = [Edge(*one) for one in sorted(edges)]
    stages = [Stage("s", "s", steps=steps)]
    return BoundMap("j", "Map", stages=stages, transitions=transitions, revision=number)


PAIRS = st.sets(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=6)
MAPS = st.tuples(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True), PAIRS)


@st.composite
def lived(draw: st.DrawFn) -> tuple[list[BoundMap], list[Row]]:
    """States of a map, and what people did; a state holds from some minute on."""
    states = [_map(n, *one) for n, one in enumerate(draw(st.lists(MAPS, min_size=1, max_size=3)))]
    changes = sorted(draw(st.lists(st.integers(1, 60), min_size=2, max_size=2)))
    one = st.tuples(
        st.integers(0, 2), st.integers(0, 70), st.integers(-2, 3), st.sampled_from(NAMES)
    )
    rows = []
    for person, minute, place, name in draw(st.lists(one, max_size=30)):
        state = min(sum(minute >= change for change in changes), len(states) - 1)
        keys = [step.key for step in states[state].steps]
        key = keys[place] if 0 <= place < len(keys) else None
        rows.append(Row(person, minute, key, state, name, draw(st.integers(0, 9)) == 0))
    return states, sorted(rows, key=lambda row: (row.person, row.minute))


def _laid(states: list[BoundMap], rows: list[Row]) -> LaidOut:
    spots = [Spot("s", "s", key, key) for key in KEYS] + [Spot("s", "s", None, None)]
    place = {None: -1, **{key: n for n, key in enumerate(KEYS)}}
    people = sorted({row.person for row in rows})
    codes = [-1 if row.put else NAMES.index(row.name) for row in rows]
    found = Histories(
        np.array([people.index(row.person) for row in rows], dtype=np.int32),
        np.array([row.minute * 60_000_000 for row in rows], dtype=np.int64),
        [],
        {"event": Column(np.array(codes, dtype=np.int32), [*NAMES])},
        b"".join(UUID(int=one).bytes for one in people),
        {},
    )
    # Somebody who is put at no step is put at the stage as a whole.
    spot = [len(KEYS) if row.put and row.key is None else place[row.key] for row in rows]
    laid = Laid(
        found,
        np.array(spot, dtype=np.int32),
        np.array([row.state for row in rows], dtype=np.int16),
        np.array([row.put for row in rows], dtype=np.bool_),
        spots,
        states,
    )
    plans = [[step.key for step in of.steps] for of in states]
    return LaidOut(laid, Judges(Known({}, {}), "in_force", []), plans, {}, None)


def _sessions(rows: list[Row]) -> list[list[Row]]:
    found: list[list[Row]] = []
    for row in (one for one in rows if not one.put):
        last = found[-1][-1] if found else None
        if last and last.person == row.person and (row.minute - last.minute) * 60 <= TIMEOUT:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _units(rows: list[Row], asked: JourneyConformanceDefinition) -> list[list[Row]]:
    def inside(at: datetime) -> bool:
        return (asked.from_ is None or at >= asked.from_) and (asked.to is None or at < asked.to)

    if asked.unit == "session":
        units = [one for one in _sessions(rows) if inside(one[0].at)]
    else:
        kept = [row for row in rows if inside(row.at) and not (row.put and row.key is None)]
        units = [list(each) for _, each in groupby(kept, key=lambda row: row.person)]
    units = [one for one in units if any(row.key for row in one)]
    if asked.only_with is None:
        return units
    return [one for one in units if any(row.key == asked.only_with for row in one)]


@given(
    lived(),
    st.sampled_from([None, 10, 30]),
    st.sampled_from([None, 40]),
    st.sampled_from(["session", "contact"]),
    st.booleans(),
)
def test_units_fit_the_map_that_they_set_out_on(
    given_: tuple[list[BoundMap], list[Row]],
    from_: int | None,
    to: int | None,
    unit: str,
    with_one: bool,
) -> None:
    states, rows = given_
    only = states[-1].steps[0].key if with_one else None
    asked = JourneyConformanceDefinition(
        None if from_ is None else START + from_ * MINUTE,
        None if to is None else START + to * MINUTE,
        None,
        [step.key for step in states[-1].steps],
        unit,
        TIMEOUT,
        only,
        "in_force",
    )
    found = conforming.conformance(_laid(states, rows), asked, "j")
    units = _units(rows, asked)
    plans = [
        tuple(step.key for step in states[next(row.state for row in one if row.key)].steps)
        for one in units
    ]
    did = [tuple(row.key or "-" for row in one) for one in units]
    taken = [positions(one, plan) for one, plan in zip(did, plans, strict=True)]
    assert found.units == len(units)
    assert found.exact.numerator == sum(one == plan for one, plan in zip(did, plans, strict=True))
    complete = sum(len(one) == len(plan) for one, plan in zip(taken, plans, strict=True))
    assert found.complete.numerator == complete
    assert found.matched == sum(map(len, taken))
    skipped = Counter(
        plan[n]
        for one, plan in zip(taken, plans, strict=True)
        for n in range(len(plan))
        if n not in one
    )
    assert {one.step: one.count for one in found.skipped} == skipped
    became = Counter[str]()
    for one, plan, two in zip(did, plans, taken, strict=True):
        became += kinds(one, plan, two)
    told = (found.outside, found.repeated, found.out_of_order)
    assert told == tuple(became[name] for name in ("outside", "repeated", "out_of_order"))
    if units:
        shares = [len(one) / len(plan) for one, plan in zip(taken, plans, strict=True)]
        assert found.coverage == pytest.approx(mean(shares))
        detours = [len(one) - len(two) for one, two in zip(did, taken, strict=True)]
        assert found.median_detour_events == median(detours)
    assert found.contacts == len({one[0].person for one in units})
    free = Counter(row.name for one in units for row in one if row.key is None)
    assert {one.event: one.count for one in found.unbound} == free
    seen = {row.key for one in units for row in one}
    assert found.unobserved == [key for key in asked.planned if key not in seen]


@given(lived())
def test_a_move_is_held_against_the_map_at_its_end(
    given_: tuple[list[BoundMap], list[Row]],
) -> None:
    states, rows = given_
    planned = [step.key for step in states[-1].steps]
    asked = JourneyConformanceDefinition(None, None, None, planned, "session", TIMEOUT, None, 1)
    found = conforming.conformance(_laid(states, rows), asked, "j")
    moves, lacking, out = Counter[bool](), Counter[tuple[str, str]](), Counter[str]()
    for unit in _units(rows, asked):
        for a, b in pairwise([row for row in unit if row.key]):
            if a.key == b.key or a.key is None or b.key is None:
                continue
            of = states[b.state]
            keys = {step.key for step in of.steps}
            edges = {(one.from_, one.to) for one in of.transitions if {one.from_, one.to} <= keys}
            out[a.key] += 1
            moves[(a.key, b.key) in edges] += 1
            lacking[a.key, b.key] += (a.key, b.key) not in edges
    share = found.move_fitness
    assert (share.numerator, share.denominator) == (moves[True], moves.total())
    assert [(one.from_, one.to, one.count, one.share.denominator) for one in found.detours] == [
        (*two, count, out[two[0]])
        for two, count in sorted(lacking.items(), key=lambda one: (-one[1], one[0]))
        if count
    ]
