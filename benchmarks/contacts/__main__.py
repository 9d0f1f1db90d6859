"""`python -m benchmarks.contacts`: a thousand contacts a call, against Postgres alone and the
usual way."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import asyncpg

from benchmarks import contest, ground, load
from benchmarks.cases import CONVENTIONAL, LIMIT, SERVICE
from benchmarks.contacts import people, raw
from benchmarks.contacts.people import CASES, SIZE, Case
from benchmarks.contest import WORKSPACES
from benchmarks.ground import Tenant
from benchmarks.processes import Server
from service import roles
from service.embedded import EmbeddedPostgres

LEAST = {LIMIT: 1 / 4, CONVENTIONAL: None}
"""At most four times what the one statement takes."""
_TARGETS = {SERVICE: "/v1/contacts/batch/upsert", CONVENTIONAL: "/upsert"}
_TABLES = "waypost.contacts, waypost.contact_identifiers"
_TOLD = "waypost.audit, waypost.outbox"


def main() -> int:
    """Measure and print."""
    return ground.measured(_parser(), _measured)


def _measured(given: argparse.Namespace, home: Path, postgres: EmbeddedPostgres) -> None:
    print("making the database and its workspaces …", flush=True)
    tenants = ground.made(postgres.url, WORKSPACES)[:WORKSPACES]
    owner = ground.entry(postgres.url, roles.OWNER)
    with ExitStack() as stack:
        servers = contest.served(stack, home, postgres, "benchmarks.contacts.conventional:app")
        for case in CASES:
            if case.known:
                _peopled(servers[SERVICE], tenants, owner)
            print(f"\n{case.name}, contacts/s by calls of {SIZE}:", flush=True)
            contestants = _contestants(given, owner, tenants, case, servers)
            between = _swept if case.known else _emptied
            contest.compare(
                contestants, given.rounds, LEAST, lambda after=between: asyncio.run(after(owner))
            )


def _contestants(
    given: argparse.Namespace,
    owner: str,
    tenants: list[Tenant],
    case: Case,
    servers: Mapping[str, Server],
) -> Mapping[str, Callable[[], float]]:
    def requests(who: str) -> list[bytes]:
        return _requests(who, tenants, case)

    others = contest.over_http(servers, requests, SIZE, 1, given.seconds)
    return {LIMIT: lambda: raw.rate(owner, tenants, case, given.seconds), **others}


def _requests(who: str, tenants: Sequence[Tenant], case: Case) -> list[bytes]:
    if who == SERVICE:
        return [
            load.request("POST", _TARGETS[who], tenant.key, people.batch(case, n))
            for n, tenant in enumerate(tenants)
        ]
    return [
        load.request(
            "POST", _TARGETS[who], None, people.batch(case, n) | {"workspace": str(t.workspace_id)}
        )
        for n, t in enumerate(tenants)
    ]


def _peopled(server: Server, tenants: Sequence[Tenant], owner: str) -> None:
    """Everybody who is sent is known."""
    asyncio.run(_emptied(owner))
    known = Case("known", known=True, changed=False)
    for sent in _requests(SERVICE, tenants, known):
        status, shown = load.answer(server.port, sent)
        assert status == 200, shown
    asyncio.run(_swept(owner))


async def _emptied(owner: str) -> None:
    """Each begins with empty tables: an index grows slower as it grows."""
    connection = await asyncpg.connect(owner)
    await connection.execute(f"TRUNCATE {_TABLES}, {_TOLD} CASCADE")
    await connection.close()


async def _swept(owner: str) -> None:
    """Nobody goes over what others have left."""
    connection = await asyncpg.connect(owner)
    await connection.execute(f"TRUNCATE {_TOLD}")
    await connection.execute(f"VACUUM ANALYZE {_TABLES}")
    await connection.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contacts", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each contestant")
    return parser


if __name__ == "__main__":
    sys.exit(main())
