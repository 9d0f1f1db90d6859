"""Of profiles that overlap none is told whose rest would be few, in figures and in funnels."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.make import Client
from tests.measures.doing import Json, kpi
from tests.measures.funnels import PATH, steps

EVERYBODY, OLD, HERE = 40, 38, 25
"""How many did something; who of them is old, all but two; who is here."""


@pytest.fixture
async def profiles(client: Client) -> dict[str, str]:
    """Ids by name; 25 are in both."""
    told: Json = {
        "old": {"field": "traits.old", "op": "eq", "value": True},
        "here": {"field": "traits.here", "op": "eq", "value": True},
    }
    made = {}
    for name, criteria in told.items():
        one = await client.made("/v1/profiles", {"name": name, "criteria": criteria})
        made[name] = one["id"]
    items: list[Json] = [
        {
            "identifiers": [{"source": "user_id", "value": f"u{n}"}],
            "traits": {"old": n < OLD, "here": n < HERE},
        }
        for n in range(EVERYBODY)
    ]
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": items})
    assert {one["outcome"] for one in answer.json()["items"]} == {"created"}, answer.text
    begun = datetime(2026, 5, 1, 9, tzinfo=UTC)
    batch = [
        {
            **{"type": "track", "event": name, "userId": f"u{n}", "messageId": f"{n} {name}"},
            "timestamp": (begun + timedelta(minutes=n, hours=hours)).isoformat(),
        }
        for n in range(EVERYBODY)
        for hours, name in enumerate(("a", "b"))
    ]
    sent = await client.post("/v1/batch", json={"batch": batch})
    assert sent.json()["accepted"] == len(batch), sent.text
    return made


async def test_a_profile_without_which_few_are_left_is_not_told(
    client: Client, profiles: dict[str, str]
) -> None:
    body: Json = {"steps": steps("a", "b"), "breakdown": "profile"}
    share: Json = {"base": "a", "goal": "b"}
    for limit, old in ((None, OLD), (5, None)):
        await client.patch("/v1/settings", json={"small_cells": limit})
        funnel = (await client.post(PATH, json=body)).json()
        by = {one["value"]: one["steps"][0]["units"] for one in funnel["breakdown"]}
        assert by == {profiles["old"]: old, profiles["here"]: HERE}
        assert funnel["steps"][0]["units"] == EVERYBODY
        found = await kpi(client, "conversion_rate", breakdown=["profile"], parameters=share)
        rows = {one["keys"]["profile"]: one["value"] for one in found["breakdown"]}
        assert rows[profiles["old"]]["denominator"] == old
        assert rows[profiles["here"]]["denominator"] == HERE
        assert found["value"]["denominator"] == EVERYBODY
