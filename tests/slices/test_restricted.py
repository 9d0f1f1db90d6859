"""What is held of a restricted person is kept, and used for nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.make import Client

PATH = "/v1/contacts"
UPSERT = f"{PATH}/batch/upsert"
SEEN = {"type": "track", "event": "Seen", "timestamp": "2026-05-01T09:30:00Z"}


@pytest.fixture
async def people(client: Client) -> dict[str, str]:
    """Ann and Ben, known by the tracking protocol too; Ann is restricted by who is merged into
    her."""
    items = [
        {"identifiers": [{"source": "user_id", "value": name}], "traits": {"name": name}}
        for name in ("ann", "ben", "ann at work")
    ]
    came = (await client.post(UPSERT, json={"items": items})).json()["items"]
    ids = {item["traits"]["name"]: one["id"] for item, one in zip(items, came, strict=True)}  # type: ignore[index]
    assert (await client.post(f"{PATH}/{ids['ann at work']}/restrict")).status_code == 200
    merge = {"winner_id": ids["ann"], "loser_id": ids["ann at work"]}
    await client.made(f"{PATH}/merge", merge)
    return ids


@pytest.fixture
async def syncing(client: Client, app: FastAPI) -> AsyncIterator[Client]:
    """A system that sends contacts and may do nothing about privacy."""
    scopes = ["contacts:read", "contacts:write", "events:write"]
    made = await client.made("/v1/api-keys", {"name": "CRM", "scopes": scopes})
    async with Client.entering(app, f'{{"key": "{made["key"]}"}}') as system:
        yield system


async def listed(client: Client, **params: Any) -> set[str]:
    found = await client.got(PATH, params=params)
    assert found.get("total") in (None, len(found["items"]))
    return {row["traits"]["name"] for row in found["items"]}


async def sought(client: Client, **body: Any) -> set[str]:
    answer = await client.post(f"{PATH}/search", json=body)
    assert answer.status_code == 200, answer.text
    return {row["traits"]["name"] for row in answer.json()["items"]}


async def test_lists_and_searches_leave_a_restricted_person_out(
    client: Client, people: dict[str, str]
) -> None:
    assert await listed(client) == await listed(client, count="true") == {"ben"}
    assert await listed(client, q="ann") == set()
    assert await listed(client, restricted="with", count="true") == {"ann", "ben"}
    assert await listed(client, restricted="only", count="true") == {"ann"}
    assert await sought(client, filter={"all": []}) == {"ben"}
    assert await sought(client, restricted="only") == {"ann"}
    lines = await client.get(PATH, headers={"Accept": "application/x-ndjson"})
    assert '"ann"' not in lines.text
    await client.delete(f"{PATH}/{people['ann']}/restrict")
    assert await listed(client) == {"ann", "ben"}


async def test_graphql_lists_leave_a_restricted_person_out(
    client: Client, people: dict[str, str]
) -> None:
    query = """{
      without: contacts { totalCount nodes { uuid restrictedAt } }
      only: contacts(restricted: only) { totalCount nodes { uuid restrictedAt } }
    }"""
    found = (await client.post("/graphql", json={"query": query})).json()["data"]
    assert [row["uuid"] for row in found["without"]["nodes"]] == [people["ben"]]
    assert [row["uuid"] for row in found["only"]["nodes"]] == [people["ann"]]
    assert found["only"]["nodes"][0]["restrictedAt"]
    assert (found["without"]["totalCount"], found["only"]["totalCount"]) == (1, 1)


async def test_the_contact_itself_is_shown_and_says_so(
    client: Client, people: dict[str, str]
) -> None:
    """By whichever of its ids: one of those who are shown as it is restricted."""
    for which in ("ann", "ann at work"):
        assert (await client.got(f"{PATH}/{people[which]}"))["restricted_at"]
    assert (await client.got(f"{PATH}/{people['ben']}"))["restricted_at"] is None


async def test_nobody_may_be_used_who_is_restricted(client: Client, people: dict[str, str]) -> None:
    """Whatever they have granted."""
    for who in ("ann", "ben"):
        said = {"purpose": "email_marketing", "granted": True}
        await client.made(f"{PATH}/{people[who]}/consents", said)
    for purpose in ("email_marketing", "analytics"):
        leaf = {"consent": purpose}
        assert await sought(client, filter=leaf, restricted="with") == {"ben"}
        assert await sought(client, filter={"not": leaf}, restricted="with") == {"ann"}


async def test_a_sync_is_told_whom_it_did_not_change(
    client: Client, syncing: Client, people: dict[str, str]
) -> None:
    """So that it sends them again when they are restricted no more."""
    before = await client.got(f"{PATH}/{people['ann']}")
    names = [[{"source": "user_id", "value": name}] for name in ("ann", "ben", "ann at work")]
    more = {"source": "crm", "value": "7"}
    items = [{"identifiers": [*one, {**more, "value": one[0]["value"]}]} for one in names]
    items = [{**one, "traits": {"plan": "gold"}} for one in items]
    came = (await client.post(UPSERT, json={"items": items})).json()["items"]
    assert [one["outcome"] for one in came] == ["rejected", "updated", "rejected"]
    assert [[e["code"] for e in one["errors"]] for one in came] == [
        ["restricted"],
        [],
        ["restricted"],
    ]
    assert came[2]["errors"][0]["pointer"] == "/items/2"
    at = f"{PATH}/{people['ann']}"
    for answer in (
        await syncing.patch(at, json={"traits": {"plan": "gold"}}),
        await syncing.put(at, json={"traits": {}}),
        await syncing.put(f"{PATH}/by-external-id/user_id/ann", json={"traits": {"plan": "gold"}}),
        await syncing.patch(f"{PATH}/by-external-id/user_id/ann", json={"test": True}),
        await syncing.post(f"{PATH}/capture", json={"identifiers": names[0]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "restricted"), answer.text
    assert await client.got(at) == before
    assert (await client.delete(f"{at}/restrict")).status_code == 204
    again = (await syncing.post(UPSERT, json={"items": items})).json()["items"]
    assert [one["outcome"] for one in again] == ["updated", "unchanged", "updated"]


async def test_who_may_restrict_may_correct(client: Client, people: dict[str, str]) -> None:
    """What is wrong with it is often why it was restricted."""
    at = f"{PATH}/{people['ann']}"
    answer = await client.patch(at, json={"traits": {"town": "Graz"}})
    assert (answer.status_code, answer.json()["traits"]["town"]) == (200, "Graz")
    assert answer.json()["restricted_at"]


async def test_messages_set_nothing_of_a_restricted_person(
    client: Client, people: dict[str, str]
) -> None:
    """They are kept, and whoever sends them is told."""
    batch = [
        {"type": "identify", "userId": "ann", "traits": {"plan": "gold"}, "messageId": "1"},
        {"type": "identify", "userId": "ben", "traits": {"plan": "gold"}, "messageId": "2"},
        {"type": "group", "userId": "ann", "groupId": "company", "messageId": "3"},
        {**SEEN, "userId": "ann", "messageId": "4"},
        {**SEEN, "userId": "ben", "messageId": "5"},
    ]
    answer = await client.post("/v1/batch", params={"outcomes": "true"}, json={"batch": batch})
    told = answer.json()
    assert told["accepted"] == 5, told
    codes = {one["message_id"]: one.get("code") for one in told["outcomes"]}
    assert codes == {"1": "restricted", "3": "restricted", "2": None, "4": None, "5": None}
    ann, ben = [await client.got(f"{PATH}/{people[name]}") for name in ("ann", "ben")]
    assert (ann["traits"], ann["account_id"]) == ({"name": "ann"}, None)
    assert ben["traits"]["plan"] == "gold"


async def test_events_of_a_restricted_person_are_in_no_list_but_their_own(
    client: Client, people: dict[str, str]
) -> None:
    batch = [{**SEEN, "userId": name, "messageId": name} for name in ("ann", "ben", "ann at work")]
    await client.post("/v1/batch", json={"batch": batch})

    async def ids(path: str, **params: Any) -> list[str]:
        return [row["message_id"] for row in (await client.got(path, params=params))["items"]]

    assert await ids("/v1/events") == await ids("/v1/events", event="Seen") == ["ben"]
    anybody = '{"field": "event", "op": "eq", "value": "Seen"}'
    assert await ids("/v1/events", filter=anybody) == ["ben"]
    lines = await client.get("/v1/events", headers={"Accept": "application/x-ndjson"})
    assert '"ann' not in lines.text
    assert await ids("/v1/events", contact_id=people["ann"]) == ["ann", "ann at work"]
    assert await ids(f"{PATH}/{people['ann']}/timeline") == ["ann", "ann at work"]
    await client.delete(f"{PATH}/{people['ann']}/restrict")
    assert await ids("/v1/events") == ["ann", "ben", "ann at work"]


async def test_figures_leave_out_as_restricted_who_is_so_by_another_merged_into_them(
    client: Client, people: dict[str, str]
) -> None:
    everybody = {"criteria": {"all": []}}
    answer = await client.post("/v1/profiles/preview", json=everybody)
    assert answer.json()["excluded"] == [{"reason": "restricted", "count": 1}]
    about = await client.got(f"{PATH}/{people['ann']}/profiles")
    assert about["excluded"] == [{"reason": "restricted", "count": 1}]
