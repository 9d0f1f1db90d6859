"""The sample workspace: it is stored as it is told, and shows what the maps are for."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from service import sample
from service.database import Database
from service.domain.work import Caller
from tests.make import Client

SOFTWARE = "0198c7f0-0000-7000-8000-000000000140"
KINDS = (
    *("profiles", "personas", "touchpoints", "journeys", "content"),
    *("evidence", "evidence_sources", "actions", "reviews", "comments"),
    *("accounts", "contacts"),
)
DRAWN = {"contacts"}
"""Of these there are more than are told one by one."""


@pytest.fixture
async def loaded(database: Database, workspace: Caller, client: Client) -> Client:
    """A workspace with the sample, as `serve` loads it."""
    async with database.write(workspace) as work:
        await sample.load(work)
    return client


def bodies(kind: str) -> list[dict[str, Any]]:
    return [body for story in sample.STORIES for body in sample.told(story).get(kind, ())]


def lost(told: Any, stored: Any, at: str) -> Iterator[str]:
    """Where what is stored is not what was told; it may say more."""
    if isinstance(told, dict) and "days" in told:
        if not isinstance(stored, str):
            yield f"{at}: no day"
    elif isinstance(told, dict) and isinstance(stored, dict) and "step" in told:
        if not (stored.get("step_id") or stored.get("id")):
            yield f"{at}: no step"
    elif isinstance(told, dict) and isinstance(stored, dict):
        for name, value in told.items():
            yield from lost(value, stored.get(name), f"{at}/{name}")
    elif isinstance(told, list) and isinstance(stored, list) and len(told) == len(stored):
        for n, (one, other) in enumerate(zip(told, stored, strict=True)):
            yield from lost(one, other, f"{at}/{n}")
    elif at.endswith("/amount"):
        if Decimal(told) != Decimal(stored):
            yield f"{at}: {told} is {stored}"
    elif told != stored and not _named_event(told, stored):
        yield f"{at}: {told} is {stored}"


def _named_event(told: Any, stored: Any) -> bool:
    """The name of an event is a condition, and shown as one."""
    return stored == {"field": "event", "op": "eq", "value": told}


def steps(journey: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for stage in journey["stages"] for step in stage["steps"]]


async def test_everything_is_stored_as_it_is_told(loaded: Client) -> None:
    missing = []
    for kind in KINDS:
        there = (await loaded.got(f"/v1/{kind.replace('_', '-')}?limit=200&view=whole"))["items"]
        stored = {one["id"]: one for one in there}
        told = {body["id"] for body in bodies(kind)}
        assert told < set(stored) if kind in DRAWN else told == set(stored)
        for body in bodies(kind):
            missing += lost(body, stored[body["id"]], f"{kind}/{body['id']}")
    assert not missing


async def test_the_curve_of_the_three_decision_makers_is_the_one_worked_by_hand(
    loaded: Client,
) -> None:
    #  0     1    2    3   4    5     6    7   8   9  10    11   12   13  14  15  16   17  18
    # -1.5 -1.0  0.5  0.5  1  -0.5  -1.5   1  -1   1   1  -0.5  0.5  0.5  1  -1   2  0.5   1
    curve = await loaded.got(f"/v1/journeys/{SOFTWARE}/emotion-curve")
    position = {point["step_id"]: point["position"] for point in curve["points"]}
    assert curve["mean"] == pytest.approx(3.5 / 19)
    assert (curve["peak"]["position"], curve["peak"]["rating"]) == (16, 2)
    assert (curve["trough"]["position"], curve["trough"]["rating"]) == (0, -1.5)
    assert (curve["end"]["rating"], curve["peak_end"]) == (1, 1.5)
    assert [mark["position"] for mark in curve["highs"]] == [4, 7, 9, 14, 16, 18]
    assert [mark["position"] for mark in curve["lows"]] == [0, 6, 8, 11, 15, 17]
    drop, rise = curve["largest_drop"], curve["largest_rise"]
    assert (position[drop["from_step_id"]], drop["change"]) == (7, -2)
    assert (position[rise["from_step_id"]], rise["change"]) == (15, 3)
    assert curve["volatility"] == pytest.approx(21.5 / 18)
    assert curve["below_zero_share"]["numerator"] == 7
    assert curve["below_zero_share"]["denominator"] == 19
    recovery = {position[one["step_id"]]: one["steps"] for one in curve["recovery"]}
    assert recovery == {6: 1, 8: 1, 11: 3, 15: 1, 17: None}
    means = [stage["mean"] for stage in curve["per_stage"]]
    assert means == pytest.approx([-1.25, 2 / 3, -1, 0.5, 1 / 6, 2 / 3, 0.75])
    assert curve["unrated"] == []


async def test_those_who_decide_together_do_not_feel_the_same(loaded: Client) -> None:
    for journey_id in (str(sample.JOURNEY), SOFTWARE):
        personas = (await loaded.got(f"/v1/journeys/{journey_id}"))["persona_ids"]
        drawn = [
            await loaded.got(f"/v1/journeys/{journey_id}/emotion-curve?persona_id={persona}")
            for persona in personas
        ]
        assert len({curve["mean"] for curve in drawn}) == len(personas) >= 2


def test_the_couples_map_shows_what_a_map_can_tell() -> None:
    (couple,) = (body for body in bodies("journeys") if body["id"] == str(sample.JOURNEY))
    told = steps(couple)
    assert [stage["key"] for stage in couple["stages"]] == [
        *("unaware", "discovery", "research", "evaluation", "decision", "service", "referral")
    ]
    assert {actor for step in told for actor in step["actors"]} == {"spouse 1", "spouse 2"}
    assert any(step.get("private") for step in told)
    assert any(step.get("decision_moment") for step in told)
    assert any(step.get("journey_id") for step in told)
    assert all(step["emotion"] * 2 == int(step["emotion"] * 2) for step in told)
    assert {edge["kind"] for edge in couple["transitions"]} == {
        *("planned", "alternative", "detour", "return")
    }


def test_the_ways_out_of_a_step_are_no_more_than_certain() -> None:
    for journey in bodies("journeys"):
        out: dict[str, list[float]] = defaultdict(list)
        for edge in journey["transitions"]:
            out[edge["from"]].append(edge.get("probability") or 0)
        assert not {key: p for key, p in out.items() if sum(p) > 1 + 1e-9}, journey["title"]


def test_personas_have_first_names_and_a_profile() -> None:
    profiles = {body["id"] for body in bodies("profiles")}
    for persona in bodies("personas"):
        assert persona["name"].isalpha()
        assert persona["profile_id"] in profiles


def test_every_touchpoint_of_the_sample_is_met_somewhere() -> None:
    met = {
        use["key"]
        for journey in bodies("journeys")
        for step in steps(journey)
        for use in step.get("touchpoints", [])
    }
    assert met == {body["key"] for body in bodies("touchpoints")}


ELSEWHERE = {
    "/v1/workspaces": "for operators",
    "/v1/contacts/search": "goes on after an earlier answer",
}
"""Whose examples cannot be tried in the sample, and why."""


async def test_the_examples_of_the_reference_can_be_tried_there(loaded: Client) -> None:
    """Whoever presses Execute in /docs sees it work."""
    contract = (await loaded.get("/openapi.json")).json()
    refused = {}
    for path, operations in contract["paths"].items():
        post = operations.get("post", {})
        content = post.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "{" in path or path in ELSEWHERE or not content:
            continue  # of one thing
        for name, example in examples(content):
            answer = await loaded.post(path, json=example)
            if answer.status_code >= 300:
                refused[f"{path} {name}"] = answer.text[-300:]
    assert not refused, "\n".join(f"{at}: {said}" for at, said in refused.items())


def examples(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The bodies that a request body shows, with their names."""
    if "example" in content:
        yield "", content["example"]
    for name, one in content.get("examples", {}).items():
        yield name, one["value"]


async def test_the_couples_plan_says_something_in_every_stage(loaded: Client) -> None:
    plan = await loaded.got(f"/v1/journeys/{sample.JOURNEY}/plan")
    said = {stage["key"]: stage for stage in plan["stages"]}
    assert not [key for key, stage in said.items() if stage["message"]["text"] is None]
    assert [one["currency"] for one in plan["costs"]] == ["USD"]
    assert said["decision"]["owner"]["department"] == "advice"
    grid = await loaded.got(f"/v1/journeys/{sample.JOURNEY}/challenges")
    assert 0 < grid["empty_count"] < len(grid["items"])
    assert grid["dangling"] == []
