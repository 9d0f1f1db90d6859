"""Histories told by segments are those that the events themselves tell, whatever happens."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
import pytest

from service import folding, worker
from service.database import Database
from service.domain import contacts, histories, privacy
from service.domain.histories import Asked, columnar, segments
from service.domain.ids import new_id
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client
from tests.measures.streams import (
    DAY,
    QUESTIONS,
    UNTOLD,
    World,
    asks,
    compared,
    sent,
    shown,
    those,
)


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_segments_tell_what_the_events_tell(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    world = World(client, database, workspace, seed)
    await world.lives(partial(compared, database, workspace), QUESTIONS)


async def test_where_nothing_is_selected_nothing_of_it_is_told(
    client: Client, workspace: Caller, database: Database
) -> None:
    await sent(client, "u", 2)
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, Asked(fields=("event",), selected=True)) == 0


async def test_of_touchpoints_that_segments_do_not_keep_the_events_are_asked(
    client: Client, workspace: Caller, database: Database
) -> None:
    for n, one in enumerate(UNTOLD):
        await sent(client, f"u{n}", 1, properties={"touchpoint": one})
    asked = Asked(selections=[those(asks("properties.touchpoint", "contains", "till"))])
    plain = Asked(fields=("event",))
    for _ in range(2):
        async with database.write(workspace) as work:
            assert (await histories.histories(work, asked)).holds[0].sum() == 1
        await folding.folded(database, workspace.workspace_id)
        async with database.write(workspace) as work:
            assert await segments.told(work, asked) is None
    await compared(database, workspace, plain)


async def test_a_read_that_began_small_is_told_by_segments_as_well(
    client: Client, workspace: Caller, database: Database
) -> None:
    await sent(client, "u", 3)
    await folding.folded(database, workspace.workspace_id)
    asked = Asked(fields=("event",))
    async with database.read(workspace) as work:
        told = await segments.told(work, asked)
        assert told is not None
        assert len(told) == 3
    async with database.read(workspace) as work:
        assert len(await histories.histories(work, asked)) == 3
        assert work.statements == 2


async def test_two_fold_at_once_while_others_send(
    client: Client, workspace: Caller, settings: Settings, database: Database
) -> None:
    """As two workers do when one is thought dead: nothing is missed, nothing is there twice."""
    assert settings.worker_database_url is not None
    workers = [Database(settings.worker_database_url, settings) for _ in range(2)]
    sending = asyncio.Event()

    async def folds(own: Database) -> None:
        while not sending.is_set():
            await folding.folded(own, workspace.workspace_id)

    async def sends() -> None:
        try:
            rounds = [sent(client, f"{n} {user}", 20) for n in range(6) for user in "abc"]
            await asyncio.gather(*rounds)
        finally:
            sending.set()

    try:
        await asyncio.gather(sends(), *map(folds, workers))
        await asyncio.gather(*(folding.folded(one, workspace.workspace_id) for one in workers))
        assert await compared(database, workspace, Asked(fields=("event",))) == 360
    finally:
        for one in workers:
            await one.close()


async def test_what_is_being_stored_is_waited_for(
    client: Client, workspace: Caller, database: Database
) -> None:
    """One that began before and commits later: all it stores has its place before the end."""
    async with database.write(workspace) as storing:
        await contacts.beside_erasures(storing)
        await contacts.blocked(storing, [new_id()])
        waiting = asyncio.create_task(folding.settled(database, workspace))
        await sent(client, "later", 1)
        assert not (await asyncio.wait([waiting], timeout=0.2))[0]
    assert await waiting is not None


async def test_what_is_kept_no_more_is_read_no_more_and_leaves_segments(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    now = datetime.now(UTC)
    await sent(client, "old", 2, timestamp=(now - 40 * DAY).isoformat())
    await sent(client, "new", 3, timestamp=(now - DAY).isoformat())
    await folding.folded(database, workspace.workspace_id)
    changed = await client.patch("/v1/settings", json={"retention_days": 30})
    assert changed.status_code == 200
    async with database.write(workspace) as work:
        assert await privacy.expire(work) == 2
    asked = Asked(fields=("event",))
    assert await compared(database, workspace, asked) == 3
    held = "SELECT sum(events) FROM waypost.event_segments WHERE workspace_id = $1"
    assert await owner.fetchval(held, workspace.workspace_id) == 5
    await folding.folded(database, workspace.workspace_id, thoroughly=True)
    assert await owner.fetchval(held, workspace.workspace_id) == 3
    assert await compared(database, workspace, asked) == 3


async def kept_for(client: Client, workspace: Caller, database: Database, days: int | None) -> None:
    """Have events be kept for so many days, and what is older go."""
    assert (await client.patch("/v1/settings", json={"retention_days": days})).is_success
    async with database.write(workspace) as work:
        await privacy.expire(work)


async def number_told(workspace: Caller, database: Database) -> int:
    """How many events are told, the same by whatever tells them."""
    async with database.write(workspace) as work:
        told = shown(await histories.histories(work, Asked(fields=("event",))))
        assert told == shown(await columnar.histories(work, Asked(fields=("event",))))
    return len(told["at"])


async def test_what_retention_has_deleted_is_told_by_nothing_though_it_is_lifted_again(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    now = datetime.now(UTC)
    await sent(client, "old", 2, timestamp=(now - 40 * DAY).isoformat())
    await sent(client, "new", 3, timestamp=(now - DAY).isoformat())
    await folding.folded(database, workspace.workspace_id)
    await kept_for(client, workspace, database, 30)
    for days in (60, None):
        await kept_for(client, workspace, database, days)
        assert await number_told(workspace, database) == 3
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, Asked(fields=("event",))) == 3
    held = "SELECT sum(events) FROM waypost.event_segments WHERE workspace_id = $1"
    assert await owner.fetchval(held, workspace.workspace_id) == 3


async def test_what_is_older_than_events_are_kept_is_told_by_nothing_before_it_is_deleted(
    client: Client, workspace: Caller, database: Database
) -> None:
    now = datetime.now(UTC)
    await sent(client, "old", 2, timestamp=(now - 40 * DAY).isoformat())
    await sent(client, "new", 3, timestamp=(now - DAY).isoformat())
    for _ in range(2):
        for days, number in ((30, 3), (None, 5)):
            body = {"retention_days": days}
            assert (await client.patch("/v1/settings", json=body)).is_success
            assert await number_told(workspace, database) == number
        await folding.folded(database, workspace.workspace_id)


async def test_whoever_keeps_events_for_longer_again_is_told_of_older_ones(
    client: Client, workspace: Caller, database: Database
) -> None:
    now = datetime.now(UTC)
    await sent(client, "new", 1, timestamp=(now - DAY).isoformat())
    await folding.folded(database, workspace.workspace_id)
    for days in (30, None):
        await kept_for(client, workspace, database, days)
    old = {"type": "track", "event": "a", "userId": "old", "messageId": "old"}
    old["timestamp"] = (now - 40 * DAY).isoformat()
    answer: dict[str, Any] = {}
    # Whose key it is, and how long its workspace keeps events, is looked up every five seconds.
    async with asyncio.timeout(20):
        while not answer.get("accepted"):
            answer = (await client.post("/v1/batch", json={"batch": [old]})).json()
            await asyncio.sleep(0.2)
    assert await number_told(workspace, database) == 2
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, Asked(fields=("event",))) == 2


async def test_the_worker_folds_what_comes(
    client: Client, workspace: Caller, settings: Settings, owner: asyncpg.Connection
) -> None:
    assert settings.worker_database_url is not None
    stop = asyncio.Event()
    working = asyncio.create_task(worker.work(settings, settings.worker_database_url, stop))
    held = "SELECT sum(events) FROM waypost.event_segments WHERE workspace_id = $1"
    await sent(client, "u", 2)
    try:
        async with asyncio.timeout(60):
            while await owner.fetchval(held, workspace.workspace_id) != 2:
                await owner.execute("SELECT pg_sleep(0.1)")
    finally:
        stop.set()
        await working


async def test_events_that_all_differ_by_their_campaign_stay_in_segments_and_are_counted(
    client: Client, workspace: Caller, database: Database
) -> None:
    number = 27_500
    lines = (
        json.dumps(
            {"type": "track", "event": "Seen", "userId": f"u{n % 50}", "messageId": f"m{n}"}
            | {"timestamp": "2026-05-01T12:00:00Z", "properties": {"campaign": f"click {n}"}}
        )
        for n in range(number)
    )
    ndjson = {"Content-Type": "application/x-ndjson"}
    sent = await client.post("/v1/events", content="\n".join(lines), headers=ndjson)
    assert sent.json()["accepted"] == number
    await folding.folded(database, workspace.workspace_id, thoroughly=True)
    by_event, by_campaign = (Asked(fields=(name,)) for name in ("event", "campaign"))
    async with database.write(workspace) as work:
        assert (await histories.in_segments(work)).events == number
        told = await segments.told(work, by_event)
        assert told is not None
        assert len(told) == number
        assert await segments.told(work, by_campaign) is None
        assert len(
            set((await histories.histories(work, by_campaign)).columns["campaign"].words)
        ) == (number)
    # What is kept ready is told at once, campaigns are read.
    every = {"order": {"all": []}}
    for more, value in (
        ({"parameters": every}, number),
        ({"parameters": every, "breakdown": ["campaign"]}, number),
    ):
        answer = await client.post("/v1/kpis/query", json={"kpi": "orders", **more})
        assert answer.json()["value"] == value
    assert len(answer.json()["breakdown"]) == 101
