"""Traits set by public keys, which anybody may use, and by servers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.make import Client, pointers

BROWSER = {"name": "Page", "scopes": ["events:write"], "public": True}


@pytest.fixture
async def browser(client: Client) -> dict[str, str]:
    made = await client.made("/v1/api-keys", BROWSER)
    return {"Authorization": f"Bearer {made['key']}"}


async def said(client: Client, headers: dict[str, str], traits: dict[str, Any], **more: Any) -> str:
    """The code of what an identify was refused for."""
    message = {"type": "identify", "userId": "ann", "traits": traits, **more}
    sent = {"batch": [message]}
    answer = await client.post("/v1/batch?outcomes=true", json=sent, headers=headers)
    (one,) = answer.json()["outcomes"]
    assert one["outcome"] == "accepted", answer.text
    return str(one.get("code"))


async def ann(client: Client) -> dict[str, Any]:
    return dict(await client.got("/v1/contacts/by-external-id/user_id/ann"))


async def test_a_servers_older_word_goes_before_a_public_keys(
    client: Client, browser: dict[str, str]
) -> None:
    await said(client, browser, {"plan": "vip", "city": "Ulm"})
    item = {
        "identifiers": [{"source": "user_id", "value": "ann"}],
        "traits": {"plan": "basic", "city": None},
        "source_updated_at": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
    }
    outcomes = []
    for _ in range(2):
        came = await client.post("/v1/contacts/batch/upsert", json={"items": [item]})
        outcomes.append(came.json()["items"][0]["outcome"])
    assert outcomes == ["updated", "unchanged"]
    await said(client, browser, {"plan": "vip"})
    assert (await ann(client))["traits"] == {"plan": "basic"}


async def test_a_server_says_whose_somebody_is_whatever_a_public_key_said(
    client: Client, browser: dict[str, str]
) -> None:
    public = {"batch": [{"type": "group", "userId": "ann", "groupId": "theirs"}]}
    assert (await client.post("/v1/batch", json=public, headers=browser)).is_success
    day = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    own = {"batch": [{"type": "group", "userId": "ann", "groupId": "ours", "timestamp": day}]}
    assert (await client.post("/v1/batch", json=own)).is_success
    ours = await client.got("/v1/accounts/by-external-id/group_id/ours")
    assert (await ann(client))["account_id"] == ours["id"]


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/contacts/by-external-id/user_id/ann"])
async def test_who_is_made_without_an_account_is_told_to_be_nobodys(
    client: Client, browser: dict[str, str], path: str
) -> None:
    """Nothing was said of it: a message may, also one of long ago."""
    body = {"identifiers": [{"source": "user_id", "value": "ann"}], "traits": {}}
    made = await client.request("POST" if path == "/v1/contacts" else "PUT", path, json=body)
    assert made.status_code == 201, made.text
    day = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    sent = {"batch": [{"type": "group", "userId": "ann", "groupId": "theirs", "timestamp": day}]}
    answer = await client.post("/v1/batch?outcomes=true", json=sent, headers=browser)
    assert "code" not in answer.json()["outcomes"][0]
    theirs = await client.got("/v1/accounts/by-external-id/group_id/theirs")
    assert (await ann(client))["account_id"] == theirs["id"]


async def test_an_older_word_of_whose_somebody_is_changes_nothing(client: Client) -> None:
    now = datetime.now(UTC)
    said = {"type": "group", "userId": "ann", "groupId": "new", "timestamp": now.isoformat()}
    assert (await client.post("/v1/batch", json={"batch": [said]})).is_success
    new = (await client.got("/v1/accounts/by-external-id/group_id/new"))["id"]
    old = (await client.made("/v1/accounts", {"name": "Old"}))["id"]
    item: dict[str, Any] = {"identifiers": [{"source": "user_id", "value": "ann"}]}
    for hours, account in ((2, new), (0, old)):
        item |= {"account_id": old, "source_updated_at": (now - timedelta(hours=hours)).isoformat()}
        await client.post("/v1/contacts/batch/upsert", json={"items": [item]})
        assert (await ann(client))["account_id"] == account


async def test_names_by_a_public_key_take_no_room_from_a_server(
    client: Client, browser: dict[str, str]
) -> None:
    codes = [await said(client, browser, {f"j{k}_{n}": 1 for n in range(50)}) for k in range(3)]
    assert codes == ["None", "None", "too_large"]
    long = {f"l{n}": "x" * 2_000 for n in range(9)}
    assert await said(client, browser, long, userId="bob") == "too_large"
    who = await ann(client)
    assert len(who["traits"]) == 100
    at = f"/v1/contacts/{who['id']}"
    for k in range(5):
        traits = {f"crm{k}_{n}": 1 for n in range(100)}
        assert (await client.patch(at, json={"traits": traits})).is_success
    full = await client.patch(at, json={"traits": {"more": 1}})
    assert (full.status_code, pointers(full)) == (422, {"/traits"})
    assert len((await ann(client))["traits"]) == 600


async def test_names_that_were_removed_never_count_against_a_server(client: Client) -> None:
    known = {"identifiers": [{"source": "user_id", "value": "ann"}]}
    at = f"/v1/contacts/{(await client.made('/v1/contacts', known))['id']}"
    for k in range(12):
        for value in (1, None):
            traits = {f"t{k}_{n}": value for n in range(100)}
            assert (await client.patch(at, json={"traits": traits})).is_success
    assert (await ann(client))["traits"] == {}
