"""Publishing maps, reading what they were, restoring it, and who takes note."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.faces.full import BODIES
from tests.make import Client, journey, pointers

Json = dict[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"


async def made(client: Client, **members: Any) -> Json:
    return await client.made("/v1/journeys", journey(2, 2, **members))


async def published(client: Client, which: str, **members: Any) -> Json:
    return await client.made(f"/v1/journeys/{which}/publish", members)


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_published_map_is_kept_as_it_is_read(client: Client) -> None:
    full = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    at = f"/v1/journeys/{full['id']}"
    headers = {"Waypost-Actor": "Ann <ann@example.org>", "If-Match": f'"{full["version"]}"'}
    said = {"label": "First", "reason": "It is ready", "effective_from": "2026-05-01T00:00:00Z"}
    answer = await client.post(f"{at}/publish", json=said, headers=headers)
    assert answer.status_code == 201, answer.text
    revision = answer.json()
    assert {name: revision[name] for name in ("label", "reason", "number", "kind", "person")} == {
        "label": "First",
        "reason": "It is ready",
        "number": 1,
        "kind": "published",
        "person": "Ann <ann@example.org>",
    }
    assert revision["journey_version"] == full["version"]
    assert revision["journey"] == full
    assert answer.headers["location"] == f"{at}/revisions/1"
    assert await client.got(answer.headers["location"]) == revision
    assert await client.got(at, params={"revision": "published"}) == full
    assert (await client.got(at))["version"] == full["version"]


async def test_an_edit_of_a_published_map_changes_no_revision(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"], label="One")
    before = await client.get(f"{at}/revisions/1")
    step = first["stages"][0]["steps"][0]
    await client.patch(f"/v1/steps/{step['id']}", json={"action": "Other", "emotion": 2})
    await client.delete(f"/v1/stages/{first['stages'][1]['id']}")
    after = await client.get(f"{at}/revisions/1")
    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]
    assert await client.got(at, params={"revision": "1"}) == first
    draft = await client.got(at, params={"revision": "draft"})
    assert draft == await client.got(at)
    assert draft["stages"][0]["steps"][0]["action"] == "Other"
    assert len(draft["stages"]) == 1


async def test_a_state_has_an_etag_of_its_own(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    state = await client.get(at, params={"revision": "published"})
    assert state.headers["etag"] == '"1-revision"'
    assert state.headers["content-location"] == f"{at}?revision=1"
    held = {"If-None-Match": state.headers["etag"]}
    for name in ("1", "published", "revision:1", "2999-01-01"):
        again = await client.get(at, params={"revision": name}, headers=held)
        assert again.status_code == 304, name
    draft = await client.get(at, params={"revision": "draft"})
    assert draft.headers["etag"] == f'"{first["version"]}"'
    stale = await client.patch(at, json={"title": "New"}, headers={"If-Match": '"1-revision"'})
    refused(stale, 412, "stale_version")
    await client.patch(at, json={"title": "New"})
    await published(client, first["id"])
    answer = await client.get(at, params={"revision": "published"}, headers=held)
    assert answer.status_code == 200
    assert answer.json()["title"] == "New"


async def test_an_instant_names_the_revision_in_force_then(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    for title, since in (
        ("Second", "2026-03-01T00:00:00Z"),
        ("Third", "2026-06-01T00:00:00+02:00"),
    ):
        await client.patch(at, json={"title": title})
        await published(client, first["id"], effective_from=since)

    async def title_at(name: str) -> str:
        return str((await client.got(at, params={"revision": name}))["title"])

    assert await title_at("1999-01-01") == first["title"]
    assert await title_at("2026-02-28T23:59:59Z") == first["title"]
    assert await title_at("2026-03-01") == "Second"
    assert await title_at("at:2026-05-31T21:59:59Z") == "Second"
    assert await title_at("2026-05-31T22:00:00Z") == "Third"


async def test_where_the_first_says_from_when_nothing_was_in_force_before(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"], effective_from="2026-03-01T00:00:00Z")
    refused(await client.get(at, params={"revision": "2026-02-28"}), 404, "revision_not_found")


async def test_what_is_not_there_is_told(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    for name in ("published", "2026-05-01"):
        refused(await client.get(at, params={"revision": name}), 404, "never_published")
    refused(await client.get(at, params={"revision": "1"}), 404, "revision_not_found")
    refused(await client.get(f"{at}/diff"), 404, "never_published")
    await published(client, first["id"])
    refused(await client.get(at, params={"revision": "2"}), 404, "revision_not_found")
    for number in ("2", "2147483648", "99999999999999999999"):
        for path in ("", "/acknowledgements"):
            found = await client.get(f"{at}/revisions/{number}{path}")
            refused(found, 404, "revision_not_found")
    nobodys = f"/v1/journeys/{NOBODY}"
    refused(await client.get(nobodys, params={"revision": "1"}), 404, "not_found")
    for path in ("revisions", "revisions/1", "revisions/1/acknowledgements", "diff"):
        refused(await client.get(f"{nobodys}/{path}"), 404, "not_found")
    refused(await client.post(f"{nobodys}/publish", json={}), 404, "not_found")
    refused(await client.post(f"{nobodys}/restore", json={"revision": 1}), 404, "not_found")


@pytest.mark.parametrize(
    "name", ["", "0", "-1", "x", "revision:", "2147483648", "2026-13-01", "2026-05-01T09:00", "at:"]
)
async def test_a_name_of_nothing_is_refused(client: Client, name: str) -> None:
    first = await made(client)
    answer = await client.get(f"/v1/journeys/{first['id']}", params={"revision": name})
    assert answer.status_code == 422
    assert pointers(answer) == {"/query/revision"}
    answer = await client.get(f"/v1/journeys/{first['id']}/diff", params={"base": name})
    assert pointers(answer) == {"/query/base"}


async def test_a_bundle_is_of_the_draft(client: Client) -> None:
    first = await made(client)
    query = {"view": "bundle", "revision": "draft"}
    answer = await client.get(f"/v1/journeys/{first['id']}", params=query)
    assert pointers(answer) == {"/query/revision"}


async def test_an_empty_map_is_not_published(client: Client) -> None:
    for stages in ([], [{"name": "Nothing yet"}]):
        empty = await client.made("/v1/journeys", {"title": "Empty", "stages": stages})
        answer = await client.post(f"/v1/journeys/{empty['id']}/publish", json={})
        refused(answer, 409, "empty_map")
        assert (await client.got(f"/v1/journeys/{empty['id']}/revisions"))["items"] == []


async def test_bad_input_is_named(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    body = {"label": "", "reason": 1, "effective_from": 12, "colour": "red"}
    answer = await client.post(f"{at}/publish", json=body)
    assert pointers(answer) == {"/label", "/reason", "/effective_from", "/colour"}
    for revision in (None, 0, True, 1.5, "draft", "x", [], {"a": 1}, "9" * 200):
        answer = await client.post(f"{at}/restore", json={"revision": revision})
        assert pointers(answer) == {"/revision"}, revision
    assert pointers(await client.post(f"{at}/restore", json={})) == {"/revision"}
    for revision in (1, NOBODY, "published"):
        answer = await client.post(f"{at}/restore", json={"revision": revision})
        assert (answer.status_code, pointers(answer)) == (422, {"/revision"}), revision


async def test_a_stale_map_is_neither_published_nor_restored(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    stale = {"If-Match": '"9"'}
    refused(await client.post(f"{at}/publish", json={}, headers=stale), 412, "stale_version")
    answer = await client.post(f"{at}/restore", json={"revision": 1}, headers=stale)
    refused(answer, 412, "stale_version")
    assert len((await client.got(f"{at}/revisions"))["items"]) == 1


async def test_revisions_are_listed_the_newest_first(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    for n in range(3):
        await published(client, first["id"], label=f"Label {n}")
    page = await client.got(f"{at}/revisions", params={"limit": 2, "count": "true"})
    assert [one["number"] for one in page["items"]] == [3, 2]
    assert page["total"] == 3
    assert all("journey" not in one for one in page["items"])
    rest = await client.got(f"{at}/revisions", params={"limit": 2, "after": page["next"]})
    assert [one["label"] for one in rest["items"]] == ["Label 0"]
    whole = await client.got(f"{at}/revisions", params={"view": "whole", "sort": "number"})
    assert [one["journey"]["id"] for one in whole["items"]] == [first["id"]] * 3
    kept = await client.got(f"{at}/revisions", params={"kind": "kept"})
    assert kept["items"] == []


async def test_who_publishes_at_once_gets_numbers_of_their_own(client: Client) -> None:
    first = await made(client)
    answers = await asyncio.gather(*(published(client, first["id"]) for _ in range(8)))
    assert sorted(one["number"] for one in answers) == list(range(1, 9))


async def test_publishing_costs_the_same_whatever_the_size(client: Client) -> None:
    async def cost(stages: int) -> int:
        body = journey(stages, 4)
        for stage in body["stages"]:
            stage["steps"][0]["department"] = "service"
        which = (await client.made("/v1/journeys", body))["id"]
        before = await client.statements()
        await published(client, which)
        return await client.statements() - before

    assert await cost(2) == await cost(12) <= 6


async def test_a_deleted_map_takes_its_revisions_along(client: Client) -> None:
    first = await made(client)
    await published(client, first["id"])
    assert (await client.delete(f"/v1/journeys/{first['id']}")).status_code == 204
    answer = await client.get(f"/v1/journeys/{first['id']}/revisions/1")
    refused(answer, 404, "not_found")


async def test_whoever_follows_hears_of_publishing_and_restoring(client: Client) -> None:
    first = await made(client)
    start = await client.now()
    revision = await published(client, first["id"])
    at = f"/v1/journeys/{first['id']}"
    await client.post(f"{at}/restore", json={"revision": 1})
    items = await client.changed(start)
    told = [(one["kind"], one["id"], one["op"], one["whole_id"]) for one in items]
    assert told.count(("revision", revision["id"], "upsert", first["id"])) == 1
    assert [kind for kind, *_ in told].count("revision") == 2
    assert ("journey", first["id"], "upsert", None) in told
