"""Bad input to the tracking protocol over a real socket: each told for what it is, alone."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from service.main import create_app
from service.settings import Settings
from tests.conftest import Served
from tests.make import Client

TRACK = {"type": "track", "userId": "ann", "event": "Looked"}
DEEP = "[" * 5_000 + "]" * 5_000
WRONG = ("true", "[]", "{}", '[{"a": 1}]')
"""What no text, number or time is."""
NO_OBJECT = ("true", "[]", '"x"', "7")

BAD = [
    *[("event", value, "wrong_type") for value in (*WRONG, "7")],
    *[("type", value, "wrong_type") for value in (*WRONG, "7")],
    *[(name, value, "wrong_type") for name in ("userId", "anonymousId") for value in WRONG],
    *[("messageId", value, "wrong_type") for value in WRONG],
    *[("timestamp", value, "invalid_time") for value in (*WRONG, "7", '"soon"')],
    *[(name, value, "wrong_type") for name in ("properties", "context") for value in NO_OBJECT],
    *[("timestamp", f'"{time}"', "invalid_time") for time in ("0000-01-01", "0001-01-01T00:00Z")],
    ("timestamp", '"0000-12-31T23:59:59.999Z"', "invalid_time"),
    ("timestamp", '"9999-12-31T23:59:59.999Z"', "in_the_future"),
    ("timestamp", '"9999-12-31T23:59:59-14:00"', "invalid_time"),
    ("timestamp", '"10000-01-01T00:00:00Z"', "invalid_time"),
    ("properties", json.dumps({"x": "y" * 33_000}), "too_large"),
    ("properties", f'{{"x": {DEEP}}}', "too_deep"),
    ("properties", '{"x": 1e400}', "number_out_of_range"),
    ("properties", r'{"x": "\u0000"}', "text_not_storable"),
    ("properties", r'{"\u0000": "x"}', "text_not_storable"),
    ("properties", r'{"x": "\ud83d"}', "text_not_storable"),
    ("properties", r'{"x": "\ude00\ud83d"}', "text_not_storable"),
    ("userId", r'"\udc00"', "text_not_storable"),
    ("event", r'"\u0000"', "text_not_storable"),
    ("event", json.dumps("é" * 257, ensure_ascii=False), "too_long"),
    ("messageId", json.dumps("m" * 101), "too_long"),
    *[("userId", value, "id_missing") for value in ("null", '""')],
    *[("event", value, "event_missing") for value in ("null", '""')],
    *[("type", value, code) for value, code in (("null", "type_missing"), ('"b"', "type_unknown"))],
]
GOOD = [
    {},
    {"messageId": None, "anonymousId": None, "properties": None, "context": None},
    {"userId": 7},
    {"unknown": [1], "writeKey": 7, "integrations": {"All": False}, "_metadata": {}},
    {"properties": {"x": "\ud83d\ude00", "": None, "n": 1e308}},
    {"timestamp": "1900-01-01T00:00:00Z"},
]


def raw(name: str, value: str) -> str:
    """A message with a member that is as it is written here."""
    rest = {n: v for n, v in TRACK.items() if n != name}
    return json.dumps(rest)[:-1] + f', "{name}": {value}}}'


@pytest.fixture
async def caller(served: Served, key: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers, timeout=60) as made:
        yield made


async def stored(caller: httpx.AsyncClient) -> int:
    answer = await caller.get("/v1/events", headers={"Accept": "application/x-ndjson"})
    return len(answer.text.splitlines()) - 1


async def test_bad_messages_are_told_apart_and_spoil_no_good_ones(
    caller: httpx.AsyncClient,
) -> None:
    good = [json.dumps({**TRACK, "n": n, **more}) for n, more in enumerate(GOOD)]
    bad = [raw(name, value) for name, value, _ in BAD]
    body = f'{{"batch": [{",".join([*good, *bad])}]}}'
    answer = await caller.post("/v1/batch?outcomes=true", content=body)
    assert answer.status_code == 200, answer.text
    outcomes = answer.json()["outcomes"]
    assert [one["outcome"] for one in outcomes[: len(GOOD)]] == ["accepted"] * len(GOOD)
    told = [(n, v[:60], one.get("code")) for (n, v, _), one in zip(BAD, outcomes[6:], strict=True)]
    assert told == [(name, value[:60], code) for name, value, code in BAD]
    assert await stored(caller) == len(GOOD)
    kept = (await caller.get("/v1/quarantine", params={"limit": 200})).json()["items"]
    assert sorted(one["code"] for one in kept) == sorted(code for *_, code in BAD)


ZIPPED = {"Content-Encoding": "gzip"}
BODIES: list[tuple[str, bytes, dict[str, str], int]] = [
    ("a bomb", gzip.compress(b'{"batch": [' + b" " * 200_000_000), ZIPPED, 413),
    ("a bomb in a bomb", gzip.compress(gzip.compress(b" " * 50_000_000)), ZIPPED, 400),
    ("a bomb unannounced", gzip.compress(b" " * 50_000_000), {}, 413),
    ("twice the limit", b'{"batch": [' + b" " * 1_200_000 + b"]}", {}, 413),
    ("half a gzip", gzip.compress(b'{"batch": []}')[:-9], ZIPPED, 400),
    ("two gzips", gzip.compress(b"{}") * 2, ZIPPED, 400),
    ("no gzip", b'{"batch": []}', ZIPPED, 400),
    ("another encoding", b"{}", {"Content-Encoding": "br"}, 415),
    ("nothing", b"", {}, 400),
    ("no JSON", b'{"batch": [', {}, 400),
    ("a list", b"[{}]", {}, 400),
    ("UTF-16", '{"batch": []}'.encode("utf-16"), {}, 400),
    ("deeper and broken", b"[" * 500_000, {}, 400),
    *[(f"batch: {v}", b'{"batch": %s}' % v.encode(), {}, 400) for v in ("7", "{}", '"x"')],
]


@pytest.mark.parametrize(
    ("body", "headers", "status"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
async def test_a_bad_body_is_refused_whole_and_the_next_is_taken(
    caller: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await caller.post("/v1/batch", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await caller.post("/v1/track", json=TRACK)).json()["accepted"] == 1
    assert (await caller.get("/v1/quarantine")).json()["items"] == []
    assert await stored(caller) == 1


@pytest.mark.parametrize("member", ["batch", "context", "sentAt", "unknown"])
async def test_a_body_half_a_million_brackets_deep_is_survived(
    caller: httpx.AsyncClient, member: str
) -> None:
    deep = "[" * 250_000 + "]" * 250_000
    answer = await caller.post("/v1/batch", content=f'{{"batch": [], "{member}": {deep}}}')
    assert answer.status_code == 200 if member == "batch" else 400, answer.text
    assert (await caller.post("/v1/track", json=TRACK)).json()["accepted"] == 1


async def test_a_bomb_of_lines_is_refused(caller: httpx.AsyncClient) -> None:
    bomb = gzip.compress(b" " * 300_000_000)
    answer = await caller.post("/v1/events", content=bomb, headers=ZIPPED)
    assert answer.status_code == 413, answer.text
    assert await stored(caller) == 0


@pytest.mark.parametrize("key", ["wp_nobody", "", "\ud83d\ude00", "x" * 5_000])
async def test_a_key_that_nobody_has_is_refused_wherever_it_stands(
    served: Served, key: str
) -> None:
    async with httpx.AsyncClient(base_url=served.url) as nobody:
        body = {"writeKey": key, "batch": [TRACK]}
        answers = [await nobody.post("/v1/batch", content=json.dumps(body))]
        if key and key.isascii():
            answers.append(await nobody.post("/v1/batch", json=body, auth=(key, "")))
            bearer = {"Authorization": f"Bearer {key}"}
            answers.append(await nobody.post("/v1/events", content=b"{}", headers=bearer))
    assert [one.status_code for one in answers] == [401] * len(answers)


async def test_a_million_names_of_properties_are_nothing_special(
    caller: httpx.AsyncClient,
) -> None:
    def line(n: int) -> str:
        properties = {f"p{n * 1_000 + m}": m for m in range(1_000)}
        return json.dumps({**TRACK, "messageId": str(n), "properties": properties})

    body = gzip.compress("\n".join(map(line, range(1_000))).encode(), 1)
    answer = await caller.post("/v1/events", content=body, headers=ZIPPED)
    assert answer.json() == {"accepted": 1_000, "duplicates": 0, "quarantined": 0}
    asked = json.dumps({"field": "properties.p999999", "op": "eq", "value": 999})
    (found,) = (await caller.get("/v1/events", params={"filter": asked})).json()["items"]
    assert found["message_id"] == "999"
    assert (await caller.get("/v1/contacts")).json()["items"][0]["traits"] == {}


def lines(first: int, number: int) -> bytes:
    made = [{**TRACK, "messageId": str(n)} for n in range(first, first + number)]
    return b"".join(json.dumps(one).encode() + b"\n" for one in made)


@pytest.mark.parametrize("size", [2_000, 5])
async def test_a_revoked_key_loads_no_more_within_five_seconds(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Whether much comes at once, or so little that nothing is stored for a long time."""
    made = await client.made("/v1/api-keys", {"name": "Load", "scopes": ["events:write"]})
    pieces = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal pieces
        yield lines(0, 4_000)
        assert (await client.delete(f"/v1/api-keys/{made['id']}")).is_success
        later = datetime.now(UTC) + timedelta(seconds=4.95)
        monkeypatch.setattr(app.state.database, "clock", lambda: later)
        for n in range(100):
            pieces += 1
            yield lines(4_000 + n * size, size)

    async with Client.entering(app, json.dumps(made)) as loader:
        answer = await loader.post("/v1/events", content=body())
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert pieces <= 2
    found = await client.get("/v1/events", headers={"Accept": "application/x-ndjson"})
    assert len(found.text.splitlines()) - 1 == 4_000


@pytest.mark.parametrize(("path", "kept"), [("/v1/batch", 0), ("/v1/events", 2_000)])
async def test_a_body_that_comes_too_slowly_is_not_waited_for(
    settings: Settings, client: Client, path: str, kept: int
) -> None:
    made = create_app(replace(settings, body_deadline=0.5, bulk_deadline=0.5))

    async def body() -> AsyncIterator[bytes]:
        yield lines(0, 2_001)
        await asyncio.Event().wait()

    async with made.router.lifespan_context(made):
        founded = json.dumps({"key": client.headers["authorization"].removeprefix("Bearer ")})
        async with Client.entering(made, founded) as slow:
            answer = await slow.post(path, content=body())
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    found = await client.get("/v1/events", headers={"Accept": "application/x-ndjson"})
    assert len(found.text.splitlines()) - 1 == kept
