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
