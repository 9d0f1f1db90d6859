"""Plans against graphql's own executor: the same operations over the same data, the same answers.

`WAYPOST_OPERATIONS` says how many are made up, `WAYPOST_SEED` which.
"""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from graphql import parse
from starlette.requests import Request

from service.api.graphql import executing
from service.api.graphql.context import Context
from service.api.graphql.facts import encode
from service.api.graphql.ids import global_id
from service.domain.work import Caller, Scope
from tests.contract.furnishing import furnished
from tests.faces.generated import Asked, Generator, kind_of, turned
from tests.make import Client, journey

OPERATIONS = int(os.environ.get("WAYPOST_OPERATIONS", "300"))
SEED = int(os.environ.get("WAYPOST_SEED", "1"))
SOME = frozenset({Scope.MAPS_READ.value})
OTHERS = frozenset({Scope.CONTACTS_READ.value, Scope.ANALYTICS_READ.value})


@dataclass
class Both:
    """Runs operations by a plan and by graphql's own executor."""

    app: FastAPI

    async def answers(self, caller: Caller, asked: Asked) -> tuple[Any, Any, bool]:
        """What each answered, and whether there was a plan."""
        request = self._request()
        ours = await executing.answer(
            request,
            caller,
            query=asked.query,
            variables=asked.variables,
            operation_name=asked.operation_name,
        )
        theirs = await self._theirs(request, caller, asked)
        return told(ours), told(theirs), isinstance(ours.data, msgspec.Raw)

    async def _theirs(self, request: Request, caller: Caller, asked: Asked) -> executing.Answer:
        document = parse(asked.query)
        context = Context(request, caller, document)
        operation: Any = document.definitions[0]
        return await executing.ordinary(context, operation, asked.query, asked.variables)

    def _request(self) -> Request:
        scope = {"type": "http", "app": self.app, "path": "/graphql", "headers": []}
        return Request({**scope, "method": "POST", "request_id": "one"})


def told(answer: executing.Answer) -> Any:
    """An answer as a caller reads it: with the order of its names; errors in any order."""
    text = encode(answer)
    found = json.loads(text)
    errors = sorted(found.get("errors", ()), key=lambda one: json.dumps(one, sort_keys=True))
    data = json.loads(text, object_pairs_hook=list)
    return {"errors": errors, "data": dict(data).get("data", "none")}


@pytest.fixture
async def known(client: Client) -> Mapping[str, Sequence[str]]:
    """Ids by the names of their types, in a workspace with several of most kinds."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for kind, which in (await furnished(client)).items():
        ids[kind_of(kind)].append(which)
    for name in ("Ann", "Ben", "客"):  # more than a page of some
        ids["Persona"].append((await client.made("/v1/personas", {"name": name}))["id"])
    names = {"external_ids": [{"source": "crm", "id": "1"}]}
    ids["Persona"].append((await client.made("/v1/personas", {"name": "Known", **names}))["id"])
    ids["Journey"].append((await client.made("/v1/journeys", {"title": "Known", **names}))["id"])
    for title in ("Moving house", "Ünïcode 客户", "The last"):  # more maps
        # In another order than they were made in.
        others = {"persona_ids": ids["Persona"][::-1], "next_journey_ids": ids["Journey"][::-1]}
        body = journey(3, 2, title=title, as_is_id=ids["Journey"][0], **others)
        made = await client.made("/v1/journeys", body)
        ids["Journey"].append(made["id"])
        ids["Stage"] += [stage["id"] for stage in made["stages"]]
        ids["Step"] += [step["id"] for stage in made["stages"] for step in stage["steps"]]
    ids.pop("", None)
    return ids


async def test_plans_answer_as_graphql_does(
    app: FastAPI,
    workspace: Caller,
    known: Mapping[str, Sequence[str]],
    record_property: Callable[[str, object], None],
) -> None:
    random = Random(SEED)
    generator, both, seen = Generator(random, known), Both(app), Counter[str]()
    asked = generator.operation()
    for number in range(OPERATIONS):  # one after another: answers give cursors to ask with
        again = turned(asked)
        asked = generator.operation() if again == asked or number % 2 else again
        scopes = random.choice((workspace.scopes,) * 5 + (SOME, OTHERS))
        caller = replace(workspace, scopes=frozenset(scopes))
        ours, theirs, planned = await both.answers(caller, asked)
        if is_refused(ours):
            seen["refused"] += 1
            continue
        assert ours == theirs, f"operation {number}: {difference(ours, theirs)} of {asked}"
        seen["planned"] += planned
        seen["with errors"] += bool(ours["errors"])
        seen["with errors, planned"] += bool(ours["errors"]) and planned
        harvest(ours["data"], asked.query, generator.cursors)
    record_property("counted", f"{OPERATIONS} operations, of these {dict(seen)}")
    assert seen["planned"] > 0.6 * OPERATIONS
    assert seen["with errors, planned"] > 0.02 * OPERATIONS


def difference(ours: Any, theirs: Any) -> Any:
    """Where two answers begin to differ."""
    if type(ours) is not type(theirs) or not isinstance(ours, dict | list | tuple):
        return ours, theirs
    if len(ours) != len(theirs):
        return ours, theirs
    one, other = (list(x.items()) if isinstance(x, dict) else x for x in (ours, theirs))
    return next(difference(a, b) for a, b in zip(one, other, strict=True) if a != b)


@pytest.mark.parametrize(
    "query",
    [
        "{ journeys { nodes { title personas { name } nextJourneys { title } } } }",
        "{ journeys { nodes { evidence { totalCount } comments { __typename } } } }",
        "{ journeys { nodes { stages { ... @skip(if: true) { name } } } } }",
        "{ contents { edges { node { audience { personas { name } } answers { itemKey } } } } }",
    ],
    ids=["order", "nothing but a count", "nothing at all", "within"],
)
async def test_what_is_seldom_made_up_is_answered_alike(
    app: FastAPI, workspace: Caller, known: Mapping[str, Sequence[str]], query: str
) -> None:
    assert known
    ours, theirs, planned = await Both(app).answers(workspace, Asked(query, {}, None))
    assert planned
    assert ours == theirs


NODES = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
  ... on Journey { title stages { name } personas { name } staleness { days } }
  ... on Persona { name version } } }"""


async def test_many_are_found_by_their_global_ids_as_each_alone(
    app: FastAPI, workspace: Caller, known: Mapping[str, Sequence[str]]
) -> None:
    (some, *_), maps = known["Persona"], known["Journey"]
    of_kinds = [("Persona", some), *(("Journey", one) for one in maps), ("Persona", some)]
    # Of a map's id nobody is a persona.
    which = [global_id(*one) for one in (*of_kinds, ("Persona", maps[0]), ("Journey", some))]
    both = Both(app)
    ours, theirs, planned = await both.answers(workspace, Asked(NODES, {"ids": which}, None))
    assert planned
    assert ours == theirs
    for other in ([maps[0]], ["nonsense"], [global_id("Colour", some)], which * 40):
        asked = Asked(NODES, {"ids": [*which, *other]}, None)
        ours, theirs, planned = await both.answers(workspace, asked)
        assert (ours, planned) == (theirs, False)
    none, nobodys, planned = await both.answers(workspace, Asked(NODES, {"ids": []}, None))
    assert (none, planned) == (nobodys, True)
    nothing = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... @skip(if: true) { id } } }"
    ours, theirs, planned = await both.answers(workspace, Asked(nothing, {"ids": which}, None))
    assert (ours, planned) == (theirs, True)
    stranger = replace(workspace, scopes=frozenset())
    for query in (NODES, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"):
        ours, theirs, planned = await both.answers(stranger, Asked(query, {"ids": which}, None))
        assert (ours, planned) == (theirs, False)


def is_refused(found: Any) -> bool:
    """Whether an operation may cost too much, or asks two types' fields of one name at once, which
    validation refuses, so that nothing was run."""
    return any(
        one["extensions"]["code"] == "TOO_COMPLEX" or "return conflicting types" in one["message"]
        for one in found["errors"]
    )


def harvest(data: Any, query: str, cursors: dict[str, list[str]]) -> None:
    """Keep what cursors an answer has, by the root field that gave them."""
    if not isinstance(data, list):
        return
    for key, value in data:
        name = query.partition(f"{key}: ")[2].partition("(")[0] if key[1:].isdigit() else key
        for cursor in _cursors(value):
            cursors.setdefault(name, []).append(cursor)
            del cursors[name][:-8]


def _cursors(value: Any) -> list[str]:
    found = []
    for one in value if isinstance(value, list) else ():
        if isinstance(one, list) and len(one) == 2 and isinstance(one[1], str):
            found += [one[1]] if one[0] in ("cursor", "endCursor", "startCursor") else []
        found += _cursors(one)
    return found
