"""Profiles, their attributes, personas and their pictures."""

import io

from PIL import Image

from tests.make import Client, journey, pointers


async def test_all_attributes_are_in_the_catalogue_typed_and_the_sensitive_ones_marked(
    client: Client,
) -> None:
    page = await client.got("/v1/profile-attributes?limit=200")
    built_in = [a for a in page["items"] if a["built_in"]]
    assert len(built_in) == 23
    assert {a["key"] for a in built_in if a["sensitive"]} >= {"religion", "political_affiliation"}
    assert all(a["type"] and a["label"] for a in built_in)


async def test_attributes_keep_to_their_type_and_own_ones_may_be_declared(client: Client) -> None:
    declared = {"key": "risk", "label": "Risk", "type": "choice", "options": ["low", "high"]}
    await client.made("/v1/profile-attributes", declared)
    attributes = {
        "age_range": {"min": 55, "max": 65},
        "annual_income": {"min": 90000, "max": None, "currency": "EUR"},
        "hobbies": ["sailing"],
        "risk": "low",
        "shoe_size": 42,
    }
    made = await client.made("/v1/profiles", {"name": "Near retirement", "attributes": attributes})
    assert made["attributes"] == attributes
    bad = {"age_range": {"min": "x"}, "risk": "middle", "hobbies": "sailing", "Bad Key": 1}
    answer = await client.post("/v1/profiles", json={"name": "Bad", "attributes": bad})
    assert answer.status_code == 422
    assert pointers(answer) == {
        "/attributes/age_range/min",
        "/attributes/risk",
        "/attributes/hobbies",
        "/attributes/Bad Key",
    }
    answer = await client.post("/v1/profile-attributes", json={**declared, "key": "religion"})
    assert (answer.status_code, pointers(answer)) == (422, {"/key"})
    answer = await client.post("/v1/profile-attributes", json=declared)
    assert (answer.status_code, pointers(answer)) == (409, {"/key"})


async def test_a_merge_patch_reaches_into_attributes_and_replaces_conditions(
    client: Client,
) -> None:
    body = {
        "name": "Savers",
        "attributes": {"location": "Vienna", "family": "two children"},
        "criteria": {"any": [{"field": "traits.age", "op": "ge", "value": 50}]},
    }
    made = await client.made("/v1/profiles", body)
    patch = {
        "attributes": {"location": None, "education": "master"},
        "criteria": {"field": "traits.income", "op": "gt", "value": 10},
    }
    answer = await client.patch(f"/v1/profiles/{made['id']}", json=patch)
    assert answer.json()["attributes"] == {"family": "two children", "education": "master"}
    assert answer.json()["criteria"] == patch["criteria"]
    answer = await client.patch(f"/v1/profiles/{made['id']}", json={"criteria": None})
    assert answer.json()["criteria"] is None
    answer = await client.patch(f"/v1/profiles/{made['id']}", json={"name": None})
    assert (answer.status_code, pointers(answer)) == (422, {"/name"})


async def test_criteria_are_parsed_and_bounded(client: Client) -> None:
    deep: object = {"field": "event", "op": "eq", "value": "x"}
    for _ in range(8):
        deep = {"not": deep}
    for criteria, pointer in (
        (deep, "/criteria"),
        ({"field": "nothing", "op": "eq", "value": 1}, "/criteria/field"),
        ({"field": "traits.age", "op": "like", "value": 1}, "/criteria/op"),
        ({"all": [{"field": "event", "op": "eq"}]}, "/criteria/all/0"),
    ):
        answer = await client.post("/v1/profiles", json={"name": "x", "criteria": criteria})
        assert answer.status_code == 422, criteria
        assert any(found.startswith(pointer) for found in pointers(answer)), answer.text


async def test_profiles_nest_without_circles(client: Client) -> None:
    outer = await client.made("/v1/profiles", {"name": "Outer"})
    inner = await client.made("/v1/profiles", {"name": "Inner", "parent_id": outer["id"]})
    answer = await client.patch(f"/v1/profiles/{outer['id']}", json={"parent_id": inner["id"]})
    assert (answer.status_code, pointers(answer)) == (422, {"/parent_id"})
    page = await client.got(f"/v1/profiles?parent_id={outer['id']}")
    assert [p["id"] for p in page["items"]] == [inner["id"]]


async def test_a_picture_is_decoded_and_stored_anew(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    path = f"/v1/personas/{persona['id']}/avatar"
    assert (await client.get(path)).status_code == 404
    raw = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(raw, "PNG")
    answer = await client.put(path, content=raw.getvalue(), headers={"content-type": "image/png"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["avatar"].startswith(path)
    picture = await client.get(answer.json()["avatar"])
    assert picture.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(picture.content)).size == (512, 384)
    assert (await client.delete(path)).status_code == 204
    assert (await client.got(f"/v1/personas/{persona['id']}"))["avatar"] is None


async def test_a_script_is_no_picture(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    path = f"/v1/personas/{persona['id']}/avatar"
    for content, status in ((b"<script>alert(1)</script>", 415), (b"x" * 3_000_000, 413)):
        answer = await client.put(path, content=content, headers={"content-type": "image/png"})
        assert answer.status_code == status, answer.text
    assert (await client.got(f"/v1/personas/{persona['id']}"))["version"] == 1


async def test_who_is_in_use_stays_unless_detached(client: Client) -> None:
    profile = await client.made("/v1/profiles", {"name": "Savers"})
    persona = await client.made("/v1/personas", {"name": "Ann", "profile_id": profile["id"]})
    made = await client.made("/v1/journeys", journey(1, 1, persona_ids=[persona["id"]]))
    answer = await client.delete(f"/v1/profiles/{profile['id']}")
    assert answer.status_code == 409
    assert answer.json()["users"] == [{"kind": "persona", "id": persona["id"], "name": "Ann"}]
    answer = await client.delete(f"/v1/profiles/{profile['id']}?dependents=detach")
    assert answer.status_code == 204
    now = await client.got(f"/v1/personas/{persona['id']}")
    assert (now["profile_id"], now["version"]) == (None, 2)
    assert (await client.delete(f"/v1/personas/{persona['id']}")).status_code == 409
    gone = await client.delete(f"/v1/personas/{persona['id']}?dependents=detach")
    assert gone.status_code == 204
    after = await client.got(f"/v1/journeys/{made['id']}")
    assert (after["persona_ids"], after["version"]) == ([], made["version"] + 1)
