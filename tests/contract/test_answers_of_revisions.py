"""Answers about revisions and copies, held against what the contract declares."""

import pytest
from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.faces.full import BODIES
from tests.make import BY_ANN, Client


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_revisions_and_copies_are_as_declared(client: Client, contract: Contract) -> None:
    made = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    at = f"/v1/journeys/{made['id']}"
    body = {"label": "First", "effective_from": "2026-05-01T00:00:00Z"}
    for sent in (body, {"label": ""}):
        contract.judge("publish_journey", await client.post(f"{at}/publish", json=sent))
    await client.patch(at, json={"title": "Other"})
    for query in ({}, {"view": "whole", "count": "true"}, {"kind": "kept"}, {"kind": "x"}):
        contract.judge("list_revision", await client.get(f"{at}/revisions", params=query))
    for path in ("revisions/1", "revisions/9"):
        contract.judge("read_revision", await client.get(f"{at}/{path}"))
    for revision in ("1", "2999-01-01", "draft", "9", "x"):
        contract.judge("read_journey", await client.get(at, params={"revision": revision}))
    for query in ({}, {"base": "draft", "with": f"journey:{made['id']}"}, {"base": "x"}):
        contract.judge("read_journey_diff", await client.get(f"{at}/diff", params=query))
    known = f"{at}/revisions/1/acknowledgements"
    contract.judge("list_acknowledgement", await client.get(known))
    for department in ("service", "nobody"):
        answer = await client.post(known, json={"department": department}, headers=BY_ANN)
        contract.judge("acknowledge_revision", answer)
    for number in (1, 9):
        answer = await client.post(f"{at}/restore", json={"revision": number})
        contract.judge("restore_journey", answer)
    for order in ({"as": "variant", "matrix": {"a": ["b", "c"]}}, {"as": "to_be"}, {"as": "x"}):
        contract.judge("copy_journey", await client.post(f"{at}/copy", json=order))
    contract.judge("list_variant", await client.get(f"{at}/variants"))
