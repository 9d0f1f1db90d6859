"""Mutations by plans against graphql's own executor: the same, but for what is new in each."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from graphql import parse
from starlette.requests import Request

from service.api.graphql import executing
from service.api.graphql.context import Context
from service.api.graphql.facts import encode
from service.domain.work import Caller
from tests.faces.asking import a_map
from tests.make import Client

NEW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{48,}={0,2}|\d{4}-\d\d-\d\dT[^\"]+")
"""Ids, plain and global, and instants."""
STEP = "uuid key action emotion pains { key topic } touchpoints { touchpointId key } __typename"
ERRORS = "userErrors { code pointer message users { kind name } }"
LEFT = {"of the wrong type", "with what other rows hold"}
"""What plans leave to graphql's executor."""
OPERATIONS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "create": (
        f"""mutation ($stage: ID!, $input: PlacedStepInput!) {{
          made: createStep(stageId: $stage, input: $input) {{
            step {{ ...Made ... on Node {{ id }} }} again: step {{ k: key }} {ERRORS} }}
          __typename }}
        fragment Made on Step {{ {STEP} }}""",
        {"input": {"action": "Call", "emotion": -1.25, "pains": [{"text": "Waiting"}]}},
    ),
    "patch": (
        f"""mutation ($step: ID!, $patch: StepPatch!, $no: Boolean = false) {{
          updateStep(id: $step, patch: $patch) {{
            step {{ {STEP} action @include(if: $no) }} {ERRORS} }} }}""",
        {"patch": {"channel": "phone", "emotion": None}},
    ),
    "refused": (
        f"""mutation ($step: ID!) {{
          updateStep(id: $step, patch: {{emotion: 0.3, action: ""}}) {{ step {{ key }} {ERRORS} }}
          second: updateStep(id: "nothing", patch: {{}}) {{ step {{ key }} {ERRORS} }} }}""",
        {},
    ),
    "stale": (
        f"""mutation ($step: ID!) {{
          updateStep(id: $step, patch: {{}}, ifVersion: 77) {{ step {{ key }} {ERRORS} }} }}""",
        {},
    ),
    "of the wrong type": (
        f"""mutation ($step: ID!, $patch: StepPatch!) {{
          updateStep(id: $step, patch: $patch) {{ step {{ key }} {ERRORS} }} }}""",
        {"patch": {"emotion": "high"}},
    ),
    "with what other rows hold": (
        f"""mutation ($step: ID!) {{ updateStep(id: $step, patch: {{gains: ["x"]}}) {{
          step {{ gains stage {{ name journey {{ title }} }} }} {ERRORS} }} }}""",
        {},
    ),
    "delete": (
        f"""mutation ($stage: ID!, $input: PlacedStageInput!, $map: ID!) {{
          createStage(journeyId: $map, input: $input) {{ stage {{ name phase steps {{ key }} }} }}
          deleteStage(id: "nothing") {{ deletedId {ERRORS} }}
          createStep(stageId: $stage, input: {{action: "One more"}}) {{ step {{ version }} }} }}""",
        {"input": {"name": "Third", "steps": [{"action": "Four"}]}},
    ),
}


def _request(app: FastAPI) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "app": app, "path": "/graphql", "headers": [], "method": "POST"}
    return Request({**scope, "request_id": "one"}, receive)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_plans_write_and_answer_as_graphql_does(
    app: FastAPI, client: Client, workspace: Caller, name: str
) -> None:
    query, variables = OPERATIONS[name]
    answers = []
    for planned in (True, False):
        made = await a_map(client)
        stage = made["stages"][0]
        ids = {"map": made["uuid"], "stage": stage["uuid"], "step": stage["steps"][0]["uuid"]}
        given = variables | {one: which for one, which in ids.items() if f"${one}: ID" in query}
        answer = await _answered(app, workspace, query, given, planned=planned)
        assert isinstance(answer.data, msgspec.Raw) is (planned and name not in LEFT)
        text = NEW.sub("new", encode(answer).decode())
        answers.append(json.loads(text, object_pairs_hook=list))
    ours, theirs = answers
    assert ours == theirs


async def _answered(
    app: FastAPI, caller: Caller, query: str, variables: Mapping[str, Any], *, planned: bool
) -> executing.Answer:
    request, document = _request(app), parse(query)
    if planned:
        return await executing.answer(
            request, caller, query=query, variables=variables, operation_name=None
        )
    operation: Any = document.definitions[0]
    return await executing.ordinary(Context(request, caller, document), operation, query, variables)
