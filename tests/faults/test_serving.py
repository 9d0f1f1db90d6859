"""`waypost serve` as a process: what it prints, how it stops, what a kill costs."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from service.settings import Settings

Start = Callable[..., "Service"]


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


@pytest.fixture
def start(empty_home: Path) -> Iterator[Start]:
    """Starts a service on an empty home; an embedded one if no database URL is given."""
    started: list[Service] = []

    def begin(**environment: str) -> Service:
        ours = {"WAYPOST_HOME": str(empty_home), "WAYPOST_PORT": "0", **environment}
        started.append(Service(**ours))
        return started[-1]

    yield begin
    for service in started:
        if service.process.poll() is None:
            service.process.kill()
        service.process.communicate()


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


def printed_urls(welcome: str) -> list[str]:
    return re.findall(r"http://\S+", welcome)


def test_it_prints_what_opens_and_a_kill_loses_nothing_that_was_answered(
    start: Start, empty_home: Path
) -> None:
    service = start()
    welcome = service.welcome()
    at, docs, _, curve, call = printed_urls(welcome)
    key = (empty_home / "dev-key").read_text().strip()
    assert key in welcome
    assert asked(docs)[0] == 200
    status, svg = asked(curve)
    assert (status, svg[:4]) == (200, b"<svg")
    assert asked(f"{curve}x")[0] == asked(call)[0] == 401
    assert asked(call, key)[0] == 200
    assert asked(f"{at}/v1/profiles", key, {"name": "kept"})[0] == 201
    service.ends(signal.SIGKILL)

    service = start()
    again, *_ = printed_urls(service.welcome())
    assert (empty_home / "dev-key").read_text().strip() == key
    _, profiles = asked(f"{again}/v1/profiles", key)
    assert "kept" in {profile["name"] for profile in msgspec.json.decode(profiles)["items"]}
    assert service.ends(signal.SIGTERM) == (0, "")
    secret = [p for p in empty_home.iterdir() if p.name in {"dev-key", "role-passwords"}]
    assert {p.stat().st_mode & 0o777 for p in secret} == {0o600}


def test_an_interrupt_stops_it_all_and_a_lost_key_is_made_anew_for_all_workers(
    start: Start, empty_home: Path
) -> None:
    service = start()
    service.welcome()
    assert service.ends(signal.SIGINT)[0] == 0
    before = (empty_home / "dev-key").read_text().strip()
    (empty_home / "dev-key").write_text("no key")
    service = start(WAYPOST_WORKERS="2")
    _, *_, call = printed_urls(service.welcome())
    key = (empty_home / "dev-key").read_text().strip()
    assert key != before
    status, journeys = asked(call, key)
    assert (status, len(msgspec.json.decode(journeys)["items"])) == (200, 1)
    assert service.ends(signal.SIGTERM)[0] == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stream_ends_with_its_place_when_the_service_is_told_to_stop(
    start: Start, empty_home: Path, workers: str
) -> None:
    service = start(WAYPOST_WORKERS=workers)
    at, *_ = printed_urls(service.welcome())
    key = (empty_home / "dev-key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
    asking = urllib.request.Request(f"{at}/v1/changes?after=now", headers=headers)  # noqa: S310
    with urllib.request.urlopen(asking, timeout=30) as stream:  # noqa: S310
        assert stream.readline() == b"retry: 2000\n"
        service.process.send_signal(signal.SIGTERM)
        rest = stream.read()
    place = rest.strip().rpartition(b"id: ")[2].decode()
    assert service.ends() == (0, "")
    again = start(WAYPOST_WORKERS=workers)
    at, *_ = printed_urls(again.welcome())
    status, page = asked(f"{at}/v1/changes?after={place}", key)
    assert (status, msgspec.json.decode(page)["items"]) == (200, [])
    assert again.ends(signal.SIGTERM)[0] == 0


def test_on_a_database_of_ones_own_nothing_is_embedded(
    start: Start, settings: Settings, empty_home: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    service = start(WAYPOST_DATABASE_URL=str(settings.database_url), WAYPOST_PORT=str(port))
    while True:
        try:
            status, ready = asked(f"http://127.0.0.1:{port}/readyz")
            break
        except urllib.error.URLError:
            assert service.process.poll() is None, service.ends()[1]
    assert (status, msgspec.json.decode(ready)["status"]) == (200, "ready")
    assert service.ends(signal.SIGTERM)[0] == 0
    assert not list(empty_home.iterdir())


def test_it_refuses_what_is_not_fit_to_serve(start: Start, settings: Settings) -> None:
    owner = start(WAYPOST_DATABASE_URL=str(settings.owner_database_url))
    code, said = owner.ends()
    assert (code, "owns alembic_version" in said) == (1, True)
    image = start(WAYPOST_IN_CONTAINER="1")
    code, said = image.ends()
    assert (code, "WAYPOST_DATABASE_URL is not set" in said) == (1, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = start(WAYPOST_PORT=str(taken.getsockname()[1]))
        code, said = busy.ends()
    assert (code, "Nothing can listen" in said) == (1, True)
    assert "Traceback" not in said
