"""The protocol graphql-transport-ws: who is let in, what is no message, and how it ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from service.api.graphql import sockets
from service.settings import Settings
from tests.faces.asking import a_map
from tests.listening import connected, entered
from tests.make import Client, journey
from tests.served import Served, serving

GAPS = "subscription { gapsChanged { cursor } }"
JOURNEY = """subscription ($id: ID!) { journeyChanged(id: $id) {
  cursor journey { title stages { steps { action } } } } }"""


@pytest.fixture(scope="module")
def quick(settings: Settings) -> Iterator[Served]:
    """The service, looking for changes often, with few places."""
    few = {"streams_per_key": 2, "streams_per_workspace": 3, "streams": 4}
    with serving(replace(settings, stream_poll=0.05, **few)) as found:
        yield found


async def emptied(served: Served) -> None:
    """Wait until nobody listens any more."""
    async with asyncio.timeout(30):
        while served.app.state.streams._open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_the_key_may_stand_in_the_header_or_in_the_first_message(
    quick: Served, key: str
) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with connected(quick, additional_headers=headers) as listener:
        assert await listener.enter() == {"type": "connection_ack"}
        await listener.subscribe("a", GAPS)
        assert await listener.next("a")
    # What is said counts more than what was sent.
    async with connected(quick, additional_headers={"Authorization": "Bearer none"}) as listener:
        assert await listener.enter(key) == {"type": "connection_ack"}
    async with connected(quick, additional_headers=headers) as listener:
        await listener.say("connection_init", payload={"authorization": "Bearer none"})
        assert await listener.closed() == (4403, "Forbidden")


@pytest.mark.parametrize(
    "payload",
    [None, {}, {"authorization": "Bearer x"}, {"authorization": 7}, {"authorization": "\ud800"}],
    ids=["none", "empty", "wrong", "number", "half"],
)
async def test_whoever_has_no_key_is_sent_away(quick: Served, payload: Any) -> None:
    async with connected(quick) as listener:
        await listener.say("connection_init", payload=payload)
        code, _ = await listener.closed()
        assert code in {4400, 4403}


async def test_the_person_of_the_first_message_counts(
    client: Client, quick: Served, key: str
) -> None:
    comment = """mutation ($input: CommentInput!) { createComment(input: $input) {
      comment { person } userErrors { message } } }"""
    made = await a_map(client)
    async with entered(quick, key, **{"Waypost-Actor": "Zoë <z@example.org>"}) as listener:
        about = {"text": "Hm", "target": {"kind": "journey", "id": made["id"]}}
        await listener.subscribe("a", comment, input=about)
        written = await listener.next("a")
        assert written["comment"] == {"person": "Zoë <z@example.org>"}, written
    async with connected(quick) as listener:
        await listener.say(
            "connection_init", payload={"authorization": f"Bearer {key}", "waypost-actor": "a\nb"}
        )
        code, reason = await listener.closed()
        assert (code, str(reason)[:13]) == (4400, "Waypost-Actor")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", 4400),
        ("[]", 4400),
        ("null", 4400),
        ('"connection_init"', 4400),
        ('{"type": 7}', 4400),
        ('{"type": "start"}', 4400),
        ('{"id": "a"}', 4400),
        ("[" * 100_000, 4400),
        (b"{}", 4400),
        ('{"type": "connection_init"}', 4429),
        ('{"type": "subscribe"}', 4400),
        ('{"type": "subscribe", "id": "a"}', 4400),
        ('{"type": "subscribe", "id": "a", "payload": {}}', 4400),
        ('{"type": "subscribe", "id": "a", "payload": {"query": 7}}', 4400),
        ('{"type": "subscribe", "payload": {"query": "{ __typename }"}}', 4400),
        (f'{{"type": "subscribe", "id": "{"a" * 200}"}}', 4400),
        (f'{{"type": "ping", "payload": "{"a" * 300_000}"}}', 1009),
    ],
    ids=[
        *("brace", "list", "null", "text", "number", "unknown", "typeless", "deep", "binary"),
        *("twice", "idless", "payloadless", "empty", "no-query", "no-id", "long-id", "large"),
    ],
)
async def test_what_is_no_message_closes_the_connection(
    quick: Served, key: str, said: str | bytes, code: int
) -> None:
    async with entered(quick, key) as listener:
        await listener.connection.send(said)
        found, reason = await listener.closed()
        assert found == code
        assert reason or code == 1009


async def test_nothing_is_run_for_whoever_has_not_said_who_they_are(quick: Served) -> None:
    async with connected(quick) as listener:
        await listener.say("ping")
        assert await listener.hear() == {"type": "pong"}
        await listener.say("pong")
        await listener.subscribe("a", "{ __typename }")
        assert await listener.closed() == (4401, "Unauthorized")


async def test_whoever_says_nothing_is_sent_away(
    quick: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "PATIENCE", 0.1)
    async with connected(quick) as listener:
        assert await listener.closed() == (4408, "Connection initialisation timeout")


async def test_another_protocol_or_path_is_none(quick: Served) -> None:
    for protocols in (["graphql-ws"], None):
        async with connected(quick, subprotocols=protocols) as listener:
            code, reason = await listener.closed()
            assert (code, str(reason)[:11]) == (4406, "Subprotocol")
    with pytest.raises(InvalidStatus):
        async with connect(f"{quick.socket}/other"):
            pass
    with pytest.raises(InvalidStatus):
        async with connect(quick.socket.replace("/graphql", "/v1/journeys")):
            pass


async def test_an_id_is_of_one_operation_at_a_time(quick: Served, key: str) -> None:
    async with entered(quick, key) as listener:
        for _ in range(3):
            await listener.subscribe("a", GAPS)
            await listener.next("a")
            await listener.say("complete", id="a")
        await listener.say("complete", id="nobody's")
        await listener.subscribe("a", GAPS)
        await listener.next("a")
        await listener.subscribe("a", GAPS)
        assert await listener.closed() == (4409, "Subscriber for a already exists")


async def test_a_connection_runs_so_many_operations(served: Served, key: str) -> None:
    async with entered(served, key) as listener:
        for n in range(sockets.MOST):
            await listener.subscribe(str(n), GAPS)
            await listener.next(str(n))
        await listener.subscribe("more", GAPS)
        error = await listener.error("more")
        assert error["extensions"]["code"] == "TOO_MANY"
        await listener.say("complete", id="3")
        await listener.subscribe("more", GAPS)
        assert await listener.next("more")


async def refused(served: Served, key: str) -> str:
    """Why nobody more is let in."""
    async with connected(served) as listener:
        await listener.say("connection_init", payload={"authorization": f"Bearer {key}"})
        code, reason = await listener.closed()
        assert code == 1013
        return str(reason)


async def test_there_are_so_many_connections(
    client: Client, stranger: Client, quick: Served, key: str
) -> None:
    others = [
        (await client.made("/v1/api-keys", {"name": f"{n}", "scopes": ["maps:read"]}))["key"]
        for n in range(2)
    ]
    elsewhere = stranger.headers["authorization"][7:]

    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(entered(quick, key))
        assert (await refused(quick, key)).startswith("too_many_streams: This key")
        await stack.enter_async_context(entered(quick, others[0]))
        assert (await refused(quick, others[1])).startswith("too_many_streams: This workspace")
        await stack.enter_async_context(entered(quick, elsewhere))
        assert (await refused(quick, elsewhere)).startswith("unavailable")
    # Those that have left are counted no more.
    await emptied(quick)
    async with entered(quick, key):
        pass


async def test_so_many_may_wait_who_have_not_said_who_they_are(
    quick: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HURRIED", 60)
    async with AsyncExitStack() as stack:
        for _ in range(4):
            listener = await stack.enter_async_context(connected(quick))
            await listener.say("ping")
            await listener.hear()
        async with connected(quick) as listener:
            code, reason = await listener.closed()
            assert (code, str(reason)[:11]) == (1013, "unavailable")


async def test_a_key_that_is_revoked_ends_what_it_opened(client: Client, quick: Served) -> None:
    made = await client.made("/v1/api-keys", {"name": "Short", "scopes": ["maps:read"]})
    async with entered(quick, made["key"]) as listener:
        await listener.subscribe("a", GAPS)
        cursor = (await listener.next("a"))["cursor"]
        assert (await client.delete(f"/v1/api-keys/{made['id']}")).status_code == 204
        error = await listener.error("a")
        assert error["extensions"]["code"] == "UNAUTHENTICATED"
        assert error["path"] == ["gapsChanged"]
        assert len(error["extensions"]["cursor"]) == len(cursor)
        assert await listener.closed() == (4401, "Unauthorized")


@pytest.fixture
async def impatient(settings: Settings) -> AsyncIterator[Served]:
    """The service, waiting for nobody."""
    with serving(replace(settings, stream_poll=0.05, stream_stalled=0.5)) as found:
        yield found


async def narrowed(served: Served) -> socket.socket:
    """A connection with a window so small that the system holds little of what is not read."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    host, port = served.url.removeprefix("http://").split(":")
    await asyncio.get_running_loop().sock_connect(narrow, (host, int(port)))
    return narrow


async def test_whoever_takes_nothing_is_sent_away(
    client: Client, impatient: Served, key: str
) -> None:
    made = await client.made("/v1/journeys", journey(20, 20))
    narrow = await narrowed(impatient)
    options = {"sock": narrow, "max_queue": 1, "ping_interval": None}
    async with connected(impatient, **options) as listener:
        assert await listener.enter(key) == {"type": "connection_ack"}
        alias = " ".join(f"a{n}: action thoughts" for n in range(9))
        await listener.subscribe("a", JOURNEY.replace("action", alias), id=made["id"])
        listener.connection.transport.pause_reading()
        async with asyncio.timeout(60):
            n = 0
            while impatient.app.state.streams._open:
                n += 1
                await client.patch(f"/v1/journeys/{made['id']}", json={"title": f"T{n}"})
                await asyncio.sleep(0.05)
        listener.connection.transport.abort()
    # Others are served as before.
    async with entered(impatient, key) as listener:
        await listener.subscribe("a", GAPS)
        assert await listener.next("a")


async def test_a_process_that_stops_says_where_to_go_on(
    client: Client, settings: Settings, key: str
) -> None:
    made = await a_map(client)
    with serving(replace(settings, stream_poll=0.05)) as served:
        async with entered(served, key) as listener:
            await listener.subscribe("a", JOURNEY, id=made["id"])
            await listener.next("a")
            served.app.state.streams.stop()
            error = await listener.error("a")
            assert error["extensions"]["code"] == "UNAVAILABLE"
            assert await listener.closed() == (1012, "This process stops: come back")
    answer = await client.patch(f"/v1/journeys/{made['uuid']}", json={"title": "Later"})
    query = "subscription ($id: ID!, $after: String) {"
    query += " journeyChanged(id: $id, after: $after) { changes { version } } }"
    with serving(settings) as again:
        async with entered(again, key) as listener:
            after = error["extensions"]["cursor"]
            await listener.subscribe("a", query, id=made["id"], after=after)
            told = await listener.next("a")
            assert told["changes"] == [{"version": answer.json()["version"]}]
