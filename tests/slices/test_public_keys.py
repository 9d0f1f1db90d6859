"""What a public key may not do is not done, and its outcome says so."""

import json
from typing import Any

import asyncpg
import pytest

from service.domain.events import MOST_KEPT
from tests.contract.furnishing import workspace_of
from tests.make import Client

Sender = dict[str, str]
ANN = {"type": "identify", "userId": "ann", "traits": {"plan": "gold"}}
BOB = {"type": "identify", "userId": "bob", "anonymousId": "device"}


@pytest.fixture
async def page(client: Client) -> Sender:
    """The headers of a page's key; a server has told of Ann, and of Bob and his device."""
    assert await came(client, {}, ANN, BOB) == [("accepted", None)] * 2
    body = {"name": "Page", "scopes": ["events:write"], "public": True}
    key = (await client.made("/v1/api-keys", body))["key"]
    return {"Authorization": f"Bearer {key}"}


async def came(client: Client, by: Sender, *messages: dict[str, Any]) -> list[Any]:
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": messages}, headers=by)
    assert answer.status_code == 200, answer.text
    return [(one["outcome"], one.get("code")) for one in answer.json()["outcomes"]]


async def test_two_known_users_are_not_joined(client: Client, page: Sender) -> None:
    alias = {"type": "alias", "userId": "ann", "previousId": "bob"}
    assert await came(client, page, alias) == [("accepted", "not_joined")]
    assert len((await client.got("/v1/contacts"))["items"]) == 2
    assert await came(client, {}, alias | {"messageId": "by a server"}) == [("accepted", None)]
    assert len((await client.got("/v1/contacts"))["items"]) == 1


async def test_nobody_keeps_a_servers_word_out_by_sending_it_first(
    client: Client, page: Sender
) -> None:
    """Of what has no id of its own; put through again, it is still the page's."""
    alias = {"type": "alias", "userId": "ann", "previousId": "bob"}
    assert await came(client, page, alias, alias) == [
        ("accepted", "not_joined"),
        ("duplicate", None),
    ]
    assert await came(client, {}, alias, alias) == [("accepted", None), ("duplicate", None)]
    bad = {"type": "track", "userId": "ann", "timestamp": "2026-05-01T10:00:00Z"}
    await came(client, page, bad)
    (kept,) = (await client.got("/v1/quarantine"))["items"]
    mended = bad | {"event": "Looked"}
    path = f"/v1/quarantine/{kept['id']}"
    await client.patch(path, json={"message": json.dumps(mended)})
    assert (await client.post(f"{path}/replay")).json()["outcome"]["outcome"] == "accepted"
    assert await came(client, page, mended) == [("duplicate", None)]
    assert await came(client, {}, mended) == [("accepted", None)]


async def test_a_device_that_is_anothers_is_not_joined_by_any_key(
    client: Client, page: Sender
) -> None:
    tied = {"type": "identify", "userId": "ann", "anonymousId": "device"}
    for by in (page, {}):
        sent = tied | {"messageId": f"by {len(by)}"}
        assert await came(client, by, sent) == [("accepted", "not_joined")]
    fresh = tied | {"anonymousId": "another device"}
    assert await came(client, page, fresh) == [("accepted", None)]
    assert len((await client.got("/v1/contacts"))["items"]) == 2


@pytest.mark.parametrize("plan", ["free", "gold", None])
async def test_what_a_server_told_of_somebody_stays(
    client: Client, page: Sender, plan: str | None
) -> None:
    """The code tells nothing of the value that stays; the rest is taken."""
    told = ANN | {"traits": {"plan": plan, "colour": "red"}}
    assert await came(client, page, told) == [("accepted", "set_by_server")]
    ann = await client.got("/v1/contacts/by-external-id/user_id/ann")
    assert ann["traits"] == {"plan": "gold", "colour": "red"}
    assert await came(client, page, ANN | {"traits": {"colour": "blue"}}) == [("accepted", None)]
    assert (await client.got("/v1/quarantine"))["items"] == []


async def test_what_a_server_told_of_an_organisation_stays(client: Client, page: Sender) -> None:
    group = {"type": "group", "userId": "ann", "groupId": "acme", "traits": {"size": 3}}
    assert await came(client, {}, group) == [("accepted", None)]
    of_bob = {"type": "group", "userId": "bob", "groupId": "acme"}
    for change in (of_bob | {"traits": {"size": 4}}, {"groupId": "other", "traits": {}}):
        assert await came(client, page, group | change) == [("accepted", "set_by_server")]
    assert await came(client, page, of_bob | {"traits": {"town": "Ulm"}}) == [("accepted", None)]


async def test_what_a_server_did_not_tell_of_an_organisation_stays_whose_it_was(
    client: Client, page: Sender
) -> None:
    """A patch speaks of what it names, were it to say the same; a replacement of everything."""
    group = {"type": "group", "userId": "bob", "groupId": "acme"}
    told = group | {"traits": {"size": 3, "town": "Ulm"}}
    assert await came(client, page, told) == [("accepted", None)]
    (acme,) = (await client.got("/v1/accounts"))["items"]
    at = f"/v1/accounts/{acme['id']}"
    answer = await client.patch(at, json={"traits": {"town": "Ulm", "plan": "gold"}})
    assert answer.json()["traits"] == {"size": 3, "town": "Ulm", "plan": "gold"}
    for name, code in (("size", None), ("town", "set_by_server"), ("plan", "set_by_server")):
        change = group | {"traits": {name: 4}}
        assert await came(client, page, change) == [("accepted", code)], name
    body = {"name": "Acme", "traits": {"size": 4, "town": "Ulm"}}
    assert (await client.put(at, json=body)).is_success
    again = group | {"traits": {"size": 5}}
    assert await came(client, page, again) == [("accepted", "set_by_server")]


async def test_a_name_that_a_server_gave_an_organisation_stays(
    client: Client, page: Sender
) -> None:
    known = [{"source": "group_id", "id": "acme"}]
    made = await client.made("/v1/accounts", {"name": "Acme", "external_ids": known})
    at, group = f"/v1/accounts/{made['id']}", {"type": "group", "userId": "bob", "groupId": "acme"}
    named = group | {"traits": {"name": "Bad", "town": "Ulm"}}
    assert await came(client, page, named) == [("accepted", "set_by_server")]
    found = await client.got(at)
    assert (found["name"], found["traits"]) == ("Acme", {"town": "Ulm"})
    # A server's word is another matter; and what a page called somebody, a server may change.
    assert await came(client, {}, group | {"traits": {"name": "Acme AG"}}) == [("accepted", None)]
    assert (await client.got(at))["name"] == "Acme AG"
    other = {"type": "group", "userId": "cleo", "groupId": "other", "traits": {"name": "Other"}}
    assert await came(client, page, other) == [("accepted", None)]
    at = "/v1/accounts/by-external-id/group_id/other"
    assert (await client.patch(at, json={"name": "Better"})).is_success
    worse = other | {"traits": {"name": "Worse"}}
    assert await came(client, page, worse) == [("accepted", "set_by_server")]
    assert (await client.got(at))["name"] == "Better"


async def test_a_public_key_sends_no_tables(client: Client, page: Sender) -> None:
    headers = {**page, "Content-Type": "text/csv"}
    answer = await client.post("/v1/events", content="userId,event\nu,a\n", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_what_servers_send_is_put_aside_whatever_pages_sent(
    client: Client, page: Sender, owner: asyncpg.Connection
) -> None:
    """Anybody may send by a page's key: half of the room is left to all others."""
    here = workspace_of(client)
    await owner.execute(
        "INSERT INTO waypost.quarantine"
        " (workspace_id, id, created_at, updated_at, code, detail, message, public)"
        " SELECT $1, gen_random_uuid(), now(), now(), 'too_long', 'x', 'x', true"
        " FROM generate_series(1, $2::int)",
        *(here, MOST_KEPT // 2),
    )
    bad = {"type": "track", "userId": "ann"}
    for by, sent in ((page, "by a page"), ({}, "by a server")):
        assert await came(client, by, bad | {"messageId": sent}) == [
            ("quarantined", "event_missing")
        ]
    kept = (await client.got("/v1/quarantine", params={"code": "event_missing"}))["items"]
    assert ["by a server" in one["message"] for one in kept] == [True]
