"""The changes as an event stream: what comes is told, from wherever somebody left off."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service.api import following
from service.main import create_app
from service.settings import Settings
from tests.make import Client
from tests.streams import EVENTS, Event, Taker, taking

PATH = "/v1/changes"


@pytest.fixture
async def quick(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service with one connection, which looks for changes often."""
    bounds: dict[str, Any] = {"pool_size": 1, "pool_wait": 0.5, "stream_poll": 0.05}
    made = create_app(replace(settings, **bounds))
    async with made.router.lifespan_context(made):
        yield made


async def named(client: Client, name: str) -> str:
    return str((await client.made("/v1/personas", {"name": name}))["id"])


async def next_of(stream: Taker, many: int) -> list[Event]:
    """The next events, places without one apart."""
    found: list[Event] = []
    async for event in stream.events():
        if event.data is not None:
            found.append(event)
        if len(found) == many:
            break
    return found


def ids(events: list[Event]) -> list[str]:
    return [event.data["id"] for event in events if event.data is not None]


async def test_what_happens_is_told_as_it_happens(client: Client, quick: FastAPI) -> None:
    place = await client.now()
    before = await named(client, "Before")
    async with taking(quick, client, PATH, EVENTS, after=place) as stream:
        assert ids(await next_of(stream, 1)) == [before]
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "Accept" in stream.headers["vary"]
        after = [await named(client, f"P{n}") for n in range(3)]
        events = await next_of(stream, 3)
    assert ids(events) == after
    page = await client.got(PATH, params={"after": place})
    assert [event.data for event in events] == page["items"][1:]


async def test_a_stream_goes_on_where_another_was_left(client: Client, quick: FastAPI) -> None:
    place = await client.now()
    made = [await named(client, f"P{n}") for n in range(4)]
    async with taking(quick, client, PATH, EVENTS, after=place) as stream:
        first = await next_of(stream, 2)
    assert ids(first) == made[:2]
    # The path of a client that asks again is still the one it began with.
    query = {"after": place, "last_event_id": first[-1].id, "limit": 2}
    async with taking(quick, client, PATH, EVENTS, **query) as stream:
        assert ids([event async for event in stream.events()]) == made[2:]
    assert stream.ended
    page = await client.got(PATH, params={"after": first[0].id})
    assert [change["id"] for change in page["items"]] == made[1:]


async def test_kinds_can_be_chosen(client: Client, quick: FastAPI) -> None:
    place = await client.now()
    await named(client, "Ann")
    met = await client.made("/v1/touchpoints", {"name": "Branch"})
    query = {"after": place, "kind": "touchpoint", "limit": 1}
    async with taking(quick, client, PATH, EVENTS, **query) as stream:
        assert ids([event async for event in stream.events()]) == [met["id"]]


async def test_a_stream_with_nothing_to_tell_says_that_it_is_there_and_where(
    client: Client, quick: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "HEARTBEAT", 0)
    async with taking(quick, client, PATH, EVENTS, after=await client.now()) as stream:
        lines = [line async for line in first_lines(stream, 8)]
        place = next(line.partition(": ")[2] for line in lines if line.startswith("id: "))
        assert lines[0] == "retry: 2000"
        assert ": still here" in lines
        # Between two looks it holds no connection.
        _, busy = quick.state.database.connections()
        assert busy == 0
        assert ids(await next_of_after(client, stream, place)) != []


async def first_lines(stream: Taker, many: int) -> AsyncIterator[str]:
    async for line in stream.lines():
        yield line
        many -= 1
        if not many:
            return


async def next_of_after(client: Client, stream: Taker, place: str) -> list[Event]:
    made = await named(client, "Ann")
    (event,) = await next_of(stream, 1)
    page = await client.got(PATH, params={"after": place})
    assert [change["id"] for change in page["items"]] == ids([event]) == [made]
    return [event]


async def test_a_process_that_stops_ends_its_streams_with_the_place(
    client: Client, quick: FastAPI
) -> None:
    place = await client.now()
    async with taking(quick, client, PATH, EVENTS, after=place) as stream:
        await stream.chunk()
        quick.state.streams.stop()
        events = [event async for event in stream.events()]
        assert stream.ended
        async with taking(quick, client, PATH, EVENTS) as late:
            await late.chunk()
        assert (late.status, late.headers["retry-after"]) == (503, "2")
    assert events[-1].data is None
    made = await named(client, "Ann")
    page = await client.got(PATH, params={"after": events[-1].id})
    assert [change["id"] for change in page["items"]] == [made]


async def test_a_revoked_key_ends_the_stream_within_five_seconds(
    client: Client, quick: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"]})
    holding, place = Client.entering(quick, json.dumps(made)), await client.now()
    async with holding as holder, taking(quick, holder, PATH, EVENTS, after=place) as stream:
        await stream.chunk()
        await client.delete(f"/v1/api-keys/{made['id']}")
        await named(client, "Not for them")
        later = datetime.now(UTC) + timedelta(seconds=4.95)
        monkeypatch.setattr(quick.state.database, "clock", lambda: later)
        events = [event async for event in stream.events()]
        assert stream.ended
        monkeypatch.setattr(quick.state.database, "clock", lambda: later + timedelta(seconds=0.05))
        async with taking(quick, holder, PATH, EVENTS, last_event_id=events[-1].id) as again:
            await again.chunk()
        assert again.status == 401
    assert len(events) <= 2


async def test_a_key_that_lost_its_scope_is_told_no_more(
    client: Client, quick: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"]})
    holding, place = Client.entering(quick, json.dumps(made)), await client.now()
    async with holding as holder, taking(quick, holder, PATH, EVENTS, after=place) as stream:
        await stream.chunk()
        path = f"/v1/api-keys/{made['id']}"
        assert (await client.patch(path, json={"scopes": ["admin"]})).status_code == 200
        later = datetime.now(UTC) + timedelta(seconds=4.95)
        monkeypatch.setattr(quick.state.database, "clock", lambda: later)
        await named(client, "Not for them")
        assert "persona" not in {e.data["kind"] for e in await next_of(stream, 1) if e.data}


async def test_a_database_that_is_away_ends_the_stream_with_the_place(
    client: Client, quick: FastAPI
) -> None:
    place = await client.now()
    async with taking(quick, client, PATH, EVENTS, after=place) as stream:
        await stream.chunk()
        held = await quick.state.database.lent()
        try:
            events = [event async for event in stream.events()]
        finally:
            quick.state.database.given_back(held)
        assert stream.ended
    assert events[-1].data is None
    assert (await client.got(PATH, params={"after": events[-1].id}))["items"] == []


async def test_a_slow_reader_holds_nothing_and_misses_nothing(
    client: Client, quick: FastAPI
) -> None:
    place = await client.now()
    async with taking(quick, client, PATH, EVENTS, after=place, limit=12) as stream:
        await stream.chunk()
        made = [await named(client, f"P{n}") for n in range(12)]
        _, busy = quick.state.database.connections()
        assert busy == 0
        assert ids([event async for event in stream.events()]) == made


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"after": "nonsense"}, 400, "malformed"),
        ({"last_event_id": "nonsense"}, 400, "malformed"),
        ({"kind": "colour"}, 422, "invalid"),
        ({"limit": "0"}, 422, "invalid"),
    ],
)
async def test_what_is_wrong_at_the_start_is_a_problem_document(
    client: Client, quick: FastAPI, query: dict[str, Any], status: int, code: str
) -> None:
    async with taking(quick, client, PATH, EVENTS, **query) as stream:
        problem = json.loads(await stream.chunk())
    assert (stream.status, problem["code"]) == (status, code)
    assert stream.headers["content-type"] == "application/problem+json"


async def test_who_leaves_gives_the_place_to_others(client: Client, settings: Settings) -> None:
    made = create_app(replace(settings, streams_per_key=1, stream_poll=4))
    async with made.router.lifespan_context(made):
        for _ in range(3):
            async with taking(made, client, PATH, EVENTS) as stream:
                await stream.chunk()
                assert stream.status == 200
                async with taking(made, client, PATH, EVENTS) as second:
                    await second.chunk()
                assert second.status == 429
