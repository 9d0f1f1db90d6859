"""What one connection, and those that say nothing, may take of a process; and how long."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from service.api.graphql import sockets
from service.settings import Settings
from tests.faces.test_graphql_sockets import GAPS, emptied, narrowed
from tests.faces.test_graphql_trusted import by_apollo, named, only_trusted, registered
from tests.listening import Listener, connected, entered
from tests.make import Client
from tests.served import Served, serving


@pytest.fixture(scope="module")
def quick(settings: Settings) -> Iterator[Served]:
    """The service, looking often, with few places, remembering of keys nothing."""
    few = replace(settings, streams_per_key=2, streams_per_workspace=3, streams=4)
    with serving(replace(few, stream_poll=0.05, key_cache_seconds=0)) as found:
        yield found


def running(served: Served) -> int:
    """Operations of WebSockets that have not ended."""
    tasks = asyncio.all_tasks(served.app.state.streams._loop)
    return sum("_Conversation._run" in repr(task.get_coro()) for task in tasks)


LARGE = {
    "refused": f"{{ {' '.join('x' * 3_000 + str(n) for n in range(20))} }}",
    "answered": f"{{ {'x' * 60_000}: __typename }}",
}


@pytest.mark.parametrize("query", LARGE.values(), ids=LARGE)
async def test_whoever_reads_nothing_gathers_nothing(quick: Served, key: str, query: str) -> None:
    options = {"sock": await narrowed(quick), "max_queue": 1, "ping_interval": None}
    async with connected(quick, **options) as listener:
        assert await listener.enter(key) == {"type": "connection_ack"}
        listener.connection.transport.pause_reading()
        async with asyncio.timeout(120):
            n = still = 0
            while still < 50:
                # Slowly, until the system holds no more of what is answered.
                n, still = n + 1, still + 1 if running(quick) >= sockets.MOST else 0
                if not still:
                    await listener.subscribe(f"slow {n}", query)
                await asyncio.sleep(0.01)
        most = 0
        for n in range(300):
            # Whatever comes then is not begun, nor refused before that is taken.
            await listener.subscribe(str(n), "{ nothing }")
            await asyncio.sleep(0.002)
            most = max(most, running(quick))
        listener.connection.transport.abort()
    assert most <= sockets.MOST + sockets.ENDING
    await emptied(quick)


async def test_a_key_that_is_revoked_ends_connections_on_which_nothing_runs(
    client: Client, quick: Served
) -> None:
    made = await client.made("/v1/api-keys", {"name": "Short", "scopes": ["maps:read"]})
    async with entered(quick, made["key"]) as listener:
        assert (await client.delete(f"/v1/api-keys/{made['id']}")).status_code == 204
        assert await listener.closed() == (4401, "Unauthorized")
    await emptied(quick)


async def test_a_document_that_is_taken_away_ends_what_it_subscribed_to(
    client: Client, quick: Served, key: str
) -> None:
    document = await registered(client, GAPS)
    async with entered(quick, key) as listener:
        await listener.say("subscribe", id="a", payload=named(GAPS))
        cursor = (await listener.next("a"))["cursor"]
        assert (await client.delete(f"/v1/trusted-documents/{document['id']}")).status_code == 204
        error = await listener.error("a")
        assert error["extensions"]["problem"] == "persisted_query_not_found"
        assert len(error["extensions"]["cursor"]) == len(cursor)
        # The connection stays.
        await listener.subscribe("b", GAPS)
        assert await listener.next("b")


async def test_a_document_that_nobody_registered_is_refused_by_itself(
    quick: Served, key: str
) -> None:
    async with entered(quick, key) as listener:
        for form in (named, by_apollo):
            await listener.say("subscribe", id="a", payload=form(GAPS))
            error = await listener.error("a")
            assert error["message"] == "PersistedQueryNotFound"
            assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
            assert error["extensions"]["problem"] == "persisted_query_not_found"
        # Clients of Apollo send the whole then.
        await listener.say("subscribe", id="a", payload=by_apollo(GAPS, query=GAPS))
        assert await listener.next("a")


async def test_trusted_documents_alone_go_on_once_a_workspace_wants_that(
    client: Client, quick: Served, key: str
) -> None:
    trusted = GAPS.replace("cursor", "at: cursor")
    await registered(client, trusted)
    async with entered(quick, key) as listener, entered(quick, key) as other:
        await listener.subscribe("a", GAPS)
        await listener.next("a")
        await other.subscribe("b", trusted)
        await other.next("b")
        await only_trusted(client)
        assert (await listener.error("a"))["extensions"]["problem"] == "document_not_trusted"
        await client.made("/v1/journeys", {"title": "Map"})
        await other.say("ping")
        assert await other.hear() == {"type": "pong"}


async def until_told(listener: Listener, which: str) -> Any:
    """Subscribe until it is let in: a place that is given up is free a moment later."""
    async with asyncio.timeout(30):
        while True:
            await listener.subscribe(which, GAPS)
            message = await listener.hear()
            if message["type"] == "next":
                return message


async def test_each_subscription_takes_a_place(quick: Served, key: str) -> None:
    async with entered(quick, key) as listener:
        for which in ("a", "b"):
            await listener.subscribe(which, GAPS)
            await listener.next(which)
        await listener.subscribe("c", GAPS)
        error = await listener.error("c")
        assert error["extensions"]["problem"] == "too_many_streams"
        # What is answered once takes none.
        await listener.subscribe("d", "{ __typename }")
        assert await listener.next("d") == "Query"
        assert (await listener.hear())["type"] == "complete"
        await listener.say("complete", id="b")
        assert await until_told(listener, "c")
        async with connected(quick) as other:
            await other.say("connection_init", payload={"authorization": f"Bearer {key}"})
            code, _ = await other.closed()
            assert code == 1013
    await emptied(quick)


async def test_whoever_sends_a_key_with_the_upgrade_passes_by_the_silent(
    quick: Served, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HURRIED", 60)
    monkeypatch.setattr(sockets, "PATIENCE", 60)
    async with AsyncExitStack() as stack:
        for _ in range(4):
            listener = await stack.enter_async_context(connected(quick))
            await listener.say("ping")
            await listener.hear()
        headers = {"Authorization": f"Bearer {key}"}
        async with connected(quick, additional_headers=headers) as known:
            assert await known.enter() == {"type": "connection_ack"}
        # A header that holds no key is none.
        headers = {"Authorization": "Bearer none"}
        async with connected(quick, additional_headers=headers) as unknown:
            assert (await unknown.closed())[0] == 1013
    await emptied(quick)


async def test_where_half_is_taken_patience_is_short(
    quick: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HURRIED", 0.1)
    monkeypatch.setattr(sockets, "PATIENCE", 60)
    async with connected(quick) as one, connected(quick) as two:
        for listener in (one, two):
            # Each is counted before the third comes.
            await listener.say("ping")
            await listener.hear()
        async with connected(quick) as third:
            assert await third.closed() == (4408, "Connection initialisation timeout")
        await one.say("ping")
        assert await one.hear() == {"type": "pong"}
