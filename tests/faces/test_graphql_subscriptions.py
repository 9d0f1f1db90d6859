"""Subscriptions over a WebSocket: what is told, once each, and to whom."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from service.domain.work import Scope
from service.settings import Settings
from tests.faces.asking import a_map
from tests.listening import entered
from tests.make import Client
from tests.served import Served, serving

JOURNEY = """subscription ($id: ID!, $after: String) { journeyChanged(id: $id, after: $after) {
  cursor changes { kind uuid op version }
  journey { title version stages { steps { action } } } } }"""
PROGRESS = """subscription ($id: ID!, $after: String) {
  contactProgress(contactId: $id, after: $after) {
    cursor events { messageId event contactId } changes { kind op }
    contact { journeys { items { status stageKey } } } } }"""
GAPS = """subscription ($id: ID!, $after: String) { gapsChanged(journeyId: $id, after: $after) {
  cursor } }"""
NOBODY = "0198c7f0-0000-7000-8000-000000000001"
WRITES = 12
"""Of each step."""
MANY = " ".join(f"a{n}: cursor" for n in range(60))
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


async def writing(client: Client, step: dict[str, Any]) -> list[tuple[str, int]]:
    """Write a step again and again; its versions."""
    versions = []
    for n in range(WRITES):
        answer = await client.patch(f"/v1/steps/{step['uuid']}", json={"action": f"{n}"})
        versions.append((step["uuid"], answer.json()["version"]))
        await asyncio.sleep(0.01)
    return versions


async def test_whoever_comes_back_misses_nothing_and_hears_nothing_twice(
    client: Client, quick: Served, key: str
) -> None:
    made = await a_map(client)
    steps = [step for stage in made["stages"] for step in stage["steps"]]
    cursor, seen = None, Counter[tuple[str, int]]()
    # The first event is of nothing, and what is written comes behind it.
    async with entered(quick, key) as listener:
        await listener.subscribe("a", JOURNEY, id=made["id"])
        cursor = (await listener.next("a"))["cursor"]
    writers = asyncio.gather(*(writing(client, step) for step in steps))
    while seen.total() < WRITES * len(steps):
        async with entered(quick, key) as listener:
            await listener.subscribe("a", JOURNEY, id=made["id"], after=cursor)
            for _ in range(2 if seen else 1):
                told = await listener.next("a")
                cursor = told["cursor"]
                seen.update((one["uuid"], one["version"]) for one in told["changes"])
                if seen.total() >= WRITES * len(steps):
                    break
    assert seen == Counter(one for each in await writers for one in each)


async def test_strangers_hear_nothing(client: Client, stranger: Client, quick: Served) -> None:
    made, own = await a_map(client), await a_map(stranger)
    async with entered(quick, stranger.headers["authorization"][7:]) as listener:
        await listener.subscribe("theirs", JOURNEY, id=made["id"])
        error = await listener.error("theirs")
        assert error["extensions"]["code"] == "NOT_FOUND"
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


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("subscription {", {}, "BAD_REQUEST"),
    ("subscription { nothing }", {}, "BAD_REQUEST"),
    ("subscription { __typename }", {}, "BAD_REQUEST"),
    ("query { a b }", {}, "BAD_REQUEST"),
    (JOURNEY, {}, "BAD_REQUEST"),
    (JOURNEY, {"id": 7.5}, "BAD_REQUEST"),
    (JOURNEY, {"id": "nonsense"}, "INVALID"),
    (JOURNEY, {"id": NOBODY, "after": "x"}, "MALFORMED"),
    (PROGRESS, {"id": NOBODY}, "FORBIDDEN"),
    ("subscription { alertsChanged { cursor } }", {}, "FORBIDDEN"),
    (f"subscription {{ gapsChanged {{ {MANY} }} }}", {}, "TOO_COMPLEX"),
]


async def test_what_is_wrong_is_an_error_of_its_operation_alone(
    client: Client, quick: Served
) -> None:
    maps_only = await narrower(client, Scope.MAPS_READ)
    async with entered(quick, maps_only["key"]) as listener:
        for query, variables, code in WRONG:
            await listener.subscribe("a", query, **variables)
            error = await listener.error("a")
            assert error["extensions"]["code"] == code, (query, error)
            assert error["extensions"]["requestId"]


async def test_what_is_not_there_is_not_followed(
    client: Client, stranger: Client, quick: Served, key: str
) -> None:
    theirs, gone, place = await a_map(stranger), await a_map(client), await client.now()
    await client.delete(f"/v1/journeys/{gone['uuid']}")
    async with entered(quick, key) as listener:
        for query, path in (
            (JOURNEY, "journeyChanged"),
            (GAPS, "gapsChanged"),
            (PROGRESS, "contactProgress"),
        ):
            for which in (NOBODY, theirs["uuid"], gone["uuid"]):
                await listener.subscribe("a", query, id=which)
                error = await listener.error("a")
                assert error["extensions"]["code"] == "NOT_FOUND"
                assert (error["path"], "cursor" in error["extensions"]) == ([path], False)
        # That it went is told to whoever was not there then; and after that it is not there.
        await listener.subscribe("b", JOURNEY, id=gone["id"], after=place)
        told = await listener.next("b")
        assert (told["journey"], told["changes"][-1]["op"]) == (None, "erase")
        await listener.subscribe("c", JOURNEY, id=gone["id"], after=told["cursor"])
        assert (await listener.error("c"))["extensions"]["code"] == "NOT_FOUND"


async def test_places_of_people_are_theirs(client: Client, quick: Served, key: str) -> None:
    async with entered(quick, key) as listener:
        for after in (await client.now(), f"{await client.now()}nonsense", "x" * 10_000):
            await listener.subscribe("a", PROGRESS, id=NOBODY, after=after)
            assert (await listener.error("a"))["extensions"]["code"] == "MALFORMED"


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


async def did(client: Client, which: str, who: str = "u1") -> None:
    batch = [{**DONE, "messageId": which, "userId": who}]
    sent = await client.post("/v1/batch", json={"batch": batch})
    assert sent.json()["accepted"] == 1


async def somebody(client: Client) -> str:
    """Somebody who has done something."""
    await did(client, "before")
    asked = {"items": [{"source": "user_id", "value": "u1"}]}
    found = await client.post("/v1/contacts/lookup", json=asked)
    which: str = found.json()["items"][0]["id"]
    return which


async def test_a_contacts_events_and_places_are_told(
    client: Client, quick: Served, key: str
) -> None:
    stages = [{"name": "One", "steps": [{"action": "Look", "binding": "Looked"}]}]
    made = await client.made("/v1/journeys", {"title": "M", "stages": stages})
    who = await somebody(client)
    async with entered(quick, key) as listener:
        await listener.subscribe("a", PROGRESS, id=who)
        first = await listener.next("a")
        assert (first["events"], first["changes"]) == ([], [])
        assert first["contact"]["journeys"]["items"][0]["stageKey"] == "one"
        await did(client, "somebody else", "u2")
        await did(client, "m1")
        (told,) = (await listener.next("a"))["events"]
        assert (told["messageId"], told["contactId"]) == ("m1", who)
        place = {"journey_id": made["id"], "stage_id": made["stages"][0]["id"]}
        await client.made(f"/v1/contacts/{who}/journeys", place)
        told = await listener.next("a")
        assert (told["events"], told["changes"]) == ([], [{"kind": "enrolment", "op": "upsert"}])


async def test_what_a_contact_did_meanwhile_is_told_once(
    client: Client, quick: Served, key: str
) -> None:
    who, cursor, messages, kinds = await somebody(client), None, [], []
    for n in range(4):
        async with entered(quick, key) as listener:
            await listener.subscribe("a", PROGRESS, id=who, after=cursor)
            while len(messages) < n or len(kinds) < n or cursor is None:
                told = await listener.next("a")
                cursor = told["cursor"]
                messages += [one["messageId"] for one in told["events"]]
                kinds += [one["kind"] for one in told["changes"]]
        await did(client, f"m{n}")
        await client.patch(f"/v1/contacts/{who}", json={"traits": {"n": n}})
    assert (messages, kinds) == (["m0", "m1", "m2"], ["contact"] * 3)
