"""Gaps against a map of what shall be, and of that map itself."""

from typing import Any

import pytest

from tests.make import Client

Json = dict[str, Any]


def body(**members: Any) -> Json:
    call: Json = {"key": "call", "action": "Call", "channel": "phone", "department": "service"}
    call |= {"pains": [{"key": "queue", "text": "Waiting"}]}
    visit: Json = {"key": "visit", "action": "Visit", "department": "sales", "channel": "branch"}
    visit |= {"waited_seconds": 1200, "outcome_met": "missed"}
    visit |= {"expected_outcome": "An answer", "actual_outcome": "A form"}
    stage = {"key": "look", "name": "Look", "steps": [call, visit]}
    return {"title": "A map", "stages": [stage], **members}


@pytest.fixture
async def made(client: Client) -> Json:
    """A map whose to-be map has its call otherwise."""
    made = await client.made("/v1/journeys", body())
    wanted = body(perspective="to_be", as_is_id=made["id"], title="Wanted")
    wanted["stages"][0]["steps"][0]["channel"] = "chat"
    made["twin"] = await client.made("/v1/journeys", wanted)
    return made


async def found(client: Client, which: str, kind: str) -> list[Json]:
    path = f"/v1/journeys/{which}/gaps"
    items: list[Json] = (await client.got(path, params={"kind": kind}))["items"]
    return items


async def act(client: Client, *targets: Json, **members: Any) -> None:
    await client.made("/v1/actions", {"title": "Do it", "targets": [*targets], **members})


async def test_what_answers_a_pain_of_a_step_leaves_its_difference(
    client: Client, made: Json
) -> None:
    call, visit = made["stages"][0]["steps"]
    await act(client, {"step_id": call["id"], "item_key": "queue"})
    (handoff,) = await found(client, made["id"], "department_handoff")
    await act(client, {"journey_id": made["id"]}, gap_ids=[handoff["id"]])
    await act(client, {"step_id": visit["id"]})
    (left,) = await found(client, made["id"], "to_be")
    assert (left["step_id"], left["action_ids"]) == (call["id"], [])


@pytest.mark.parametrize("which", ["made", "twin"])
async def test_what_targets_a_step_on_either_map_carries_its_difference(
    client: Client, made: Json, which: str
) -> None:
    one = made if which == "made" else made["twin"]
    await act(client, {"step_id": one["stages"][0]["steps"][0]["id"]})
    assert await found(client, made["id"], "to_be") == []


async def test_what_targets_a_stage_carries_a_step_to_come_there(
    client: Client, made: Json
) -> None:
    stage = made["twin"]["stages"][0]["id"]
    await client.made(f"/v1/stages/{stage}/steps", {"key": "chat", "action": "Chat"})
    assert len(await found(client, made["id"], "to_be")) == 2
    await act(client, {"stage_id": made["stages"][0]["id"]})
    (left,) = await found(client, made["id"], "to_be")
    assert left["explanation"]["code"] == "to_be_changed"


async def test_a_map_to_come_is_told_by_its_plan(client: Client, made: Json) -> None:
    """Nobody has met, reviewed or waited for what does not exist yet; what it plans is told."""
    await client.made("/v1/touchpoints", {"key": "robot", "name": "Robot"})
    chat, visit = made["twin"]["stages"][0]["steps"]
    robot = {"touchpoints": [{"key": "robot"}]}
    assert (await client.patch(f"/v1/steps/{chat['id']}", json=robot)).is_success
    twin = made["twin"]["id"]
    assert len(await found(client, made["id"], "unmet_expectation")) == 1
    assert await found(client, twin, "unmet_expectation") == []
    owned = await found(client, twin, "ownership")
    assert [one["explanation"]["code"] for one in owned] == ["touchpoint_without_owner"]
    (planned,) = await found(client, twin, "effort")
    assert planned["explanation"]["code"] == "effort_waiting_planned"
    assert "plan" in planned["explanation"]["text"]
    assert planned["step_id"] == visit["id"]
    fewer = {"waited_seconds": 60}
    assert (await client.patch(f"/v1/steps/{visit['id']}", json=fewer)).is_success
    assert await found(client, twin, "effort") == []


async def test_a_difference_says_whether_we_see_it(client: Client, made: Json) -> None:
    call = made["twin"]["stages"][0]["steps"][0]["id"]
    assert (await client.patch(f"/v1/steps/{call}", json={"private": True})).is_success
    (one,) = await found(client, made["id"], "to_be")
    assert one["explanation"]["values"]["fields"] == ["private", "channel"]
    text = one["explanation"]["text"]
    assert "whether we see it" in text and "sight" not in text


@pytest.mark.parametrize(("party", "strong"), [("competitor", 0), ("own", 1), ("earned", 1)])
async def test_a_crossing_at_a_competitor_is_no_strength_of_ours(
    client: Client, made: Json, party: str, strong: int
) -> None:
    rival = {"key": "rival", "name": "Other bank", "party": party}
    await client.made("/v1/touchpoints", rival)
    visit = made["stages"][0]["steps"][1]["id"]
    met = {"touchpoints": [{"key": "rival"}]}
    assert (await client.patch(f"/v1/steps/{visit}", json=met)).is_success
    managed = {"hands_over": "the file", "received_by": "sales"}
    path = f"/v1/transitions/{made['transitions'][0]['id']}"
    assert (await client.patch(path, json=managed)).is_success
    gaps = await client.got(f"/v1/journeys/{made['id']}/gaps")
    assert [one["kind"] for one in gaps["strengths"]] == ["managed_crossing"] * strong
    assert gaps["by_kind"]["department_handoff"] == 1
