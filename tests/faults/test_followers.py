"""Fifty who write at once, and those who follow them: nothing is missed, nothing comes twice.

For five seconds; `WAYPOST_TEST_SECONDS=60` for a minute, with the counts in the output of `-s`.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from service.domain.work import Caller
from service.main import create_app
from service.settings import Settings
from tests.faults.followers import PATH, Busy, Follower, Idle, Slow, Told
from tests.make import Client

SECONDS = float(os.environ.get("WAYPOST_TEST_SECONDS", "5"))
WRITERS, SLOW = 50, 4
SIZES = (7, 50, 200)
PATIENCE = 200
"""Looks without anything new after which those who follow have missed what is not there."""
TOLD = """
    SELECT split_part(kind, '.', 1), resource_id::text,
           CASE split_part(kind, '.', 2) WHEN 'deleted' THEN 'erase' ELSE 'upsert' END, version
    FROM waypost.outbox WHERE workspace_id = $1
    AND split_part(kind, '.', 1) IN ('journey', 'stage', 'step', 'transition', 'touchpoint')
"""
"""All that was written, as its owner finds it afterwards."""


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(replace(settings, pool_size=20, pool_wait=10, stream_poll=0.05))
    async with made.router.lifespan_context(made):
        yield made


async def test_who_follows_fifty_writers_misses_nothing_and_repeats_nothing(
    served: FastAPI, workspace: Caller, settings: Settings, postgres_url: str
) -> None:
    async with Client.entering(served, workspace.request_id) as client:
        client.timeout = 60
        after = (await client.got(PATH, params={"after": "now"}))["next"]
        followers = {f"pages of {n}": Follower(client, after) for n in SIZES}
        ways: list[Any] = [f.polling(n) for n, f in zip(SIZES, followers.values(), strict=True)]
        followers["lines"] = Follower(client, after)
        ways.append(followers["lines"].by_lines())
        for name in ("events 1", "events 2", "events 3"):
            followers[name] = Follower(client, after)
            ways.append(followers[name].by_events(served, name))
        async with asyncio.TaskGroup() as group:
            following = [group.create_task(way) for way in ways]
            acknowledged = await written(served, client, workspace, postgres_url)
            truth = await told(settings, workspace)
            await caught_up(followers, truth)
            for task in following:
                task.cancel()
    assert len(truth) == len(set(truth))
    assert acknowledged <= set(truth)
    assert len(acknowledged) > WRITERS
    for name, follower in followers.items():
        report(name, follower.seen, truth, acknowledged)
        assert {told: n for told, n in follower.seen.items() if n > 1} == {}, name
        assert set(follower.seen) == set(truth), name


async def written(app: FastAPI, client: Client, workspace: Caller, postgres_url: str) -> set[Told]:
    """Write for a while; all that was acknowledged."""
    elsewhere = await asyncpg.connect(postgres_url)
    writers: list[Any] = [Busy(client, f"writer-{n}") for n in range(WRITERS)]
    writers += [Slow(app.state.database, workspace, f"slow-{n}") for n in range(SLOW)]
    writers.append(Idle(elsewhere, "idle"))
    ends = asyncio.get_running_loop().time() + SECONDS

    async def writing(writer: Any) -> None:
        while asyncio.get_running_loop().time() < ends:
            await writer.write()

    try:
        await asyncio.gather(*map(writing, writers))
    finally:
        await elsewhere.close()
    return {told for writer in writers for told in writer.acknowledged}


async def told(settings: Settings, workspace: Caller) -> list[Told]:
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        return [tuple(row) for row in await owner.fetch(TOLD, workspace.workspace_id)]
    finally:
        await owner.close()


async def caught_up(followers: dict[str, Follower], truth: list[Told]) -> None:
    """Wait until everybody has seen as much as there is, as long as somebody still sees more."""
    seen, still = -1, 0
    while seen < len(truth) * len(followers) and still < PATIENCE:
        before, seen = seen, sum(follower.seen.total() for follower in followers.values())
        still = 0 if seen > before else still + 1
        await asyncio.sleep(0.05)


def report(name: str, seen: Counter[Told], truth: list[Told], acknowledged: set[Told]) -> None:
    missed = len(acknowledged - set(seen))
    twice = sum(n - 1 for n in seen.values())
    print(
        f"{name}: {len(acknowledged)} writes acknowledged, {len(truth)} changes, "
        f"{seen.total()} seen, {missed} missed, {twice} repeated"
    )
