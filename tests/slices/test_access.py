"""Workspaces and API keys, over HTTP."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import access
from service.domain.ids import new_id
from service.domain.work import OPERATORS, Caller, Scope
from service.settings import Settings
from tests.make import Client, pointers


@pytest.fixture
async def operator(app: FastAPI, database: Database) -> AsyncIterator[Client]:
    """Calls the service with an operator's key."""
    async with database.write(Caller(OPERATORS, None, frozenset(Scope))) as work:
        made = await access.operator_key(work, "tests", None)
    async with Client.entering(app, made.json) as client:
        yield client


async def issued(client: Client, **members: Any) -> dict[str, Any]:
    return await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"], **members})


# -- API keys over HTTP ------------------------------------------------------------------------


async def test_a_key_is_shown_once_and_enters(client: Client, app: FastAPI) -> None:
    made = await issued(client, scopes=["maps:write", "maps:read", "maps:write"])
    assert made["key"].startswith(made["hint"] + "_")
    assert made["scopes"] == ["maps:read", "maps:write"]
    shown = await client.got(f"/v1/api-keys/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "key"}
    async with Client.entering(app, json.dumps(made)) as holder:
        assert (await holder.get("/v1/profiles")).status_code == 200
        assert (await holder.get("/v1/api-keys")).status_code == 403


async def test_neither_the_key_nor_its_hash_is_stored_or_listed(
    client: Client, settings: Settings
) -> None:
    made = await issued(client)
    listed = await client.got("/v1/api-keys?count=true")
    assert listed["total"] == 2
    secret = made["key"].rpartition("_")[2]
    assert secret not in json.dumps(listed)
    assert "sha256" not in json.dumps(listed)
    owner = await asyncpg.connect(str(settings.owner_database_url))
    try:
        rows = [
            str(row)
            for table in ("api_keys", "audit", "outbox", "idempotency_keys")
            for row in await owner.fetch(f"SELECT * FROM waypost.{table}")
        ]
    finally:
        await owner.close()
    assert not [row for row in rows if secret in row]


async def test_a_retried_creation_does_not_repeat_the_secret(client: Client) -> None:
    body = {"name": "once", "scopes": ["maps:read"]}
    headers = {"Idempotency-Key": str(new_id())}
    first = await client.post("/v1/api-keys", json=body, headers=headers)
    again = await client.post("/v1/api-keys", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 409)
    assert "key" not in again.json()
    assert (await client.got("/v1/api-keys?count=true"))["total"] == 2


async def test_no_key_makes_or_becomes_one_wider_than_the_key_in_use(
    client: Client, app: FastAPI
) -> None:
    narrow = await issued(client, scopes=["admin", "maps:read"])
    async with Client.entering(app, json.dumps(narrow)) as holder:
        wide = {"name": "wide", "scopes": ["maps:read", "maps:write", "admin", "privacy"]}
        answer = await holder.post("/v1/api-keys", json=wide)
        assert answer.status_code == 403
        assert answer.json()["code"] == "wider_than_caller"
        assert pointers(answer) == {"/scopes/1", "/scopes/3"}
        path = f"/v1/api-keys/{narrow['id']}"
        answer = await holder.patch(path, json={"scopes": ["privacy"]})
        assert (answer.status_code, pointers(answer)) == (403, {"/scopes/0"})
        assert (await holder.got("/v1/api-keys?count=true"))["total"] == 2


async def test_every_offending_member_of_a_key_is_named(client: Client) -> None:
    body = {"name": " ", "scopes": ["maps:read", "operator", "x"], "expires_at": "now", "x": 1}
    answer = await client.post("/v1/api-keys", json=body)
    assert answer.status_code == 422
    assert pointers(answer) == {"/name", "/scopes/1", "/scopes/2", "/expires_at", "/x"}
    for expires_at in ("2020-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2030-01-01T00:00:00"):
        answer = await client.post(
            "/v1/api-keys", json={"name": "n", "scopes": ["admin"], "expires_at": expires_at}
        )
        assert (answer.status_code, pointers(answer)) == (422, {"/expires_at"})
    answer = await client.post("/v1/api-keys", json={"name": "n", "scopes": []})
    assert (answer.status_code, pointers(answer)) == (422, {"/scopes"})


async def test_a_key_is_renamed_and_given_an_end_and_what_was_read_can_be_sent_back(
    client: Client,
) -> None:
    made = await issued(client)
    path = f"/v1/api-keys/{made['id']}"
    patch = {"name": "nightly sync", "expires_at": "2040-01-01T00:00:00Z"}
    changed = (await client.patch(path, json=patch)).json()
    assert changed["name"] == "nightly sync"
    assert changed["expires_at"] == "2040-01-01T00:00:00+00:00"
    assert (await client.patch(path, json=changed)).status_code == 200
    lifted = await client.patch(path, json={"expires_at": None})
    assert lifted.json()["expires_at"] is None
    stale = await client.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_a_revoked_key_stays_listed_and_enters_no_more(client: Client, app: FastAPI) -> None:
    made = await issued(client)
    path = f"/v1/api-keys/{made['id']}"
    assert (await client.delete(path)).status_code == 204
    revoked = await client.got(path)
    assert revoked["revoked_at"] is not None
    assert (await client.delete(path)).status_code == 204
    assert await client.got(path) == revoked
    async with Client.entering(app, json.dumps(made)) as holder:
        assert (await holder.get("/v1/profiles")).status_code == 401


async def test_keys_of_another_workspace_do_not_exist(client: Client, stranger: Client) -> None:
    path = f"/v1/api-keys/{(await issued(client))['id']}"
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.patch(path, json={"name": "mine"})).status_code == 404
    assert (await stranger.delete(path)).status_code == 404
    assert (await client.got(path))["revoked_at"] is None


async def test_lists_of_keys_page_and_refuse_what_they_do_not_know(client: Client) -> None:
    for n in range(3):
        await issued(client, name=f"key {n}")
    first = await client.got("/v1/api-keys?limit=2&sort=name")
    second = await client.got(f"/v1/api-keys?limit=2&sort=name&after={first['next']}")
    names = [key["name"] for key in first["items"] + second["items"]]
    assert names == ["first key", "key 0", "key 1", "key 2"]
    for query in ("q=x", "filter={}", "sort=hint"):
        assert (await client.get(f"/v1/api-keys?{query}")).status_code in {400, 422}


async def test_what_happens_to_keys_is_audited_by_name_of_member_alone(
    client: Client, settings: Settings
) -> None:
    actor = {"Waypost-Actor": "Zoë <zoe@example.org>".encode()}
    made = await client.made("/v1/api-keys", {"name": "n", "scopes": ["admin"]}, headers=actor)
    await client.delete(f"/v1/api-keys/{made['id']}")
    owner = await asyncpg.connect(str(settings.owner_database_url))
    try:
        rows = await owner.fetch(
            "SELECT a.kind, a.person, a.changed, o.version FROM waypost.audit a "
            "JOIN waypost.outbox o USING (workspace_id, resource_id, version) "
            "WHERE resource_id = $1 ORDER BY a.version",
            made["id"],
        )
    finally:
        await owner.close()
    assert [row["kind"] for row in rows] == ["api_key.created", "api_key.updated"]
    assert rows[0]["person"] == "Zoë <zoe@example.org>"
    assert json.loads(rows[1]["changed"]) == {"members": ["revoked_at"]}


# -- workspaces over HTTP ----------------------------------------------------------------------


async def test_an_operator_makes_reads_and_lists_workspaces(operator: Client, app: FastAPI) -> None:
    made = await operator.made("/v1/workspaces", {"name": "客户", "time_zone": "Asia/Shanghai"})
    shown = await operator.got(f"/v1/workspaces/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "key"}
    page = await operator.got("/v1/workspaces?limit=1&count=true")
    assert page["items"] == [shown]
    assert page["total"] >= 1
    async with Client.entering(app, json.dumps(made)) as first:
        keys = (await first.got("/v1/api-keys"))["items"]
        assert [key["scopes"] for key in keys] == [[scope.value for scope in access.GRANTED]]
        assert (await first.got(f"/v1/workspaces/{made['id']}"))["name"] == "客户"


async def test_the_operators_own_workspace_is_shown_to_nobody(operator: Client) -> None:
    after, ids = "", set()
    while after is not None:
        page = await operator.got(f"/v1/workspaces?limit=200{after and '&after=' + after}")
        ids |= {item["id"] for item in page["items"]}
        after = page["next"]
    assert str(OPERATORS) not in ids
    assert (await operator.get(f"/v1/workspaces/{OPERATORS}")).status_code == 404
    assert (await operator.patch(f"/v1/workspaces/{OPERATORS}", json={})).status_code == 403


async def test_an_operator_enters_no_workspace(operator: Client) -> None:
    for path in ("/v1/profiles", "/v1/journeys", "/v1/api-keys"):
        assert (await operator.get(path)).status_code == 403
    answer = await operator.post("/v1/api-keys", json={"name": "n", "scopes": ["admin"]})
    assert answer.status_code == 403


async def test_only_an_operator_makes_and_lists_workspaces(client: Client) -> None:
    assert (await client.post("/v1/workspaces", json={"name": "n"})).status_code == 403
    assert (await client.get("/v1/workspaces")).status_code == 403


async def test_an_administrator_sees_and_changes_the_own_workspace_alone(
    client: Client, stranger: Client, workspace: Caller, app: FastAPI
) -> None:
    path = f"/v1/workspaces/{workspace.workspace_id}"
    changed = await client.patch(path, json={"time_zone": "Europe/Vienna"})
    assert changed.json() == await client.got(path)
    assert changed.json()["time_zone"] == "Europe/Vienna"
    assert changed.json()["version"] == 2
    stale = await client.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    unchanged = await client.patch(path, json={})
    assert unchanged.json()["version"] == 2
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.patch(path, json={"name": "mine"})).status_code == 404
    async with Client.entering(app, json.dumps(await issued(client))) as reader:
        assert (await reader.get(path)).status_code == 403
    answer = await client.patch(path, json={"time_zone": "Mars/Olympus", "name": None})
    assert answer.status_code == 422


async def test_a_retried_founding_makes_one_workspace(operator: Client) -> None:
    body = {"name": f"once {new_id()}"}
    headers = {"Idempotency-Key": str(new_id())}
    answers = [await operator.post("/v1/workspaces", json=body, headers=headers) for _ in "12"]
    assert [answer.status_code for answer in answers] == [201, 409]
    page = await operator.got("/v1/workspaces?limit=200")
    assert [item["name"] for item in page["items"]].count(body["name"]) == 1


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Europe", "UTC\0", "/UTC"])
async def test_a_time_zone_is_one_of_the_iana_database(operator: Client, zone: str) -> None:
    answer = await operator.post("/v1/workspaces", json={"name": "n", "time_zone": zone})
    assert (answer.status_code, pointers(answer)) == (422, {"/time_zone"})


def test_every_scope_but_the_operators_can_be_granted() -> None:
    assert set(access.GRANTED) == set(Scope) - {Scope.OPERATOR}
    whole = access.NewApiKey(name="n", scopes=list(access.GRANTED))
    assert whole.scopes == list(access.GRANTED)
