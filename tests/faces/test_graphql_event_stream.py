"""Subscriptions as server-sent events, and what else is asked for so."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from service.settings import Settings
from tests.faces.asking import a_map
from tests.make import Client
from tests.served import Served, serving
from tests.streams import taking

EVENTS = {"Accept": "text/event-stream"}
JOURNEY = """subscription ($id: ID!, $after: String) { journeyChanged(id: $id, after: $after) {
  cursor changes { version } journey { title } } }"""
NEVER = "0198c7f0-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def quick(settings: Settings) -> Iterator[Served]:
    """The service, looking for changes often, with few places."""
    with serving(replace(settings, stream_poll=0.05, streams_per_key=2)) as found:
        yield found


@asynccontextmanager
async def streamed(
    served: Served, key: str, method: str = "POST", **request: Any
) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[dict[str, str]]]]:
    """An answer, and its events: each with the fields that it has."""
    headers = {"Authorization": f"Bearer {key}", **EVENTS, **request.pop("headers", {})}

    async def events(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
            elif fields:
                yield fields
                fields = {}

    async with (
        httpx.AsyncClient(timeout=30) as caller,
        caller.stream(method, f"{served.url}/graphql", headers=headers, **request) as answer,
    ):
        yield answer, events(answer)


def journey_of(event: dict[str, str]) -> dict[str, Any]:
    assert event["event"] == "next"
    found: dict[str, Any] = json.loads(event["data"])["data"]["journeyChanged"]
    assert found["cursor"] == event["id"]
    return found


def body(made: dict[str, Any], **variables: Any) -> dict[str, Any]:
    return {"json": {"query": JOURNEY, "variables": {"id": made["id"], **variables}}}


async def titled(client: Client, made: dict[str, Any], title: str) -> None:
    await client.patch(f"/v1/journeys/{made['uuid']}", json={"title": title})


async def test_what_comes_is_told_and_last_event_id_goes_on(
    client: Client, quick: Served, key: str
) -> None:
    made = await a_map(client)
    async with streamed(quick, key, **body(made)) as (answer, events):
        assert answer.headers["content-type"].partition(";")[0] == "text/event-stream"
        first = await anext(events)
        assert journey_of(first)["changes"] == []
        await titled(client, made, "One")
        second = await anext(events)
        assert journey_of(second)["journey"]["title"] == "One"
    await titled(client, made, "Two")
    again = {"headers": {"Last-Event-ID": second["id"]}}
    async with streamed(quick, key, **body(made, after=first["id"]), **again) as (_, events):
        third = journey_of(await anext(events))
        assert (third["journey"]["title"], len(third["changes"])) == ("Two", 1)


async def test_a_place_that_is_none_is_not_told_as_one_to_go_on_from(
    client: Client, quick: Served, key: str
) -> None:
    made = await a_map(client)
    async with streamed(quick, key, **body(made), headers={"Last-Event-ID": "zzz"}) as (_, events):
        last = await anext(events)
        (error,) = json.loads(last["data"])["errors"]
        assert error["extensions"]["code"] == "MALFORMED"
        assert "cursor" not in error["extensions"] and "id" not in last


async def test_a_subscription_may_come_by_get_and_nothing_else(
    client: Client, quick: Served, key: str
) -> None:
    made = await a_map(client)
    asked = {"query": JOURNEY, "variables": json.dumps({"id": made["id"]})}
    async with streamed(quick, key, "GET", params=asked) as (_, events):
        assert journey_of(await anext(events))["journey"]["title"] == "Map"
    mutation = 'mutation { createPersona(input: {name: "Ann"}) { persona { name } } }'
    for query in (mutation, "{ __typename }"):
        async with streamed(quick, key, "GET", params={"query": query}) as (_, events):
            told = json.loads((await anext(events))["data"])
            assert [error["extensions"]["code"] for error in told["errors"]] == ["BAD_REQUEST"]
            assert (await anext(events))["event"] == "complete"
    assert (await client.get("/v1/personas")).json()["items"] == []
    for params in ({"variables": "{}"}, {"query": JOURNEY, "variables": "{"}):
        async with streamed(quick, key, "GET", params=params) as (answer, _):
            assert answer.status_code == 400


async def test_what_is_no_subscription_is_answered_once(quick: Served, key: str) -> None:
    mutation = 'mutation { createPersona(input: {name: "Ann"}) { persona { name } } }'
    async with streamed(quick, key, json={"query": mutation}) as (_, events):
        told = json.loads((await anext(events))["data"])
        assert told["data"]["createPersona"]["persona"] == {"name": "Ann"}
        assert await anext(events) == {"event": "complete", "data": ""}


async def test_a_client_that_accepts_everything_gets_events_of_a_subscription_alone(
    client: Client, quick: Served, key: str
) -> None:
    made = await a_map(client)
    everything = "application/graphql-response+json, application/json, text/event-stream"
    headers = {"headers": {"Accept": f"{everything}, multipart/mixed"}}
    async with streamed(quick, key, **body(made), **headers) as (_, events):
        assert journey_of(await anext(events))["journey"]["title"] == "Map"
    for query in ("{ __typename }", "{"):
        async with streamed(quick, key, json={"query": query}, **headers) as (answer, _):
            media = answer.headers["content-type"]
            assert media.startswith("application/graphql-response+json")


async def test_what_is_wrong_is_told_as_an_event_and_strangers_are_turned_away(
    client: Client, quick: Served, key: str
) -> None:
    for query, variables in (("subscription {", {}), (JOURNEY, {}), (JOURNEY, {"id": "x"})):
        asked = {"json": {"query": query, "variables": variables}}
        async with streamed(quick, key, **asked) as (answer, events):
            assert answer.status_code == 200
            assert "errors" in json.loads((await anext(events))["data"])
            assert (await anext(events))["event"] == "complete"
    async with streamed(quick, f"{key[:-1]}x", **body({"id": NEVER})) as (answer, _):
        assert answer.status_code == 401
    # A plain request is told how to subscribe.
    found = await client.post("/graphql", **body({"id": NEVER}))
    assert "text/event-stream" in found.json()["errors"][0]["message"]


async def test_a_map_that_is_not_there_is_not_followed(quick: Served, key: str) -> None:
    async with streamed(quick, key, **body({"id": NEVER})) as (answer, events):
        assert answer.status_code == 200
        told = json.loads((await anext(events))["data"])
        assert [error["extensions"]["code"] for error in told["errors"]] == ["NOT_FOUND"]
        assert (await anext(events))["event"] == "complete"


async def test_a_key_has_so_many_streams(client: Client, quick: Served, key: str) -> None:
    made = await a_map(client)
    async with (
        streamed(quick, key, **body(made)) as (_, first),
        streamed(quick, key, **body(made)) as (_, second),
    ):
        await anext(first)
        await anext(second)
        async with streamed(quick, key, **body(made)) as (answer, _):
            await answer.aread()
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_streams")


async def test_an_event_takes_as_many_statements_however_much_came(
    client: Client, app: FastAPI
) -> None:
    made = await a_map(client)
    steps = [step["uuid"] for stage in made["stages"] for step in stage["steps"]]
    counts = []
    for size in (1, 1, 12):
        place = await client.now()
        for n in range(size):
            await client.patch(f"/v1/steps/{steps[n % 3]}", json={"action": f"{size} {n}"})
        await client.now()
        variables = json.dumps({"id": made["id"], "after": place})
        asked = {"query": JOURNEY, "variables": variables}
        before = await client.statements()
        async with taking(app, client, "/graphql", EVENTS["Accept"], **asked) as stream:
            fields = (await stream.chunk()).decode().splitlines()
            told = json.loads(fields[2].removeprefix("data: "))["data"]["journeyChanged"]
            counts.append(await client.statements() - before)
        assert len(told["changes"]) == size
    # The changes, and the map.
    assert counts[1:] == [2, 2]
