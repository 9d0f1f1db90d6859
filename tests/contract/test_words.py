"""Everything in the contracts says what it is and shows what it may look like, in words that help.

A failure names what is silent: `operation: parameter`, `Schema/member`, `Type.field`.
"""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import jsonschema_rs
import pytest
from fastapi import FastAPI
from graphql import GraphQLEnumType, GraphQLSchema, build_schema
from pydantic import BaseModel, TypeAdapter

from service.api.graphql.schema import schema as graphql_schema
from service.api.rest.later import every
from service.api.route import Route

Json = dict[str, Any]
IDLE = {"the", "a", "an", "of", "its", "their", "this", "it", "is", "id", "in", "s"}
"""Words that add nothing to a name."""


@pytest.fixture(scope="session")
def document(app: FastAPI) -> Json:
    found: Json = app.openapi()
    return found


@pytest.fixture(scope="session")
def graph() -> GraphQLSchema:
    return build_schema(graphql_schema.as_str())


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield operation["operationId"], operation


def bodies(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every body that is sent or answered: where, its media type, and what is said of it."""
    for name, operation in operations(document):
        for media, body in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name}: body", media, body
        for status, answer in operation["responses"].items():
            for media, body in answer.get("content", {}).items():
                yield f"{name}: {status}", media, body
    for name, answer in document["components"]["responses"].items():
        for media, body in answer["content"].items():
            yield name, media, body


def told(name: str, description: str | None) -> bool:
    """Whether a description says more than the name does."""
    words = set(re.findall("[a-z]+", (description or "").lower())) - IDLE
    own = set(re.findall("[a-z]+", re.sub("([A-Z])", r" \1", name).lower()))
    return bool(words - own)


def members(document: Json) -> Iterator[tuple[str, str, Json]]:
    for name, schema in document["components"]["schemas"].items():
        for member, said in schema.get("properties", {}).items():
            yield name, member, said


def fits(document: Json, schema: Json, value: Any) -> bool:
    judged = {**schema, "components": {"schemas": named_in(document, schema)}}
    validator = jsonschema_rs.validator_for(judged, validate_formats=True)
    return bool(validator.is_valid(value))


def named_in(document: Json, schema: Json) -> Json:
    """The schemas that one refers to, at whatever distance."""
    found: Json = {}
    asked = [schema]
    while asked:
        for name in re.findall('"#/components/schemas/([^"]+)"', json.dumps(asked.pop())):
            if name not in found:
                found[name] = document["components"]["schemas"][name]
                asked.append(found[name])
    return found


def test_every_operation_is_explained(document: Json) -> None:
    silent = [
        name
        for name, operation in operations(document)
        if not (operation.get("summary") and told(name, operation.get("description")))
    ]
    assert not silent


def test_every_parameter_is_explained_with_an_example(document: Json) -> None:
    shared = document["components"]["parameters"].items()
    asked = [(name, "shared", parameter) for name, parameter in shared]
    asked += [
        (parameter["name"], name, parameter)
        for name, operation in operations(document)
        for parameter in operation["parameters"]
        if "$ref" not in parameter
    ]
    silent = [f"{at}: {name}" for name, at, one in asked if not told(name, one.get("description"))]
    bare = [f"{at}: {name}" for name, at, one in asked if "example" not in one]
    wrong = [
        f"{at}: {name}"
        for name, at, one in asked
        if "example" in one and not fits(document, one["schema"], one["example"])
    ]
    assert not silent
    assert not bare
    assert not wrong


def test_every_header_and_status_is_explained(document: Json) -> None:
    for name, header in document["components"]["headers"].items():
        assert told(name, header.get("description")), name
        assert fits(document, header["schema"], header["example"]), name
    silent = [
        f"{name}: {status}"
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        if "$ref" not in answer and answer["description"] in ("", "Successful Response")
    ]
    assert not silent


def test_every_member_is_explained_with_an_example(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert not [name for name, schema in schemas.items() if not schema.get("description")]
    silent = [f"{at}/{m}" for at, m, said in members(document) if not told(m, said["description"])]
    bare = [f"{at}/{m}" for at, m, said in members(document) if not said.get("examples")]
    wrong = [
        f"{at}/{member}: {value}"
        for at, member, said in members(document)
        for value in said.get("examples", ())
        if not fits(document, said, value)
    ]
    assert not silent
    assert not bare
    assert not wrong


def test_every_body_has_an_example_that_fits(document: Json) -> None:
    texts = [one for one in bodies(document) if one[2]["schema"].get("format") != "binary"]
    assert not [f"{at} {media}" for at, media, body in texts if "example" not in body]
    assert not [
        f"{at} {media}"
        for at, media, body in texts
        if not fits(document, body["schema"], body["example"])
    ]


def test_every_example_of_a_request_is_taken(app: FastAPI, document: Json) -> None:
    """By the very models that read requests, which ask more than a schema can say."""
    taken = set()
    for route in every(app.routes):
        if isinstance(route, Route):
            operation = dict(operations(document))[route.described().operation_id]
            for name, annotation in route.endpoint.__annotations__.items():
                model = get_args(annotation)[0] if get_origin(annotation) else annotation
                if name == "query":
                    model.model_validate(_asked(model, operation))
                    taken.add(operation["operationId"])
                elif name == "body" and model is not bytes:
                    _send(model, operation)
                    taken.add(operation["operationId"])
    assert {"list_journey", "create_journey", "patch_step"} <= taken


def _asked(model: type[BaseModel], operation: Json) -> dict[str, str]:
    """A query made of the parameters' examples, as texts."""
    return {
        one["name"]: one["example"]
        if isinstance(one["example"], str)
        else json.dumps(one["example"])
        for one in operation["parameters"]
        if one.get("in") == "query" and one["name"] in model.model_fields
    }


def _send(model: Any, operation: Json) -> None:
    for body in operation["requestBody"]["content"].values():
        sent = json.dumps(body["example"]).encode()
        TypeAdapter(model).validate_json(sent, by_alias=True, by_name=False)


def test_every_tag_is_described(document: Json) -> None:
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used == described


def test_every_operation_says_by_what_it_is_opened(document: Json) -> None:
    schemes = document["components"]["securitySchemes"]
    assert all(scheme["description"] for scheme in schemes.values())
    for name, operation in operations(document):
        assert operation["security"], name
        assert {scheme for one in operation["security"] for scheme in one} <= set(schemes), name


def test_no_alternative_is_written_where_a_list_of_types_says_the_same(document: Json) -> None:
    noisy = [
        f"{at}/{member}"
        for at, member, said in members(document)
        if {"type": "null"} in said.get("anyOf", ())
        and all("$ref" not in json.dumps(option) for option in said["anyOf"])
    ]
    assert not noisy


def test_everything_in_graphql_is_explained(graph: GraphQLSchema) -> None:
    silent = []
    for name, kind in graph.type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        silent += [name] * (not kind.description)
        for member, field in getattr(kind, "fields", {}).items():
            silent += [f"{name}.{member}"] * (not told(member, field.description))
            arguments = getattr(field, "args", {})
            silent += [f"{name}.{member}({a}:)" for a, x in arguments.items() if not x.description]
        if isinstance(kind, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, x in kind.values.items() if not x.description]
    assert not silent


def test_both_faces_say_the_same_of_a_member(document: Json, graph: GraphQLSchema) -> None:
    rest = document["components"]["schemas"]["NewStep"]["properties"]["expected_outcome"]
    for kind in ("Step", "StepPatch", "PlacedStepInput"):
        field = graph.type_map[kind].fields["expectedOutcome"]  # type: ignore[attr-defined]
        assert field.description == rest["description"], kind


def test_what_is_silent_is_named(document: Json) -> None:
    """The checks above can fail: each finds what is taken away here."""
    maimed = copy.deepcopy(document)
    step = maimed["components"]["schemas"]["NewStep"]["properties"]
    step["action"]["description"], step["emotion"]["examples"] = "The action.", [0.3]
    with pytest.raises(AssertionError, match="NewStep/action"):
        test_every_member_is_explained_with_an_example(maimed)
    step["action"]["description"] = "What they do."
    with pytest.raises(AssertionError, match=r"NewStep/emotion: 0\.3"):
        test_every_member_is_explained_with_an_example(maimed)
    del maimed["paths"]["/v1/journeys"]["post"]["requestBody"]["content"]["application/json"][
        "example"
    ]
    with pytest.raises(AssertionError, match="create_journey: body application/json"):
        test_every_body_has_an_example_that_fits(maimed)
