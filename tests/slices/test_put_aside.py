"""Messages that could not be taken: each names the member, is kept of nobody erased, and is put
through again."""

import json
from typing import Any

import pytest

from tests.make import Client

GOOD = {"type": "track", "userId": "u", "event": "Looked"}
LONG = "é" * 300


def without(*names: str, **members: Any) -> str:
    return json.dumps({n: v for n, v in GOOD.items() if n not in names} | members)


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"x": [value]}
    return value


BAD = [
    ("7", "wrong_type", None),
    ('{"type": "track",', "json_invalid", None),
    (without(properties={"x": "y" * 40_000}), "too_large", None),
    (without("type"), "type_missing", "/type"),
    (without(type="look"), "type_unknown", "/type"),
    (without(type=7), "wrong_type", "/type"),
    (without("event"), "event_missing", "/event"),
    (without(event=["Looked"]), "wrong_type", "/event"),
    (without(event=LONG), "too_long", "/event"),
    (without("userId"), "id_missing", "/userId"),
    (without(userId=True), "wrong_type", "/userId"),
    (without(userId=LONG), "too_long", "/userId"),
    (without(anonymousId=LONG), "too_long", "/anonymousId"),
    (without(type="alias", previousId=LONG), "too_long", "/previousId"),
    (without(type="group", groupId=LONG), "too_long", "/groupId"),
    (without(messageId="m" * 101), "too_long", "/messageId"),
    (without(messageId={}), "wrong_type", "/messageId"),
    (without(properties=[]), "wrong_type", "/properties"),
    (without(context=7), "wrong_type", "/context"),
    (without(type="identify", traits="x"), "wrong_type", "/traits"),
    (without(type="identify", context={"traits": "x"}), "wrong_type", "/context/traits"),
    (without(properties={"channel": LONG}), "too_long", "/properties/channel"),
    (without(properties={"device": LONG}), "too_long", "/properties/device"),
    (without(channel=LONG), "too_long", "/channel"),
    (without(context={"channel": LONG}), "too_long", "/context/channel"),
    (without(context={"department": LONG}), "too_long", "/context/department"),
    (without(context={"campaign": LONG}), "too_long", "/context/campaign"),
    (without(context={"campaign": {"name": LONG}}), "too_long", "/context/campaign/name"),
    (without(context={"campaign": {"medium": LONG}}), "too_long", "/context/campaign/medium"),
    (without(timestamp="never"), "invalid_time", "/timestamp"),
    (without(timestamp=7), "invalid_time", "/timestamp"),
    (without(originalTimestamp="never"), "invalid_time", "/originalTimestamp"),
    (without(timestamp="0007-01-01T00:00:00Z"), "invalid_time", "/timestamp"),
    (without(timestamp="9998-01-01T00:00:00Z"), "in_the_future", "/timestamp"),
    (
        without(timestamp="2026-01-01T00:00:00Z", sentAt="2026-01-01T00:00:00Z"),
        "clock_skew",
        "/sentAt",
    ),
    (without(properties={"a/b": [1, {"~": "\0"}]}), "text_not_storable", "/properties/a~1b/1/~0"),
    (without(properties={"n\0": 1}), "text_not_storable", "/properties"),
    (without(properties={"x": ["\ud800"]}), "text_not_storable", "/properties/x/0"),
    (without(traits={"\udc00": 1}), "text_not_storable", "/traits"),
    (without(traits={"x": [0, 8]}).replace("8", "1e400"), "number_out_of_range", "/traits/x/1"),
    (without(timestamp=8).replace("8", "-1e400"), "number_out_of_range", "/timestamp"),
    (without(traits={"\ud800": 9}).replace("9", "1e400"), "number_out_of_range", "/traits"),
    (without(properties={"\0": "\ud800"}), "text_not_storable", "/properties"),
    (without(properties=deep(16)), "too_deep", "/properties"),
    (without(**{"\0": deep(16)}), "too_deep", None),
    (without(traits={"b": 1}, x=9).replace("9", "[" * 9_000 + "]" * 9_000), "too_deep", "/x"),
    (without(traits={"n": 8}).replace("8", "1" * 5_000), "number_out_of_range", "/traits/n"),
]  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/batch?outcomes=true", "/v1/events"])
async def test_whatever_is_wrong_with_a_message_its_member_is_named(
    client: Client, path: str
) -> None:
    """In the answer and where it is kept; what no member is to blame for names none."""
    told = []
    for raw, *_ in BAD:
        body = raw if path == "/v1/events" else f'{{"batch": [{raw}]}}'
        answer = await client.post(path, content=body)
        if answer.status_code == 400:
            told.append((raw, "json_invalid", None))
            continue
        (one,) = answer.json().get("outcomes") or answer.json()["rejected"]
        assert one["outcome"] == "quarantined"
        told.append((raw, one["code"], one.get("pointer")))
    assert told == BAD
    kept = (await client.got("/v1/quarantine", params={"limit": 200, "sort": "created_at"}))[
        "items"
    ]
    found = {one["message"]: (one["code"], one["pointer"]) for one in kept}
    wanted = {raw: (code, at) for raw, code, at in BAD if raw in found}
    assert found == wanted
    assert len(found) >= len(BAD) - 1


def mendable(n: int, **members: Any) -> dict[str, Any]:
    return {"type": "track", "event": f"E{n}", "messageId": f"m{n}", **members}


async def put_aside(client: Client, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Messages as they are kept, in the order in which they came."""
    for one in messages:
        answer = await client.post("/v1/batch", json={"batch": [one]})
        assert answer.json()["quarantined"] == 1, answer.text
    return list((await client.got("/v1/quarantine", params={"sort": "created_at"}))["items"])


async def mend(client: Client, kept: dict[str, Any], **members: Any) -> None:
    text = json.dumps(json.loads(kept["message"]) | members)
    answer = await client.patch(f"/v1/quarantine/{kept['id']}", json={"message": text})
    assert answer.is_success, answer.text


async def replayed(client: Client, **asked: Any) -> dict[str, Any]:
    answer = await client.post("/v1/quarantine/replay", json=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_was_never_mended_and_fails_again_still_waits(client: Client) -> None:
    (kept,) = await put_aside(client, mendable(1))
    at = f"/v1/quarantine/{kept['id']}/replay"
    told = (await client.post(at)).json()
    assert (told["outcome"]["code"], told["replayed_at"]) == ("id_missing", None)
    await mend(client, kept, type="no such")
    told = (await client.post(at)).json()
    assert told["outcome"]["code"] == "type_unknown"
    assert told["replayed_at"] is not None
    await mend(client, kept, userId="u")
    waiting = (await client.got("/v1/quarantine", params={"replayed": "false"}))["items"]
    assert [(one["replayed_at"], one["outcome"]) for one in waiting] == [(None, None)]


async def test_many_are_put_through_again_at_once(client: Client, stranger: Client) -> None:
    """Each counts once, whatever is repeated; what could still not be taken waits."""
    await put_aside(stranger, mendable(9))
    await client.post("/v1/batch", json={"batch": [mendable(4, userId="u")]})
    kept = await put_aside(client, *(mendable(n) for n in range(5)), mendable(5, type="no such"))
    for one in kept[:3]:
        await mend(client, one, userId="u")
    await mend(client, kept[4], userId="u")
    came = await replayed(client)
    counts = {"accepted": 3, "duplicates": 1, "quarantined": 2, "blocked": 0, "partly": 0}
    assert came == counts | {"next": None}
    again = await replayed(client)
    assert again == dict.fromkeys(counts, 0) | {"quarantined": 2, "next": None}
    found = (await client.got("/v1/events"))["items"]
    assert [one["message_id"] for one in found] == ["m4", "m0", "m1", "m2"]
    whole = (await client.got("/v1/quarantine", params={"sort": "created_at"}))["items"]
    outcomes = [(one["outcome"]["outcome"], bool(one["replayed_at"])) for one in whole]
    taken = [("accepted", True)] * 3
    assert outcomes == [*taken, ("quarantined", False), ("duplicate", True), ("quarantined", False)]
    # What is as it was is not written again.
    assert [one["version"] for one in whole][3:] == [2, 3, 2]
    assert len((await stranger.got("/v1/quarantine", params={"replayed": "false"}))["items"]) == 1


async def test_those_of_a_reason_a_type_or_a_time_are_put_through_piece_by_piece(
    client: Client,
) -> None:
    kept = await put_aside(client, *(mendable(n) for n in range(5)), mendable(5, type="no such"))
    for one in kept[:5]:
        await mend(client, one, userId="u")
    assert (await replayed(client, code="type_unknown"))["quarantined"] == 1
    assert (await replayed(client, type="track"))["accepted"] == 0
    since, until = kept[1]["created_at"], kept[4]["created_at"]
    asked = {"code": "id_missing", "from": since, "to": until, "limit": 2}
    first = await replayed(client, **asked)
    assert (first["accepted"], bool(first["next"])) == (2, True)
    rest = await replayed(client, **asked, after=first["next"])
    assert (rest["accepted"], rest["next"]) == (1, None)
    assert len((await client.got("/v1/events"))["items"]) == 3
    for bad in ({"limit": 201}, {"limit": 0}, {"code": "x" * 101}, {"kind": "x"}, {"from": "x"}):
        answer = await client.post("/v1/quarantine/replay", json=bad)
        assert answer.status_code == 422, bad
    other = await client.post("/v1/quarantine/replay", json={"after": first["next"]})
    assert other.status_code == 400


async def test_graphql_puts_many_through_again(client: Client) -> None:
    (kept,) = await put_aside(client, mendable(1))
    await mend(client, kept, userId="u")
    query = """mutation ($of: QuarantineReplayInput!) { replayQuarantinedMessages(input: $of) {
      replayed { accepted duplicates quarantined blocked partly next } userErrors { message }
    } }"""
    sent = {
        "query": query,
        "variables": {"of": {"code": "id_missing", "to": "2999-01-01T00:00:00Z"}},
    }
    answer = (await client.post("/graphql", json=sent)).json()
    assert answer["data"]["replayQuarantinedMessages"] == {
        "replayed": {
            **{"accepted": 1, "duplicates": 0, "quarantined": 0, "blocked": 0, "partly": 0},
            "next": None,
        },
        "userErrors": [],
    }


async def test_whoever_may_not_mend_may_put_nothing_through(client: Client) -> None:
    for scopes in (["contacts:write"], ["events:write"]):
        made = await client.made("/v1/api-keys", {"name": "K", "scopes": scopes})
        headers = {"Authorization": f"Bearer {made['key']}"}
        answer = await client.post("/v1/quarantine/replay", json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
