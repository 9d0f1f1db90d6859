"""KPIs of sessions that sums tell are those that histories tell."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product

import asyncpg
import pytest

from service import folding
from service.database import Database
from service.domain import histories
from service.domain.work import Caller
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.doing import Json, kpi

BEGAN = datetime(2026, 4, 29, tzinfo=UTC)
CUT = {"from": "2026-04-30T06:10:03Z", "to": "2026-05-03T18:37:00Z"}
KEYS: tuple[Json, ...] = (
    {"key": "bounce_rate"},
    {"key": "bounce_rate", "parameters": {"mode": "single_event"}},
    {"key": "sessions"},
    {"key": "events_per_session", "parameters": {"timeout_seconds": 1_800}},
    {"key": "session_duration"},
)
MORE: tuple[Json, ...] = (
    {},
    {"from": "2026-05-01T00:00:00Z"},
    {"to": "2026-05-02T11:11:11Z"},
    {**CUT, "compare": "previous_period", "interval": "hour"},
    {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "interval": "month"},
    {"from": "2026-04-30T00:00:00Z", "to": "2026-05-05T00:00:00Z", "interval": "day"},
    {"from": "2026-06-30T00:00:00Z", "to": "2026-07-05T00:00:00Z"},
)
"""Ways to ask, all of which sums tell."""
ASKED = [{**key, **more} for key, more in product(KEYS, MORE)]


async def _done(client: Client) -> None:
    pick = random.Random(7)
    batch = []
    for n in range(400):
        at = BEGAN + timedelta(minutes=15) * pick.randrange(480) + timedelta(seconds=pick.random())
        one = {"type": "track", "event": pick.choice(["page", "Seen"]), "messageId": str(n)}
        one |= {"userId": f"u{pick.randrange(9)}", "timestamp": at.isoformat()}
        batch.append({**one, "properties": {"device": pick.choice(["mobile", "desktop"])}})
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 400
    people = [{"source": "user_id", "value": f"u{n}"} for n in range(2)]
    found = (await client.post("/v1/contacts/lookup", json={"items": people})).json()["items"]
    tests, denies = (f"/v1/contacts/{one['id']}" for one in found)
    assert (await client.patch(tests, json={"test": True})).is_success
    said = {"purpose": "analytics", "granted": False, "means": "form"}
    assert (await client.post(f"{denies}/consents", json=said)).is_success


async def _kept(workspace: Caller, database: Database, owner: asyncpg.Connection) -> None:
    """Have nobody but sums know of the events."""
    await folding.folded(database, workspace.workspace_id)
    await owner.execute(
        "DELETE FROM waypost.event_segments WHERE workspace_id = $1", workspace.workspace_id
    )


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"])
async def test_a_figure_is_the_same_by_histories_and_by_sums(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection, zone: str
) -> None:
    assert (await client.patch("/v1/settings", json={"time_zone": zone})).is_success
    await _done(client)
    by_histories = [await kpi(client, **one) for one in ASKED]
    await _kept(workspace, database, owner)
    by_sums = [await kpi(client, **one) for one in ASKED]
    assert by_sums == by_histories
    assert sum(one["value"] for one in by_sums if one["kpi"] == "sessions") > 500
    assert any(one["excluded"] for one in by_sums)


@pytest.mark.parametrize(
    "more",
    [
        {"breakdown": ["device"]},
        {"filter": {"field": "device", "op": "eq", "value": "mobile"}},
        {"parameters": {"timeout_seconds": 60}},
        {"parameters": {"engagement_events": ["Seen"]}},
        {"interval": "day"},
    ],
    ids=["breakdown", "filter", "timeout", "engagement", "unbounded"],
)
async def test_what_sums_do_not_tell_histories_do(
    client: Client, workspace: Caller, database: Database, more: Json
) -> None:
    await _done(client)
    before = await kpi(client, "bounce_rate", **more)
    await folding.folded(database, workspace.workspace_id)
    assert await kpi(client, "bounce_rate", **more) == before
    assert before["value"]["denominator"]


async def test_kpis_of_sessions_of_one_range_take_two_statements(
    client: Client, workspace: Caller, database: Database
) -> None:
    await _done(client)
    await folding.folded(database, workspace.workspace_id)
    query = "query ($all: [KpiQueryInput!]!) { kpiValues(input: $all) { kpi definition { to } } }"
    taken = []
    for times in (1, 5):
        several = [{"kpi": one["key"]} for one in KEYS] * times
        before = await client.statements()
        found = (await asked(client, query, all=several))["kpiValues"]
        taken.append(await client.statements() - before)
        assert [one["kpi"] for one in found] == [one["kpi"] for one in several]
    # The settings and two more; and now and then whose key it is.
    assert all(3 <= one <= 4 for one in taken), taken


async def test_sums_leave_with_the_segments(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    await _done(client)
    await folding.folded(database, workspace.workspace_id)
    kept = "SELECT count(*) FROM waypost.session_sums WHERE workspace_id = $1"
    assert await owner.fetchval(kept, workspace.workspace_id)
    async with database.write(workspace) as work:
        await histories.drop(work)
    assert not await owner.fetchval(kept, workspace.workspace_id)
