"""Which content to offer a contact where they stand, and why."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client
from tests.slices.bound import by_id, sent
from tests.slices.test_contact_journeys import ago, did, standing

Json = dict[str, Any]
URL = "https://example.org/fees"
DAY = "2026-01-01"


async def mapped(client: Client, **members: Any) -> Json:
    """A map with questions, pains and objections, whose steps are bound."""
    site = await client.made("/v1/touchpoints", {"name": "Site"})
    first: Json = {
        "name": "Looking",
        "funnel_stage": "interest",
        "questions": [{"key": "who", "text": "Who are you?"}],
        "objections": [{"key": "dear", "text": "Too dear"}],
        "steps": [
            {
                "key": "look",
                "action": "Look",
                "binding": "Look",
                "questions": [{"key": "cost", "text": "What does it cost?"}],
                "pains": [{"key": "slow", "text": "It takes long"}],
                "touchpoints": [{"touchpoint_id": site["id"]}],
            },
            {
                "key": "ask",
                "action": "Ask",
                "binding": "Ask",
                "questions": [{"key": "when", "text": "When can we talk?"}],
            },
        ],
    }
    second = {"name": "Signing", "steps": [{"key": "sign", "action": "Sign", "binding": "Sign"}]}
    body = {"title": "Buying", "stages": [first, second], **members}
    made = await client.made("/v1/journeys", body)
    return {**made, "site": site["id"]}


async def written(client: Client, title: str, made: Json, *items: str, **members: Any) -> Json:
    """An item that answers what stands at places told as `step:look/cost`."""
    answers = []
    for one in items:
        place, _, key = one.partition("/")
        kind, _, where = place.partition(":")
        answers.append({"journey_id": made["id"], f"{kind}_key": where, "item_key": key})
    body = {"title": title, "answers": answers, "published_on": DAY, **members}
    return await client.made("/v1/content", body)


def titles(found: Json) -> list[str]:
    return [one["title"] for one in found["content"]]


def left(found: Json) -> dict[str, int]:
    return {one["reason"]: one["count"] for one in found["content_excluded"]}


async def test_what_answers_something_there_is_offered_first(client: Client) -> None:
    made = await mapped(client)
    await written(client, "B of the stage", made, "stage:looking/who", "stage:looking/dear")
    cost = await written(client, "C of the step", made, "step:look/cost", "step:look/slow")
    await written(client, "A of another step", made, "step:ask/when")
    await written(client, "E at the site", made, touchpoint_ids=[made["site"]])
    await written(client, "D for the stage", made, stage="interest")
    await written(client, "Of elsewhere", made, stage="retention")
    await sent(client, did("Look", 1))
    found = await standing(client)
    expected = ["C of the step", "B of the stage", "E at the site", "D for the stage"]
    assert titles(found) == expected
    first, second, third, fourth = found["content"]
    assert (first["content_id"], first["because"]) == (cost["id"], ["answers"])
    step = found["step_id"]
    assert first["answers"] == [
        {"kind": "question", "key": "cost", "text": "What does it cost?", "step_id": step},
        {"kind": "pain", "key": "slow", "text": "It takes long", "step_id": step},
    ]
    kinds = [(one["kind"], one["step_id"]) for one in second["answers"]]
    assert kinds == [("question", None), ("objection", None)]
    assert (third["because"], third["answers"]) == (["touchpoint"], [])
    assert (fourth["because"], fourth["answers"]) == (["stage"], [])
    assert (found["content_excluded"], "content_reason" in found) == ([], False)
    # Of a stage as a whole it is what answers something at any of its steps.
    who = await by_id(client, "ann")
    body = {"journey_id": made["id"], "stage_key": "looking"}
    await client.made(f"/v1/contacts/{who}/journeys", body)
    assert "A of another step" in titles(await standing(client))


@pytest.mark.parametrize(
    "properties",
    [{"content_id": "fees"}, {"url": f"{URL}/"}, {"content_id": None, "page": URL}],
    ids=["by key", "by address", "by page"],
)
async def test_what_they_touched_already_is_not_offered(client: Client, properties: Json) -> None:
    made = await mapped(client)
    await written(client, "Fees", made, "step:look/cost", key="fees", url=URL)
    await written(client, "Other", made, "step:look/cost", url=f"{URL}/other")
    event = did("Read", 2, **properties)
    if page := properties.pop("page", None):
        event["context"] = {"page": {"url": page}}
    await sent(client, event, did("Look", 1), did("Look", 1, "ben"))
    found = await standing(client)
    assert (titles(found), left(found)) == (["Other"], {"touched": 1})
    assert titles(await standing(client, "ben")) == ["Fees", "Other"]


async def test_what_does_not_fit_them_is_left_out_and_counted(client: Client) -> None:
    mine, other = [await client.made("/v1/personas", {"name": name}) for name in ("Mine", "Other")]
    made = await mapped(client, persona_ids=[mine["id"]])
    answer = "step:look/cost"
    await written(client, "German", made, answer, language="de-AT")
    await written(client, "English", made, answer, language="en")
    await written(client, "Any language", made, answer)
    await written(client, "For mine", made, answer, audience={"persona_ids": [mine["id"]]})
    await written(client, "For others", made, answer, audience={"persona_ids": [other["id"]]})
    await written(client, "To come", made, answer, published_on="2999-01-01")
    await written(client, "Unpublished", made, answer, published_on=None)
    await sent(client, did("Look", 1))
    found = await standing(client)
    assert titles(found) == ["Any language", "English", "For mine", "German"]
    assert left(found) == {"for_others": 1, "not_published": 2}
    event = did("Look", 0.5) | {"context": {"locale": "en-US"}}
    await sent(client, event)
    found = await standing(client)
    assert titles(found) == ["Any language", "English", "For mine"]
    assert left(found) == {"for_others": 1, "not_published": 2, "other_language": 1}
    who = await by_id(client, "ann")
    await client.patch(f"/v1/contacts/{who}", json={"traits": {"language": "DE"}})
    assert titles(await standing(client)) == ["Any language", "For mine", "German"]


async def test_at_most_twenty_are_offered(client: Client) -> None:
    made = await mapped(client)
    for n in range(22):
        await written(client, f"Item {n:02}", made, "step:look/cost")
    await sent(client, did("Look", 1))
    found = await standing(client)
    assert titles(found) == [f"Item {n:02}" for n in range(20)]
    assert left(found) == {"beyond_limit": 2}


async def test_where_nothing_can_be_offered_it_is_said_why(client: Client) -> None:
    made = await mapped(client)
    await written(client, "Fees", made, "step:look/cost")
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    await sent(client, did("Look", 3), did("Look", 3, "ben"))
    said = {"purpose": "analytics", "granted": False, "at": ago(1)}
    await client.made(f"/v1/contacts/{await by_id(client, 'ben')}/consents", said)
    found = await standing(client, "ben")
    assert (found["content"], found["content_reason"]) == ([], "not_permitted")
    stage = made["stages"][0]["id"]
    await client.delete(f"/v1/stages/{stage}", params={"dependents": "detach"})
    found = await standing(client)
    assert (found["content"], found["content_reason"]) == ([], "place_gone")


async def test_graphql_tells_it_and_nobody_else_sees_it(client: Client, stranger: Client) -> None:
    made = await mapped(client)
    await written(client, "Fees", made, "step:look/cost", kind="article")
    other = await mapped(stranger)
    await written(stranger, "Theirs", other, "step:look/cost")
    await sent(client, did("Look", 1))
    who = await by_id(client, "ann")
    query = """query($who: ID!) { contactJourneys(contactId: $who) { items {
        content { title because answers { kind text } } contentExcluded { reason }
        contentReason } } }"""
    (item,) = (await asked(client, query, who=who))["contactJourneys"]["items"]
    answers = [{"kind": "question", "text": "What does it cost?"}]
    assert item == {
        "content": [{"title": "Fees", "because": ["answers"], "answers": answers}],
        "contentExcluded": [],
        "contentReason": None,
    }


async def test_the_number_of_statements_does_not_grow_with_content(client: Client) -> None:
    spent = []
    for round_ in range(2):
        made = await mapped(client)
        for n in range(3 * round_ + 1):
            await written(client, f"Item {round_} {n}", made, "step:look/cost")
        await sent(client, did("Look", 9, f"{round_}"))
        who = await by_id(client, str(round_))
        await client.got(f"/v1/contacts/{who}/journeys")
        before = await client.statements()
        await client.got(f"/v1/contacts/{who}/journeys")
        spent.append(await client.statements() - before)
    assert spent[0] == spent[1] <= 6
