"""Real answers about consent and privacy held against the contract's schemas."""

import pytest
from fastapi import FastAPI

from service.domain.ids import new_id
from tests.contract.judging import Contract
from tests.make import Client


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_what_people_agree_to_is_as_declared(client: Client, contract: Contract) -> None:
    said = {"purpose": "email_marketing", "granted": True, "until": "2999-01-01T00:00:00Z"}
    body = {"identifiers": [{"source": "fair", "value": "7"}], "consents": [said]}
    for _ in range(2):
        who = contract.judge(
            "capture_contact", await client.post("/v1/contacts/capture", json=body)
        )
    contract.judge("capture_contact", await client.post("/v1/contacts/capture", json={}))
    at = f"/v1/contacts/{who['id']}/consents"
    contract.judge("record_consent", await client.post(at, json={**said, "means": "call"}))
    for wrong in ({"purpose": "x", "granted": True}, {}):
        contract.judge("record_consent", await client.post(at, json=wrong))
    for query in ({}, {"limit": "1", "count": "true"}, {"purpose": "analytics"}, {"sort": "x"}):
        contract.judge("list_consents", await client.get(at, params=query))
    nobody = f"/v1/contacts/{new_id()}/consents"
    contract.judge("list_consents", await client.get(nobody))
    contract.judge("record_consent", await client.post(nobody, json=said))


async def test_matters_of_privacy_are_as_declared(client: Client, contract: Contract) -> None:
    body = {"identifiers": [{"source": "fair", "value": "7"}]}
    who = await client.made("/v1/contacts", body)
    at = f"/v1/contacts/{who['id']}"
    contract.judge("export_contact", await client.get(f"{at}/export"))
    contract.judge("export_contact", await client.get(f"{at}/export", params={"after": "x"}))
    contract.judge("restrict_contact", await client.post(f"{at}/restrict"))
    contract.judge("unrestrict_contact", await client.delete(f"{at}/restrict"))
    receipt = contract.judge("erase_contact", await client.post(f"{at}/erase"))
    contract.judge("erase_contact", await client.post(f"{at}/erase"))
    contract.judge("list_erasure", await client.get("/v1/erasures"))
    at = f"/v1/erasures/{receipt['id']}"
    contract.judge("read_erasure", await client.get(at))
    contract.judge("lift_erasure_block", await client.delete(f"{at}/block"))
    contract.judge("read_erasure", await client.get(at))
