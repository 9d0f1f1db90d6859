"""A whole map as sent against the map as stored."""

from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.domain.journeys.reconciling import (
    check_transitions,
    complete_keys,
    is_tied,
    reconciled,
)
from service.domain.keys import completed, key_of

EMPTY: dict[str, Any] = {"stages": [], "transitions": []}


def _stage(name: str, *actions: str, **more: Any) -> dict[str, Any]:
    steps = [{"key": None, "action": a, "emotions": [], "touchpoints": []} for a in actions]
    return {"key": None, "name": name, "steps": steps, **more}


def _ids() -> Any:
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


def _stored(stages: list[dict[str, Any]]) -> dict[str, Any]:
    """What a first write of the stages would be read as."""
    complete_keys(stages, [])
    parts = reconciled(stages, None, EMPTY, _ids())
    times = {"created_at": "t0", "updated_at": "t0"}
    keys = {row["id"]: row["key"] for row in parts.steps.kept}
    read = []
    for stage in parts.stages.kept:
        steps = [
            {**row, **times, "emotions": [], "touchpoints": []}
            for row in parts.steps.kept
            if row["stage_id"] == stage["id"]
        ]
        read.append({**stage, **times, "steps": steps})
    edges = [
        {**row, **times, "from": keys[row["from_step_id"]], "to": keys[row["to_step_id"]]}
        for row in parts.transitions.kept
    ]
    own = {"position", "from_step_id", "to_step_id"}
    shown = [{n: v for n, v in edge.items() if n not in own} for edge in edges]
    return {"stages": read, "transitions": shown}


def test_a_key_is_the_label_in_lower_case_in_its_own_script() -> None:
    assert key_of("Find  an Adviser!", "step") == "find-an-adviser"
    assert key_of("找顾问 (客户)", "step") == "找顾问-客户"
    assert key_of("🙂", "step") == "step"
    assert completed([(None, "A"), ("a", "x"), (None, "A")], "step") == ["a-2", "a", "a-3"]


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=4))
def test_what_was_stored_sent_again_is_no_news(names: list[list[str]]) -> None:
    def stages() -> list[dict[str, Any]]:
        return [_stage(f"s{n}", *actions) for n, actions in enumerate(names)]

    stored, again = _stored(stages()), stages()
    complete_keys(again, [])
    parts = reconciled(again, None, stored, _ids())
    for rows in (parts.stages, parts.steps, parts.transitions):
        assert (rows.news, rows.gone) == ([], [])
        assert all(row["updated_at"] == "t0" for row in rows.kept)
    assert is_tied(stored)


def test_a_step_that_moves_keeps_its_id_and_is_news_only_when_its_stage_changes() -> None:
    stored = _stored([_stage("s0", "a", "b"), _stage("s1", "c")])
    ids = {step["key"]: step["id"] for stage in stored["stages"] for step in stage["steps"]}
    again = [_stage("s0", "b", "a"), _stage("s1")]
    complete_keys(again, [])
    parts = reconciled(again, None, stored, _ids())
    assert [row["id"] for row in parts.steps.kept] == [ids["b"], ids["a"]]
    assert [row["position"] for row in parts.steps.kept] == [0, 1]
    assert parts.steps.news == []
    assert [row["id"] for row in parts.steps.gone] == [ids["c"]]
    across = [_stage("s0", "b"), _stage("s1", "c", "a")]
    complete_keys(across, [])
    (news,) = reconciled(across, None, stored, _ids()).steps.news
    assert (news[0], news[1]["id"], news[1]["version"]) == ("updated", ids["a"], 2)


def test_transitions_that_only_tie_neighbours_stay_tied() -> None:
    stages = [_stage("s0", "a", "b", "c")]
    complete_keys(stages, [])
    ties = [
        {"from": "a", "to": "b", "kind": "planned"},
        {"from": "b", "to": "c", "kind": "planned"},
    ]
    assert reconciled(stages, ties, EMPTY, _ids()).tied
    assert not reconciled(stages, ties[:1], EMPTY, _ids()).tied
    spoken = [{**ties[0], "probability": 0.5}, ties[1]]
    assert not reconciled(stages, spoken, EMPTY, _ids()).tied


def test_every_broken_transition_is_named() -> None:
    stages = [_stage("s0", "a", "b")]
    complete_keys(stages, [])
    edge = {"from": "a", "to": "b", "kind": "planned"}
    problems: list[Any] = []
    check_transitions([edge, edge, {**edge, "from": "x", "to": "y"}], stages, problems)
    assert sorted(p.pointer for p in problems) == [
        "/transitions/1",
        "/transitions/2/from",
        "/transitions/2/to",
    ]
