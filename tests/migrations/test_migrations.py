"""The same migrations on every supported Postgres, by an owner who is no superuser."""

import asyncio
import os
import re
import sys

import asyncpg
import pytest

from service import migrating, revision
from tests.migrations.conftest import on_newest

VERSIONS = sorted((migrating.FOLDER / "versions").glob("[0-9]*.py"))


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


@on_newest
async def test_two_at_once_do_the_work_once(owner_url: str) -> None:
    """As when every instance of a deployment migrates at its start."""
    here = asyncio.to_thread(migrating.upgrade, owner_url)
    assert await asyncio.gather(_migrate_in_process(owner_url), here) == [0, None]
    await asyncio.to_thread(migrating.check, owner_url)


async def _migrate_in_process(url: str) -> int | None:
    code = "import sys; from service.cli import main; sys.exit(main(['migrate']))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env={**os.environ, "WAYPOST_OWNER_DATABASE_URL": url}
    )
    return await process.wait()


@on_newest
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
        assert (online[1] == "True") == ("outside_a_transaction" in text), path.name
    assert revision.own() == max(path.name.split("_")[3] for path in VERSIONS)
