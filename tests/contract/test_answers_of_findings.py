"""What is computed from findings, held against what the OpenAPI document declares."""

from fastapi import FastAPI

from tests.contract.judging import Contract
from tests.faces.full import BODIES
from tests.make import Client


async def test_what_findings_tell_is_as_declared(client: Client, app: FastAPI) -> None:
    contract = Contract(app.openapi())
    who = (await client.made("/v1/personas", {"name": "Ann"}))["id"]
    for _ in range(2):
        made = await client.made("/v1/journeys", BODIES["/v1/journeys"] | {"external_ids": []})
        about = [{"step_id": made["stages"][0]["steps"][0]["id"]}, {"persona_id": who}]
        body = BODIES["/v1/evidence"] | {"external_ids": [], "targets": about}
        for _ in range(3):
            await client.made("/v1/evidence", body)
    curve = await client.get(f"/v1/journeys/{made['id']}/emotion-curve")
    assert contract.judge("read_emotion_curve", curve)["points"][0]["observed"]["count"] == 3
    found = contract.judge("list_themes", await client.get("/v1/themes"))
    assert found["items"] and found["suggestions"]
    contract.judge("list_themes", await client.get("/v1/themes", params={"limit": 0}))
    at = f"/v1/personas/{who}/quality"
    assert contract.judge("read_persona_quality", await client.get(at))["support"]
    await client.delete(f"/v1/personas/{who}?dependents=detach")
    contract.judge("read_persona_quality", await client.get(at))
