"""The callers' own names: reading and writing by external id, without keeping our ids."""

import asyncio
from typing import Any

import pytest

from tests.make import Client, journey, pointers

WRITTEN: dict[str, dict[str, Any]] = {
    "/v1/journeys": {"title": "A map"},
    "/v1/personas": {"name": "Ann"},
    "/v1/profiles": {"name": "Near retirement"},
    "/v1/touchpoints": {"name": "Hotline"},
    "/v1/profile-attributes": {"key": "own", "label": "Own", "type": "number"},
    "/v1/evidence-sources": {"title": "Fair", "source_kind": "poll"},
    "/v1/evidence": {"text": "Yes", "kind": "anecdotal", "source_kind": "poll"},
}


@pytest.mark.parametrize("path", WRITTEN)
async def test_a_put_creates_and_then_replaces(client: Client, path: str) -> None:
    at = f"{path}/by-external-id/crm/7"
    first = await client.put(at, json=WRITTEN[path])
    assert first.status_code == 201
    assert first.headers["location"] == f"{path}/{first.json()['id']}"
    assert first.headers["etag"] == '"1"'
    assert first.json()["external_ids"] == [{"source": "crm", "id": "7"}]
    second = await client.put(at, json=WRITTEN[path])
    assert second.status_code == 200
    assert "location" not in second.headers
    assert second.json()["id"] == first.json()["id"]
    assert await client.got(at) == second.json()


@pytest.mark.parametrize("path", WRITTEN)
async def test_a_patch_changes_only_what_it_names(client: Client, path: str) -> None:
    at = f"{path}/by-external-id/crm/7"
    absent = await client.patch(at, json={})
    assert absent.status_code == 404
    made = (await client.put(at, json=WRITTEN[path])).json()
    (name, value), *_ = WRITTEN[path].items()
    patched = (await client.patch(at, json={name: f"{value}x"})).json()
    assert patched[name] == f"{value}x"
    assert patched["external_ids"] == made["external_ids"]


@pytest.mark.parametrize("path", WRITTEN)
async def test_a_name_goes_with_its_resource(client: Client, path: str) -> None:
    at = f"{path}/by-external-id/crm/7"
    await client.put(at, json=WRITTEN[path])
    assert (await client.delete(at)).status_code == 204
    for answer in (await client.get(at), await client.delete(at), await client.patch(at, json={})):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    assert (await client.put(at, json=WRITTEN[path])).status_code == 201


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a%2Fb/c", "a/b/c"),
        ("%E5%AE%A2%E6%88%B7", "客户"),
        ("a%20b", "a b"),
        ("100%25", "100%"),
        ("mailto:ann@example.org", "mailto:ann@example.org"),
        ("%EF%BF%BD", "\ufffd"),
    ],
)
async def test_a_name_may_be_in_any_script_and_hold_slashes(
    client: Client, sent: str, kept: str
) -> None:
    made = await client.put(f"/v1/personas/by-external-id/crm/{sent}", json={"name": "Ann"})
    assert made.json()["external_ids"] == [{"source": "crm", "id": kept}]
    assert await client.got(f"/v1/personas/by-external-id/crm/{sent}") == made.json()


async def test_a_name_is_unique_per_kind_and_source(client: Client) -> None:
    name = {"source": "crm", "id": "7"}
    await client.made("/v1/personas", {"name": "Ann", "external_ids": [name]})
    await client.made("/v1/profiles", {"name": "Another kind", "external_ids": [name]})
    other = {"source": "shop", "id": "7"}
    body = {"name": "Bea", "external_ids": [other, name]}
    answer = await client.post("/v1/personas", json=body)
    assert answer.status_code == 409
    assert pointers(answer) == {"/external_ids/1"}
    page = await client.got("/v1/personas", params={"count": True})
    assert page["total"] == 1
    assert (await client.get("/v1/personas/by-external-id/shop/7")).status_code == 404


async def test_a_name_is_given_once(client: Client) -> None:
    name = {"source": "crm", "id": "7"}
    answer = await client.post("/v1/personas", json={"name": "Ann", "external_ids": [name, name]})
    assert answer.status_code == 422
    assert pointers(answer) == {"/external_ids/1"}


async def test_names_given_in_a_body_join_the_one_in_the_path(client: Client) -> None:
    body = {"name": "Ann", "external_ids": [{"source": "shop", "id": "a"}]}
    made = (await client.put("/v1/personas/by-external-id/crm/7", json=body)).json()
    assert {n["source"] for n in made["external_ids"]} == {"crm", "shop"}
    assert await client.got("/v1/personas/by-external-id/shop/a") == made


async def test_a_stale_put_creates_and_changes_nothing(client: Client) -> None:
    at, stale = "/v1/personas/by-external-id/crm/7", {"If-Match": '"9"'}
    assert (await client.put(at, json={"name": "Ann"}, headers=stale)).status_code == 412
    assert (await client.get(at)).status_code == 404
    made = (await client.put(at, json={"name": "Ann"})).json()
    for answer in (
        await client.put(at, json={"name": "Bea"}, headers=stale),
        await client.patch(at, json={"name": "Bea"}, headers=stale),
        await client.delete(at, headers=stale),
    ):
        assert answer.status_code == 412
    assert await client.got(at) == made


@pytest.mark.parametrize("path", ["/v1/personas", "/v1/profiles", "/v1/touchpoints"])
async def test_a_put_creates_or_replaces_only_as_it_says(client: Client, path: str) -> None:
    at, anything = f"{path}/by-external-id/crm/7", {"If-Match": "*"}
    nothing = {"If-None-Match": "*"}
    absent = await client.put(at, json={"name": "Ann"}, headers=anything)
    assert (absent.status_code, absent.json()["code"]) == (412, "stale_version")
    assert (await client.get(at)).status_code == 404
    made = await client.put(at, json={"name": "Ann"}, headers=nothing)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    there = await client.put(at, json={"name": "Bea"}, headers=nothing)
    assert (there.status_code, there.json()["code"]) == (412, "stale_version")
    assert await client.got(at) == made.json()
    replaced = await client.put(at, json={"name": "Bea"}, headers=anything)
    assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
    assert (await client.got(at))["name"] == "Bea"


async def test_of_many_who_create_where_nothing_is_one_does(client: Client) -> None:
    at, nothing = "/v1/personas/by-external-id/crm/7", {"If-None-Match": "*"}
    bodies = [{"name": f"Number {n}"} for n in range(32)]
    answers = await asyncio.gather(*(client.put(at, json=b, headers=nothing) for b in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, *[412] * 31]
    (won,) = (answer.json() for answer in answers if answer.status_code == 201)
    assert await client.got(at) == won
    taken = {"name": "x", "external_ids": [{"source": "crm", "id": "7"}]}
    answer = await client.put("/v1/personas/by-external-id/crm/8", json=taken, headers=nothing)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("name", "offender"),
    [
        ("s" * 101 + "/7", "/path/source"),
        ("crm/" + "7" * 201, "/path/id"),
        ("crm/", "/path/id"),
        ("%20/7", "/path/source"),
        ("crm/%00", "/path/id"),
        ("c%00rm/7", "/path/source"),
    ],
)
async def test_a_name_in_a_path_has_the_bounds_of_one_in_a_body(
    client: Client, name: str, offender: str
) -> None:
    at = f"/v1/personas/by-external-id/{name}"
    for answer in (
        await client.put(at, json={"name": "Ann"}),
        await client.get(at),
        await client.patch(at, json={}),
        await client.delete(at),
    ):
        assert answer.status_code == 422
        assert pointers(answer) == {offender}
    assert (await client.got("/v1/personas"))["items"] == []


@pytest.mark.parametrize("name", ["crm/%FF", "%C3/7", "crm/%ED%A0%80"])
async def test_a_path_that_is_not_utf8_is_malformed(client: Client, name: str) -> None:
    answer = await client.put(f"/v1/personas/by-external-id/{name}", json={"name": "Ann"})
    assert answer.status_code == 400
    assert (await client.got("/v1/personas"))["items"] == []


async def test_what_others_use_is_deleted_only_with_their_leave(client: Client) -> None:
    at = "/v1/personas/by-external-id/crm/7"
    persona = (await client.put(at, json={"name": "Ann"})).json()
    used = await client.made("/v1/journeys", journey(persona_ids=[persona["id"]]))
    refused = await client.delete(at)
    assert refused.status_code == 409
    assert refused.json()["code"] == "in_use"
    assert refused.json()["users"] == [{"kind": "journey", "id": used["id"], "name": used["title"]}]
    assert (await client.delete(at, params={"dependents": "detach"})).status_code == 204
    left = await client.got(f"/v1/journeys/{used['id']}")
    assert left["persona_ids"] == []
    assert left["version"] == used["version"] + 1
