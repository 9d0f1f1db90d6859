"""`python -m benchmarks.measures`: figures of millions of events, against plain SQL by hand.

One workspace has the events, 99 others a tenth as many together. The service reads as the
application's role, under the policies, and leaves out whom it must; by hand the owner asks. What is
kept ready for shall take hardly longer at the last size than at the first.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import asyncpg

from benchmarks import ground
from benchmarks.measures import by_hand
from benchmarks.measures.made import NAMES, made
from benchmarks.report import verdict
from service import folding, roles
from service.database import Database
from service.domain import measures
from service.domain.work import Caller, Scope
from service.embedded import EmbeddedPostgres
from service.settings import Settings

WORKSPACES = 100
AT_LEAST = 25
"""Rounds of what takes milliseconds."""
GROWS = 1.3
"""Times what it takes at the first size, at most, where it is asked to be `READY` times as fast."""
READY = 50
WEB = {"field": "channel", "op": "eq", "value": "web"}
Asked = Callable[[], Awaitable[Any]]


class Case(NamedTuple):
    """The same figure by the service and by hand, and how much faster it shall be."""

    service: Asked
    by_hand: Asked
    least: float | None


def main() -> int:
    """Measure and print."""
    given = _parser().parse_args()
    first: Mapping[str, float] = {}
    for events in given.events:
        with (
            tempfile.TemporaryDirectory(prefix="waypost-bench-") as folder,
            EmbeddedPostgres(Path(folder) / "postgres") as postgres,
        ):
            print(f"\nmaking {events:,} events …", flush=True)
            tenants = ground.made(postgres.url, WORKSPACES)[:WORKSPACES]
            taken = asyncio.run(_measured(given.rounds, postgres.url, tenants, events))
        for name in first:
            grown = taken[name] / first[name]
            said = f"of {given.events[0]:,}  asked {GROWS}  {verdict(grown <= GROWS)}"
            print(f"  {name:22} {grown:8,.2f} times what it takes {said}")
        first = first or taken
    return 0


async def _measured(rounds: int, url: str, tenants: list[Any], events: int) -> Mapping[str, float]:
    """Seconds of what is kept ready for, by its name."""
    owner = await asyncpg.connect(ground.entry(url, roles.OWNER), command_timeout=None)
    workspace_id = await made(owner, tenants, events)
    database = Database(ground.entry(url, roles.APP), Settings())
    scopes = frozenset({Scope.ANALYTICS_READ, Scope.CONTACTS_READ})
    caller = Caller(workspace_id, None, scopes)
    await owner.execute(
        "UPDATE waypost.workspaces SET time_zone = 'Asia/Kolkata' WHERE workspace_id = $1",
        workspace_id,
    )
    begun = perf_counter()
    for tenant in tenants:
        await folding.folded(database, tenant.workspace_id, thoroughly=True)
    print(f"  put into segments in {perf_counter() - begun:,.0f} s")
    taken = dict[str, float]()
    for name, case in _cases(owner, database, caller).items():
        seconds = await _compared(name, case, rounds)
        if case.least == READY:
            taken[name] = seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  most memory of this process      {peak:8.0f} MiB")
    await database.close()
    await owner.close()
    return taken


def _cases(owner: Any, database: Database, caller: Caller) -> Mapping[str, Case]:
    def by_sql(query: str) -> Asked:
        return lambda: owner.fetchval(query, caller.workspace_id)

    async def of_sessions(key: str, **asked: Any) -> Any:
        query = measures.KpiQuery.model_validate({"kpi": key, **asked})
        async with database.write(caller) as work:
            found = (await measures.kpi(work, query)).value
        return found if isinstance(found, int) else [found.numerator, found.denominator]

    async def sessions(member: str) -> Any:
        async with database.write(caller) as work:
            found = await measures.sessions(work, measures.SessionsQuery())
        return getattr(found, member)

    async def funnel() -> list[int]:
        steps = [{"name": name, "any_of": [name]} for name in NAMES]
        async with database.write(caller) as work:
            found = await measures.funnel(work, measures.FunnelsQuery(steps=steps))
        return [one.units for one in found.steps]

    async def counts(member: str, **asked: Any) -> Any:
        every = {"order": {"all": []}}
        query = measures.KpiQuery.model_validate({"kpi": "orders", "parameters": every, **asked})
        async with database.write(caller) as work:
            found = await measures.kpi(work, query)
        if member == "series":
            return [one.value for one in found.series]
        return {one.keys[member]: one.value for one in found.breakdown}

    def told(query: str) -> Asked:
        async def decoded() -> Any:
            return json.loads(await owner.fetchval(query, caller.workspace_id))

        return decoded

    cut = {"from": "2026-01-20T07:13:11Z", "to": "2026-04-11T16:48:29Z"}
    days = {"from": "2026-01-05T18:30:00Z", "to": "2026-04-25T18:30:00Z", "interval": "day"}
    return {
        "counts by event": Case(
            lambda: counts("event", breakdown=["event"]), told(by_hand.EVENTS), READY
        ),
        "counts by channel, cut": Case(
            lambda: counts("channel", breakdown=["channel"], **cut), told(by_hand.CHANNELS), READY
        ),
        "days of Kolkata": Case(lambda: counts("series", **days), told(by_hand.DAYS), READY),
        "funnel of five steps": Case(funnel, by_sql(by_hand.funnel()), 8),
        "sessions": Case(lambda: of_sessions("sessions"), by_sql(by_hand.SESSIONS), READY),
        "bounces, cut": Case(
            lambda: of_sessions("bounce_rate", parameters={"mode": "single_event"}, **cut),
            by_sql(by_hand.BOUNCES),
            READY,
        ),
        "all of sessions": Case(lambda: sessions("sessions"), by_sql(by_hand.SESSIONS), None),
        "distinct contacts": Case(lambda: _reach(database, caller), by_sql(by_hand.CONTACTS), 10),
        "of a range and channel": Case(
            lambda: _reach(database, caller, filter=WEB, **cut), by_sql(by_hand.CONTACTS_CUT), None
        ),
    }


async def _reach(database: Database, caller: Caller, **asked: Any) -> Any:
    every = {"impression": {"all": []}}
    query = measures.KpiQuery.model_validate({"kpi": "reach", "parameters": every, **asked})
    async with database.write(caller) as work:
        return (await measures.kpi(work, query)).value


async def _compared(name: str, case: Case, rounds: int) -> float:
    assert await case.service() == await case.by_hand(), f"{name}: they count differently"
    often = max(rounds, AT_LEAST) if case.least == READY else rounds
    ours, theirs = await _timed(case.service, often), await _timed(case.by_hand, rounds)
    faster = theirs / ours
    judged = (
        "" if case.least is None else f"  asked {case.least:g}  {verdict(faster >= case.least)}"
    )
    print(
        f"  {name:22} {ours * 1e3:8,.1f} ms  by hand {theirs * 1e3:8,.0f} ms  {faster:6.2f}{judged}"
    )
    return ours


async def _timed(asked: Asked, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = perf_counter()
        await asked()
        times.append(perf_counter() - begun)
    return median(times)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.measures", description=__doc__)
    said = "of the workspace that is measured; several sizes one after the other"
    parser.add_argument("--events", type=int, nargs="+", default=[500_000, 5_000_000], help=said)
    parser.add_argument("--rounds", type=int, default=3)
    return parser


if __name__ == "__main__":
    sys.exit(main())
