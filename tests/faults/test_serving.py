"""`waypost serve` as a process: what it prints, how it stops, what a kill costs."""

import asyncio
import re
import signal
import socket
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from service import deployment, migrating, sample, serving
from service.domain import access
from service.domain.reading import Document
from service.domain.work import OPERATORS, Work
from service.roles import APP, OWNER
from service.settings import Settings
from tests.conftest import url_of
from tests.listening import PROTOCOL
from tests.make import journey
from tests.processes import Service, answered, asked, free_port

Start = Callable[..., Service]
SAMPLED = sum(len(sample.told(story).get("journeys", ())) for story in sample.STORIES)
"""The sample's maps: loaded at the first start, and at no other."""
ORDERS = {"binding": "Order Completed", "limit": 1}
"""What the sample's people did counts once, however often it is taken in."""
NEXT_SCHEMA = """
ALTER TABLE waypost.journeys ADD COLUMN of_the_next_release text;
CREATE TABLE waypost.of_the_next_release (n int);
UPDATE waypost.alembic_version SET version_num = '9999'
"""
"""What a release's first migration may do: add."""

FOUND = {"gap", "alert_firing"}


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


async def founded(work: Work) -> Document:
    """A workspace of one's own."""
    return await access.WORKSPACES.create(work, access.NewWorkspace(name="Rolled"))


def subscribed(socket: ClientConnection, key: str) -> str:
    """Subscribe to alerts; the place of the first event."""
    query = "subscription { alertsChanged { cursor } }"
    for message in (
        {"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}},
        {"type": "subscribe", "id": "a", "payload": {"query": query}},
    ):
        socket.send(msgspec.json.encode(message).decode())
    assert msgspec.json.decode(socket.recv()) == {"type": "connection_ack"}
    event = msgspec.json.decode(socket.recv())["payload"]["data"]["alertsChanged"]
    cursor: str = event["cursor"]
    return cursor


def printed_urls(welcome: str) -> list[str]:
    return re.findall(r"http://\S+", welcome)


def test_it_prints_what_opens_and_a_kill_loses_nothing_that_was_answered(
    start: Start, empty_home: Path
) -> None:
    service = start()
    welcome = service.welcome()
    at, docs, _, drawn, call = printed_urls(welcome)
    key = (empty_home / "dev-key").read_text().strip()
    assert key in welcome
    assert asked(docs)[0] == 200
    status, page = asked(drawn)
    assert (status, page[:14]) == (200, b"<!doctype html")
    assert asked(f"{drawn}x")[0] == asked(call)[0] == 401
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
    at, *_ = printed_urls(service.welcome())
    before = (empty_home / "dev-key").read_text().strip()
    did = asked(f"{at}/v1/bindings/preview", before, ORDERS)
    assert service.ends(signal.SIGINT)[0] == 0
    (empty_home / "dev-key").write_text("no key")
    service = start(WAYPOST_WORKERS="2")
    at, *_, call = printed_urls(service.welcome())
    key = (empty_home / "dev-key").read_text().strip()
    assert key != before
    status, journeys = asked(call, key)
    assert (status, len(msgspec.json.decode(journeys)["items"])) == (200, SAMPLED)
    assert asked(f"{at}/v1/bindings/preview", key, ORDERS) == did
    assert msgspec.json.decode(did[1])["events"] > 0
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
    with (
        urllib.request.urlopen(asking, timeout=30) as stream,  # noqa: S310
        connect(f"{at.replace('http', 'ws')}/graphql", subprotocols=[PROTOCOL]) as socket,
    ):
        assert stream.readline() == b"retry: 2000\n"
        first = subscribed(socket, key)
        service.process.send_signal(signal.SIGTERM)
        rest = stream.read()
        error = msgspec.json.decode(socket.recv())["payload"][0]["extensions"]
        assert (error["code"], error["cursor"]) == ("UNAVAILABLE", first)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    place = rest.strip().rpartition(b"id: ")[2].decode()
    assert service.ends() == (0, "")
    again = start(WAYPOST_WORKERS=workers)
    at, *_ = printed_urls(again.welcome())
    status, page = asked(f"{at}/v1/changes?after={place}", key)
    # What the worker finds of itself comes when it comes.
    of_people = [one for one in msgspec.json.decode(page)["items"] if one["kind"] not in FOUND]
    assert (status, of_people) == (200, [])
    assert again.ends(signal.SIGTERM)[0] == 0


def test_the_system_drops_whoever_takes_nothing_of_what_was_sent() -> None:
    with serving.listening(Settings(port=0, stream_stalled=20)) as listener:
        caller = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        with caller, accepted:
            found = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert found == 50_000


def test_on_a_database_of_ones_own_nothing_is_embedded(
    start: Start, settings: Settings, empty_home: Path
) -> None:
    port = free_port()
    service = start(WAYPOST_DATABASE_URL=str(settings.database_url), WAYPOST_PORT=str(port))
    status, ready = answered(service, f"http://127.0.0.1:{port}/readyz")
    assert (status, msgspec.json.decode(ready)["status"]) == (200, "ready")
    assert service.ends(signal.SIGTERM)[0] == 0
    assert not list(empty_home.iterdir())


async def test_an_older_schema_is_waited_for_and_a_newer_one_is_served(
    start: Start, postgres_url: str, make_database: Callable[[str], Awaitable[None]]
) -> None:
    """A release runs on its own schema and the next; both directions of an upgrade, as it goes."""
    await make_database("waypost_rolled")
    owner_url = url_of(postgres_url, OWNER, "waypost_rolled")
    await asyncio.to_thread(migrating.upgrade, owner_url, "0003")
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    app_url = url_of(postgres_url, APP, "waypost_rolled")
    service = start(WAYPOST_DATABASE_URL=app_url, WAYPOST_PORT=str(port))

    status, said = answered(service, f"{at}/readyz")
    assert (status, b"The schema is at 0003" in said) == (503, True)
    assert asked(f"{at}/healthz")[0] == 200
    await asyncio.to_thread(migrating.upgrade, owner_url)
    assert asked(f"{at}/readyz")[0] == 200  # without a new start

    owner = await asyncpg.connect(owner_url)
    await owner.execute(NEXT_SCHEMA)
    await owner.close()
    made = (await deployment.acted(Settings(database_url=app_url), OPERATORS, founded)).json
    key = msgspec.json.decode(made)["key"]
    status, ready = asked(f"{at}/readyz")
    assert (status, msgspec.json.decode(ready)["schema"]) == (200, "9999")
    assert asked(f"{at}/v1/journeys", key, journey())[0] == 201
    code, said_at_start = service.ends(signal.SIGTERM)
    assert (code, "run `waypost migrate`" in said_at_start) == (0, True)

    again = start(WAYPOST_DATABASE_URL=app_url, WAYPOST_PORT=str(port))
    assert answered(again, f"{at}/readyz")[0] == 200
    assert asked(f"{at}/v1/journeys", key)[0] == 200
    assert again.ends(signal.SIGTERM) == (0, "")


def test_it_refuses_what_is_not_fit_to_serve(start: Start, settings: Settings) -> None:
    owner = start(WAYPOST_DATABASE_URL=str(settings.owner_database_url))
    code, said = owner.ends()
    assert (code, "owns accounts" in said) == (1, True)
    worker = start(WAYPOST_DATABASE_URL=str(settings.worker_database_url))
    code, said = worker.ends()
    assert (code, "waypost_worker sees every tenant's rows of outbox" in said) == (1, True)
    image = start(WAYPOST_IN_CONTAINER="1")
    code, said = image.ends()
    assert (code, "WAYPOST_DATABASE_URL is not set" in said) == (1, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = start(WAYPOST_PORT=str(taken.getsockname()[1]))
        code, said = busy.ends()
    assert (code, "Nothing can listen" in said) == (1, True)
    assert "Traceback" not in said
