"""Bindings tried on past events: what they take, whose, and what others take as well."""

from typing import Any

import pytest

from service.domain import filters
from tests.faces.asking import asked, not_there
from tests.make import Client, journey, pointers
from tests.slices.bound import bound, by_id, event, previewed, sent

Json = dict[str, Any]


async def test_a_binding_is_tried_on_what_happened(client: Client) -> None:
    calls = [event(n, who=who) for n, who in enumerate(("ann", "ben", "ann"))]
    await sent(
        client,
        *calls,
        event(5, "Mail Sent"),
        {"type": "page", "userId": "ben", "messageId": "p", "timestamp": "2026-05-09T10:00:00Z"},
        {"type": "identify", "userId": "ben", "messageId": "i", "traits": {"name": "Ben"}},
    )
    found = await previewed(client, binding="Call Started")
    counted = {n: found[n] for n in ("events", "contacts", "unknown_people", "not_taken")}
    assert counted == {"events": 3, "contacts": 2, "unknown_people": 0, "not_taken": 2}
    times = [found[name].replace("+00:00", "Z") for name in ("first_at", "last_at")]
    assert times == ["2026-05-01T10:00:00Z", "2026-05-03T10:00:00Z"]
    assert found["by_event"] == [{"event": "Call Started", "count": 3, "contacts": 2}]
    assert (found["overlaps"], found["overlaps_reason"]) == (None, "no_journey")
    assert found["definition"] == {
        "journey_id": None,
        "revision": None,
        "step_id": None,
        "touchpoint_id": None,
        "source": "given",
        "binding": {"field": "event", "op": "eq", "value": "Call Started"},
        "from": None,
        "to": None,
        "types": ["page", "screen", "track"],
        "people": "shown_as",
        "purpose": "analytics",
    }
    later = await previewed(
        client,
        binding="Call Started",
        **{"from": "2026-05-02T00:00:00Z"},
        to="2026-05-03T10:00:00Z",
    )
    assert (later["events"], later["not_taken"]) == (1, 0)
    tests = {"any": [{"field": "type", "op": "eq", "value": "page"},
                     {"all": [{"field": "event", "op": "eq", "value": "Call Started"},
                              {"field": "user_id", "op": "eq", "value": "ben"}]}]}  # fmt: skip
    both = await previewed(client, binding=tests, limit=1)
    assert [one["event"] for one in both["by_event"]] == ["Call Started", "page"]
    assert [one["event"] for one in both["examples"]] == ["page"]
    nothing = await previewed(client, binding="Never Seen")
    assert (nothing["events"], nothing["first_at"], nothing["examples"]) == (0, None, [])


async def test_examples_say_whose_they_are_to_who_may_read_contacts(client: Client) -> None:
    await sent(client, *(event(n, who=f"other {n}") for n in range(4)))
    await sent(client, event(9, properties={"channel": "phone", "minutes": 4}))
    (one,) = (await previewed(client, binding="Call Started", limit=1))["examples"]
    assert one["contact_id"] == await by_id(client, "ann")
    assert one["properties"]["minutes"] == 4
    body = {"name": "Figures", "scopes": ["analytics:read"]}
    key = (await client.made("/v1/api-keys", body))["key"]
    answer = await client.post(
        "/v1/bindings/preview",
        json={"binding": "Call Started", "limit": 1},
        headers={"Authorization": f"Bearer {key}"},
    )
    found = answer.json()
    assert found["examples_reason"] == "needs_contacts_read"
    assert found["examples"] == [
        {**one, "message_id": None, "contact_id": None, "properties": None}
    ]
    answer = await client.post(
        "/v1/bindings/preview",
        json={"journey_id": "0198c7f0-0000-7000-8000-000000000040"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_people_count_as_whom_they_are_shown_as(client: Client) -> None:
    await sent(client, event(0, who="ann"), event(1, who="ben"), event(2, who="eve"))
    ann, ben = await by_id(client, "ann"), await by_id(client, "ben")
    await client.made("/v1/contacts/merge", {"winner_id": ann, "loser_id": ben})
    eve = await by_id(client, "eve")
    answer = await client.patch(f"/v1/contacts/{eve}", json={"identifiers": []})
    assert answer.status_code == 200, answer.text
    found = await previewed(client, binding="Call Started")
    # An identifier that was taken away still tells whose the event is.
    assert (found["events"], found["contacts"], found["unknown_people"]) == (3, 2, 0)


async def test_who_is_left_out_is_counted(client: Client) -> None:
    people = ("ann", "ben", "eve", "tom")
    await sent(client, *(event(n, who=who) for who in people for n in range(4)))
    ids = {who: await by_id(client, who) for who in people}
    await client.patch(f"/v1/contacts/{ids['ann']}", json={"test": True})
    said = {"purpose": "analytics", "granted": False, "at": "2026-05-03T10:00:00Z"}
    await client.made(f"/v1/contacts/{ids['ben']}/consents", said)
    assert (await client.post(f"/v1/contacts/{ids['eve']}/restrict")).status_code == 200
    found = await previewed(client, binding="Call Started")
    assert (found["events"], found["contacts"], found["not_taken"]) == (6, 2, 0)
    assert found["excluded"] == [
        {"reason": "not_permitted", "count": 6},
        {"reason": "test_contact", "count": 4},
    ]
    assert {one["contact_id"] for one in found["examples"]} == {ids["ben"], ids["tom"]}


async def test_what_other_bindings_of_the_map_take_is_told(client: Client) -> None:
    await sent(client, event(0), event(1, properties={"channel": "phone"}), event(2, "Mail Sent"))
    at_phone = {"field": "channel", "op": "eq", "value": "phone"}
    touchpoint = await client.made("/v1/touchpoints", {"name": "Hotline", "binding": at_phone})
    body = bound("Call Started", "Mail Sent", {"field": "event", "op": "starts_with", "value": "C"})
    body["stages"][0]["steps"].append(
        {"action": "Hold on", "touchpoints": [{"touchpoint_id": touchpoint["id"]}]}
    )
    made = await client.made("/v1/journeys", body)
    call, mail, like, hold = made["stages"][0]["steps"]
    found = await previewed(client, step_id=call["id"])
    assert (found["events"], found["definition"]["source"]) == (2, "own")
    assert found["definition"]["journey_id"] == made["id"]
    told = [(one["step_id"], one["touchpoint_id"], one["events"]) for one in found["overlaps"]]
    assert told == [(like["id"], None, 2), (None, touchpoint["id"], 1)]
    given = await previewed(client, step_id=call["id"], binding="Mail Sent")
    assert [(one["key"], one["events"]) for one in given["overlaps"]] == [(mail["key"], 1)]
    assert given["definition"]["source"] == "given"
    theirs = await previewed(client, step_id=hold["id"])
    assert (theirs["events"], theirs["definition"]["source"]) == (1, "touchpoints")
    assert {one["step_id"] for one in theirs["overlaps"]} == {call["id"], like["id"]}
    whole = await previewed(client, journey_id=made["id"])
    assert (whole["events"], whole["not_taken"]) == (3, 0)
    told = [(one["step_id"] or one["touchpoint_id"], one["events"]) for one in whole["overlaps"]]
    assert told == [(call["id"], 2), (like["id"], 2), (touchpoint["id"], 1)]
    alone = await previewed(client, touchpoint_id=touchpoint["id"])
    assert (alone["events"], alone["overlaps_reason"]) == (1, "no_journey")
    here = await previewed(client, touchpoint_id=touchpoint["id"], journey_id=made["id"])
    assert {one["step_id"] for one in here["overlaps"]} == {call["id"], like["id"]}


async def test_a_published_revision_keeps_its_bindings(client: Client) -> None:
    await sent(client, event(0), event(1, "Mail Sent"), event(2, "Mail Sent"))
    touchpoint = await client.made("/v1/touchpoints", {"name": "Post", "binding": "Mail Sent"})
    body = bound("Call Started")
    body["stages"][0]["steps"].append(
        {"action": "Read", "touchpoints": [{"touchpoint_id": touchpoint["id"]}]}
    )
    made = await client.made("/v1/journeys", body)
    call, read = made["stages"][0]["steps"]
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    await client.patch(f"/v1/steps/{call['id']}", json={"binding": "Something Else"})
    await client.patch(f"/v1/touchpoints/{touchpoint['id']}", json={"binding": "Call Started"})
    for which, then, now in ((call, 1, 0), (read, 2, 1)):
        found = await previewed(client, step_id=which["id"], revision="published")
        assert (found["events"], found["definition"]["revision"]) == (then, 1)
        found = await previewed(client, step_id=which["id"])
        assert (found["events"], found["definition"]["revision"]) == (now, "draft")
    assert (await client.delete(f"/v1/steps/{call['id']}")).status_code == 204
    found = await previewed(client, step_id=call["id"], journey_id=made["id"], revision="1")
    assert found["events"] == 1
    at = f"/v1/journeys/{made['id']}/bindings"
    kept = await client.got(at, params={"revision": "1"})
    assert (kept["definition"]["touchpoint_bindings"], kept["claimed"]["numerator"]) == ("kept", 3)
    today = await client.got(at)
    assert (today["definition"]["touchpoint_bindings"], len(today["steps"])) == ("today", 1)


WRONG: list[tuple[Json, str, str]] = [
    ({}, "", "required"),
    ({"binding": {"field": "colour", "op": "eq", "value": 1}}, "/binding/field", "unknown_field"),
    ({"binding": {"field": "traits.a", "op": "exists"}}, "/binding/field", "unknown_field"),
    ({"binding": {"field": "session_id", "op": "exists"}}, "/binding/field", "unknown_field"),
    ({"binding": {"did": "Call Started"}}, "/binding/did", "condition_not_allowed"),
    ({"binding": {"all": [{"any": []}] * 101}}, "/binding", "filter_too_large"),
    ({"binding": 7}, "/binding", "wrong_type"),
    ({"binding": "x", "limit": 51}, "/limit", "less_than_equal"),
    ({"binding": "x", "from": "yesterday"}, "/from", "time_type"),
    ({"binding": "x", "revision": "1"}, "/revision", "not_applicable"),
    ({"journey_id": "x"}, "/journey_id", "uuid_parsing"),
    ({"binding": "x", "colour": 1}, "/colour", "extra_forbidden"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), WRONG)
async def test_what_is_no_binding_is_refused(
    client: Client, body: Json, pointer: str, code: str
) -> None:
    answer = await client.post("/v1/bindings/preview", json=body)
    assert answer.status_code == 422, answer.text
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]


async def test_what_the_map_does_not_have_is_told(client: Client, stranger: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    other = await client.made("/v1/journeys", journey(1, 1))
    touchpoint = await client.made("/v1/touchpoints", {"name": "Post", "binding": "Mail Sent"})
    bare = await client.made("/v1/touchpoints", {"name": "Bare"})
    theirs = await stranger.made("/v1/journeys", bound("Call Started"))
    step, its = made["stages"][0]["steps"][0], theirs["stages"][0]["steps"][0]
    for body, pointer, code in (
        ({"journey_id": theirs["id"]}, "/journey_id", "unknown_reference"),
        ({"step_id": its["id"]}, "/step_id", "unknown_reference"),
        ({"step_id": step["id"], "journey_id": other["id"]}, "/step_id", "unknown_reference"),
        ({"step_id": step["id"]}, "/step_id", "not_bound"),
        ({"journey_id": made["id"]}, "/journey_id", "not_bound"),
        ({"touchpoint_id": bare["id"]}, "/touchpoint_id", "not_bound"),
        ({"touchpoint_id": made["id"]}, "/touchpoint_id", "unknown_reference"),
        (
            {"touchpoint_id": touchpoint["id"], "journey_id": made["id"]},
            "/touchpoint_id",
            "unknown_reference",
        ),
        ({"step_id": step["id"], "touchpoint_id": bare["id"]}, "", "one_place"),
    ):
        answer = await client.post("/v1/bindings/preview", json=body)
        assert answer.status_code == 422, (body, answer.text)
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    body = {"journey_id": made["id"], "revision": "published"}
    answer = await client.post("/v1/bindings/preview", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "never_published")


async def test_a_map_of_too_many_tests_is_told(client: Client) -> None:
    leaves = {"any": [{"field": "event", "op": "eq", "value": f"e{n}"} for n in range(99)]}
    made = await client.made("/v1/journeys", bound(*([leaves] * 20)))
    found = await previewed(client, step_id=made["stages"][0]["steps"][0]["id"])
    assert found["events"] == 0
    more = await client.made("/v1/journeys", bound(*([leaves] * 21)))
    for answer in (
        await client.post("/v1/bindings/preview", json={"journey_id": more["id"]}),
        await client.get(f"/v1/journeys/{more['id']}/bindings"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "bindings_too_large")


async def test_a_binding_asks_the_event_alone(client: Client) -> None:
    wide = {"field": "traits.plan", "op": "eq", "value": "gold"}
    answer = await client.post("/v1/journeys", json=bound(wide))
    assert pointers(answer) == {"/stages/0/steps/0/binding/field"}
    answer = await client.post("/v1/touchpoints", json={"name": "Post", "binding": wide})
    assert pointers(answer) == {"/binding/field"}
    assert "traits" in filters.EVENTS.open


async def test_graphql_answers_alike(client: Client) -> None:
    await sent(client, event(0), event(1, "Mail Sent"))
    made = await client.made("/v1/journeys", bound("Call Started", "Mail Sent"))
    query = """query($id: ID!, $input: BindingPreviewInput!) {
        bindingPreview(input: $input) { events contacts notTaken definition { source binding from }
            overlaps { stepId events } examples { event contactId } excluded { reason count } }
        journeyBindings(journeyId: $id, from: "2026-05-02T00:00:00Z") {
            steps { key events reason } unbound { event count } claimed { numerator denominator } }
    }"""
    step = made["stages"][0]["steps"][0]["id"]
    found = await asked(client, query, id=made["id"], input={"stepId": step})
    rest = await previewed(client, step_id=step)
    assert found["bindingPreview"]["events"] == rest["events"] == 1
    assert found["bindingPreview"]["definition"]["binding"] == rest["definition"]["binding"]
    assert found["journeyBindings"]["claimed"] == {"numerator": 1, "denominator": 1}
    assert found["journeyBindings"]["steps"][0]["reason"] == "no_event"
    none = "0198c7f0-0000-7000-8000-000000000040"
    given = {"id": none, "input": {"binding": "x"}}
    assert await not_there(client, query, **given) == {"journeyBindings"}


async def test_where_analysis_rests_on_consent_only_who_granted_it_counts(client: Client) -> None:
    await sent(client, *(event(n, who=who) for n, who in enumerate(("ann", "ben", "eve"))))
    ids = {who: await by_id(client, who) for who in ("ann", "ben", "eve")}
    answer = await client.patch(f"/v1/contacts/{ids['eve']}", json={"identifiers": []})
    assert answer.status_code == 200, answer.text
    purposes = (await client.got("/v1/consent-purposes", params={"key": "analytics"}))["items"]
    answer = await client.patch(
        f"/v1/consent-purposes/{purposes[0]['id']}", json={"legal_basis": "consent"}
    )
    assert answer.status_code == 200, answer.text
    await client.made(
        f"/v1/contacts/{ids['ann']}/consents", {"purpose": "analytics", "granted": True}
    )
    found = await previewed(client, binding="Call Started")
    assert (found["events"], found["contacts"], found["unknown_people"]) == (1, 1, 0)
    assert found["excluded"] == [{"reason": "not_permitted", "count": 2}]
    made = await client.made("/v1/journeys", journey(1, 1))
    body = {"journey_id": made["id"], "stage_key": "stage-0"}
    answer = await client.post(f"/v1/contacts/{ids['ben']}/journeys", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "analytics_not_permitted")
