"""Idempotency-Key over HTTP: a POST that is sent again is done once."""

import asyncio
from datetime import timedelta

import pytest

from service.database import Database
from tests.make import Client, journey

BODY = {"name": "Ann"}


async def count(client: Client, path: str = "/v1/personas") -> int:
    total: int = (await client.got(path, params={"count": True, "limit": 1}))["total"]
    return total


async def test_the_same_request_gets_its_first_answer_again(client: Client) -> None:
    key = {"Idempotency-Key": "once"}
    first = await client.post("/v1/personas", json=BODY, headers=key)
    second = await client.post("/v1/personas", json=BODY, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    for name in ("location", "etag", "content-type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await count(client) == 1


async def test_the_answer_is_the_first_even_after_a_change(client: Client) -> None:
    key = {"Idempotency-Key": "once"}
    first = await client.post("/v1/personas", json=BODY, headers=key)
    await client.patch(first.headers["location"], json={"name": "Bea"})
    await client.delete(first.headers["location"])
    second = await client.post("/v1/personas", json=BODY, headers=key)
    assert second.json() == first.json()
    assert await count(client) == 0


@pytest.mark.parametrize("body", [b'{"name": "Bea"}', b'{"name":"Ann" }', b"{}", b"", b"\xff"])
async def test_another_body_under_the_same_key_is_refused(client: Client, body: bytes) -> None:
    key = {"Idempotency-Key": "once"}
    await client.post("/v1/personas", json=BODY, headers=key)
    answer = await client.post("/v1/personas", content=body, headers=key)
    assert answer.status_code in {400, 422}
    assert await count(client) == 1


async def test_another_body_is_told_apart_from_bad_input(client: Client) -> None:
    key = {"Idempotency-Key": "once"}
    await client.post("/v1/personas", json=BODY, headers=key)
    answer = await client.post("/v1/personas", json={"name": "Bea"}, headers=key)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"


async def test_a_key_belongs_to_its_path_and_workspace(client: Client, stranger: Client) -> None:
    key = {"Idempotency-Key": "once"}
    for call, path in (
        (client, "/v1/personas"),
        (client, "/v1/profiles"),
        (stranger, "/v1/personas"),
    ):
        answer = await call.post(path, json=BODY, headers=key)
        assert answer.status_code == 201
        assert "idempotency-replayed" not in answer.headers


async def test_an_answer_is_kept_for_its_key_path_and_workspace_alone(
    client: Client, stranger: Client
) -> None:
    made = await client.made("/v1/journeys", journey(2, 0))
    theirs = await stranger.made("/v1/journeys", journey(2, 0))
    body, first = {"action": "Asks"}, {"Idempotency-Key": "first"}
    one, two = (f"/v1/stages/{stage['id']}/steps" for stage in made["stages"])
    other = f"/v1/stages/{theirs['stages'][0]['id']}/steps"
    tries = [
        (client, one, first),
        (client, two, first),
        (client, one, {"Idempotency-Key": "second"}),
        (client, one, {"Idempotency-Key": "First"}),
        (stranger, other, first),
    ]
    answers = [await who.post(path, json=body, headers=key) for who, path, key in tries]
    assert [answer.status_code for answer in answers] == [201] * len(tries)
    assert len({answer.json()["id"] for answer in answers}) == len(tries)
    for (who, path, key), answer in zip(tries, answers, strict=True):
        again = await who.post(path, json=body, headers=key)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.content == answer.content
    # A stranger who knows path and key is told nothing of what was answered there.
    assert (await stranger.post(one, json=body, headers=first)).status_code == 404
    # The key of a POST means nothing to another method on the same path.
    assert (await client.put(one, json=body, headers=first)).status_code == 405
    assert len((await client.got(one))["items"]) == 3


async def test_a_refused_request_leaves_its_key_free(client: Client) -> None:
    key = {"Idempotency-Key": "once"}
    name = {"source": "crm", "id": "7"}
    taken = BODY | {"external_ids": [name]}
    holder = await client.made("/v1/personas", taken)
    for body, status in (({"name": ""}, 422), (taken, 409), (taken, 409)):
        assert (await client.post("/v1/personas", json=body, headers=key)).status_code == status
    await client.delete(f"/v1/personas/{holder['id']}")
    again = await client.post("/v1/personas", json=taken, headers=key)
    assert again.status_code == 201


async def test_tries_at_the_same_time_make_one_row(client: Client) -> None:
    key = {"Idempotency-Key": "once"}
    tries = [client.post("/v1/journeys", json=journey(), headers=key) for _ in range(8)]
    answers = await asyncio.gather(*tries)
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_key_running"
    assert await count(client, "/v1/journeys") == 1


async def test_a_key_is_forgotten_after_a_day(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, clock = {"Idempotency-Key": "once"}, database.clock
    first = await client.post("/v1/personas", json=BODY, headers=key)
    for later, replayed in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        monkeypatch.setattr(database, "clock", lambda later=later: clock() + later)
        answer = await client.post("/v1/personas", json=BODY, headers=key)
        assert answer.status_code == 201
        assert (answer.json()["id"] == first.json()["id"]) is replayed
    assert await count(client) == 2


async def test_a_key_that_ran_out_serves_for_another_body(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, clock = {"Idempotency-Key": "once"}, database.clock
    await client.post("/v1/personas", json=BODY, headers=key)
    monkeypatch.setattr(database, "clock", lambda: clock() + timedelta(days=2))
    answer = await client.post("/v1/personas", json={"name": "Bea"}, headers=key)
    assert answer.status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\tb"])
async def test_what_is_no_key_is_malformed(client: Client, key: str) -> None:
    answer = await client.post("/v1/personas", json=BODY, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert await count(client) == 0


async def test_other_methods_need_no_key_and_ignore_it(client: Client) -> None:
    key = {"Idempotency-Key": "once"}
    made = await client.made("/v1/personas", BODY, headers=key)
    at = f"/v1/personas/{made['id']}"
    for name in ("Bea", "Cleo"):
        answer = await client.patch(at, json={"name": name}, headers=key)
        assert answer.json()["name"] == name
