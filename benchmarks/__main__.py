"""`python -m benchmarks`: start everything, measure in turn, print, stop everything."""

import argparse
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks import cases, ground, postgraphile, report
from benchmarks.cases import CONVENTIONAL, KEEPING, LIMIT, POSTGRAPHILE, SERVICE
from benchmarks.measuring import Bench, answerable
from benchmarks.processes import pss_mib, serving
from service import roles
from service.embedded import EmbeddedPostgres

# What the command `waypost` is, installed or not.
WAYPOST = [sys.executable, "-c", "import sys; from service.cli import main; sys.exit(main())"]
_SERVE = [*WAYPOST, "serve"]
_UVICORN = [sys.executable, "-m", "uvicorn", "--port", "{port}", "--loop", "uvloop"]
_UVICORN += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
COMMANDS = {
    SERVICE: _SERVE,
    KEEPING: _SERVE,
    LIMIT: [*_UVICORN, "benchmarks.limit:app"],
    CONVENTIONAL: [*_UVICORN, "benchmarks.conventional.app:app"],
}
NOTHING_KEPT = {"WAYPOST_HOT_DOCUMENTS": "0"}
STARTS = 5


def main() -> int:
    """Measure and print; the exit code says only whether everything could be measured."""
    return ground.measured(_parser(), _measured)


def _measured(given: argparse.Namespace, home: Path, postgres: EmbeddedPostgres) -> None:
    print("making the database, its workspaces and maps …", flush=True)
    tenants = ground.made(postgres.url, given.workspaces)
    environment = {
        # As where it is installed: compiled once, whatever the surroundings say.
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
        "WAYPOST_DATABASE_URL": ground.entry(postgres.url, roles.APP),
        "WAYPOST_OWNER_DATABASE_URL": ground.entry(postgres.url, roles.OWNER),
    }

    def given_to(name: str) -> Mapping[str, str]:
        return environment | NOTHING_KEPT if name == SERVICE else environment

    # By a process of its own: what it takes to write everything is no part of what is measured.
    with serving(_SERVE, environment, home / "filling.log") as filling:
        on = ground.filled(postgres.url, tenants, filling.port)
    with ExitStack() as stack:
        commands = dict(COMMANDS)
        if other := postgraphile.command():
            commands[POSTGRAPHILE] = [*other]
        servers = {
            name: stack.enter_context(serving(command, given_to(name), home / f"{name}.log"))
            for name, command in commands.items()
        }
        every = (*cases.reads(on), *cases.writes(on))
        known = [case.among(servers) for case in every if _wanted(case, given)]
        asked = list(answerable(known, servers))
        pid = int((postgres.data / "postmaster.pid").read_text().split()[0])
        bench = Bench(servers, pid, given.connections, given.seconds, given.rounds)
        print(_conditions(given, postgres), flush=True)
        results = bench.run(asked)
        pss = pss_mib(servers[SERVICE].process.pid)
    starts = [_start(environment, home) for _ in range(STARTS)]
    for text in (
        report.table(asked, results),
        report.ratios(asked, results),
        report.times(asked, results),
        report.standing(starts, pss),
    ):
        print(f"\n{text}")


def _wanted(case: cases.Case, given: argparse.Namespace) -> bool:
    return not given.only or any(part in case.name for part in given.only.split(","))


def _conditions(given: argparse.Namespace, postgres: EmbeddedPostgres) -> str:
    return (
        f"PostgreSQL {postgres.major} (fsync on), {given.connections} connections, "
        f"{given.workspaces} workspaces, {given.rounds} rounds of {given.seconds:g} s; "
        "each figure is the median over the rounds, CPU is per request"
    )


def _start(environment: Mapping[str, str], home: Path) -> tuple[float, float]:
    """Seconds until a new process takes a connection, and until it has answered a request."""
    with serving(_SERVE, environment, home / "start.log") as server:
        return server.accepted_in, server.answered_in


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--workspaces", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each case in each round")
    parser.add_argument("--only", help="cases whose names hold one of these, comma between")
    return parser


if __name__ == "__main__":
    sys.exit(main())
