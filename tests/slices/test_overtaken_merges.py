"""A merge that is undone while its people go."""

import asyncio
from uuid import UUID

from service.database import Database
from service.domain import privacy
from service.domain.work import Caller
from tests.make import Client


async def test_a_merge_whose_people_were_erased_meanwhile_is_not_found(
    client: Client, database: Database, workspace: Caller
) -> None:
    one, other = [await client.made("/v1/contacts", {"traits": {"name": n}}) for n in "ab"]
    body = {"winner_id": one["id"], "loser_id": other["id"]}
    merge = await client.made("/v1/contacts/merge", body)
    async with database.write(workspace) as work:
        await privacy.ERASURES.erase(work, UUID(one["id"]))
        undoing = asyncio.create_task(client.post(f"/v1/merges/{merge['id']}/undo"))
        await _waits(database)
        assert not undoing.done()
    assert (await undoing).status_code == 404


async def _waits(database: Database) -> None:
    """Until somebody waits for who changes who is who."""
    lent = await database.lent()
    try:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        for _ in range(1_000):
            if await lent.fetchval(asked):
                break
            await asyncio.sleep(0.01)
    finally:
        database.given_back(lent)
