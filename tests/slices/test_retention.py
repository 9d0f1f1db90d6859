"""Events go when they are older than their workspace keeps them."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from service import worker
from service.database import Database
from service.domain import privacy
from service.domain.events import MOST_KEPT
from service.domain.work import Caller
from service.settings import Settings
from tests.contract.furnishing import workspace_of
from tests.make import Client, pointers
from tests.people import events

DAY = timedelta(days=1)


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


async def kept(owner: asyncpg.Connection, workspace: UUID) -> int:
    counted = "SELECT count(*) FROM waypost.events WHERE workspace_id = $1"
    return int(await owner.fetchval(counted, workspace))


async def keeps(client: Client, days: int | None) -> None:
    answer = await client.patch("/v1/settings", json={"retention_days": days})
    assert answer.status_code == 200, answer.text
    assert answer.json()["retention_days"] == days


async def old_and_new(owner: asyncpg.Connection, workspace: UUID, number: int = 2) -> None:
    now = datetime.now(UTC)
    await events(owner, workspace, "user_id", "ann", number=number, at=now - 40 * DAY)
    await events(owner, workspace, "user_id", "ann", number=1, at=now - 29 * DAY)


async def expired(database: Database, caller: Caller) -> int:
    async with database.write(caller) as work:
        return await privacy.expire(work)


async def test_nothing_goes_unless_it_is_set(
    client: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    await old_and_new(owner, workspace.workspace_id)
    assert (await client.got("/v1/settings"))["retention_days"] is None
    assert await expired(database, workspace) == 0
    await keeps(client, 30)
    await keeps(client, None)
    assert await expired(database, workspace) == 0
    assert await kept(owner, workspace.workspace_id) == 3


async def test_older_events_go_some_at_a_time(
    client: Client,
    stranger: Client,
    workspace: Caller,
    owner: asyncpg.Connection,
    database: Database,
) -> None:
    mine, theirs = workspace.workspace_id, workspace_of(stranger)
    await old_and_new(owner, mine, privacy.MOST + 5)
    await old_and_new(owner, theirs)
    await keeps(client, 30)
    assert await expired(database, workspace) == privacy.MOST
    assert await expired(database, workspace) == 5
    assert await expired(database, workspace) == 0
    assert await kept(owner, mine) == 1
    assert await kept(owner, theirs) == 3


async def put_aside(owner: asyncpg.Connection, workspace: UUID, number: int, at: datetime) -> None:
    await owner.execute(
        "INSERT INTO waypost.quarantine"
        " (workspace_id, id, created_at, updated_at, code, detail, message)"
        " SELECT $1, gen_random_uuid(), $2, now(), 'too_long', 'x', 'x'"
        " FROM generate_series(1, $3::int)",
        *(workspace, at, number),
    )


async def aside(owner: asyncpg.Connection, workspace: UUID) -> int:
    counted = "SELECT count(*) FROM waypost.quarantine WHERE workspace_id = $1"
    return int(await owner.fetchval(counted, workspace))


async def test_messages_that_were_put_aside_go_by_when_they_came(
    client: Client,
    stranger: Client,
    workspace: Caller,
    owner: asyncpg.Connection,
    database: Database,
) -> None:
    mine, theirs, now = workspace.workspace_id, workspace_of(stranger), datetime.now(UTC)
    for each in (mine, theirs):
        await put_aside(owner, each, privacy.MOST + 2, now - 40 * DAY)
        await put_aside(owner, each, 1, now - 29 * DAY)
    await old_and_new(owner, mine)
    await keeps(client, 30)
    assert await expired(database, workspace) == privacy.MOST
    assert await expired(database, workspace) == 2
    assert await expired(database, workspace) == 0
    assert (await aside(owner, mine), await kept(owner, mine)) == (1, 1)
    assert await aside(owner, theirs) == privacy.MOST + 3


async def test_a_workspace_has_so_many_messages_in_quarantine_and_no_more(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    """More are told as ever, and no byte of them is kept."""
    mine = workspace.workspace_id
    await put_aside(owner, mine, MOST_KEPT - 2, datetime.now(UTC))
    for at_once in (1, 3):
        bad = [{"type": "track", "userId": f"{at_once} {n}"} for n in range(at_once)]
        told = (await client.post("/v1/batch", json={"batch": bad})).json()
        assert told["quarantined"] == at_once
    assert await aside(owner, mine) == MOST_KEPT
    good = {"type": "page", "userId": "ann"}
    assert (await client.post("/v1/page", json=good)).json()["accepted"] == 1


@pytest.mark.parametrize("days", [0, -1, 36_501, "x", 1.5])
async def test_a_time_that_is_none_is_refused(client: Client, days: object) -> None:
    answer = await client.patch("/v1/settings", json={"retention_days": days})
    assert (answer.status_code, pointers(answer)) == (422, {"/retention_days"})


async def test_the_worker_enters_each_workspace_that_has_set_it(
    client: Client, stranger: Client, settings: Settings, owner: asyncpg.Connection
) -> None:
    both = [workspace_of(client), workspace_of(stranger)]
    for each, called in zip(both, (client, stranger), strict=True):
        await old_and_new(owner, each)
        await keeps(called, 30)
    database = Database(str(settings.worker_database_url), settings)
    try:
        await worker.round_of(database, asyncio.Event())
    finally:
        await database.close()
    assert [await kept(owner, each) for each in both] == [1, 1]


async def test_a_workspace_that_somebody_holds_stops_no_other(
    client: Client,
    stranger: Client,
    settings: Settings,
    owner: asyncpg.Connection,
) -> None:
    both = sorted([workspace_of(client), workspace_of(stranger)])
    for each in both:
        await old_and_new(owner, each)
    await keeps(client, 30)
    await keeps(stranger, 30)
    database = Database(str(settings.worker_database_url), settings)
    try:
        async with owner.transaction():
            held = "SELECT FROM waypost.events WHERE workspace_id = $1 FOR UPDATE"
            await owner.execute(held, both[0])
            await worker.round_of(database, asyncio.Event())
            assert [await kept(owner, each) for each in both] == [3, 1]
    finally:
        await database.close()


@pytest.fixture
async def working(settings: Settings) -> AsyncIterator[Database]:
    """The worker's own."""
    database = Database(str(settings.worker_database_url), settings)
    yield database
    await database.close()


async def test_what_somebody_took_back_waits_for_no_deletion_of_what_is_old(
    client: Client, stranger: Client, owner: asyncpg.Connection, working: Database
) -> None:
    both = [workspace_of(client), workspace_of(stranger)]
    body = {
        "identifiers": [{"source": "user_id", "value": "ann"}],
        "traits": {"religion": "any"},
        "consents": [{"purpose": "sensitive_data", "granted": True}],
    }
    answer = await stranger.post("/v1/contacts/capture", json=body)
    assert answer.status_code == 201, answer.text
    await owner.execute(
        "UPDATE waypost.consents SET until = now() WHERE workspace_id = $1", both[1]
    )
    await old_and_new(owner, both[0])
    await keeps(client, 30)
    left = await worker.round_of(working, asyncio.Event(), steps=0)
    assert both[0] in left
    assert await kept(owner, both[0]) == 3
    assert (await stranger.got(f"/v1/contacts/{answer.json()['id']}"))["traits"] == {}
    assert await worker.round_of(working, asyncio.Event(), left) == deque()
    assert await kept(owner, both[0]) == 1


async def test_workspaces_take_turns_at_what_is_old(
    client: Client, stranger: Client, owner: asyncpg.Connection, working: Database
) -> None:
    """Months of one are not deleted before another's days."""
    both = sorted([workspace_of(client), workspace_of(stranger)])
    for each in both:
        await old_and_new(owner, each, privacy.MOST + 5)
    await keeps(client, 30)
    await keeps(stranger, 30)
    left = await worker.round_of(working, asyncio.Event(), both, steps=2)
    assert [await kept(owner, each) for each in both] == [6, 6]
    assert {*both} <= {*left}
    await worker.round_of(working, asyncio.Event(), left)
    assert [await kept(owner, each) for each in both] == [1, 1]


async def test_the_worker_does_not_go_on_when_what_it_does_beside_has_failed() -> None:
    ended: list[str] = []

    async def going_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("broken off")

    async def failing() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    for pair in ((going_on, failing), (failing, going_on)):
        with pytest.raises(ZeroDivisionError):
            await worker.with_beside(*(one() for one in pair))
    assert ended == ["broken off"] * 2


async def until_kept(owner: asyncpg.Connection, workspace: UUID, number: int) -> None:
    async with asyncio.timeout(30):
        while await kept(owner, workspace) != number:
            await owner.execute("SELECT pg_sleep(0.05)")


async def started(settings: Settings) -> asyncio.subprocess.Process:
    """`waypost work`, once it may be told to stop."""
    url = str(settings.worker_database_url)
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service.cli", "work"),
        env={**os.environ, "WAYPOST_WORKER_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
    )
    assert made.stdout is not None
    assert b"until SIGTERM" in await made.stdout.readline()
    return made


async def test_one_process_works_another_stands_by_and_both_stop_when_told(
    client: Client, workspace: Caller, settings: Settings, owner: asyncpg.Connection
) -> None:
    await old_and_new(owner, workspace.workspace_id)
    await keeps(client, 30)
    held = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    workers = [await started(settings) for _ in range(2)]
    try:
        await until_kept(owner, workspace.workspace_id, 1)
        assert await owner.fetchval(held, worker.LOCK) == 1
    finally:
        for one in workers:
            one.terminate()
        codes = [await one.wait() for one in workers]
    assert codes == [0, 0]
    assert await owner.fetchval(held, worker.LOCK) == 0
