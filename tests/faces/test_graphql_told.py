"""What GraphQL tells of itself: an operation's cost when asked, and its schema unless closed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import get_introspection_query

from service.api.graphql.costs import COSTLIEST
from service.domain.work import Caller
from service.main import create_app
from service.settings import Settings
from tests.faces.asking import answered, asked
from tests.make import Client, journey

PAGES = "query ($first: Int) { journeys(first: $first) { nodes { title stages { name } } } }"


async def told(client: Client, query: str, extensions: Any, **variables: Any) -> dict[str, Any]:
    body = {"query": query, "variables": variables, "extensions": extensions}
    found: dict[str, Any] = (await client.post("/graphql", json=body)).json()
    return found


async def test_what_an_operation_may_cost_is_told_on_request(client: Client) -> None:
    costs = []
    for first in (2, 20, 20):
        found = await told(client, PAGES, {"cost": True}, first=first)
        assert found["data"] == {"journeys": {"nodes": []}}
        assert found["extensions"]["cost"].pop("most") == COSTLIEST
        costs.append(found["extensions"]["cost"]["counted"])
    assert costs[0] < costs[1] == costs[2]
    for extensions in (None, {}, {"cost": False}, {"cost": "yes"}, {"tracing": True}):
        assert "extensions" not in await told(client, PAGES, extensions, first=2)


async def test_a_write_and_what_is_computed_tell_their_cost_too(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    query = "query ($id: ID!) { journey(id: $id) { emotionCurve { mean } } }"
    curve = await told(client, query, {"cost": True}, id=made["id"])
    write = 'mutation { createProfile(input: {name: "P"}) { profile { id } } }'
    wrote = await told(client, write, {"cost": True})
    assert wrote["data"]["createProfile"]["profile"]
    assert wrote["extensions"]["cost"]["counted"] > curve["extensions"]["cost"]["counted"] > 2


async def test_too_much_is_refused_with_what_it_would_cost(client: Client) -> None:
    query = "{ journeys(first: 200) { nodes { stages { steps { action thoughts feelings } } } } }"
    (error,) = (await answered(client, query))["errors"]
    assert error["extensions"]["cost"] > error["extensions"]["most"] == COSTLIEST


@pytest.fixture
async def closed(settings: Settings, workspace: Caller) -> AsyncIterator[Client]:
    """A service that does not tell its schema."""
    made = create_app(replace(settings, introspection=False))
    async with (
        made.router.lifespan_context(made),
        Client.entering(made, workspace.request_id) as client,
    ):
        yield client


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        '{ __type(name: "Journey") { name } }',
        "{ workspace { name } ...F } fragment F on Query { a: __schema { types { name } } }",
        "{ workspace { name } ... @include(if: false) { __schema { types { name } } } }",
    ],
    ids=["all", "type", "fragment", "not now"],
)
async def test_a_closed_schema_is_not_told(client: Client, closed: Client, query: str) -> None:
    (error,) = (await answered(closed, query))["errors"]
    assert error["extensions"]["code"] == "INTROSPECTION_CLOSED"
    # The document is kept; who may run it is asked each time.
    assert "errors" not in await answered(client, query)
    assert "data" not in await answered(closed, query)


async def test_a_closed_schema_is_not_told_by_errors_nor_as_a_file(closed: Client) -> None:
    (error,) = (await answered(closed, "{ journey(id: 3) { titel } }"))["errors"]
    assert error["message"] == "Cannot query field 'titel' on type 'Journey'."
    query = "query ($input: JourneyInput!) { __typename journeys(status: 3) { __typename } }"
    write = "mutation ($input: PersonaInput!) { createPersona(input: $input) { __typename } }"
    for document in (query, write):
        variables = {"input": {"titel": "x", "nam": "x", "role": "usr"}}
        assert "Did you mean" not in str(await answered(closed, document, **variables))
    answer = await closed.get("/graphql/schema.graphql")
    assert (answer.status_code, answer.json()["code"]) == (403, "introspection_closed")
    assert (await asked(closed, "{ __typename workspace { __typename } }"))["__typename"] == "Query"


async def test_an_open_schema_helps_who_misspells(client: Client) -> None:
    (error,) = (await answered(client, "{ journey(id: 3) { titel } }"))["errors"]
    assert "Did you mean 'title'" in error["message"]
