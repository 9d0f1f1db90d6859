"""Measuring: the same load on each contestant in turn, round by round."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import median
from typing import Any

from benchmarks import load
from benchmarks.cases import Case
from benchmarks.processes import Server, cpu_milliseconds

WARMING_SECONDS = 1.0
"""Long enough for every connection to have prepared its statement."""


@dataclass
class Measured:
    """One contestant in one case: a figure a round."""

    rates: list[float] = field(default_factory=list)
    """Requests a second."""
    middle: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    """50th and 99th percentile of latency, milliseconds."""
    server_cpu: list[float] = field(default_factory=list)
    database_cpu: list[float] = field(default_factory=list)
    """Processor milliseconds a request."""
    bytes: int = 0
    refused: int = 0

    @property
    def rate(self) -> float:
        return median(self.rates)


Results = Mapping[tuple[str, str], Measured]
"""By case and contestant."""


@dataclass(frozen=True)
class Bench:
    """The servers by contestant, the database's process, and how long and hard to measure."""

    servers: Mapping[str, Server]
    postgres: int
    connections: int
    seconds: float
    rounds: int

    def run(self, cases: Sequence[Case]) -> Results:
        """Every case in every round, the contestants of a case one after another."""
        results = {(case.name, who): Measured() for case in cases for who in case.requests}
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as generator:
            for number in range(self.rounds):
                for case, who in _turns(cases):
                    if number == 0:
                        generator.submit(load.send, self._load(case, who, WARMING_SECONDS)).result()
                    given = self._load(case, who, self.seconds)
                    self._measure(generator, given, self.servers[who], results[case.name, who])
        return results

    def _load(self, case: Case, who: str, seconds: float) -> load.Load:
        requests = case.requests[who]
        at_once = case.connections or self.connections
        return load.Load(self.servers[who].port, requests, at_once, seconds)

    def _measure(
        self, generator: ProcessPoolExecutor, given: load.Load, server: Server, into: Measured
    ) -> None:
        roots = (server.process.pid, self.postgres)
        before = [cpu_milliseconds(pid) for pid in roots]
        served = generator.submit(load.send, given).result()
        after = [cpu_milliseconds(pid) for pid in roots]
        if served.refused:
            raise RuntimeError(f"{served.refused} requests were refused, such as: {served.refusal}")
        number = len(served.latencies)
        into.rates.append(number / served.seconds)
        into.middle.append(served.latencies[number // 2] * 1000)
        into.slowest.append(served.latencies[number * 99 // 100] * 1000)
        into.server_cpu.append((after[0] - before[0]) / number)
        into.database_cpu.append((after[1] - before[1]) / number)
        into.bytes = served.bytes


def _turns(cases: Sequence[Case]) -> Iterator[tuple[Case, str]]:
    return ((case, who) for case in cases for who in case.requests)


def answerable(cases: Sequence[Case], servers: Mapping[str, Server]) -> Iterator[Case]:
    """The cases whose requests are answered, and alike. Says which are not there.

    Raises `RuntimeError` when contestants answer the same question differently.
    """
    for case in cases:
        answers = {
            who: load.answer(servers[who].port, requests[0])
            for who, requests in case.requests.items()
        }
        refused = {
            who: body
            for who, (status, body) in answers.items()
            # GraphQL refuses with 200.
            if status >= 300 or body.startswith('{"errors"')
        }
        if refused:
            print(f"left out, for it is not answered: {case.name}: {refused}"[:500])
            continue
        if case.same and len(answers) > 1:
            first, *others = (_plain(body) for _, body in answers.values())
            if any(other != first for other in others):
                raise RuntimeError(f"{case.name}: the contestants answer differently")
        yield case


def _plain(body: str) -> Any:
    """What a document says, however it spells numbers, instants and the frame of a page."""
    found: Any = json.loads(body.replace('Z"', '+00:00"'))
    return found["items"] if isinstance(found, dict) and "items" in found else found
