"""What is derived of events, made anew from the command line while others work."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from service import folding
from service.database import Database
from service.domain import access, references
from service.domain.histories import Asked
from service.domain.histories.segments.tables import LOCK
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.main import create_app
from service.settings import Settings
from tests.faults.conftest import Say
from tests.make import Client
from tests.measures.streams import compared
from tests.measures.test_segments import sent

EVENTS = Asked(fields=("event",))
DAMAGE = "DELETE FROM waypost.event_segments WHERE workspace_id = $1"


async def counted(client: Client) -> int:
    """How many events the sessions have."""
    answer = await client.post("/v1/sessions/query", json={})
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["events"]
    return number


async def test_what_was_lost_is_made_anew_of_the_events(
    say: Say, client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    await sent(client, "ann", 3)
    await folding.folded(database, workspace.workspace_id)
    await owner.execute(DAMAGE, workspace.workspace_id)
    assert await counted(client) == 0
    code, out, err = await say("rebuild", "--workspace", str(workspace.workspace_id))
    assert (code, err) == (0, "")
    gone = f"{workspace.workspace_id}: dropped 0 segments of 0 events, "
    assert out == f"{gone}made 1 of 3.\n"
    assert await counted(client) == 3
    assert await compared(database, workspace, EVENTS) == 3
    again = await say("rebuild", "--workspace", str(workspace.workspace_id))
    assert again[1] == out.replace("dropped 0 segments of 0", "dropped 1 segments of 3")
    assert await counted(client) == 3


async def test_a_workspace_that_is_none_is_not_rebuilt(say: Say) -> None:
    code, out, err = await say("rebuild", "--workspace", str(new_id()))
    assert (code, out) == (1, "")
    assert "no workspace" in err


async def test_figures_stay_exact_while_all_is_rebuilt_and_a_worker_folds(
    say: Say, client: Client, workspace: Caller, settings: Settings, database: Database
) -> None:
    await sent(client, "ann", 40)
    done = asyncio.Event()
    told: list[int] = []

    async def folds() -> None:
        assert settings.worker_database_url is not None
        own = Database(settings.worker_database_url, settings)
        try:
            while not done.is_set():
                await folding.folded(own, workspace.workspace_id)
        finally:
            await own.close()

    async def asks() -> None:
        while not done.is_set():
            told.append(await counted(client))

    async def rebuilds() -> list[tuple[int, str, str]]:
        try:
            which = ("--workspace", str(workspace.workspace_id))
            return [await say("rebuild", *which) for _ in range(3)]
        finally:
            done.set()

    _, _, found = await asyncio.gather(folds(), asks(), rebuilds())
    assert [code for code, *_ in found] == [0, 0, 0], found
    assert set(told) == {40}
    assert await compared(database, workspace, EVENTS) == 40


Several = tuple[Settings, Database, list[Caller]]


@pytest.fixture
async def several(apart: Settings) -> AsyncIterator[Several]:
    """Two workspaces with two events each."""
    app, every = create_app(apart), list[Caller]()
    async with app.router.lifespan_context(app):
        database: Database = app.state.database
        for name in ("One", "Two"):
            operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
            async with database.write(operator) as work:
                made = await access.WORKSPACES.create(work, access.NewWorkspace(name=name))
            async with Client.entering(app, made.json) as client:
                await sent(client, "ann", 2)
            every.append(Caller(made.id, None, frozenset(access.GRANTED)))
        yield apart, database, every


DONE = "dropped 0 segments of 0 events, made 1 of 2."


async def test_without_a_name_every_workspace_is_rebuilt(say: Say, several: Several) -> None:
    settings, database, every = several
    code, out, err = await say("rebuild", database_url=settings.database_url)
    assert (code, err) == (0, "")
    assert {f"{one.workspace_id}: {DONE}" for one in every} <= set(out.splitlines())
    for one in every:
        assert await compared(database, one, EVENTS) == 2


async def test_a_workspace_that_cannot_be_rebuilt_keeps_none_of_the_others(
    say: Say, several: Several
) -> None:
    settings, database, (held, other) = several
    async with database.write(held) as work:
        await references.one_at_a_time(work, LOCK)
        code, out, err = await say("rebuild", database_url=settings.database_url)
    assert code == 1
    assert f"{other.workspace_id}: {DONE}" in out.splitlines()
    assert str(held.workspace_id) not in out
    assert err == f"waypost: {held.workspace_id}: Others hold what it needs for too long.\n"
