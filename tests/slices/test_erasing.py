"""Erasing somebody while what they do is being taken in, and finding them by their identifiers."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.database import Database
from service.domain import contacts
from service.domain.contacts import identity
from service.domain.privacy.reads import mentions
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client
from tests.people import events, person

ANN = [("user_id", "ann-4711")]


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


async def test_an_erasure_waits_for_what_is_being_taken_in(
    client: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    """What was found unblocked is stored, and erased with the rest."""
    mine = workspace.workspace_id
    who = await person(owner, mine, ANN[:1])
    async with database.write(workspace) as work:
        await contacts.beside_erasures(work)
        assert await contacts.blocked(work, [identity(mine, *ANN[0])]) == frozenset()
        erasing = asyncio.create_task(client.post(f"/v1/contacts/{who}/erase"))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        async with asyncio.timeout(30):
            while not await owner.fetchval(waiting):
                await owner.execute("SELECT pg_sleep(0.02)")
        await events(owner, mine, *ANN[0], number=2)
    answer = await erasing
    assert answer.json()["counts"]["events"] == 2
    left = "SELECT count(*) FROM waypost.events WHERE workspace_id = $1"
    assert await owner.fetchval(left, mine) == 0


def test_a_short_identifier_is_found_where_it_stands_by_itself() -> None:
    assert mentions("7") == ['"7"']
    assert mentions("ann-4711") == ['"ann-4711"', "ann-4711"]
    assert set(mentions("ñandú")) == {'"ñandú"', '"\\u00f1and\\u00fa"'}
