"""One contact laid on maps: where they are, since when, how they stand, by which way."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faces.asking import asked
from tests.make import Client, journey
from tests.slices.bound import by_id, sent

Json = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = (("Look", "Compare"), ("Ask", "Offer"), ("Sign",))
HOUR, DAY = 3600.0, 86400.0


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat().replace("+00:00", "Z")


def did(name: str, days: float, who: str = "ann", **properties: Any) -> Json:
    """Something that somebody did so many days ago."""
    found = {"type": "track", "messageId": f"{who} {name} {days}", "userId": who, "event": name}
    return {**found, "timestamp": ago(days), "properties": properties}


async def mapped(client: Client, **members: Any) -> Json:
    """A map of three stages whose steps are bound to the events of their names."""
    stages = [
        {"name": f"Stage {n}", "steps": [{"action": one, "binding": one} for one in names]}
        for n, names in enumerate(NAMES)
    ]
    return await client.made("/v1/journeys", {"title": "Buying", "stages": stages, **members})


async def standing(client: Client, who: str = "ann") -> Json:
    found = await client.got(f"/v1/contacts/{await by_id(client, who)}/journeys")
    assert len(found["items"]) == 1, found
    return dict(found["items"][0])


def ids(made: Json) -> dict[str, str]:
    return {step["action"]: step["id"] for stage in made["stages"] for step in stage["steps"]}


def since(found: Json) -> float:
    return (NOW - datetime.fromisoformat(found["entered_at"])).total_seconds() / DAY


async def test_a_contact_stands_where_the_last_event_was(client: Client) -> None:
    made = await mapped(client)
    which = ids(made)
    await sent(
        client,
        did("Look", 9),
        did("Look", 8),
        did("Something Else", 7),
        did("Ask", 6),
        did("Compare", 5),
        did("Offer", 4),
        did("Ask", 3),
        did("Look", 1, "ben"),
    )
    found = await standing(client)
    assert (found["journey_id"], found["revision"]) == (made["id"], "draft")
    assert (found["stage_key"], found["step_key"]) == ("stage-1", "ask")
    assert (found["stage_id"], found["step_id"]) == (made["stages"][1]["id"], which["Ask"])
    assert since(found) == 4
    assert abs(found["seconds_here"] - 4 * DAY) < HOUR
    told = [(one["key"], one["events"], one["by"]) for one in found["path"]]
    assert told == [
        ("look", 2, "event"),
        ("ask", 1, "event"),
        ("compare", 1, "event"),
        ("offer", 1, "event"),
        ("ask", 1, "event"),
    ]
    moves = [(one["from_step_id"], one["to_step_id"]) for one in found["detours"]]
    assert moves == [
        (which["Look"], which["Ask"]),
        (which["Ask"], which["Compare"]),
        (which["Compare"], which["Offer"]),
        (which["Offer"], which["Ask"]),
    ]
    unknown = {"typical_seconds": None, "typical_count": 0, "status": None, "converted_at": None}
    unknown |= {"typical_reason": "too_few_continued", "status_reason": "too_few_continued"}
    assert (unknown | {"converted_reason": "no_goal"}).items() <= found.items()


async def test_an_enrolment_counts_as_being_there(client: Client) -> None:
    made = await mapped(client)
    await sent(client, did("Look", 9), did("Compare", 3))
    who = await by_id(client, "ann")
    at = f"/v1/contacts/{who}/journeys"
    first = await client.made(at, {"journey_id": made["id"], "stage_key": "stage-1", "at": ago(2)})
    found = await standing(client)
    assert (found["stage_key"], found["step_id"], since(found)) == ("stage-1", None, 2)
    assert [(one["key"], one["by"]) for one in found["path"]] == [
        ("look", "event"),
        ("compare", "event"),
        ("stage-1", "enrolment"),
    ]
    await client.made(at, {"journey_id": made["id"], "step_key": "sign", "at": ago(5)})
    found = await standing(client)
    assert [one["key"] for one in found["path"]] == ["look", "sign", "compare", "stage-1"]
    assert (await client.delete(f"/v1/enrolments/{first['id']}")).status_code == 204
    assert (await standing(client))["step_key"] == "compare"


async def test_a_map_without_bindings_is_known_by_enrolments_alone(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 1))
    who = (await client.made("/v1/contacts", {"identifiers": []}))["id"]
    assert (await client.got(f"/v1/contacts/{who}/journeys"))["items"] == []
    await client.made(
        f"/v1/contacts/{who}/journeys", {"journey_id": made["id"], "stage_key": "stage-0"}
    )
    (found,) = (await client.got(f"/v1/contacts/{who}/journeys"))["items"]
    assert (found["stage_key"], found["status"]) == ("stage-0", None)


async def test_each_event_is_judged_by_the_revision_in_force_then(client: Client) -> None:
    made = await mapped(client)
    look, ask = ids(made)["Look"], ids(made)["Ask"]
    publish = f"/v1/journeys/{made['id']}/publish"
    await client.made(publish, {})
    await client.patch(f"/v1/steps/{look}", json={"binding": "Never"})
    await client.patch(f"/v1/steps/{ask}", json={"binding": "Look"})
    await client.made(publish, {"effective_from": ago(5)})
    await client.patch(f"/v1/steps/{ask}", json={"binding": "Nothing"})
    await sent(client, did("Look", 9), did("Look", 5), did("Look", 1, "ben"))
    found = await standing(client)
    assert [one["step_id"] for one in found["path"]] == [look, ask]
    assert found["revision"] == 2
    assert [one["step_id"] for one in (await standing(client, "ben"))["path"]] == [ask]


async def test_of_several_steps_an_event_is_at_the_nearest_ahead(client: Client) -> None:
    site = await client.made("/v1/touchpoints", {"name": "Site", "binding": "Visited"})
    met = {"touchpoints": [{"touchpoint_id": site["id"]}]}
    steps = [
        {"action": "First", **met},
        {"action": "Call", "binding": "Called"},
        {"action": "Second", **met},
        {"action": "Own", "binding": {"field": "properties.own", "op": "eq", "value": True}},
    ]
    body = {"title": "Twice", "stages": [{"name": "All", "steps": steps}]}
    await client.made("/v1/journeys", body)
    await sent(
        client,
        did("Visited", 9),
        did("Called", 8),
        did("Visited", 7),
        did("Visited", 6, own=True),
        did("Visited", 5),
    )
    found = await standing(client)
    assert [one["key"] for one in found["path"]] == ["first", "call", "second", "own", "first"]


async def test_a_goal_a_window_and_an_expected_time_decide_how_they_stand(client: Client) -> None:
    edges = [("look", "compare", DAY), ("compare", "ask", DAY), ("ask", "offer", DAY)]
    edges.append(("offer", "sign", 2 * DAY))
    transitions = [{"from": a, "to": b, "expected_seconds": s} for a, b, s in edges]
    await mapped(client, goal="Contract Signed", transitions=transitions)
    await sent(
        client,
        did("Look", 1),
        did("Look", 3, "ben"),
        did("Ask", 15, "eve"),
        did("Contract Signed", 9, "tom"),
        did("Offer", 8, "tom"),
        did("Contract Signed", 7, "tom"),
        did("Sign", 30, "zoe"),
        did("Contract Signed", 40, "zoe"),
    )
    stands = {who: await standing(client, who) for who in ("ann", "ben", "eve", "tom", "zoe")}
    assert {who: one["status"] for who, one in stands.items()} == {
        "ann": "active",
        "ben": "stuck",
        "eve": "dropped",
        "tom": "converted",
        "zoe": None,
    }
    assert (stands["ann"]["typical_seconds"], stands["ann"]["typical_basis"]) == (
        2 * DAY,
        "expected",
    )
    assert stands["eve"]["typical_seconds"] == 3 * DAY
    assert stands["tom"]["converted_at"].replace("+00:00", "Z") == ago(7)
    assert (stands["zoe"]["status_reason"], stands["zoe"]["typical_reason"]) == (
        "no_way_on",
        "no_way_on",
    )


async def test_what_is_typical_is_learned_from_those_who_went_on(client: Client) -> None:
    await mapped(client)
    for others in (29, 30):
        batch = []
        for n in range(others):
            who = f"u{others} {n}" if others == 29 else f"u29 {n}" if n < 29 else "one more"
            batch += [did("Look", 20, who), did("Ask", 20 - (n + 1) / 10, who)]
        answer = await client.post("/v1/batch", json={"batch": batch})
        assert answer.status_code == 200
        await client.post("/v1/batch", json={"batch": [did("Look", 2.1)]})
        found = await standing(client)
        assert found["typical_count"] == others
        if others == 29:
            assert (found["typical_seconds"], found["status"]) == (None, None)
    # The 75th percentile of 0.1, 0.2, … 3 days.
    assert abs(found["typical_seconds"] - 2.275 * DAY) < 1
    assert (found["typical_basis"], found["status"]) == ("observed", "active")
    late = [did("Look", 2.9, "eve"), did("Ask", 80, "old"), did("Look", 100, "old")]
    await sent(client, *late, did("Look", 40, "slow"), did("Ask", 20, "slow"))
    found = await standing(client, "eve")
    assert (found["typical_count"], found["status"]) == (30, "stuck")


async def test_merged_contacts_go_one_way_and_what_is_withdrawn_is_left_out(
    client: Client,
) -> None:
    await mapped(client)
    await sent(client, did("Look", 9), did("Ask", 6, "ben"), did("Compare", 3))
    ann, ben = await by_id(client, "ann"), await by_id(client, "ben")
    await client.made("/v1/contacts/merge", {"winner_id": ann, "loser_id": ben})
    for who in ("ann", "ben"):
        path = (await standing(client, who))["path"]
        assert [one["key"] for one in path] == ["look", "ask", "compare"]
    said = {"purpose": "analytics", "granted": False, "at": ago(5)}
    await client.made(f"/v1/contacts/{ann}/consents", said)
    found = await client.got(f"/v1/contacts/{ann}/journeys")
    assert [one["key"] for one in found["items"][0]["path"]] == ["look", "ask"]
    assert found["excluded"] == [{"reason": "not_permitted", "count": 1}]
    assert (await client.post(f"/v1/contacts/{ann}/restrict")).status_code == 200
    found = await client.got(f"/v1/contacts/{ann}/journeys")
    assert (found["items"], found["excluded"][0]["count"]) == ([], 3)


async def test_the_number_of_statements_is_that_of_one_map(client: Client) -> None:
    spent = []
    for maps in (1, 4):
        for _ in range(maps):
            await mapped(client)
        await sent(client, did("Look", 9, f"{maps}"))
        who = await by_id(client, str(maps))
        before = await client.statements()
        found = await client.got(f"/v1/contacts/{who}/journeys")
        spent.append(await client.statements() - before)
    assert len(found["items"]) == 5
    assert spent[0] == spent[1] <= 5


async def test_nobody_else_sees_it_and_graphql_tells_the_same(
    client: Client, stranger: Client
) -> None:
    made = await mapped(client)
    await mapped(stranger)
    await sent(client, did("Look", 9), did("Ask", 6))
    who = await by_id(client, "ann")
    assert (await stranger.get(f"/v1/contacts/{who}/journeys")).status_code == 404
    query = """query($who: ID!) { contactJourneys(contactId: $who) {
        items { journeyId revision stepKey status statusReason path { key events } }
        definition { windowSeconds typicalLeast } excluded { reason } } }"""
    found = (await asked(client, query, who=who))["contactJourneys"]
    (item,) = found["items"]
    assert (item["journeyId"], item["stepKey"]) == (made["id"], "ask")
    assert [one["key"] for one in item["path"]] == ["look", "ask"]
    assert found["definition"] == {"windowSeconds": 1_209_600, "typicalLeast": 30}
    assert (await asked(stranger, query, who=who))["contactJourneys"] is None
