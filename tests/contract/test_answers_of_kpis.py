"""Answers about own KPIs held against the schemas declared for them."""

import pytest
from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.faces.full import BODIES
from tests.make import Client


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_posted_figures_are_as_declared(client: Client, contract: Contract) -> None:
    made = await client.made("/v1/kpis", {"name": "Posted", "unit": "calls"})
    at = f"/v1/kpis/{made['id']}/values"
    whole = {"at": "2026-05-01T00:00:00Z", "numerator": 1, "denominator": 3}
    part = {"at": "2026-05-01T00:00:00Z", "value": 4, "keys": {"device": "mobile"}}
    for items in ([whole, part], [whole, whole], []):
        contract.judge("post_kpi_values", await client.post(at, json={"items": items}))
    for query in ({}, {"count": "true", "sort": "at"}, {"limit": "x"}, {"from": "x"}):
        contract.judge("list_kpi_value", await client.get(at, params=query))
    (one, *_) = (await client.got(at))["items"]
    for _ in range(2):
        contract.judge("delete_kpi_value", await client.delete(f"{at}/{one['id']}"))
    computed = await client.made("/v1/kpis", BODIES["/v1/kpis"])
    refused = await client.post(f"/v1/kpis/{computed['id']}/values", json={"items": [whole]})
    assert contract.judge("post_kpi_values", refused)["status"] == 409


async def test_how_a_kpi_stands_is_as_declared(client: Client, contract: Contract) -> None:
    share = {
        "mode": "share",
        "numerator": {"measure": "sessions", "events": "page"},
        "denominator": {"measure": "sessions"},
    }
    seen = {"type": "page", "userId": "u", "messageId": "1", "timestamp": "2026-05-10T00:00:00Z"}
    assert (await client.post("/v1/batch", json={"batch": [seen]})).json()["accepted"] == 1
    for n, body in enumerate(
        (
            BODIES["/v1/kpis"],
            {"definition": share, "target": {"value": 0.1}},
            {"built_in": "nps", "parameters": {"score": "properties.score"}},
            {"target": {"value": 3}},
        )
    ):
        made = await client.made("/v1/kpis", {"name": f"K {n}", **body})
        at = f"/v1/kpis/{made['id']}/status"
        may = {"from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
        for query in ({}, may, {"from": "x"}):
            contract.judge("read_kpi_status", await client.get(at, params=query))
        await client.delete(f"/v1/kpis/{made['id']}")
        contract.judge("read_kpi_status", await client.get(at))
