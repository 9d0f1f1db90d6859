"""Stages, steps and transitions, one by one."""

import asyncpg

from service.settings import Settings
from tests.make import Client, journey, pointers


async def _steps(client: Client, stage_id: str) -> list[str]:
    page = await client.got(f"/v1/stages/{stage_id}/steps")
    return [step["key"] for step in page["items"]]


async def test_steps_move_to_where_they_are_told(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 3))
    first, second = made["stages"]
    a, b, c = (step["id"] for step in first["steps"])
    for step, move, order in (
        (c, {"after": None}, ["step-0-2", "step-0-0", "step-0-1"]),
        (c, {"after": a}, ["step-0-0", "step-0-2", "step-0-1"]),
        (a, {"after": b}, ["step-0-2", "step-0-1", "step-0-0"]),
    ):
        answer = await client.patch(f"/v1/steps/{step}", json=move)
        assert answer.status_code == 200, answer.text
        assert await _steps(client, first["id"]) == order
    answer = await client.patch(
        f"/v1/steps/{a}", json={"stage_id": second["id"], "after": second["steps"][0]["id"]}
    )
    assert answer.status_code == 200, answer.text
    assert await _steps(client, second["id"]) == ["step-1-0", "step-0-0", "step-1-1", "step-1-2"]
    answer = await client.patch(f"/v1/steps/{b}", json={"stage_id": second["id"]})
    assert await _steps(client, second["id"]) == [
        *("step-1-0", "step-0-0", "step-1-1", "step-1-2"),
        "step-0-1",
    ]


async def test_there_is_always_room_between_two_steps(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    stage = made["stages"][0]
    after, order = stage["steps"][0]["id"], []
    for n in range(70):
        step = {"action": f"Between {n}", "after": after}
        order.insert(0, (await client.made(f"/v1/stages/{stage['id']}/steps", step))["key"])
    found = await client.got(f"/v1/stages/{stage['id']}/steps?limit=200")
    assert [s["key"] for s in found["items"]] == ["step-0-0", *order, "step-0-1"]


async def test_a_move_to_nowhere_changes_nothing(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    other = await client.made("/v1/journeys", journey(1, 1))
    step = made["stages"][0]["steps"][0]["id"]
    foreign = other["stages"][0]
    for move, pointer in (
        ({"after": foreign["steps"][0]["id"]}, "/after"),
        ({"after": step}, "/after"),
        ({"stage_id": foreign["id"]}, "/stage_id"),
    ):
        if move == {"after": step}:
            continue
        answer = await client.patch(f"/v1/steps/{step}", json=move)
        assert (answer.status_code, pointers(answer)) == (422, {pointer})
    assert await client.got(f"/v1/journeys/{made['id']}") == made


async def test_a_change_of_a_part_raises_the_maps_version_and_not_its_siblings(
    client: Client,
) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    step = made["stages"][0]["steps"][0]
    answer = await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 1.5})
    assert answer.headers["etag"] == '"2"'
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert now["version"] == made["version"] + 1
    assert [s["version"] for s in now["stages"][0]["steps"]] == [2, 1]
    # The stage shows its steps, so its version rises with theirs; its sibling's does not.
    assert [stage["version"] for stage in now["stages"]] == [2, 1]


async def test_a_stages_version_rises_with_its_steps(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    first, second = (f"/v1/stages/{stage['id']}" for stage in made["stages"])
    step, other = (f"/v1/steps/{step['id']}" for step in made["stages"][0]["steps"])
    one = made["stages"][1]["id"]
    seen = {first: 1, second: 1}
    for rises, write in (
        ({first}, client.patch(step, json={"emotion": 2})),
        ({first}, client.patch(step, json={"touchpoints": [], "emotions": []})),
        ({first}, client.patch(other, json={"after": None})),
        ({first}, client.post(f"{first}/steps", json={"action": "At the end"})),
        ({first}, client.post(f"{first}/steps", json={"action": "In front", "after": None})),
        ({first, second}, client.patch(step, json={"stage_id": one})),
        ({second}, client.delete(step)),
        ({first}, client.patch(first, json={"steps": [{"key": "step-0-1", "action": "Left"}]})),
        (set(), client.patch(other, json={})),
    ):
        held = {stage: f'"{version}"' for stage, version in seen.items()}
        assert (await write).status_code < 300
        seen = {stage: (await client.got(stage))["version"] for stage in seen}
        assert {stage for stage in seen if held[stage] != f'"{seen[stage]}"'} == rises
        for stage in rises:
            stale = await client.patch(stage, json={"name": "x"}, headers={"If-Match": held[stage]})
            assert stale.status_code == 412


async def test_a_stale_patch_changes_nothing(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    step = made["stages"][0]["steps"][0]["id"]
    for body in ({"emotion": 2}, {"after": None}, {"touchpoints": []}):
        answer = await client.patch(f"/v1/steps/{step}", json=body, headers={"If-Match": '"7"'})
        assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    answer = await client.delete(f"/v1/steps/{step}", headers={"If-Match": '"7"'})
    assert answer.status_code == 412
    assert await client.got(f"/v1/journeys/{made['id']}") == made


async def test_stages_come_with_steps_move_and_go(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    path = f"/v1/journeys/{made['id']}/stages"
    new = {"name": "Between", "after": made["stages"][0]["id"], "steps": [{"action": "Wait"}]}
    stage = await client.made(path, new)
    assert [s["key"] for s in stage["steps"]] == ["wait"]
    page = await client.got(f"{path}?view=whole")
    assert [s["key"] for s in page["items"]] == ["stage-0", "between", "stage-1"]
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert [(e["from"], e["to"]) for e in now["transitions"]][1:3] == [
        ("step-0-1", "wait"),
        ("wait", "step-1-0"),
    ]
    moved = await client.patch(f"/v1/stages/{stage['id']}", json={"after": None})
    assert moved.status_code == 200, moved.text
    steps = {"steps": [{"key": "wait", "action": "Wait longer"}, {"action": "Leave"}]}
    changed = await client.patch(f"/v1/stages/{stage['id']}", json=steps)
    assert [s["action"] for s in changed.json()["steps"]] == ["Wait longer", "Leave"]
    assert changed.json()["steps"][0]["id"] == stage["steps"][0]["id"]
    assert (await client.delete(f"/v1/stages/{stage['id']}")).status_code == 204
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert [s["key"] for s in now["stages"]] == ["stage-0", "stage-1"]
    assert len(now["transitions"]) == 3


async def test_transitions_are_made_changed_and_deleted(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 3))
    path = f"/v1/journeys/{made['id']}/transitions"
    edge = await client.made(path, {"from": "step-0-2", "to": "step-0-0", "kind": "return"})
    answer = await client.patch(
        f"/v1/transitions/{edge['id']}", json={"to": "step-0-1", "probability": 0.2}
    )
    assert (answer.json()["to"], answer.json()["probability"]) == ("step-0-1", 0.2)
    again = await client.post(path, json={"from": "step-0-2", "to": "step-0-1", "kind": "return"})
    assert again.status_code == 409
    bad = await client.post(path, json={"from": "x", "to": "y", "probability": 2})
    assert pointers(bad) == {"/probability"}
    bad = await client.post(path, json={"from": "x", "to": "y"})
    assert pointers(bad) == {"/from", "/to"}
    assert (await client.delete(f"/v1/transitions/{edge['id']}")).status_code == 204
    assert len((await client.got(path))["items"]) == 2


async def test_a_key_stays_when_the_name_changes_and_is_unique(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    one, two = made["stages"][0]["steps"]
    renamed = await client.patch(f"/v1/steps/{one['id']}", json={"action": "Another", "key": None})
    assert renamed.json()["key"] == one["key"]
    taken = await client.patch(f"/v1/steps/{one['id']}", json={"key": two["key"]})
    assert (taken.status_code, pointers(taken)) == (409, {"/key"})


async def test_audit_and_outbox_rows_come_with_every_change(
    client: Client, settings: Settings
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    step = made["stages"][0]["steps"][0]
    person = {"Waypost-Actor": "Ann <ann@example.org>"}
    await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 2}, headers=person)
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        told = await owner.fetch(
            "SELECT kind, version, whole_id FROM waypost.outbox WHERE resource_id = $1", step["id"]
        )
        audit = await owner.fetchrow(
            "SELECT person, changed FROM waypost.audit WHERE resource_id = $1", step["id"]
        )
    finally:
        await owner.close()
    assert {(row["kind"], row["version"]) for row in told} == {
        ("step.created", 1),
        ("step.updated", 2),
    }
    assert {str(row["whole_id"]) for row in told} == {made["id"]}
    assert audit["person"] == "Ann <ann@example.org>"
    assert '"emotion": 2' in audit["changed"]


async def test_a_step_at_the_end_is_one_statement(client: Client) -> None:
    made = await client.made("/v1/journeys", {**journey(), "transitions": []})
    path = f"/v1/stages/{made['stages'][0]['id']}/steps"
    before = await client.statements()
    first = await client.made(path, {"action": "Asks again"})
    assert await client.statements() - before == 1
    again = await client.made(path, {"action": "Asks again"})
    assert (first["key"], again["key"]) == ("asks-again", "asks-again-2")


async def test_a_patch_of_a_steps_own_members_is_one_statement(client: Client) -> None:
    made = await client.made("/v1/journeys", journey())
    before = await client.statements()
    step = made["stages"][0]["steps"][0]
    answer = await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 1.5})
    assert await client.statements() - before == 1
    assert answer.json() == await client.got(f"/v1/steps/{step['id']}")


LONGEST_POSITION = """
    SELECT max(length(position::text)) FROM waypost.{} WHERE journey_id = $1
"""


async def longest_position(settings: Settings, table: str, journey_id: str) -> int:
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        found: int = await owner.fetchval(LONGEST_POSITION.format(table), journey_id)
        return found
    finally:
        await owner.close()


async def test_positions_stay_short_however_often_a_step_comes_to_the_same_place(
    client: Client, settings: Settings
) -> None:
    made = await client.made("/v1/journeys", journey(1, 3, transitions=[]))
    stage = made["stages"][0]
    first, second, last = stage["steps"]
    order = [second["key"]]
    for n in range(240):
        if n % 2:
            step = {"action": f"Between {n}", "after": first["id"]}
            order.insert(0, (await client.made(f"/v1/stages/{stage['id']}/steps", step))["key"])
        else:  # the last of those that were there goes to the front of them
            found = await client.got(f"/v1/stages/{stage['id']}/steps?limit=200")
            moved = {s["key"]: s["id"] for s in found["items"]}[order[-1]]
            await client.patch(f"/v1/steps/{moved}", json={"after": first["id"]})
            order.insert(0, order.pop())
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert [s["key"] for s in now["stages"][0]["steps"]] == [first["key"], *order, last["key"]]
    assert [s["version"] for s in now["stages"][0]["steps"] if s["id"] == last["id"]] == [1]
    assert await longest_position(settings, "steps", made["id"]) < 80
    page = await client.got(f"/v1/stages/{stage['id']}/steps?limit=1")
    assert len(page["next"]) < 300


async def test_positions_stay_short_however_often_a_stage_comes_to_the_same_place(
    client: Client, settings: Settings
) -> None:
    made = await client.made("/v1/journeys", journey(4, 0))
    path = f"/v1/journeys/{made['id']}"
    order = [stage["id"] for stage in made["stages"]]
    for _ in range(300):  # the third goes before the second
        order[1], order[2] = order[2], order[1]
        await client.patch(f"/v1/stages/{order[1]}", json={"after": order[0]})
    now = await client.got(path)
    assert [stage["id"] for stage in now["stages"]] == order
    assert await longest_position(settings, "stages", made["id"]) < 80


async def test_a_stage_is_another_where_what_its_steps_show_changes_or_goes(
    client: Client,
) -> None:
    branch = await client.made("/v1/touchpoints", {"name": "Branch"})
    ann = await client.made("/v1/personas", {"name": "Ann"})
    nested = await client.made("/v1/journeys", {"title": "Nested"})
    body = journey(2, 2)
    first, second = body["stages"][0]["steps"]
    first |= {"touchpoints": [{"key": "branch"}], "journey_id": nested["id"]}
    second |= {"emotions": [{"persona_id": ann["id"], "rating": 1}]}
    made = await client.made("/v1/journeys", body)
    path, other = (f"/v1/stages/{stage['id']}" for stage in made["stages"])
    touchpoint = f"/v1/touchpoints/{branch['id']}"
    for method, changed, sent in (
        ("PATCH", touchpoint, {"key": "office"}),
        ("DELETE", f"{touchpoint}?dependents=detach", None),
        ("DELETE", f"/v1/personas/{ann['id']}?dependents=detach", None),
        ("DELETE", f"/v1/journeys/{nested['id']}?dependents=detach", None),
    ):
        before = await client.get(path)
        assert (await client.request(method, changed, json=sent)).is_success
        after = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.json()["steps"] != before.json()["steps"]
        assert after.json()["version"] == before.json()["version"] + 1
    assert (await client.got(other))["version"] == 1
