"""The contracts that are checked in: the code's own, complete, and kept to what was released."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from service import contracts
from service.settings import Settings
from tests.contract.breaking import breaks, graphql_breaks
from tests.house.source import ROOT

Json = dict[str, Any]
FOLDER = ROOT / "openapi"
RELEASED = FOLDER / "released"
"""The contracts of the last release, copied there when it is made."""


@pytest.fixture(scope="session")
def stated(settings: Settings) -> dict[str, str]:
    """The contracts as the code states them, by file name."""
    return dict(contracts.all_of(settings))


@pytest.fixture(scope="session")
def document(app: FastAPI) -> Json:
    found: Json = app.openapi()
    return found


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@pytest.mark.parametrize("name", ["openapi.json", "schema.graphql"])
def test_what_is_checked_in_is_what_the_code_states(stated: dict[str, str], name: str) -> None:
    assert (FOLDER / name).read_text() == stated[name], "run `make contracts`"


def test_a_change_that_breaks_rest_callers_is_declared(stated: dict[str, str]) -> None:
    released = json.loads((RELEASED / "openapi.json").read_text())
    broken = breaks(released, json.loads(stated["openapi.json"]))
    assert set(broken) <= declared(released["info"]["version"])


def test_a_change_that_breaks_graphql_callers_is_declared(stated: dict[str, str]) -> None:
    version = json.loads((RELEASED / "openapi.json").read_text())["info"]["version"]
    released = (RELEASED / "schema.graphql").read_text()
    assert set(graphql_breaks(released, stated["schema.graphql"])) <= declared(version)


def declared(version: str) -> set[str]:
    """What the changelog says above the last release, line by line: `- POST /v1/x is gone`."""
    above = (ROOT / "CHANGELOG.md").read_text().partition(f"\n## {version}\n")[0]
    return {line.removeprefix("- ").replace("`", "") for line in above.splitlines()}


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: Json) -> None:
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert re.fullmatch("[a-z]+(_[a-z]+)*", operation["operationId"])
        assert operation.get("summary") or operation.get("description"), (method, path)
        assert operation["tags"], (method, path)


def test_every_operation_says_how_it_may_fail(document: Json) -> None:
    for path, method, operation in operations(document):
        expected = {"400", "401", "403", "503"}
        if "_id}" in path:
            expected |= {"404"}
        if "requestBody" in operation:
            expected |= {"408", "413", "415", "422"}
        assert expected <= set(operation["responses"]), (method, path)


def test_every_refusal_is_a_problem_document(document: Json) -> None:
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert response == {"$ref": f"#/components/responses/Problem{status}"}, (
                    method,
                    path,
                )
    for name, response in document["components"]["responses"].items():
        (media,) = response["content"]
        assert media == "application/problem+json", name


def test_every_reference_leads_somewhere(document: Json) -> None:
    text = json.dumps(document)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        target: Any = document
        for part in reference.split("/"):
            target = target[part]
    names = {operation["operationId"] for *_, operation in operations(document)}
    for name in set(re.findall(r'"operationId": "(\w+)", "parameters"', text)):
        assert name in names


def test_every_part_of_the_document_is_used(document: Json) -> None:
    text = json.dumps(document)
    for kind in ("schemas", "parameters", "headers", "responses"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name
