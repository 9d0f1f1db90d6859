"""What all figures of paths have in common: both faces, who may ask what, who does not count."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.make import Client, pointers
from tests.measures.test_transitions import walk

Json = dict[str, Any]
ASKED: dict[str, Json] = {
    "transitions": {"collapse_repeats": True, "from": "2026-05-01T10:00:00Z"},
    "paths": {"start": "a", "end": "c", "scope": "contact"},
    "conformance": {"planned": ["a", "b", "c", "d"], "only_with": "c", "unit": "contact"},
    "retention": {"interval": "week", "intervals": 2, "return": "b", "mode": "on_or_after"},
}


FIELDS = {"transitions": "observedTransitions"}
"""What GraphQL calls figures whose name parts of maps have."""


def camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(one.capitalize() for one in more)


def selection(value: Any) -> str:
    """What a query selects that wants all of an answer."""
    if isinstance(value, list):
        # What one of them has not, another may have.
        members = [one for one in value if isinstance(one, dict)]
        return selection({name: part for one in members for name, part in one.items()} or None)
    if not isinstance(value, dict):
        return ""
    return "{" + " ".join(camel(name) + selection(one) for name, one in value.items()) + "}"


def renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [renamed(one) for one in value]
    if isinstance(value, dict):
        return {camel(name): renamed(one) for name, one in value.items()}
    return value


def wanted(value: Any, like: Any) -> Any:
    """A GraphQL answer with those members alone that REST has: what is null there is absent."""
    if isinstance(value, list):
        return [wanted(one, two) for one, two in zip(value, like, strict=True)]
    if isinstance(value, dict):
        return {name: wanted(one, like[name]) for name, one in value.items() if name in like}
    return value


@pytest.mark.parametrize("name", ASKED)
async def test_graphql_answers_as_rest_does(client: Client, name: str) -> None:
    await walk(client, "u", "a10:00 a10:01 b10:02 x10:03 c10:04")
    await walk(client, "v", "b10:00 a10:01 c11:04")
    await staff(client)
    answer = await client.post(f"/v1/{name}/query", json=ASKED[name])
    assert answer.status_code == 200, answer.text
    rest = answer.json()
    taken = f"$input: {name.capitalize()}QueryInput!"
    query = f"query({taken}) {{ {FIELDS.get(name, name)}(input: $input) {selection(rest)} }}"
    body = {"query": query, "variables": {"input": renamed(ASKED[name])}}
    answer = await client.post("/graphql", json=body)
    assert "errors" not in answer.json(), answer.text
    found = answer.json()["data"][FIELDS.get(name, name)]
    assert wanted(found, renamed(rest)) == wanted(renamed(rest), found)
    broken = {**renamed(ASKED[name]), "from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    answer = await client.post("/graphql", json={**body, "variables": {"input": broken}})
    assert answer.json()["errors"][0]["extensions"]["code"]


@pytest.fixture
async def analyst(client: Client, app: FastAPI) -> AsyncIterator[Client]:
    """A caller who may ask for figures and may not see people."""
    made = await client.made("/v1/api-keys", {"name": "figures", "scopes": ["analytics:read"]})
    async with Client.entering(app, f'{{"key": "{made["key"]}"}}') as reader:
        yield reader


@pytest.mark.parametrize(
    ("name", "member"),
    [
        *((name, "filter") for name in ASKED),
        *(("paths", "start"), ("paths", "end"), ("conformance", "only_with")),
        *(("retention", "start"), ("retention", "return")),
    ],
)
async def test_who_may_not_see_people_asks_of_declared_dimensions_alone(
    analyst: Client, name: str, member: str
) -> None:
    tests = [{"field": name, "op": "eq", "value": "u"} for name in ("event", "user_id")]
    telling = {"any": tests}
    answer = await analyst.post(f"/v1/{name}/query", json={**ASKED[name], member: telling})
    assert (answer.status_code, pointers(answer)) == (422, {f"/{member}/any/1"})
    assert answer.json()["errors"][0]["code"] == "needs_contacts_read"
    device = {"field": "device", "op": "eq", "value": "mobile"}
    answer = await analyst.post(f"/v1/{name}/query", json={**ASKED[name], member: device})
    assert answer.status_code == 200, answer.text


async def staff(client: Client) -> None:
    """Somebody who walks along to test."""
    await walk(client, "staff", "a10:00 c10:01")
    items = [{"source": "user_id", "value": "staff"}]
    (one,) = (await client.post("/v1/contacts/lookup", json={"items": items})).json()["items"]
    assert (await client.patch(f"/v1/contacts/{one['id']}", json={"test": True})).status_code == 200


@pytest.mark.parametrize("name", ASKED)
async def test_whoever_may_not_be_analysed_does_not_count_and_is_told(
    client: Client, name: str
) -> None:
    await walk(client, "u", "a10:00 b10:01 c10:02")
    before = (await client.post(f"/v1/{name}/query", json=ASKED[name])).json()
    assert before["excluded"] == []
    await staff(client)
    after = (await client.post(f"/v1/{name}/query", json=ASKED[name])).json()
    assert after == {**before, "excluded": [{"reason": "test_contact", "count": 2}]}


@pytest.mark.parametrize("name", ASKED)
async def test_a_key_needs_the_scope(client: Client, app: FastAPI, name: str) -> None:
    made = await client.made("/v1/api-keys", {"name": "maps", "scopes": ["maps:read"]})
    async with Client.entering(app, f'{{"key": "{made["key"]}"}}') as other:
        answer = await other.post(f"/v1/{name}/query", json=ASKED[name])
    assert (answer.status_code, "analytics:read" in answer.text) == (403, True)


@pytest.mark.parametrize("name", ASKED)
async def test_events_are_chosen_by_whose_they_are(client: Client, name: str) -> None:
    await walk(client, "u", "a10:00 b10:01 c10:02")
    await walk(client, "v", "a10:00 c10:01")
    whose = {"did": "b"}
    answer = await client.post(f"/v1/{name}/query", json={**ASKED[name], "filter": whose})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["definition"].pop("filter") == whose
    user = {"field": "user_id", "op": "eq", "value": "u"}
    same = (await client.post(f"/v1/{name}/query", json={**ASKED[name], "filter": user})).json()
    del same["definition"]["filter"]
    assert found == same
