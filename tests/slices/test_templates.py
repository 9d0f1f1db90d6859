"""Templates: ready ones in five languages, own ones, and the maps that begin with them."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from tests.make import Client, journey, pointers

READY = {"adviser": 7, "life-cycle": 6, "b2b-purchase": 7, "wealth-management": 5}
ADVISER = ["unaware", "discovery", "research", "evaluate-and-compare"]
ADVISER += ["decision", "service", "referral"]


def speaking(language: str) -> dict[str, str]:
    return {"Accept-Language": language}


async def test_ready_templates_are_listed_with_their_stages(client: Client) -> None:
    page = await client.got("/v1/templates?view=whole&sort=key&count=true")
    assert page["total"] == 4
    assert {one["key"]: len(one["stages"]) for one in page["items"]} == READY
    for one in page["items"]:
        assert one["ready"] is True and one["description"]
        for stage in one["stages"]:
            assert stage["description"] and stage["phase"] and stage["funnel_stage"]
            assert stage["steps"] and stage["touchpoints"] and stage["questions"]
    flat = (await client.got("/v1/templates"))["items"]
    assert all("stages" not in one for one in flat)


async def test_the_loop_says_what_to_offer_at_each_stage(client: Client) -> None:
    loop = await client.got("/v1/templates/wealth-management")
    assert all(stage["content"] and stage["actions"] for stage in loop["stages"])


async def test_a_template_is_found_by_id_and_by_key(client: Client) -> None:
    by_key = await client.got("/v1/templates/adviser")
    assert [stage["key"] for stage in by_key["stages"]] == ADVISER
    assert await client.got(f"/v1/templates/{by_key['id']}") == by_key
    assert (await client.get("/v1/templates/nobody")).status_code == 404
    assert (await client.get("/v1/templates/%00")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "language", "name"),
    [
        ("de-AT, en;q=0.5", "de", "Entscheidung"),
        ("fr, es;q=0.4, en;q=0.3", "es", "Decisión"),
        ("zh-CN", "zh-Hans", "决定"),
        ("zh-TW", "zh-Hant", "決定"),
        ("zh-Hant-CN", "zh-Hant", "決定"),
        ("fr", "en", "Decision"),
        ("", "en", "Decision"),
    ],
)
async def test_texts_are_in_the_language_asked_for(
    client: Client, asked: str, language: str, name: str
) -> None:
    answer = await client.get("/v1/templates/adviser", headers=speaking(asked))
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    found = answer.json()
    stages = {stage["key"]: stage["name"] for stage in found["stages"]}
    assert (list(stages), stages["decision"]) == (ADVISER, name)
    assert found["locale"] == language
    listed = await client.get("/v1/templates?sort=key", headers=speaking(asked))
    assert listed.headers["content-language"] == language
    assert listed.json()["items"][0]["name"] == found["name"]


async def test_another_language_is_another_representation(client: Client) -> None:
    german = await client.get("/v1/templates/adviser", headers=speaking("de"))
    held = {"If-None-Match": german.headers["etag"]}
    again = await client.get("/v1/templates/adviser", headers=held | speaking("de"))
    assert again.status_code == 304
    english = await client.get("/v1/templates/adviser", headers=held)
    assert (english.status_code, english.headers["content-language"]) == (200, "en")


async def test_a_map_begins_with_the_stages_of_its_template(client: Client) -> None:
    made = await client.made(
        "/v1/journeys", {"title": "Ours", "template": "adviser"}, headers=speaking("de")
    )
    assert [stage["key"] for stage in made["stages"]] == ADVISER
    assert made["stages"][0]["name"] == "Ahnungslos"
    assert made["template"] == "adviser"
    weigh, sign = made["stages"][4]["steps"]
    assert (weigh["private"], weigh["actors"]) == (True, ["spouse 1", "spouse 2"])
    assert (sign["decision_moment"], sign["channel"]) == (True, "meeting")
    assert len(made["transitions"]) == sum(len(s["steps"]) for s in made["stages"]) - 1
    by_id = (await client.got("/v1/templates/life-cycle"))["id"]
    other = await client.made("/v1/journeys", {"title": "Theirs", "template": by_id})
    assert len(other["stages"]) == 6
    spanish = {"title": "La nuestra", "template": "adviser", "locale": "es-MX"}
    told = await client.made("/v1/journeys", spanish, headers=speaking("de"))
    assert told["stages"][4]["name"] == "Decisión"


async def test_a_map_meets_the_touchpoints_that_the_workspace_has(client: Client) -> None:
    bare = await client.made("/v1/journeys", {"title": "A", "template": "adviser"})
    assert all(not s["touchpoints"] for stage in bare["stages"] for s in stage["steps"])
    await client.post("/v1/touchpoints/catalogue")
    full = await client.made("/v1/journeys", {"title": "B", "template": "adviser"})
    assert full["stages"][4]["steps"][1]["touchpoints"][0]["key"] == "meeting"


async def test_stages_that_are_sent_win_over_the_templates(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 1, template="adviser"))
    assert [stage["name"] for stage in made["stages"]] == ["Stage 0", "Stage 1"]
    empty = {"title": "Empty", "template": "anything we like", "stages": []}
    made = await client.made("/v1/journeys", empty)
    assert (made["stages"], made["template"]) == ([], "anything we like")
    at = f"/v1/journeys/{made['id']}"
    answer = await client.patch(at, json={"template": "adviser"})
    assert (answer.json()["template"], answer.json()["stages"]) == ("adviser", [])


async def test_a_template_that_is_none_is_named_with_all_else_that_is_wrong(
    client: Client, stranger: Client
) -> None:
    body = {"title": "A", "template": "nobody", "goal": {"op": "?"}}
    answer = await client.post("/v1/journeys", json=body)
    assert answer.status_code == 422
    assert {"/template"} < pointers(answer)
    theirs = await stranger.made("/v1/journeys", journey(1, 1))
    own = await stranger.made("/v1/templates", {"journey_id": theirs["id"], "key": "theirs"})
    for name in ("theirs", own["id"]):
        answer = await client.post("/v1/journeys", json={"title": "A", "template": name})
        assert (answer.status_code, pointers(answer)) == (422, {"/template"})
    assert (await client.got("/v1/journeys"))["items"] == []


async def test_the_same_put_twice_is_the_same_map(client: Client) -> None:
    at = "/v1/journeys/by-external-id/crm/7"
    body = {"title": "A", "template": "life-cycle"}
    first = (await client.put(at, json=body)).json()
    second = (await client.put(at, json=body)).json()
    assert [s["id"] for s in second["stages"]] == [s["id"] for s in first["stages"]] != []


def full_map() -> dict[str, Any]:
    body = journey(2, 2, title="Our way", scenario="As we do it", locale="de")
    first = body["stages"][0]["steps"][0]
    first |= {"thoughts": ["why?"], "actual_outcome": "none", "outcome_met": "missed"}
    first |= {"touchpoints": [{"key": "desk", "channel": "office", "use": "can"}]}
    steps = ["step-0-0", "step-0-1", "step-1-0", "step-1-1"]
    edges = [{"from": a, "to": b} for a, b in pairwise(steps)]
    return {**body, "transitions": [*edges, {"from": steps[3], "to": steps[0], "kind": "return"}]}


async def test_an_own_template_keeps_a_maps_structure_and_forgets_its_findings(
    client: Client,
) -> None:
    await client.made("/v1/touchpoints", {"key": "desk", "name": "Front desk"})
    origin = await client.made("/v1/journeys", full_map())
    made = await client.made("/v1/templates", {"journey_id": origin["id"]})
    assert (made["key"], made["name"], made["description"]) == ("our-way", "Our way", "As we do it")
    assert (made["ready"], made["locale"]) == (False, "de")
    step = made["stages"][0]["steps"][0]
    assert step["thoughts"] == ["why?"]
    assert not {"emotion", "actual_outcome", "outcome_met", "emotions"} & step.keys()
    assert made["stages"][0]["touchpoints"] == [{"key": "desk", "name": "Front desk"}]
    await client.delete(f"/v1/journeys/{origin['id']}")
    new = await client.made("/v1/journeys", {"title": "New", "template": "our-way"})
    keys = [[s["key"] for s in stage["steps"]] for stage in new["stages"]]
    assert keys == [["step-0-0", "step-0-1"], ["step-1-0", "step-1-1"]]
    (met,) = new["stages"][0]["steps"][0]["touchpoints"]
    assert (met["key"], met["channel"]) == ("desk", "office")
    assert new["stages"][0]["steps"][0]["emotion"] is None
    assert [t["kind"] for t in new["transitions"]] == ["planned"] * 3 + ["return"]
    listed = await client.got("/v1/templates?ready=false")
    assert [one["key"] for one in listed["items"]] == ["our-way"]


async def test_own_templates_change_and_ready_ones_do_not(client: Client) -> None:
    origin = await client.made("/v1/journeys", journey(2, 1))
    body = {"journey_id": origin["id"], "key": "mine", "name": "Mine", "description": "Old"}
    made = await client.made("/v1/templates", body)
    answer = await client.patch("/v1/templates/mine", json={"name": "Yours"})
    changed = answer.json()
    assert (changed["name"], changed["description"], changed["version"]) == ("Yours", "Old", 2)
    assert changed["stages"] == made["stages"]
    other = await client.made("/v1/journeys", journey(3, 1))
    answer = await client.patch("/v1/templates/mine", json={"journey_id": other["id"]})
    assert (len(answer.json()["stages"]), answer.json()["name"]) == (3, "Yours")
    again = await client.put("/v1/templates/mine", json=answer.json())
    assert again.json()["stages"] == answer.json()["stages"]
    assert (await client.put("/v1/templates/mine", json={})).json()["description"] is None
    stale = await client.patch("/v1/templates/mine", json={}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    ready = (await client.got("/v1/templates/adviser"))["id"]
    for which in ("adviser", ready):
        at = f"/v1/templates/{which}"
        calls = (
            client.patch(at, json={"name": "Mine"}),
            client.patch(at, json={}),
            client.put(at, json={"name": "Mine"}),
            client.delete(at),
        )
        for answer in await asyncio.gather(*calls):
            assert (answer.status_code, answer.json()["code"]) == (409, "ready_made")
    assert (await client.delete("/v1/templates/mine")).status_code == 204
    assert (await client.get("/v1/templates/mine")).status_code == 404


async def test_keys_of_templates_are_unique_and_not_those_of_ready_ones(client: Client) -> None:
    origin = (await client.made("/v1/journeys", journey(1, 1, title="Adviser")))["id"]
    made = await client.made("/v1/templates", {"journey_id": origin})
    assert made["key"] == "adviser-2"
    for key in ("adviser", "adviser-2"):
        answer = await client.post("/v1/templates", json={"journey_id": origin, "key": key})
        assert (answer.status_code, pointers(answer)) == (409, {"/key"})
    answer = await client.post("/v1/templates", json={"name": "None"})
    assert (answer.status_code, pointers(answer)) == (422, {"/journey_id"})


async def test_a_map_begins_with_as_many_statements_whatever_its_size(client: Client) -> None:
    counts = []
    for stages, steps in ((2, 2), (10, 10)):
        origin = (await client.made("/v1/journeys", journey(stages, steps)))["id"]
        before = await client.statements()
        await client.made("/v1/templates", {"journey_id": origin, "key": f"t{stages}"})
        await client.made("/v1/journeys", {"title": "New", "template": f"t{stages}"})
        counts.append(await client.statements() - before)
    assert counts[0] == counts[1]
