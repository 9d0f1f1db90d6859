"""Writes over HTTP: merge patch, replacement, lost updates, and what was read sent back."""

from typing import Any

import pytest

from tests.make import Client, journey, pointers

NOBODY = "019e0000-0000-7000-8000-000000000000"


async def test_a_patch_changes_only_what_it_names(client: Client) -> None:
    made = await client.made("/v1/personas", {"name": "Ann", "quote": "Soon", "goals": ["rest"]})
    answer = await client.patch(f"/v1/personas/{made['id']}", json={"quote": "Now"})
    assert answer.status_code == 200
    assert answer.json() == made | {
        "quote": "Now",
        "version": 2,
        "updated_at": answer.json()["updated_at"],
    }
    assert await client.got(f"/v1/personas/{made['id']}") == answer.json()


async def test_null_takes_a_member_back_to_what_it_is_when_absent(client: Client) -> None:
    made = await client.made(
        "/v1/journeys", {"title": "A map", "scenario": "x", "status": "live", "tags": ["pilot"]}
    )
    gone = dict.fromkeys(("scenario", "status", "tags"))
    patched = (await client.patch(f"/v1/journeys/{made['id']}", json=gone)).json()
    assert (patched["scenario"], patched["status"], patched["tags"]) == (None, "draft", [])


async def test_what_must_be_there_cannot_be_removed(client: Client) -> None:
    made = await client.made("/v1/profile-attributes", {"key": "x", "label": "X", "type": "text"})
    gone = {"label": None, "type": None, "key": None}
    answer = await client.patch(f"/v1/profile-attributes/{made['id']}", json=gone)
    assert answer.status_code == 422
    assert pointers(answer) == {"/label", "/type", "/key"}
    assert await client.got(f"/v1/profile-attributes/{made['id']}") == made


async def test_objects_are_merged_at_any_depth_and_lists_replaced(client: Client) -> None:
    made = await client.made(
        "/v1/personas",
        {"name": "Ann", "attributes": {"a": {"b": 1, "c": [1, 2]}, "d": 1}, "goals": ["x", "y"]},
    )
    patch = {"attributes": {"a": {"b": None, "c": [3]}, "e": {"f": None, "g": 1}}, "goals": ["z"]}
    patched = (await client.patch(f"/v1/personas/{made['id']}", json=patch)).json()
    assert patched["attributes"] == {"a": {"c": [3]}, "d": 1, "e": {"g": 1}}
    assert patched["goals"] == ["z"]


async def test_a_merged_object_is_held_to_its_bounds(client: Client) -> None:
    money = {"amount": 10, "currency": "EUR"}
    made = await client.made("/v1/journeys", {"title": "A map", "value_per_conversion": money})
    at = f"/v1/journeys/{made['id']}"
    dearer = await client.patch(at, json={"value_per_conversion": {"amount": 12.5}})
    assert dearer.json()["value_per_conversion"] == {"amount": 12.5, "currency": "EUR"}
    for patch, offender in (
        ({"currency": None}, "/value_per_conversion/currency"),
        ({"currency": "euro"}, "/value_per_conversion/currency"),
        ({"amount": "much"}, "/value_per_conversion/amount"),
        ({"colour": "red"}, "/value_per_conversion/colour"),
    ):
        answer = await client.patch(at, json={"value_per_conversion": patch})
        assert answer.status_code == 422, patch
        assert pointers(answer) == {offender}
    none = await client.patch(at, json={"value_per_conversion": None})
    assert none.json()["value_per_conversion"] is None


async def test_a_patch_that_changes_nothing_raises_no_version(client: Client) -> None:
    made = await client.made("/v1/journeys", journey())
    answer = await client.patch(f"/v1/journeys/{made['id']}", json={})
    assert answer.json() == made
    assert answer.headers["etag"] == f'"{made["version"]}"'


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1", "[{}]"])
async def test_a_patch_is_an_object(client: Client, body: str) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    headers = {"content-type": "application/merge-patch+json"}
    answer = await client.patch(f"/v1/personas/{made['id']}", content=body, headers=headers)
    assert answer.status_code == 422
    assert pointers(answer) == {""}


async def test_a_replacement_takes_defaults_for_what_it_does_not_name(client: Client) -> None:
    names = [{"source": "crm", "id": "7"}]
    made = await client.made("/v1/personas", {"name": "Ann", "quote": "x", "external_ids": names})
    replaced = (await client.put(f"/v1/personas/{made['id']}", json={"name": "Bea"})).json()
    assert (replaced["name"], replaced["quote"]) == ("Bea", None)
    assert replaced["external_ids"] == names, "callers' names stay unless given"
    assert replaced["created_at"] == made["created_at"]


async def test_a_transition_is_patched_by_the_names_it_is_read_by(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(stages=1, steps=3))
    first, second, third = (step["key"] for step in made["stages"][0]["steps"])
    edge = next(t for t in made["transitions"] if t["from"] == first)
    at = f"/v1/transitions/{edge['id']}"
    moved = await client.patch(at, json={"from": third})
    assert (moved.json()["from"], moved.json()["to"]) == (third, second)
    for patch, offender in (
        ({"from": None}, "/from"),
        ({"from": "a b"}, "/from"),
        ({"from": "nowhere"}, "/from"),
        ({"from_": first}, "/from_"),
    ):
        answer = await client.patch(at, json=patch)
        assert answer.status_code == 422, patch
        assert pointers(answer) == {offender}


WRITTEN: dict[str, dict[str, Any]] = {
    "/v1/journeys": journey(),
    "/v1/personas": {"name": "Ann", "pains": ["waiting"], "attributes": {"a": 1}},
    "/v1/profiles": {"name": "Near retirement", "attributes": {"income": None}},
    "/v1/touchpoints": {"name": "Hotline", "activities": [{"name": "Mailing"}]},
    "/v1/profile-attributes": {"key": "own", "label": "Own", "type": "number"},
}


@pytest.mark.parametrize("path", WRITTEN)
async def test_what_was_read_can_be_sent_back(client: Client, path: str) -> None:
    made = await client.made(path, WRITTEN[path])
    for call in (client.put, client.patch):
        answer = await call(f"{path}/{made['id']}", json=made)
        assert answer.status_code == 200, answer.text
        changing = ("version", "updated_at")
        assert _without(answer.json(), *changing) == _without(made, *changing)


@pytest.mark.parametrize("path", WRITTEN)
async def test_members_that_nobody_writes_are_ignored(client: Client, path: str) -> None:
    theirs = {"id": NOBODY, "version": 99, "created_at": "x", "updated_at": None}
    made = await client.made(path, WRITTEN[path] | theirs)
    assert made["id"] != NOBODY
    assert made["version"] == 1


@pytest.mark.parametrize("path", WRITTEN)
async def test_a_stale_write_changes_nothing(client: Client, path: str) -> None:
    made = await client.made(path, WRITTEN[path])
    at, stale = f"{path}/{made['id']}", {"If-Match": '"99"'}
    for answer in (
        await client.patch(at, json=WRITTEN[path], headers=stale),
        await client.put(at, json=WRITTEN[path], headers=stale),
        await client.delete(at, headers=stale),
    ):
        assert answer.status_code == 412
        assert answer.json()["code"] == "stale_version"
    assert await client.got(at) == made


@pytest.mark.parametrize("held", ['"1"', 'W/"1"', '"7", "1"', "*", ' "1" , "3"'])
async def test_a_write_that_knows_the_version_goes_through(client: Client, held: str) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    at = f"/v1/personas/{made['id']}"
    answer = await client.patch(at, json={"name": "Bea"}, headers={"If-Match": held})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'


@pytest.mark.parametrize("held", ['"x"', "1", '"-1"', '"1', "", '"9999999999999999999"', "'1'"])
async def test_an_if_match_that_can_match_nothing_is_stale(client: Client, held: str) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    at = f"/v1/personas/{made['id']}"
    answer = await client.patch(at, json={"name": "Bea"}, headers={"If-Match": held})
    assert answer.status_code == 412
    assert await client.got(at) == made


async def test_a_missing_row_is_not_found_before_it_is_stale(client: Client) -> None:
    for held in ({}, {"If-Match": '"1"'}):
        answer = await client.patch(f"/v1/personas/{NOBODY}", json={"name": "x"}, headers=held)
        assert answer.status_code == 404


async def test_who_has_this_version_is_told_so(client: Client) -> None:
    made = await client.made("/v1/journeys", journey())
    at = f"/v1/journeys/{made['id']}"
    answer = await client.get(at)
    assert answer.headers["etag"] == f'"{made["version"]}"'
    again = {"If-None-Match": answer.headers["etag"]}
    for held in (again, {"If-None-Match": f'"77", {answer.headers["etag"]}'}):
        same = await client.get(at, headers=held)
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == answer.headers["etag"]
    await client.patch(at, json={"title": "Another"})
    assert (await client.get(at, headers=again)).status_code == 200


async def test_a_change_of_a_part_raises_the_map_and_not_its_siblings(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(stages=2, steps=2))
    step = made["stages"][0]["steps"][0]
    answer = await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 2})
    assert answer.headers["etag"] == f'"{step["version"] + 1}"'
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert now["version"] == made["version"] + 1
    versions = [s["version"] for stage in now["stages"] for s in stage["steps"]]
    assert versions == [2, 1, 1, 1]
    # A stage shows its steps, so its version rises with theirs.
    assert [stage["version"] for stage in now["stages"]] == [2, 1]


async def test_two_writers_who_read_the_same_version(client: Client) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    at, held = f"/v1/personas/{made['id']}", {"If-Match": '"1"'}
    first = await client.patch(at, json={"name": "Bea"}, headers=held)
    second = await client.patch(at, json={"name": "Cleo"}, headers=held)
    assert (first.status_code, second.status_code) == (200, 412)
    assert (await client.got(at))["name"] == "Bea"


def _without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
