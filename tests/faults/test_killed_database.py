"""Postgres killed again and again while events come: 503 meanwhile, and nothing lost or doubled.

`WAYPOST_TEST_ROUNDS=20` kills it twenty times; what was counted is printed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import httpx
import pytest

from service import worker
from service.settings import Settings
from tests.faults.numbered import PATIENCE, ROUNDS, Senders
from tests.faults.servers import Ground, Postgres
from tests.processes import Standing


@pytest.fixture
async def postgres(home: Path) -> AsyncIterator[Postgres]:
    """On the disk at once, as it is wherever it matters: unlike the one of other tests."""
    server = Postgres(home)
    await server.start()
    yield server
    server.stop()


@pytest.fixture
async def working(ground: Ground) -> AsyncIterator[None]:
    """The worker, beside."""
    stop, url = asyncio.Event(), str(ground.settings.worker_database_url)
    task = asyncio.create_task(worker.work(ground.settings, url, stop, every=0.05))
    yield
    assert not task.done()
    stop.set()
    await task


@pytest.mark.usefixtures("working")
async def test_a_killed_database_is_waited_for_and_nothing_is_lost_or_comes_twice(
    postgres: Postgres,
    standing: Standing,
    ground: Ground,
    record_property: Callable[[str, object], None],
) -> None:
    chance = Random(2)
    async with Senders(standing.url, ground.key, old=True) as senders:
        for _ in range(ROUNDS):
            await senders.all_acknowledged()
            await asyncio.sleep(chance.random() / 10)
            postgres.kill()
            await senders.all_have(lambda one: one.statuses[503])
            await postgres.start()
        await senders.all_acknowledged()
    assert sum(one.unheard for one in senders.all) == 0
    record_property("counted", await senders.judged(f"{ROUNDS} times Postgres was killed"))
    await until_all_is_gone(standing, ground)


async def until_all_is_gone(standing: Standing, ground: Ground) -> None:
    """By the worker, who was there all the time, once the workspace keeps nothing so old."""
    headers = {"Authorization": f"Bearer {ground.key}"}
    async with httpx.AsyncClient(base_url=standing.url, headers=headers) as client:
        answer = await client.patch("/v1/settings", json={"retention_days": 1})
        assert answer.status_code == 200
        old = {"to": "2020-12-31T00:00:00Z", "limit": "1"}
        async with asyncio.timeout(PATIENCE):
            while True:
                if not (await client.get("/v1/events", params=old)).json()["items"]:
                    return
                await asyncio.sleep(0.05)


async def test_a_worker_that_is_refused_stands_by(settings: Settings) -> None:
    """A server that is just going, or coming, refuses in many ways."""
    stop = asyncio.Event()
    url = str(settings.worker_database_url)[:-1]  # a database that is not there
    task = asyncio.create_task(worker.work(settings, url, stop))
    ended, _ = await asyncio.wait({task}, timeout=2)
    assert not ended
    stop.set()
    await task
