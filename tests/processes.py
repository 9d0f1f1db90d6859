"""The service as a process of its own: started, asked, stopped, killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import suppress
from random import randrange
from typing import IO, Any

import httpx
import msgspec


class Service:
    """A service in a process of its own."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "serve"],
            env={**os.environ, "WAYPOST_ACCESS_LOG": "0", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def welcome(self) -> str:
        """What it prints until it answers."""
        assert self.process.stdout
        printed = ""
        while "curl" not in printed:
            line = self.process.stdout.readline()
            assert line, self.process.communicate()[1]
            printed += line
        return printed

    def ends(self, number: int | None = None) -> tuple[int, str]:
        """Its exit code and complaints, after a signal if one is given."""
        if number is not None:
            self.process.send_signal(number)
        complaints = self.process.communicate(timeout=60)[1]
        return self.process.returncode, complaints


class Standing:
    """A service on a port that stays the same, however often it is killed and started again."""

    def __init__(self, database_url: str, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ours = {"WAYPOST_DATABASE_URL": database_url, "WAYPOST_PORT": str(self.port)}
        self._environment = {**os.environ, "WAYPOST_ACCESS_LOG": "0", **ours, **environment}
        self._said: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process: subprocess.Popen[str] | None = None

    async def start(self) -> None:
        """Returns once it answers that it is ready."""
        self._begin()
        assert self._process
        async with httpx.AsyncClient() as asking:
            while not await _is_ready(asking, self.url):
                assert self._process.poll() is None, self.said()
                await asyncio.sleep(0.02)

    def _begin(self) -> None:
        command = [sys.executable, "-m", "service.cli", "serve"]
        self._process = subprocess.Popen(
            command, env=self._environment, stdout=self._said, stderr=self._said, text=True
        )

    def kill(self) -> None:
        """As when the machine takes it away: it can do nothing about it."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    async def __aenter__(self) -> "Standing":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """The end, in order where it still runs; it must never have met a defect of its own."""
        assert self._process
        if self._process.poll() is None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, 60)
        self._said.seek(0)
        with self._said as said:
            defects = [line for line in said if "Traceback" in line or "request_failed" in line]
        assert not defects, defects

    def said(self) -> str:
        """All that it printed."""
        self._said.seek(0)
        return self._said.read()


async def _is_ready(asking: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await asking.get(f"{url}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def asked(url: str, key: str = "", body: Any = None) -> tuple[int, bytes]:
    """The answer of a running service, as a browser or a script would see it."""
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = None if body is None else msgspec.json.encode(body)
    try:
        with urllib.request.urlopen(  # noqa: S310
            urllib.request.Request(url, data, headers),  # noqa: S310
            timeout=30,
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def answered(service: Service, url: str) -> tuple[int, bytes]:
    """The first answer of a service that is starting."""
    while True:
        try:
            return asked(url)
        except urllib.error.URLError:
            assert service.process.poll() is None, service.ends()[1]


def free_port() -> int:
    """One that nobody listens on, and that the system gives to no caller while nobody does."""
    while True:
        with (
            suppress(OSError),
            socket.create_server(("127.0.0.1", randrange(15_000, 32_000))) as it,
        ):
            port: int = it.getsockname()[1]
            return port
