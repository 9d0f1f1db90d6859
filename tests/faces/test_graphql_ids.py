"""Ids in GraphQL: wherever one is taken, Relay's global id and the plain one of REST both do."""

from datetime import datetime
from typing import Any

import pytest
from graphql import get_named_type

from service.api.graphql import ids
from service.domain.ids import new_id
from tests.faces.asking import answered, asked
from tests.faces.calling import CORE, KINDS, ROOTS, Calling, operation
from tests.faces.marked import one_of_everything
from tests.make import Client

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Persona { name } } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NOT_TAKEN = {"bad_id", "uuid_parsing", "unknown_reference", "not_found"}


VARYING = {"hint", "audit", "outbox", "secondsHere"}
"""Members that differ between two workspaces, whatever they hold: hashes, what has no order within
a moment, and how long ago something was.
"""


def plain(_: str, which: str) -> str:
    """An id as REST spells it."""
    return which


def told(value: Any) -> Any:
    """An answer without what differs between two workspaces: ids, instants, cursors."""
    if isinstance(value, list):
        return [told(one) for one in value]
    if isinstance(value, dict):
        return {
            n: None if "ursor" in n else told(one) for n, one in value.items() if n not in VARYING
        }
    varies = isinstance(value, str) and (ids.read(value) or is_instant(value))
    varies = varies or (isinstance(value, str) and "signature=" in value)
    return "varies" if varies or value in {"Tests", "Elsewhere"} else value


def is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def takes_ids(root: str, name: str) -> bool:
    """Whether a field takes an id anywhere."""
    calling = Calling(name, {kind: {"id": str(new_id())} for kind in KINDS})
    calling.variables(CORE.get_type(root).fields[name].args)
    return calling.foreign


@pytest.mark.parametrize(("root", "name"), [field for field in ROOTS if takes_ids(*field)])
async def test_an_id_may_be_global_or_plain(
    client: Client, stranger: Client, root: str, name: str
) -> None:
    """Two workspaces that hold the same are asked the same, each with ids of its own."""
    found = []
    for caller, spelt in ((client, ids.global_id), (stranger, plain)):
        own = await one_of_everything(caller)
        variables = Calling(name, own, spelt).variables(CORE.get_type(root).fields[name].args)
        found.append(await answered(caller, operation(root, name, variables), **variables))
    assert told(found[0]) == told(found[1])
    payload = found[0]["data"][name]
    refused = payload["userErrors"] if root == "Mutation" and payload else []
    refused += [p for e in found[0].get("errors", ()) for p in e["extensions"].get("errors", ())]
    assert not {problem["code"] for problem in refused} & NOT_TAKEN


def test_no_argument_below_the_root_takes_an_id_but_these() -> None:
    """Those are called by tests of their own, with ids of both kinds."""
    below = {
        f"{kind}.{field}({argument})"
        for kind, of in CORE.type_map.items()
        if kind not in ("Query", "Mutation", "Subscription") and not kind.startswith("__")
        for field, declared in getattr(of, "fields", {}).items()
        for argument, given in getattr(declared, "args", {}).items()
        if str(get_named_type(given.type)) in {"ID", "CurveOverlayInput"}
    }
    assert below == {
        "Journey.contacts(accountId)",
        "Journey.emotionCurve(personaId)",
        "Journey.emotionCurve(overlays)",
    }


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Merge"])  # no node
async def test_a_node_is_found_by_its_plain_id(client: Client, stranger: Client, kind: str) -> None:
    which = (await one_of_everything(client))[kind]["id"]
    await one_of_everything(stranger)
    node = {"__typename": kind, "id": ids.global_id(kind, which)}
    assert await asked(client, NODE, id=which) == {"node": node}
    assert await asked(stranger, NODE, id=which) == {"node": None}
    found = await asked(client, NODES, ids=[which, node["id"]])
    assert [one["id"] for one in found["nodes"]] == [node["id"]] * 2


async def test_a_plain_id_of_what_a_key_may_not_read_is_nobodys(client: Client) -> None:
    own = await one_of_everything(client)
    reader = await client.made("/v1/api-keys", {"name": "R", "scopes": ["maps:read"]})
    bearer = {"Authorization": f"Bearer {reader['key']}"}
    which = [own["ApiKey"]["id"], own["Persona"]["id"]]
    body = {"query": NODES, "variables": {"ids": which}}
    found = (await client.post("/graphql", json=body, headers=bearer)).json()
    assert "errors" not in found
    assert [one and one["__typename"] for one in found["data"]["nodes"]] == [None, "Persona"]


async def test_a_bad_id_spoils_nothing_but_its_own_place(client: Client, stranger: Client) -> None:
    own, theirs = await one_of_everything(client), await one_of_everything(stranger)
    good = own["Persona"]["id"]
    sent = [
        *("nonsense", good, ids.global_id("Persona", good), theirs["Persona"]["id"]),
        *(ids.global_id("Persona", theirs["Persona"]["id"]), ids.global_id("Colour", good)),
        *(str(new_id()), ids.global_id("Journey", good), ids.global_id("Persona", good)),
    ]
    found = await answered(client, NODES, ids=sent)
    names = [one and one["name"] for one in found["data"]["nodes"]]
    person = own["Persona"]["name"]
    assert names == [None, person, person, None, None, None, None, None, person]
    assert [error["path"] for error in found["errors"]] == [["nodes", 0], ["nodes", 5]]
    problems = [p for error in found["errors"] for p in error["extensions"]["errors"]]
    assert [(p["code"], p["pointer"]) for p in problems] == [
        ("bad_id", "/ids/0"),
        ("bad_id", "/ids/5"),
    ]


async def test_nodes_take_as_many_statements_at_any_number(client: Client) -> None:
    own = await one_of_everything(client)
    more = [(await client.made("/v1/personas", {"name": f"P{n}"}))["id"] for n in range(9)]
    few = [own["Persona"]["id"], own["Journey"]["id"]]

    async def statements(which: list[str]) -> int:
        before = await client.statements()
        await asked(client, NODES, ids=which)
        return await client.statements() - before

    await statements(few)
    assert await statements(few) == await statements([*few, *more]) == 3
    both = [*few, *(ids.global_id("Persona", one) for one in more)]
    assert await statements(both) == 3
    assert await statements(both[2:]) == 1
    named = [ids.global_id("Journey", own["Journey"]["id"]), *both[2:]]
    assert await statements(named) == 2


REFETCHED = """query ($id: ID!) { node(id: $id) { __typename id
  ... on Journey { title stages { name steps { action } } emotionCurve { mean } }
  ... on Contact { traits } ...Named } }
  fragment Named on Node { ... on Persona { name } ... on Gap { kind } }"""


async def test_what_is_fetched_anew_by_its_global_id_takes_one_statement(client: Client) -> None:
    own = await one_of_everything(client)

    async def fetched(kind: str) -> tuple[int, Any]:
        which = ids.global_id(kind, own[kind]["id"])
        before = await client.statements()
        found = (await asked(client, REFETCHED, id=which))["node"]
        assert (found.pop("__typename"), found.pop("id")) == (kind, which)
        return await client.statements() - before, found

    await fetched("Persona")
    assert await fetched("Persona") == (1, {"name": own["Persona"]["name"]})
    assert await fetched("Touchpoint") == (1, {})
    _, whole = await fetched("Journey")
    assert [len(stage["steps"]) for stage in whole["stages"]] == [2, 2]
    assert whole["emotionCurve"] is not None


async def test_a_contact_is_no_node_for_a_key_that_may_not_read_contacts(client: Client) -> None:
    own = await one_of_everything(client)
    reader = await client.made("/v1/api-keys", {"name": "R", "scopes": ["maps:read"]})
    bearer = {"Authorization": f"Bearer {reader['key']}"}

    async def answer(kind: str) -> dict[str, Any]:
        variables = {"id": ids.global_id(kind, own[kind]["id"])}
        body = {"query": REFETCHED, "variables": variables}
        found: dict[str, Any] = (await client.post("/graphql", json=body, headers=bearer)).json()
        return found

    refused = await answer("Contact")
    assert refused["data"] == {"node": None}
    (error,) = refused["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["node"], "FORBIDDEN")
    assert (await answer("Persona"))["data"]["node"]["name"] == own["Persona"]["name"]


@pytest.mark.parametrize(
    ("asking", "kind", "pointer"),
    [
        ("journeys(personaId: $id)", "Persona", "/persona_id"),
        ("journeys(variantOf: $id)", "Journey", "/variant_of"),
        ("profiles(parentId: $id)", "Profile", "/parent_id"),
        ("comments(parentId: $id)", "Comment", "/parent_id"),
        ("evidences(sourceId: $id)", "EvidenceSource", "/source_id"),
        ("gapHistory(journeyId: $id)", "Journey", "/journey_id"),
    ],
    ids=["by name", "as", "own profile", "own comment", "source", "history"],
)
async def test_a_list_takes_no_id_of_another_kind(
    client: Client, asking: str, kind: str, pointer: str
) -> None:
    """It would show nothing, and nobody would know why."""
    query = f"query ($id: ID!) {{ list: {asking} {{ nodes {{ __typename }} }} }}"
    await asked(client, query, id=ids.global_id(kind, str(new_id())))
    await asked(client, query, id=str(new_id()))
    found = await answered(client, query, id=ids.global_id("Touchpoint", str(new_id())))
    assert found["data"] == {"list": None}
    (problem,) = found["errors"][0]["extensions"]["errors"]
    assert (problem["code"], problem["pointer"]) == ("bad_id", pointer)
