"""Real answers held against the schemas that the OpenAPI document declares for them.

Callers are told that members may be added; here none may be there that is not declared.
"""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import access
from service.domain.work import OPERATORS, Caller, Scope
from tests.contract.judging import Contract
from tests.faces.full import BODIES, png
from tests.make import Client


@pytest.fixture(scope="session")
def contract(app: FastAPI) -> Contract:
    return Contract(app.openapi())


KINDS = {
    "/v1/journeys": "journey",
    "/v1/personas": "persona",
    "/v1/profiles": "profile",
    "/v1/touchpoints": "touchpoint",
    "/v1/content": "content",
    "/v1/profile-attributes": "profile_attribute",
    "/v1/vocabulary": "vocabulary_entry",
    "/v1/evidence": "evidence",
    "/v1/evidence-sources": "evidence_source",
    "/v1/actions": "action",
    "/v1/kpis": "kpi",
    "/v1/alerts": "alert",
    "/v1/consent-purposes": "consent_purpose",
    "/v1/contacts": "contact",
    "/v1/accounts": "account",
}


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
async def test_a_resource_is_as_declared(
    client: Client, contract: Contract, path: str, kind: str
) -> None:
    body = BODIES[path]
    made = contract.judge(f"create_{kind}", await client.post(path, json=body))
    at, known = f"{path}/{made['id']}", f"{path}/by-external-id/crm/7"
    contract.judge(f"read_{kind}", await client.get(at))
    contract.judge(f"patch_{kind}", await client.patch(at, json={}))
    contract.judge(f"replace_{kind}", await client.put(at, json=made))
    contract.judge(f"read_{kind}_by_external_id", await client.get(known))
    contract.judge(f"patch_{kind}_by_external_id", await client.patch(known, json={}))
    contract.judge(f"put_{kind}_by_external_id", await client.put(known, json=body))
    contract.judge(f"read_{kind}", await client.get(at, headers={"If-None-Match": '"3"'}))
    for query in ({}, {"view": "whole", "count": "true"}, {"limit": "1"}):
        contract.judge(f"list_{kind}", await client.get(path, params=query))
    contract.judge(f"delete_{kind}_by_external_id", await client.delete(known))
    contract.judge(f"put_{kind}_by_external_id", await client.put(known, json=body))
    left = await client.got(known)
    contract.judge(f"delete_{kind}", await client.delete(f"{path}/{left['id']}"))


@pytest.mark.parametrize(("path", "kind"), KINDS.items())
async def test_a_refusal_is_as_declared(
    client: Client, contract: Contract, path: str, kind: str
) -> None:
    made = await client.made(path, BODIES[path])
    at, stale = f"{path}/{made['id']}", {"If-Match": '"9"'}
    contract.judge(f"create_{kind}", await client.post(path, json={"colour": 1}))
    contract.judge(f"create_{kind}", await client.post(path, content=b"{"))
    contract.judge(f"create_{kind}", await client.post(path, json=BODIES[path]))
    contract.judge(f"create_{kind}", await client.post(path, content=b"x" * 9_000_000))
    contract.judge(f"patch_{kind}", await client.patch(at, json={}, headers=stale))
    contract.judge(f"list_{kind}", await client.get(path, params={"sort": "x"}))
    contract.judge(f"list_{kind}", await client.get(path, params={"limit": "x"}))
    nobody = {"Authorization": "Bearer x"}
    contract.judge(f"read_{kind}", await client.get(at, headers=nobody))
    await client.delete(at)
    contract.judge(f"read_{kind}", await client.get(at))


async def test_the_parts_of_a_map_are_as_declared(client: Client, contract: Contract) -> None:
    journey = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    at = f"/v1/journeys/{journey['id']}"
    stage = contract.judge("create_stage", await client.post(f"{at}/stages", json={"name": "New"}))
    steps = f"/v1/stages/{stage['id']}/steps"
    step = contract.judge("create_step", await client.post(steps, json={"action": "Act"}))
    edge = {"from": "call", "to": step["key"]}
    transition = contract.judge(
        "create_transition", await client.post(f"{at}/transitions", json=edge)
    )
    contract.judge("list_stage", await client.get(f"{at}/stages", params={"view": "whole"}))
    contract.judge("list_stage", await client.get(f"{at}/stages"))
    contract.judge("list_step", await client.get(steps))
    contract.judge("list_transition", await client.get(f"{at}/transitions"))
    for kind, part in (("transition", transition), ("step", step), ("stage", stage)):
        one = f"/v1/{kind}s/{part['id']}"
        read = contract.judge(f"read_{kind}", await client.get(one))
        contract.judge(f"patch_{kind}", await client.patch(one, json={}))
        contract.judge(f"replace_{kind}", await client.put(one, json=read))
        contract.judge(f"delete_{kind}", await client.delete(one))


async def test_what_is_computed_from_a_map_is_as_declared(
    client: Client, contract: Contract
) -> None:
    for body in (BODIES["/v1/journeys"], {"title": "Nothing in it"}):
        journey = await client.made("/v1/journeys", body | {"external_ids": []})
        at = f"/v1/journeys/{journey['id']}"
        if journey["stages"]:
            answers = [{"journey_id": journey["id"], "step_key": "call", "item_key": "fees"}]
            await client.made("/v1/content", BODIES["/v1/content"] | {"answers": answers})
        contract.judge("read_emotion_curve", await client.get(f"{at}/emotion-curve"))
        for what in ("challenges", "coverage", "plan"):
            contract.judge(f"read_{what}", await client.get(f"{at}/{what}"))
        contract.judge("read_map", await client.get(f"{at}/map"))
    diagram = "journey\n  title Buying\n  section Look\n    Search: five: Ann\n"
    headers = {"content-type": "text/vnd.mermaid"}
    answer = await client.post("/v1/journeys/import", content=diagram, headers=headers)
    came = contract.judge("import_journeys", answer)
    assert came["problems"]


async def test_gaps_and_settings_are_as_declared(client: Client, contract: Contract) -> None:
    made = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    for query in ("", "?scan=week", "?limit=x"):
        answer = await client.get(f"/v1/journeys/{made['id']}/gaps{query}")
        contract.judge("list_journey_gaps", answer)
    (gap, *_) = contract.judge("list_gaps", await client.get("/v1/gaps"))["items"]
    at = f"/v1/gaps/{gap['id']}"
    contract.judge("read_gap", await client.get(at))
    contract.judge("patch_gap", await client.patch(at, json={"status": "dismissed"}))
    known = contract.judge("read_settings", await client.get("/v1/settings"))
    contract.judge("replace_settings", await client.put("/v1/settings", json=known))


async def test_changes_are_as_declared(client: Client, contract: Contract) -> None:
    made = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    await client.delete(f"/v1/journeys/{made['id']}")
    for query in ({}, {"kind": "journey,step"}, {"after": "now"}):
        page = contract.judge("list_change", await client.get("/v1/changes", params=query))
        assert page["next"]
    for query in ({"after": "x"}, {"limit": "0"}, {"kind": "x"}):
        contract.judge("list_change", await client.get("/v1/changes", params=query))
    contract.judge("list_change", await client.get("/v1/changes", headers={"Accept": "image/png"}))
    for path, kind in KINDS.items():
        answer = await client.get(path, headers={"Accept": "application/pdf"})
        assert contract.judge(f"list_{kind}", answer)["code"] == "not_acceptable"


async def test_bundles_and_spreadsheets_are_as_declared(client: Client, contract: Contract) -> None:
    journey = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    at, csv = f"/v1/journeys/{journey['id']}", {"content-type": "text/csv"}
    bundle = contract.judge("read_journey", await client.get(at, params={"view": "bundle"}))
    answer = await client.post("/v1/journeys/import", json=bundle)
    assert contract.judge("import_journeys", answer)["items"][0]["id"] == journey["id"]
    text = (await client.get(f"{at}/map", params={"format": "csv"})).content
    answer = await client.post("/v1/journeys/import", content=text, headers=csv)
    assert contract.judge("import_journeys", answer)["read_as"]
    for kind in ("profiles", "personas", "touchpoints"):
        await client.made(f"/v1/{kind}", BODIES[f"/v1/{kind}"])
        rows = (await client.get(f"/v1/{kind}", headers={"Accept": "text/csv"})).content
        for sent in (rows, b"colour\n"):
            answer = await client.post(f"/v1/{kind}/import", content=sent, headers=csv)
            contract.judge(f"import_{kind}", answer)


async def test_templates_are_as_declared(client: Client, contract: Contract) -> None:
    journey = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    body = {"journey_id": journey["id"], "external_ids": [{"source": "crm", "id": "7"}]}
    made = contract.judge("create_template", await client.post("/v1/templates", json=body))
    at, known = "/v1/templates/{}".format, "/v1/templates/by-external-id/crm/7"
    for which in ("wealth-management", made["id"], made["key"], "nobody"):
        answer = await client.get(at(which), headers={"Accept-Language": "de"})
        contract.judge("read_template", answer)
    for query in ({}, {"view": "whole", "count": "true"}, {"sort": "x"}):
        contract.judge("list_template", await client.get("/v1/templates", params=query))
    contract.judge("create_template", await client.post("/v1/templates", json=body))
    for which in ("adviser", made["key"]):
        contract.judge("patch_template", await client.patch(at(which), json={"name": "New"}))
        contract.judge("replace_template", await client.put(at(which), json=made))
    contract.judge("read_template_by_external_id", await client.get(known))
    contract.judge("patch_template_by_external_id", await client.patch(known, json={}))
    contract.judge("put_template_by_external_id", await client.put(known, json=body))
    contract.judge("delete_template", await client.delete(at("adviser")))
    contract.judge("delete_template", await client.delete(at(made["key"])))
    contract.judge("delete_template_by_external_id", await client.delete(known))


async def test_words_and_the_catalogue_are_as_declared(client: Client, contract: Contract) -> None:
    at = "/v1/touchpoints/catalogue"
    for query in ({}, {"phase": "prospect"}, {"phase": "x"}):
        offered = await client.get(at, params=query)
        contract.judge("read_touchpoint_catalogue", offered)
        contract.judge("load_touchpoint_catalogue", await client.post(at, params=query))
    page = contract.judge("list_vocabulary_entry", await client.get("/v1/vocabulary"))
    one, into, *_ = (w["id"] for w in page["items"] if w["kind"] == "channel")
    contract.judge("read_vocabulary_entry", await client.get(f"/v1/vocabulary/{one}"))
    for body in ({"into": into}, {"into": one}, {}):
        answer = await client.post(f"/v1/vocabulary/{one}/merge", json=body)
        contract.judge("merge_vocabulary_entry", answer)


async def test_a_picture_is_as_declared(client: Client, contract: Contract) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    at, media = f"/v1/personas/{persona['id']}/avatar", {"content-type": "image/png"}
    contract.judge("read_persona_avatar", await client.get(at))
    put = await client.put(at, content=png(32, 32), headers=media)
    assert contract.judge("put_persona_avatar", put)["avatar"].startswith(at)
    assert (await client.get(at)).headers["content-type"] == "image/webp"
    contract.judge("put_persona_avatar", await client.put(at, content=b"x", headers=media))
    contract.judge("delete_persona_avatar", await client.delete(at))


async def test_who_uses_a_row_is_told_as_declared(client: Client, contract: Contract) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    await client.made("/v1/journeys", {"title": "A map", "persona_ids": [persona["id"]]})
    answer = await client.delete(f"/v1/personas/{persona['id']}")
    assert answer.status_code == 409
    assert contract.judge("delete_persona", answer)["users"]


@pytest.fixture
async def operator(app: FastAPI, database: Database) -> AsyncIterator[Client]:
    """Calls the service with an operator's key."""
    async with database.write(Caller(OPERATORS, None, frozenset(Scope))) as work:
        made = await access.operator_key(work, "tests", None)
    async with Client.entering(app, made.json) as client:
        yield client


async def test_keys_and_workspaces_are_as_declared(
    client: Client, operator: Client, contract: Contract
) -> None:
    body = {"name": "Reader", "scopes": ["maps:read"], "expires_at": "2100-01-01T00:00:00Z"}
    key = contract.judge("create_api_key", await client.post("/v1/api-keys", json=body))
    at = f"/v1/api-keys/{key['id']}"
    contract.judge("list_api_key", await client.get("/v1/api-keys"))
    contract.judge("read_api_key", await client.get(at))
    contract.judge("patch_api_key", await client.patch(at, json={"name": "Other"}))
    contract.judge("delete_api_key", await client.delete(at))
    wider = body | {"scopes": ["maps:read", "admin"]}
    narrow = {"Authorization": f"Bearer {key['key']}"}
    contract.judge("create_api_key", await client.post("/v1/api-keys", json=wider, headers=narrow))
    asked = {"name": "New", "time_zone": "Europe/Vienna"}
    made = contract.judge("create_workspace", await operator.post("/v1/workspaces", json=asked))
    at = f"/v1/workspaces/{made['id']}"
    contract.judge("read_workspace", await operator.get(at))
    contract.judge("list_workspace", await operator.get("/v1/workspaces", params={"limit": 1}))
    contract.judge("list_workspace", await client.get("/v1/workspaces"))
    own = {"Authorization": f"Bearer {made['key']}"}
    contract.judge("patch_workspace", await operator.patch(at, json=asked, headers=own))
    contract.judge("create_workspace", await client.post("/v1/workspaces", json=asked))
