"""What needs all paths: transitions and conformance, and sessions by what a filter takes.

How long each takes, and how much memory a process takes for it beyond what it had before.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

from benchmarks.measures.asked import WEB, Asked
from benchmarks.measures.made import NAMES
from benchmarks.report import verdict
from service.database import Database
from service.domain import measures
from service.domain.work import Caller, Scope
from service.settings import Settings

MOST = 300
"""MiB that walks take beyond what the process had before."""
LINEAR = 1.1
"""Times what so many more events are, at most: half a million fit into caches that five do not."""
_CUT = {"from": "2026-01-20T07:13:11Z", "to": "2026-04-11T16:48:29Z"}
_STATUS = Path("/proc/self/status")


def walks(database: Any, caller: Any) -> Mapping[str, Asked]:
    """Those that memory is bounded of, by name."""

    async def transitions(**asked: Any) -> Any:
        async with database.analyse(caller) as work:
            return await measures.transitions(work, measures.TransitionsQuery(**asked))

    async def conformance(**asked: Any) -> Any:
        async with database.analyse(caller) as work:
            query = measures.ConformanceQuery(planned=list(NAMES), **asked)
            return await measures.conformance(work, query)

    return {
        "transitions of people": lambda: transitions(scope="contact"),
        "transitions of sessions": lambda: transitions(scope="session"),
        "conformance of people": lambda: conformance(unit="contact"),
        "conformance of sessions": lambda: conformance(unit="session"),
    }


def apart(database: Any, caller: Any) -> Mapping[str, Asked]:
    """Figures of sessions with a filter or a breakdown: no sums tell them."""

    async def kpi(key: str, **asked: Any) -> Any:
        query = measures.KpiQuery.model_validate({"kpi": key, **asked})
        async with database.analyse(caller) as work:
            return await measures.kpi(work, query)

    single = {"parameters": {"mode": "single_event"}, **_CUT}
    return {
        "sessions of a channel": lambda: kpi("sessions", filter=WEB),
        "sessions by channel": lambda: kpi("sessions", breakdown=["channel"]),
        "bounces of a channel": lambda: kpi("bounce_rate", filter=WEB, **single),
        "bounces by device": lambda: kpi("bounce_rate", breakdown=["device"], **single),
    }


class Taken(NamedTuple):
    """Seconds at best, and MiB beyond what the process had before; outside Linux none are told."""

    seconds: float
    more: float


def walked(url: str, workspace_id: UUID, rounds: int) -> dict[str, float]:
    """Ask and print, each in a process of its own, in which nothing is left of another; seconds
    by name."""
    taken = {}
    for name in walks(None, None) | apart(None, None):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            found = alone.submit(_alone, url, workspace_id, name, rounds).result()
        said = f"{found.seconds * 1e3:8,.0f} ms  {found.more:6.0f} MiB more"
        if name in walks(None, None):
            taken[name] = found.seconds
            said += f"  asked {MOST}  {verdict(found.more <= MOST)}"
        print(f"  {name:24} {said}", flush=True)
    return taken


def _alone(url: str, workspace_id: UUID, name: str, rounds: int) -> Taken:
    return asyncio.run(_asked(url, workspace_id, name, rounds))


async def _asked(url: str, workspace_id: UUID, name: str, rounds: int) -> Taken:
    database = Database(url, Settings())
    scopes = frozenset({Scope.ANALYTICS_READ, Scope.CONTACTS_READ})
    caller = Caller(workspace_id, None, scopes)
    one = (walks(database, caller) | apart(database, caller))[name]
    async with database.analyse(caller) as work:
        await measures.kpi(work, measures.KpiQuery(kpi="orders"))
    times, before = list[float](), _held("VmRSS")
    for _ in range(rounds):
        begun = perf_counter()
        await one()
        times.append(perf_counter() - begun)
    more = _held("VmHWM") - before
    await database.close()
    return Taken(min(times), more)


def grown(sizes: Sequence[int], taken: Sequence[Mapping[str, float]]) -> None:
    """How the time of each grows with the events."""
    times = sizes[-1] / sizes[0]
    for name, first in taken[0].items():
        is_ = taken[-1][name] / first / times
        said = f"asked {LINEAR:g}  {verdict(is_ <= LINEAR)}"
        print(f"  {name:24} {is_:6.2f} times what {times:g} times the events are  {said}")


def _held(name: str) -> float:
    """MiB, as the system tells it of this process."""
    if not _STATUS.exists():
        return 0.0
    line = next(one for one in _STATUS.read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) / 1024
