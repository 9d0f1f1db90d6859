"""How much a map may hold, however it grows: whole, part by part, by many at once."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from service.domain.journeys.bounds import MOST_STAGES, MOST_STEPS, MOST_TRANSITIONS
from tests.faces.asking import refused
from tests.make import Client, journey, pointers

FULL = (422, ["too_many"])


def told(answer: httpx.Response) -> tuple[int, list[str]]:
    return answer.status_code, [error["code"] for error in answer.json()["errors"]]


def of_steps(count: int) -> dict[str, Any]:
    """A map with its steps in the first of two stages, and with no transition."""
    body = journey(2, 0, transitions=[])
    body["stages"][0]["steps"] = [{"action": f"Step {n}"} for n in range(count)]
    return body


def of_transitions(count: int) -> dict[str, Any]:
    body = journey(1, 46)
    keys = [f"step-0-{n}" for n in range(46)]
    body["stages"][0]["steps"] = [{"key": key, "action": key} for key in keys]
    edges = [{"from": a, "to": b} for a in keys for b in keys if a != b]
    return body | {"transitions": edges[:count]}


async def test_a_full_map_takes_no_step(client: Client) -> None:
    made = await client.made("/v1/journeys", of_steps(MOST_STEPS))
    full, empty = made["stages"]
    for body in ({"action": "More"}, {"action": "More", "after": None}):
        answer = await client.post(f"/v1/stages/{empty['id']}/steps", json=body)
        assert (told(answer), pointers(answer)) == (FULL, {""})
    create = """mutation ($stage: ID!) { createStep(stageId: $stage, input: {action: "More"}) {
      step { key } userErrors { code pointer } } }"""
    errors = await refused(client, create, stage=empty["id"])
    assert [error["code"] for error in errors] == ["too_many"]
    assert await client.got(f"/v1/journeys/{made['id']}") == made
    await client.patch(f"/v1/steps/{full['steps'][7]['id']}", json={"stage_id": empty["id"]})
    await client.delete(f"/v1/steps/{full['steps'][8]['id']}")
    await client.made(f"/v1/stages/{empty['id']}/steps", {"action": "One went"})


async def test_a_full_map_takes_no_stage_with_steps(client: Client) -> None:
    made = await client.made("/v1/journeys", of_steps(MOST_STEPS - 1))
    path, two = f"/v1/journeys/{made['id']}/stages", [{"action": "One"}, {"action": "Two"}]
    more = await client.post(path, json={"name": "More", "steps": two})
    assert (told(more), pointers(more)) == (FULL, {"/steps"})
    more = await client.patch(f"/v1/stages/{made['stages'][1]['id']}", json={"steps": two})
    assert (told(more), pointers(more)) == (FULL, {"/steps"})
    update = """mutation ($id: ID!, $steps: [StepInput!]) {
      updateStage(id: $id, patch: {steps: $steps}) {
        stage { key } userErrors { code pointer } } }"""
    errors = await refused(client, update, id=made["stages"][1]["id"], steps=two)
    assert [error["code"] for error in errors] == ["too_many"]
    assert await client.got(f"/v1/journeys/{made['id']}") == made
    await client.made(path, {"name": "More", "steps": two[:1]})


async def test_a_map_is_not_sent_with_more_steps_than_it_holds(client: Client) -> None:
    body = of_steps(MOST_STEPS)
    body["stages"][1]["steps"] = [{"action": "One more"}]
    answer = await client.post("/v1/journeys", json=body)
    assert (told(answer), pointers(answer)) == (FULL, {"/stages"})


async def test_a_map_with_all_the_stages_there_may_be_takes_none(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(MOST_STAGES, 0))
    path = f"/v1/journeys/{made['id']}/stages"
    for body in ({"name": "More"}, {"name": "More", "after": None, "steps": [{"action": "One"}]}):
        answer = await client.post(path, json=body)
        assert (told(answer), pointers(answer)) == (FULL, {""})
    assert await client.got(f"/v1/journeys/{made['id']}") == made


async def test_a_map_with_all_the_transitions_there_may_be_takes_none(client: Client) -> None:
    made = await client.made("/v1/journeys", of_transitions(MOST_TRANSITIONS))
    path = f"/v1/journeys/{made['id']}/transitions"
    edge = {"from": "step-0-0", "to": "step-0-1", "kind": "detour"}
    answer = await client.post(path, json=edge)
    assert (told(answer), pointers(answer)) == (FULL, {""})
    assert await client.got(f"/v1/journeys/{made['id']}") == made
    await client.delete(f"/v1/transitions/{made['transitions'][0]['id']}")
    await client.made(path, edge)


@pytest.mark.parametrize("placed", [{}, {"after": None}])
async def test_many_writers_fill_a_map_no_further_than_it_goes(
    client: Client, placed: dict[str, None]
) -> None:
    made = await client.made("/v1/journeys", of_steps(MOST_STEPS - 3))
    path = f"/v1/stages/{made['stages'][1]['id']}/steps"
    bodies = [{"action": f"Added {n}", **placed} for n in range(12)]
    answers = await asyncio.gather(*(client.post(path, json=body) for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 9}
    assert len((await client.got(path))["items"]) == 3
