"""Whoever reads figures, and not contacts, learns nothing about one person."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.make import Client, pointers
from tests.slices.bound import event, previewed, sent

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
