"""The version of a catalogue rises whoever writes it, and tells of which server it is."""

from uuid import UUID

import asyncpg

from service.domain.work import Caller
from tests.make import Client, journey

Owner = asyncpg.Connection


async def test_whoever_writes_the_catalogue_raises_its_version_once(
    client: Client, workspace: Caller, owner: Owner
) -> None:
    """Of a release that knows nothing of it, too: it is the database that does."""
    made = await client.made("/v1/touchpoints", {"name": "Desk"})
    await client.made("/v1/content", {"title": "Leaflet", "touchpoint_ids": [made["id"]]})
    mine = workspace.workspace_id
    version = "SELECT catalogue_version FROM waypost.workspaces WHERE workspace_id = $1"
    write = "UPDATE waypost.{} SET workspace_id = workspace_id WHERE workspace_id = $1"
    before = await owner.fetchval(version, mine)
    async with owner.transaction():
        for table in ("touchpoints", "content", "content_touchpoints"):
            # One after another: so a transaction's statements are.
            assert await owner.execute(write.format(table), mine) == "UPDATE 1"
        # Whoever else writes waits for nobody until then.
        await client.made("/v1/personas", {"name": "Ann"})
        assert await owner.fetchval(version, mine) == before + 1
    assert await owner.fetchval(version, mine) == before + 2
    assert await owner.execute(write.format("workspaces"), mine) == "UPDATE 1"
    assert await owner.fetchval(version, mine) == before + 3
    deleted = await owner.execute("DELETE FROM waypost.content WHERE workspace_id = $1", mine)
    assert (deleted, await owner.fetchval(version, mine)) == ("DELETE 1", before + 4)
    await client.made("/v1/journeys", journey(1, 1, title="No word is new"))
    again = await owner.fetchval(version, mine)
    await client.made("/v1/journeys", journey(1, 1, title="No word is new"))
    assert await owner.fetchval(version, mine) == again


async def test_versions_are_of_one_server_and_one_table(client: Client, owner: Owner) -> None:
    """Where commits were lost numbers come again, but from a server that has started since."""
    one = await client.made("/v1/journeys", journey(1, 1))
    (found,) = await owner.fetchval(
        "SELECT waypost.versions(ARRAY[workspace_id], ARRAY[id]) FROM waypost.journeys "
        "WHERE id = $1",
        UUID(one["id"]),
    )
    table, started = await owner.fetchrow(
        "SELECT 'waypost.workspaces'::regclass::oid::bigint, "
        "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint"
    )
    assert found[0] == one["version"] and found[2:] == [table, started]
