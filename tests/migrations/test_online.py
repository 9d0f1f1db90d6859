"""Revisions that run beside traffic, outside a transaction."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from service import migrating, revision
from tests.migrations.conftest import on_newest

pytestmark = on_newest

INDEX = """
from migrations import online

revision = "0901"
down_revision = None
ONLINE = True


def upgrade() -> None:
    with online.outside_a_transaction():
        online.build_index("ix_probe", "probe (n)")
"""
LEAVES = """
from migrations import online

revision = "0903"
down_revision = "0901"
ONLINE = True


def upgrade() -> None:
    with online.outside_a_transaction():
        online.build_index_of_events("ix_events_n", "(n)", "n")
"""
EVENTS = """
CREATE SCHEMA waypost_leaves;
CREATE TABLE waypost.events (n int) PARTITION BY RANGE (n);
CREATE TABLE waypost_leaves.one PARTITION OF waypost.events FOR VALUES FROM (0) TO (5);
CREATE TABLE waypost_leaves.two PARTITION OF waypost.events FOR VALUES FROM (5) TO (9)
"""
BUILT = """
SELECT count(*) FROM pg_index AS built JOIN pg_inherits AS part ON part.inhrelid = built.indexrelid
WHERE part.inhparent = to_regclass('waypost.ix_events_n') AND built.indisvalid
"""
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
BACKFILL = """
from alembic import op

from migrations import online

revision = "0902"
down_revision = "0901"
ONLINE = True


def upgrade() -> None:
    with online.outside_a_transaction():
        op.execute("UPDATE waypost.probe SET filled = true WHERE n < 10")
        op.execute("SELECT 1 / count(*) FROM waypost.probe WHERE n = 10")
        op.execute("UPDATE waypost.probe SET filled = true WHERE n >= 10")
    op.execute("SET LOCAL work_mem = '4MB'")
"""
PROBE = """
CREATE SCHEMA waypost;
CREATE TABLE waypost.probe (n int, filled bool);
INSERT INTO waypost.probe SELECT generate_series(0, 9)
"""
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('waypost.ix_probe')"


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """Our own way of migrating, with other revisions."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(migrating.FOLDER / name, folder)
    (folder / "versions" / "2026_11_22_0901_index.py").write_text(INDEX)
    return folder


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(owner_url)
    await connection.execute(PROBE)
    yield connection
    await connection.close()


def upgrade(migrations: Path, url: str, to: str = "head") -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, to)


async def upgrade_apart(migrations: Path, url: str) -> None:
    """In a process of its own: Alembic can run once at a time in each."""
    ini = migrations / "alembic.ini"
    ini.write_text(f"[alembic]\nscript_location = {migrations}\nsqlalchemy.url = {url}\n")
    alembic = (sys.executable, "-m", "alembic.config", "-c", ini, "upgrade", "head")
    process = await asyncio.create_subprocess_exec(*alembic, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


async def test_an_index_is_built_while_others_write_and_others_wait_to_migrate(
    owner: asyncpg.Connection, owner_url: str, migrations: Path
) -> None:
    writer = await asyncpg.connect(owner_url)
    await writer.execute("BEGIN; INSERT INTO waypost.probe VALUES (10)")
    here = asyncio.to_thread(upgrade, migrations, owner_url)
    both = [asyncio.create_task(way) for way in (here, upgrade_apart(migrations, owner_url))]
    while await owner.fetchval(VALID) is None:  # until the build waits for the writer
        assert not any(task.done() for task in both)
        await asyncio.sleep(0.1)
    await owner.execute("INSERT INTO waypost.probe VALUES (11)")
    await writer.execute("COMMIT")
    await writer.close()
    await asyncio.gather(*both)
    assert await owner.fetchval(VALID) is True
    assert await revision.of_database(owner) == "0901"


async def test_what_failed_half_way_is_done_again_from_there(
    owner: asyncpg.Connection, owner_url: str, migrations: Path
) -> None:
    (migrations / "versions" / "2026_11_22_0902_backfill.py").write_text(BACKFILL)
    filled = "SELECT count(*) FROM waypost.probe WHERE filled"
    with pytest.raises(DBAPIError, match="division by zero"):
        await asyncio.to_thread(upgrade, migrations, owner_url)
    assert await revision.of_database(owner) == "0901"
    assert await owner.fetchval(filled) == 10
    await owner.execute("INSERT INTO waypost.probe VALUES (10)")
    await asyncio.to_thread(upgrade, migrations, owner_url)
    assert await revision.of_database(owner) == "0902"
    assert await owner.fetchval(filled) == 11


async def test_an_index_whose_build_failed_is_built_anew(
    owner: asyncpg.Connection, owner_url: str, migrations: Path
) -> None:
    await owner.execute("INSERT INTO waypost.probe VALUES (1)")
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_probe ON waypost.probe (n)")
    assert await owner.fetchval(VALID) is False
    await asyncio.to_thread(upgrade, migrations, owner_url)
    assert await owner.fetchval(VALID) is True


async def test_others_write_while_an_index_of_events_waits_for_a_writer(
    owner: asyncpg.Connection, owner_url: str, migrations: Path
) -> None:
    (migrations / "versions" / "2026_11_22_0903_leaves.py").write_text(LEAVES)
    await asyncio.to_thread(upgrade, migrations, owner_url, "0901")
    await owner.execute(EVENTS)
    writer = await asyncpg.connect(owner_url)
    await writer.execute("BEGIN; INSERT INTO waypost.events VALUES (1)")
    built = asyncio.create_task(upgrade_apart(migrations, owner_url))
    while not await owner.fetchval(WAITS):
        assert not built.done()
        await asyncio.sleep(0.05)
    await owner.execute("SET statement_timeout = '5s'; INSERT INTO waypost.events VALUES (2)")
    await writer.execute("COMMIT")
    await writer.close()
    await built
    assert await owner.fetchval(BUILT) == 2
    more = "waypost_leaves.more PARTITION OF waypost.events FOR VALUES FROM (9) TO (12)"
    await owner.execute(f"CREATE TABLE {more}")
    assert await owner.fetchval(BUILT) == 3
