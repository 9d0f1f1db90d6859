"""Correlates of conversion over HTTP, by hand and of published logs."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import reference
from tests.measures.test_attribution import happened
from tests.published import needs_data

PATH = "/v1/correlates/query"
Json = dict[str, Any]


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@needs_data
async def test_who_converts_and_who_has_an_event_is_as_other_programs_count(
    loaded: Loaded,
) -> None:
    figures = reference("ecom_clickstream")["figures"]
    client = await loaded("ecom_clickstream")
    for unit, kpi in (("session", "session"), ("contact", "user")):
        conversion = figures[f"kpi:conversion_per_{kpi}"]
        found = await asked(client, {"goal": "purchase", "unit": unit, "least_count": 1})
        assert found["converted"]["numerator"] == conversion["hits"]
        assert found["units"] == found["converted"]["denominator"] == conversion["base"]
    # Without a conversion, nothing has to lie before it: all who have an event are counted.
    found = await asked(client, {"goal": "no such event", "least_count": 1})
    counts = {one["event"]: one["not_converted"]["numerator"] for one in found["items"]}
    assert counts == figures["users_per_type"]


async def a_few(client: Client) -> None:
    day = "2026-01-01T"
    await happened(
        client,
        ("u", "Help Read", f"{day}10:00:00Z", {}),
        ("u", "Order Completed", f"{day}10:05:00Z", {}),
        ("u", "Thanks Seen", f"{day}10:06:00Z", {}),
        ("v", "Help Read", f"{day}10:00:00Z", {}),
        ("v", "Order Completed", f"{day}12:00:00Z", {}),
        ("w", "Thanks Seen", f"{day}10:00:00Z", {}),
    )


async def test_only_what_lies_before_the_goal_counts(client: Client) -> None:
    await a_few(client)
    found = await asked(client, {"goal": "Order Completed", "least_count": 1})
    told = {one["event"]: one for one in found["items"]}
    # S = 2, F = 1: help s = 2, f = 0; thanks s = 0, f = 1.
    assert told["Help Read"]["odds_ratio"] == pytest.approx((3 * 2) / (1 * 1))
    assert told["Thanks Seen"]["odds_ratio"] == pytest.approx((1 * 1) / (3 * 2))
    assert told["Thanks Seen"]["converted"]["numerator"] == 0
    assert "Order Completed" not in told
    assert "not cause" in found["caution"]
    assert found["definition"]["odds_ratio"]


async def test_a_session_that_begins_with_the_goal_has_nothing_before_it(client: Client) -> None:
    await a_few(client)
    found = await asked(client, {"goal": "Order Completed", "unit": "session", "least_count": 1})
    assert (found["units"], found["converted"]["numerator"]) == (4, 2)
    help_read = next(one for one in found["items"] if one["event"] == "Help Read")
    assert (help_read["converted"]["numerator"], help_read["not_converted"]["numerator"]) == (1, 1)
    assert found["definition"]["timeout_seconds"] == 1800


async def test_events_that_few_have_are_left_out_and_counted(client: Client) -> None:
    await a_few(client)
    found = await asked(client, {"goal": "Order Completed"})
    assert (found["items"], found["too_few"]) == ([], 2)
    assert found["definition"]["least_count"] == 30
    found = await asked(client, {"goal": "Order Completed", "least_count": 1, "limit": 1})
    assert (len(found["items"]), found["more"]) == (1, 1)


async def test_of_nothing_there_are_no_units(client: Client) -> None:
    found = await asked(client, {"goal": "a"})
    assert (found["units"], found["items"]) == (0, [])
    assert found["converted"]["reason"]


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    answer = await client.post(PATH, json={"unit": "visit", "least_count": 0, "limit": 10_000})
    assert answer.status_code == 422
    assert pointers(answer) == {"/goal", "/unit", "/least_count", "/limit"}


QUERY = """query($input: CorrelatesQueryInput!) { correlates(input: $input) { units caution
  items { event oddsRatio low high converted { numerator } notConverted { numerator } } } }"""


async def test_graphql_answers_the_same(client: Client) -> None:
    await a_few(client)
    sent = {"goal": "Order Completed", "leastCount": 1}
    answer = await client.post("/graphql", json={"query": QUERY, "variables": {"input": sent}})
    told = answer.json()["data"]["correlates"]
    found = await asked(client, {"goal": "Order Completed", "least_count": 1})
    assert told["units"] == found["units"] == 3
    assert [(one["event"], one["oddsRatio"]) for one in told["items"]] == [
        (one["event"], one["odds_ratio"]) for one in found["items"]
    ]
