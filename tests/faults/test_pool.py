"""No connection of the pool ever carries one workspace's setting to another, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest

from service.database import Database
from service.domain.errors import DomainError, Unavailable
from service.migrating import upgrade
from service.roles import APP, OWNER
from service.settings import Settings
from tests.conftest import url_of
from tests.faults.interrupting import Interrupted
from tests.faults.tenants import SETTING, Tenant

NAME = "waypost_pool"
POOL = 3
WORKSPACES = [UUID(int=n + 1) for n in range(5)]
USERS, STEPS, STORMS = 12, 40, 7
EXPECTED = (DomainError, asyncio.CancelledError)
"""What a user of the pool may meet; anything else is a defect."""

MINE = f"FROM pg_stat_activity WHERE datname = '{NAME}' AND usename = '{APP}'"
KILL = f"SELECT pg_terminate_backend(pid) {MINE} ORDER BY random() LIMIT 1"
STRANGE = "SELECT count(*) FROM waypost.external_ids WHERE workspace_id::text <> source"
KEPT = "SELECT array_agg(external_id) FROM waypost.external_ids"


@pytest.fixture(scope="module")
async def superuser(
    postgres_url: str, make_database: Callable[[str], Awaitable[None]]
) -> AsyncIterator[asyncpg.Connection]:
    """Of a database of one's own, whose backends can be killed without harm to others."""
    await make_database(NAME)
    await asyncio.to_thread(upgrade, url_of(postgres_url, OWNER, NAME))
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{NAME}"))
    connection = await asyncpg.connect(url)
    await connection.execute(
        f"ALTER ROLE {APP} IN DATABASE {NAME} SET statement_timeout = '100ms';"
        f"ALTER ROLE {APP} IN DATABASE {NAME} SET idle_in_transaction_session_timeout = '1s'"
    )
    for sql in (
        "INSERT INTO waypost.workspaces (workspace_id, name, created_at, updated_at) "
        "VALUES ($1, 'Tenant', now(), now())",
        "INSERT INTO waypost.external_ids "
        "VALUES ($1, 'seen', $1::uuid::text, 'first', gen_random_uuid(), 0)",
    ):
        await connection.executemany(sql, [(workspace,) for workspace in WORKSPACES])
    yield connection
    await connection.close()


@pytest.fixture
async def pool(postgres_url: str, superuser: asyncpg.Connection) -> AsyncIterator[Database]:
    del superuser
    url = url_of(postgres_url, APP, NAME)
    made = Database(url, Settings(pool_size=POOL, pool_wait=0.3))
    yield made
    await made.close()


@pytest.mark.parametrize("seed", range(STORMS))
async def test_in_a_storm_of_faults_nobody_meets_another_workspace(
    pool: Database, superuser: asyncpg.Connection, seed: int
) -> None:
    tenants = [Tenant(pool, WORKSPACES[n % len(WORKSPACES)]) for n in range(USERS)]
    async with asyncio.TaskGroup() as group:
        assassin = group.create_task(kill_now_and_then(superuser, Random(seed)))
        users = [group.create_task(use(t, Random(f"{seed} {n}"))) for n, t in enumerate(tenants)]
        await asyncio.wait(users)
        assassin.cancel()
    await asyncio.gather(*(stray for tenant in tenants for stray in tenant.strays))
    await assert_whole(pool, superuser)
    kept = set(await superuser.fetchval(KEPT))
    for tenant in tenants:
        assert tenant.stored <= kept
        assert not tenant.refused & kept


async def use(tenant: Tenant, chance: Random) -> None:
    """Many steps, every third of them interrupted somewhere."""
    for _ in range(STEPS):
        step = tenant.any_way(chance)()
        if chance.random() < 0.35:
            step = interrupted(step, chance.randrange(12), late=chance.random() < 0.5)
        with suppress(*EXPECTED):
            await asyncio.create_task(step)


async def interrupted(step, n, *, late):
    await Interrupted(step, n, late=late)


async def kill_now_and_then(superuser: asyncpg.Connection, chance: Random) -> None:
    while True:
        await asyncio.sleep(chance.random() * 0.05)
        await superuser.execute(KILL)


async def assert_whole(pool: Database, superuser: asyncpg.Connection) -> None:
    """Every connection can be had at once, none holds anything, and no others are left open."""
    assert not await superuser.fetchval(STRANGE)
    pids = set()
    everybody = asyncio.Barrier(POOL)

    async def have_one(workspace: UUID) -> None:
        tenant = Tenant(pool, workspace)
        async with pool.read(tenant.caller) as work:
            await tenant.look(work)
            await everybody.wait()
            pids.add(await work.connection.fetchval("SELECT pg_backend_pid()"))

    async with asyncio.timeout(10):
        await asyncio.gather(*(have_one(workspace) for workspace in WORKSPACES[:POOL]))
        assert len(pids) == POOL
        while await superuser.fetchval(f"SELECT count(*) {MINE}") > POOL:
            await asyncio.sleep(0.02)
    for _ in range(POOL):
        idle = await pool.engine.raw_connection()
        assert not idle.driver_connection.is_in_transaction()
        assert not await idle.driver_connection.fetchval(SETTING)
        idle.close()
