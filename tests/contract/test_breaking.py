"""The comparer of contracts: it sees what would break callers, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.breaking import breaks

Json = dict[str, Any]


def contract() -> Json:
    """A small document."""
    step: Json = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "kind": {"enum": ["a", "b"], "type": "string"},
            "inner": {"anyOf": [{"$ref": "#/components/schemas/Step"}, {"type": "null"}]},
            "list": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        },
        "required": ["name"],
    }
    json = {"application/json": {"schema": {"$ref": "#/components/schemas/Step"}}}
    post = {
        "operationId": "create_step",
        "parameters": [
            {"in": "query", "name": "q", "schema": {"type": "string"}},
            {"$ref": "#/components/parameters/Id"},
        ],
        "requestBody": {"required": True, "content": json},
        "responses": {
            "201": {"content": json, "headers": {"ETag": {}}},
            "422": {"$ref": "#/components/responses/Bad"},
        },
    }
    identified = {"in": "header", "name": "X-Id", "schema": {"type": "string"}}
    return {
        "paths": {"/steps": {"post": post}},
        "components": {
            "schemas": {"Step": step},
            "parameters": {"Id": identified},
            "responses": {"Bad": {"content": {}}},
        },
    }


def step_of(document: Json) -> Json:
    found: Json = document["components"]["schemas"]["Step"]
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
        {"POST /steps takes no application/json", "POST /steps 201 shows no application/json"},
    ),
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
