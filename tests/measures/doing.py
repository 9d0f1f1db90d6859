"""What people did, as tests of KPIs send it, and what is answered of it."""

from typing import Any

from tests.make import Client

Json = dict[str, Any]
PATH = "/v1/kpis/query"


async def did(client: Client, *events: tuple[str, str, str] | tuple[str, str, str, Json]) -> None:
    """Events as (who, when, what, properties); pages are told as `page`."""
    batch = []
    for n, (user, time, event, *more) in enumerate(events):
        told = {"type": "page"} if event == "page" else {"type": "track", "event": event}
        properties = more[0] if more else {}
        known = {"userId": user, "timestamp": time, "messageId": f"{user} {time} {event} {n}"}
        batch.append({**told, **known, "properties": properties})
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch), answer.text


async def kpi(client: Client, key: str, **body: Any) -> Json:
    """A KPI; `from_` stands for what is a word of Python's own."""
    if "from_" in body:
        body["from"] = body.pop("from_")
    answer = await client.post(PATH, json={"kpi": key, **body})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def built_in(client: Client) -> list[Json]:
    """The KPIs that need no declaration and no map, as they are listed."""
    found = await client.got("/v1/kpis", params={"own": "false", "sort": "key", "limit": "200"})
    items: list[Json] = found["items"]
    return [one for one in items if "/v1/kpis/query" in one["meaning"]["asked_at"]]


def share(found: Json) -> tuple[int, int]:
    """Numerator and denominator of a share."""
    value = found["value"]
    return value["numerator"], value["denominator"]
