"""A real Postgres for all tests, migrated once, and the app over HTTP.

Each test gets a workspace of its own, so tests share the database without meeting.
"""

import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import access
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.embedded import EmbeddedPostgres
from service.main import create_app
from service.migrating import upgrade
from service.roles import APP, OWNER, WORKER, role_sql
from service.settings import Settings
from tests.make import Client
from tests.served import Served as Served  # noqa: PLC0414 (tests take it from here)
from tests.served import serving as serving  # noqa: PLC0414 (the same)
from tests.watched import Watched

PASSWORD = "not-a-secret"
LONGEST = (
    "tests/contract/test_schemathesis.py",
    "tests/faults/test_serving.py",
    "tests/faults/test_killed_server.py",
    "tests/faults/test_full_disk.py",
    "tests/faults/test_killed_database.py",
    "tests/slices/test_membership_agrees.py",
)
"""Files of few tests that take long."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files, what takes long is begun first, then files of many tests:
    one that is begun last is waited for by all."""
    if not hasattr(config, "workerinput"):
        return
    number = Counter(one.location[0] for one in items)
    items.sort(key=lambda one: (one.location[0] not in LONGEST, -number[one.location[0]]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted is printed, whichever process ran them."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The superuser's URL of a Postgres that forgets quickly; another server's if one is named."""
    if url := os.environ.get("WAYPOST_TEST_POSTGRES_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="waypost-tests-") as home:
        # As root, Postgres runs as somebody else, who must get in.
        Path(home).chmod(0o755)
        with EmbeddedPostgres(Path(home), durable=False) as server:
            yield server.url


def url_of(superuser_url: str, role: str, database: str) -> str:
    """The URL by which a role enters a database."""
    parts = urlsplit(superuser_url)
    entry = f"{role}:{PASSWORD}@{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=entry, path=f"/{database}"))


async def made_database(superuser_url: str, name: str, template: str = "template1") -> None:
    """Make a database with the roles, by an administrator who is no superuser: an empty one, or one
    as another is."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tests_admin') "
            f"THEN CREATE ROLE tests_admin LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'; "
            "END IF; END $$;"
        )
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        await connection.execute(
            f'CREATE DATABASE "{name}" OWNER tests_admin TEMPLATE "{template}"'
        )
    finally:
        await connection.close()
    admin = await asyncpg.connect(url_of(superuser_url, "tests_admin", name))
    try:
        await admin.execute(role_sql(name, dict.fromkeys((OWNER, APP, WORKER), PASSWORD)))
    finally:
        await admin.close()


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> Callable[[str], Awaitable[None]]:
    """Makes empty databases on the Postgres of all tests."""
    return partial(made_database, postgres_url)


@pytest.fixture(scope="session")
async def make_migrated(
    postgres_url: str, make_database: Callable[[str], Awaitable[None]]
) -> Callable[[str], Awaitable[None]]:
    """Makes migrated databases, each a copy of one that nobody uses."""
    name = "waypost_migrated"
    await make_database(name)
    await asyncio.to_thread(upgrade, url_of(postgres_url, OWNER, name))
    return partial(made_database, postgres_url, template=name)


def entering(settings: Settings, superuser_url: str, name: str) -> Settings:
    """The same of another database."""
    return replace(
        settings,
        database_url=url_of(superuser_url, APP, name),
        owner_database_url=url_of(superuser_url, OWNER, name),
        worker_database_url=url_of(superuser_url, WORKER, name),
    )


@pytest.fixture(scope="session")
async def database_name(make_migrated: Callable[[str], Awaitable[None]]) -> str:
    """That of all tests that need none of their own."""
    name = "waypost_tests"
    await make_migrated(name)
    return name


@pytest.fixture(scope="session")
def settings(postgres_url: str, database_name: str) -> Settings:
    told = Settings(
        database_url="",
        # On a busy machine the tests' storms wait long for a connection; what waits too long is
        # tried by tests of its own.
        pool_wait=30,
        access_log=False,
        log_level="error",
        signing_key="not-a-secret-either",
    )
    return entering(told, postgres_url, database_name)


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    made = create_app(settings)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def apart(
    settings: Settings, postgres_url: str, make_migrated: Callable[[str], Awaitable[None]]
) -> Settings:
    """Of a database of one's own: in that of all tests there are very many workspaces."""
    name = f"apart_{new_id().hex[-12:]}"
    await make_migrated(name)
    return entering(settings, postgres_url, name)


@pytest.fixture(scope="session")
def served(settings: Settings) -> Iterator[Served]:
    """The service on a free port, in a thread with an event loop of its own."""
    with serving(settings) as found:
        yield found


@pytest.fixture(scope="session")
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


@pytest.fixture
async def workspace(database: Database) -> Caller:
    """A new workspace and a caller who may do all there is in it."""
    operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as work:
        data = access.NewWorkspace(name="Tests")
        made = await access.WORKSPACES.create(work, data)
    return Caller(made.id, None, frozenset(access.GRANTED), request_id=made.json)


@pytest.fixture
def key(workspace: Caller) -> str:
    """A key for the test's workspace."""
    assert workspace.request_id
    found: str = json.loads(workspace.request_id)["key"]
    return found


@pytest.fixture
async def client(app: FastAPI, workspace: Caller) -> AsyncIterator[Client]:
    """Calls the service with the first key of the test's workspace."""
    async with Client.entering(app, workspace.request_id) as made:
        yield made


@pytest.fixture
async def watched(settings: Settings, workspace: Caller) -> AsyncIterator[Watched]:
    """The worker's look at the test's workspace."""
    made = Watched(settings, workspace.workspace_id)
    yield made
    await made.database.close()


@pytest.fixture
async def stranger(app: FastAPI, database: Database) -> AsyncIterator[Client]:
    """Calls the service from another workspace."""
    operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as work:
        made = await access.WORKSPACES.create(work, access.NewWorkspace(name="Elsewhere"))
    async with Client.entering(app, made.json) as other:
        yield other


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Who owns the tables, and so sees all there is."""
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()
