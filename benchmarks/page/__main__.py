"""`python -m benchmarks.page`: a page of one journey over HTTP, against plain SQL of the same rows.

One workspace has the events, 99 others a tenth as many together. The map, its curve with who was at
its steps, its gaps, KPIs and funnel: each by itself, one after the other, and all at once as a page
asks. By hand the owner counts the same people at the same steps, once.
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from benchmarks import ground
from benchmarks.load import answer, request
from benchmarks.measures.made import made
from benchmarks.page import shown
from benchmarks.processes import Server, serving
from benchmarks.report import verdict
from service import folding, roles
from service.database import Database
from service.embedded import EmbeddedPostgres
from service.settings import Settings

WORKSPACES = 100
MOST, STATEMENTS = 300, 40
"""Milliseconds that the whole page takes at most, of 5 million events; and statements."""
_SERVE = [sys.executable, "-c", "import sys; from service.cli import main; sys.exit(main())"]
_COUNTS = re.compile(r"^waypost_statements_total (\S+)$", re.MULTILINE)
_BY_HAND = """
    SELECT count(*) FROM (
        SELECT e.event, e.channel, i.contact_id FROM waypost.events AS e
        JOIN waypost.contact_identifiers AS i ON i.workspace_id = $1 AND i.id = e.who
        WHERE e.workspace_id = $1 GROUP BY 1, 2, 3
    ) AS each
"""
_STAGED = """
    UPDATE waypost.contacts SET traits = jsonb_build_object('lifecycle_stage',
        (ARRAY['lead', 'marketingqualifiedlead', 'opportunity', 'customer'])
            [1 + abs(hashtext(id::text)) % 4])
    WHERE workspace_id = $1
"""


class Taken(NamedTuple):
    """Milliseconds, and how many statements the service ran."""

    milliseconds: float
    statements: int


def main() -> int:
    """Measure and print."""
    return ground.measured(_parser(), _measured)


def _measured(given: argparse.Namespace, home: Path, postgres: EmbeddedPostgres) -> None:
    print(f"making {given.events:,} events …", flush=True)
    tenants = ground.made(postgres.url, WORKSPACES)[:WORKSPACES]
    workspace_id = asyncio.run(_filled(postgres.url, tenants, given.events))
    environment = {
        "WAYPOST_DATABASE_URL": ground.entry(postgres.url, roles.APP),
        "WAYPOST_OWNER_DATABASE_URL": ground.entry(postgres.url, roles.OWNER),
        "WAYPOST_WORKER_DATABASE_URL": ground.entry(postgres.url, roles.WORKER),
    }
    with ExitStack() as stack:
        log = home / "service.log"
        server = stack.enter_context(serving([*_SERVE, "serve"], environment, log))
        asked = _asked(server, tenants[0])
        owner = ground.entry(postgres.url, roles.OWNER)
        by_hand, counted = asyncio.run(_by_hand(owner, workspace_id, given.rounds))
        assert _people_at_steps(server, asked["curve"]) == counted, "they count differently"
        came = partial(shown.event, tenants[0].key)
        _told(server, asked, came, by_hand=by_hand, rounds=given.rounds)


async def _filled(url: str, tenants: list[ground.Tenant], events: int) -> UUID:
    owner = await asyncpg.connect(ground.entry(url, roles.OWNER), command_timeout=None)
    workspace_id = await made(owner, tenants, events)
    await owner.execute(_STAGED, workspace_id)
    database = Database(ground.entry(url, roles.APP), Settings())
    for tenant in tenants:
        await folding.folded(database, tenant.workspace_id, thoroughly=True)
    await database.close()
    # As Postgres does by itself within minutes: it shall not begin in the middle.
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    return workspace_id


def _asked(server: Server, tenant: ground.Tenant) -> Mapping[str, bytes]:
    sent = request("POST", "/v1/journeys", tenant.key, shown.journey())
    status, told = answer(server.port, sent)
    assert status == 201, told
    which = json.loads(told)["id"]
    status, told = answer(
        server.port, request("POST", f"/v1/journeys/{which}/publish", tenant.key, {})
    )
    assert status == 201, told
    return shown.requests(which, tenant.key)


async def _by_hand(url: str, workspace_id: UUID, rounds: int) -> tuple[float, int]:
    """Milliseconds, and of all steps together how many people were at each."""
    owner: Any = await asyncpg.connect(url, command_timeout=None)
    times, counted = [], 0
    for _ in range(rounds):
        begun = perf_counter()
        counted = await owner.fetchval(_BY_HAND, workspace_id)
        times.append((perf_counter() - begun) * 1e3)
    await owner.close()
    return median(times), counted


def _people_at_steps(server: Server, sent: bytes) -> int:
    points = json.loads(_answered(server, sent))["points"]
    return sum(one["traffic"] for one in points)


def _told(
    server: Server,
    asked: Mapping[str, bytes],
    event: Callable[[int], bytes],
    *,
    by_hand: float,
    rounds: int,
) -> None:
    print(f"  {'people at steps, by hand':26} {by_hand:8,.0f} ms")
    for name, sent in asked.items():
        _print(name, _timed(server, lambda sent=sent: _each(server, [sent]), rounds), by_hand)
    page = [asked[name] for name in shown.FIGURES]
    in_turn = _timed(server, lambda: _each(server, page), rounds)
    _print("one after the other", in_turn, by_hand)
    at_once = _timed(server, lambda: _at_once(server, page), rounds)
    _print("all at once", at_once, by_hand)

    def comes(n: int) -> None:
        _answered(server, event(n))

    # Nothing is remembered then of what was made without it.
    came = _timed(server, lambda: _at_once(server, page), rounds, comes)
    _print("after an event came", came, by_hand)
    print(f"  the page asked in {MOST} ms: {verdict(at_once.milliseconds <= MOST)}")
    print(f"  by {STATEMENTS} statements: {verdict(in_turn.statements <= STATEMENTS)}")


def _print(name: str, taken: Taken, by_hand: float) -> None:
    said = f"{taken.milliseconds:8,.0f} ms  {by_hand / taken.milliseconds:6.2f} times as fast"
    print(f"  {name:26} {said}  {taken.statements:4} statements", flush=True)


def _timed(
    server: Server,
    asking: Callable[[], None],
    rounds: int,
    first: Callable[[int], None] | None = None,
) -> Taken:
    """The median, once everything is warm; the fewest statements, for the worker has its own. What
    is done `first` each time, told the round, is not measured."""
    asking()
    times, spent = [], []
    for n in range(rounds):
        if first is not None:
            first(n)
        before, begun = _statements(server), perf_counter()
        asking()
        times.append((perf_counter() - begun) * 1e3)
        spent.append(_statements(server) - before)
    return Taken(median(times), min(spent))


def _each(server: Server, sent: Sequence[bytes]) -> None:
    for one in sent:
        _answered(server, one)


def _at_once(server: Server, sent: Sequence[bytes]) -> None:
    with ThreadPoolExecutor(len(sent)) as pool:
        for done in [pool.submit(_answered, server, one) for one in sent]:
            done.result()


def _answered(server: Server, sent: bytes) -> str:
    status, told = answer(server.port, sent)
    assert status == 200, told
    return told


def _statements(server: Server) -> int:
    told = _answered(server, request("GET", "/metrics?name[]=waypost_statements_total"))
    (number,) = _COUNTS.findall(told)
    return round(float(number))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000, help="of the workspace")
    parser.add_argument("--rounds", type=int, default=5)
    return parser


if __name__ == "__main__":
    sys.exit(main())
