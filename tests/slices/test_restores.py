"""Restoring what a map was: by key, keeping what it was before, saying what is gone."""

from typing import Any

from tests.make import Client, journey

Json = dict[str, Any]


async def made(client: Client, **members: Any) -> Json:
    return await client.made("/v1/journeys", journey(2, 2, **members))


async def published(client: Client, which: str) -> Json:
    return await client.made(f"/v1/journeys/{which}/publish", {})


async def test_a_restore_keeps_ids_by_key_and_what_was_before(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    one, two = first["stages"][0]["steps"]
    await client.patch(f"/v1/steps/{one['id']}", json={"action": "Reworded", "emotion": None})
    await client.delete(f"/v1/steps/{two['id']}")
    await client.patch(at, json={"title": "Other", "tags": ["late"]})
    edited = await client.got(at)
    answer = await client.post(f"{at}/restore", json={"revision": 1})
    assert answer.status_code == 200, answer.text
    restored = answer.json()
    said = restored["restored"]
    assert (said["revision"], said["kept"]) == (1, 2)
    assert {(o["pointer"], o["code"]) for o in said["left_out"]} == {
        (at, "links_lost") for at in ("/stages/0/steps/1", "/transitions/0", "/transitions/1")
    }
    assert answer.headers["etag"] == f'"{restored["version"]}"'
    now = await client.got(at)
    assert now == {name: value for name, value in restored.items() if name != "restored"}
    steps = now["stages"][0]["steps"]
    assert steps[0]["id"] == one["id"]
    assert [s["key"] for s in steps] == [one["key"], two["key"]]
    assert (now["title"], now["tags"]) == (first["title"], first["tags"])
    assert (await client.got(f"{at}/revisions/2"))["kind"] == "kept"
    assert await client.got(at, params={"revision": "2"}) == edited
    assert await client.got(at, params={"revision": "published"}) == first
    same = await client.got(f"{at}/diff", params={"base": "1", "with": "draft"})
    assert same["items"] == []
    assert (await client.put(at, json=restored)).status_code == 200
    again = await client.post(f"{at}/restore", json={"revision": 2})
    assert again.json()["title"] == "Other"


async def test_a_restore_says_what_is_not_there_any_more(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    touchpoint = await client.made("/v1/touchpoints", {"name": "Hotline"})
    other = await client.made("/v1/journeys", journey(1, 1))
    body = journey(1, 2, persona_ids=[persona["id"]], next_journey_ids=[other["id"]])
    body |= {"variant_of": other["id"], "as_is_id": other["id"]}
    body["stages"][0]["steps"][1] |= {
        "emotions": [{"persona_id": persona["id"], "rating": 1}],
        "touchpoints": [{"touchpoint_id": touchpoint["id"]}],
        "journey_id": other["id"],
    }
    first = await client.made("/v1/journeys", body)
    at = f"/v1/journeys/{first['id']}"
    revision = await published(client, first["id"])
    for path in (f"personas/{persona['id']}", f"touchpoints/{touchpoint['id']}"):
        gone = await client.delete(f"/v1/{path}", params={"dependents": "detach"})
        assert gone.status_code == 204
    # The other map now holds, varies and improves this one: all of it would be a circle.
    detached = {"variant_of": None, "as_is_id": None}
    await client.patch(at, json=detached)
    await client.patch(
        f"/v1/steps/{first['stages'][0]['steps'][1]['id']}", json={"journey_id": None}
    )
    turned = {"variant_of": first["id"], "as_is_id": first["id"]}
    assert (await client.patch(f"/v1/journeys/{other['id']}", json=turned)).status_code == 200
    inner = other["stages"][0]["steps"][0]["id"]
    held = await client.patch(f"/v1/steps/{inner}", json={"journey_id": first["id"]})
    assert held.status_code == 200, held.text
    answer = await client.post(f"{at}/restore", json={"revision": revision["id"]})
    assert answer.status_code == 200, answer.text
    left_out = {one["pointer"]: one["code"] for one in answer.json()["restored"]["left_out"]}
    step = "/stages/0/steps/1"
    assert left_out == {
        "/persona_ids/0": "unknown_reference",
        f"{step}/emotions/0": "unknown_reference",
        f"{step}/touchpoints/0": "unknown_reference",
        f"{step}/journey_id": "circular",
        "/as_is_id": "circular",
        "/variant_of": "circular",
    }
    assert answer.json()["next_journey_ids"] == [other["id"]]


async def test_a_revision_of_another_map_is_not_restored(client: Client) -> None:
    first, other = await made(client), await made(client, title="Other")
    revision = await published(client, other["id"])
    at = f"/v1/journeys/{first['id']}"
    answer = await client.post(f"{at}/restore", json={"revision": revision["id"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "other_journey"
    assert (await client.got(at))["version"] == first["version"]
    assert (await client.got(f"{at}/revisions"))["items"] == []


async def test_a_revision_of_another_workspace_is_nobodys(client: Client, stranger: Client) -> None:
    first, theirs = await made(client), await made(stranger)
    revision = await published(stranger, theirs["id"])
    at = f"/v1/journeys/{first['id']}"
    answer = await client.post(f"{at}/restore", json={"revision": revision["id"]})
    assert [e["code"] for e in answer.json()["errors"]] == ["revision_not_found"]
    query = {"base": "draft", "with": f"journey:{theirs['id']}"}
    assert (await client.get(f"{at}/diff", params=query)).status_code == 404


async def test_a_word_that_became_an_alias_is_restored_as_what_it_stands_for(
    client: Client,
) -> None:
    body = journey(1, 1)
    body["stages"][0]["steps"][0]["channel"] = "telephone"
    first = await client.made("/v1/journeys", body)
    await published(client, first["id"])
    into = await client.made("/v1/vocabulary", {"kind": "channel", "slug": "phone"})
    words = (await client.got("/v1/vocabulary", params={"kind": "channel"}))["items"]
    (old,) = (word["id"] for word in words if word["slug"] == "telephone")
    merged = await client.post(f"/v1/vocabulary/{old}/merge", json={"into": into["id"]})
    assert merged.status_code == 200, merged.text
    restored = await client.post(f"/v1/journeys/{first['id']}/restore", json={"revision": 1})
    assert restored.json()["stages"][0]["steps"][0]["channel"] == "phone"


async def test_what_was_deleted_comes_back_under_its_id(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    step, stage = first["stages"][0]["steps"][0], first["stages"][1]
    target = {"kind": "step", "id": step["id"]}
    said = await client.made("/v1/comments", {"target": target, "text": "Why so late?"})
    for n in range(3):
        await client.patch(f"/v1/steps/{step['id']}", json={"action": f"Reworded {n}"})
    before = await client.got(f"/v1/steps/{step['id']}")
    for path in (f"steps/{step['id']}", f"stages/{stage['id']}"):
        assert (await client.delete(f"/v1/{path}")).status_code == 204
    lost = await client.got("/v1/comments", params={"orphaned": "true"})
    assert [one["id"] for one in lost["items"]] == [said["id"]]
    start = await client.now()
    answer = await client.post(f"{at}/restore", json={"revision": 1})
    assert answer.status_code == 200, answer.text
    now = await client.got(at)
    assert [ids_of(one) for one in now["stages"]] == [ids_of(one) for one in first["stages"]]
    assert [one["id"] for one in now["transitions"]] == [one["id"] for one in first["transitions"]]
    again = await client.got(f"/v1/steps/{step['id']}")
    assert (again["action"], again["version"] > before["version"]) == (step["action"], True)
    stale = {"If-Match": f'"{before["version"]}"'}
    answer = await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 2}, headers=stale)
    assert answer.status_code == 412
    assert (await client.got("/v1/comments", params={"orphaned": "true"}))["items"] == []
    told = await client.changed(start)
    assert ("step", step["id"], "upsert", again["version"]) in [
        (one["kind"], one["id"], one["op"], one["version"]) for one in told
    ]


def ids_of(stage: Json) -> list[str]:
    return [stage["id"], *(step["id"] for step in stage["steps"])]


async def test_a_restore_says_which_parts_came_back_without_what_spoke_of_them(
    client: Client,
) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    (kept, gone), stage = first["stages"][0]["steps"], first["stages"][1]
    story = {"kind": "anecdotal", "source_kind": "interview", "text": "They called back."}
    for step in (kept, gone, stage["steps"][0]):
        targets = [{"step_id": step["id"]}]
        await client.made("/v1/evidence", {**story, "targets": targets})
        await client.made("/v1/actions", {"title": "Call back", "targets": targets})
    for path in (f"steps/{gone['id']}", f"stages/{stage['id']}"):
        assert (await client.delete(f"/v1/{path}")).status_code == 204
    restored = (await client.post(f"{at}/restore", json={"revision": 1})).json()
    left_out = restored["restored"]["left_out"]
    assert [one["pointer"] for one in left_out] == [
        *("/stages/0/steps/1", "/stages/1", "/stages/1/steps/0", "/stages/1/steps/1"),
        *(f"/transitions/{n}" for n in range(3)),
    ]
    assert {one["code"] for one in left_out} == {"links_lost"}
    for path in ("evidence", "actions"):
        (held,) = (await client.got(f"/v1/{path}", params={"journey_id": first["id"]}))["items"]
        assert [one["step_id"] for one in held["targets"]] == [kept["id"]]
    again = (await client.post(f"{at}/restore", json={"revision": 1})).json()
    assert again["restored"]["left_out"] == []


async def test_an_id_that_another_part_has_stays_its_own(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    one, two = first["stages"][0]["steps"]
    answer = await client.patch(f"/v1/steps/{one['id']}", json={"key": "another"})
    assert answer.status_code == 200, answer.text
    restored = await client.post(f"{at}/restore", json={"revision": 1})
    assert restored.status_code == 200, restored.text
    lost = {one["pointer"] for one in restored.json()["restored"]["left_out"]}
    assert lost == {"/stages/0/steps/0", "/transitions/0"}
    steps = (await client.got(at))["stages"][0]["steps"]
    assert [step["key"] for step in steps] == [one["key"], two["key"]]
    assert steps[0]["id"] != one["id"]
    assert steps[1]["id"] == two["id"]


async def test_neighbours_are_tied_after_a_restore_as_before(client: Client) -> None:
    first = await made(client)
    at = f"/v1/journeys/{first['id']}"
    await published(client, first["id"])
    await client.delete(f"/v1/steps/{first['stages'][0]['steps'][0]['id']}")
    assert (await client.post(f"{at}/restore", json={"revision": 1})).status_code == 200
    await client.made(f"/v1/stages/{first['stages'][1]['id']}/steps", {"action": "One more"})
    edges = (await client.got(f"{at}/transitions"))["items"]
    assert edges[-1]["to"] == "one-more"
