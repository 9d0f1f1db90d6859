"""What a process knows of the leaves, and that it learns where it is wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from fastapi import FastAPI

from service.domain import events
from service.domain.work import OPERATORS, Caller, Scope
from service.intake import Intake
from service.placing import Leaves
from service.settings import Settings
from tests.make import Client

LEAF_OF = "SELECT tableoid::regclass::text FROM waypost.events WHERE message_id = $1"
STRAY = """
    INSERT INTO waypost_leaves.events_default
        (workspace_id, arrival, who, timestamp, received_at, type, message_id)
    VALUES (gen_random_uuid(), 1, gen_random_uuid(), $1, now(), 'page', 'stray')
"""


class Breaking:
    """A connection that is lost as soon as it has answered."""

    def __init__(self, driver: asyncpg.Connection) -> None:
        self._driver = driver

    async def fetchval(self, *asked: Any) -> Any:
        found = await self._driver.fetchval(*asked)
        self._driver.terminate()
        return found

    async def fetch(self, *asked: Any) -> Any:
        return await self._driver.fetch(*asked)


async def test_a_leaf_that_was_made_on_a_lost_connection_is_found(settings: Settings) -> None:
    leaves, year = Leaves(), (1991, 0)
    try:
        await leaves.ready(Breaking(await asyncpg.connect(settings.database_url)), [year])
    except asyncpg.InterfaceError:
        again = await asyncpg.connect(settings.database_url)
        await leaves.ready(again, [year])
        await again.close()
    assert leaves.of(year) == "events_1991"


async def test_a_leaf_that_another_process_made_is_found(
    client: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    """Where the default leaf held events of a year, that year had none, until they went."""
    when = datetime(1992, 7, 7, tzinfo=UTC)
    ours = app.state.intake
    app.state.intake = Intake(app.state.database, Settings())
    try:
        await owner.execute(STRAY, when)
        assert await sent(client, "first", when) == 200
        assert await owner.fetchval(LEAF_OF, "first") == "waypost_leaves.events_default"
        await owner.execute("DELETE FROM waypost.events WHERE timestamp = $1", when)
        there = Leaves()
        await there.ready(owner, [(1992, 0)])
        assert there.of((1992, 0)) == "events_1992"
        assert {await sent(client, "second", when) for _ in range(2)} == {200}
        assert await owner.fetchval(LEAF_OF, "second") == "waypost_leaves.events_1992"
    finally:
        await app.state.intake.stop()
        app.state.intake = ours


async def sent(client: Client, name: str, when: datetime) -> int:
    message = {"type": "page", "userId": "ann", "messageId": name, "timestamp": when.isoformat()}
    return (await client.post("/v1/batch", json={"batch": [message]})).status_code


async def test_what_went_into_the_default_leaf_gets_one_of_its_own(
    app: FastAPI, owner: asyncpg.Connection
) -> None:
    when = datetime(2087, 3, 7, tzinfo=UTC)
    await owner.execute(STRAY, when)
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    async with app.state.database.write(operator) as work:
        assert await events.settle_leaves(work) >= 1
    leaves = await owner.fetch(
        "SELECT DISTINCT tableoid::regclass::text FROM waypost.events WHERE timestamp = $1", when
    )
    assert [one[0] for one in leaves] == ["waypost_leaves.events_2087_03"]
    # Nobody waits for those of the months to come.
    ahead = datetime.now(UTC).replace(day=1) + timedelta(days=40)
    assert await owner.fetchval("SELECT to_regclass($1)", f"waypost_leaves.events_{ahead:%Y_%m}")
    async with app.state.database.write(operator) as work:
        assert await events.settle_leaves(work) == 0
    await owner.execute("DELETE FROM waypost.events WHERE timestamp = $1", when)


class Counting:
    """A connection that counts what it was asked for."""

    def __init__(self, driver: asyncpg.Connection) -> None:
        self._driver = driver
        self.leaves = 0

    async def fetchval(self, *asked: Any) -> Any:
        self.leaves += 1
        return await self._driver.fetchval(*asked)

    async def fetch(self, *asked: Any) -> Any:
        return await self._driver.fetch(*asked)


async def test_whoever_reads_for_long_is_waited_for_once_not_for_each_leaf(
    settings: Settings, owner: asyncpg.Connection
) -> None:
    driver = await asyncpg.connect(settings.database_url)
    counting, leaves = Counting(driver), Leaves()
    try:
        async with owner.transaction():
            await owner.execute("SELECT FROM waypost.events LIMIT 1")
            await leaves.ready(counting, [(year, 0) for year in range(2001, 2020)])
        assert counting.leaves == 1
        assert leaves.of((2001, 0)) == "events_default"
    finally:
        await driver.close()
