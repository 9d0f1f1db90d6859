"""Comments over HTTP: on everything, in threads, and what becomes of them."""

from typing import Any

import asyncpg

from service.domain.ids import new_id
from service.settings import Settings
from tests.make import Client, journey, pointers
from tests.slices.test_actions import used

ANN = {"Waypost-Actor": "Ann <ann@example.org>"}


def about(kind: str, which: str, **members: Any) -> dict[str, Any]:
    return {"target": {"kind": kind, "id": which}, "text": "Look here", **members}


async def test_there_is_nothing_one_could_not_comment_on(
    client: Client, stranger: Client, settings: Settings
) -> None:
    whole = await client.made("/v1/journeys", journey(1, 2))
    stage = whole["stages"][0]
    owner = await asyncpg.connect(settings.owner_database_url)
    evidence_id, content_id = await used(owner, client)
    await owner.close()
    of_map = {
        "journey": whole["id"],
        "stage": stage["id"],
        "step": stage["steps"][0]["id"],
        "transition": whole["transitions"][0]["id"],
        "review": (await client.made("/v1/reviews", {"journey_id": whole["id"]}))["id"],
    }
    alone = {
        "profile": (await client.made("/v1/profiles", {"name": "Savers"}))["id"],
        "persona": (await client.made("/v1/personas", {"name": "Ann"}))["id"],
        "touchpoint": (await client.made("/v1/touchpoints", {"name": "Hotline"}))["id"],
        "action": (await client.made("/v1/actions", {"title": "Act"}))["id"],
        "evidence": evidence_id,
        "content": content_id,
    }
    for kind, which in {**of_map, **alone}.items():
        made = await client.made("/v1/comments", about(kind, which), headers=ANN)
        assert made["target"] == {"kind": kind, "id": which}
        assert made["journey_id"] == (whole["id"] if kind in of_map else None)
        assert (made["person"], made["resolved"]) == ("Ann <ann@example.org>", False)
        found = await client.got("/v1/comments", params={"target_id": which, "target_kind": kind})
        assert [one["id"] for one in found["items"]] == [made["id"]]
        refused = await stranger.post("/v1/comments", json=about(kind, which))
        assert (refused.status_code, pointers(refused)) == (422, {"/target/id"})
    gap = str(new_id())
    await client.made("/v1/comments", about("gap", gap, journey_id=whole["id"]))
    on_map = await client.got("/v1/comments", params={"journey_id": whole["id"], "count": "true"})
    assert on_map["total"] == len(of_map) + 1


async def test_a_comment_says_something_about_something(client: Client, stranger: Client) -> None:
    mine = await client.made("/v1/journeys", journey(1, 1))
    other = await client.made("/v1/journeys", journey(1, 1))
    theirs = await stranger.made("/v1/journeys", journey(1, 1))
    made = await client.made("/v1/comments", about("journey", mine["id"]))
    elsewhere = await stranger.made("/v1/comments", about("journey", theirs["id"]))
    gap = str(new_id())
    for body, expected in (
        (about("journey", mine["id"], text=""), {"/text"}),
        (about("journey", mine["id"], text="x" * 20_001), {"/text"}),
        (about("journey", mine["id"], text="\0"), {"/text"}),
        (about("galaxy", mine["id"]), {"/target/kind"}),
        (about("step", mine["id"]), {"/target/id"}),
        (about("journey", mine["id"], journey_id=other["id"]), {"/journey_id"}),
        (about("gap", gap), {"/journey_id"}),
        (about("gap", gap, journey_id=theirs["id"]), {"/journey_id"}),
        (about("journey", other["id"], parent_id=made["id"]), {"/parent_id"}),
        (about("journey", mine["id"], parent_id=elsewhere["id"]), {"/parent_id"}),
        (about("journey", str(new_id()), parent_id=str(new_id())), {"/target/id", "/parent_id"}),
        ({"text": "Look"}, {"/target"}),
        (about("journey", mine["id"], colour="red"), {"/colour"}),
    ):
        refused = await client.post("/v1/comments", json=body)
        assert (refused.status_code, pointers(refused)) == (422, expected), body


async def test_what_a_comment_is_about_and_answers_stays(client: Client) -> None:
    whole = await client.made("/v1/journeys", journey(1, 2))
    first, second = whole["stages"][0]["steps"]
    made = await client.made("/v1/comments", about("step", first["id"]), headers=ANN)
    reply = await client.made("/v1/comments", about("step", first["id"], parent_id=made["id"]))
    at = f"/v1/comments/{made['id']}"
    for patch, expected in (
        ({"target": {"id": second["id"]}}, "/target"),
        ({"parent_id": reply["id"]}, "/parent_id"),
        ({"parent_id": made["id"]}, "/parent_id"),
        ({"journey_id": None}, "/journey_id"),
    ):
        refused = await client.patch(at, json=patch)
        assert (refused.status_code, pointers(refused)) == (422, {expected})
    resolved = await client.patch(at, json={"resolved": True, "text": "Done"})
    assert (resolved.json()["text"], resolved.json()["person"]) == ("Done", made["person"])
    again = await client.put(at, json={**made, "text": "Anew"})
    assert (again.status_code, again.json()["text"]) == (200, "Anew")
    least = {"target": made["target"], "text": "Less"}
    assert (await client.put(f"/v1/comments/{reply['id']}", json=least)).json()["parent_id"]
    found = await client.got("/v1/comments", params={"resolved": "false", "q": "less"})
    assert [one["id"] for one in found["items"]] == [reply["id"]]


async def test_with_a_comment_go_all_answers_to_it_and_each_is_told(client: Client) -> None:
    whole = await client.made("/v1/journeys", journey(1, 1))
    first = await client.made("/v1/comments", about("journey", whole["id"]))
    second = await client.made("/v1/comments", about("journey", whole["id"], parent_id=first["id"]))
    third = await client.made("/v1/comments", about("journey", whole["id"], parent_id=second["id"]))
    kept = await client.made("/v1/comments", about("journey", whole["id"]))
    start = await client.now()
    assert (await client.delete(f"/v1/comments/{first['id']}")).status_code == 204
    told = await client.changed(start)
    assert {(one["id"], one["op"]) for one in told} == {
        (one["id"], "erase") for one in (first, second, third)
    }
    assert [one["id"] for one in (await client.got("/v1/comments"))["items"]] == [kept["id"]]


async def test_comments_stay_on_a_part_that_is_sent_again_and_are_orphans_without_it(
    client: Client,
) -> None:
    whole = await client.made("/v1/journeys", journey(1, 2))
    at = f"/v1/journeys/{whole['id']}"
    step = whole["stages"][0]["steps"][0]
    on_step = await client.made("/v1/comments", about("step", step["id"]))
    on_map = await client.made("/v1/comments", about("journey", whole["id"]))
    whole["stages"][0]["steps"][0]["action"] = "Told otherwise"
    assert (await client.put(at, json=whole)).status_code == 200
    assert (await client.got("/v1/comments", params={"orphaned": "true"}))["items"] == []
    del whole["stages"][0]["steps"][0]
    assert (await client.put(at, json={**whole, "transitions": []})).status_code == 200
    found = await client.got("/v1/comments", params={"orphaned": "true"})
    assert [one["id"] for one in found["items"]] == [on_step["id"]]
    found = await client.got("/v1/comments", params={"orphaned": "false"})
    assert [one["id"] for one in found["items"]] == [on_map["id"]]
    found = await client.got("/v1/comments", params={"journey_id": whole["id"]})
    assert {one["id"] for one in found["items"]} == {on_step["id"], on_map["id"]}
    assert (await client.delete(at)).status_code == 204
    assert (await client.got("/v1/comments"))["items"] == []
