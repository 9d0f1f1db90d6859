"""Links that open a map, held against what the contract declares of them."""

from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.make import Client, journey


async def test_a_link_is_as_declared(app: FastAPI, client: Client) -> None:
    contract = Contract(app.openapi())
    made = await client.made("/v1/journeys", journey(1, 1))
    for wish in ({}, {"expires_in_seconds": 1}, {"to": "Ann"}):
        answer = await client.post(f"/v1/journeys/{made['id']}/share", json=wish)
        contract.judge("share_map", answer)
    assert ("share_map", 201) in contract.judged
    assert ("share_map", 422) in contract.judged
