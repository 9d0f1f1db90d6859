"""What a process knows of the leaves, and that it learns where it is wrong."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
from fastapi import FastAPI

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
    leaves, month = Leaves(), (1991, 3)
    try:
        await leaves.ready(Breaking(await asyncpg.connect(settings.database_url)), [month])
    except asyncpg.InterfaceError:
        again = await asyncpg.connect(settings.database_url)
        await leaves.ready(again, [month])
        await again.close()
    assert leaves.of(month) == "events_1991_03"


async def test_a_leaf_that_another_process_made_is_found(
    client: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    """Where the default leaf held events of a month, that month had none, until they went."""
    when = datetime(1992, 7, 7, tzinfo=UTC)
    ours = app.state.intake
    app.state.intake = Intake(app.state.database, Settings())
    try:
        await owner.execute(STRAY, when)
        assert await sent(client, "first", when) == 200
        assert await owner.fetchval(LEAF_OF, "first") == "waypost_leaves.events_default"
        await owner.execute("DELETE FROM waypost.events WHERE timestamp = $1", when)
        there = Leaves()
        await there.ready(owner, [(1992, 7)])
        assert there.of((1992, 7)) == "events_1992_07"
        assert {await sent(client, "second", when) for _ in range(2)} == {503, 200}
        assert await owner.fetchval(LEAF_OF, "second") == "waypost_leaves.events_1992_07"
    finally:
        await app.state.intake.stop()
        app.state.intake = ours


async def sent(client: Client, name: str, when: datetime) -> int:
    message = {"type": "page", "userId": "ann", "messageId": name, "timestamp": when.isoformat()}
    return (await client.post("/v1/batch", json={"batch": [message]})).status_code
