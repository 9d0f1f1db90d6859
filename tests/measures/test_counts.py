"""Counts that are kept are what the events themselves tell, whatever happens."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest

from service import folding
from service.database import Database
from service.domain import histories
from service.domain.histories import Asked
from service.domain.work import Caller
from tests.make import Client
from tests.measures.counts import Stream, compared, midnight, questions
from tests.measures.doing import kpi
from tests.measures.streams import UNTOLD, asks, sent, those


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_counts_are_those_of_the_events(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    world = Stream(client, database, workspace, seed)
    await world.lives(partial(compared, database, workspace, world.noon), questions(world.noon), 30)


async def test_of_touchpoints_that_are_not_kept_counts_tell_nothing(
    client: Client, workspace: Caller, database: Database
) -> None:
    for one in UNTOLD:
        await sent(client, "u", 1, properties={"touchpoint": one})
    touchpoints = Asked(fields=("properties.touchpoint",))
    for _ in range(2):
        await folding.folded(database, workspace.workspace_id)
        async with database.write(workspace) as work:
            assert await histories.tallies(work, touchpoints) is None
        await compared(database, workspace, midnight(), Asked(fields=("device",)))
        await sent(client, "u", 1)


async def test_what_has_too_many_values_is_not_counted_and_all_else_is(
    client: Client, workspace: Caller, database: Database
) -> None:
    lines = (
        {"type": "track", "event": "Seen", "userId": "u", "messageId": str(n), "channel": "web"}
        | {"properties": {"campaign": f"c{n % 20_100}", "device": "ab"[n % 2]}}
        for n in range(30_000)
    )
    body = "\n".join(map(json.dumps, lines))
    sends = {"Content-Type": "application/x-ndjson"}
    answer = await client.post("/v1/events", content=body, headers=sends)
    assert answer.json()["accepted"] == 30_000
    await folding.folded(database, workspace.workspace_id)
    async with database.write(workspace) as work:
        assert await histories.tallies(work, Asked(fields=("campaign",))) is None
    assert await compared(database, workspace, midnight(), Asked(fields=("device",))) == 30_000
    await sent(client, "u", 1)
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, midnight(), Asked(fields=("device",))) == 30_001


async def test_where_analysis_rests_on_consent_and_for_what_is_not_counted_counts_tell_nothing(
    client: Client, workspace: Caller, database: Database
) -> None:
    await sent(client, "u", 2)
    await folding.folded(database, workspace.workspace_id)
    others = (
        Asked(fields=("properties.colour",)),
        Asked(only=those(asks("timestamp", "ge", "2026-05-01T00:00:00Z"))),
        Asked(only=those(asks("user_id", "eq", "u"))),
        Asked(fields=("device",), lists=("device",)),
    )
    async with database.write(workspace) as work:
        assert [await histories.tallies(work, one) for one in others] == [None] * len(others)
        # A zone whose clocks are not set by quarters of an hour.
        assert await histories.tallies(work, Asked(), [1_000_000]) is None
        assert await histories.tallies(work, Asked()) is not None
    purposes = (await client.got("/v1/consent-purposes"))["items"]
    (one,) = (one for one in purposes if one["key"] == "analytics")
    path = f"/v1/consent-purposes/{one['id']}"
    assert (await client.patch(path, json={"legal_basis": "consent"})).is_success
    async with database.write(workspace) as work:
        assert await histories.tallies(work, Asked()) is None


async def test_counts_are_exact_while_others_send_and_fold(
    client: Client, workspace: Caller, database: Database
) -> None:
    over = asyncio.Event()

    async def folds() -> None:
        while not over.is_set():
            await folding.folded(database, workspace.workspace_id)

    async def sends() -> None:
        for n in range(12):
            at = midnight() + timedelta(minutes=17 * n)
            await sent(client, "u", 20, timestamp=at.isoformat())
        over.set()

    async def asks_on() -> None:
        before = 0
        while not over.is_set():
            async with database.write(workspace) as work:
                found = await histories.tallies(work, Asked(fields=("event",)))
            if found is not None and found.weights is not None:
                assert before <= (before := int(found.weights.sum())) <= 240

    await asyncio.gather(sends(), folds(), folds(), asks_on())
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, midnight(), Asked(fields=("event",))) == 240


COUNTED = ("event_countings", "event_counts")


@pytest.mark.parametrize("before", [0, 2])
async def test_what_is_folded_by_a_release_that_counts_nothing_is_not_told_by_counts(
    client: Client,
    workspace: Caller,
    database: Database,
    owner: asyncpg.Connection,
    before: int,
) -> None:
    """As the older one's worker does between the migration and its end."""
    if before:
        await sent(client, "u", before)
        await folding.folded(database, workspace.workspace_id)
    mine = "workspace_id = $1"
    held = {
        table: await owner.fetch(
            f"SELECT * FROM waypost.{table} WHERE {mine}", workspace.workspace_id
        )
        for table in COUNTED
    }
    await sent(client, "u", 3)
    await folding.folded(database, workspace.workspace_id)
    for table, rows in held.items():
        await owner.execute(f"DELETE FROM waypost.{table} WHERE {mine}", workspace.workspace_id)
        await owner.copy_records_to_table(table, schema_name="waypost", records=rows)
    async with database.write(workspace) as work:
        assert await histories.tallies(work, Asked()) is None
    assert await kpi_of(client) == before + 3
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, midnight(), Asked()) == before + 3


async def kpi_of(client: Client) -> int:
    number: int = (await kpi(client, "orders", parameters={"order": "Seen"}))["value"]
    return number


class Between:
    """A connection on which something happens between the first question and the next."""

    def __init__(self, connection: asyncpg.Connection, happens: Callable[[], Awaitable[Any]]):
        self.connection, self.happens, self.asked = connection, happens, 0

    async def fetchval(self, query: str, *args: Any) -> Any:
        self.asked += 1
        if self.asked == 2:
            await self.happens()
        return await self.connection.fetchval(query, *args)


async def test_what_changes_between_deciding_what_is_read_and_reading_it_is_seen(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    await sent(client, "u", 2)
    await folding.folded(database, workspace.workspace_id)
    mine = "workspace_id = $1"

    async def is_given_up() -> None:
        """As an erasure does that finds something else counted than what it takes away."""
        given_up = f"UPDATE waypost.event_countings SET given_up = 1 WHERE {mine}"
        await owner.execute(given_up, workspace.workspace_id)
        gone = f"DELETE FROM waypost.event_counts WHERE cube = 0 AND {mine}"
        await owner.execute(gone, workspace.workspace_id)

    async def rests_on_consent() -> None:
        purposes = (await client.got("/v1/consent-purposes"))["items"]
        (one,) = (one for one in purposes if one["key"] == "analytics")
        path = f"/v1/consent-purposes/{one['id']}"
        assert (await client.patch(path, json={"legal_basis": "consent"})).is_success

    for happens, asked in ((is_given_up, Asked()), (rests_on_consent, Asked(fields=("device",)))):
        async with database.write(workspace) as work:
            between: Any = Between(work.connection, happens)
            work.connection = between
            assert await histories.tallies(work, asked) is None
            assert between.asked == 3
