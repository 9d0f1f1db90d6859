"""`python -m benchmarks.ingest`: events over HTTP, against Postgres alone and the usual way."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from benchmarks import contest, ground, load
from benchmarks.cases import CONVENTIONAL, LIMIT, SERVICE
from benchmarks.contest import WORKSPACES
from benchmarks.ground import Tenant
from benchmarks.ingest import messages, raw
from benchmarks.processes import Server, pss_mib
from service import roles
from service.domain import contacts
from service.domain.ids import new_id
from service.embedded import EmbeddedPostgres

SIZES = (100, 1_000)
CONNECTIONS = 16
LEAST = {LIMIT: 0.65, CONVENTIONAL: 3.0}
_TARGETS = {SERVICE: "/v1/batch", CONVENTIONAL: "/batch"}


def main() -> int:
    """Measure and print."""
    return ground.measured(_parser(), _measured)


def _measured(given: argparse.Namespace, home: Path, postgres: EmbeddedPostgres) -> None:
    print("making the database, its workspaces and contacts …", flush=True)
    tenants = ground.made(postgres.url, WORKSPACES)[:WORKSPACES]
    owner = ground.entry(postgres.url, roles.OWNER)
    asyncio.run(peopled(owner, tenants))
    with ExitStack() as stack:
        servers = contest.served(stack, home, postgres, "benchmarks.ingest.conventional:app")
        for size in SIZES:
            contestants = _contestants(given, owner, tenants, size, servers)
            print(f"\nbatches of {size}, events/s:", flush=True)
            contest.compare(contestants, given.rounds, LEAST, lambda: asyncio.run(_emptied(owner)))
        _long(given, servers[SERVICE], tenants)


def _contestants(
    given: argparse.Namespace,
    owner: str,
    tenants: list[Tenant],
    size: int,
    servers: Mapping[str, Server],
) -> Mapping[str, Callable[[], float]]:
    def requests(who: str) -> list[bytes]:
        return _requests(who, tenants, size)

    others = contest.over_http(servers, requests, size, CONNECTIONS, given.seconds)
    return {LIMIT: lambda: raw.rate(owner, tenants, size, given.seconds), **others}


def _requests(who: str, tenants: list[Tenant], size: int) -> list[bytes]:
    """A request of each workspace, with the size asked for."""
    return [
        load.request(
            "POST",
            _TARGETS[who],
            tenant.key if who == SERVICE else None,
            messages.batch(size, n) | {"workspace": str(tenant.workspace_id)},
        )
        for n, tenant in enumerate(tenants)
    ]


def _long(given: argparse.Namespace, server: Server, tenants: list[Tenant]) -> None:
    """Memory over many events: flat, or not."""
    requests = _requests(SERVICE, tenants, 1_000)
    sent = 0
    print("\nevents taken, memory of the service (PSS):", flush=True)
    while sent < given.events:
        served = load.send(load.Load(server.port, requests, CONNECTIONS, given.seconds))
        sent += len(served.latencies) * 1_000
        print(f"  {sent:10,}  {pss_mib(server.process.pid):6.0f} MiB", flush=True)


async def peopled(owner: str, tenants: list[Tenant]) -> None:
    """Everybody who will be met is known, and the leaf is there."""
    connection = await asyncpg.connect(owner)
    await connection.fetchval("SELECT waypost.add_event_leaf('2026-05-01')")
    now = datetime.now(UTC)
    people = [
        (tenant.workspace_id, new_id(), number)
        for tenant in tenants
        for number in range(messages.USERS)
    ]
    await contest.copied(
        connection,
        "contacts",
        ("workspace_id", "id", "root_id", "created_at", "updated_at"),
        [(workspace, which, which, now, now) for workspace, which, _ in people],
    )
    await contest.copied(
        connection,
        "contact_identifiers",
        ("workspace_id", "id", "source", "value", "contact_id", "created_at"),
        [
            (workspace, messages.who(workspace, n), contacts.USER, messages.user(n), which, now)
            for workspace, which, n in people
        ],
    )
    await connection.execute("ANALYZE waypost.contacts; ANALYZE waypost.contact_identifiers")
    await connection.close()


async def _emptied(owner: str) -> None:
    """Each begins with empty tables: an index grows slower as it grows."""
    connection = await asyncpg.connect(owner)
    await connection.execute("TRUNCATE waypost.events, waypost.event_keys")
    await connection.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each contestant")
    parser.add_argument("--events", type=int, default=5_000_000, help="for the look at memory")
    return parser


if __name__ == "__main__":
    sys.exit(main())
