"""Answers that are kept are never stale, and cost one question for versions.

`WAYPOST_OPERATIONS` says how many writes are made up for the first, `WAYPOST_SEED` which.
"""

import asyncio
import json
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from graphql import GraphQLField, get_named_type
from sqlalchemy import select

from service.api.graphql import hot
from service.api.graphql.nodes import KINDS
from service.domain.shapes import document
from service.domain.statements import Statement
from service.domain.tables import of_catalogue
from service.main import create_app
from service.settings import Settings
from tests.faces.asking import a_map
from tests.faces.changing import SCOPES, Changing
from tests.faces.generated import Asked, Generator, is_noted
from tests.make import Client, journey

WRITES = int(os.environ.get("WAYPOST_OPERATIONS", "60"))
SEED = int(os.environ.get("WAYPOST_SEED", "1"))
EACH = "id version createdAt externalIds { source id }"
BELOW = (
    f"""{EACH} title tags personaIds transitions {{ from to kind condition version }}
    personas {{ {EACH} name goals avatarUrl profile {{ {EACH} name market }}
      content(first: 2) {{ totalCount nodes {{ title }} }} }}""",
    f"""stages {{ version key name goals steps {{ version key action actors channel
      stage {{ name }} emotions {{ rating persona {{ name }} }}
      touchpoints {{ key use touchpoint {{ {EACH} key name channel }} }} }} }}""",
    f"""content(first: 20) {{ totalCount pageInfo {{ hasNextPage endCursor }}
      nodes {{ {EACH} title audience {{ profiles {{ name }} personas {{ name }} }}
        touchpoints {{ name key }} answers {{ journeyId stepKey }} }} }}""",
    """stages { steps { touchpoints { touchpoint { content(first: 2) { nodes { title } } } } } }""",
)
"""All there is below a map that is kept."""
OF_MAPS = frozenset(
    {
        *("journeys", "stages", "steps", "transitions", "journey_personas", "next_journeys"),
        *("step_emotions", "step_touchpoints"),
        "external_ids",  # written with the row that they are of
    }
)
"""Tables whose rows raise the version of the map that they are of."""
SHOWN = [hot.ABOUT, *sorted(hot.WITHIN, key=lambda one: one.kind)]
QUERY = """query Map($id: ID!) { journey(id: $id) { title personas { name avatarUrl }
  stages { name steps { action channel touchpoints { key touchpoint { name } } } } } }"""
NUMBERED = """query ($id: ID!) { journey(id: $id) { title
  stages { steps { touchpoints { touchpoint { name } } } } } }"""
Clients = Sequence[Client]


@pytest.fixture
async def ways(settings: Settings, key: str) -> AsyncIterator[Clients]:
    """Into the test's workspace: by two services that keep answers, and by one that keeps none."""
    at_once = replace(settings, key_cache_seconds=0)
    async with AsyncExitStack() as stack:
        clients = []
        for one in (at_once, at_once, replace(at_once, hot_documents=0)):  # each a service
            app = create_app(one)
            await stack.enter_async_context(app.router.lifespan_context(app))
            entering = Client.entering(app, json.dumps({"key": key}))
            clients.append(await stack.enter_async_context(entering))
        yield clients


@dataclass
class AboutMaps(Generator):
    """Makes up operations about one map, whose answers are kept, mostly."""

    def _may(self, one: GraphQLField, depth: int) -> bool:
        if not super()._may(one, depth):
            return False
        kind = KINDS.get(get_named_type(one.type).name.removesuffix("Connection"))
        beyond = is_noted(one) or (kind is not None and kind not in hot.WITHIN)
        return not beyond or self._is(0.02)


async def test_what_is_kept_is_never_stale(
    ways: Clients, record_property: Callable[[str, object], None]
) -> None:
    random = Random(SEED)
    body = {"name": "Reader", "scopes": SCOPES[0]}
    reader = await ways[0].made("/v1/api-keys", body)
    keys = [ways[0].headers["authorization"], f"Bearer {reader['key']}"]
    changing = Changing(random, ways, reader["id"])
    await changing.furnish()
    generator = AboutMaps(random, changing.ids)
    known = [generator.operation(["journey"]) for _ in range(12)]
    seen = Counter[str]()
    for number in range(WRITES):  # one after another: what is read then is compared
        known[random.randrange(len(known))] = generator.operation(["journey"])
        name = await changing.change()
        for _ in range(2):  # the second time some are as they were
            asked = random.choices(known, k=2) + [
                Asked(f"query ($id: ID!) {{ journey(id: $id) {{ {below} }} }}", {"id": one}, None)
                for one in changing.ids["Journey"][-2:]
                for below in random.sample(BELOW, 2)
            ]
            seen += await compared(ways, asked, random.choice(keys), f"{number}: {name}")
    record_property("counted", f"{WRITES} writes, {dict(seen)}")
    assert seen["kept"] > 2 * WRITES


async def compared(ways: Clients, asked: Sequence[Asked], key: str, said: str) -> Counter[str]:
    """Each is asked of all services at once, twice of those that keep answers."""
    before = await kept(ways[0])
    for one in asked:
        body = {"query": one.query, "variables": one.variables}
        if one.operation_name:
            body["operationName"] = one.operation_name
        sending = [
            way.post("/graphql", json=body, headers={"Authorization": key})
            for way in (*ways, *ways[:2])
        ]
        found = [told(answer.json()) for answer in await asyncio.gather(*sending)]
        assert all(each == found[2] for each in found), f"{said}: {found} of {one}"
    return Counter(asked=len(asked), kept=await kept(ways[0]) - before)


def told(answer: Any) -> Any:
    for error in answer.get("errors", ()):
        del error["extensions"]["requestId"]
    return answer


async def kept(client: Client) -> int:
    """How often an answer was given that had been kept."""
    text = (await client.get("/metrics?name[]=waypost_hot_documents_total")).text
    found = re.search(r'total\{outcome="kept"\} ([\d.e+]+)', text)
    return round(float(found[1])) if found else 0


async def test_what_was_written_before_a_request_is_in_its_answer(ways: Clients) -> None:
    """However many read meanwhile, through either service, and share a question for versions."""
    touchpoint = await ways[0].made("/v1/touchpoints", {"name": "0"})
    body = journey(1, 1, title="0")
    body["stages"][0]["steps"][0]["touchpoints"] = [{"touchpoint_id": touchpoint["id"]}]
    one = await ways[0].made("/v1/journeys", body)
    asked = {"query": NUMBERED, "variables": {"id": one["id"]}}
    written = {"title": 0, "name": 0}
    rows = {"title": f"/v1/journeys/{one['id']}", "name": f"/v1/touchpoints/{touchpoint['id']}"}

    async def write(member: str) -> None:
        for number in range(1, 26):  # one after another
            answer = await ways[number % 2].patch(rows[member], json={member: str(number)})
            assert answer.status_code == 200, answer.text
            written[member] = number

    async def read(way: Client) -> None:
        while min(written.values()) < 25:  # one after another
            least = dict(written)
            found = (await way.post("/graphql", json=asked)).json()["data"]["journey"]
            (met,) = found["stages"][0]["steps"][0]["touchpoints"]
            assert int(found["title"]) >= least["title"]
            assert int(met["touchpoint"]["name"]) >= least["name"]

    readers = [read(way) for way in ways[:2] for _ in range(4)]
    await asyncio.gather(write("title"), write("name"), *readers)


async def test_the_third_time_only_versions_are_asked_for(client: Client) -> None:
    one, other = await a_map(client), await a_map(client)
    costs = []
    for _ in range(4):
        before = await client.statements()
        answer = await client.post(
            "/graphql", json={"query": QUERY, "variables": {"id": one["id"]}}
        )
        assert answer.json()["data"]["journey"]["title"] == "Map"
        costs.append(await client.statements() - before)
    assert costs == [1, 2, 1, 1]
    before = await kept(client)
    bodies = [{"query": QUERY, "variables": {"id": each["id"]}} for each in (one, other) * 8]
    statements = await client.statements()
    answers = await asyncio.gather(*(client.post("/graphql", json=body) for body in bodies[::2]))
    assert len({answer.content for answer in answers}) == 1
    assert await kept(client) - before == 8
    # One runs, and all who come meanwhile share the next.
    assert await client.statements() - statements <= 3


@pytest.mark.parametrize(
    "query",
    [
        "query ($id: ID!) { journey(id: $id) { title emotionCurve { mean } } }",
        "query ($id: ID!) { journey(id: $id) { title asIs { title } } }",
        "query ($id: ID!) { journey(id: $id) { actions { totalCount } } }",
        "query ($id: ID!) { journey(id: $id) { stages { evidence { totalCount } } } }",
        "query ($id: ID!) { journey(id: $id) { title } journeys { totalCount } }",
        "query ($id: ID!) { stage(id: $id) { name } }",
        "query ($id: ID!) { journeys { nodes { title } } journey(id: $id) @skip(if: true) { id } }",
    ],
    ids=["computed", "other map", "plans", "findings", "list", "part", "skipped"],
)
async def test_what_versions_do_not_tell_of_is_not_kept(client: Client, query: str) -> None:
    one = await a_map(client)
    before = await kept(client)
    for _ in range(4):
        await client.post("/graphql", json={"query": query, "variables": {"id": one["id"]}})
    assert await kept(client) == before


async def test_keys_of_other_scopes_get_answers_of_their_own(client: Client) -> None:
    one = await a_map(client)
    body = {"query": QUERY, "variables": {"id": one["id"]}}
    for _ in range(3):
        assert (await client.post("/graphql", json=body)).json()["data"]["journey"]
    made = await client.made("/v1/api-keys", {"name": "k", "scopes": ["contacts:read"]})
    headers = {"Authorization": f"Bearer {made['key']}"}
    answer = (await client.post("/graphql", json=body, headers=headers)).json()
    assert answer["data"] == {"journey": None}
    assert answer["errors"][0]["extensions"]["problem"] == "scope_missing"


async def test_another_workspace_asks_in_vain(client: Client, stranger: Client) -> None:
    body = {"query": QUERY, "variables": {"id": (await a_map(client))["id"]}}
    for _ in range(3):
        assert (await client.post("/graphql", json=body)).json()["data"]["journey"]
        assert (await stranger.post("/graphql", json=body)).json() == {"data": {"journey": None}}


async def test_a_variable_of_another_type_is_another_question(client: Client) -> None:
    query = "query ($id: ID!, $s: Boolean = false) { journey(id: $id) { title @skip(if: $s) id } }"
    one = await a_map(client)
    found = []
    headers = {"Content-Type": "application/json"}
    for value in ("false", "true", "1", "NaN", "Infinity", '"null"', "7e999") * 3:
        body = json.dumps({"query": query, "variables": {"id": one["id"], "s": 7}})
        sent = body.replace("7}", f"{value}}}")
        found.append(told((await client.post("/graphql", content=sent, headers=headers)).json()))
    assert found[:7] == found[7:14] == found[14:]
    assert ["title" in each["data"]["journey"] for each in found[:2]] == [True, False]
    assert all("errors" in each for each in found[2:7])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_what_is_no_number_is_not_taken_for_nothing(client: Client, number: str) -> None:
    query = "query ($id: ID!, $n: Int) { journey(id: $id) { content(first: $n) { totalCount } } }"
    variables = {"id": (await a_map(client))["id"], "n": None}
    for _ in range(3):
        kept = await client.post("/graphql", json={"query": query, "variables": variables})
        assert kept.json() == {"data": {"journey": {"content": {"totalCount": 0}}}}
    sent = json.dumps({"query": query, "variables": variables}).replace("null", number)
    answer = await client.post(
        "/graphql", content=sent, headers={"Content-Type": "application/json"}
    )
    assert answer.json()["errors"]


@pytest.mark.parametrize("resource", SHOWN, ids=lambda one: one.kind)
def test_whatever_changes_what_is_kept_raises_a_version(resource: Any) -> None:
    """What its documents read, and what they are filled with."""
    row = resource.shape.source.alias("row")
    statement = Statement(select(document(resource.shape, resource.shape.whole, row)))
    read = set(re.findall(r"waypost\.(\w+)", statement.sql))
    assert {name for name in read if not of_catalogue(name)} <= OF_MAPS
    assert not {"now", "language"} & {*statement.names}
