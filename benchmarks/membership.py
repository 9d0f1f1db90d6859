"""`python -m benchmarks.membership`: who belongs to a profile of six criteria, against Postgres.

One workspace has a million contacts, 99 others have as many together. The service counts members,
others and those of whom it is unknown, as the application's role, under the policies; by hand the
owner, whom no policy holds up, asks for the same counts. Traits are free JSON: without a look at
their type the first age that is a text would end the statement by hand.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg

from benchmarks import ground
from benchmarks.ground import Tenant
from benchmarks.report import verdict
from service import roles
from service.database import Database
from service.domain import audiences, membership
from service.domain.work import Caller, Scope
from service.embedded import EmbeddedPostgres
from service.settings import Settings

WORKSPACES = 100
MOST = 2.0
"""The service's time as a multiple of that by hand, at most."""
CRITERIA = {
    "all": [
        {"field": "traits.age", "op": "between", "value": [30, 70]},
        {"field": "traits.country", "op": "in", "value": ["AT", "DE", "CH"]},
        {"field": "traits.plan", "op": "ne", "value": "free"},
        {"field": "traits.income", "op": "ge", "value": 30000},
        {"field": "traits.city", "op": "starts_with", "value": "W"},
        {"field": "traits.hobbies", "op": "contains", "value": "golf"},
    ]
}
BY_HAND = """
    SELECT member, count(*) FROM (
        SELECT CASE jsonb_typeof(traits -> 'age')
                WHEN 'number' THEN (traits ->> 'age')::numeric BETWEEN 30 AND 70 END
            AND traits ->> 'country' IN ('AT', 'DE', 'CH')
            AND traits ->> 'plan' <> 'free'
            AND CASE jsonb_typeof(traits -> 'income')
                WHEN 'number' THEN (traits ->> 'income')::numeric >= 30000 END
            AND traits ->> 'city' LIKE 'W%'
            AND traits -> 'hobbies' ? 'golf' AS member
        FROM waypost.contacts
        WHERE workspace_id = $1 AND merged_into_id IS NULL AND archived_at IS NULL
            AND NOT test AND restricted_at IS NULL
    ) AS each GROUP BY member
"""
FILLED = """
    INSERT INTO waypost.contacts (workspace_id, id, root_id, traits, created_at, updated_at)
    SELECT $1, one.id, one.id, one.traits, now(), now() FROM (
        SELECT gen_random_uuid() AS id, jsonb_strip_nulls(jsonb_build_object(
            'name', 'Contact ' || n, 'email', 'contact-' || n || '@example.org',
            'age', CASE WHEN n % 10 > 0 THEN n % 90 END,
            'country', (ARRAY['AT', 'DE', 'CH', 'FR', 'IT'])[n % 5 + 1],
            'plan', (ARRAY['free', 'gold', 'basic'])[n % 3 + 1],
            'income', n % 7 * 10000,
            'city', (ARRAY['Wien', 'Graz', 'Bern', 'Worms'])[n % 4 + 1],
            'hobbies', CASE WHEN n % 2 = 0 THEN '["golf", "chess"]'::jsonb ELSE '["chess"]' END
        )) AS traits FROM generate_series(1, $2) AS n
    ) AS one
"""


def main() -> int:
    """Measure and print."""
    given = _parser().parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="waypost-bench-") as folder,
        EmbeddedPostgres(Path(folder) / "postgres") as postgres,
    ):
        print("making the database, its workspaces and contacts …", flush=True)
        tenants = ground.made(postgres.url, WORKSPACES)
        asyncio.run(_measured(given, postgres.url, tenants))
    return 0


async def _measured(given: argparse.Namespace, url: str, tenants: list[Tenant]) -> None:
    owner = await asyncpg.connect(ground.entry(url, roles.OWNER), command_timeout=None)
    await _filled(owner, given.contacts, tenants)
    database = Database(ground.entry(url, roles.APP), Settings())
    scopes = frozenset({Scope.MAPS_READ, Scope.MAPS_WRITE, Scope.CONTACTS_READ})
    caller = Caller(tenants[0].workspace_id, None, scopes)
    async with database.write(caller) as work:
        data = audiences.NewProfile(name="Golfers", criteria=CRITERIA)
        profile = (await audiences.PROFILES.create(work, data)).id

    async def ours() -> list[int]:
        async with database.write(caller) as work:
            told = await membership.profile_counts(work, profile)
        return [told.yes.numerator, told.no.numerator, told.unknown.numerator]

    async def by_hand() -> list[int]:
        rows = await owner.fetch(BY_HAND, caller.workspace_id)
        found = {row["member"]: row["count"] for row in rows}
        return [found.get(answer, 0) for answer in (True, False, None)]

    assert await ours() == await by_hand(), "they count differently"
    await _compared(given.rounds, {"service": ours, "by hand": by_hand})
    await database.close()
    await owner.close()


async def _filled(owner: Any, contacts: int, tenants: list[Tenant]) -> None:
    each = contacts // (WORKSPACES - 1)
    for place, tenant in enumerate(tenants[:WORKSPACES]):
        await owner.execute(FILLED, tenant.workspace_id, each if place else contacts)
    await owner.execute("VACUUM ANALYZE waypost.contacts")


async def _compared(rounds: int, contestants: dict[str, Callable[[], Awaitable[Any]]]) -> None:
    times: dict[str, list[float]] = {who: [] for who in contestants}
    for _ in range(rounds):
        for who, counted in contestants.items():
            begun = perf_counter()
            await counted()
            times[who].append(perf_counter() - begun)
    for who, each in times.items():
        told = f"{min(each) * 1000:,.0f} to {max(each) * 1000:,.0f}"
        print(f"  {who:10} {median(each) * 1000:9,.0f} ms  ({told})")
    ratios = [ours / hand for ours, hand in zip(*times.values(), strict=True)]
    is_ = median(ratios)
    print(f"  service / by hand  {is_:5.2f}  asked at most {MOST:g}  {verdict(is_ <= MOST)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.membership", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000, help="of the workspace measured")
    parser.add_argument("--rounds", type=int, default=7)
    return parser


if __name__ == "__main__":
    sys.exit(main())
