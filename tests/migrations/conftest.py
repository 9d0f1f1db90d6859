"""An empty database on every supported Postgres, and its owner, who is no superuser."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from service.embedded import EmbeddedPostgres, find_binaries
from service.roles import APP, OWNER, WORKER, role_sql
from tests.conftest import PASSWORD, url_of

NEWEST = find_binaries()
BIN_DIRS = sorted({NEWEST, *Path("/usr/lib/postgresql").glob("*/bin")})
on_newest = pytest.mark.parametrize("server_url", [NEWEST], indirect=True, ids=["newest"])
"""For what does not differ between versions."""


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
