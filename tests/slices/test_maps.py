"""Whole maps, written and read in one call."""

from typing import Any

from tests.make import Client, journey, pointers

EVERY_STEP_MEMBER: dict[str, Any] = {
    "key": "first-call",
    "action": "Call the adviser",
    "actors": ["spouse-1", "both"],
    "private": True,
    "motivations": ["safety"],
    "thoughts": ["who can I trust?"],
    "questions": [{"key": "fees", "text": "What does it cost?", "topic": "price"}],
    "feelings": ["nervous"],
    "expected_outcome": "a date",
    "actual_outcome": "a machine",
    "outcome_met": "missed",
    "emotion": -1.5,
    "pains": [{"key": "queue", "text": "Waiting", "topic": "speed"}],
    "reliefs": ["a human voice"],
    "gains": ["clarity"],
    "channel": "phone",
    "device": "mobile",
    "department": "service",
    "backstage": ["look up the file"],
    "systems": ["crm"],
    "information_sources": ["friends"],
    "waited_seconds": 90,
    "form_fields": 3,
    "moment_of_truth": True,
    "decision_moment": True,
    "binding": {"field": "event", "op": "eq", "value": "Call Started"},
}
EVERY_JOURNEY_MEMBER: dict[str, Any] = {
    "title": "Ein Berater für uns · 客户",
    "scenario": "Five years to retirement",
    "occasion": "An inheritance",
    "perspective": "to_be",
    "status": "in-review",
    "locale": "de-AT",
    "tags": ["pilot"],
    "campaigns": ["autumn"],
    "template": "adviser",
    "scope": {"from": "unaware", "to": "decision"},
    "goal": {"field": "event", "op": "eq", "value": "Contract Signed"},
    "value_per_conversion": {"amount": 1250.5, "currency": "EUR"},
    "variant_axes": {"client_type": "near retirement"},
}

EVERY_STAGE_MEMBER: dict[str, Any] = {
    "key": "decide",
    "name": "We decide",
    "description": "Together, at the kitchen table",
    "phase": "prospect",
    "funnel_stage": "intent",
    **{
        name: [f"some {name}"]
        for name in ("goals", "expectations", "needs", "feelings", "frustrations")
    },
    "reliefs": ["done"],
    "decision_factors": ["trust"],
    "questions": [{"key": "who", "text": "Who?", "topic": "trust"}],
    "objections": [{"key": "price", "text": "Too dear", "topic": "price"}],
}
EVERY_TRANSITION_MEMBER: dict[str, Any] = {
    "from": "first-call",
    "to": "sign",
    "kind": "alternative",
    "condition": "when it is cheap",
    "probability": 0.25,
    "expected_seconds": 86400,
    "hands_over": "the file",
    "received_by": "back office",
}


async def test_every_member_is_kept_and_what_was_read_can_be_sent_back(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    touchpoint = await client.made("/v1/touchpoints", {"name": "Hotline", "channel": "phone"})
    other = await client.made("/v1/journeys", {"title": "As it is"})
    step = {
        **EVERY_STEP_MEMBER,
        "emotions": [{"persona_id": persona["id"], "rating": 0.5}],
        "touchpoints": [{"key": "hotline", "channel": "phone", "device": None, "use": "does"}],
        "journey_id": other["id"],
    }
    sent = {
        **EVERY_JOURNEY_MEMBER,
        "persona_ids": [persona["id"]],
        "as_is_id": other["id"],
        "variant_of": other["id"],
        "next_journey_ids": [other["id"]],
        "external_ids": [{"source": "crm", "id": "map/7"}],
        "stages": [{**EVERY_STAGE_MEMBER, "steps": [step, {"key": "sign", "action": "Sign"}]}],
        "transitions": [EVERY_TRANSITION_MEMBER],
    }
    made = await client.made("/v1/journeys", sent)
    for name, value in EVERY_JOURNEY_MEMBER.items():
        assert made[name] == value, name
    for name, value in EVERY_STAGE_MEMBER.items():
        assert made["stages"][0][name] == value, name
    shown = made["stages"][0]["steps"][0]
    for name, value in EVERY_STEP_MEMBER.items():
        assert shown[name] == value, name
    assert shown["journey_id"] == other["id"]
    assert shown["touchpoints"][0] == {
        "touchpoint_id": touchpoint["id"],
        "key": "hotline",
        "channel": "phone",
        "device": None,
        "use": "does",
    }
    assert EVERY_TRANSITION_MEMBER.items() <= made["transitions"][0].items()

    read = await client.got(f"/v1/journeys/{made['id']}")
    assert read == made
    answer = await client.put(f"/v1/journeys/{made['id']}", json=read)
    assert answer.status_code == 200, answer.text
    assert _unversioned(answer.json()) == _unversioned(read)
    assert [s["version"] for s in answer.json()["stages"][0]["steps"]] == [1, 1]


async def test_known_keys_keep_their_ids_and_others_come_and_go(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    ids = {s["key"]: s["id"] for stage in made["stages"] for s in stage["steps"]}
    body = {
        "title": "Again",
        "stages": [
            {
                "key": "stage-1",
                "name": "Renamed",
                "steps": [{"key": "step-0-1", "action": "Moved"}],
            },
            {"name": "New", "steps": [{"action": "Step 1.0"}, {"action": "Fresh"}]},
        ],
    }
    answer = await client.put(f"/v1/journeys/{made['id']}", json=body)
    assert answer.status_code == 200, answer.text
    stages = answer.json()["stages"]
    assert [stage["key"] for stage in stages] == ["stage-1", "new"]
    assert stages[0]["id"] == made["stages"][1]["id"]
    assert [s["key"] for stage in stages for s in stage["steps"]] == [
        "step-0-1",
        "step-1-0",
        "fresh",
    ]
    assert stages[0]["steps"][0]["id"] == ids["step-0-1"]
    assert stages[1]["steps"][0]["id"] == ids["step-1-0"]
    for gone in ("step-0-0", "step-1-1"):
        assert (await client.get(f"/v1/steps/{ids[gone]}")).status_code == 404


async def test_a_map_sent_back_as_read_keeps_its_order_however_that_came_about(
    client: Client,
) -> None:
    made = await client.made("/v1/journeys", journey(3, 3))
    first, second, third = (stage["id"] for stage in made["stages"])
    steps = [step["id"] for step in made["stages"][0]["steps"]]
    for path, move in (
        (f"/v1/stages/{third}", {"after": None}),
        (f"/v1/stages/{first}", {"after": second}),
        (f"/v1/steps/{steps[2]}", {"after": None}),
        (f"/v1/steps/{steps[0]}", {"stage_id": third, "after": None}),
    ):
        assert (await client.patch(path, json=move)).status_code == 200
    read = await client.got(f"/v1/journeys/{made['id']}")
    assert _order(read) == [
        ("stage-2", ["step-0-0", "step-2-0", "step-2-1", "step-2-2"]),
        ("stage-1", ["step-1-0", "step-1-1", "step-1-2"]),
        ("stage-0", ["step-0-2", "step-0-1"]),
    ]
    answer = await client.put(f"/v1/journeys/{made['id']}", json=read)
    assert _unversioned(answer.json()) == _unversioned(read), "nothing has changed, no order either"
    assert await client.got(f"/v1/journeys/{made['id']}") == answer.json()
    turned = [{**stage, "steps": stage["steps"][::-1]} for stage in read["stages"][::-1]]
    answer = await client.put(f"/v1/journeys/{made['id']}", json={**read, "stages": turned})
    assert _order(answer.json()) == [(key, keys[::-1]) for key, keys in _order(read)[::-1]]


async def test_neighbours_are_tied_until_somebody_ties_otherwise(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    assert _edges(made) == [
        ("step-0-0", "step-0-1"),
        ("step-0-1", "step-1-0"),
        ("step-1-0", "step-1-1"),
    ]
    stage = made["stages"][0]
    first = {"action": "Before all", "after": None}
    await client.made(f"/v1/stages/{stage['id']}/steps", first)
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert _edges(now)[0] == ("before-all", "step-0-0")
    assert len(_edges(now)) == 4

    edge = {"from": "before-all", "to": "step-1-1", "kind": "detour"}
    await client.made(f"/v1/journeys/{made['id']}/transitions", edge)
    await client.made(f"/v1/stages/{stage['id']}/steps", {"action": "Untied"})
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert ("before-all", "step-1-1") in _edges(now)
    assert not any("untied" in pair for pair in _edges(now))

    tied = await client.patch(f"/v1/journeys/{made['id']}", json={"transitions": None})
    assert len(_edges(tied.json())) == 5
    assert ("step-0-1", "untied") in _edges(tied.json())


async def test_a_patch_of_the_stages_keeps_transitions_that_people_made(client: Client) -> None:
    made = await client.made(
        "/v1/journeys",
        journey(1, 3, transitions=[{"from": "step-0-0", "to": "step-0-2", "probability": 0.5}]),
    )
    stages = [{**made["stages"][0], "name": "Other"}]
    answer = await client.patch(f"/v1/journeys/{made['id']}", json={"stages": stages})
    assert _edges(answer.json()) == [("step-0-0", "step-0-2")]
    assert answer.json()["transitions"][0]["id"] == made["transitions"][0]["id"]


async def test_every_reference_to_nothing_is_named_and_nothing_is_stored(client: Client) -> None:
    nobody = "01a201c8-b2e4-7444-abb3-37f88d3e3db7"
    body = journey(1, 2)
    body["persona_ids"] = [nobody]
    body["stages"][0]["steps"][0] |= {
        "touchpoints": [{"key": "nowhere"}, {"touchpoint_id": nobody}],
        "emotions": [{"persona_id": nobody, "rating": 1}],
        "journey_id": nobody,
    }
    body["stages"][0]["steps"][1]["key"] = "step-0-0"
    body["stages"][0]["steps"][0]["key"] = "step-0-0"
    body["transitions"] = [{"from": "step-0-0", "to": "nothing"}]
    answer = await client.post("/v1/journeys", json=body)
    assert answer.status_code == 422
    assert pointers(answer) == {
        "/persona_ids/0",
        "/stages/0/steps/0/touchpoints/0/key",
        "/stages/0/steps/0/touchpoints/1/touchpoint_id",
        "/stages/0/steps/0/emotions/0/persona_id",
        "/stages/0/steps/0/journey_id",
        "/stages/0/steps/1/key",
        "/transitions/0/to",
    }
    assert (await client.got("/v1/journeys"))["items"] == []


async def test_a_journey_cannot_be_inside_itself(client: Client) -> None:
    outer = await client.made("/v1/journeys", journey(1, 1))
    inner = journey(1, 1)
    inner["stages"][0]["steps"][0]["journey_id"] = outer["id"]
    middle = await client.made("/v1/journeys", inner)
    step = outer["stages"][0]["steps"][0]["id"]
    for which in (middle["id"], outer["id"]):
        answer = await client.patch(f"/v1/steps/{step}", json={"journey_id": which})
        assert (answer.status_code, pointers(answer)) == (422, {"/journey_id"})


async def test_a_map_takes_as_many_statements_at_any_size(client: Client) -> None:
    written, read = [], []
    await client.got("/v1/journeys")  # the key is looked up once
    for size in (2, 12):
        before = await client.statements()
        made = await client.made("/v1/journeys", journey(size, size))
        written.append(await client.statements() - before)
        before = await client.statements()
        await client.got(f"/v1/journeys/{made['id']}")
        read.append(await client.statements() - before)
    assert written[0] == written[1] < 20
    assert read == [1, 1], (written, read)


def _order(body: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(stage["key"], [step["key"] for step in stage["steps"]]) for stage in body["stages"]]


def _edges(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(edge["from"], edge["to"]) for edge in body["transitions"]]


def _unversioned(body: dict[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in body.items() if n not in ("version", "updated_at")}
