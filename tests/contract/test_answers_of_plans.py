"""Answers about plans and the overview held against the schemas declared for them."""

import pytest
from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.faces.full import BODIES
from tests.make import BY_ANN, Client


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_plans_are_as_declared(client: Client, contract: Contract) -> None:
    whole = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    known = {"external_ids": [{"source": "crm", "id": "7"}]}
    target = [{"step_id": whole["stages"][0]["steps"][0]["id"], "item_key": "fees"}]
    body = {**BODIES["/v1/actions"], "targets": target}
    action = contract.judge("create_action", await client.post("/v1/actions", json=body))
    for which in (action, await client.made("/v1/actions", {"title": "Act"})):
        at = f"/v1/actions/{which['id']}/effect"
        contract.judge("read_action_effect", await client.get(at))
    for path, kind, sent in (
        ("/v1/reviews", "review", {"journey_id": whole["id"], "cadence": "weekly"}),
        (
            "/v1/comments",
            "comment",
            {"target": {"kind": "action", "id": action["id"]}, "text": "?"},
        ),
    ):
        made = contract.judge(f"create_{kind}", await client.post(path, json={**sent, **known}))
        at, name = f"{path}/{made['id']}", f"{path}/by-external-id/crm/7"
        contract.judge(f"read_{kind}", await client.get(at))
        contract.judge(f"patch_{kind}", await client.patch(at, json={}))
        contract.judge(f"replace_{kind}", await client.put(at, json=made))
        contract.judge(f"read_{kind}_by_external_id", await client.get(name))
        contract.judge(f"patch_{kind}_by_external_id", await client.patch(name, json={}))
        contract.judge(f"put_{kind}_by_external_id", await client.put(name, json=sent))
        for query in ({}, {"view": "whole", "count": "true"}, {"sort": "x"}):
            contract.judge(f"list_{kind}", await client.get(path, params=query))
        contract.judge(f"create_{kind}", await client.post(path, json={}))
    review = (await client.got("/v1/reviews/by-external-id/crm/7"))["id"]
    nameless = await client.post(f"/v1/reviews/{review}/sign-offs", json={"department": "service"})
    assert contract.judge("sign_off_review", nameless)["status"] == 422
    for verb, sent in (("sign-offs", {"department": "service"}), ("complete", {})):
        for _ in range(2):
            operation = "sign_off_review" if verb == "sign-offs" else "complete_review"
            at = f"/v1/reviews/{review}/{verb}"
            contract.judge(operation, await client.post(at, json=sent, headers=BY_ANN))
    for query in ({}, {"count": "true"}, {"sort": "x"}, {"limit": "x"}):
        contract.judge("read_overview", await client.get("/v1/overview", params=query))
    at = f"/v1/journeys/{whole['id']}/staleness"
    for query in ({}, {"limit_days": "0"}):
        contract.judge("read_staleness", await client.get(at, params=query))
    for kind in ("review", "comment"):
        name = f"/v1/{kind}s/by-external-id/crm/7"
        contract.judge(f"delete_{kind}_by_external_id", await client.delete(name))
        contract.judge(f"read_{kind}", await client.get(f"/v1/{kind}s/{review}"))
