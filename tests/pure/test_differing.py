"""What differs between two maps: exactly what was edited, whatever else there is."""

import copy
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.journeys.revisions.concerning import departments
from service.domain.journeys.revisions.difference import Difference
from service.domain.journeys.revisions.differing import (
    differences,
    longest_increasing,
    unmatched,
)
from tests.pure.documents import Json, document, edge


def told(base: Json, other: Json) -> list[tuple[str, str, str | None, str | None]]:
    return [(d.change, d.part, d.key, d.field) for d in differences(base, other)]


def test_nothing_differs_from_itself_but_versions_and_ids() -> None:
    base = document(("s", "a b"), ("t", "c"))
    other = copy.deepcopy(base)
    other["version"] = 9
    other["stages"][0]["steps"][0] |= {"id": "another", "version": 7, "updated_at": "now"}
    assert differences(base, other) == []


def test_a_member_that_differs_is_named_with_its_values() -> None:
    base = document(("s", "a b"))
    other = copy.deepcopy(base)
    other["title"] = "Renamed"
    other["stages"][0]["name"] = "Called otherwise"
    other["stages"][0]["steps"][1] |= {"emotion": -1.5, "action": "Reworded"}
    assert differences(base, other) == [
        Difference("renamed", "journey", None, "title", "A map", "Renamed"),
        Difference("renamed", "stage", "s", "name", "Stage s", "Called otherwise"),
        Difference("renamed", "step", "b", "action", "Do b", "Reworded"),
        Difference("changed", "step", "b", "emotion", None, -1.5),
    ]


def test_the_fewest_moves_that_give_the_order_are_told() -> None:
    base = document(("s", "a b c d e"))
    assert told(base, document(("s", "b c d e a"))) == [("moved", "step", "a", "order")]
    (moved,) = differences(base, document(("s", "a e b c d")))
    assert (moved.key, moved.before, moved.after) == (
        "e",
        {"stage": "s", "after": "d"},
        {"stage": "s", "after": "a"},
    )
    assert len(told(base, document(("s", "e d c b a")))) == 4


def test_a_step_in_another_stage_has_moved_and_nobody_else() -> None:
    base = document(("s", "a b c"), ("t", "d e"))
    (moved,) = differences(base, document(("s", "a c"), ("t", "d b e")))
    assert moved == Difference(
        "moved", "step", "b", "stage", {"stage": "s", "after": "a"}, {"stage": "t", "after": "d"}
    )


def test_a_stage_moves_with_its_steps() -> None:
    base = document(("s", "a b"), ("t", "c"), ("u", "d"))
    other = document(("t", "c"), ("u", "d"), ("s", "a b"))
    assert told(base, other) == [("moved", "stage", "s", "order")]


def test_steps_outlive_their_stage() -> None:
    base = document(("s", "a b"), ("t", "c"))
    other = document(("t", "c a"))
    assert told(base, other) == [
        ("removed", "stage", "s", None),
        ("moved", "step", "a", "stage"),
        ("removed", "step", "b", None),
    ]


def test_drawn_edges_differ_and_tied_ones_follow() -> None:
    drawn = [edge("a", "b"), edge("b", "c", kind="detour"), edge("a", "c", kind="return")]
    base = document(("s", "a b c"), drawn=drawn)
    other = copy.deepcopy(base)
    other["transitions"][0]["received_by"] = "service"
    other["transitions"][1]["kind"] = "alternative"
    other["transitions"][2] = edge("c", "a", kind="return")
    assert [(d.change, d.key, d.field, d.after) for d in differences(base, other)] == [
        ("changed", "a/b/planned", "received_by", "service"),
        ("changed", "b/c/detour", "kind", "alternative"),
        ("added", "c/a/return", None, {"from": "c", "to": "a", "kind": "return"}),
        ("removed", "a/c/return", None, None),
    ]


def test_a_touchpoint_under_another_key_is_the_same() -> None:
    base, other = (document(("s", "a")) for _ in range(2))
    for one, key in ((base, "hotline"), (other, "phone")):
        met = {"touchpoint_id": "an id", "key": key, "channel": None, "device": None, "use": None}
        one["stages"][0]["steps"][0]["touchpoints"] = [met]
    assert differences(base, other) == []


def test_of_two_maps_what_does_not_correspond_is_told() -> None:
    base = document(("s", "a b"), as_is_id=None)
    other = document(("s", "b c"), ("t", ""), id="another", as_is_id="a map")
    assert [(u.side, u.part, u.key, u.name) for u in unmatched(base, other)] == [
        ("base", "step", "a", "Do a"),
        ("with", "stage", "t", "Stage t"),
        ("with", "step", "c", "Do c"),
    ]
    assert ("changed", "journey", None, "as_is_id") not in told(base, other)


def test_whom_a_change_concerns() -> None:
    base = document(("s", "a b c d"), drawn=[edge("c", "d", hands_over="the file")])
    other = copy.deepcopy(base)
    for one in (base, other):
        for held, whose in zip(
            one["stages"][0]["steps"], ("ads", "desk", "sales", "legal"), strict=True
        ):
            held["department"] = whose
    other["stages"][0]["steps"][0] |= {"emotion": 1, "department": "press"}
    met = {"touchpoint_id": "web", "key": "web"}
    base["stages"][0]["steps"][1]["touchpoints"] = [met]
    items = differences(base, other)
    assert departments(items, [base, other], {"web": "it"}) == ["ads", "desk", "it", "press"]
    other["stages"][0]["steps"][:2] = copy.deepcopy(base["stages"][0]["steps"][:2])
    other["transitions"][0]["received_by"] = "vault"
    items = differences(base, other)
    assert departments(items, [base, other], {}) == ["legal", "sales", "vault"]


@given(st.permutations(range(7)))
def test_no_increasing_subsequence_is_longer(order: list[int]) -> None:
    found = longest_increasing(order)
    assert found == sorted(found)
    places = [order.index(number) for number in found]
    assert places == sorted(places)
    longest = max(
        len(some)
        for size in range(len(order) + 1)
        for some in combinations(order, size)
        if list(some) == sorted(some)
    )
    assert len(found) == longest


def test_the_cost_grows_no_faster_than_the_map() -> None:
    """Counted in comparisons of values, not in seconds."""

    class Counted(str):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return str.__eq__(self, other)  # type: ignore[arg-type]

        __hash__ = str.__hash__

    def cost(stages: int) -> int:
        maps = [
            document(*((f"s{n}", " ".join(f"p{n}.{m}" for m in range(20))) for n in order))
            for order in (range(stages), reversed(range(stages)))
        ]
        for one in maps:
            for held in (s for stage in one["stages"] for s in stage["steps"]):
                held["action"] = Counted(held["action"])
        Counted.compared = 0
        assert len(differences(*maps)) == stages - 1
        return Counted.compared

    assert cost(24) == 2 * cost(12)


@pytest.mark.parametrize("name", ["journey_id", "stage_id", "id", "version", "external_ids"])
def test_what_is_no_fact_of_a_part_does_not_differ(name: str) -> None:
    base, other = document(("s", "a")), document(("s", "a"))
    other[name] = "another" if name != "id" else base["id"]
    other["stages"][0][name] = "another"
    assert differences(base, other) == []
