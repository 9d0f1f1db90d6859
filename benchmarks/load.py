"""The load: a process of its own that keeps connections busy with prepared requests.

Each connection sends its next request when the answer to the last is whole, as HTTP clients that
keep their connections do. Latency is from sending to the last byte.
"""

import asyncio
import itertools
import json
import socket
from collections.abc import Iterator, Sequence
from http.client import HTTPResponse
from time import perf_counter, time_ns
from typing import Any, NamedTuple, cast

import uvloop

SERIAL = b"########"
"""Where this stands in a request, a number goes that no other request of the run has."""

_LENGTH = b"content-length:"
_PATIENCE = 20.0
"""Seconds a connection may take longer than the run for its last answer."""


class Load(NamedTuple):
    """What to send: the requests in turn, over so many connections, for so many seconds."""

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float


class Served(NamedTuple):
    """What came of it. Latencies in seconds, sorted; `refusal` is the first answer that was one."""

    seconds: float
    latencies: Sequence[float]
    bytes: int
    refused: int
    refusal: str


def request(method: str, target: str, key: str | None = None, body: Any = None) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if key is not None:
        lines.append(f"Authorization: Bearer {key}")
    content = b"" if body is None else json.dumps(body).encode()
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def send(load: Load) -> Served:
    """Send it and wait until it is answered."""
    return uvloop.run(_sent(load))


def answer(port: int, sent: bytes) -> tuple[int, str]:
    """One request's status and body."""
    with socket.create_connection(("127.0.0.1", port), _PATIENCE) as connection:
        connection.sendall(sent.replace(SERIAL, b"0" * len(SERIAL)))
        response = HTTPResponse(connection)
        response.begin()
        return response.status, response.read().decode()


async def _sent(load: Load) -> Served:
    tally = _Tally(load)
    loop = asyncio.get_running_loop()
    pairs = [
        await loop.create_connection(lambda: _Connection(tally), "127.0.0.1", load.port)
        for _ in range(load.connections)
    ]
    begun = perf_counter()
    tally.until = begun + load.seconds
    for _, connection in pairs:
        connection.send()
    await asyncio.wait_for(
        asyncio.gather(*(connection.done for _, connection in pairs)), load.seconds + _PATIENCE
    )
    elapsed = perf_counter() - begun
    for transport, _ in pairs:
        transport.close()
    answers = len(tally.latencies)
    mean = tally.bytes // max(answers, 1)
    return Served(elapsed, sorted(tally.latencies), mean, tally.refused, tally.refusal)


class _Tally:
    """What all connections share."""

    def __init__(self, load: Load) -> None:
        self.requests: Iterator[bytes] = itertools.cycle(load.requests)
        # No load sends what an earlier one sent: to find a free name would be another case.
        self.serials = itertools.count(time_ns() // 100_000)
        self.until = 0.0
        self.latencies: list[float] = []
        self.bytes = 0
        self.refused = 0
        self.refusal = ""

    def next(self) -> bytes:
        sent = next(self.requests)
        if SERIAL in sent:
            return sent.replace(SERIAL, b"%08d" % (next(self.serials) % 10**8))
        return sent


class _Connection(asyncio.Protocol):
    """One connection that is kept alive."""

    def __init__(self, tally: _Tally) -> None:
        self.tally = tally
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begun = 0.0
        self.head = b""
        self.missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def send(self) -> None:
        self.begun = perf_counter()
        self.transport.write(self.tally.next())

    def data_received(self, data: bytes) -> None:
        if self.missing == 0:
            data = self.head + data
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.head = data
                return
            self.head = b""
            self.missing = self._expected(data, end)
        self.missing -= len(data)
        if self.missing == 0:
            self._answered()

    def _expected(self, data: bytes, end: int) -> int:
        """The answer's length with its head."""
        head = data[:end].lower()
        at = head.find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].partition(b"\r\n")[0]) if at >= 0 else 0
        self.tally.bytes += length
        if not head.startswith(b"http/1.1 2"):
            self.tally.refused += 1
            self.tally.refusal = self.tally.refusal or data[:1000].decode(errors="replace")
        return end + 4 + length

    def _answered(self) -> None:
        now = perf_counter()
        self.tally.latencies.append(now - self.begun)
        if now < self.tally.until:
            self.send()
        else:
            self.done.set_result(None)
