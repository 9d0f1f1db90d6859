"""The service killed again and again while events come: what was acknowledged is there, once.

`WAYPOST_TEST_ROUNDS=20` kills it twenty times; what was counted is printed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from random import Random

import pytest

from service.settings import Settings
from tests.faults.numbered import ROUNDS, Senders
from tests.processes import Standing


@pytest.fixture
async def standing(settings: Settings) -> AsyncIterator[Standing]:
    async with Standing(str(settings.database_url)) as service:
        yield service


async def test_a_killed_service_loses_nothing_that_it_acknowledged(
    standing: Standing, key: str, record_property: Callable[[str, object], None]
) -> None:
    chance = Random(1)
    async with Senders(standing.url, key) as senders:
        for _ in range(ROUNDS):
            await senders.all_acknowledged()
            await asyncio.sleep(chance.random() / 10)
            standing.kill()
            await senders.all_have(lambda one: one.unheard)
            await standing.start()
        await senders.all_acknowledged()
    record_property("counted", await senders.judged(f"{ROUNDS} times the service was killed"))
