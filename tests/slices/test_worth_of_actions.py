"""What an action is worth: impact × confidence ÷ effort, the same wherever it is shown."""

from typing import Any

import pytest

from tests.make import Client

Json = dict[str, Any]


@pytest.fixture
async def made(client: Client) -> Json:
    """A map that asks and suffers, with a crossing."""
    call: Json = {"key": "call", "action": "Call", "channel": "phone", "emotion": 1}
    call["pains"] = [{"key": "queue", "text": "Waiting"}]
    visit = {"key": "visit", "action": "Visit", "channel": "branch", "emotion": -1}
    stage = {"key": "look", "name": "Look", "steps": [call, visit]}
    return await client.made("/v1/journeys", {"title": "A map", "stages": [stage]})


async def planned(client: Client, made: Json) -> list[Json]:
    plan = await client.got(f"/v1/journeys/{made['id']}/plan")
    found: list[Json] = plan["stages"][0]["actions"]
    return found


async def gaps(client: Client, made: Json) -> dict[str, Json]:
    found = await client.got(f"/v1/journeys/{made['id']}/gaps", params={"limit": "200"})
    return {gap["id"]: gap for gap in found["items"]}


def target(made: Json, step: int, key: str | None = None) -> Json:
    which = made["stages"][0]["steps"][step]["id"]
    return {"step_id": which} if key is None else {"step_id": which, "item_key": key}


async def test_an_action_that_closes_its_gap_stands_before_mere_ideas(
    client: Client, made: Json
) -> None:
    pain = {"targets": [target(made, 0, "queue")], "impact": 40, "effort": 2}
    best = await client.made("/v1/actions", {"title": "Answer at once", **pain})
    idea = {"title": "An idea", "targets": [target(made, 0)]}
    await client.made("/v1/actions", idea)
    first, second = await planned(client, made)
    assert (first["title"], first["confidence"], first["priority"]) == ("Answer at once", 1, 20)
    assert "reason" not in first and first["gap_ids"] == []
    assert (second["priority"], second["reason"]) == (None, "no_effort")
    (listed, *_) = (await client.got("/v1/actions?sort=-priority"))["items"]
    assert (listed["id"], listed["priority"]) == (best["id"], first["priority"])


async def test_an_action_without_a_gap_or_an_impact_has_no_priority(
    client: Client, made: Json
) -> None:
    pain = {"title": "Answer", "targets": [target(made, 0, "queue")], "effort": 2}
    await client.made("/v1/actions", pain)
    (one,) = await planned(client, made)
    assert (one["impact"], one["confidence"], one["priority"]) == (None, 1, None)
    assert one["reason"] == "no_impact"


async def test_of_several_gaps_the_one_counts_that_promises_most(
    client: Client, made: Json
) -> None:
    """The plan tells of an action the highest priority that a gap tells of it."""
    found = await gaps(client, made)
    body = {"title": "Mend", "gap_ids": [*found], "effort": 3}
    await client.made("/v1/actions", body)
    worst = max(found.values(), key=lambda gap: gap["severity"] * gap["confidence"])
    (one,) = await planned(client, made)
    again = await gaps(client, made)
    assert (one["impact"], one["confidence"]) == (worst["severity"], worst["confidence"])
    assert one["priority"] == max(gap["priority"] for gap in again.values())
    assert one["priority"] == pytest.approx(worst["severity"] * worst["confidence"] / 3)


async def test_a_gap_that_was_dismissed_promises_nothing(client: Client, made: Json) -> None:
    (which, *_) = (await gaps(client, made)).keys()
    body = {"title": "Mend", "targets": [target(made, 0, "queue")], "gap_ids": [which]}
    await client.made("/v1/actions", {**body, "impact": 60, "effort": 3})
    judged = {"status": "dismissed", "reason": "By design"}
    answer = await client.patch(f"/v1/gaps/{which}", json=judged)
    assert answer.is_success
    (one,) = await planned(client, made)
    assert (one["confidence"], one["priority"]) == (1, 20)
    alone = await client.got(f"/v1/gaps/{which}")
    for gap in ((await gaps(client, made))[which], alone):
        assert gap["priority"] is None
    assert "dismissed" in alone["reasons"]["priority"]


async def test_the_plan_defines_what_it_does(client: Client, made: Json) -> None:
    said = (await client.got(f"/v1/journeys/{made['id']}/plan"))["definition"]
    assert "1 where it answers none that is open" in said["impact"]


async def test_no_figure_carries_the_noise_of_its_arithmetic(client: Client, made: Json) -> None:
    """0.2 × 2/3 and the like: what is equal on paper is equal here, and ties by position."""
    departments = {"department": "service"}, {"department": "sales"}
    for step, member in zip(made["stages"][0]["steps"], departments, strict=True):
        assert (await client.patch(f"/v1/steps/{step['id']}", json=member)).is_success
    body = {"title": "Mend", "targets": [target(made, 0), target(made, 1)], "effort": 0.3}
    await client.made("/v1/actions", body)
    for gap in (await gaps(client, made)).values():
        figures = [gap["severity"], gap["confidence"], *(s["value"] for s in gap["signals"])]
        figures += [] if gap["priority"] is None else [gap["priority"]]
        assert figures == [round(one, 9) for one in figures], gap["kind"]
    (one,) = await planned(client, made)
    assert one["priority"] == round(one["priority"], 9)
