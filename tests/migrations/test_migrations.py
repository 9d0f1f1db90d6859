"""The same migrations on every supported Postgres, by an owner who is no superuser."""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from service import migrating, revision
from service.embedded import EmbeddedPostgres, find_binaries
from service.roles import APP, OWNER, WORKER, role_sql
from tests.conftest import PASSWORD, url_of

BIN_DIRS = sorted({find_binaries(), *Path("/usr/lib/postgresql").glob("*/bin")})
VERSIONS = sorted((migrating.FOLDER / "versions").glob("[0-9]*.py"))


@pytest.fixture(scope="module", params=BIN_DIRS, ids=lambda folder: folder.parent.name)
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="waypost-migrations-") as home:
        Path(home).chmod(0o755)
        with EmbeddedPostgres(Path(home), bin_dir=request.param, durable=False) as server:
            yield server.url


@pytest.fixture
async def owner_url(server_url: str) -> str:
    """An empty database, its roles made by an administrator who is no superuser."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute("DROP DATABASE IF EXISTS migrated")
        await connection.execute(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'admin') THEN "
            f"CREATE ROLE admin LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'; END IF; END $$"
        )
        await connection.execute("CREATE DATABASE migrated OWNER admin")
    finally:
        await connection.close()
    admin = await asyncpg.connect(url_of(server_url, "admin", "migrated"))
    try:
        await admin.execute(role_sql("migrated", dict.fromkeys((OWNER, APP, WORKER), PASSWORD)))
    finally:
        await admin.close()
    return url_of(server_url, OWNER, "migrated")


async def _tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('waypost') "
            "AND relkind IN ('r', 'v', 'p')"
        )
    finally:
        await connection.close()
    return {row["relname"] for row in rows}


async def test_up_down_and_up_again_leaves_what_the_code_says(owner_url: str) -> None:
    await asyncio.to_thread(migrating.upgrade, owner_url)
    await asyncio.to_thread(migrating.check, owner_url)
    there = await _tables(owner_url)
    await asyncio.to_thread(migrating.downgrade, owner_url, "base")
    assert await _tables(owner_url) == {"alembic_version"}
    await asyncio.to_thread(migrating.upgrade, owner_url)
    await asyncio.to_thread(migrating.check, owner_url)
    assert await _tables(owner_url) == there


async def test_two_at_once_do_the_work_once(owner_url: str) -> None:
    """As when every instance of a deployment migrates at its start."""
    both = [_migrate_in_process(owner_url) for _ in range(2)]
    assert await asyncio.gather(*both) == [0, 0]
    await asyncio.to_thread(migrating.check, owner_url)


async def _migrate_in_process(url: str) -> int | None:
    import os
    import sys

    code = "import sys; from service.cli import main; sys.exit(main(['migrate']))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env={**os.environ, "WAYPOST_OWNER_DATABASE_URL": url}
    )
    return await process.wait()


async def test_a_migration_that_meets_a_lock_gives_up_and_changes_nothing(owner_url: str) -> None:
    await asyncio.to_thread(migrating.upgrade, owner_url, "0003")
    holder = await asyncpg.connect(owner_url)
    try:
        await holder.execute("BEGIN; LOCK TABLE waypost.journeys IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Exception, match="lock timeout"):
            await asyncio.to_thread(migrating.upgrade, owner_url)
        await holder.execute("ROLLBACK")
        assert await revision.of_database(holder) == "0003"
        assert "steps" not in await _tables(owner_url)
    finally:
        await holder.close()
    await asyncio.to_thread(migrating.upgrade, owner_url)


def test_revisions_have_dated_names_and_say_whether_they_run_online() -> None:
    for path in VERSIONS:
        text = path.read_text()
        name = re.fullmatch(r"\d{4}_\d{2}_\d{2}_(\d{4})_[a-z_]+\.py", path.name)
        assert name is not None, path.name
        assert f'revision = "{name[1]}"' in text
        online = re.search(r"^ONLINE = (True|False)$", text, re.MULTILINE)
        assert online is not None, f"{path.name} does not say ONLINE"
        assert (online[1] == "True") == ("autocommit_block" in text), path.name
    assert revision.own() == max(path.name.split("_")[3] for path in VERSIONS)
