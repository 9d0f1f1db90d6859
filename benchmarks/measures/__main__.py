"""`python -m benchmarks.measures`: figures of millions of events, against plain SQL by hand.

One workspace has the events, 99 others a tenth as many together. The service reads as the
application's role, under the policies, and leaves out whom it must; by hand the owner asks. What is
kept ready for shall take hardly longer of the last size than of the first: both stand side by side
and are asked in turn, so that whatever else the machine does meets both alike.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple
from uuid import UUID

import asyncpg

from benchmarks import ground
from benchmarks.measures.asked import READY, Asked, Case, cases
from benchmarks.measures.made import made
from benchmarks.measures.walks import grown, walked
from benchmarks.report import verdict
from service import folding, roles
from service.database import Database
from service.domain.work import Caller, Scope
from service.embedded import EmbeddedPostgres
from service.settings import Settings

WORKSPACES = 100
AT_LEAST = 25
"""Rounds of what takes milliseconds."""
GROWS = 1.3
"""Times what it takes at the first size, at most, where it is asked to be `READY` times as fast."""


class Size(NamedTuple):
    """So many events in a workspace among many, in a database of their own."""

    events: int
    url: str
    workspace_id: UUID


def main() -> int:
    """Measure and print."""
    given = _parser().parse_args()
    with ExitStack() as stack:
        sizes = [_made(stack, events) for events in given.events]
        asyncio.run(_measured(given.rounds, sizes))
    return 0


def _made(stack: ExitStack, events: int) -> Size:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="waypost-bench-")))
    postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
    print(f"making {events:,} events …", flush=True)
    tenants = ground.made(postgres.url, WORKSPACES)[:WORKSPACES]
    return asyncio.run(_filled(postgres.url, tenants, events))


async def _filled(url: str, tenants: list[ground.Tenant], events: int) -> Size:
    owner = await asyncpg.connect(ground.entry(url, roles.OWNER), command_timeout=None)
    workspace_id = await made(owner, tenants, events)
    await owner.execute(
        "UPDATE waypost.workspaces SET time_zone = 'Asia/Kolkata' WHERE workspace_id = $1",
        workspace_id,
    )
    database = Database(ground.entry(url, roles.APP), Settings())
    begun = perf_counter()
    for tenant in tenants:
        await folding.folded(database, tenant.workspace_id, thoroughly=True)
    print(f"  put into segments in {perf_counter() - begun:,.0f} s", flush=True)
    await database.close()
    # As Postgres does by itself within minutes: it shall not begin in the middle.
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    return Size(events, url, workspace_id)


async def _measured(rounds: int, sizes: Sequence[Size]) -> None:
    async with AsyncExitStack() as stack:
        sides = [await _asked(stack, size) for size in sizes]
        taken = []
        for size, side in zip(sizes, sides, strict=True):
            print(f"\nof {size.events:,} events")
            for name, case in side.items():
                # How much faster it is asked to be of the last size.
                asked = case if size is sizes[-1] else case._replace(least=None)
                await _compared(name, asked, rounds, often=case.least == READY)
            app = ground.entry(size.url, roles.APP)
            taken.append(walked(app, size.workspace_id, rounds))
        if len(sizes) > 1:
            print(f"\nof {sizes[-1].events:,} events against {sizes[0].events:,}")
            first, last = sides[0], sides[-1]
            for name in (name for name, case in first.items() if case.least == READY):
                await _grown(name, [first[name].service, last[name].service], rounds)
            grown([size.events for size in sizes], taken)


async def _asked(stack: AsyncExitStack, size: Size) -> Mapping[str, Case]:
    owner = await asyncpg.connect(ground.entry(size.url, roles.OWNER), command_timeout=None)
    stack.push_async_callback(owner.close)
    database = Database(ground.entry(size.url, roles.APP), Settings())
    stack.push_async_callback(database.close)
    scopes = frozenset({Scope.ANALYTICS_READ, Scope.CONTACTS_READ})
    return cases(owner, database, Caller(size.workspace_id, None, scopes))


async def _compared(name: str, case: Case, rounds: int, *, often: bool) -> None:
    assert await case.service() == await case.by_hand(), f"{name}: they count differently"
    ours = await _timed(case.service, max(rounds, AT_LEAST) if often else rounds)
    theirs = await _timed(case.by_hand, rounds)
    faster = theirs / ours
    judged = (
        "" if case.least is None else f"  asked {case.least:g}  {verdict(faster >= case.least)}"
    )
    said = f"{ours * 1e3:8,.1f} ms  by hand {theirs * 1e3:8,.0f} ms  {faster:6.2f}{judged}"
    print(f"  {name:22} {said}", flush=True)


async def _grown(name: str, both: Sequence[Asked], rounds: int) -> None:
    """The same of the first size and of the last, by turns."""
    times: list[list[float]] = [[], []]
    for _ in range(4 * max(rounds, AT_LEAST)):
        for asked, each in zip(both, times, strict=True):
            each.append(await _once(asked))
    first, last = (median(each) for each in times)
    said = f"{last * 1e3:8,.1f} ms  against {first * 1e3:8,.1f} ms  {last / first:6.2f}"
    print(f"  {name:22} {said}  asked {GROWS:g}  {verdict(last / first <= GROWS)}", flush=True)


async def _timed(asked: Asked, rounds: int) -> float:
    return median([await _once(asked) for _ in range(rounds)])


async def _once(asked: Asked) -> float:
    begun = perf_counter()
    await asked()
    return perf_counter() - begun


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.measures", description=__doc__)
    said = "of the workspace that is measured; several sizes one beside the other"
    parser.add_argument("--events", type=int, nargs="+", default=[500_000, 5_000_000], help=said)
    parser.add_argument("--rounds", type=int, default=3)
    return parser


if __name__ == "__main__":
    sys.exit(main())
