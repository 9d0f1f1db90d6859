"""The changes of a database that was dumped and restored: in another cluster, or in the same."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import access
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.embedded import EmbeddedPostgres, find_binaries
from service.main import create_app
from service.migrating import upgrade
from service.roles import APP, OWNER, WORKER, role_sql
from service.settings import Settings
from tests.conftest import PASSWORD, url_of
from tests.make import Client

NAME, PATH = "restored", "/v1/changes"


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The superuser's URL of another cluster."""
    with tempfile.TemporaryDirectory(prefix="waypost-restored-") as home:
        Path(home).chmod(0o755)
        with EmbeddedPostgres(Path(home), durable=False) as server:
            yield server.url


async def made(superuser_url: str) -> None:
    """An empty database with the roles."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {NAME}")
        await connection.execute(f"CREATE DATABASE {NAME}")
    finally:
        await connection.close()
    connection = await asyncpg.connect(f"{superuser_url.rpartition('/')[0]}/{NAME}")
    try:
        await connection.execute(role_sql(NAME, dict.fromkeys((OWNER, APP, WORKER), PASSWORD)))
    finally:
        await connection.close()


@asynccontextmanager
async def serving(settings: Settings, superuser_url: str) -> AsyncIterator[FastAPI]:
    app = create_app(replace(settings, database_url=url_of(superuser_url, APP, NAME)))
    async with app.router.lifespan_context(app):
        yield app


async def founded(database: Database) -> str:
    async with database.write(Caller(new_id(), None, frozenset({Scope.OPERATOR}))) as work:
        found = await access.WORKSPACES.create(work, access.NewWorkspace(name="Tests"))
    return found.json


def run(program: str, *arguments: str) -> None:
    binary = find_binaries() / program
    subprocess.run([binary, *arguments], check=True, capture_output=True, env=os.environ)


async def ahead(superuser_url: str) -> None:
    """Let a cluster count on for a while, as one does that was in use for longer."""
    connection = await asyncpg.connect(superuser_url)
    try:
        for _ in range(3000):
            await connection.execute("SELECT pg_current_xact_id()")
    finally:
        await connection.close()


async def test_a_place_of_another_cluster_is_gone_and_all_that_was_is_told_again(
    postgres_url: str, elsewhere: str, settings: Settings, tmp_path: Path
) -> None:
    await made(postgres_url)
    await asyncio.to_thread(upgrade, url_of(postgres_url, OWNER, NAME))
    await ahead(postgres_url)
    async with serving(settings, postgres_url) as app:
        key = await founded(app.state.database)
        async with Client.entering(app, key) as client:
            before = [(await client.made("/v1/personas", {"name": f"P{n}"}))["id"] for n in "ab"]
            place = (await client.got(PATH))["next"]
    dump = str(tmp_path / "dump")
    run("pg_dump", "-Fc", "-f", dump, url_of(postgres_url, OWNER, NAME))

    await made(elsewhere)
    run("pg_restore", "-d", f"{elsewhere.rpartition('/')[0]}/{NAME}", dump)
    async with serving(settings, elsewhere) as app, Client.entering(app, key) as client:
        answer = await client.get(PATH)
        assert (answer.status_code, "waypost migrate" in answer.text) == (503, True)
        await client.made("/v1/personas", {"name": "Between"})
        await asyncio.to_thread(upgrade, url_of(elsewhere, OWNER, NAME))
        answer = await client.get(PATH, params={"after": place})
        assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")
        afresh = await client.got(PATH, params={"kind": "persona"})
        told = [change["id"] for change in afresh["items"]]
        assert (len(told), set(told) >= set(before)) == (3, True)
        # From there on it is as ever, also after another migration.
        await asyncio.to_thread(upgrade, url_of(elsewhere, OWNER, NAME))
        later = await client.made("/v1/personas", {"name": "Later"})
        page = await client.got(PATH, params={"after": afresh["next"]})
        assert [change["id"] for change in page["items"]] == [later["id"]]


@pytest.mark.parametrize("anew", ["a database", "the schema"])
async def test_a_place_from_before_a_restore_in_the_same_cluster_is_gone(
    anew: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    await made(postgres_url)
    await asyncio.to_thread(upgrade, url_of(postgres_url, OWNER, NAME))
    dump = str(tmp_path / "dump")
    async with serving(settings, postgres_url) as app:
        key = await founded(app.state.database)
        async with Client.entering(app, key) as client:
            kept = await client.made("/v1/personas", {"name": "Kept"})
            early = (await client.got(PATH))["next"]
            run("pg_dump", "-Fc", "-f", dump, url_of(postgres_url, OWNER, NAME))
            await client.made("/v1/personas", {"name": "Lost"})
            late = (await client.got(PATH))["next"]
    here = f"{postgres_url.rpartition('/')[0]}/{NAME}"
    if anew == "a database":
        await made(postgres_url)
    else:
        connection = await asyncpg.connect(here)
        await connection.execute("DROP SCHEMA waypost, waypost_leaves CASCADE")
        await connection.close()
    run("pg_restore", "-d", here, dump)

    async with serving(settings, postgres_url) as app, Client.entering(app, key) as client:
        for place in (early, late):
            answer = await client.get(PATH, params={"after": place})
            assert (answer.status_code, answer.json().get("code")) == (410, "cursor_gone")
        # The numbers go on in the same cluster: what is written now comes after what was restored.
        new = await client.made("/v1/personas", {"name": "New"})
        page = await client.got(PATH, params={"kind": "persona"})
        assert [change["id"] for change in page["items"]] == [kept["id"], new["id"]]
        assert (await client.got(PATH, params={"after": page["next"]}))["items"] == []
