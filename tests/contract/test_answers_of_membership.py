"""Real answers about membership, personas and drift held against the contract's schemas."""

import pytest
from fastapi import FastAPI

from service.domain.ids import new_id
from tests.contract.judging import Contract
from tests.make import Client


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


async def test_who_belongs_is_told_as_declared(client: Client, contract: Contract) -> None:
    age = {"field": "traits.age", "op": "ge", "value": 55}
    profile = await client.made("/v1/profiles", {"name": "Old", "criteria": age})
    within = await client.made("/v1/profiles", {"name": "Within", "parent_id": profile["id"]})
    body = {"name": "Ann", "profile_id": profile["id"], "attributes": {"age": 60, "plan": "gold"}}
    persona = await client.made("/v1/personas", body)
    people = [
        await client.made("/v1/contacts", {"traits": traits, "test": "test" in traits})
        for traits in ({"age": 60, "plan": "gold"}, {"age": "60"}, {"age": 20}, {"test": True}, {})
    ]
    for which in (profile["id"], within["id"], new_id()):
        at = f"/v1/profiles/{which}"
        contract.judge("preview_profile", await client.get(f"{at}/preview"))
        for word in ("yes", "no", "unknown"):
            answer = await client.get(f"{at}/contacts", params={"membership": word})
            contract.judge("list_profile_contact", answer)
    for sent in ({"criteria": age, "parent_id": within["id"]}, {"criteria": {"x": 1}}, {}):
        contract.judge("preview_conditions", await client.post("/v1/profiles/preview", json=sent))
    for which in (*(one["id"] for one in people), new_id()):
        at = f"/v1/contacts/{which}"
        contract.judge("list_contact_profiles", await client.get(f"{at}/profiles"))
        contract.judge("read_contact_persona", await client.get(f"{at}/persona"))
    bad = await client.get(f"/v1/contacts/{people[0]['id']}/profiles", params={"limit": 51})
    contract.judge("list_contact_profiles", bad)
    quality = await client.get(f"/v1/personas/{persona['id']}/quality")
    contract.judge("read_persona_quality", quality)
