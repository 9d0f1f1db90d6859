"""What stands below a contact, asked where the contact is asked for."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from tests.faces.asking import answered, asked
from tests.make import BY_ANN, Client
from tests.slices.bound import bound, event, sent

HISTORY = """query ($id: ID!) { contact(id: $id) { uuid
  consentStates { purpose state usable }
  consents(first: 1, purpose: "email_marketing") { nodes { purpose granted } totalCount
    pageInfo { hasNextPage endCursor } }
  timeline(first: 2) { nodes { event } edges { cursor } pageInfo { hasNextPage endCursor } }
  calls: timeline(event: "Call Started", type: track) { nodes { event contactId } }
  profiles { items { name membership } }
  persona { status }
  journeys { items { title stageKey } }
  enrolments { nodes { stageKey uuid } totalCount } } }"""


async def ann(client: Client, name: str = "ann") -> str:
    """Somebody who did two things, was put on a map, and agreed to something."""
    await sent(client, event(0, who=name), event(1, "Mail Sent", who=name))
    path = f"/v1/contacts/by-external-id/user_id/{name}"
    who = str((await client.got(path))["id"])
    for granted in (True, False):
        said = {"purpose": "email_marketing", "granted": granted}
        await client.made(f"/v1/contacts/{who}/consents", said)
    return who


async def test_a_contact_has_below_it_what_rest_has(client: Client) -> None:
    who = await ann(client)
    made = await client.made("/v1/journeys", bound("Call Started", None, None, None))
    stage = made["stages"][0]
    body = {"journey_id": made["id"], "stage_key": stage["key"]}
    placed = await client.made(f"/v1/contacts/{who}/journeys", body, headers=BY_ANN)
    did = {"did": "Call Started"}
    await client.made("/v1/profiles", {"name": "Callers", "criteria": did})
    found = (await asked(client, HISTORY, id=who))["contact"]
    rest = {
        name: await client.got(f"/v1/contacts/{who}/{name}")
        for name in ("consents", "timeline", "profiles", "persona", "journeys", "enrolments")
    }
    assert found["consentStates"] == [
        {name: one[name] for name in ("purpose", "state", "usable")}
        for one in rest["consents"]["states"]
    ]
    assert found["consents"]["nodes"] == [{"purpose": "email_marketing", "granted": False}]
    assert found["consents"]["totalCount"] == 2
    assert found["consents"]["pageInfo"]["hasNextPage"]
    told = [one["event"] for one in rest["timeline"]["items"]]
    assert [one["event"] for one in found["timeline"]["nodes"]] == told[:2]
    assert found["calls"]["nodes"] == [{"event": "Call Started", "contactId": who}]
    assert found["profiles"]["items"] == [{"name": "Callers", "membership": "yes"}]
    assert [one["name"] for one in rest["profiles"]["items"]] == ["Callers"]
    assert found["persona"] == {"status": rest["persona"]["status"]}
    (stands,) = rest["journeys"]["items"]
    (told_so,) = found["journeys"]["items"]
    assert told_so == {"title": made["title"], "stageKey": stands["stage_key"]}
    assert found["enrolments"]["nodes"] == [{"stageKey": stage["key"], "uuid": placed["id"]}]
    more = """query ($id: ID!, $after: String) { contact(id: $id) {
      consents(after: $after, purpose: "email_marketing") { nodes { granted } } } }"""
    after = found["consents"]["pageInfo"]["endCursor"]
    rest_of_it = (await asked(client, more, id=who, after=after))["contact"]
    assert rest_of_it == {"consents": {"nodes": [{"granted": True}]}}
    back = """query ($id: ID!, $before: String) { contact(id: $id) {
      consents(last: 1, before: $before, purpose: "email_marketing") { nodes { granted }
        pageInfo { startCursor hasPreviousPage hasNextPage } } } }"""
    last = (await asked(client, back, id=who))["contact"]["consents"]
    assert last["nodes"] == [{"granted": True}]
    assert last["pageInfo"]["hasPreviousPage"]
    before = last["pageInfo"]["startCursor"]
    front = (await asked(client, back, id=who, before=before))["contact"]["consents"]
    assert front["nodes"] == [{"granted": False}]
    assert front["pageInfo"]["hasNextPage"]


LISTED = "query ($first: Int) { contacts(first: $first) { nodes { uuid %s } } }"


async def test_how_several_stand_is_one_statement(client: Client) -> None:
    for n in range(12):
        await ann(client, f"p{n}")
    counts = []
    for first in (2, 12):
        before = await client.statements()
        query = LISTED % "consentStates { purpose state }"
        nodes = (await asked(client, query, first=first))["contacts"]["nodes"]
        assert len(nodes) == first
        assert all(len(one["consentStates"]) == 3 for one in nodes)
        counts.append(await client.statements() - before)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "field",
    [
        "timeline { nodes { event } }",
        "consents { nodes { purpose } }",
        "enrolments { nodes { uuid } }",
        "profiles { items { name } }",
        "persona { reason }",
        "journeys { items { status } }",
    ],
)
async def test_what_is_read_of_each_is_read_of_few(client: Client, field: str) -> None:
    for n in range(11):
        known = [{"source": "crm", "value": str(n)}]
        await client.made("/v1/contacts", {"identifiers": known})
    few = await answered(client, LISTED % field, first=10)
    assert "errors" not in few, few
    assert len(few["data"]["contacts"]["nodes"]) == 10
    many = await answered(client, LISTED % field, first=11)
    assert many["errors"][0]["extensions"]["problem"] == "too_large"


@pytest.mark.parametrize(
    ("field", "at"),
    [
        ("timeline(first: 0) { nodes { event } }", "/first"),
        ("consents(first: 201) { nodes { purpose } }", "/first"),
        ('enrolments(after: "x") { nodes { uuid } }', None),
        ("profiles(first: 51) { items { name } }", "/first"),
    ],
)
async def test_what_cannot_be_asked_is_refused(client: Client, field: str, at: Any) -> None:
    who = await ann(client)
    query = f'{{ contact(id: "{who}") {{ {field} }} }}'
    found = await answered(client, query)
    extensions = found["errors"][0]["extensions"]
    assert extensions["code"] == ("MALFORMED" if at is None else "INVALID"), found
    assert at is None or [one["pointer"] for one in extensions["errors"]] == [at]


async def test_each_asks_for_its_own_scope(client: Client, app: FastAPI) -> None:
    who = await ann(client)
    made = await client.made("/v1/api-keys", {"name": "CRM", "scopes": ["contacts:read"]})
    async with Client.entering(app, json.dumps({"key": made["key"]})) as crm:
        query = f'{{ contact(id: "{who}") {{ uuid consents {{ nodes {{ purpose }} }} FIELD }} }}'
        found = await answered(crm, query.replace("FIELD", "profiles { items { name } }"))
        assert found["errors"][0]["extensions"]["problem"] == "scope_missing"
        assert found["data"]["contact"]["consents"]["nodes"]
        assert (await client.get(f"/v1/contacts/{who}/profiles")).status_code == 200
        assert (await crm.get(f"/v1/contacts/{who}/profiles")).status_code == 403


async def test_a_stranger_finds_nothing_below(client: Client, stranger: Client) -> None:
    who = await ann(client)
    assert (await asked(stranger, HISTORY, id=who)) == {"contact": None}
