"""Whatever is edited in whatever map, the differences name that edit and nothing else."""

import copy
import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.journeys.revisions.differing import differences
from tests.pure.documents import EDGE, Json, document, edge, step


def told(base: Json, other: Json) -> list[tuple[str, str, str | None, str | None]]:
    return [(d.change, d.part, d.key, d.field) for d in differences(base, other)]


TEXTS = st.sampled_from(["", "one", "two", "три"])


@st.composite
def maps(draw: st.DrawFn) -> Json:
    sizes = draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    made = document(
        *((f"s{n}", " ".join(f"p{n}.{m}" for m in range(size))) for n, size in enumerate(sizes))
    )
    for held in (s for stage in made["stages"] for s in stage["steps"]):
        held["emotion"] = draw(st.sampled_from([None, -2, -1.5, 0, 2]))
        held["thoughts"] = draw(st.lists(TEXTS, max_size=2))
    if draw(st.booleans()):
        keys = [s["key"] for stage in made["stages"] for s in stage["steps"]]
        pairs = draw(st.lists(st.tuples(*[st.sampled_from(keys)] * 2), unique=True)) if keys else []
        made["transitions"] = [edge(a, b, kind="detour") for a, b in pairs]
    return made


@st.composite
def edits(draw: st.DrawFn) -> tuple[Json, Json, list[tuple[str, str, str | None, str | None]]]:
    """A map, the same after one edit, and what a reader would call that edit."""
    base = draw(maps())
    other = json.loads(json.dumps(base))
    stages = other["stages"]
    kind = draw(st.sampled_from(["title", "name", "emotion", "add", "move", "shuffle", "edge"]))
    place = draw(st.integers(0, len(stages) - 1))
    stage = stages[place]
    expected: list[tuple[str, str, str | None, str | None]] = []
    if kind == "title":
        other["title"] = "New"
        expected = [("renamed", "journey", None, "title")]
    elif kind == "name":
        stage["name"] = "New"
        expected = [("renamed", "stage", stage["key"], "name")]
    elif kind == "add":
        stage["steps"].insert(draw(st.integers(0, len(stage["steps"]))), step("new"))
        expected = [("added", "step", "new", None)]
    elif kind == "move" and stage["steps"]:
        held = stage["steps"].pop(draw(st.integers(0, len(stage["steps"]) - 1)))
        to = (place + draw(st.integers(1, 3))) % len(stages)
        inside = draw(st.integers(0, len(stages[to]["steps"])))
        stages[to]["steps"].insert(inside, held)
        if to != place:
            expected = [("moved", "step", held["key"], "stage")]
        elif [s["key"] for s in stage["steps"]] != [
            s["key"] for s in base["stages"][place]["steps"]
        ]:
            return base, other, [("moved", "step", "any", "order")]
    elif kind == "shuffle" and len(stages) > 1:
        stages.append(stages.pop(0))
        key = base["stages"][0]["key"] if len(stages) > 2 else "any"
        expected = [("moved", "stage", key, "order")]
    elif kind == "emotion" and stage["steps"]:
        held = stage["steps"][0]
        held["emotion"] = 1 if held["emotion"] != 1 else -1
        expected = [("changed", "step", held["key"], "emotion")]
    elif kind == "edge" and other["transitions"]:
        one = other["transitions"][0]
        one["condition"] = "sometimes"
        key = f"{one['from']}/{one['to']}/{one['kind']}"
        expected = [("changed", "transition", key, "condition")]
    return base, other, expected


def retied(one: Json, like: Json) -> Json:
    """The map with its neighbours tied anew, where they are tied in the other."""
    keys = [[s["key"] for stage in d["stages"] for s in stage["steps"]] for d in (like, one)]
    ties = [[{"from": a, "to": b, **EDGE} for a, b in pairwise(held)] for held in keys]
    return {**one, "transitions": ties[1]} if like["transitions"] == ties[0] else one


@given(edits())
def test_the_differences_name_exactly_the_edit(edit: Any) -> None:
    base, other, expected = edit
    if expected and expected[0][1] != "transition":
        other = retied(other, base)
    found = told(base, other)
    if expected and expected[0][2] == "any":
        # Of two that change places either may be said to have moved.
        assert [one[:2] + one[3:] for one in found] == [expected[0][:2] + expected[0][3:]]
    else:
        assert found == expected


@given(maps(), maps())
def test_turned_round_what_was_added_is_removed(base: Json, other: Json) -> None:
    forth, back = told(base, other), told(other, base)
    turn = {"added": "removed", "removed": "added"}
    # An edge that became one of another kind bears the name that it had before.
    forth, back = ([one for one in told_ if one[3] != "kind"] for told_ in (forth, back))
    turned = [(turn.get(change, change), part, key, field) for change, part, key, field in back]
    unordered = [one for one in turned if one[3] != "order"]
    assert sorted(map(str, unordered)) == sorted(str(one) for one in forth if one[3] != "order")
    assert sum(one[3] == "order" for one in forth) == sum(one[3] == "order" for one in turned)
    assert differences(base, copy.deepcopy(base)) == []
