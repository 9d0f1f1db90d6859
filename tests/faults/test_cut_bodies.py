"""Connections cut in mid-body: nothing of half a batch is stored, and of a file whole lines alone.

Twenty times in each way, or as often as `WAYPOST_TEST_ROUNDS` says; what was counted is printed.
"""

import asyncio
import gzip
import json
import os
import socket
import struct
from collections.abc import Callable
from random import Random
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import Served
from tests.faults.numbered import PATIENCE

ROUNDS = int(os.environ.get("WAYPOST_TEST_ROUNDS", "20"))
RESET = struct.pack("ii", 1, 0)
"""What makes the end of a connection a reset, for nothing of it is waited for."""
LINES = 4_500
"""Of a file: more than two slices."""


def chunked(body: bytes) -> bytes:
    """A body in chunks of any size."""
    chance, sent, at = Random(len(body)), b"", 0
    while at < len(body):
        piece = body[at : at + chance.randint(1, 3_000)]
        sent, at = sent + b"%x\r\n%s\r\n" % (len(piece), piece), at + len(piece)
    return sent + b"0\r\n\r\n"


def messages(name: str, number: int) -> list[dict[str, object]]:
    return [
        {"type": "track", "messageId": f"{name}-{n}", "userId": "u", "event": "Sent"}
        for n in range(number)
    ]


def batch(name: str) -> bytes:
    return json.dumps({"batch": messages(name, 60)}).encode()


def lines(name: str) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in messages(name, LINES))


def whole(body: bytes) -> tuple[dict[str, str], bytes]:
    return {"Content-Length": str(len(body))}, body


def in_chunks(body: bytes) -> tuple[dict[str, str], bytes]:
    return {"Transfer-Encoding": "chunked"}, chunked(body)


def zipped(body: bytes) -> tuple[dict[str, str], bytes]:
    headers, sent = whole(gzip.compress(body))
    return {**headers, "Content-Encoding": "gzip"}, sent


def zipped_in_chunks(body: bytes) -> tuple[dict[str, str], bytes]:
    headers, sent = in_chunks(gzip.compress(body))
    return {**headers, "Content-Encoding": "gzip"}, sent


WAYS = {
    "whole": ("/v1/batch", batch, whole),
    "chunked": ("/v1/batch", batch, in_chunks),
    "gzip": ("/v1/batch", batch, zipped),
    "gzip chunked": ("/v1/batch", batch, zipped_in_chunks),
    "lines": ("/v1/events", lines, whole),
    "lines chunked": ("/v1/events", lines, in_chunks),
    "lines gzip": ("/v1/events", lines, zipped),
}


def cut(url: str, head: bytes, body: bytes, chance: Random) -> None:
    """Send a part of a body, and no more: the connection is closed, or reset."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(head + body[: chance.randrange(1, len(body) - 1)])
        if chance.random() < 0.5:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


class Cutting:
    """Bodies that are cut, and some of them sent again as a whole."""

    def __init__(self, served: Served, key: str, way: str) -> None:
        self.way = way
        self.path, self.body, self.framed = WAYS[way]
        self.chance = Random(way)
        self.again: set[str] = set()
        self._url, self._key = served.url, key
        headers = {"Authorization": f"Bearer {key}"}
        self.client = httpx.AsyncClient(base_url=served.url, headers=headers, timeout=60)

    async def round(self, name: str) -> None:
        """Cut one; every other one is sent again."""
        more, body = self.framed(self.body(name))
        told = {"Host": "waypost", "Authorization": f"Bearer {self._key}", **more}
        head = "".join(f"{n}: {value}\r\n" for n, value in told.items())
        first = f"POST {self.path} HTTP/1.1\r\n{head}\r\n".encode()
        await asyncio.to_thread(cut, self._url, first, body, self.chance)
        if self.chance.random() < 0.5:
            answer = await self.client.post(self.path, content=self.body(name))
            assert answer.status_code == 200, answer.text
            self.again.add(name)

    async def ended(self) -> None:
        """Until nothing is being answered any more but this question."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if "waypost_requests_in_flight 1.0" in (await self.client.get("/metrics")).text:
                    return
                await asyncio.sleep(0.02)

    async def stored(self) -> list[str]:
        """The ids of all messages that are there."""
        headers = {"Accept": "application/x-ndjson"}
        *found, _ = (await self.client.get("/v1/events", headers=headers)).text.splitlines()
        return [json.loads(line)["message_id"] for line in found]


@pytest.mark.parametrize("way", WAYS)
async def test_a_cut_body_is_stored_at_most_once_and_whole_or_by_whole_lines(
    served: Served, key: str, way: str, record_property: Callable[[str, object], None]
) -> None:
    cutting = Cutting(served, key, way)
    async with cutting.client as client:
        for n in range(ROUNDS):
            await cutting.round(f"r{n}")
        await cutting.ended()
        stored = await cutting.stored()
        assert (await client.get("/v1/quarantine")).json()["items"] == []
    assert len(set(stored)) == len(stored)
    number = LINES if cutting.path == "/v1/events" else 60
    acknowledged = {f"{name}-{n}" for name in cutting.again for n in range(number)}
    assert acknowledged <= set(stored)
    rest = len(stored) - len(acknowledged)
    if cutting.path == "/v1/batch":
        assert rest == 0
    record_property(
        "counted",
        f"{ROUNDS} bodies cut ({way}): {ROUNDS * number} events, {len(acknowledged)} sent again, "
        f"acknowledged and there once, {rest} others there",
    )
