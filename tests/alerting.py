"""Alerts as tests make them, and the people whom they watch."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.make import Client
from tests.measures.doing import Json, did

TODAY = datetime(2026, 5, 29, tzinfo=UTC)
BUYS = {"kpi": "conversion_rate", "parameters": {"base": "page", "goal": "Order Completed"}}


async def visited(client: Client, days_ago: int, bought: int, of: int, who: str = "u") -> None:
    """People who came on one of the 7 days until then, of whom some bought."""
    events: list[Any] = []
    for n in range(of):
        day = TODAY - timedelta(days=days_ago + n % 7)
        name = f"{who}{days_ago}-{n}"
        events.append((name, (day + timedelta(hours=20)).isoformat(), "page"))
        if n < bought:
            events.append((name, (day + timedelta(hours=21)).isoformat(), "Order Completed"))
    await did(client, *events)


async def alert(client: Client, condition: Json, watches: Json | None = None, **more: Any) -> str:
    body = {"name": "Look", "watches": watches or {"kpi": BUYS}, "condition": condition}
    made = await client.made("/v1/alerts", {"window_days": 7, **body, **more})
    assert (made["state"], made["reason"], made["checked_at"]) == (None, "not_checked", None)
    which: str = made["id"]
    return which


async def stands(client: Client, which: str) -> Json:
    return await client.got(f"/v1/alerts/{which}")


async def state(client: Client, which: str) -> tuple[str | None, str | None]:
    found = await stands(client, which)
    return found["state"], found["reason"]


async def firings(client: Client, which: str, **query: str) -> list[Json]:
    found = await client.got(f"/v1/alerts/{which}/firings", params=query)
    items: list[Json] = found["items"]
    return items
