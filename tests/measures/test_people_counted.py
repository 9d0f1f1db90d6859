"""Figures that count people read no histories, and are those that histories tell."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.make import Client
from tests.measures.doing import Json, kpi

BEGAN = datetime(2026, 4, 29, tzinfo=UTC)
EVERY: Json = {"all": []}
MOBILE = {"field": "device", "op": "eq", "value": "mobile"}
CUT = {"from": "2026-04-30T06:10:03Z", "to": "2026-05-03T18:37:00Z"}
ASKED: tuple[Json, ...] = (
    {},
    {"parameters": {"impression": EVERY}},
    {"parameters": {"impression": EVERY}, **CUT, "interval": "hour"},
    {"parameters": {"impression": MOBILE}, **CUT, "interval": "day", "compare": "previous_period"},
    {"filter": MOBILE, "from": "2026-05-01T00:00:00Z"},
    {"filter": {"not": MOBILE}, "parameters": {"impression": EVERY}, "to": CUT["to"]},
)


async def _done(client: Client) -> None:
    """Some things by nine people, one of whom does not count and two of whom are one."""
    pick, batch = random.Random(3), []
    for n in range(300):
        at = BEGAN + timedelta(minutes=15) * pick.randrange(480) + timedelta(seconds=pick.random())
        one = {"type": "track", "event": pick.choice(["Promotion Viewed", "Seen"])}
        one |= {"userId": f"u{pick.randrange(9)}", "messageId": str(n), "timestamp": at.isoformat()}
        batch.append({**one, "properties": {"device": pick.choice(["mobile", "desktop"])}})
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 300
    people = [{"source": "user_id", "value": f"u{n}"} for n in range(3)]
    found = (await client.post("/v1/contacts/lookup", json={"items": people})).json()["items"]
    tests, wins, loses = (one["id"] for one in found)
    assert (await client.patch(f"/v1/contacts/{tests}", json={"test": True})).is_success
    merge = {"winner_id": wins, "loser_id": loses}
    assert (await client.post("/v1/contacts/merge", json=merge)).is_success


async def _without_arrivals(
    database: Database, owner: asyncpg.Connection, workspace: Caller
) -> None:
    """Segments of which nobody can tell a history: in which order things came is not known."""
    await folding.folded(database, workspace.workspace_id)
    damage = "UPDATE waypost.event_segments SET arrivals = '' WHERE workspace_id = $1"
    assert await owner.execute(damage, workspace.workspace_id) == "UPDATE 1"


async def _asked(client: Client) -> list[Any]:
    return [await kpi(client, "reach", **one) for one in ASKED]


async def test_reach_is_told_without_histories(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    await _done(client)
    by_events = await _asked(client)
    await _without_arrivals(database, owner, workspace)
    by_people = await _asked(client)
    assert by_people == by_events
    assert by_people[1]["value"] == 7
    assert any(point["value"] for one in by_people for point in one["series"])
    assert [one["reason"] for one in by_people[0]["excluded"]] == ["test_contact"]


@pytest.mark.parametrize("mode", ["value", "ratio", "share"])
async def test_own_kpis_that_count_people_are_told_without_histories(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection, mode: str
) -> None:
    await _done(client)
    definition: Json = {"mode": mode, "numerator": {"measure": "contacts", "events": MOBILE}}
    if mode != "value":
        definition["denominator"] = {"measure": "contacts", "events": None}
    body = {"name": mode, "unit": "number", "direction": "up", "definition": definition}
    made = (await client.post("/v1/kpis", json=body)).json()
    paths = [f"/v1/kpis/{made['id']}/status{one}" for one in ("", f"?{urlencode(CUT)}")]
    by_events = [await client.got(path) for path in paths]
    await _without_arrivals(database, owner, workspace)
    assert [await client.got(path) for path in paths] == by_events
    assert all(one["value"]["value"] for one in by_events)
