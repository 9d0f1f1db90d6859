"""A sales funnel beside a map: the map, whom the CRM has where, and what has to add up."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.make import Client
from tests.measures.followed import bound

Json = dict[str, Any]
AT = "sales-funnel"
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
CHANGED = BEGUN + timedelta(days=20)
USUAL = ["awareness", "interest", "consideration", "intent", "purchase", "retention", "advocacy"]
ORDER = [*USUAL[:2], "trying-out", *USUAL[2:]]
STAGES = {"look": ("a", "b"), "ask": ("c",), "sign": ("d",), "idle": ("e",)}
MEANT = {"look": "interest", "ask": "trying-out", "sign": "purchase", "idle": None}
Row = tuple[str, str, datetime]
CRM = {"New": "awareness", "Lead": "interest", "Trial": "trying-out", "Won": "purchase"}


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def mapped(**members: Any) -> Json:
    body = bound(STAGES, **members)
    for stage in body["stages"]:
        stage["funnel_stage"] = MEANT[stage["name"]]
    return body


async def people(client: Client, traits: dict[str, Json], **members: Any) -> None:
    items = [
        {"identifiers": [{"source": "user_id", "value": who}], "traits": said, **members}
        for who, said in traits.items()
    ]
    for n in range(0, len(items), 1_000):
        body = {"items": items[n : n + 1_000]}
        answer = await client.post("/v1/contacts/batch/upsert", json=body)
        assert answer.status_code == 200, answer.text
        assert {one["outcome"] for one in answer.json()["items"]} <= {"created", "updated"}


async def did(client: Client, rows: list[tuple[str, str, datetime]]) -> None:
    batch = [
        {"type": "track", "userId": who, "event": name, "timestamp": iso(at)}
        | {"messageId": f"{who} {name} {at}"}
        for who, name, at in rows
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch), answer.text


def cells(found: Json) -> dict[tuple[str, str], int]:
    return {(one["on_map"], one["in_crm"]): one["contacts"] for one in found["matrix"]}


def out(found: Json) -> dict[str, int]:
    return {one["reason"]: one["count"] for one in found["excluded"]}


def is_whole(found: Json) -> None:
    """Rows, columns, shares and who is left out agree with the matrix."""
    both = cells(found)
    assert found["contacts"] == sum(both.values())
    beside = {one["funnel_stage"]: one for one in found["funnel"] if one["in_both"] is not None}
    assert {one: row["in_both"] for one, row in beside.items()} == {
        one: both.get((one, one), 0) for one in beside
    }
    for name, count in by_difference(found).items():
        assert (found[name]["numerator"], found[name]["denominator"]) == (count, found["contacts"])
    left = out(found)
    off = sum(left.get(name, 0) for name in ("no_trait", "unmapped_value", "no_funnel_stage"))
    assert found["on_map"] == found["contacts"] + off
    assert found["in_crm"] == sum(row["in_crm"] or 0 for row in found["funnel"])


def by_difference(found: Json) -> dict[str, int]:
    order, told = found["definition"]["order"], dict.fromkeys(("agree", "ahead", "behind"), 0)
    for (stands, said), count in cells(found).items():
        further = order.index(said) - order.index(stands)
        told["agree" if not further else "ahead" if further > 0 else "behind"] += count
    return told
