"""Events and what was put aside, as GraphQL shows and mends them."""

import json
from typing import Any

from service.domain.ids import new_id
from tests.make import Client

DONE = {"type": "track", "event": "Looked", "timestamp": "2026-05-01T09:30:00Z"}


async def asked(client: Client, query: str, **variables: Any) -> Any:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    found = answer.json()
    assert "errors" not in found, found
    return found["data"]


async def test_events_are_a_connection(client: Client) -> None:
    batch = [{**DONE, "messageId": f"m{n}", "userId": f"u{n}"} for n in range(3)]
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 3
    query = """query ($after: String, $filter: JSON) {
      events(first: 2, after: $after, filter: $filter, from: "2026-05-01T00:00:00Z", type: track) {
        edges { cursor node { messageId userId timestamp sessionId sessionReason } }
        pageInfo { hasNextPage endCursor }
      }
    }"""
    found = (await asked(client, query))["events"]
    first = found["edges"][0]["node"]
    assert first == {
        "messageId": "m0",
        "userId": "u0",
        "timestamp": "2026-05-01T09:30:00+00:00",
        "sessionId": None,
        "sessionReason": "not_computed",
    }
    rest = (await asked(client, query, after=found["edges"][0]["cursor"]))["events"]
    assert [edge["node"]["messageId"] for edge in rest["edges"]] == ["m1", "m2"]
    assert found["pageInfo"]["hasNextPage"] is True
    condition = {"field": "user_id", "op": "eq", "value": "u2"}
    one = (await asked(client, query, filter=condition))["events"]
    assert [edge["node"]["messageId"] for edge in one["edges"]] == ["m2"]


async def test_a_timeline_is_the_one_of_rest(client: Client) -> None:
    """By the same cursors, of who was merged too, in the order in which things happened."""
    batch = [
        {**DONE, "messageId": f"m{n}", "userId": f"u{n % 2}"}
        | {"timestamp": f"2026-05-01T09:3{9 - n}:00Z", "properties": {"n": n}}
        for n in range(6)
    ]
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 6
    items = [{"source": "user_id", "value": f"u{n}"} for n in range(2)]
    found = (await client.post("/v1/contacts/lookup", json={"items": items})).json()["items"]
    one, other = (row["id"] for row in found)
    await client.made("/v1/contacts/merge", {"winner_id": one, "loser_id": other})
    query = """query ($who: ID!, $after: String, $filter: JSON, $to: DateTime) {
      timeline(
        contactId: $who, first: 4, after: $after, filter: $filter, to: $to, event: "Looked"
      ) {
        nodes { messageId contactId userId timestamp properties }
        edges { cursor }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }"""
    first = (await asked(client, query, who=one))["timeline"]
    assert (await asked(client, query, who=other))["timeline"]["nodes"] == first["nodes"]
    at = f"/v1/contacts/{one}/timeline"
    told = await client.got(at, params={"limit": 4, "event": "Looked"})
    assert [node["messageId"] for node in first["nodes"]] == ["m5", "m4", "m3", "m2"]
    assert [n["messageId"] for n in first["nodes"]] == [i["message_id"] for i in told["items"]]
    assert {node["contactId"] for node in first["nodes"]} == {one}
    assert first["pageInfo"]["hasNextPage"] and not first["pageInfo"]["hasPreviousPage"]
    after = first["edges"][1]["cursor"]
    rest = (await asked(client, query, who=one, after=after))["timeline"]
    assert [node["messageId"] for node in rest["nodes"]] == ["m3", "m2", "m1", "m0"]
    assert not rest["pageInfo"]["hasNextPage"]
    condition = {"field": "properties.n", "op": "lt", "value": 2}
    few = (await asked(client, query, who=one, filter=condition))["timeline"]
    assert [node["messageId"] for node in few["nodes"]] == ["m1", "m0"]
    earlier = (await asked(client, query, who=one, to="2026-05-01T09:35:00Z"))["timeline"]
    assert [node["messageId"] for node in earlier["nodes"]] == ["m5"]


async def test_nobody_has_no_timeline(client: Client) -> None:
    query = "query ($who: ID!) { timeline(contactId: $who) { nodes { messageId } } }"
    for who, code in ((str(new_id()), "NOT_FOUND"), ("nonsense", "INVALID")):
        answer = await client.post("/graphql", json={"query": query, "variables": {"who": who}})
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == code


async def test_a_message_is_mended_and_put_through_again(client: Client) -> None:
    await client.post("/v1/batch", json={"batch": [DONE]})
    query = "{ quarantinedMessages { nodes { id code message } } }"
    (one,) = (await asked(client, query))["quarantinedMessages"]["nodes"]
    assert (one["code"], json.loads(one["message"])) == ("id_missing", DONE)
    mend = """mutation ($id: ID!, $message: String!) {
      updateQuarantinedMessage(id: $id, patch: {message: $message}) {
        quarantinedMessage { message version }
      }
    }"""
    mended = json.dumps({**DONE, "userId": "u1"})
    await asked(client, mend, id=one["id"], message=mended)
    replay = """mutation ($id: ID!) {
      replayQuarantinedMessage(id: $id) { quarantinedMessage { outcome replayedAt } }
    }"""
    done = await asked(client, replay, id=one["id"])
    outcome = done["replayQuarantinedMessage"]["quarantinedMessage"]["outcome"]
    assert outcome["outcome"] == "accepted"
    assert len((await asked(client, "{ events { nodes { event } } }"))["events"]["nodes"]) == 1
