"""What else is asked for at once changes no KPI, on generated histories in a real database."""

import asyncio
import gc
import random
from typing import Any

import pytest

from service import folding
from service.database import Database
from service.domain import measures
from service.domain.history import Histories
from service.domain.inputs import checked
from service.domain.measures.kpis import KpiQuery
from service.domain.work import Caller
from tests.make import Client
from tests.measures.doing import Json, built_in, did

HOUR = 3_600
_RANGE: Json = {"from": "2024-05-03T00:00:00Z", "to": "2024-05-05T00:00:00Z"}
_NAMES = [
    *("page", "Page Scrolled", "Order Completed", "Checkout Started", "Promotion Viewed"),
    *("Promotion Clicked", "Support Contacted", "Onboarding Completed", "First Value Reached"),
    *("Product Shared", "Product Reviewed", "Survey Answered", "Lead Generated", "Complaint Made"),
]
_SAID: Json = {"base": "page", "goal": "Order Completed"}
_MORE: list[Json] = [
    *(
        {"kpi": "conversion_rate", "parameters": {**_SAID, "unit": unit, **how}}
        for unit in ("contact", "session", "attempt")
        for how in ({"window_seconds": 6 * HOUR}, {"window_seconds": None})
    ),
    {
        "kpi": "conversion_rate",
        "parameters": {**_SAID, "ordered": False, "window_seconds": 30 * HOUR},
    },
    {"kpi": "conversion_rate", "parameters": {"unit": "session", "timeout_seconds": 90_000}},
    {"kpi": "checkout_abandonment_rate", "parameters": {"unit": "contact"}},
    {"kpi": "support_contact_rate", "parameters": {"mode": "orders", "window_seconds": 9 * HOUR}},
    {"kpi": "onboarding_completion", "parameters": {"window_seconds": 9 * HOUR}},
    {"kpi": "repurchase_rate", "parameters": {"window_seconds": 9 * HOUR}},
    {"kpi": "bounce_rate", "parameters": {"mode": "single_event", "timeout_seconds": 7_200}},
]


@pytest.mark.parametrize("seed", range(3))
async def test_a_kpi_is_the_same_alone_and_beside_all_others(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    await _history(client, random.Random(seed))
    if seed % 2:
        await folding.folded(database, workspace.workspace_id)
    keys = [one["key"] for one in await built_in(client)]
    for how in (
        {**_RANGE, "interval": "day", "breakdown": ["device"], "compare": "previous_period"},
        {"to": _RANGE["to"], "breakdown": ["properties.scale"]},
        {"from": _RANGE["from"], "interval": "week"},
        # Nobody does anything there, but before and behind it.
        {"from": "2024-05-04T00:00:00Z", "to": "2024-05-04T00:00:01Z", "interval": "day"},
        {"from": "2024-05-08T00:00:00Z", "interval": "day"},
        {"to": "2024-04-30T00:00:00Z", "interval": "day"},
    ):
        several = [{**one, **how} for one in (*({"kpi": key} for key in keys), *_MORE)]
        every = [checked(KpiQuery, one) for one in several]
        async with database.write(workspace) as work:
            beside = await measures.kpis(work, every)
            for one, told in zip(every, beside, strict=True):
                assert [told] == await measures.kpis(work, [one]), one


async def test_one_reading_is_held_at_a_time(
    client: Client, workspace: Caller, database: Database
) -> None:
    await _history(client, random.Random(0))
    several = [
        {
            **_RANGE,
            "kpi": "orders",
            "compare": "previous_period",
            "filter": {"field": "properties.score", "op": "ne", "value": n},
        }
        for n in range(12)
    ]
    held = []

    async def watch() -> None:
        while True:
            held.append(sum(isinstance(one, Histories) for one in gc.get_objects()))
            await asyncio.sleep(0)

    before = sum(isinstance(one, Histories) for one in gc.get_objects())
    watching = asyncio.create_task(watch())
    async with database.write(workspace) as work:
        await measures.kpis(work, [checked(KpiQuery, one) for one in several])
    watching.cancel()
    # What was read, the selections of one figure, and their rows.
    assert before < max(held) <= before + 3


async def _history(client: Client, pick: random.Random) -> None:
    """Five days of six people, one of whom does not count."""
    events: list[Any] = []
    for _ in range(160):
        minute = pick.randrange(0, 6 * 24 * 60, 10)
        day, minute = divmod(minute, 24 * 60)
        time = f"2024-05-{1 + day:02}T{minute // 60:02}:{minute % 60:02}:00Z"
        told = {
            "device": pick.choice(["desktop", "mobile", None]),
            "revenue": pick.choice([5, 7.5, "no"]),
            "currency": pick.choice(["EUR", "EUR", "USD"]),
            "survey": pick.choice(["nps", "csat", "ces"]),
            "score": pick.choice([1, 3, 5, 9]),
            "scale": pick.choice([None, 5, [1, 7]]),
            "rating": pick.choice([2, 4]),
            "page_view_id": pick.choice(["a", "b"]),
            "depth": pick.choice([20, 70]),
            "promotion_id": pick.choice(["p", "q", None]),
        }
        events.append((f"u{pick.randrange(6)}", time, pick.choice(_NAMES), told))
    await did(client, *events)
    known = {"items": [{"source": "user_id", "value": "u5"}]}
    (one,) = (await client.post("/v1/contacts/lookup", json=known)).json()["items"]
    assert (await client.patch(f"/v1/contacts/{one['id']}", json={"test": True})).is_success
