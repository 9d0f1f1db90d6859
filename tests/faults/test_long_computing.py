"""What is computed for long holds no connection, and ends."""

from asyncio import get_running_loop, run_coroutine_threadsafe
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select

from service.database import Database
from service.domain import patience
from service.domain.computing import computed
from service.domain.errors import TookTooLong
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Caller, Work
from service.settings import Settings

HERE = Statement(select(WORKSPACE))


@pytest.fixture
async def narrow(settings: Settings) -> AsyncIterator[Database]:
    """With one connection, for which nobody waits long."""
    few = Settings(database_url=settings.database_url, pool_size=1, pool_wait=0.2)
    database = Database(str(settings.database_url), few)
    yield database
    await database.close()


async def here(work: Work) -> UUID:
    found: UUID = await work.value(HERE)
    return found


async def test_others_have_the_connection_while_something_is_computed(
    narrow: Database, workspace: Caller
) -> None:
    loop = get_running_loop()

    async def asks() -> UUID:
        async with narrow.read(workspace) as other:
            return await here(other)

    def computes() -> UUID:
        return run_coroutine_threadsafe(asks(), loop).result()

    async with narrow.analyse(workspace) as work:
        assert await here(work) == workspace.workspace_id
        assert await computed(work, computes) == workspace.workspace_id
        assert await here(work) == workspace.workspace_id
    assert await asks() == workspace.workspace_id


async def test_a_work_that_rests_to_its_end_has_given_its_connection_back_once(
    narrow: Database, workspace: Caller
) -> None:
    for _ in range(3):
        async with narrow.analyse(workspace) as work:
            await here(work)
            await work.connection.rest()
            await work.connection.rest()
    with pytest.raises(RuntimeError):
        await here(work)


async def test_what_changes_something_keeps_its_transaction(
    narrow: Database, workspace: Caller
) -> None:
    which = Statement(select(WORKSPACE.label("w")))
    async with narrow.write(workspace) as work:
        await work.value(which)
        begun = await work.connection.fetchval("SELECT pg_current_xact_id()")
        await work.connection.rest()
        assert await work.connection.fetchval("SELECT pg_current_xact_id()") == begun


async def test_what_takes_too_long_is_given_up(database: Database, workspace: Caller) -> None:
    ended = []

    def for_ever() -> None:
        try:
            while True:
                patience.go_on()
        finally:
            ended.append(True)

    async with database.analyse(workspace) as work:
        with patience.limited(0.05), pytest.raises(TookTooLong):
            await computed(work, for_ever)
        # Nobody waits for a thread that is not asked to end: this one looked.
        assert await computed(work, lambda: 1) == 1
    assert ended
