"""Contacts arrive with very many values, each its own: the frequent ones alone are compared."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.json import encode

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.make import Client
from tests.measures.followed import felt
from tests.measures.gap_lists import fallen, found

Json = dict[str, Any]
SELDOM = 12_000
"""Campaigns that one contact each comes by; all of them go on."""
OFTEN = 60
"""Contacts that come by one campaign, of whom a third goes on."""
BEGIN = datetime(2026, 3, 3, tzinfo=UTC)


def _lines() -> list[Json]:
    come = [(f"s{n}", f"campaign {n}", True) for n in range(SELDOM)]
    come += [(f"o{n}", "spring", n % 3 == 0) for n in range(OFTEN)]
    lines: list[Json] = []
    for n, (user, campaign, goes_on) in enumerate(come):
        at = BEGIN + timedelta(seconds=n)
        one = {"type": "track", "userId": user, "context": {"campaign": {"name": campaign}}}
        lines.append({**one, "event": "a", "timestamp": at, "messageId": f"a{n}"})
        if goes_on:
            later = at + timedelta(minutes=5)
            lines.append({**one, "event": "b", "timestamp": later, "messageId": f"b{n}"})
    last = {"type": "track", "userId": "last", "event": "z", "messageId": "z"}
    return [*lines, {**last, "timestamp": BEGIN + timedelta(days=40)}]


@pytest.fixture
async def made(client: Client) -> Json:
    body = b"\n".join(map(encode, _lines()))
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await client.post("/v1/events", content=body, headers=headers)
    assert (answer.status_code, answer.json()["quarantined"]) == (200, 0), answer.text
    journey: Json = await client.made("/v1/journeys", felt("ab", [1, 0]))
    return journey


async def test_of_very_many_values_the_frequent_ones_are_compared(
    client: Client, made: Json, database: Database, workspace: Caller
) -> None:
    """The rest is on the other side: all that come by another campaign."""
    week = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-10T00:00:00Z"}
    for folded in (False, True):
        if folded:
            await folding.folded(database, workspace.workspace_id)
        for asked in (week, {**week, "scan": "week", "least_count": "1"}, {"scan": "month"}):
            answer = await found(client, made["id"], **asked)
            (gap,) = fallen(answer)
            assert gap["where"] == {"dimension": "campaign", "value": "spring"}
            counts = gap["continuation"], gap["baseline"]["continuation"]
            came = [(one["numerator"], one["denominator"]) for one in counts]
            assert came == [(OFTEN // 3, OFTEN), (SELDOM, SELDOM)]
