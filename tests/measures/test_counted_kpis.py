"""KPIs that counts tell are those that histories tell."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import urlencode

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
EVENTS = {"impressions": "Promotion Viewed", "orders": "Order Completed", "review_count": "Review"}
FILTERS: tuple[Json | None, ...] = (
    None,
    {"not": {"field": "device", "op": "eq", "value": "mobile"}},
    {"any": [{"field": name, "op": "exists", "value": True} for name in ("channel", "campaign")]},
)
CUT = {"from": "2026-04-30T06:10:03Z", "to": "2026-05-03T18:37:00Z"}
MORE: tuple[Json, ...] = (
    {},
    {"breakdown": ["channel"]},
    {"breakdown": ["event"], "from": "2026-05-01T00:00:00Z"},
    {"breakdown": ["device", "department"], "to": "2026-05-02T11:11:11Z"},
    {"breakdown": ["properties.touchpoint"], **CUT, "compare": "previous_period"},
    {"breakdown": ["campaign"], **CUT, "interval": "day"},
    {
        "from": "2026-05-01T11:00:00Z",
        "to": CUT["to"],
        "interval": "hour",
        "compare": {"from": CUT["from"], "to": "2026-05-01T11:00:00Z"},
    },
    {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "interval": "month"},
    {"interval": "day"},
    {"interval": "hour", "from": "2026-04-30T06:10:03Z", "breakdown": ["channel"]},
    {"interval": "week", "to": "2026-05-02T11:11:11Z"},
)
"""Ways to ask, all of which counts tell."""


def _asked() -> list[Json]:
    found = []
    for key, filter_, more in product(EVENTS, FILTERS, MORE):
        found.append({"kpi": key, "filter": filter_, **more})
    every: Json = {"all": []}
    found.append({"kpi": "orders", "parameters": {"order": every}, "breakdown": ["event", "type"]})
    for by, more in product(("campaign", "properties.touchpoint"), MORE):
        found.append({"kpi": "click_through_rate", "parameters": {"by": by}, **more})
    return found


async def _done(client: Client) -> None:
    pick = random.Random(7)
    batch = []
    for n in range(400):
        told: Json = {name: pick.choice(["a", "b", None]) for name in ("channel", "department")}
        told |= {"device": pick.choice(["mobile", "desktop"]), "campaign": f"c{pick.randrange(4)}"}
        told |= {"touchpoint": pick.choice(["till", 7, 7.0, True, None])}
        at = BEGAN + timedelta(minutes=15) * pick.randrange(480) + timedelta(seconds=pick.random())
        one = {
            "type": "track",
            "event": pick.choice([*EVENTS.values(), "Promotion Clicked", "Seen"]),
        }
        one |= {"userId": f"u{pick.randrange(9)}", "messageId": str(n), "timestamp": at.isoformat()}
        batch.append({**one, "properties": {k: v for k, v in told.items() if v is not None}})
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 400
    people = [{"source": "user_id", "value": f"u{n}"} for n in range(2)]
    found = (await client.post("/v1/contacts/lookup", json={"items": people})).json()["items"]
    tests, denies = (f"/v1/contacts/{one['id']}" for one in found)
    assert (await client.patch(tests, json={"test": True})).is_success
    said = {"purpose": "analytics", "granted": False, "means": "form"}
    assert (await client.post(f"{denies}/consents", json=said)).is_success


async def test_a_figure_is_the_same_by_histories_and_by_counts(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    for zone in ("Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"):
        assert (await client.patch("/v1/settings", json={"time_zone": zone})).is_success
        if zone == "Asia/Kolkata":
            await _done(client)
        async with database.write(workspace) as work:
            await histories.drop(work)
        by_histories = [await kpi(client, **one) for one in map(_named, _asked())]
        await folding.folded(database, workspace.workspace_id)
        # Without segments nobody but counts knows of the events.
        await owner.execute(
            "DELETE FROM waypost.event_segments WHERE workspace_id = $1", workspace.workspace_id
        )
        by_counts = [await kpi(client, **one) for one in map(_named, _asked())]
        assert by_counts == by_histories
        numbers = [one["value"] for one in by_counts if one["kpi"] in EVENTS]
        assert sum(numbers) > 1_000
        clicks = [one["value"] for one in by_counts if one["kpi"] not in EVENTS]
        assert all(one["numerator"] for one in clicks)
        assert any(one["excluded"] for one in by_counts if one["kpi"] not in EVENTS)
        assert any(one["excluded"] for one in by_counts)


def _named(asked: Json) -> Json:
    body = dict(asked)
    return {"key": body.pop("kpi"), **body}


async def test_counted_kpis_of_one_range_take_two_statements_for_each_choice_of_fields(
    client: Client, workspace: Caller, database: Database
) -> None:
    await _done(client)
    await folding.folded(database, workspace.workspace_id)
    query = "query ($all: [KpiQueryInput!]!) { kpiValues(input: $all) { kpi breakdown { keys } } }"
    taken = []
    for keys in (["orders"], [*EVENTS] * 5):
        several = [
            {"kpi": key, "breakdown": [name]} for key in keys for name in ("device", "channel")
        ]
        before = await client.statements()
        found = (await asked(client, query, all=several))["kpiValues"]
        taken.append(await client.statements() - before)
        assert [one["kpi"] for one in found] == [one["kpi"] for one in several]
    # The settings, two for each field; and now and then whose key it is.
    assert all(5 <= one <= 6 for one in taken), taken


@pytest.mark.parametrize("mode", ["value", "ratio", "share"])
async def test_own_kpis_that_count_events_are_the_same_by_histories_and_by_counts(
    client: Client,
    workspace: Caller,
    database: Database,
    owner: asyncpg.Connection,
    mode: str,
) -> None:
    await _done(client)
    mobile = {"field": "device", "op": "eq", "value": "mobile"}
    definition: Json = {"mode": mode, "numerator": {"measure": "count", "events": mobile}}
    if mode != "value":
        definition["denominator"] = {"measure": "count", "events": None}
    body = {"name": mode, "unit": "number", "direction": "up", "definition": definition}
    made = (await client.post("/v1/kpis", json=body)).json()
    paths = [f"/v1/kpis/{made['id']}/status{one}" for one in ("", f"?{urlencode(CUT)}")]
    by_histories = [await client.got(path) for path in paths]
    await folding.folded(database, workspace.workspace_id)
    await owner.execute(
        "DELETE FROM waypost.event_segments WHERE workspace_id = $1", workspace.workspace_id
    )
    assert [await client.got(path) for path in paths] == by_histories
    assert all(one["value"]["value"] for one in by_histories)
