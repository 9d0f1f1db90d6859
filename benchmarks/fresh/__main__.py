"""`python -m benchmarks.fresh`: how soon events are in figures, and ingest with all kept up.

The worker runs beside the service: it puts events into segments, counts them and their sessions.
First under a steady load into several workspaces: whether figures are right as soon as an event is
acknowledged, and how far behind the worker is. Then as fast as the service takes events, against
COPY of the same rows into the same indexes.
"""

import argparse
import asyncio
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from benchmarks import contest, ground, load
from benchmarks.__main__ import COMMANDS
from benchmarks.cases import SERVICE
from benchmarks.fresh import steady
from benchmarks.fresh.following import DERIVED, behind, working
from benchmarks.fresh.probing import probed
from benchmarks.ground import Tenant
from benchmarks.ingest import messages, raw
from benchmarks.ingest.__main__ import CONNECTIONS, peopled
from benchmarks.processes import Server, serving
from benchmarks.report import verdict
from service import roles
from service.embedded import EmbeddedPostgres

WORKSPACES = 100
LOADED = 10
"""Workspaces that the steady load is for."""
SIZE = 100
SPANS = {"an hour": timedelta(hours=1), "any time of a month": messages.MONTH}
"""As they happen, and as somebody loads them who has kept them for long."""
FRESH = 5.0
"""Seconds after which an event shall be in all figures."""
LEAST = 0.5
"""Of COPY into the same indexes, with everything kept up; 0.7 is the aim."""


def main() -> int:
    """Measure and print."""
    return ground.measured(_parser(), _measured)


def _measured(given: argparse.Namespace, home: Path, postgres: EmbeddedPostgres) -> None:
    print("making the database, its workspaces and contacts …", flush=True)
    tenants = ground.made(postgres.url, WORKSPACES)[:WORKSPACES]
    owner = ground.entry(postgres.url, roles.OWNER)
    asyncio.run(peopled(owner, tenants))
    environment = contest.environment(home, postgres)
    with ExitStack() as stack:
        log = home / "service.log"
        server = stack.enter_context(serving(COMMANDS[SERVICE], environment, log))
        stack.enter_context(working(environment, home / "worker.log"))
        asyncio.run(_fresh(given, server, tenants[:LOADED], owner))
        for name, within in SPANS.items():
            print(f"\nas fast as they are taken, events of {name}", flush=True)
            rounds = [_kept_up(given, server, tenants, owner, within) for _ in range(given.rounds)]
            taking, keeping = (median(each) for each in zip(*rounds, strict=True))
            said = f"asked {LEAST:g}  {verdict(taking >= LEAST)}"
            print(f"  taken over HTTP with the worker beside, of COPY     {taking:5.2f}  {said}")
            print(f"  until all of them are in all that is kept, of COPY  {keeping:5.2f}")


async def _fresh(
    given: argparse.Namespace, server: Server, tenants: list[Tenant], url: str
) -> None:
    asked = steady.Steady(server.port, [one.key for one in tenants], given.load, given.steady)
    owner = await asyncpg.connect(url)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as generator:
        sending = loop.run_in_executor(generator, steady.send, asked)
        fresh, waited = await probed(server.port, tenants[0].key, owner, sending.done)
        sent = await sending
    await owner.close()
    print(
        f"\n{sent.rate:,.0f} events/s in batches of {steady.SIZE} into {len(tenants)} workspaces, "
        f"answered in {sent.middle * 1e3:.1f} ms in the middle, {sent.most * 1e3:.0f} ms at most"
    )
    for name, one in fresh.items():
        late = max(one.lags)
        print(f"  {name:9} {one.told}  asked {FRESH:g} s  {verdict(late <= FRESH)}")
    for name, each in zip(("counts", "sessions"), zip(*waited, strict=True), strict=True):
        print(
            f"  the worker is behind with {name:9} {median(each):5.1f} s in the middle, "
            f"{max(each):5.1f} s at most"
        )


def _kept_up(
    given: argparse.Namespace,
    server: Server,
    tenants: list[Tenant],
    owner: str,
    within: timedelta,
) -> tuple[float, float]:
    """What the service takes while the worker follows, and what both together get done, as
    multiples of COPY."""
    limit = raw.rate(owner, tenants, SIZE, given.seconds, within)
    asyncio.run(_emptied(owner))
    requests = [
        load.request("POST", "/v1/batch", one.key, messages.batch(SIZE, n, within))
        for n, one in enumerate(tenants)
    ]
    begun = time.perf_counter()
    sent = load.send(load.Load(server.port, requests, CONNECTIONS, given.seconds))
    if sent.refused:
        raise RuntimeError(f"{sent.refused} requests were refused, such as: {sent.refusal}")
    events = len(sent.latencies) * SIZE
    left = asyncio.run(_left(owner))
    done = time.perf_counter() - begun
    taking = events / sent.seconds
    print(
        f"  COPY {limit:9,.0f} events/s; over HTTP {taking:9,.0f}; all {events:,} are in all that "
        f"is kept {left:.1f} s after the last came: {events / done:9,.0f}",
        flush=True,
    )
    asyncio.run(_emptied(owner))
    return taking / limit, events / done / limit


async def _left(url: str) -> float:
    """How many seconds the worker takes for what is left."""
    owner: Any = await asyncpg.connect(url)
    begun = time.perf_counter()
    while max(await behind(owner)) > 0:  # noqa: ASYNC110  (another process ends it)
        await asyncio.sleep(0.1)
    await owner.close()
    return time.perf_counter() - begun


async def _emptied(url: str) -> None:
    """Each begins with empty tables: an index grows slower as it grows."""
    owner = await asyncpg.connect(url)
    names = ", ".join(f"waypost.{one}" for one in ("events", "event_keys", *DERIVED))
    await owner.execute(f"TRUNCATE {names}")
    await owner.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fresh", description=__doc__)
    parser.add_argument("--load", type=float, default=5_000, help="events a second, steadily")
    parser.add_argument("--steady", type=float, default=30.0, help="seconds of the steady load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each contestant")
    return parser


if __name__ == "__main__":
    sys.exit(main())
