"""Answers about what fired, and when gaps came and went, held against their schemas."""

import pytest
from fastapi import FastAPI

from tests.alerting import BUYS, alert, visited
from tests.contract.judging import Contract
from tests.make import Client, journey
from tests.watched import Watched


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_what_fired_is_as_declared(
    client: Client, contract: Contract, watched: Watched
) -> None:
    await visited(client, 8, 80, 100)
    await visited(client, 1, 20, 100)
    await client.made("/v1/journeys", journey(2, 2))
    rules = [
        await alert(client, {"below": 0.5}),
        await alert(client, {"change": {"by": 0.1}}),
        await alert(client, {"above": 0}, {"gap": {}}),
        await alert(client, {"above": 0}, {"kpi": {"kpi": "orders"}}),
        await alert(client, {"below": 1}, {"kpi": {**BUYS, "filter": "Nothing"}}),
    ]
    await watched.look()
    fired = 0
    for which in rules:
        contract.judge("read_alert", await client.get(f"/v1/alerts/{which}"))
        at = f"/v1/alerts/{which}/firings"
        for query in ({}, {"count": "true", "sort": "fired_at"}, {"resolved": "x"}):
            contract.judge("list_alert_firing", await client.get(at, params=query))
        for one in (await client.got(at))["items"]:
            found = await client.get(f"/v1/alert-firings/{one['id']}")
            contract.judge("read_alert_firing", found)
            fired += 1
    assert fired == 4
    contract.judge("list_alert", await client.get("/v1/alerts"))
    assert (await client.delete(f"/v1/alerts/{rules[0]}")).status_code == 204
    for operation, path in (
        ("read_alert", f"alerts/{rules[0]}"),
        ("list_alert_firing", f"alerts/{rules[0]}/firings"),
        ("read_alert_firing", f"alert-firings/{rules[0]}"),
    ):
        contract.judge(operation, await client.get(f"/v1/{path}"))


async def test_when_gaps_came_and_went_is_as_declared(
    client: Client, contract: Contract, watched: Watched
) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    await watched.look()
    for query in ({}, {"count": "true", "limit": "2"}, {"state": "closed"}, {"kind": "x"}):
        answer = await client.get("/v1/gaps/history", params=query)
        contract.judge("list_gap_sighting", answer)
    at = f"/v1/journeys/{made['id']}/gaps"
    contract.judge("list_journey_gaps", await client.get(at))
    gap = (await client.got(at))["items"][0]["id"]
    contract.judge("read_gap", await client.get(f"/v1/gaps/{gap}"))
