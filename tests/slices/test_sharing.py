"""Links that open one map without a key, until they expire."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service import linking, sample
from service.database import Database
from service.domain.signing import sign
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, journey, pointers

BARE = {"Authorization": ""}


async def a_map(client: Client) -> str:
    return f"/v1/journeys/{(await client.made('/v1/journeys', journey(1, 2)))['id']}"


def until(answer: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)


async def test_a_link_opens_its_map_without_a_key(client: Client) -> None:
    path = await a_map(client)
    answer = await client.post(f"{path}/share", json={"format": "svg", "theme": "dark"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == made["url"]
    assert made["url"].startswith(f"{path}/map?format=svg&")
    assert made["url"].endswith("&theme=dark")
    opened = await client.get(made["url"], headers=BARE)
    assert (opened.status_code, opened.headers["content-type"]) == (200, "image/svg+xml")
    assert "map-dark" in opened.text
    assert opened.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("sent", "lasts"),
    [
        ({}, timedelta(days=7)),
        ({"expires_in_seconds": 3600}, timedelta(hours=1)),
        ({"expires_in_seconds": 90 * 86_400}, timedelta(days=90)),
        ({"expires_at": "in three days"}, timedelta(days=3)),
    ],
)
async def test_a_link_lasts_as_long_as_asked(
    client: Client, sent: dict[str, Any], lasts: timedelta
) -> None:
    if "expires_at" in sent:
        sent = {"expires_at": (datetime.now(UTC) + lasts).isoformat()}
    made = await client.made(f"{await a_map(client)}/share", sent)
    assert abs(until(made) - lasts) < timedelta(minutes=5)


async def test_a_link_opens_nothing_else(client: Client) -> None:
    path, other = await a_map(client), await a_map(client)
    url = (await client.made(f"{path}/share", {}))["url"]
    query = url.partition("?")[2]
    for refused in (
        f"{other}/map?{query}",
        f"{path}/emotion-curve?{query}",
        f"{path}?{query}",
        f"{path}/map?{query}&persona_id=1",
        f"{path}/map?{query[:-2]}",
        f"{path}/map?{query.removeprefix('format=html&')}",
        *(
            f"{path}/map?{query.replace('format=html', f'format={form}')}"
            for form in ("svg", "markdown", "csv", "mermaid", "json")
        ),
    ):
        answer = await client.get(refused, headers=BARE)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), refused
    for method, at in (("POST", f"{path}/share"), ("DELETE", path), ("PATCH", path)):
        answer = await client.request(method, f"{at}?{query}", json={}, headers=BARE)
        assert answer.status_code == 401, method
    assert (await client.post(f"{path}/map?{query}", headers=BARE)).status_code == 405
    for theme in ("light", "dark"):
        fine = f"{path}/map?{query}&theme={theme}"
        assert (await client.get(fine, headers=BARE)).status_code == 200


async def test_a_link_opens_its_map_where_the_service_is_mounted_under_a_path(
    app: FastAPI, workspace: Caller
) -> None:
    async with Client.entering(app, workspace.request_id, root_path="/maps") as mounted:
        made = await mounted.made("/maps/v1/journeys", journey(1, 1))
        at = f"/v1/journeys/{made['id']}"
        for path in (f"/maps{at}", at):
            assert (await mounted.get(path)).status_code == 200
        for path in (f"/maps2{at}", f"/maps/maps{at}", "/maps"):
            assert (await mounted.get(path)).status_code == 404, path
        url = (await mounted.made(f"/maps{at}/share", {}))["url"]
        for link in (f"/maps{url}", url):
            assert (await mounted.get(link, headers=BARE)).status_code == 200, link


async def test_an_expired_link_says_so(
    client: Client, workspace: Caller, settings: Settings
) -> None:
    path = f"{await a_map(client)}/map"
    over = datetime.now(UTC) - timedelta(seconds=1)
    query = sign(path, "html", workspace.workspace_id, over, settings.signing_key)
    answer = await client.get(f"{path}?{query}", headers=BARE)
    assert (answer.status_code, answer.json()["code"]) == (401, "link_expired")


async def test_what_is_wrong_with_a_wish_is_named(client: Client) -> None:
    path = f"{await a_map(client)}/share"
    now = datetime.now(UTC)
    for sent, wrong in (
        ({"expires_in_seconds": 59}, {"/expires_in_seconds"}),
        ({"expires_in_seconds": 90 * 86_400 + 1}, {"/expires_in_seconds"}),
        ({"expires_in_seconds": "60"}, {"/expires_in_seconds"}),
        ({"expires_at": (now + timedelta(days=91)).isoformat()}, {"/expires_at"}),
        ({"expires_at": (now - timedelta(days=1)).isoformat()}, {"/expires_at"}),
        ({"format": "png", "theme": "red", "to": 1}, {"/format", "/theme", "/to"}),
        (
            {"expires_in_seconds": 60, "expires_at": now.isoformat()},
            {"/expires_at", "/expires_in_seconds"},
        ),
    ):
        answer = await client.post(path, json=sent)
        assert (answer.status_code, pointers(answer)) == (422, wrong), sent


async def test_who_may_only_read_shares_nothing(client: Client, stranger: Client) -> None:
    path = f"{await a_map(client)}/share"
    key = await client.made("/v1/api-keys", {"name": "Reader", "scopes": ["maps:read"]})
    reader = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.post(path, json={}, headers=reader)).status_code == 403
    assert (await stranger.post(path, json={})).status_code == 404


async def test_without_a_signing_key_the_answer_says_what_is_missing(
    client: Client, app: FastAPI, settings: Settings
) -> None:
    path = f"{await a_map(client)}/share"
    app.state.settings = replace(settings, signing_key="")
    try:
        answer = await client.post(path, json={})
    finally:
        app.state.settings = settings
    assert (answer.status_code, answer.json()["code"]) == (501, "not_configured")
    assert "WAYPOST_SIGNING_KEY" in answer.json()["detail"]


async def test_a_link_is_stored_nowhere_so_a_retry_makes_another(
    client: Client, database: Database, workspace: Caller
) -> None:
    path, once = await a_map(client), {"Idempotency-Key": "share-1"}
    first = await client.post(f"{path}/share", json={}, headers=once)
    assert (first.status_code, first.headers["cache-control"]) == (201, "no-store")
    again = await client.post(f"{path}/share", json={}, headers=once)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert (await client.post(f"{path}/share", json={})).status_code == 201
    mutation = f'mutation {{ shareJourney(id: "{path.rpartition("/")[2]}") {{ url }} }}'
    shared = await client.post("/graphql", json={"query": mutation}, headers=once)
    assert "signature=" in shared.json()["data"]["shareJourney"]["url"]
    async with database.write(workspace) as work:
        kept = await work.connection.fetch("SELECT * FROM waypost.idempotency_keys")
    assert len(kept) == 2
    assert "signature=" not in "".join(f"{one['headers']}{one['body']}" for one in kept)


async def test_the_link_that_a_first_start_prints_opens_the_samples_page(
    client: Client, database: Database, workspace: Caller, settings: Settings
) -> None:
    async with database.write(workspace) as work:
        await sample.load(work)
    async with database.read(workspace) as work:
        link = await linking.picture(work, sample.JOURNEY, settings.signing_key)
    answer = await client.get(link, headers=BARE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "From savings to income" in answer.text
