"""Bindings, enrolments and where contacts stand, held against the schemas declared for them."""

import pytest
from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.make import Client
from tests.slices.bound import bound, by_id, event, sent


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_what_is_bound_and_who_stands_where_is_as_declared(
    client: Client, contract: Contract
) -> None:
    await sent(client, event(0), event(1, "Mail Sent"), event(2, "Coffee Drunk"))
    made = await client.made("/v1/journeys", bound("Call Started", "Mail Sent", None, goal="Paid"))
    step, stage = made["stages"][0]["steps"][0], made["stages"][0]
    for body in (
        {"binding": "Call Started"},
        {"step_id": step["id"], "from": "2026-05-01T00:00:00Z"},
        {"journey_id": made["id"], "limit": 0},
        {"binding": {"field": "x"}},
        {},
    ):
        answer = await client.post("/v1/bindings/preview", json=body)
        contract.judge("preview_binding", answer)
    for query in ("", "?from=2026-05-02T00:00:00Z", "?revision=7", "?revision=x"):
        answer = await client.get(f"/v1/journeys/{made['id']}/bindings{query}")
        contract.judge("read_journey_bindings", answer)
    who = await by_id(client, "ann")
    at = f"/v1/contacts/{who}"
    place = {"journey_id": made["id"], "stage_key": stage["key"], "note": "By hand"}
    for body in (place, {**place, "stage_key": "x"}, {**place, "step_key": "x"}):
        answer = await client.post(f"{at}/journeys", json=body)
        contract.judge("create_enrolment", answer)
    (one,) = contract.judge("list_enrolment", await client.get(f"{at}/enrolments"))["items"]
    found = contract.judge("read_contact_journeys", await client.get(f"{at}/journeys"))
    assert found["items"][0]["path"]
    contract.judge("list_contact_event", await client.get(f"{at}/timeline"))
    path = f"/v1/enrolments/{one['id']}"
    for _ in range(2):
        contract.judge("delete_enrolment", await client.delete(path))
    assert contract.judge("read_enrolment", await client.get(path))["withdrawn_at"]
    await client.made(f"{at}/consents", {"purpose": "analytics", "granted": False})
    contract.judge("create_enrolment", await client.post(f"{at}/journeys", json=place))
    contract.judge("read_contact_journeys", await client.get(f"{at}/journeys"))
