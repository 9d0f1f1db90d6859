"""A word that is written while it is renamed: the new one is stored, whoever comes first."""

import asyncio
from typing import Any

import pytest

from tests.make import Client, journey
from tests.slices.words import using, word

WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


async def waits(owner: Any, task: asyncio.Task[Any], others: int = 0) -> None:
    """Until the task, besides some others, waits for a lock, or has ended."""
    while not task.done() and await owner.fetchval(WAITING) <= others:
        await owner.execute("SELECT pg_sleep(0.01)")


def renaming(client: Client, which: dict[str, Any]) -> asyncio.Task[Any]:
    at = f"/v1/vocabulary/{which['id']}"
    return asyncio.create_task(client.patch(at, json={"slug": "website"}))


async def test_a_step_that_waits_for_a_rename_gets_the_new_word(client: Client, owner: Any) -> None:
    touchpoint = await client.made("/v1/touchpoints", {"name": "T", "channel": "web"})
    made = await client.made("/v1/journeys", using(1, 1, channel="web"))
    at = f"/v1/steps/{made['stages'][0]['steps'][0]['id']}"
    web = await word(client, "channel", "web")
    async with owner.transaction():
        locking = "SELECT FROM waypost.touchpoints WHERE id = $1::uuid FOR UPDATE"
        await owner.execute(locking, touchpoint["id"])
        renamed = renaming(client, web)
        await waits(owner, renamed)  # it holds the map by now
        written = asyncio.create_task(client.patch(at, json={"channel": "web"}))
        await waits(owner, written, 1)
    assert ((await renamed).status_code, (await written).status_code) == (200, 200)
    assert (await client.got(at))["channel"] == "website"
    assert (await word(client, "channel", "web"))["use_count"] == 0


@pytest.mark.parametrize("whole", [False, True])
async def test_a_rename_waits_for_whoever_writes_the_word(
    client: Client, owner: Any, whole: bool
) -> None:
    touchpoint = await client.made("/v1/touchpoints", {"name": "T"})
    await client.made("/v1/journeys", using(1, 1, channel="web"))
    other = await client.made("/v1/journeys", journey(1, 1))
    web = await word(client, "channel", "web")
    step = {"action": "Looks", "channel": "web", "touchpoints": [{"key": touchpoint["key"]}]}
    async with owner.transaction():
        locking = "SELECT FROM waypost.touchpoints WHERE id = $1::uuid FOR UPDATE"
        await owner.execute(locking, touchpoint["id"])
        at = f"/v1/stages/{other['stages'][0]['id']}/steps"
        body: dict[str, Any] = step
        if whole:
            at, body = "/v1/journeys", {"title": "New", "stages": [{"name": "S", "steps": [step]}]}
        written = asyncio.create_task(client.post(at, json=body))
        await waits(owner, written)  # the step is stored by now, the link is not
        renamed = renaming(client, web)
        await waits(owner, renamed, 1)
    assert ((await renamed).status_code, (await written).status_code) == (200, 201)
    assert (await word(client, "channel", "web"))["use_count"] == 0
    assert (await word(client, "channel", "website"))["use_count"] == 2


@pytest.mark.parametrize("words", [{}, {"channel": "web"}])
async def test_holding_words_costs_no_statement(client: Client, words: dict[str, str]) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    at = f"/v1/steps/{made['stages'][0]['steps'][0]['id']}"
    before = await client.statements()
    assert (await client.patch(at, json={"emotion": 1, **words})).status_code == 200
    assert await client.statements() - before == 1


async def behind_the_map(
    client: Client, owner: Any, journey_id: str, path: str, body: Any, **renamed: str
) -> tuple[Any, Any]:
    """What comes of a POST that waits for a map's row, and of a rename that comes meanwhile."""
    async with owner.transaction():
        await owner.execute("SELECT FROM waypost.journeys WHERE id = $1 FOR UPDATE", journey_id)
        written = asyncio.create_task(client.post(path, json=body))
        await waits(owner, written)  # it has read the words by now, and stored none
        which = renaming(client, await word(client, "department", renamed["word"]))
        await waits(owner, which, 1)
    return await written, await which


async def test_the_next_review_asks_those_who_were_renamed_meanwhile(
    client: Client, owner: Any
) -> None:
    of = await client.made("/v1/journeys", journey(1, 1))
    body = {"journey_id": of["id"], "cadence": "yearly", "departments": ["web"]}
    review = await client.made("/v1/reviews", body)
    path = f"/v1/reviews/{review['id']}/complete"
    done, renamed = await behind_the_map(client, owner, of["id"], path, {}, word="web")
    assert (done.status_code, renamed.status_code) == (200, 200)
    asked = [one["departments"] for one in (await client.got("/v1/reviews"))["items"]]
    assert asked == [["website"], ["website"]]


@pytest.mark.parametrize("given", [{}, {"departments": None}])
async def test_a_review_asks_those_on_the_map_who_were_renamed_meanwhile(
    client: Client, owner: Any, given: dict[str, None]
) -> None:
    owned = {"name": "T", "department": "web"}
    touchpoint = await client.made("/v1/touchpoints", owned)
    step = {"action": "Looks", "touchpoints": [{"key": touchpoint["key"]}]}
    stages = [{"name": "S", "steps": [step]}]
    of = await client.made("/v1/journeys", {"title": "Map", "stages": stages})
    body = {"journey_id": of["id"], **given}
    made, renamed = await behind_the_map(client, owner, of["id"], "/v1/reviews", body, word="web")
    assert (made.status_code, renamed.status_code) == (201, 200)
    (found,) = (await client.got("/v1/reviews"))["items"]
    assert found["departments"] == ["website"]


async def test_publishing_names_those_who_were_renamed_meanwhile(
    client: Client, owner: Any
) -> None:
    touchpoint = await client.made("/v1/touchpoints", {"name": "T", "department": "web"})
    step = {"action": "Looks", "touchpoints": [{"key": touchpoint["key"]}]}
    stages = [{"name": "S", "steps": [step]}]
    of = await client.made("/v1/journeys", {"title": "Map", "stages": stages})
    web = await word(client, "department", "web")
    async with owner.transaction():
        locking = "SELECT FROM waypost.touchpoints WHERE id = $1::uuid FOR UPDATE"
        await owner.execute(locking, touchpoint["id"])
        renamed = renaming(client, web)
        await waits(owner, renamed)
        publishing = client.post(f"/v1/journeys/{of['id']}/publish", json={})
        published = asyncio.create_task(publishing)
        await waits(owner, published, 1)
    assert ((await renamed).status_code, (await published).status_code) == (200, 201)
    assert (await published).json()["departments"] == ["website"]
