"""What fails in one rule, or in one workspace, stops no other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from service import watching, worker
from service.domain import alerts
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.settings import Settings
from tests.alerting import alert, firings, state
from tests.make import Client, journey
from tests.watched import Watched

HELD_UP = """
    SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
    WHERE usename = 'waypost_worker' AND state = 'active' AND wait_event_type = 'Lock'
"""


@pytest.fixture
async def superuser(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def test_a_figure_that_takes_too_long_fails_by_itself(
    client: Client, watched: Watched, owner: asyncpg.Connection, superuser: asyncpg.Connection
) -> None:
    slow = await alert(client, {"below": 0.5})
    other = await alert(client, {"above": 1000}, {"gap": {}})
    scopes = frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ, Scope.CONTACTS_READ})
    caller = Caller(watched.workspace, None, scopes)
    async with watched.database.read(caller) as asking:
        due = await alerts.due(asking, watched.now)
    async with owner.transaction():
        await owner.execute("LOCK TABLE waypost.events IN ACCESS EXCLUSIVE MODE")
        looking = asyncio.create_task(watching.looked_at(watched.database, caller, due))
        # The same end as by `statement_timeout`, sooner: of both, and of the one by itself.
        while not looking.done():
            await superuser.fetchval(HELD_UP)
            await asyncio.sleep(0.01)
    found = await looking
    assert found[UUID(slow)][:2] == ("failing", "took_too_long")
    assert found[UUID(other)].state == "ok"
    async with watched.database.write(caller) as keeping:
        await alerts.keep_states(keeping, found, {one.id: one for one in due})
    assert await state(client, slow) == ("failing", "took_too_long")
    await watched.look(hours=1)
    assert await state(client, slow) == ("not_enough_data", "no_figure")
    assert (await state(client, other))[0] == "ok"


async def test_a_workspace_that_cannot_be_looked_at_stops_no_other(
    client: Client, stranger: Client, watched: Watched, owner: asyncpg.Connection
) -> None:
    for one in (client, stranger):
        await one.made("/v1/journeys", journey(2, 2))
    await owner.execute(
        "UPDATE waypost.workspaces SET settings = jsonb_build_object('silence_seconds', 'long')"
        " WHERE workspace_id = $1",
        watched.workspace,
    )
    watch = watching.Watch()
    try:
        await watching.round_of(watched.database, asyncio.Event(), watch)
        assert (await client.got("/v1/gaps/history"))["items"] == []
        assert (await stranger.got("/v1/gaps/history"))["items"] != []
    finally:
        await owner.execute(
            "UPDATE waypost.workspaces SET settings = '{}' WHERE workspace_id = $1",
            watched.workspace,
        )


def test_who_rests_is_looked_at_seldom() -> None:
    time, one = [100.0], new_id()
    turns = watching.Watch(lambda: time[0]).turns
    pauses = []
    for _ in range(5):
        begun = time[0]
        while not turns.due([one]):
            time[0] += 1
        pauses.append(time[0] - begun)
        turns.seen(one, came=False)
    assert pauses == [0, 60, 120, 240, watching.SELDOM]
    turns.seen(one, came=True)
    time[0] += watching.SOON
    assert turns.due([one]) == [one]
    assert turns.due([]) == []


async def test_gaps_are_looked_for_where_something_came_and_alerts_when_they_are_due(
    client: Client, watched: Watched
) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    which = await alert(client, {"above": 0}, {"gap": {}})

    def clock() -> float:
        return watched.now.timestamp()

    watch = watching.Watch(clock)
    await watching.watched(watched.database, watched.workspace, watch)
    known = watch.known[watched.workspace]
    assert (await state(client, which))[0] == "firing"
    seen = (await client.got(f"/v1/alerts/{which}"))["checked_at"]
    watched.now += timedelta(minutes=5)
    await watching.watched(watched.database, watched.workspace, watch)
    assert (await client.got(f"/v1/alerts/{which}"))["checked_at"] == seen
    assert (await client.delete(f"/v1/journeys/{made['id']}")).status_code == 204
    watched.now += timedelta(hours=1)
    await watching.watched(watched.database, watched.workspace, watch)
    assert watch.known[watched.workspace].at > known.at
    assert (await state(client, which))[0] == "ok"
    assert len(await firings(client, which, resolved="true")) == 1


async def test_the_worker_looks_by_itself(client: Client, settings: Settings) -> None:
    await client.made("/v1/journeys", journey(2, 2))
    which = await alert(client, {"above": 0}, {"gap": {}})
    stop = asyncio.Event()
    working = asyncio.create_task(
        worker.work(settings, str(settings.worker_database_url), stop, every=0.1)
    )
    try:
        async with asyncio.timeout(60):
            stands = None
            while stands != "firing":
                await asyncio.sleep(0.1)
                stands, _ = await state(client, which)
    finally:
        stop.set()
        await working
    assert len((await client.got("/v1/gaps/history"))["items"]) > 0
