"""A map's own KPIs: what is told of it is what its steps' events tell when they are filtered."""

from typing import Any

import pytest

from service.domain import reasons
from tests.faces.asking import asked, not_there
from tests.make import Client, journey
from tests.slices.bound import event, sent

Json = dict[str, Any]
AS_USUAL = ("orders", "revenue", "average_order_value", "events_per_session", "sessions", "csat")


def order(n: int, who: str, value: float, name: str = "Order Completed") -> Json:
    return event(n, name, who, properties={"revenue": value, "currency": "EUR"})


def answered(n: int, who: str, score: int, **members: Any) -> Json:
    said = {"survey": "csat", "score": score, "scale": [1, 5], **members}
    return event(n, "Survey Answered", who, properties=said)


async def items(client: Client, journey_id: str, **query: Any) -> dict[str, Json]:
    found = await client.got(f"/v1/journeys/{journey_id}/kpis", params=query)
    return {one["kpi"]: one for one in found["items"]}


async def changed(client: Client) -> tuple[str, Json]:
    """A map whose steps were bound to other events until the tenth of May, and what they took."""
    steps = [{"action": name, "binding": name} for name in ("Look", "Order Completed")]
    body = {"title": "Buying", "goal": "Paid", "stages": [{"name": "Buy", "steps": steps}]}
    made = await client.made("/v1/journeys", body)
    at = f"/v1/journeys/{made['id']}/publish"
    await client.made(at, {"effective_from": "2026-05-01T00:00:00Z"})
    step = made["stages"][0]["steps"][0]["id"]
    await client.patch(f"/v1/steps/{step}", json={"binding": "Read"})
    await client.made(at, {"effective_from": "2026-05-10T00:00:00Z"})
    late = {"field": "timestamp", "op": "ge", "value": "2026-05-10T00:00:00Z"}
    taken = {
        "any": [
            {"all": [{"not": late}, {"field": "event", "op": "eq", "value": "Look"}]},
            {"all": [late, {"field": "event", "op": "eq", "value": "Read"}]},
            {"field": "event", "op": "eq", "value": "Order Completed"},
        ]
    }
    return made["id"], taken


async def lived(client: Client) -> tuple[str, Json]:
    which, taken = await changed(client)
    await sent(
        client,
        *(event(n, "Look", f"p{n % 4}") for n in range(20)),
        *(event(n, "Read", f"q{n % 3}") for n in range(4, 20)),
        *(order(n, f"p{n % 4}", 10 + n) for n in (3, 6, 11, 12)),
        *(event(n, "Paid", who) for n, who in ((2, "p1"), (12, "p0"), (13, "zoe"))),
        event(0, "Paid", "q0"),
    )
    return which, taken


@pytest.mark.parametrize("key", AS_USUAL)
@pytest.mark.parametrize(
    "within", [{}, {"from": "2026-05-04T00:00:00Z", "to": "2026-05-15T00:00:00Z"}]
)
async def test_it_is_the_kpi_of_the_events_at_its_steps(
    client: Client, key: str, within: Json
) -> None:
    which, taken = await lived(client)
    found = (await items(client, which, keys=key, **within))[key]
    body = {"kpi": key, "filter": taken, **within}
    theirs = (await client.post("/v1/kpis/query", json=body)).json()
    for name in ("value", "unit", "numerator", "denominator", "parts", "reason"):
        assert found.get(name) == theirs.get(name), name


async def test_it_converts_by_the_goal_of_the_map(client: Client) -> None:
    which, _ = await lived(client)
    value = (await items(client, which))["conversion_rate"]["value"]
    # Four who looked and three who read; one had paid before, one never came to a step.
    assert (value["numerator"], value["denominator"]) == (2, 7)
    step = await client.made("/v1/journeys", {"title": "None", "stages": []})
    one = (await items(client, step["id"]))["conversion_rate"]
    assert (one["value"]["value"], one["reason"]) == (None, "no_goal")


async def test_answers_that_name_the_map_count_along_it(client: Client) -> None:
    which, _ = await lived(client)
    told = [answered(15, f"a{n}", 5, journey_id=which) for n in range(6)]
    told += [answered(16, "a0", 1, journey_id=which), answered(16, "else", 1)]
    await sent(client, *told)
    found = await items(client, which)
    value = found["journey_satisfaction"]["value"]
    assert (value["numerator"], value["denominator"]) == (5, 6)
    assert (found["csat"]["value"]["numerator"], found["csat"]["value"]["denominator"]) == (6, 7)


async def test_it_is_compared_with_a_range_before(client: Client) -> None:
    which, _ = await lived(client)
    within = {"from": "2026-05-08T00:00:00Z", "to": "2026-05-15T00:00:00Z"}
    keys = "orders,stage_abandonment"
    found = await items(client, which, **within, compare="previous_period", keys=keys)
    assert list(found) == ["stage_abandonment", "orders"]
    assert (found["orders"]["value"], found["orders"]["comparison"]["value"]) == (2, 2)
    assert found["orders"]["comparison"]["change"] == 0
    span = "2026-05-01T00:00:00Z/2026-05-06T00:00:00Z"
    found = await items(client, which, **within, compare=span, keys="orders")
    assert found["orders"]["comparison"]["value"] == 1


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"keys": "orders,no_such"}, "/query/keys"),
        ({"compare": "yesterday"}, "/query/compare"),
        ({"compare": "previous_period"}, "/query/compare"),
        ({"compare": "x/y"}, "/query/compare"),
    ],
)
async def test_what_cannot_be_told_is_refused(client: Client, query: Json, pointer: str) -> None:
    made = await client.made("/v1/journeys", {"title": "A"})
    answer = await client.get(f"/v1/journeys/{made['id']}/kpis", params=query)
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {pointer}


async def test_few_are_not_told(client: Client) -> None:
    which, _ = await lived(client)
    await client.patch("/v1/settings", json={"small_cells": 5})
    found = await items(client, which)
    assert found["conversion_rate"]["value"]["reason"] == "small_cell"


async def test_why_there_is_no_figure_is_told_in_a_sentence(client: Client) -> None:
    unbound = await client.made("/v1/journeys", journey(1, 2))
    which, _ = await lived(client)
    long_ago = {"from": "2020-01-01T00:00:00Z", "to": "2020-02-01T00:00:00Z"}
    to_come = {"from": "2090-01-01T00:00:00Z", "to": "2090-02-01T00:00:00Z"}
    asked_for = (
        *((unbound["id"], {}, "not_bound"), (which, long_ago, "not_in_force")),
        (which, to_come, "no_event"),
    )
    for of, range_, why in asked_for:
        for name in ("funnel", "conformance"):
            told = await client.got(f"/v1/journeys/{of}/{name}", params=range_)
            assert (told["reason"], told["reason_text"]) == (why, reasons.TEXTS[why])


async def test_graphql_tells_the_same(client: Client) -> None:
    which, _ = await lived(client)
    query = """query ($id: ID!, $input: JourneyKpisQueryInput) {
      journeyKpis(journeyId: $id, input: $input) {
        items { kpi unit target status stageId stepId
          value { value numerator amount currency } } } }"""
    given = {"keys": "conversion_rate,revenue,orders"}
    found = (await asked(client, query, id=which, input=given))["journeyKpis"]["items"]
    rest = await items(client, which, **given)
    assert [one["kpi"] for one in found] == given["keys"].split(",")
    assert found[0]["value"]["numerator"] == rest["conversion_rate"]["value"]["numerator"]
    assert float(found[1]["value"]["amount"]) == rest["revenue"]["value"]["amount"]
    assert (found[1]["value"]["currency"], found[2]["value"]["value"]) == ("EUR", 4)
    assert {(one["status"], one["target"]) for one in found} == {("unknown", None)}
    nobody = "0198c7f0-0000-7000-8000-000000000099"
    assert await not_there(client, query, id=nobody) == {"journeyKpis"}


async def test_all_of_them_take_as_few_statements_as_one(client: Client) -> None:
    which, _ = await lived(client)
    every = await client.got("/v1/kpis", params={"own": "false", "limit": "200"})
    keys = [one["key"] for one in every["items"]][:49]
    taken = []
    for some in (keys[:1], [*keys, "stage_abandonment"]):
        before = await client.statements()
        found = await items(client, which, keys=",".join(some))
        taken.append(await client.statements() - before)
        assert {*some} <= {*found}
    assert max(taken) <= 8


async def test_without_contacts_few_are_never_told(client: Client) -> None:
    which, _ = await lived(client)
    scopes = ["analytics:read", "maps:read"]
    made = await client.made("/v1/api-keys", {"name": "Figures", "scopes": scopes})
    headers = {"Authorization": f"Bearer {made['key']}"}
    found = await client.got(f"/v1/journeys/{which}/kpis", headers=headers)
    told = {one["kpi"]: one for one in found["items"]}
    assert told["conversion_rate"]["value"]["numerator"] is None
    assert told["revenue"]["value"] is None


async def test_estimates_along_a_map_say_that_they_are_assumptions(client: Client) -> None:
    steps = [{"action": name, "binding": name} for name in ("Look", "Complaint Made")]
    body = {"title": "Buying", "stages": [{"name": "Buy", "steps": steps}]}
    made = await client.made("/v1/journeys", body)
    told = [answered(5, f"p{n}", 5 if n else 1, journey_id=made["id"]) for n in range(4)]
    await sent(client, event(1, "Look", "p0"), event(3, "Complaint Made", "p1"), *told)
    await client.patch("/v1/settings", json={"estimates": {"complaint_rate": 0.1}})
    keys = "estimated_unhappy,estimated_word_of_mouth,orders"
    found = await items(client, made["id"], keys=keys)
    assert [one["assumption"] for one in found.values()] == [True, True, False]
    unhappy = found["estimated_unhappy"]
    assert (unhappy["value"], unhappy["meaning"][:13]) == (pytest.approx(10), "An assumption")
    assert unhappy["parts"][0]["value"]["numerator"] == 3
    assert found["estimated_word_of_mouth"]["value"] == pytest.approx(10 * 0.13 * 15)
