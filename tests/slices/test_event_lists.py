"""Events as they are read, loaded by the file, put aside, mended and put through again."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.events.sorting import LONGEST_CONTEXT
from tests.make import Client

Json = dict[str, Any]


def event(n: int, **members: Any) -> Json:
    return {
        "type": "track",
        "messageId": f"m{n}",
        "userId": f"u{n % 2}",
        "event": f"Event {n % 3}",
        "timestamp": f"2026-05-{n + 1:02}T10:00:00Z",
        "properties": {"n": n, "device": "mobile"},
        "context": {"campaign": {"name": "spring", "medium": "email"}},
        **members,
    }


async def sent(client: Client, events: list[Json]) -> Json:
    answer = await client.post("/v1/batch", json={"batch": events})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(client: Client, **query: Any) -> list[str]:
    found = await client.got("/v1/events", params=query)
    return [one["message_id"] for one in found["items"]]


async def test_events_are_listed_in_the_order_in_which_they_came(client: Client) -> None:
    await sent(client, [event(n) for n in (5, 3, 9, 0)])
    found = await client.got("/v1/events", params={"limit": 3})
    first = found["items"][0]
    assert {name: first[name] for name in ("message_id", "type", "event", "user_id")} == {
        "message_id": "m5",
        "type": "track",
        "event": "Event 2",
        "user_id": "u1",
    }
    assert (first["device"], first["channel"], first["campaign"]) == ("mobile", "email", "spring")
    assert (first["session_id"], first["session_reason"]) == (None, "not_computed")
    assert first["properties"] == {"n": 5, "device": "mobile"}
    rest = await client.got("/v1/events", params={"limit": 3, "after": found["next"]})
    ids = [one["message_id"] for one in (*found["items"], *rest["items"])]
    assert (ids, rest["next"]) == (["m5", "m3", "m9", "m0"], None)


async def test_events_are_found_by_what_they_are(client: Client) -> None:
    await sent(client, [event(n) for n in range(6)])
    assert await listed(client, event="Event 1") == ["m1", "m4"]
    assert await listed(client, type="page") == []
    assert await listed(
        client, **{"from": "2026-05-02T10:00:00Z", "to": "2026-05-04T10:00:00Z"}
    ) == ["m1", "m2"]
    asked = {"all": [{"field": "properties.n", "op": "ge", "value": 3}]}
    asked["all"].append({"field": "user_id", "op": "eq", "value": "u1"})
    assert await listed(client, filter=json.dumps(asked)) == ["m3", "m5"]
    for refused in ({"filter": "{"}, {"filter": '{"field": "session_id", "op": "exists"}'}):
        answer = await client.get("/v1/events", params=refused)
        assert answer.status_code == 422
    assert (await client.get("/v1/events", params={"after": "x"})).status_code == 400


async def test_a_range_that_ends_before_it_begins_is_refused(client: Client) -> None:
    back = {"from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    who = await client.made("/v1/contacts", {"identifiers": [{"source": "crm", "value": "1"}]})
    own = await client.made("/v1/kpis", {"name": "Calls"})
    made = await client.made("/v1/journeys", {"title": "Map"})
    answers = [
        await client.get(f"/v1/contacts/{who['id']}/timeline", params=back),
        await client.get("/v1/events", params=back),
        await client.get(f"/v1/kpis/{own['id']}/values", params=back),
        await client.get(f"/v1/journeys/{made['id']}/sales-funnel", params=back),
        await client.post("/v1/quarantine/replay", json=back),
    ]
    for answer in answers:
        assert answer.status_code == 422, answer.text
        assert [one["code"] for one in answer.json()["errors"]] == ["wrong_bounds"]


async def test_graphql_refuses_such_a_range_too(client: Client) -> None:
    back = {"from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    who = await client.made("/v1/contacts", {"identifiers": [{"source": "crm", "value": "1"}]})
    query = "query ($id: ID!, $from: DateTime!, $to: DateTime!) { contact(id: $id) {"
    query += " timeline(from: $from, to: $to) { edges { cursor } } } }"
    told = await client.post(
        "/graphql", json={"query": query, "variables": {"id": who["id"], **back}}
    )
    assert told.json()["errors"][0]["extensions"]["errors"][0]["code"] == "wrong_bounds"


async def test_all_events_come_a_line_each(client: Client) -> None:
    await sent(client, [event(n) for n in range(7)])
    answer = await client.get("/v1/events", headers={"Accept": "application/x-ndjson"})
    *lines, end = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["message_id"] for line in lines] == [f"m{n}" for n in range(7)]
    await sent(client, [event(7)])
    assert await listed(client, after=end["next"]) == ["m7"]


async def test_events_of_others_are_not_seen(client: Client, stranger: Client) -> None:
    await sent(stranger, [event(1)])
    assert await listed(client) == []


def counted(told: dict[str, Any]) -> dict[str, int]:
    return {name: told[name] for name in ("accepted", "duplicates", "quarantined")}


async def test_a_file_of_events_is_loaded_once(client: Client) -> None:
    lines = [json.dumps(event(n % 28, messageId=f"l{n}")) for n in range(4_500)]
    lines[17:17] = ["", "no json", json.dumps({"type": "track", "event": "x"}), " "]
    body = "\n".join(lines).encode()
    answer = await client.post("/v1/events", content=body)
    assert answer.status_code == 200, answer.text
    rejected = [(one["index"], one["code"]) for one in answer.json().pop("rejected")]
    assert rejected == [(17, "json_invalid"), (18, "id_missing")]
    assert counted(answer.json()) == {"accepted": 4_500, "duplicates": 0, "quarantined": 2}
    zipped = {"Content-Encoding": "gzip"}
    again = await client.post("/v1/events", content=gzip.compress(body + b"\n"), headers=zipped)
    assert counted(again.json()) == {"accepted": 0, "duplicates": 4_500, "quarantined": 2}
    found = await client.got("/v1/quarantine")
    assert {one["code"] for one in found["items"]} == {"json_invalid", "id_missing"}


async def test_a_line_that_is_far_too_long_is_put_aside(client: Client) -> None:
    body = b'{"x": "' + b"y" * 3_000_000 + b'"}\n' + json.dumps(event(1)).encode()
    answer = await client.post("/v1/events", content=body)
    assert counted(answer.json()) == {"accepted": 1, "duplicates": 0, "quarantined": 1}
    (one,) = (await client.got("/v1/quarantine"))["items"]
    assert (one["code"], len(one["message"])) == ("too_large", 65_536)


async def test_a_message_is_mended_and_put_through_again(client: Client) -> None:
    late = "2026-11-01T10:00:00Z"
    message = {"type": "track", "messageId": "mended", "event": "Looked", "timestamp": late}
    assert (await sent(client, [message]))["quarantined"] == 1
    (one,) = (await client.got("/v1/quarantine", params={"code": "id_missing"}))["items"]
    assert (json.loads(one["message"]), one["bytes"], one["outcome"]) == (message, None, None)
    at = f"/v1/quarantine/{one['id']}"
    tried = (await client.post(f"{at}/replay")).json()
    assert (tried["outcome"]["outcome"], tried["outcome"]["code"]) == ("quarantined", "id_missing")
    mended = json.dumps({**message, "userId": "u1"})
    assert (await client.patch(at, json={"message": mended})).json()["message"] == mended
    done = (await client.post(f"{at}/replay")).json()
    assert done["outcome"]["outcome"] == "accepted"
    assert (await client.post(f"{at}/replay")).json()["outcome"]["outcome"] == "duplicate"
    assert await listed(client) == ["mended"]
    assert (await client.got("/v1/quarantine", params={"replayed": "false"}))["items"] == []
    assert (await client.delete(at)).status_code == 204
    assert (await client.post(f"{at}/replay")).status_code == 404


async def test_a_message_put_through_again_is_the_one_of_its_batch(client: Client) -> None:
    """A wrong clock is as wrong as it was; what the batch said of all is said of it still."""
    now = datetime.now(UTC)
    sent_at = now - timedelta(days=3)
    own = {"timestamp": (sent_at - timedelta(hours=1)).isoformat()}
    message = {"type": "track", "userId": "u", "event": "E", "messageId": "1", **own}
    campaign = {"campaign": {"name": "spring"}}
    batch = {"sentAt": sent_at.isoformat(), "context": campaign, "batch": [message]}
    assert (await client.post("/v1/batch", json=batch)).json()["quarantined"] == 1
    (one,) = (await client.got("/v1/quarantine"))["items"]
    at = f"/v1/quarantine/{one['id']}"
    tried = (await client.post(f"{at}/replay")).json()["outcome"]
    assert (tried["outcome"], tried["code"]) == ("quarantined", "clock_skew")
    # The sender's clock was right, and the message lay.
    mended = json.dumps({**message, "sentAt": now.isoformat()})
    await client.patch(at, json={"message": mended})
    done = (await client.post(f"{at}/replay")).json()["outcome"]
    assert done["outcome"] == "accepted"
    (event,) = (await client.got("/v1/events"))["items"]
    assert (event["campaign"], event["context"]) == ("spring", campaign)
    off = datetime.fromisoformat(event["timestamp"]) - datetime.fromisoformat(own["timestamp"])
    assert abs(off) < timedelta(minutes=1)


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00+14:00", "2026-05-01\x0010:00", "x", 7])
async def test_whatever_a_batch_says_of_a_bad_message_it_is_kept(
    client: Client, sent_at: object
) -> None:
    context = {"app": "x" * LONGEST_CONTEXT}
    batch = {"sentAt": sent_at, "context": context, "batch": [{"type": "track"}]}
    assert (await client.post("/v1/batch", json=batch)).json()["quarantined"] == 1
    (one,) = (await client.got("/v1/quarantine"))["items"]
    mended = json.dumps({"type": "page", "userId": "u"})
    await client.patch(f"/v1/quarantine/{one['id']}", json={"message": mended})
    done = (await client.post(f"/v1/quarantine/{one['id']}/replay")).json()["outcome"]
    assert done["outcome"] == "accepted"
    (event,) = (await client.got("/v1/events"))["items"]
    assert event["context"] is None


async def test_what_is_no_text_is_shown_in_base64(client: Client) -> None:
    answer = await client.post("/v1/events", content=b"\xff\xfe\n")
    assert answer.json()["quarantined"] == 1
    (one,) = (await client.got("/v1/quarantine"))["items"]
    assert (one["message"], one["bytes"], one["code"]) == (None, "//4=", "json_invalid")


async def test_a_timeline_is_what_a_contact_did_in_the_order_in_which_it_happened(
    client: Client, stranger: Client
) -> None:
    same = {"timestamp": "2026-05-02T10:00:00Z"}
    came = [event(5), event(3), event(1), event(7, userId="u2"), event(9, **same), event(8)]
    await sent(client, [{**one, "userId": one["userId"]} for one in came])
    before = {**event(2), "userId": None, "anonymousId": "a1"}
    await sent(
        client,
        [
            before,
            {
                "type": "identify",
                "messageId": "i",
                "userId": "u1",
                "anonymousId": "a1",
                "timestamp": "2026-05-20T10:00:00Z",
            },
        ],
    )
    people = (await client.got("/v1/contacts"))["items"]
    (mine,) = [
        one["id"] for one in people if {"source": "user_id", "value": "u1"} in one["identifiers"]
    ]

    path, walked, after = f"/v1/contacts/{mine}/timeline", list[str](), None
    while True:
        page = await client.got(path, params={"limit": 2, **({"after": after} if after else {})})
        walked += [one["message_id"] for one in page["items"]]
        assert {one["contact_id"] for one in page["items"]} <= {mine}
        if (after := page["next"]) is None:
            break
    # m9 came after m1 and happened at the same time; what was done before anybody knew is there.
    assert walked == ["m1", "m9", "m2", "m3", "m5", "i"]
    assert len((await client.got(path, params={"event": "Event 0"}))["items"]) == 2

    for one, which in ((stranger, mine), (client, "0198c7f0-0000-7000-8000-00000000dead")):
        assert (await one.get(f"/v1/contacts/{which}/timeline")).status_code == 404
