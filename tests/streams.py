"""A caller who takes an answer chunk by chunk, as slowly as it likes, and may leave midway."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.types import Message

from tests.make import Client

NDJSON = "application/x-ndjson"
EVENTS = "text/event-stream"


class Event(NamedTuple):
    """A server-sent event; without data, a place alone."""

    id: str
    data: dict[str, Any] | None


class Taker:
    """One request, sent to the application itself: what it sends waits until it is taken."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.over = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = False
        self._asked = False
        self._rest = b""

    async def receive(self) -> Message:
        """The request has no body; then its caller stays until it leaves."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Wait until it is taken; to somebody who has left, nothing is sent."""
        taken = asyncio.create_task(self._taken(message))
        left = asyncio.create_task(self.gone.wait())
        try:
            await asyncio.wait((taken, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            taken.cancel()
            left.cancel()

    async def _taken(self, message: Message) -> None:
        await self.sent.put(message)
        await self.sent.join()

    async def begin(self) -> None:
        """Take the status and headers, and nothing of the body."""
        self._began(await self.sent.get())
        self.sent.task_done()

    def _began(self, message: Message) -> None:
        self.status = message["status"]
        self.headers = {n.decode(): v.decode() for n, v in message["headers"]}

    async def chunk(self) -> bytes:
        """The next chunk; empty at the end, whether it is one or the answer was broken off."""
        while True:
            message = await self.sent.get()
            self.sent.task_done()
            if message["type"] == "broken":
                return b""
            if message["type"] == "http.response.start":
                self._began(message)
                continue
            if not message.get("more_body"):
                self.ended = True
            if message["body"] or self.ended:
                return bytes(message["body"])

    async def lines(self) -> AsyncIterator[str]:
        """The answer line by line."""
        while chunk := await self.chunk():
            *whole, self._rest = (self._rest + chunk).split(b"\n")
            for line in whole:
                yield line.decode()

    async def documents(self) -> list[dict[str, Any]]:
        """Every line as JSON."""
        return [json.loads(line) async for line in self.lines()]

    async def events(self) -> AsyncIterator[Event]:
        """The events of a stream, and the places told without one."""
        place, data = "", None
        async for line in self.lines():
            name, _, value = line.partition(": ")
            if name == "id":
                place = value
            elif name == "data":
                data = json.loads(value)
            elif not line and place:
                yield Event(place, data)
                place, data = "", None


@asynccontextmanager
async def taking(
    app: FastAPI, client: Client, path: str, accept: str = NDJSON, **query: Any
) -> AsyncIterator[Taker]:
    """Call a path; at the end of the block, whoever is still there leaves."""
    taker = Taker()
    headers = {"authorization": client.headers["authorization"], "accept": accept}
    last = query.pop("last_event_id", None)
    if last is not None:
        headers["last-event-id"] = last
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(query).encode(),
        "root_path": "",
        "headers": [(n.encode(), v.encode()) for n, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("waypost", 80),
    }

    async def call() -> None:
        await app(scope, taker.receive, taker.send)
        taker.sent.put_nowait({"type": "broken"})
        taker.over.set()

    calling = asyncio.create_task(call())
    try:
        yield taker
    finally:
        taker.gone.set()
        await calling
