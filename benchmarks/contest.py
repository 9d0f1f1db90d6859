"""A contest of rates: each contestant in turn, round by round, and what the service is of each."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import asyncpg

from benchmarks import ground, load
from benchmarks.__main__ import COMMANDS as SERVED
from benchmarks.cases import CONVENTIONAL, SERVICE
from benchmarks.processes import Server, serving
from benchmarks.report import verdict
from service import roles
from service.domain.tables import SCHEMA
from service.embedded import EmbeddedPostgres

WORKSPACES = 100


def served(
    stack: ExitStack, home: Path, postgres: EmbeddedPostgres, conventional: str
) -> Mapping[str, Server]:
    """The service, and the usual way as an application of its own, until the stack is left."""
    commands = {
        SERVICE: SERVED[SERVICE],
        CONVENTIONAL: [*SERVED[CONVENTIONAL][:-1], conventional],
    }
    return {
        who: stack.enter_context(serving(command, environment(home, postgres), home / f"{who}.log"))
        for who, command in commands.items()
    }


def environment(home: Path, postgres: EmbeddedPostgres) -> Mapping[str, str]:
    """What the service and its worker are told by their surroundings."""
    return {
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
        "WAYPOST_DATABASE_URL": ground.entry(postgres.url, roles.APP),
        "WAYPOST_OWNER_DATABASE_URL": ground.entry(postgres.url, roles.OWNER),
        "WAYPOST_WORKER_DATABASE_URL": ground.entry(postgres.url, roles.WORKER),
        "WAYPOST_ACCESS_LOG": "false",
        "WAYPOST_BLOCKING_KEY": "what identifiers of erased people are hashed with",
    }


def rate(
    server: Server, requests: Sequence[bytes], size: int, connections: int, seconds: float
) -> float:
    """What a server takes a second, of so much a request. Raises `RuntimeError` if it refuses."""
    sent = load.send(load.Load(server.port, requests, connections, seconds))
    if sent.refused:
        raise RuntimeError(f"{sent.refused} requests were refused, such as: {sent.refusal}")
    return len(sent.latencies) * size / sent.seconds


def over_http(
    servers: Mapping[str, Server],
    requests: Callable[[str], Sequence[bytes]],
    size: int,
    connections: int,
    seconds: float,
) -> dict[str, Callable[[], float]]:
    """The servers as contestants, each with requests of its own."""

    def contestant(who: str) -> Callable[[], float]:
        sent = requests(who)
        return lambda: rate(servers[who], sent, size, connections, seconds)

    return {who: contestant(who) for who in servers}


def compare(
    contestants: Mapping[str, Callable[[], float]],
    rounds: int,
    least: Mapping[str, float | None],
    between: Callable[[], None],
) -> None:
    """Measure and print: rates, and the service's as multiples of the others', round by round,
    with the `least` that is asked of it."""
    rates: dict[str, list[float]] = {who: [] for who in contestants}
    for _ in range(rounds):
        for who, measured in contestants.items():
            rates[who].append(measured())
            between()
    for who, found in rates.items():
        print(f"  {who:13} {median(found):9,.0f}  ({min(found):,.0f} to {max(found):,.0f})")
    for who, asked in least.items():
        each = [ours / theirs for ours, theirs in zip(rates[SERVICE], rates[who], strict=True)]
        is_ = median(each)
        judged = "" if asked is None else f"  asked {asked:g}  {verdict(is_ >= asked)}"
        print(f"  service / {who:13} {is_:6.2f}{judged}")


async def copied(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[object]
) -> None:
    """Rows put into a table of ours by COPY."""
    await connection.copy_records_to_table(table, schema_name=SCHEMA, columns=columns, records=rows)
