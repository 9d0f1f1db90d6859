"""Contacts put on a map by hand, by whom, since when; and taken back."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import BY_ANN, Client, journey, pointers

Json = dict[str, Any]


async def contact(client: Client, value: str = "4711", **members: Any) -> str:
    body = {"identifiers": [{"source": "user_id", "value": value}], **members}
    return (await client.made("/v1/contacts", body))["id"]


async def enrolled(client: Client, who: str, made: Json, **members: Any) -> Json:
    body = {"journey_id": made["id"], **members}
    return await client.made(f"/v1/contacts/{who}/journeys", body, headers=BY_ANN)


def step_of(made: Json, stage: int = 0, step: int = 0) -> Json:
    return made["stages"][stage]["steps"][step]


async def history(client: Client, who: str, **query: Any) -> list[Json]:
    return (await client.got(f"/v1/contacts/{who}/enrolments", params=query))["items"]


async def test_a_contact_is_put_at_a_step_or_a_stage_by_id_or_key(client: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(2, 2)), await contact(client)
    stage, step = made["stages"][1], step_of(made, 1, 0)
    at = "2026-05-01T09:30:00+00:00"
    for place in ({"step_id": step["id"]}, {"step_key": step["key"]}):
        found = await enrolled(client, who, made, **place, at=at, note="Called us")
        expected = {"contact_id": who, "journey_id": made["id"], "revision": None, "at": at}
        expected |= {"stage_id": stage["id"], "stage_key": stage["key"], "note": "Called us"}
        expected |= {"step_id": step["id"], "step_key": step["key"], "withdrawn_at": None}
        expected |= {"person": BY_ANN["Waypost-Actor"], "withdraws_id": None}
        assert expected.items() <= found.items()
        assert await client.got(f"/v1/enrolments/{found['id']}") == found
    for place in ({"stage_id": stage["id"]}, {"stage_key": stage["key"]}):
        found = await enrolled(client, who, made, **place)
        assert (found["stage_id"], found["step_id"]) == (stage["id"], None)
    assert len(await history(client, who)) == 4
    assert len(await history(client, who, journey_id=made["id"])) == 4
    assert await history(client, who, journey_id=who) == []


async def test_the_place_is_one_of_the_revision_in_force_then(client: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 2)), await contact(client)
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    gone, at = step_of(made, 0, 1), f"/v1/contacts/{who}/journeys"
    assert (await client.delete(f"/v1/steps/{gone['id']}")).status_code == 204
    found = await enrolled(client, who, made, step_key=gone["key"])
    assert (found["revision"], found["step_id"]) == (1, gone["id"])
    later = {"effective_from": "2026-05-01T00:00:00Z"}
    await client.made(f"/v1/journeys/{made['id']}/publish", later)
    body = {"journey_id": made["id"], "step_key": gone["key"]}
    answer = await client.post(at, json=body)
    assert (answer.status_code, pointers(answer)) == (422, {"/step_key"})
    found = await enrolled(client, who, made, step_key=gone["key"], at="2026-04-30T00:00:00Z")
    assert found["revision"] == 1


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "", "one_place"),
        ({"step_key": "a", "stage_key": "b"}, "", "one_place"),
        ({"step_key": "nothing"}, "/step_key", "unknown_reference"),
        ({"stage_key": "nothing"}, "/stage_key", "unknown_reference"),
        ({"stage_id": "0198c7f0-0000-7000-8000-000000000050"}, "/stage_id", "unknown_reference"),
        ({"stage_key": "stage-0", "at": "2999-01-01T00:00:00Z"}, "/at", "in_future"),
        ({"stage_key": "stage-0", "colour": 1}, "/colour", "extra_forbidden"),
    ],
)
async def test_what_is_no_place_is_refused(
    client: Client, body: Json, pointer: str, code: str
) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    body = {"journey_id": made["id"], **body}
    answer = await client.post(f"/v1/contacts/{who}/journeys", json=body)
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


async def test_nobody_and_nowhere_are_told(client: Client, stranger: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    elsewhere = await stranger.made("/v1/journeys", journey(1, 1))
    answer = await client.post(
        f"/v1/contacts/{who}/journeys",
        json={"journey_id": elsewhere["id"], "stage_key": "stage-0"},
    )
    assert (answer.status_code, pointers(answer)) == (422, {"/journey_id"})
    body = {"journey_id": elsewhere["id"], "stage_key": "stage-0"}
    answer = await stranger.post(f"/v1/contacts/{who}/journeys", json=body)
    assert answer.status_code == 404
    assert (await stranger.get(f"/v1/contacts/{who}/enrolments")).status_code == 404
    found = await enrolled(client, who, made, stage_key="stage-0")
    for call in (stranger.get, stranger.delete):
        assert (await call(f"/v1/enrolments/{found['id']}")).status_code == 404


async def test_who_does_not_permit_analysis_is_put_nowhere(client: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    at, body = f"/v1/contacts/{who}/journeys", {"journey_id": made["id"], "stage_key": "stage-0"}
    said = f"/v1/contacts/{who}/consents"
    await client.made(said, {"purpose": "analytics", "granted": False})
    answer = await client.post(at, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "analytics_not_permitted")
    await client.made(said, {"purpose": "analytics", "granted": True})
    await client.made(at, body)
    assert (await client.post(f"/v1/contacts/{who}/restrict")).status_code == 200
    answer = await client.post(at, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "restricted")
    assert len(await history(client, who)) == 1


async def test_an_enrolment_is_taken_back_once_and_both_entries_stay(client: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    first = await enrolled(client, who, made, stage_key="stage-0")
    at = f"/v1/enrolments/{first['id']}"
    stale = await client.delete(at, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    tag = (await client.get(at)).headers["etag"]
    assert (await client.delete(at)).status_code == 204
    after, now = await history(client, who, sort="-created_at"), await client.got(at)
    assert [one["withdraws_id"] for one in after] == [first["id"], None]
    assert now["withdrawn_at"] == after[0]["created_at"]
    assert (await client.get(at, headers={"If-None-Match": tag})).status_code == 200
    for which in after:
        answer = await client.delete(f"/v1/enrolments/{which['id']}")
        assert (answer.status_code, answer.json()["code"]) == (409, "already_withdrawn")


async def test_a_contact_that_was_merged_brings_its_enrolments(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    ann, also = await contact(client, "1"), await contact(client, "2")
    first = await enrolled(client, also, made, stage_key="stage-0")
    merge = await client.made("/v1/contacts/merge", {"winner_id": ann, "loser_id": also})
    assert [one["id"] for one in await history(client, ann)] == [first["id"]]
    second = await enrolled(client, ann, made, stage_key="stage-0")
    assert {one["id"] for one in await history(client, also)} == {first["id"], second["id"]}
    assert (await client.post(f"/v1/merges/{merge['id']}/undo")).status_code == 200
    assert [one["id"] for one in await history(client, ann)] == [second["id"]]
    assert [one["id"] for one in await history(client, also)] == [first["id"]]


async def test_an_export_holds_them_an_erasure_takes_them_and_followers_are_told(
    client: Client,
) -> None:
    start = await client.now()
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    first = await enrolled(client, who, made, stage_key="stage-0", note="Very private")
    held = (await client.got(f"/v1/contacts/{who}/export"))["held"]["enrolments"]
    assert [(one["id"], one["note"]) for one in held] == [(first["id"], "Very private")]
    receipt = await client.made(f"/v1/contacts/{who}/erase", None)
    assert receipt["counts"]["enrolments"] == 1
    told = await client.changed(start, kind="enrolment")
    assert [(one["id"], one["op"]) for one in told] == [
        (first["id"], "upsert"),
        (first["id"], "erase"),
    ]


async def test_enrolments_go_with_their_map_and_that_is_told(client: Client) -> None:
    start = await client.now()
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    first = await enrolled(client, who, made, stage_key="stage-0")
    assert (await client.delete(f"/v1/journeys/{made['id']}")).status_code == 204
    assert await history(client, who) == []
    told = await client.changed(start, kind="enrolment")
    assert [(one["id"], one["op"]) for one in told][-1] == (first["id"], "erase")


async def test_graphql_enrols_lists_and_takes_back_alike(client: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    members = "uuid stageKey stepKey at note withdrawnAt withdrawsId revision"
    write = f"""mutation($who: ID!, $input: EnrolmentInput!) {{
        createEnrolment(contactId: $who, input: $input) {{
            enrolment {{ id {members} }} userErrors {{ code pointer }} }} }}"""
    given = {"journeyId": made["id"], "stageKey": "stage-0", "note": "By telephone"}
    came = (await asked(client, write, who=who, input=given))["createEnrolment"]
    assert came["userErrors"] == []
    one = await client.got(f"/v1/enrolments/{came['enrolment']['uuid']}")
    assert (came["enrolment"]["note"], one["note"]) == ("By telephone", "By telephone")
    bad = await asked(client, write, who=who, input={**given, "stageKey": "x"})
    assert bad["createEnrolment"]["userErrors"] == [
        {"code": "unknown_reference", "pointer": "/stage_key"}
    ]
    gone = """mutation($id: ID!) { deleteEnrolment(id: $id) { userErrors { code } } }"""
    for errors in ([], [{"code": "already_withdrawn"}]):
        answer = await asked(client, gone, id=came["enrolment"]["id"])
        assert answer["deleteEnrolment"]["userErrors"] == errors
    read = f"""query($who: ID!) {{ enrolments(contactId: $who, first: 5) {{
        nodes {{ {members} }} totalCount }} }}"""
    found = (await asked(client, read, who=who))["enrolments"]
    assert found["totalCount"] == 2
    assert {node["withdrawsId"] for node in found["nodes"]} == {None, one["id"]}


async def test_a_timeline_shows_enrolments_that_hold(client: Client) -> None:
    made, who = await client.made("/v1/journeys", journey(1, 1)), await contact(client)
    also = await contact(client, "also")
    for n in range(3):
        message = {"userId": "4711", "event": f"Event {n}", "messageId": f"m{n}"}
        at = {"timestamp": f"2026-05-0{2 * n + 1}T00:00:00Z"}
        assert (await client.post("/v1/track", json=message | at)).status_code == 200
    times = [f"2026-05-0{2 * n}T00:00:00Z" for n in (1, 2, 3)]
    first = await enrolled(client, who, made, stage_key="stage-0", at=times[0], note="By hand")
    gone = await enrolled(client, who, made, stage_key="stage-0", at=times[1])
    third = await enrolled(client, also, made, step_key="step-0-0", at=times[2])
    await client.made("/v1/contacts/merge", {"winner_id": who, "loser_id": also})
    assert (await client.delete(f"/v1/enrolments/{gone['id']}")).status_code == 204
    at, shown, after = f"/v1/contacts/{also}/timeline", [], None
    while True:
        query = {"limit": 2} | ({"after": after} if after else {})
        page = await client.got(at, params=query)
        shown += page["items"]
        if (after := page["next"]) is None:
            break
    ids = [one["message_id"] for one in shown]
    assert ids == ["m0", first["id"], "m1", "m2", third["id"]]
    put = shown[1]
    assert (put["type"], put["event"], put["contact_id"]) == ("enrolment", None, who)
    assert (put["properties"]["stage_key"], put["properties"]["note"]) == ("stage-0", "By hand")
    assert {one["contact_id"] for one in shown} == {who}
    some = await client.got(at, params={"type": "enrolment", "from": times[1]})
    assert [one["message_id"] for one in some["items"]] == [third["id"]]
    condition = '{"field": "properties.stage_key", "op": "exists", "value": true}'
    some = await client.got(at, params={"filter": condition})
    assert len(some["items"]) == 2
    read = "query($who: ID!) { timeline(contactId: $who) { nodes { type messageId } } }"
    nodes = (await asked(client, read, who=also))["timeline"]["nodes"]
    assert [one["messageId"] for one in nodes] == ids
    assert len((await client.got("/v1/events"))["items"]) == 3
    assert (await client.get("/v1/events", params={"type": "enrolment"})).status_code == 422
