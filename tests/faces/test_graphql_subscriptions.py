"""Subscriptions over a WebSocket: what is told, once each, and to whom."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from service.domain.work import Scope
from service.settings import Settings
from tests.faces.asking import a_map
from tests.listening import Listener, entered
from tests.make import Client
from tests.served import Served, serving

JOURNEY = """subscription ($id: ID!, $after: String) { journeyChanged(id: $id, after: $after) {
  cursor changes { kind uuid op version }
  journey { title version stages { steps { action } } } } }"""
PROGRESS = """subscription ($id: ID!, $after: String) {
  contactProgress(contactId: $id, after: $after) {
    cursor events { messageId event contactId } changes { kind op }
    contact { journeys { items { status stageKey } } } } }"""
DONE = {"type": "track", "event": "Looked", "timestamp": "2026-05-01T09:30:00Z"}


@pytest.fixture(scope="module")
def quick(settings: Settings) -> Iterator[Served]:
    """The service, looking for changes often."""
    with serving(replace(settings, stream_poll=0.05)) as found:
        yield found


async def titled(client: Client, made: dict[str, Any], title: str) -> int:
    """Give a map another title; its version then."""
    answer = await client.patch(f"/v1/journeys/{made['uuid']}", json={"title": title})
    version: int = answer.json()["version"]
    return version


async def narrower(client: Client, *scopes: str) -> dict[str, Any]:
    return await client.made("/v1/api-keys", {"name": "Narrow", "scopes": list(scopes)})


async def test_a_maps_changes_are_told_with_what_is_selected_of_it(
    client: Client, quick: Served, key: str
) -> None:
    made, other = await a_map(client), await a_map(client)
    step = made["stages"][0]["steps"][0]
    async with entered(quick, key) as listener:
        await listener.subscribe("a", JOURNEY, id=made["id"])
        first = await listener.next("a")
        assert (first["changes"], first["journey"]["title"]) == ([], "Map")
        await titled(client, other, "Not this one")
        await client.patch(f"/v1/steps/{step['uuid']}", json={"action": "Again"})
        told = await listener.next("a")
        assert told["journey"]["stages"][0]["steps"][0]["action"] == "Again"
        assert [(one["kind"], one["uuid"]) for one in told["changes"]] == [("step", step["uuid"])]
        version = await titled(client, made, "Other")
        told = await listener.next("a")
        assert (told["journey"]["title"], told["journey"]["version"]) == ("Other", version)
        await client.delete(f"/v1/journeys/{made['uuid']}")
        told = await listener.next("a")
        assert (told["journey"], told["changes"][-1]["op"]) == (None, "erase")


async def test_whoever_comes_back_misses_nothing_and_hears_nothing_twice(
    client: Client, quick: Served, key: str
) -> None:
    made, seen = await a_map(client), list[tuple[str, int]]()
    versions, cursor = [], None

    async def hear(listener: Listener, until: int) -> str:
        while True:
            told = await listener.next("a")
            seen.extend((one["uuid"], one["version"]) for one in told["changes"])
            if until in [version for _, version in seen]:
                return str(told["cursor"])

    async with entered(quick, key) as listener:
        await listener.subscribe("a", JOURNEY, id=made["id"])
        cursor = (await listener.next("a"))["cursor"]
    for n in range(8):
        versions.append(await titled(client, made, f"Away {n}"))
        async with entered(quick, key) as listener:
            await listener.subscribe("a", JOURNEY, id=made["id"], after=cursor)
            versions.append(await titled(client, made, f"Here {n}"))
            cursor = await hear(listener, versions[-1])
    assert [version for _, version in seen] == versions


async def test_strangers_hear_nothing(client: Client, stranger: Client, quick: Served) -> None:
    made, own = await a_map(client), await a_map(stranger)
    async with entered(quick, stranger.headers["authorization"][7:]) as listener:
        await listener.subscribe("theirs", JOURNEY, id=made["id"])
        first = await listener.next("theirs")
        assert (first["journey"], first["changes"]) == (None, [])
        await listener.subscribe("own", JOURNEY, id=own["id"])
        await listener.next("own")
        await titled(client, made, "Secret")
        await titled(stranger, own, "Own")
        # Of all that happened, this alone is told.
        assert (await listener.next("own"))["journey"]["title"] == "Own"
        # Nor is a place of theirs one.
        await listener.subscribe("third", JOURNEY, id=made["id"], after=await client.now())
        error = await listener.error("third")
        assert error["extensions"]["code"] == "MALFORMED"


async def test_what_is_wrong_is_an_error_of_its_operation_alone(
    client: Client, quick: Served, key: str
) -> None:
    maps_only = await narrower(client, Scope.MAPS_READ)
    async with entered(quick, maps_only["key"]) as listener:
        for query, variables, code in (
            ("subscription {", {}, "BAD_REQUEST"),
            ("subscription { nothing }", {}, "BAD_REQUEST"),
            ("subscription { __typename }", {}, "BAD_REQUEST"),
            (JOURNEY, {}, "BAD_REQUEST"),
            (JOURNEY, {"id": 7.5}, "BAD_REQUEST"),
            (JOURNEY, {"id": "nonsense"}, "INVALID"),
            (JOURNEY, {"id": "0198c7f0-0000-7000-8000-000000000001", "after": "x"}, "MALFORMED"),
            (PROGRESS, {"id": "0198c7f0-0000-7000-8000-000000000001"}, "FORBIDDEN"),
            ("subscription { alertsChanged { cursor } }", {}, "FORBIDDEN"),
            ("query { a b }", {}, "BAD_REQUEST"),
        ):
            await listener.subscribe("a", query, **variables)
            error = await listener.error("a")
            assert error["extensions"]["code"] == code, (query, error)
            assert error["extensions"]["requestId"]
        many = " ".join(f"a{n}: cursor" for n in range(60))
        await listener.subscribe("a", f"subscription {{ gapsChanged {{ {many} }} }}")
        assert (await listener.error("a"))["extensions"]["code"] == "TOO_COMPLEX"
    assert key


async def test_a_query_and_a_mutation_are_answered_once(quick: Served, key: str) -> None:
    async with entered(quick, key) as listener:
        await listener.subscribe(
            "m", 'mutation { createPersona(input: {name: "Ann"}) { persona { name } } }'
        )
        assert (await listener.next("m"))["persona"] == {"name": "Ann"}
        assert await listener.hear() == {"id": "m", "type": "complete"}
        await listener.subscribe("m", "{ personas { nodes { name } } }")
        assert (await listener.next("m"))["nodes"] == [{"name": "Ann"}]
        assert await listener.hear() == {"id": "m", "type": "complete"}


async def test_a_contacts_events_and_places_are_told(
    client: Client, quick: Served, key: str
) -> None:
    body = {"stages": [{"name": "One", "steps": [{"action": "Look", "binding": "Looked"}]}]}
    made = await client.made("/v1/journeys", {"title": "Map", **body})

    async def did(which: str, who: str = "u1") -> None:
        sent = await client.post(
            "/v1/batch", json={"batch": [{**DONE, "messageId": which, "userId": who}]}
        )
        assert sent.json()["accepted"] == 1

    await did("before")
    found = await client.post(
        "/v1/contacts/lookup", json={"items": [{"source": "user_id", "value": "u1"}]}
    )
    who = found.json()["items"][0]["id"]
    async with entered(quick, key) as listener:
        await listener.subscribe("a", PROGRESS, id=who)
        first = await listener.next("a")
        assert (first["events"], first["changes"]) == ([], [])
        assert first["contact"]["journeys"]["items"][0]["stageKey"] == "one"
        await did("somebody else", "u2")
        await did("m1")
        told = await listener.next("a")
        assert [one["messageId"] for one in told["events"]] == ["m1"]
        assert told["events"][0]["contactId"] == who
        place = {"journey_id": made["id"], "stage_id": made["stages"][0]["id"]}
        await client.made(f"/v1/contacts/{who}/journeys", place)
        told = await listener.next("a")
        assert (told["events"], told["changes"]) == ([], [{"kind": "enrolment", "op": "upsert"}])
        cursor = told["cursor"]
    await did("m2")
    await client.patch(f"/v1/contacts/{who}", json={"traits": {"plan": "gold"}})
    messages, kinds = [], []
    async with entered(quick, key) as listener:
        await listener.subscribe("a", PROGRESS, id=who, after=cursor)
        while not (messages and kinds):
            told = await listener.next("a")
            messages += [one["messageId"] for one in told["events"]]
            kinds += [one["kind"] for one in told["changes"]]
    assert (messages, kinds) == (["m2"], ["contact"])
