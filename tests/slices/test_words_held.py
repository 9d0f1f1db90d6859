"""A word that is written while it is renamed: the new one is stored, whoever comes first."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from service.settings import Settings
from tests.make import Client, journey
from tests.slices.words import using, word

WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


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
