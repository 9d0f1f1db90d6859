"""Computed fields below rows that plans answer: by statements whose number no map raises."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from service.domain.work import Caller
from tests.faces.asking import answered, asked
from tests.faces.generated import Asked
from tests.faces.test_graphql_planned import Both
from tests.make import Client, journey

COMPUTED = """emotionCurve { points { stepId rating } m: mean }
  gaps(first: 3) { totalCount nodes { id severity } } strengths { kind }
  kpis { kpi value { value } } staleness { __typename }"""


@pytest.fixture
async def maps(client: Client) -> list[str]:
    """Two maps, the second behind the first."""
    last = await client.made("/v1/journeys", journey(2, 2, title='The "last" \\ 客户'))
    body = journey(2, 3, title="The first", next_journey_ids=[last["id"]])
    return [(await client.made("/v1/journeys", body))["id"], last["id"]]


@pytest.mark.parametrize(
    "query",
    [
        f"{{ journeys(first: 3) {{ nodes {{ {COMPUTED} nextJourneys {{ {COMPUTED} }} }} }} }}",
        f"{{ a: journeys {{ edges {{ node {{ ...F }} }} }} b: journeys {{ nodes {{ ...F }} }} }}"
        f" fragment F on Journey {{ {COMPUTED} id again: strengths {{ __typename }} }}",
        "{ journeys { nodes { gaps(first: 0) { totalCount } title } } }",
        '{ journeys(first: 3) { nodes { nextJourneys { strengths(revision: "no") { kind } } } } }',
        '{ journeys { nodes { x: kpis(filter: "nothing") { kpi } y: kpis { kpi } } } }',
    ],
    ids=["nested", "twice", "refused", "refused within", "one of two refused"],
)
@pytest.mark.usefixtures("maps")
async def test_computed_fields_are_those_without_a_plan(
    app: FastAPI, workspace: Caller, query: str
) -> None:
    ours, theirs, planned = await Both(app).answers(workspace, Asked(query, {}, None))
    assert planned
    assert ours == theirs


async def test_what_is_wrong_with_one_is_told_where_it_stands(
    client: Client, maps: list[str]
) -> None:
    query = '{ journeys { nodes { uuid nextJourneys { s: strengths(revision: "no") { kind } } } } }'
    found = await answered(client, query)
    (error,) = found["errors"]
    which = [one["uuid"] for one in found["data"]["journeys"]["nodes"]].index(maps[0])
    assert error["path"] == ["journeys", "nodes", which, "nextJourneys", 0, "s"]
    assert found["data"]["journeys"]["nodes"][which]["nextJourneys"] == [{"s": None}]


async def test_a_text_that_looks_like_a_note_is_a_text(client: Client, maps: list[str]) -> None:
    from service.api.graphql import noted

    title = f"{noted.MARK[:-1]}0 {json.dumps({'id': maps[0]})}"
    await client.made("/v1/journeys", journey(1, 1, title=title))
    found = await asked(client, "{ journeys { nodes { title strengths { kind } } } }")
    assert title in [one["title"] for one in found["journeys"]["nodes"]]


@pytest.mark.usefixtures("maps")
async def test_computed_fields_of_many_maps_take_as_many_statements(client: Client) -> None:
    query = f"{{ journeys(first: 20) {{ nodes {{ title stages {{ name }} {COMPUTED} }} }} }}"

    async def statements() -> tuple[int, Any]:
        before = await client.statements()
        found = await asked(client, query)
        return await client.statements() - before, len(found["journeys"]["nodes"])

    await statements()
    few, _ = await statements()
    for n in range(9):
        await client.made("/v1/journeys", journey(2, 2, title=f"Map {n}"))
    assert await statements() == (few, 11)
