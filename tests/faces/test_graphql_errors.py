"""GraphQL refusals: the codes and pointers of REST, and nothing of what went wrong inside."""

import json
from typing import Any

import pytest
from graphql import GraphQLError

from service.api.graphql.failures import formatted
from service.domain.ids import new_id
from tests.faces.asking import answered, asked, refused, wrote
from tests.make import Client, journey

JSON_MEMBERS = {"attributes", "demographics", "criteria", "exclusions", "binding", "goal"}
NOWHERE = str(new_id())


def camel(value: Any) -> Any:
    """A REST body as GraphQL takes it: a shorthand written out, names in camelCase."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, one in value.items():
        head, *tail = name.split("_")
        spelt = head + "".join(part.capitalize() for part in tail)
        found[spelt] = one if name in JSON_MEMBERS else camel(one)
    return found


def step(**members: Any) -> dict[str, Any]:
    """A map with one step."""
    return {"title": "Map", "stages": [{"name": "A", "steps": [{"action": "Go", **members}]}]}


def deep(levels: int) -> dict[str, Any]:
    """A condition as deep as that."""
    leaf: dict[str, Any] = {"field": "traits.age", "op": "gt", "value": 3}
    for _ in range(levels):
        leaf = {"not": leaf}
    return leaf


BAD = [
    ("Journey", {"title": " "}),
    ("Journey", {"title": "x" * 501, "locale": "not a locale", "tags": [""]}),
    ("Journey", {"title": "NUL \x00", "scenario": "\x00"}),
    ("Journey", step(emotion=0.3)),
    ("Journey", step(emotion=2.5, waited_seconds=-1)),
    ("Journey", step(touchpoints=[{"use": "can"}])),
    ("Journey", step(touchpoints=[{"key": "nowhere"}, {"touchpoint_id": NOWHERE}])),
    ("Journey", step(emotions=[{"persona_id": NOWHERE, "rating": 1}])),
    ("Journey", step(emotions=[{"persona_id": "no id", "rating": 7}])),
    ("Journey", step(journey_id=NOWHERE)),
    ("Journey", step(key="two words")),
    ("Journey", step(questions=[{"key": "a", "text": "x"}, {"key": "a", "text": ""}])),
    ("Journey", step(binding={"field": "x", "op": "like", "value": 1})),
    ("Journey", {"title": "M", "persona_ids": [NOWHERE, "nobody"]}),
    ("Journey", {"title": "M", "persona_ids": [NOWHERE], "as_is_id": NOWHERE}),
    ("Journey", {"title": "M", "goal": deep(9)}),
    ("Journey", {"title": "M", "value_per_conversion": {"amount": 1.23456, "currency": "euro"}}),
    ("Journey", {"title": "M", "transitions": [{"from": "a", "to": "b", "probability": 2}]}),
    ("Journey", {"title": "M", "transitions": [{"from": "a", "to": "b"}]}),
    ("Journey", {"title": "M", "external_ids": [{"source": "", "id": "x" * 201}]}),
    ("Profile", {"name": "P", "parent_id": NOWHERE}),
    ("Profile", {"name": "P", "criteria": deep(9), "exclusions": {"all": 3}}),
    ("Profile", {"name": "P", "attributes": {"age_range": {"min": 9, "max": 3}, "family": 4}}),
    ("Persona", {"name": "", "quote": "x" * 20_001}),
    ("Persona", {"name": "A", "profile_id": NOWHERE, "demographics": {"a": [[[[[1]]]]]}}),
    ("Touchpoint", {"name": "T", "key": "a b", "phase": "prospect"}),
    (
        "Touchpoint",
        {
            "name": "T",
            "activities": [
                {"name": "", "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
                {"name": "x", "starts_on": "May", "cost": {"amount": 1, "currency": "EUR"}},
                {"name": "x", "starts_on": "2026-05-02", "ends_on": "2026-05-01"},
            ],
        },
    ),
    ("ProfileAttribute", {"key": "Bad key", "label": "L", "type": "choice"}),
    ("ProfileAttribute", {"key": "religion", "label": "L", "type": "text"}),
]


def path_of(kind: str) -> str:
    return f"/v1/{kind.replace('eA', 'e-a').lower()}s"


def create(kind: str) -> str:
    return f"""mutation ($input: {kind}Input!) {{ create{kind}(input: $input) {{
      {kind[0].lower() + kind[1:]} {{ id }} userErrors {{ code pointer message }} }} }}"""


def told(problem: dict[str, Any]) -> set[tuple[str, str | None]]:
    """The codes and pointers of a problem document, as user errors have them."""
    return {(e["code"], e["pointer"]) for e in problem.get("errors", [])} or {
        (problem["code"], None)
    }


@pytest.mark.parametrize(("kind", "body"), BAD)
async def test_a_bad_input_is_refused_with_the_codes_and_pointers_of_rest(
    client: Client, kind: str, body: dict[str, Any]
) -> None:
    answer = await client.post(path_of(kind), json=body)
    assert 400 <= answer.status_code < 500
    errors = await refused(client, create(kind), input=camel(body))
    assert {(e["code"], e["pointer"]) for e in errors} == told(answer.json())
    assert all(e["message"] for e in errors)


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


@pytest.mark.parametrize("emotion", ["high", True, [1], {"a": 1}])
async def test_a_value_of_another_type_is_named_by_its_place(client: Client, emotion: Any) -> None:
    found = await answered(client, create("Journey"), input=step(emotion=emotion))
    (error,) = found["errors"]
    assert "data" not in found
    assert "at .stages[0].steps[0].emotion: " in error["message"]
    assert error["extensions"]["code"] == "BAD_REQUEST"


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
