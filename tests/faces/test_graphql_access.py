"""Who may enter GraphQL, and what a key opens there."""

import json
from dataclasses import replace

from service.main import create_app
from service.settings import Settings
from tests.faces.asking import CREATE, refused, wrote
from tests.make import Client


async def test_a_key_is_asked_for_its_scopes(client: Client) -> None:
    made = await wrote(
        client,
        """mutation { createApiKey(input: {name: "reader", scopes: ["maps:read"]}) {
          key apiKey { scopes hint } userErrors { code } } }""",
    )
    headers = {"Authorization": f"Bearer {made['key']}"}
    query = "{ journeys { totalCount } apiKeys { totalCount } workspaces { totalCount } }"
    found = (await client.post("/graphql", json={"query": query}, headers=headers)).json()
    assert found["data"] == {"journeys": {"totalCount": 0}, "apiKeys": None, "workspaces": None}
    assert {e["extensions"]["code"] for e in found["errors"]} == {"FORBIDDEN"}
    assert {e["extensions"]["problem"] for e in found["errors"]} == {"scope_missing"}
    body = {"query": CREATE, "variables": {"input": {"title": "M"}}}
    found = (await client.post("/graphql", json=body, headers=headers)).json()
    assert found["data"] == {"createJourney": None}
    assert found["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_key_wider_than_its_maker_is_refused_by_name(client: Client) -> None:
    query = """mutation ($s: [String!]!) { createApiKey(input: {name: "k", scopes: $s}) {
      key userErrors { code pointer } } }"""
    narrow = await wrote(client, query, s=["maps:read", "admin"])
    headers = {"Authorization": f"Bearer {narrow['key']}"}
    body = {"query": query, "variables": {"s": ["maps:read", "maps:write"]}}
    (error,) = (await client.post("/graphql", json=body, headers=headers)).json()["errors"]
    assert error["extensions"]["problem"] == "wider_than_caller"
    assert error["extensions"]["errors"][0]["pointer"] == "/scopes/1"
    unknown = await refused(client, query, s=["maps:read", "all"])
    assert [(e["code"], e["pointer"]) for e in unknown] == [("literal_error", "/scopes/1")]


async def test_nobody_enters_without_a_key(client: Client) -> None:
    answer = await client.post(
        "/graphql", json={"query": "{ __typename }"}, headers={"Authorization": "Bearer wp_no"}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]


async def test_a_database_that_is_away_is_said_to_be(client: Client, settings: Settings) -> None:
    away = create_app(replace(settings, database_url="postgresql://u:p@127.0.0.1:1/none"))
    async with away.router.lifespan_context(away):
        founded = json.dumps({"key": client.headers["authorization"].split()[1]})
        async with Client.entering(away, founded) as caller:
            answer = await caller.post("/graphql", json={"query": "{ __typename }"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
