"""Frequent events that no step claims, as tests ask for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.make import Client
from tests.measures.followed import felt
from tests.measures.test_gaps_passed import send

Json = dict[str, Any]
BEGIN = datetime(2026, 3, 3, tzinfo=UTC)
COUNTS = ("contacts", "of", "count")


def beside(answer: Json) -> dict[str, Json]:
    """The gaps of events that no step claims, by the names of these."""
    gaps = [one for one in answer["items"] if one["explanation"]["code"] == "unbound"]
    assert {one["kind"] for one in gaps} <= {"unobserved"}
    return {one["where"]["value"]: one for one in gaps}


def counts(gaps: dict[str, Json]) -> dict[str, list[int]]:
    return {name: [one["explanation"]["values"][n] for n in COUNTS] for name, one in gaps.items()}


async def walked(client: Client, contacts: int = 40, **did: int) -> None:
    """So many come to a and b, and so many of them do something else, twice."""
    rows = [(f"u{n}", name, BEGIN + timedelta(minutes=n)) for n in range(contacts) for name in "ab"]
    for name, some in did.items():
        rows += [
            (f"u{n}", name, BEGIN + timedelta(hours=hour)) for n in range(some) for hour in (20, 21)
        ]
    await send(client, rows)


async def shopped(client: Client) -> Json:
    """A map of a and b, where of forty contacts all do y, and thirty z."""
    await walked(client, y=40, z=30)
    journey: Json = await client.made("/v1/journeys", felt("ab", [1, 0]))
    return journey
