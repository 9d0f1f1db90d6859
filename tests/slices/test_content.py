"""The library of content: what it holds, what it refuses, and what it answers."""

from typing import Any

import pytest

from tests.faces.full import BODIES
from tests.make import Client, pointers

NOBODY = "019e0000-0000-7000-8000-000000000000"


async def asking(client: Client) -> dict[str, Any]:
    """A map in which a stage and a step ask something."""
    step = {"key": "call", "action": "Call", "questions": [{"key": "fees", "text": "Fees?"}]}
    step["pains"] = [{"key": "queue", "text": "Waiting"}]
    stage = {"key": "look", "name": "We look", "steps": [step]}
    stage["objections"] = [{"key": "later", "text": "Not now"}]
    return await client.made("/v1/journeys", {"title": "Finding", "stages": [stage]})


async def test_an_item_keeps_whom_it_is_for_and_what_it_answers(client: Client) -> None:
    made = await asking(client)
    ann = await client.made("/v1/personas", {"name": "Ann"})
    met = await client.made("/v1/touchpoints", {"name": "Website"})
    answers = [
        {"journey_id": made["id"], "stage_key": "look", "step_key": None, "item_key": "later"},
        {"journey_id": made["id"], "stage_key": None, "step_key": "call", "item_key": "fees"},
    ]
    audience = {"profile_ids": [], "persona_ids": [ann["id"]]}
    body = BODIES["/v1/content"] | {"answers": answers, "audience": audience}
    item = await client.made("/v1/content", body | {"touchpoint_ids": [met["id"]] * 2})
    assert item["answers"] == answers
    assert item["audience"] == audience
    assert item["touchpoint_ids"] == [met["id"]]
    assert item["cost"] == {"amount": 1200.5, "currency": "EUR"}
    read = await client.got(f"/v1/content/{item['id']}")
    assert read == item
    again = await client.put(f"/v1/content/{item['id']}", json=read)
    assert again.json() | {"version": 0, "updated_at": 0} == read | {"version": 0, "updated_at": 0}


async def test_a_key_is_made_of_the_title_and_stays(client: Client) -> None:
    first = await client.made("/v1/content", {"title": "What advice costs"})
    second = await client.made("/v1/content", {"title": "What advice costs"})
    assert [first["key"], second["key"]] == ["what-advice-costs", "what-advice-costs-2"]
    path = f"/v1/content/{second['id']}"
    assert (await client.patch(path, json={"title": "Fees"})).json()["key"] == second["key"]
    for body in ({"title": "Fees"}, {"title": "Fees", "key": None}):
        assert (await client.put(path, json=body)).json()["key"] == second["key"]
    taken = await client.patch(path, json={"key": first["key"]})
    assert (taken.status_code, pointers(taken)) == (409, {"/key"})


@pytest.mark.parametrize("path", ["/v1/touchpoints", "/v1/content"])
async def test_a_replacement_without_a_key_keeps_the_one_there_is(
    client: Client, path: str
) -> None:
    label = "name" if path == "/v1/touchpoints" else "title"
    made = await client.made(path, {label: "Hotline"})
    put = await client.put(f"{path}/{made['id']}", json={label: "Website"})
    assert (put.json()["key"], put.json()[label]) == ("hotline", "Website")


async def test_whatever_names_nothing_is_named(client: Client, stranger: Client) -> None:
    made, theirs = await asking(client), await asking(stranger)
    right = {"journey_id": made["id"], "step_key": "call", "item_key": "fees"}
    answer = await client.post(
        "/v1/content",
        json={
            "title": "Fees",
            "touchpoint_ids": [NOBODY],
            "audience": {"profile_ids": [NOBODY], "persona_ids": [NOBODY]},
            "answers": [
                right,
                right | {"journey_id": theirs["id"]},
                right | {"step_key": "look"},
                right | {"item_key": "later"},
                {"journey_id": made["id"], "stage_key": "look", "item_key": "fees"},
            ],
        },
    )
    assert answer.status_code == 422
    assert {e["code"] for e in answer.json()["errors"]} == {"unknown_reference"}
    assert pointers(answer) == {
        "/touchpoint_ids/0",
        "/audience/profile_ids/0",
        "/audience/persona_ids/0",
        "/answers/1/journey_id",
        "/answers/2/step_key",
        "/answers/3/item_key",
        "/answers/4/item_key",
    }


async def test_an_item_out_of_bounds_is_refused(client: Client) -> None:
    nowhere = {"journey_id": NOBODY, "item_key": "fees"}
    for body, at in (
        ({"title": " "}, {"/title"}),
        ({"title": "A", "url": "javascript:alert(1)"}, {"/url"}),
        ({"title": "A", "url": "https://a.example/b\u0085c"}, {"/url"}),
        ({"title": "A", "language": "no language"}, {"/language"}),
        ({"title": "A", "published_on": "soon"}, {"/published_on"}),
        ({"title": "A", "cost": {"amount": "1", "currency": "euro"}}, {"/cost/currency"}),
        ({"title": "A", "answers": [nowhere]}, {"/answers/0"}),
        (
            {"title": "A", "answers": [nowhere | {"stage_key": "a", "step_key": "b"}]},
            {"/answers/0"},
        ),
        ({"title": "A", "colour": "red"}, {"/colour"}),
    ):
        answer = await client.post("/v1/content", json=body)
        assert (answer.status_code, pointers(answer)) == (422, at), body


async def test_a_list_finds_content_by_what_it_is_for(client: Client) -> None:
    made = await asking(client)
    ann = await client.made("/v1/personas", {"name": "Ann"})
    savers = await client.made("/v1/profiles", {"name": "Savers"})
    met = await client.made("/v1/touchpoints", {"name": "Website"})
    answers = [{"journey_id": made["id"], "step_key": "call", "item_key": "queue"}]
    audience = {"profile_ids": [savers["id"]], "persona_ids": [ann["id"]]}
    body = {"title": "Waiting", "kind": "video", "language": "de", "stage": "intent"}
    body |= {"published_on": "2026-01-01", "touchpoint_ids": [met["id"]]}
    item = await client.made("/v1/content", body | {"answers": answers, "audience": audience})
    other = await client.made("/v1/content", {"title": "客户 other", "kind": "podcast"})
    for asked in (
        *("kind=video", "language=de", "stage=intent", f"touchpoint_id={met['id']}"),
        *(f"profile_id={savers['id']}", f"persona_id={ann['id']}", f"journey_id={made['id']}"),
        *("published=true", "q=waiting", "key=waiting"),
    ):
        found = await client.got(f"/v1/content?{asked}")
        assert [one["id"] for one in found["items"]] == [item["id"]], asked
    for asked in ("published=false", "kind=podcast", "q=客户"):
        found = await client.got(f"/v1/content?{asked}")
        assert [one["id"] for one in found["items"]] == [other["id"]], asked
    later = '{"field": "published_on", "op": "ge", "value": "2026-01-02"}'
    assert (await client.got("/v1/content", params={"filter": later}))["items"] == []


async def test_an_audience_is_merged_and_the_answers_are_replaced(client: Client) -> None:
    made = await asking(client)
    ann = await client.made("/v1/personas", {"name": "Ann"})
    savers = await client.made("/v1/profiles", {"name": "Savers"})
    body = {"title": "A", "audience": {"persona_ids": [ann["id"]]}}
    path = f"/v1/content/{(await client.made('/v1/content', body))['id']}"
    answer = {"journey_id": made["id"], "stage_key": "look", "item_key": "later"}
    patch = {"audience": {"profile_ids": [savers["id"]]}, "answers": [answer, answer]}
    changed = (await client.patch(path, json=patch)).json()
    assert changed["audience"] == {"profile_ids": [savers["id"]], "persona_ids": [ann["id"]]}
    assert len(changed["answers"]) == 1
    emptied = (await client.patch(path, json={"audience": None, "answers": None})).json()
    assert emptied["audience"] == {"profile_ids": [], "persona_ids": []}
    assert emptied["answers"] == []


async def test_what_a_map_no_longer_asks_may_be_sent_back_but_not_sent_anew(
    client: Client,
) -> None:
    made = await asking(client)
    answer = {"journey_id": made["id"], "step_key": "call", "item_key": "fees"}
    item = await client.made("/v1/content", {"title": "Fees", "answers": [answer]})
    step = made["stages"][0]["steps"][0]
    assert (await client.patch(f"/v1/steps/{step['id']}", json={"questions": []})).is_success
    back = await client.put(f"/v1/content/{item['id']}", json=item)
    assert back.json()["answers"] == item["answers"]
    new = await client.post("/v1/content", json={"title": "More", "answers": [answer]})
    assert (new.status_code, pointers(new)) == (422, {"/answers/0/item_key"})


async def test_what_content_uses_stays_until_it_is_let_go(client: Client) -> None:
    made = await asking(client)
    met = await client.made("/v1/touchpoints", {"name": "Website"})
    answer = {"journey_id": made["id"], "step_key": "call", "item_key": "fees"}
    body = {"title": "Fees", "answers": [answer], "touchpoint_ids": [met["id"]]}
    item = await client.made("/v1/content", body)
    for path in (f"/v1/journeys/{made['id']}", f"/v1/touchpoints/{met['id']}"):
        refused = await client.delete(path)
        assert refused.status_code == 409
        assert refused.json()["users"] == [{"kind": "content", "id": item["id"], "name": "Fees"}]
        assert (await client.delete(f"{path}?dependents=detach")).status_code == 204
    left = await client.got(f"/v1/content/{item['id']}")
    assert (left["answers"], left["touchpoint_ids"], left["version"]) == ([], [], 3)


async def test_content_goes_out_and_comes_back_as_a_spreadsheet(client: Client) -> None:
    made = await asking(client)
    ann = await client.made("/v1/personas", {"name": "Ann"})
    answer = {"journey_id": made["id"], "step_key": "call", "item_key": "fees"}
    body = BODIES["/v1/content"] | {"title": "=1+1", "answers": [answer]}
    await client.made("/v1/content", body | {"audience": {"persona_ids": [ann["id"]]}})
    table = await client.get("/v1/content?format=csv")
    assert "'=1+1" in table.text
    sent = await client.post(
        "/v1/content/import", content=table.text, headers={"Content-Type": "text/csv"}
    )
    assert [one["outcome"] for one in sent.json()["items"]] == ["unchanged"]


async def test_content_is_read_by_graph_with_what_it_is_for(client: Client) -> None:
    made = await asking(client)
    ann = await client.made("/v1/personas", {"name": "Ann"})
    met = await client.made("/v1/touchpoints", {"name": "Website"})
    create = """mutation($i: ContentInput!) {
        createContent(input: $i) { content { uuid key } userErrors { code } } }"""
    answer = {"journeyId": made["id"], "stepKey": "call", "itemKey": "fees"}
    given = {"title": "Fees", "answers": [answer], "touchpointIds": [met["id"]]}
    given["audience"] = {"personaIds": [ann["id"]]}
    for _ in range(3):
        sent = await client.post("/graphql", json={"query": create, "variables": {"i": given}})
        assert sent.json()["data"]["createContent"]["content"]["uuid"], sent.text
    query = """query($id: ID!) { journey(id: $id) { content(first: 2) { totalCount
        pageInfo { hasNextPage endCursor } nodes { title audience { personas { name
        content { totalCount } } } touchpoints { name content(first: 1) { nodes { key } } } } } } }
    """
    read = await client.post("/graphql", json={"query": query, "variables": {"id": made["id"]}})
    page = read.json()["data"]["journey"]["content"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    (first, second) = page["nodes"]
    assert first["audience"]["personas"] == [{"name": "Ann", "content": {"totalCount": 3}}]
    assert second["touchpoints"][0]["content"]["nodes"] == [{"key": "fees-3"}]
    query = "query($id: ID!, $at: String) { journey(id: $id) { content(after: $at){nodes{key}} } }"
    at = {"id": made["id"], "at": page["pageInfo"]["endCursor"]}
    read = await client.post("/graphql", json={"query": query, "variables": at})
    assert read.json()["data"]["journey"]["content"]["nodes"] == [{"key": "fees"}]
    wrong = {"query": query, "variables": at | {"at": "x"}}
    refused = (await client.post("/graphql", json=wrong)).json()
    assert refused["errors"][0]["extensions"]["errors"][0]["pointer"] == "/after"


async def test_a_day_is_asked_for_as_a_day(client: Client) -> None:
    for sent in ("May", 1):
        answer = await client.post("/v1/content", json={"title": "New", "published_on": sent})
        (wrong,) = answer.json()["errors"]
        assert (wrong["pointer"], wrong["code"]) == ("/published_on", "time_type")
        assert wrong["detail"] == "must be a text as in 2026-05-01"
