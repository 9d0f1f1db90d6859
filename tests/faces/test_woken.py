"""Whoever follows is woken by the worker's word, long before they would look by themselves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from service import waking
from service.database import Database
from service.domain import changes
from service.domain.ids import new_id
from service.domain.work import OPERATORS, Caller, Scope
from service.main import create_app
from service.settings import Settings
from tests.faces.asking import a_map
from tests.listening import entered
from tests.make import Client
from tests.served import Served, serving
from tests.streams import EVENTS, taking

NEVER = 1000.0
"""Seconds between two looks of one's own: more than a test takes."""
Told = asyncio.Queue[frozenset[UUID] | None]
ENDED = f"""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE query ILIKE 'LISTEN%{changes.CHANNEL}%' AND datname = $1"""
JOURNEY = """subscription ($id: ID!) { journeyChanged(id: $id) { cursor journey { title } } }"""


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[None]:
    """What the worker does for it."""
    stop, database = asyncio.Event(), Database(str(settings.worker_database_url), settings)
    telling = asyncio.create_task(waking.tell(database, stop, 0.02))
    yield
    stop.set()
    await telling
    await database.close()


@pytest.fixture(scope="module")
def seldom(settings: Settings) -> Iterator[Served]:
    """The service, which hardly ever looks by itself."""
    with serving(replace(settings, stream_poll=NEVER)) as found:
        yield found


@pytest.mark.usefixtures("worker")
async def test_a_subscription_is_told_at_once(client: Client, seldom: Served, key: str) -> None:
    made = await a_map(client)
    async with entered(seldom, key) as listener:
        await listener.subscribe("a", JOURNEY, id=made["id"])
        await listener.next("a")
        for n in range(3):
            await client.patch(f"/v1/journeys/{made['uuid']}", json={"title": f"T{n}"})
            assert (await listener.next("a"))["journey"]["title"] == f"T{n}"


@pytest.mark.usefixtures("worker")
async def test_so_is_who_follows_the_changes(client: Client, settings: Settings) -> None:
    place = await client.now()
    made = create_app(replace(settings, stream_poll=NEVER))
    async with (
        made.router.lifespan_context(made),
        taking(made, client, "/v1/changes", EVENTS, after=place) as stream,
    ):
        await stream.begin()
        names = [(await client.made("/v1/personas", {"name": f"P{n}"}))["id"] for n in range(3)]
        seen: list[str] = []
        async with asyncio.timeout(60):
            async for event in stream.events():
                seen += [event.data["id"]] if event.data else []
                if names[-1] in seen:
                    break
        assert seen[-3:] == names


@pytest.fixture
async def told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Told]:
    """What is heard, by a process that comes back soon."""
    monkeypatch.setattr(waking, "AGAIN", 0.05)
    found: Told = asyncio.Queue()
    hearing = asyncio.create_task(waking.hear(settings, found.put_nowait))
    yield found
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


async def until(told: Told, workspaces: frozenset[UUID] | None) -> None:
    async with asyncio.timeout(30):
        while await told.get() != workspaces:
            pass


async def test_a_connection_that_is_lost_is_made_anew(
    told: Told, settings: Settings, owner: asyncpg.Connection, postgres_url: str
) -> None:
    superuser, which = await asyncpg.connect(postgres_url), new_id()
    name = str(settings.database_url).rpartition("/")[2]
    for _ in range(2):
        await until(told, None)
        # By anybody in that database.
        await owner.execute("SELECT pg_notify($1, $2)", changes.CHANNEL, str(which))
        await until(told, frozenset({which}))
        await superuser.execute(ENDED, name)
    await superuser.close()


async def test_those_in_which_something_changed_are_named(
    told: Told, client: Client, stranger: Client, settings: Settings
) -> None:
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    database = Database(str(settings.worker_database_url), settings)
    await until(told, None)
    seen, named = None, set[UUID]()
    wanted = {UUID(one.headers["authorization"].split("_")[1][:32]) for one in (client, stranger)}
    async with asyncio.timeout(30):
        while not named >= wanted:
            async with database.write(operator) as work:
                seen = await changes.announce(work, seen)
            for caller in (client, stranger, client):
                await caller.made("/v1/personas", {"name": "Ann"})
            while not told.empty():
                named |= told.get_nowait() or set()
    await database.close()


def test_very_many_are_all() -> None:
    assert changes.named("*") is None
