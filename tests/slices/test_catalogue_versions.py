"""The version of a catalogue rises with what is written, and tells of which server it is."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import asyncpg

from service.domain.work import Caller
from tests.make import Client, journey

Owner = asyncpg.Connection


async def content(client: Client) -> dict[str, Any]:
    """The one item that there is."""
    (one,) = (await client.got("/v1/content"))["items"]
    found: dict[str, Any] = one
    return found


async def test_whatever_writes_the_catalogue_raises_its_version_once(
    client: Client, workspace: Caller, owner: Owner
) -> None:
    mine = workspace.workspace_id
    version = "SELECT catalogue_version FROM waypost.workspaces WHERE workspace_id = $1"

    async def risen(write: Awaitable[Any]) -> int:
        before = await owner.fetchval(version, mine)
        await write
        return int(await owner.fetchval(version, mine) - before)

    desk = await client.made("/v1/touchpoints", {"name": "Desk"})
    leaflet = {"title": "Leaflet", "touchpoint_ids": [desk["id"]]}
    assert await risen(client.made("/v1/content", leaflet)) == 1
    assert await risen(client.patch(f"/v1/touchpoints/{desk['id']}", json={"name": "Bench"})) == 1
    assert await risen(client.delete(f"/v1/content/{(await content(client))['id']}")) == 1
    settings = await client.got("/v1/settings") | {"time_zone": "Asia/Tokyo"}
    assert await risen(client.put("/v1/settings", json=settings)) == 1
    assert await risen(client.got("/v1/content")) == 0
    assert await risen(client.post("/v1/content", json={"title": ""})) == 0


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
