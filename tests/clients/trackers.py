"""Other people's clients of the tracking protocol, told what to send."""

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from tests.clients import browser, node
from tests.clients.python import python_with

SOURCES = Path(__file__).with_name("trackers")
PYTHON = {
    "segment-analytics-python": "segment",
    "rudder-sdk-python": "rudder",
    "analytics-python": "analytics",
}
NODE = ("@segment/analytics-node", "@rudderstack/rudder-sdk-node")
BROWSER = "@segment/analytics-next"
NAMES = (*PYTHON, *NODE, BROWSER)
Json = dict[str, Any]


class Tracker(Protocol):
    """A client that runs."""

    async def send(self, messages: Sequence[Json]) -> None:
        """Hand it messages, which it sends when it thinks fit."""

    async def end(self) -> None:
        """No more comes. Returns when it has sent all; fails where it gave something up."""


class Program:
    """A client in a process, which reads messages from its input."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def send(self, messages: Sequence[Json]) -> None:
        """Hand it messages."""
        assert self._process.stdin
        self._process.stdin.writelines(json.dumps(one).encode() + b"\n" for one in messages)
        await self._process.stdin.drain()

    async def end(self) -> None:
        """Wait for its end."""
        said, complaints = await self._process.communicate(b"")
        assert self._process.returncode == 0, (said, complaints)


class Visit:
    """A client on a page in a browser."""

    def __init__(self, page: browser.Page) -> None:
        self._page = page

    async def send(self, messages: Sequence[Json]) -> None:
        """Hand it messages."""
        await asyncio.to_thread(self._page.evaluate, f"send({json.dumps(messages)})")

    async def end(self) -> None:
        """Nothing: a page stays open, and tries again for as long."""


@asynccontextmanager
async def program(*command: str | Path) -> AsyncIterator[Program]:
    """A client in a process."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def visit(folder: Path, host: str, key: str) -> AsyncIterator[Visit]:
    """A client on a page of another site than the service."""
    pages = partial(_Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), pages) as site, browser.page() as page:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            await asyncio.to_thread(_opened, page, site.server_address[1], host, key)
            yield Visit(page)
        finally:
            site.shutdown()
            thread.join()


def _opened(page: browser.Page, port: int, host: str, key: str) -> None:
    page.open(f"http://127.0.0.1:{port}/page.html")
    page.comes("typeof begin === 'function' && typeof AnalyticsNext === 'object'")
    page.evaluate(f"begin({key!r}, {host.partition('//')[2] + '/v1'!r})")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@asynccontextmanager
async def tracker(name: str, host: str, key: str) -> AsyncIterator[Tracker]:
    """A client by its name in the registry it comes from."""
    if name in PYTHON:
        python = await asyncio.to_thread(python_with, SOURCES / f"{PYTHON[name]}.txt")
        running: Any = program(python, SOURCES / "tracking.py", name, host, key)
    else:
        folder = await asyncio.to_thread(node.project, SOURCES, "trackers")
        if name in NODE:
            run = node.needed(shutil.which("node"), "node")
            running = program(run, folder / "tracking.mjs", name, host, key)
        else:
            node.needed(browser.PROGRAM, "chromium")
            running = visit(folder, host, key)
    async with running as started:
        yield started
