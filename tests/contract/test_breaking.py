"""The comparer of contracts: it sees what would break callers, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.breaking import SAID_OF, breaks, graphql_breaks

Json = dict[str, Any]


_B: Json = {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}


def contract() -> Json:
    """A small document."""
    step: Json = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "kind": {"enum": ["a", "b"], "type": "string"},
            "inner": {"anyOf": [{"$ref": "#/components/schemas/Step"}, {"type": "null"}]},
            "list": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "mood": {"type": ["string", "null"], "enum": ["low", "high", None], "maxLength": 9},
            "day": {"type": "string", "format": "date", "default": "2026-05-01"},
            "free": {"type": "object"},
            "either": {"anyOf": [{"$ref": "#/components/schemas/A"}, _B]},
        },
        "required": ["name"],
    }
    json = {"application/json": {"schema": {"$ref": "#/components/schemas/Step"}}}
    post = {
        "operationId": "create_step",
        "security": [{"Key": []}, {"Link": []}],
        "parameters": [
            {"in": "query", "name": "q", "schema": {"type": "string"}},
            {"$ref": "#/components/parameters/Id"},
        ],
        "requestBody": {"required": True, "content": json},
        "responses": {
            "201": {"content": copy.deepcopy(json), "headers": {"ETag": {"required": True}}},
            "422": {"$ref": "#/components/responses/Bad"},
        },
    }
    identified = {"in": "header", "name": "X-Id", "schema": {"type": "string"}}
    return {
        "paths": {"/steps": {"post": post}},
        "components": {
            "schemas": {
                "Step": step,
                "A": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            },
            "parameters": {"Id": identified},
            "responses": {"Bad": {"content": {}}},
        },
    }


def step_of(document: Json) -> Json:
    found: Json = document["components"]["schemas"]["Step"]
    return found


def member_of(document: Json, name: str) -> Json:
    found: Json = step_of(document)["properties"][name]
    return found


def answer_of(document: Json) -> Json:
    found: Json = post_of(document)["responses"]["201"]
    return found


def post_of(document: Json) -> Json:
    found: Json = document["paths"]["/steps"]["post"]
    return found


SENT, SHOWN = "Step sent", "Step shown"
BREAKING: list[tuple[Callable[[Json], Any], set[str]]] = [
    (lambda d: d["paths"].clear(), {"POST /steps is gone"}),
    (lambda d: d["paths"]["/steps"].clear(), {"POST /steps is gone"}),
    (
        lambda d: post_of(d).update(operationId="make"),
        {"POST /steps is now called make"},
    ),
    (lambda d: post_of(d)["parameters"].pop(0), {"POST /steps query q is gone"}),
    (lambda d: post_of(d)["parameters"].pop(1), {"POST /steps header X-Id is gone"}),
    (
        lambda d: d["components"]["parameters"]["Id"].update(required=True),
        {"POST /steps header X-Id is required"},
    ),
    (
        lambda d: post_of(d)["parameters"][0].update(schema={"type": "integer"}),
        {"POST /steps query q takes no string"},
    ),
    (
        lambda d: post_of(d)["requestBody"]["content"].clear(),
        {"POST /steps takes no application/json"},
    ),
    (lambda d: answer_of(d)["content"].clear(), {"POST /steps 201 shows no application/json"}),
    (lambda d: post_of(d)["responses"].pop("201"), {"POST /steps answers no 201"}),
    (
        lambda d: post_of(d)["responses"]["201"]["headers"].clear(),
        {"POST /steps 201 has no header ETag"},
    ),
    (
        lambda d: step_of(d)["properties"].pop("kind"),
        {f"{SENT}/kind is gone", f"{SHOWN}/kind is gone"},
    ),
    (lambda d: step_of(d)["required"].append("kind"), {f"{SENT}/kind is required"}),
    (lambda d: step_of(d)["required"].clear(), {f"{SHOWN}/name may be absent"}),
    (
        lambda d: step_of(d)["properties"]["name"].update(maxLength=9),
        {f"{SENT}/name has a lower maxLength"},
    ),
    (
        lambda d: step_of(d)["properties"]["name"].update(minLength=1),
        {f"{SENT}/name has a higher minLength"},
    ),
    (
        lambda d: step_of(d)["properties"]["name"].update(pattern="x"),
        {f"{SENT}/name has another pattern"},
    ),
    (
        lambda d: step_of(d)["properties"]["kind"].update(enum=["a"]),
        {f"{SENT}/kind allows fewer values"},
    ),
    (
        lambda d: step_of(d)["properties"]["name"].update(type=["string", "null"]),
        {f"{SHOWN}/name may be null"},
    ),
    (
        lambda d: step_of(d)["properties"]["inner"]["anyOf"].pop(),
        {f"{SENT}/inner takes no null"},
    ),
    (
        lambda d: step_of(d)["properties"]["list"]["items"].update(minimum=1),
        {f"{SENT}/list/* has a higher minimum"},
    ),
    (
        lambda d: member_of(d, "mood").update(enum=["low", None]),
        {f"{SENT}/mood allows fewer values"},
    ),
    (
        lambda d: member_of(d, "mood").update(type="string", enum=["low", "high"]),
        {f"{SENT}/mood takes no null"},
    ),
    (
        lambda d: member_of(d, "mood").update(maxLength=5),
        {f"{SENT}/mood has a lower maxLength"},
    ),
    (
        lambda d: member_of(d, "name").update(type="integer"),
        {
            *(f"{SENT}/name takes no string", f"{SHOWN}/name may be integer"),
        },
    ),
    (
        lambda d: member_of(d, "list")["items"].update(type="number"),
        {f"{SHOWN}/list/* may be number"},
    ),
    (
        lambda d: member_of(d, "day").update(format="date-time"),
        {f"{SENT}/day has another format", f"{SHOWN}/day has another format"},
    ),
    (
        lambda d: member_of(d, "day").update(default="2027-01-01"),
        {f"{SENT}/day has another default"},
    ),
    (
        lambda d: member_of(d, "free").update(additionalProperties=False),
        {f"{SENT}/free takes no further members"},
    ),
    (
        lambda d: member_of(d, "free").update(additionalProperties={"type": "string"}),
        {f"{SENT}/free/* takes no {kind}" for kind in sorted({*SAID_OF} - {"string"})},
    ),
    (
        lambda d: member_of(d, "either")["anyOf"].pop(),
        {f"{SENT}/either/b is gone", f"{SENT}/either/a is required"},
    ),
    (
        lambda d: member_of(d, "either")["anyOf"].append({"type": "object", "required": ["c"]}),
        {"A shown/a is gone"},
    ),
    (
        lambda d: answer_of(d)["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/A"}
        ),
        {f"{SHOWN}/{name} is gone" for name in step_of(contract())["properties"]},
    ),
    (lambda d: post_of(d)["security"].pop(), {"POST /steps is no longer opened by Link"}),
    (
        lambda d: answer_of(d)["headers"]["ETag"].clear(),
        {"POST /steps 201 may lack the header ETag"},
    ),
]
HARMLESS: list[Callable[[Json], Any]] = [
    len,
    lambda d: d["paths"].update({"/more": {}}),
    lambda d: step_of(d)["properties"].update(more={"type": "string"}),
    lambda d: step_of(d)["properties"]["name"].update(maxLength=11),
    lambda d: step_of(d)["properties"]["kind"].update(enum=["a", "b", "c"]),
    lambda d: post_of(d)["parameters"].append({"in": "query", "name": "x", "schema": {}}),
    lambda d: post_of(d)["responses"].update({"202": {}}),
    lambda d: post_of(d)["responses"].pop("422"),
    lambda d: post_of(d).update(summary="Other words"),
    lambda d: post_of(d)["security"].append({"Token": []}),
    lambda d: answer_of(d)["headers"].update({"X-More": {}}),
    lambda d: d["paths"]["/steps"].update(get={"operationId": "list_step"}),
    lambda d: member_of(d, "mood").update(enum=["low", "middle", "high", None]),
    # The same said otherwise.
    lambda d: step_of(d)["properties"].update(
        mood={"anyOf": [{"enum": ["low", "high"], "type": "string"}, {"type": "null"}]}
    ),
    lambda d: member_of(d, "either")["anyOf"].reverse(),
]


@pytest.mark.parametrize(("change", "expected"), BREAKING)
def test_what_breaks_callers_is_seen(change: Callable[[Json], Any], expected: set[str]) -> None:
    new = copy.deepcopy(contract())
    change(new)
    assert set(breaks(contract(), new)) == expected


@pytest.mark.parametrize("change", HARMLESS)
def test_what_callers_do_not_notice_is_let_through(change: Callable[[Json], Any]) -> None:
    new = contract()
    change(new)
    assert breaks(contract(), new) == []


SCHEMA = """
type Query { step(id: ID!, first: Int = 50, mood: Mood): Step! steps(filter: Filter): [Step!] }
type Step implements Named { name: String! rating: Float mean: Float mood: Mood! }
interface Named { name: String! }
input Filter { name: String mood: Mood! }
enum Mood { LOW HIGH }
"""
GRAPHQL_BREAKING = [
    (
        " rating: Float",
        "",
        "Field Step.rating was removed.",
    ),
    (
        "rating: Float",
        "rating: Int",
        "Field Step.rating changed type from Float to Int.",
    ),
    ("): Step!", "): Step", "Field Query.step changed type from Step! to Step."),
    ("LOW HIGH", "LOW", "Enum value Mood.HIGH was removed."),
    (
        "mood: Mood):",
        "mood: Mood!):",
        "Argument Query.step(mood:) has changed type from Mood to Mood!.",
    ),
    ("mood: Mood)", "mood: Mood, q: ID!)", "A required argument Query.step(q:) was added."),
    (", mood: Mood)", ")", "Argument Query.step(mood:) was removed."),
    ("= 50", "= 20", "Query.step(first:) has changed defaultValue from 50 to 20."),
    (
        "{ name: String mood",
        "{ name: String! mood",
        "Field Filter.name changed type from String to String!.",
    ),
    (
        "mood: Mood! }\nenum",
        "mood: Mood! more: ID! }\nenum",
        "A required field Filter.more was added.",
    ),
    (" implements Named", "", "Step no longer implements interface Named."),
]
GRAPHQL_HARMLESS = [
    ("rating: Float", "rating: Float!"),
    ("rating: Float", "rating: Float more: ID"),
    ("LOW HIGH", "LOW MIDDLE HIGH"),
    ("mood: Mood)", "mood: Mood, q: ID)"),
    ("enum Mood", "input More { a: ID }\nenum Mood"),
    ("input Filter { name", "input Filter { more: ID name"),
    ("type Step", '"""Other words."""\ntype Step'),
]


@pytest.mark.parametrize(("old", "new", "expected"), GRAPHQL_BREAKING)
def test_what_breaks_graphql_callers_is_seen(old: str, new: str, expected: str) -> None:
    assert SCHEMA.count(old) == 1
    (found,) = graphql_breaks(SCHEMA, SCHEMA.replace(old, new))
    assert found == expected


@pytest.mark.parametrize(("old", "new"), GRAPHQL_HARMLESS)
def test_what_graphql_callers_do_not_notice_is_let_through(old: str, new: str) -> None:
    assert SCHEMA.count(old) == 1
    assert graphql_breaks(SCHEMA, SCHEMA.replace(old, new)) == []
