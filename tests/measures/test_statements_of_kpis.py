"""How many statements KPIs take that are asked for in one GraphQL request."""

from random import Random

import pytest

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.doing import Json, built_in, did

BREAKDOWNS = ("device", "channel", "properties.plan")
EVENTS = ["page", "Order Completed", "Survey Answered", "Product Clicked", "Lead Captured"]
MOST = 10
"""Statements of one range: the settings, and now and then whose key it is; what people did, once
for all and once for page views with their reports, each once more where a session goes on behind
the range or segments tell a part; and two of kept counts for each of the two fields they know."""


@pytest.mark.parametrize("way", ["crossed", "apart"])
@pytest.mark.parametrize("kept", ["events", "segments"])
async def test_twenty_kpis_by_three_fields_take_as_few_statements_as_a_bound_tells(
    client: Client, workspace: Caller, database: Database, kept: str, way: str
) -> None:
    dice = Random(7)
    told = {"device": ["phone", "desktop"], "channel": ["email", "ads"], "plan": ["a", "b"]}
    for n in range(30):
        time = f"2026-05-{1 + n % 20:02}T{n % 24:02}:00:00Z"
        more = {name: dice.choice(values) for name, values in told.items()}
        await did(client, (f"u{n % 7}", time, dice.choice(EVENTS), more))
    if kept == "segments":
        await folding.folded(database, workspace.workspace_id)
    # Content is read besides.
    keys = [one["key"] for one in await built_in(client) if one["key"] != "content_unused"]
    # All that count events and nothing else are among them, and those that read what is theirs.
    first = ["scroll_rate", "orders", "impressions", "review_count", "csat", "bounce_rate"]
    keys = [*first, *(key for key in keys if key not in first)]
    query = """query ($all: [KpiQueryInput!]!) {
      kpiValues(input: $all) { kpi value { value } breakdown { keys } } }"""
    names = [list(BREAKDOWNS)] if way == "crossed" else [[one] for one in BREAKDOWNS]
    range_ = {"from": "2026-05-02T00:00:00Z", "to": "2026-05-18T00:00:00Z"}
    taken = []
    for some, by in ((keys[1:2], names[:1]), (keys[:20], names), (keys, names)):
        several: list[Json] = [
            {"kpi": key, **range_, "breakdown": one} for key in some for one in by
        ]
        before = await client.statements()
        found = (await asked(client, query, all=several))["kpiValues"]
        taken.append(await client.statements() - before)
        assert [one["kpi"] for one in found] == [one["kpi"] for one in several]
    few, twenty, every = taken
    assert 2 <= few <= twenty <= MOST, taken
    # It is no matter how many they are.
    assert every <= MOST, taken
