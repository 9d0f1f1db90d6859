"""A restore drill: what was dumped stands again in a new database, and keeps strangers apart."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import msgspec
import pytest

from service import checking, migrating, sample
from service.database import Database
from service.domain import access
from service.domain.work import OPERATORS, Caller, Scope
from service.embedded import find_binaries
from service.main import create_app
from service.roles import APP, OWNER, WORKER
from service.settings import Settings
from tests.conftest import PASSWORD, url_of
from tests.make import Client

DEPLOY = Path(__file__).parents[2] / "deploy"
SECRET = "of sixteen or more"
TABLES = """
SELECT relname, relkind::text, relowner::regrole::text, relrowsecurity, relforcerowsecurity,
       ARRAY(SELECT unnest(relacl)::text ORDER BY 1) AS rights
FROM pg_class WHERE relnamespace = 'waypost'::regnamespace AND relkind IN ('r', 'p', 'v')
ORDER BY relname
"""
POLICIES = "SELECT * FROM pg_policies WHERE schemaname = 'waypost' ORDER BY tablename, policyname"
SCHEMA = """
SELECT ARRAY(SELECT unnest(nspacl)::text ORDER BY 1) FROM pg_namespace WHERE nspname = 'waypost'
"""


def run(script: str, owner_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of `deploy/` with the tools that belong to the embedded server."""
    path = f"{find_binaries()}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "WAYPOST_OWNER_DATABASE_URL": owner_url}
    return subprocess.run(
        [DEPLOY / script, *arguments], env=environment, check=False, capture_output=True, text=True
    )


def readable_by(path: str) -> int:
    return Path(path).stat().st_mode & 0o777


async def founded(database: Database, name: str) -> str:
    async with database.write(Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))) as work:
        return (await access.WORKSPACES.create(work, access.NewWorkspace(name=name))).json


@pytest.fixture
async def kept(
    postgres_url: str, make_migrated: Callable[[str], Awaitable[None]]
) -> AsyncIterator[tuple[str, str, str]]:
    """A database of two workspaces, one with the sample: its owner's URL, and both foundings."""
    await make_migrated("waypost_kept")
    owner_url = url_of(postgres_url, OWNER, "waypost_kept")
    database = Database(url_of(postgres_url, APP, "waypost_kept"), Settings())
    ours, theirs = [await founded(database, name) for name in ("Ours", "Theirs")]
    workspace = UUID(msgspec.json.decode(ours)["id"])
    async with database.write(Caller(workspace, None, frozenset(access.GRANTED))) as work:
        await sample.load(work)
    await database.close()
    yield owner_url, ours, theirs


async def described(url: str) -> tuple[dict[str, int], list[object]]:
    """How many rows each table has, as its owner sees them; tables, policies and rights."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(TABLES)
        counts = {
            row["relname"]: await connection.fetchval(f"SELECT count(*) FROM waypost.{name}")
            for row in tables
            if row["relkind"] != "v" and (name := row["relname"])
        }
        policies = await connection.fetch(POLICIES)
        return counts, [*tables, *policies, await connection.fetchval(SCHEMA)]
    finally:
        await connection.close()


async def test_a_dump_restored_elsewhere_is_whole_and_keeps_workspaces_apart(
    kept: tuple[str, str, str],
    postgres_url: str,
    make_database: Callable[[str], Awaitable[None]],
    tmp_path: Path,
) -> None:
    owner_url, ours, theirs = kept
    dump = str(tmp_path / "waypost.dump")
    done = run("backup.sh", owner_url, dump)
    assert done.returncode == 0, done.stderr
    assert readable_by(dump) == 0o600

    await make_database("waypost_restored")
    app, owner, worker = (
        url_of(postgres_url, role, "waypost_restored") for role in (APP, OWNER, WORKER)
    )
    done = run("restore.sh", owner, dump)
    assert (done.returncode, done.stderr) == (0, "")

    before, after = await described(owner_url), await described(owner)
    assert after == before
    assert before[0]["steps"] > 100
    await asyncio.to_thread(migrating.check, owner)
    secrets = {"signing_key": SECRET, "blocking_key": SECRET[::-1]}
    settings = Settings(app, owner, worker, log_level="error", **secrets)
    assert (await checking.report(settings)).findings == []
    await _serves(settings, ours, theirs)
    await _refuses_to_restore_twice(owner, dump)


async def _serves(settings: Settings, ours: str, theirs: str) -> None:
    """The service runs on it: old keys open their own workspace, and no other."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        async with Client.entering(app, ours) as client:
            maps = (await client.got("/v1/journeys?count=true"))["total"]
            assert maps == sum(
                len(sample.told(story).get("journeys", ())) for story in sample.STORIES
            )
            found = (await client.got("/v1/journeys?q=spreadsheet"))["items"]
            assert [one["title"][:9] for one in found] == ["Replacing"]
            curve = await client.got(f"/v1/journeys/{sample.JOURNEY}/emotion-curve")
            assert curve["peak"]["rating"] == 2
            await client.made("/v1/profiles", {"name": "Written after the restore"})
        async with Client.entering(app, theirs) as stranger:
            assert (await stranger.get(f"/v1/journeys/{sample.JOURNEY}")).status_code == 404
            assert (await stranger.got("/v1/journeys"))["items"] == []
            assert (await stranger.got("/v1/journeys?q=spreadsheet"))["items"] == []
    serving = await asyncpg.connect(str(settings.database_url))
    try:
        assert await serving.fetchval("SELECT count(*) FROM waypost.journeys") == 0
        assert await serving.fetchval("SELECT count(*) FROM waypost.journeys_in_workspace") == 0
    finally:
        await serving.close()


async def _refuses_to_restore_twice(owner: str, dump: str) -> None:
    """A schema that is there is not mixed with another."""
    there = await described(owner)
    done = run("restore.sh", owner, dump)
    assert done.returncode != 0
    assert 'schema "waypost" already exists' in done.stderr
    assert await described(owner) == there


def test_a_dump_takes_no_other_files_place_and_a_missing_url_is_named(tmp_path: Path) -> None:
    there = tmp_path / "there.dump"
    there.write_text("yesterday's")
    done = run("backup.sh", "postgresql://nobody@127.0.0.1:1/none", str(there))
    assert (done.returncode, "is there already" in done.stderr) == (2, True)
    assert there.read_text() == "yesterday's"
    for script in ("backup.sh", "restore.sh"):
        done = run(script, "", str(tmp_path / "new.dump"))
        assert (done.returncode, "WAYPOST_OWNER_DATABASE_URL is not set" in done.stderr) == (
            2,
            True,
        )


def followed(superuser_url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the documented commands as they stand, with this server's names and passwords."""
    text = (DEPLOY.parent / "docs" / "operations.md").read_text()
    (block,) = re.findall(r"^## Backup and restore\n\n```sh\n(.*?)```", text, re.DOTALL | re.M)
    parts = urlsplit(superuser_url)
    block = block.replace(
        ":…@host/waypost", f":{PASSWORD}@{parts.hostname}:{parts.port}/waypost_kept"
    )
    block = block.replace(":…@host/", f":{PASSWORD}@{parts.hostname}:{parts.port}/")
    block = block.replace("deploy/", f"{DEPLOY}/").replace("restored", "waypost_followed")
    path = f"{Path(sys.executable).parent}:{find_binaries()}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "ADMIN_URL": superuser_url}
    environment |= {"WAYPOST_SIGNING_KEY": SECRET, "WAYPOST_BLOCKING_KEY": SECRET[::-1]}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.usefixtures("kept")
async def test_the_documented_commands_back_up_and_restore(
    postgres_url: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("DROP DATABASE IF EXISTS waypost_followed")
    await connection.close()
    done = await asyncio.to_thread(followed, postgres_url, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Nothing is wrong.\n")
