"""GraphQL refusals: the codes and pointers of REST, and nothing of what went wrong inside."""

import json

import pytest
from graphql import GraphQLError

from service.api.graphql.failures import formatted
from service.domain.ids import new_id
from tests.faces.asking import answered, asked, camel, create, refused, told, wrote
from tests.make import Client, journey

NOWHERE = str(new_id())


async def test_a_refused_change_tells_what_rest_tells(client: Client) -> None:
    profile = await client.made("/v1/profiles", {"name": "P"})
    await client.made("/v1/personas", {"name": "A", "profile_id": profile["id"]})
    at = f"/v1/profiles/{profile['id']}"
    update = """mutation ($id: ID!, $patch: ProfilePatch!, $v: Int) {
      updateProfile(id: $id, patch: $patch, ifVersion: $v) { userErrors { code pointer } } }"""
    delete = """mutation ($id: ID!, $v: Int) { deleteProfile(id: $id, ifVersion: $v) {
      deletedId userErrors { code pointer users { kind id name } } } }"""
    stale = {"If-Match": '"7"'}
    pairs = [
        (await client.patch(at, json={"name": None}), update, {"patch": {"name": None}}),
        (
            await client.patch(at, json={"parent_id": profile["id"]}),
            update,
            {"patch": {"parentId": profile["id"]}},
        ),
        (
            await client.patch(at, json={"name": "Q"}, headers=stale),
            update,
            {"patch": {"name": "Q"}, "v": 7},
        ),
        (
            await client.patch(f"/v1/profiles/{NOWHERE}", json={"name": "Q"}),
            update,
            {"patch": {"name": "Q"}, "id": NOWHERE},
        ),
        (await client.delete(at), delete, {}),
        (await client.delete(f"/v1/profiles/{NOWHERE}"), delete, {"id": NOWHERE}),
    ]
    for answer, mutation, variables in pairs:
        errors = await refused(client, mutation, **{"id": profile["id"], **variables})
        assert {(e["code"], e["pointer"]) for e in errors} == told(answer.json())
        assert [e.get("users") for e in errors if e.get("users")] == [
            users for users in [answer.json().get("users")] if users
        ]


async def test_a_name_that_is_taken_is_refused_as_in_rest(client: Client) -> None:
    taken = {"title": "M", "external_ids": [{"source": "crm", "id": "1"}]}
    await client.made("/v1/journeys", taken)
    answer = await client.post("/v1/journeys", json=taken)
    errors = await refused(client, create("Journey"), input=camel(taken))
    assert {(e["code"], e["pointer"]) for e in errors} == told(answer.json())
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "bad", ["", "nonsense", "Sm91cm5leTo=", "\x00", "Z" * 5000, "客户", "UGVyc29uYTo" + "x" * 40]
)
async def test_a_bad_id_is_an_error_of_its_own_kind(client: Client, bad: str) -> None:
    read = await answered(
        client,
        "query ($x: ID!) { journey(id: $x) { id } node(id: $x) { id } nodes(ids: [$x]) { id } }",
        x=bad,
    )
    pointers = [e["extensions"]["errors"] for e in read["errors"]]
    assert {e["extensions"]["code"] for e in read["errors"]} == {"INVALID"}
    assert {(p["code"], p["pointer"]) for (p,) in pointers} == {
        ("bad_id", "/id"),
        ("bad_id", "/ids/0"),
    }
    mutation = """mutation ($id: ID!) {
      deleteJourney(id: $id) { userErrors { code pointer message } } }"""
    assert [(e["code"], e["pointer"]) for e in await refused(client, mutation, id=bad)] == [
        ("bad_id", "/id")
    ]


async def test_the_id_of_another_kind_is_told_apart(client: Client) -> None:
    profile = await wrote(
        client,
        'mutation { createProfile(input: {name: "P"}) { profile { id } userErrors { code } } }',
    )
    query = "query ($id: ID!) { journey(id: $id) { id } }"
    found = await answered(client, query, id=profile["profile"]["id"])
    (problem,) = found["errors"][0]["extensions"]["errors"]
    assert problem["detail"] == "is not the id of a Journey"


async def test_what_does_not_fit_the_schema_is_said_plainly(client: Client) -> None:
    found = await answered(client, "{ journeys { nodes { colour } } }")
    (error,) = found["errors"]
    assert "data" not in found
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["message"] == "Cannot query field 'colour' on type 'Journey'."
    assert error["locations"] == [{"line": 1, "column": 22}]
    found = await answered(client, "{ journeys {")
    assert found["errors"][0]["message"].startswith("Syntax Error")


async def test_what_no_text_can_hold_is_refused(client: Client) -> None:
    query = "query ($q: String) { profiles(q: $q) { totalCount } }"
    found = await answered(client, query, q="\x00")
    assert found["errors"][0]["extensions"]["errors"][0]["pointer"] == "/q"
    literal = await answered(client, r'{ profiles(q: "\uD800") { totalCount } }')
    assert literal["errors"][0]["message"].startswith("Syntax Error")


async def test_a_number_that_is_none_is_refused(client: Client) -> None:
    for number in ("NaN", "Infinity", "1e400"):
        body = json.dumps({"query": create("Profile"), "variables": {"input": {"name": "P"}}})
        raw = body.replace('"P"', f'"P", "attributes": {{"x": {number}}}')
        headers = {"Content-Type": "application/json"}
        found = (await client.post("/graphql", content=raw, headers=headers)).json()
        (error,) = found["data"]["createProfile"]["userErrors"]
        assert (error["code"], error["pointer"]) == ("number_not_finite", "/attributes/x")


async def test_every_member_of_a_list_query_is_named(client: Client) -> None:
    found = await answered(client, '{ journeys(first: 0, status: "") { totalCount } }')
    problems = found["errors"][0]["extensions"]["errors"]
    assert {p["pointer"] for p in problems} == {"/first", "/status"}


def test_our_own_fault_is_masked() -> None:
    fault = GraphQLError("boom", original_error=ValueError("row of another: secret"))
    (shown,) = formatted([fault], "r-1")
    assert shown["message"] == "Something went wrong on our side."
    assert shown["extensions"] == {"code": "INTERNAL", "requestId": "r-1"}
    assert "secret" not in str(shown)


async def test_a_refused_write_leaves_nothing(client: Client) -> None:
    body = journey(2, 2, persona_ids=[NOWHERE])
    await refused(client, create("Journey"), input=camel(body))
    assert await asked(client, "{ journeys { totalCount } }") == {"journeys": {"totalCount": 0}}
