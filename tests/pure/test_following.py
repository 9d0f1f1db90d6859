"""The way of a contact over a map, from the places that were told of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain import filters
from service.domain.insights.bindings.bound import BoundMap, Edge, Stage, Step
from service.domain.insights.contact_journeys import following
from service.domain.insights.contact_journeys.following import Goal, Touch, Typical
from service.domain.insights.laid.matching import named
from service.domain.insights.laid.rule import in_force

START = datetime(2026, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAYOUT = {"a": ("a1", "a2"), "b": ("b1",), "c": ("c1", "c2")}
STAGES = [Stage(s, s, steps=[Step(one, one, s) for one in steps]) for s, steps in LAYOUT.items()]


def mapped(*edges: tuple[str, str, float | None]) -> BoundMap:
    return BoundMap("j", "Map", stages=STAGES, transitions=[Edge(*one) for one in edges])


def touched(of: BoundMap, keys: str) -> list[Touch]:
    """An hour between each; a stage alone is the stage as a whole."""
    places = [(key[0], key if len(key) > 1 else None) for key in keys.split()]
    return [
        Touch(START + n * HOUR, of, stage, stage, step, step)
        for n, (stage, step) in enumerate(places)
    ]


@pytest.mark.parametrize(
    ("edges", "stage", "seconds"),
    [
        ([("a1", "a2", 10), ("a2", "b1", 5)], "a", 15),
        ([("a1", "a2", 10), ("a2", "b1", None)], "a", None),
        ([("a1", "a2", 10), ("a2", "b1", 0)], "a", None),
        ([("a1", "a2", 10)], "a", None),
        ([("b1", "c1", 7)], "b", 7),
        ([("c1", "c2", 3)], "c", 3),
        ([], "a", None),
    ],
)
def test_a_stage_takes_what_the_moves_from_its_steps_take(
    edges: list[Any], stage: str, seconds: float | None
) -> None:
    assert following.expected_seconds(mapped(*edges), stage) == seconds


def test_who_is_in_a_stage_is_so_since_the_last_time_they_came() -> None:
    stays = following.visits(touched(mapped(), "a1 b1 a1 a1 a2 a a2"))
    assert [one.key for one in stays] == ["a1", "b1", "a1", "a2", "a", "a2"]
    assert [one.events for one in stays] == [1, 1, 2, 1, 1, 1]
    assert following.entered_at(stays) == START + 2 * HOUR


def test_moves_that_the_map_has_and_stays_are_no_detours() -> None:
    touches = touched(mapped(("a1", "a2", None), ("b1", "a1", None)), "a1 a1 a2 b1 a1 b c1")
    moves = [(one.from_step_id, one.to_step_id) for one in following.detours(touches)]
    assert moves == [("a2", "b1")]


@pytest.mark.parametrize(
    ("keys", "seconds", "goal", "after", "status"),
    [
        ("a1", 7200, None, 1, "active"),
        ("a1", 7200, None, 2, "active"),
        ("a1", 7200, None, 3, "stuck"),
        ("a1", None, None, 3, None),
        ("a1", 7200, None, 24 * 14, "stuck"),
        ("a1", 7200, None, 24 * 14 + 1, "dropped"),
        ("a1", 7200, 1, 24 * 14 + 1, "converted"),
        ("a1 a2", 7200, None, 24 * 14 + 1, "stuck"),
        ("c2", 7200, None, 24 * 15, None),
        ("c1", 7200, None, 24 * 15, "dropped"),
        ("c", 7200, None, 1, None),
    ],
)
def test_how_they_stand_follows_from_time(
    keys: str, seconds: float | None, goal: float | None, after: float, status: str | None
) -> None:
    touches = touched(mapped(), keys)
    typical = Typical(seconds, None if seconds is None else "expected", None)
    reached = Goal() if goal is None else Goal(START + goal * HOUR)
    assert following.standing(touches, typical, reached, START + after * HOUR).status == status


@given(st.dictionaries(st.integers(1, 6), st.one_of(st.none(), st.integers(0, 9))))
def test_the_revision_in_force_is_the_last_that_had_begun(begins: dict[int, int | None]) -> None:
    revisions = {n: None if one is None else START + one * HOUR for n, one in begins.items()}
    for hour in range(10):
        begun = [n for n, one in begins.items() if one is None or one <= hour]
        expected = max(begun) if begun else None
        assert in_force(revisions, START + hour * HOUR) == expected


NAMES = ("x", "y", "z")
LEAVES = st.one_of(
    st.sampled_from(NAMES).map(lambda name: {"field": "event", "op": "eq", "value": name}),
    st.lists(st.sampled_from(NAMES), min_size=1).map(
        lambda some: {"field": "event", "op": "in", "value": some}
    ),
    st.sampled_from(NAMES).map(lambda name: {"field": "event", "op": "ne", "value": name}),
    st.booleans().map(lambda there: {"field": "device", "op": "exists", "value": there}),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
).filter(lambda raw: _depth(raw) <= filters.MAX_DEPTH)


def _depth(raw: Any) -> int:
    parts = [*raw.get("all", ()), *raw.get("any", ()), *([raw["not"]] if "not" in raw else ())]
    return 1 + max(map(_depth, parts), default=0)


@given(CONDITIONS, st.sampled_from((*NAMES, None)), st.sampled_from(("mobile", None)))
def test_outside_the_names_of_a_condition_it_is_never_true(
    raw: Any, event: str | None, device: str | None
) -> None:
    condition = filters.parse_selection(raw, filters.BINDINGS)
    names = named(condition)
    row = {"event": event, "device": device}
    if filters.evaluate(condition, filters.lookup_in(row)) is True:
        assert names is None or event in names
