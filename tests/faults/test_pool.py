"""No connection of the pool ever carries one workspace's setting to another, whatever happens."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest

from service.database import Database
from service.domain.errors import DomainError, NotFound, Unavailable
from service.roles import APP
from service.settings import Settings
from tests.conftest import url_of
from tests.faults.interrupting import Interrupted
from tests.faults.silence import Way
from tests.faults.tenants import SETTING, SLOW, Tenant

NAME = "waypost_pool"
POOL = 3
WORKSPACES = [UUID(int=n + 1) for n in range(5)]
USERS, STEPS, STORMS = 12, 40, 5
EXPECTED = (DomainError, asyncio.CancelledError)
"""What a user of the pool may meet; anything else is a defect."""

MINE = f"FROM pg_stat_activity WHERE datname = '{NAME}' AND usename = '{APP}'"
KILL_ONE = f"SELECT pg_terminate_backend(pid, 5000) {MINE} ORDER BY random() LIMIT 1"
AT_IT = f"{MINE} AND state = 'active' AND query LIKE '%pg_sleep%'"
CANCEL_SLOW = f"SELECT pg_cancel_backend(pid) {AT_IT} LIMIT 1"
KILL_ALL = f"SELECT pg_terminate_backend(pid, 5000) {MINE}"
STRANGE = "SELECT count(*) FROM waypost.external_ids WHERE workspace_id::text <> source"
KEPT = "SELECT array_agg(external_id) FROM waypost.external_ids"


@pytest.fixture(scope="module")
async def superuser(
    postgres_url: str, make_migrated: Callable[[str], Awaitable[None]]
) -> AsyncIterator[asyncpg.Connection]:
    """Of a database of one's own, whose backends can be killed without harm to others."""
    await make_migrated(NAME)
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{NAME}"))
    connection = await asyncpg.connect(url)
    await connection.execute(
        f"ALTER ROLE {APP} IN DATABASE {NAME} SET idle_in_transaction_session_timeout = '200ms'"
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
async def url(postgres_url: str, superuser: asyncpg.Connection) -> str:
    del superuser
    return url_of(postgres_url, APP, NAME)


@pytest.fixture
async def pool(url: str) -> AsyncIterator[Database]:
    made = Database(url, Settings(pool_size=POOL, pool_wait=0.3))
    yield made
    await made.close()


@pytest.fixture
def tenant(pool: Database) -> Tenant:
    return Tenant(pool, WORKSPACES[0])


@pytest.mark.parametrize("seed", range(STORMS))
async def test_in_a_storm_of_faults_nobody_meets_another_workspace(
    pool: Database, superuser: asyncpg.Connection, seed: int
) -> None:
    tenants = [Tenant(pool, WORKSPACES[n % len(WORKSPACES)]) for n in range(USERS)]
    async with asyncio.TaskGroup() as group:
        users = [group.create_task(use(t, Random(f"{seed} {n}"))) for n, t in enumerate(tenants)]
        group.create_task(interfere(superuser, Random(seed), users))
    await asyncio.gather(*(stray for tenant in tenants for stray in tenant.strays))
    await assert_whole(pool, superuser)
    await assert_kept(superuser, *tenants)
    met = sum((tenant.met for tenant in tenants), Counter())
    assert met.total() == USERS * STEPS
    assert min(met[kind] for kind in ("nothing", "CancelledError", "Unavailable")) > 20


async def use(tenant: Tenant, chance: Random) -> None:
    """Many steps, every third of them interrupted somewhere."""
    for _ in range(STEPS):
        step = tenant.any_way(chance)()
        if chance.random() < 0.35:
            step = interrupted(Interrupted(step, chance.randrange(12), late=chance.random() < 0.5))
        try:
            await asyncio.create_task(step)
            tenant.met["nothing"] += 1
        except EXPECTED as error:
            kind = Unavailable if isinstance(error, Unavailable) else type(error)
            tenant.met[kind.__name__] += 1


async def interrupted(step: Interrupted) -> None:
    await step


async def interfere(
    superuser: asyncpg.Connection, chance: Random, users: list[asyncio.Task[None]]
) -> None:
    """Cancel what takes long, and kill a backend now and then, whatever it does."""
    while not all(user.done() for user in users):
        await asyncio.sleep(chance.random() * 0.04)
        await superuser.execute(chance.choice((KILL_ONE, CANCEL_SLOW, CANCEL_SLOW)))


async def assert_whole(pool: Database, superuser: asyncpg.Connection) -> None:
    """Every connection can be had at once, none holds anything, and no others are left open."""
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
        while await superuser.fetchval(f"SELECT count(*) {MINE}") > POOL:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    for _ in range(POOL):
        await assert_idle(pool)


async def assert_idle(pool: Database) -> None:
    """The connection that is next in turn holds nothing."""
    idle = await pool.connection()
    assert not idle.driver_connection.is_in_transaction()
    assert not await idle.driver_connection.fetchval(SETTING)
    idle.close()


async def assert_kept(superuser: asyncpg.Connection, *tenants: Tenant) -> None:
    """What was said to be stored is, and what was not is not, each in its own workspace."""
    assert not await superuser.fetchval(STRANGE)
    kept = set(await superuser.fetchval(KEPT))
    for tenant in tenants:
        assert tenant.stored <= kept
        assert not tenant.refused & kept


@pytest.mark.parametrize("late", [False, True], ids=["early", "late"])
@pytest.mark.parametrize("fresh", [False, True], ids=["warm", "connecting"])
@pytest.mark.parametrize("way", [Tenant.read, Tenant.write, Tenant.change_mind])
async def test_a_cancellation_at_any_await_leaves_the_connection_to_the_next(
    url: str,
    superuser: asyncpg.Connection,
    way: Callable[[Tenant], Coroutine[Any, Any, None]],
    fresh: bool,
    late: bool,
) -> None:
    n, reached = 0, True
    while reached:
        pool = Database(url, Settings(pool_size=1, pool_wait=0.3))
        tenant, other = (Tenant(pool, workspace) for workspace in WORKSPACES[:2])
        if not fresh:
            await other.write()
        step = Interrupted(way(tenant), n, late=late)
        met = await asyncio.gather(interrupted(step), return_exceptions=True)
        reached, n = step.reached, n + 1
        assert isinstance(met[0], asyncio.CancelledError) or not reached
        await other.read()
        await assert_idle(pool)
        await assert_kept(superuser, tenant, other)
        await pool.close()
    assert n > 4


async def test_a_killed_backend_is_not_handed_out(
    pool: Database, superuser: asyncpg.Connection
) -> None:
    await assert_whole(pool, superuser)
    await superuser.execute(KILL_ALL)
    await assert_whole(pool, superuser)


async def test_a_backend_killed_in_mid_statement_is_told_as_unavailable(
    tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    reading = asyncio.create_task(tenant.read_on_and_on())
    while not await superuser.fetchval(f"SELECT pg_terminate_backend(pid) {AT_IT}"):
        assert not reading.done()
    with pytest.raises(Unavailable):
        await reading
    await assert_whole(tenant.pool, superuser)


async def test_a_backend_killed_before_the_commit_stores_nothing(
    tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    with pytest.raises(Unavailable):
        await tenant.write(lambda _: superuser.execute(KILL_ALL))
    await assert_kept(superuser, tenant)
    await assert_whole(tenant.pool, superuser)


async def test_what_the_block_raised_is_told_even_if_the_backend_is_gone(
    tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    with pytest.raises(NotFound):
        async with tenant.pool.write(tenant.caller):
            await superuser.execute(KILL_ALL)
            raise NotFound("row", "none")


async def test_a_transaction_that_idles_too_long_is_told_as_unavailable(
    tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    with pytest.raises(Unavailable):
        await tenant.write(lambda _: asyncio.sleep(0.4))
    await assert_kept(superuser, tenant)
    await assert_whole(tenant.pool, superuser)


async def test_who_waits_too_long_for_a_connection_is_told(
    tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    async with AsyncExitStack() as held:
        for _ in range(POOL):
            await held.enter_async_context(tenant.pool.read(tenant.caller))
        with pytest.raises(Unavailable):
            await tenant.read()
    await assert_whole(tenant.pool, superuser)


async def test_a_statement_whose_caller_is_gone_does_not_run_on(
    tenant: Tenant, superuser: asyncpg.Connection
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), tenant.pool.read(tenant.caller) as work:
            await work.value(SLOW)
    async with asyncio.timeout(8):  # it would take 12
        while await superuser.fetchval(f"SELECT count(*) {MINE}"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_database_that_was_away_is_found_again(url: str) -> None:
    way = Way(url)
    async with way:
        pool = Database(way.url, Settings(pool_size=POOL, pool_wait=0.3))
        tenant = Tenant(pool, WORKSPACES[0])
        await tenant.write()
    for _ in range(2 * POOL):
        with pytest.raises(Unavailable):
            await tenant.read()
    async with way:
        await asyncio.gather(*(tenant.read() for _ in range(POOL)))
        await pool.close()


async def test_a_server_that_fell_silent_does_not_hold_up_the_end(url: str) -> None:
    async with Way(url) as way:
        pool = Database(way.url, Settings(pool_size=POOL, pool_wait=0.3))
        await Tenant(pool, WORKSPACES[0]).read()
        way.speaking.clear()
        async with asyncio.timeout(5):
            await pool.close()
