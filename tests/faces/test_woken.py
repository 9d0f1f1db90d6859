"""Whoever follows is woken by the worker's word, long before they would look by themselves."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest
from starlette.requests import Request

from service import waking
from service.api.edge import EdgeOf
from service.api.following import CALM, follow
from service.database import Database
from service.domain import changes
from service.domain.errors import Unavailable
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


class Nothing(NamedTuple):
    """A page on which nothing is."""

    is_empty: bool = True
    more: bool = False
    end: str = "here"


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


@pytest.mark.parametrize("payload", ["*", "", "no id", f"{UUID(int=1)},"])
def test_very_many_are_all_and_so_is_what_names_none(payload: str) -> None:
    assert changes.named(payload) is None


class Losing(Database):
    """A database in which, while it is losing, nothing is committed."""

    losing = False
    kept = lost = 0

    @asynccontextmanager
    async def write(self, caller: Caller) -> AsyncIterator[Any]:  # type: ignore[override]
        async with super().write(caller) as work:
            yield work
            if self.losing:
                self.lost += 1
                raise Unavailable("Lost.")
        self.kept += 1


async def test_what_could_not_be_told_is_told_later(
    told: Told, client: Client, settings: Settings
) -> None:
    stop, database = asyncio.Event(), Losing(str(settings.worker_database_url), settings)
    which = UUID(client.headers["authorization"].split("_")[1][:32])
    await until(told, None)
    telling = asyncio.create_task(waking.tell(database, stop, 0.02))
    async with asyncio.timeout(60):
        while database.kept < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        database.losing = True
        await client.made("/v1/personas", {"name": "Ann"})
        before = database.lost
        while database.lost < before + 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        while not told.empty():
            told.get_nowait()
        database.losing = False
        while which not in (await told.get() or ()):
            pass
    stop.set()
    await telling
    await database.close()


async def test_who_is_woken_again_and_again_looks_now_and_then(
    settings: Settings, key: str, workspace: Caller
) -> None:
    """However slow the machine: a look for each half second that passes, not one for each word."""
    app = create_app(replace(settings, stream_poll=NEVER))
    looks = 0

    async def read(_: str | None) -> Nothing:
        nonlocal looks
        looks += 1
        return Nothing()

    async with app.router.lifespan_context(app):
        headers = [(b"authorization", f"Bearer {key}".encode())]
        scope = {"type": "http", "app": app, "headers": headers, "request_id": "r"}
        edge = EdgeOf(Request(scope), workspace, app.state.database)
        began = time.monotonic()
        pages = follow(edge, read, None)
        await anext(pages)
        following = asyncio.ensure_future(anext(pages))
        for _ in range(60):
            # A steady flow.
            app.state.streams.stirred(None)
            await asyncio.sleep(0.02)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        assert 3 <= looks <= 3 + (time.monotonic() - began) / CALM
