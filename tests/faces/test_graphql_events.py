"""Events and what was put aside, as GraphQL shows and mends them."""

import json
from typing import Any

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
