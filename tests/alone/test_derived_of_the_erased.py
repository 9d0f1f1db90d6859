"""Of somebody erased nothing is left in what is derived from events."""

from datetime import UTC, datetime, timedelta

import asyncpg

from service import folding
from service.database import Database
from service.domain import privacy
from service.domain.histories import Asked
from service.domain.work import Caller
from tests.looking import found_in, told_as
from tests.make import Client
from tests.measures.counts import compared, midnight
from tests.measures.sittings import compared as sessions_compared
from tests.measures.sittings import ranges
from tests.measures.streams import DAY, FIELDS, sent
from tests.measures.streams import compared as segments_compared


async def test_somebody_who_is_erased_leaves_no_bytes_in_segments(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    name = "ann-of-the-mill"
    await sent(client, name, 3, properties={"touchpoint": name, "campaign": name})
    await sent(client, "ben", 2, properties={"touchpoint": "till"})
    await folding.folded(database, workspace.workspace_id)
    await sent(client, f"{name} too", 1)
    needles = told_as(workspace.workspace_id, "user_id", name)
    assert "event_segments kinds" in {
        one.removeprefix("waypost.") for one in await found_in(owner, needles)
    }
    body = {"items": [{"source": "user_id", "value": name}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    assert (await client.post(f"/v1/contacts/{who}/erase")).status_code == 201
    left = [f'"{name}"', f"{name} 1", *needles[-2:]]
    assert await found_in(owner, left) == set()
    assert await segments_compared(database, workspace, Asked(fields=FIELDS)) == 3


async def test_somebody_who_is_erased_leaves_no_bytes_in_counts(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    name = "joe-of-the-dale"
    await sent(client, name, 3, event=name, properties={"touchpoint": name})
    await sent(client, "u", 2)
    await folding.folded(database, workspace.workspace_id)
    held = {one.removeprefix("waypost.") for one in await found_in(owner, [name])}
    assert "event_counts data" in held
    body = {"items": [{"source": "user_id", "value": name}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    assert (await client.post(f"/v1/contacts/{who}/erase")).status_code == 201
    needles = told_as(workspace.workspace_id, "user_id", name)
    assert await found_in(owner, [name, *needles]) == set()
    assert await compared(database, workspace, midnight(), Asked(fields=("event",))) == 2


async def test_what_retention_has_deleted_leaves_the_day_at_which_it_cuts(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    """Else somebody who is erased later would stay in the bytes: nothing tells whose it was."""
    cut = datetime.now(UTC) - 30 * DAY
    begun = cut.replace(hour=0, minute=0, second=0, microsecond=0)
    name = "sue-of-the-weir"
    await sent(client, name, 2, event=name, timestamp=begun.isoformat())
    await sent(client, "u", 3, timestamp=(cut + timedelta(minutes=20)).isoformat())
    await folding.folded(database, workspace.workspace_id)
    assert (await client.patch("/v1/settings", json={"retention_days": 30})).is_success
    async with database.write(workspace) as work:
        await privacy.expire(work)
    held = {one.removeprefix("waypost.") for one in await found_in(owner, [name])}
    assert "event_counts data" not in held
    assert await compared(database, workspace, midnight(), Asked(fields=("event",))) == 3


async def test_somebody_who_is_erased_is_remembered_by_no_sum(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    noon = midnight()
    message = {"type": "identify", "userId": "joe-of-the-dale", "anonymousId": "joe-a"}
    await sent(client, "joe-of-the-dale", 1, event="page", timestamp=noon.isoformat())
    assert (await client.post("/v1/batch", json={"batch": [message]})).json()["accepted"] == 1
    await sent(client, "other", 1, event="page", timestamp=noon.isoformat())
    await folding.folded(database, workspace.workspace_id)
    needles = [
        *told_as(workspace.workspace_id, "user_id", "joe-of-the-dale"),
        *told_as(workspace.workspace_id, "anonymous_id", "joe-a"),
    ]
    held = {one.removeprefix("waypost.") for one in await found_in(owner, needles)}
    assert "session_people who" in held
    body = {"items": [{"source": "user_id", "value": "joe-of-the-dale"}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    assert (await client.post(f"/v1/contacts/{who}/erase")).status_code == 201
    assert await found_in(owner, needles) == set()
    assert await sessions_compared(database, workspace, noon, 1_800, *ranges(noon)) == 1
