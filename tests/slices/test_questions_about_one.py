"""Whoever reads figures, and not contacts, learns nothing about one person."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.make import Client, pointers
from tests.slices.bound import bound, event, previewed, sent

PREVIEW = "/v1/bindings/preview"


@pytest.fixture
async def analyst(client: Client, app: FastAPI) -> AsyncIterator[Client]:
    """Who may read figures alone."""
    body = {"name": "Figures", "scopes": ["analytics:read"]}
    made = await client.made("/v1/api-keys", body)
    async with Client.entering(app, f'{{"key": "{made["key"]}"}}') as reader:
        yield reader


@pytest.mark.parametrize("field", ["user_id", "anonymous_id", "message_id"])
async def test_what_tells_people_apart_is_not_asked(
    client: Client, analyst: Client, field: str
) -> None:
    test = {"field": field, "op": "eq", "value": "ann"}
    binding: Any = {"all": [{"field": "event", "op": "eq", "value": "Call"}, {"not": test}]}
    answer = await analyst.post(PREVIEW, json={"binding": binding})
    assert answer.status_code == 422, answer.text
    assert pointers(answer) == {"/binding/all/1/not"}
    assert answer.json()["errors"][0]["code"] == "needs_contacts_read"
    assert (await client.post(PREVIEW, json={"binding": binding})).status_code == 200


async def test_figures_of_few_people_are_not_told(client: Client, analyst: Client) -> None:
    await sent(client, *(event(n, who=f"n{n}") for n in range(4)))
    few = await previewed(analyst, binding="Call Started")
    names = ("events", "contacts", "unknown_people", "first_at", "last_at", "not_taken")
    assert {few[name] for name in names} == {None}
    assert (few["by_event"], few["excluded"], few["examples"]) == ([], [], [])
    assert few["reason"] == "too_few"
    none = await previewed(analyst, binding="Never Seen")
    assert {**none, "definition": 0} == {**few, "definition": 0}
    all_of_them = await previewed(client, binding="Call Started")
    assert (all_of_them["contacts"], "reason" in all_of_them) == (4, False)
    await sent(client, event(5, who="n5"), event(6, "Mail Sent", who="n5"))
    many = await previewed(analyst, binding="Call Started")
    assert (many["events"], many["contacts"], many["not_taken"]) == (5, 5, 1)
    assert (many["unknown_people"], many.get("reason")) == (0, None)
    both = {"field": "event", "op": "in", "value": ["Call Started", "Mail Sent"]}
    told = (await previewed(analyst, binding=both))["by_event"]
    assert [one["event"] for one in told] == ["Call Started"]


async def test_what_bindings_of_a_map_take_of_few_people_is_not_told(
    client: Client, app: FastAPI
) -> None:
    body = {"name": "Figures", "scopes": ["analytics:read", "maps:read"]}
    made = await client.made("/v1/api-keys", body)
    one = {"field": "user_id", "op": "eq", "value": "n0"}
    naming = {"all": [{"field": "event", "op": "eq", "value": "Call Started"}, one]}
    map_of = bound("Call Started", "Mail Sent", None, None)
    map_of["stages"][0]["steps"].append({"action": "Ask one", "binding": naming})
    which = (await client.made("/v1/journeys", map_of))["id"]
    await sent(client, *(event(n, who=f"n{n}") for n in range(4)))
    await sent(client, event(0, "Coffee Drunk", who="n1"))
    path, names = f"/v1/journeys/{which}/bindings", ("events", "contacts", "first_at", "last_at")
    async with Client.entering(app, f'{{"key": "{made["key"]}"}}') as analyst:
        few = await analyst.got(path)
        for step, reason in zip(few["steps"], REASONS, strict=True):
            assert {step[name] for name in (*names, "unknown_people")} == {None}
            assert step["reason"] == reason
        assert [step["step_id"] for step in few["unobserved"]] == [
            few["steps"][n]["step_id"] for n in (0, 1, 4)
        ]
        assert few["unbound"] == few["excluded"] == []
        claimed = few["claimed"]
        assert (claimed["value"], claimed["numerator"], claimed["denominator"]) == (None, 0, 0)
        assert claimed["reason"] == "too_few"
        await sent(client, event(5, who="n5"))
        many = await analyst.got(path)
        told = [(step["events"], step["contacts"], step.get("reason")) for step in many["steps"]]
        assert told[0] == (5, 5, None)
        assert [one[2] for one in told[1:]] == REASONS[1:]
        assert (many["claimed"]["numerator"], many["claimed"]["denominator"]) == (5, 6)
        assert many["unbound"] == []
    whole = await client.got(path)
    assert [step["events"] for step in whole["steps"]] == [5, 0, None, None, 1]
    assert whole["unbound"] == [{"event": "Coffee Drunk", "count": 1, "contacts": 1}]


REASONS = ["too_few", "too_few", "not_bound", "not_bound", "needs_contacts_read"]
