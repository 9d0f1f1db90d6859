"""The tracking protocol over HTTP: every path, every way to say who sends, whatever is sent."""

import gzip
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.contract.furnishing import workspace_of
from tests.make import Client

NAMES = ("batch", "b", "import", "identify", "i", "track", "t", "page", "p", "screen", "s")
NAMES += ("group", "g", "alias", "a")
SENT = {"userId": "u1", "event": "Looked", "previousId": "a1", "groupId": "g1"}


def key_of(client: Client) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}


async def public_key(client: Client) -> str:
    body = {"name": "Page", "scopes": ["events:write"], "public": True}
    key: str = (await client.made("/v1/api-keys", body))["key"]
    return key


async def rows(owner: asyncpg.Connection, client: Client) -> list[Any]:
    return await owner.fetch(
        "SELECT * FROM waypost.events WHERE workspace_id = $1 ORDER BY arrival",
        workspace_of(client),
    )


@pytest.mark.parametrize("slash", ["", "/"])
async def test_every_path_takes_a_message_and_none_redirects(
    client: Client, owner: asyncpg.Connection, slash: str
) -> None:
    for name in NAMES:
        typed = {"type": "track"} if name in ("batch", "b", "import") else {}
        answer = await client.post(f"/v1/{name}{slash}", json={**SENT, "messageId": name, **typed})
        assert (answer.status_code, answer.json()["accepted"]) == (200, 1), (name, answer.text)
    types = {row["message_id"]: row["type"] for row in await rows(owner, client)}
    assert {types[short] for short in ("identify", "i")} == {"identify"}
    assert {types[short] for short in ("alias", "a")} == {"alias"}
    assert types["b"] == types["t"] == "track"


async def test_a_browser_may_ask_beforehand_from_any_page(client: Client) -> None:
    for path in ("/v1/t", "/v1/batch/"):
        answer = await client.options(path, headers={"Authorization": ""})
        assert answer.status_code == 204
        allowed = answer.headers["access-control-allow-headers"]
        assert {"authorization", "content-type", "x-retry-count"} <= set(allowed.split(", "))
        assert answer.headers["access-control-allow-origin"] == "*"
    refused = await client.post("/v1/t", json=SENT, headers={"Authorization": "Bearer x"})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == "*"
    assert "retry-after" in refused.headers["access-control-expose-headers"]


async def test_a_key_is_a_bearers_a_user_name_or_in_the_body(client: Client) -> None:
    key = await public_key(client)
    bearer = client.headers.pop("authorization")
    batch = {"batch": [{**SENT, "type": "track"}]}
    for headers, more in (
        ({"Authorization": f"Bearer {key}"}, {}),
        (basic(key), {}),
        ({}, {"writeKey": key}),
    ):
        answer = await client.post("/v1/batch", json={**batch, **more}, headers=headers)
        assert answer.status_code == 200, answer.text
    for headers in ({}, basic("nobody"), {"Authorization": "Basic ?"}):
        more = {} if headers else {"writeKey": "nobody"}
        answer = await client.post("/v1/batch", json={**batch, **more}, headers=headers)
        assert answer.status_code == 401, answer.text
    client.headers["authorization"] = bearer


async def test_a_write_key_sends_and_does_nothing_else(client: Client) -> None:
    whole = key_of(client)
    assert (await client.get("/v1/journeys", headers=basic(whole))).status_code == 401
    reading = await client.made("/v1/api-keys", {"name": "R", "scopes": ["maps:read"]})
    answer = await client.post("/v1/track", json=SENT, headers=basic(reading["key"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_what_the_content_type_says_does_not_matter(
    client: Client, owner: asyncpg.Connection
) -> None:
    body = json.dumps({"batch": [{**SENT, "type": "track", "messageId": "zipped"}]}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    zipped = form | {"Content-Encoding": "gzip"}
    assert (await client.post("/v1/batch", content=gzip.compress(body), headers=zipped)).is_success
    plain = json.dumps({**SENT, "messageId": "plain"})
    headers = {"Content-Type": "text/plain"}
    assert (await client.post("/v1/track", content=plain, headers=headers)).is_success
    assert [row["message_id"] for row in await rows(owner, client)] == ["zipped", "plain"]


async def test_a_body_that_is_too_large_or_broken_is_refused_whole(client: Client) -> None:
    zipped = {"Content-Encoding": "gzip"}
    bomb = gzip.compress(b'{"batch": [' + b" " * 200_000_000 + b"]}")
    assert len(bomb) < 300_000
    answers = [
        (413, await client.post("/v1/batch", content=bomb, headers=zipped)),
        (413, await client.post("/v1/batch", content=b" " * 700_000)),
        (400, await client.post("/v1/batch", content=b"no gzip", headers=zipped)),
        (400, await client.post("/v1/batch", content=gzip.compress(b"{}")[:9], headers=zipped)),
        (415, await client.post("/v1/batch", content=b"x", headers={"Content-Encoding": "br"})),
        *[(400, await client.post("/v1/batch", content=one)) for one in (b"", b"[]", b"1", b"{")],
    ]
    for status, answer in answers:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_bad_message_spoils_no_other(client: Client, owner: asyncpg.Connection) -> None:
    batch = [
        {**SENT, "type": "track", "messageId": "good"},
        {"type": "track", "event": "Nobody did it"},
        {**SENT, "type": "track", "messageId": "good"},
        7,
        {**SENT, "type": "track", "messageId": "nul", "properties": {"x": "\x00"}},
    ]
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": batch})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["duplicates"], told["quarantined"]) == (1, 1, 3)
    codes = [(one["index"], one["outcome"], one.get("code")) for one in told["outcomes"]]
    assert codes == [
        (0, "accepted", None),
        (1, "quarantined", "id_missing"),
        (2, "duplicate", None),
        (3, "quarantined", "wrong_type"),
        (4, "quarantined", "text_not_storable"),
    ]
    assert [row["message_id"] for row in await rows(owner, client)] == ["good"]


async def test_parameters_that_nobody_knows_are_no_reason_to_drop_a_message(
    client: Client,
) -> None:
    answer = await client.post("/v1/track?_=17&x=y", json=SENT)
    assert (answer.status_code, "outcomes" in answer.json()) == (200, False)


async def test_answers_tell_the_rate(client: Client) -> None:
    # Many, for what one has taken is there again at once.
    several = [SENT | {"type": "track", "messageId": f"m-{n}"} for n in range(2_000)]
    answer = await client.post("/v1/batch", json={"batch": several})
    assert answer.headers["ratelimit-policy"] == '"events";q=1000000;w=10'
    left = answer.headers["ratelimit"].removeprefix('"events";r=').partition(";")[0]
    assert 998_000 <= int(left) < 1_000_000


async def test_a_public_key_has_no_other_scope(client: Client) -> None:
    body = {"name": "Page", "scopes": ["events:write", "maps:read"], "public": True}
    answer = await client.post("/v1/api-keys", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/public")
    made = await client.made("/v1/api-keys", {**body, "scopes": ["events:write"]})
    path = f"/v1/api-keys/{made['id']}"
    assert (await client.patch(path, json={"scopes": ["maps:read"]})).status_code == 422
    assert (await client.patch(path, json={"name": "Other"})).json()["public"] is True
    wide = await client.made("/v1/api-keys", {"name": "R", "scopes": ["maps:read"]})
    answer = await client.patch(f"/v1/api-keys/{wide['id']}", json={"public": True})
    assert answer.status_code == 422


async def test_what_is_older_than_the_workspace_keeps_is_put_aside_message_by_message(
    client: Client, owner: asyncpg.Connection
) -> None:
    """Its key may have been forgotten with it: taken again, it would count twice."""
    answer = await client.patch("/v1/settings", json={"retention_days": 30})
    assert answer.status_code == 200, answer.text
    # A key's workspace is looked up anew by a key that nobody has used.
    made = await client.made("/v1/api-keys", {"name": "Page", "scopes": ["events:write"]})
    sent = [
        {"type": "track", "messageId": str(days), "timestamp": ago(days), **SENT}
        for days in (1, 29, 31, 4000)
    ]
    answer = await client.post(
        "/v1/batch?outcomes=true", json={"batch": sent}, headers=basic(made["key"])
    )
    told = answer.json()
    assert (told["accepted"], told["quarantined"]) == (2, 2)
    assert {one.get("code") for one in told["outcomes"]} == {None, "older_than_retention"}
    assert [row["message_id"] for row in await rows(owner, client)] == ["1", "29"]


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
