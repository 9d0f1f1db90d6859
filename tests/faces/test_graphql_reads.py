"""GraphQL reads: the same documents as REST, selected and joined, in few statements."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from service.api.graphql.ids import global_id
from service.api.graphql.schema import schema
from service.api.graphql.selecting import declaration
from tests.faces.asking import asked, one_of_everything
from tests.make import Client, journey

CORE: Any = schema._schema
PAGE = """query ($first: Int) {
  journeys(first: $first, sort: "title") {
    nodes {
      title
      personas { name profile { name parent { name } } }
      stages { name journey { title } steps {
        action
        emotions { rating persona { name } }
        touchpoints { use touchpoint { name } }
      } }
      asIs { title stages { name } }
      emotionCurve { mean points { rating } }
    }
  }
}"""


@pytest.fixture
async def world(client: Client) -> dict[str, Any]:
    return await one_of_everything(client)


PARTS = ("stages", "steps", "transitions")
COMPUTED = ("quality",)


def everything(kind: GraphQLObjectType, depth: int = 3) -> str:
    """A selection of all that a type's own row holds."""
    found = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner) and name != "map":
            found.append(name)
        elif name in COMPUTED or is_leaf_type(inner):
            continue
        elif name in PARTS or (depth and not _is_node(inner) and not _is_computed(field)):
            found.append(f"{name} {{ {everything(inner, depth - 1)} }}")
    return " ".join(found)


def _is_computed(field: Any) -> bool:
    return declaration(field).base_resolver is not None


def _is_node(kind: Any) -> bool:
    return CORE.get_type("Node") in getattr(kind, "interfaces", ())


def as_rest(value: Any) -> Any:
    """A row as REST spells it."""
    if isinstance(value, list):
        return [as_rest(one) for one in value]
    if not isinstance(value, dict):
        return value
    row = {_snake(name): as_rest(one) for name, one in value.items()}
    if "uuid" in row:
        row["id"] = row.pop("uuid")
    if "avatar_url" in row:
        row["avatar"] = row.pop("avatar_url")
    return row


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


KINDS = ["Profile", "Persona", "Touchpoint", "Journey", "Stage", "Step", "Transition"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_resource_is_what_rest_shows(
    client: Client, world: dict[str, Any], kind: str
) -> None:
    selection = everything(CORE.get_type(kind))
    query = f"query ($id: ID!) {{ {kind.lower()}(id: $id) {{ {selection} }} }}"
    found = await asked(client, query, id=world[kind]["id"])
    shown = await client.got(f"/v1/{kind.lower()}s/{world[kind]['id']}")
    assert as_rest(found[kind.lower()]) == shown


async def test_numbers_are_answered_exactly(client: Client, world: dict[str, Any]) -> None:
    query = f'{{ journey(id: "{world["Journey"]["id"]}") {{ valuePerConversion {{ amount }} }} }}'
    answer = await client.post("/graphql", json={"query": query})
    assert '"amount":12345678901234.5678' in answer.text.replace(" ", "")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_node_is_found_by_its_global_id(
    client: Client, world: dict[str, Any], kind: str
) -> None:
    name = kind.lower()
    query = f"query ($id: ID!) {{ {name}(id: $id) {{ id uuid }} }}"
    by_uuid = (await asked(client, query, id=world[kind]["id"]))[name]
    by_id = (await asked(client, query, id=by_uuid["id"]))[name]
    node = "query ($id: ID!) { node(id: $id) { __typename id ... on Node { id } } }"
    found = (await asked(client, node, id=by_uuid["id"]))["node"]
    assert by_uuid == by_id
    assert found == {"__typename": kind, "id": by_id["id"]}


async def test_nodes_keep_their_order_and_their_gaps(client: Client, world: dict[str, Any]) -> None:
    stage, persona = world["Stage"]["id"], world["Persona"]["id"]
    query = f'{{ stage(id: "{stage}") {{ id }} persona(id: "{persona}") {{ id }} }}'
    known = await asked(client, query)
    gone = known["stage"]["id"].replace("U3RhZ2U6", "UGVyc29u" + "YTo")
    assert gone != known["stage"]["id"]
    ids = [known["persona"]["id"], known["stage"]["id"], known["persona"]["id"]]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Persona { name } } }"
    found = await asked(client, query, ids=ids)
    assert [node["id"] for node in found["nodes"]] == ids
    assert found["nodes"][0]["name"] == "Ann"


async def test_fragments_aliases_and_directives_select_what_they_say(
    client: Client, world: dict[str, Any]
) -> None:
    query = """query ($id: ID!, $no: Boolean!, $yes: Boolean = true) {
      map: journey(id: $id) {
        ...Head
        ... on Node { ... on Journey { kind: __typename } }
        first: stages { name @skip(if: $yes) key @include(if: $yes) ...Steps }
        second: stages { label: name }
        scenario @include(if: $no)
      }
    }
    fragment Head on Journey { title ... @skip(if: true) { status } }
    fragment Steps on Stage { steps { ...Doing } }
    fragment Doing on Step { did: action touchpoints { touchpoint { name } } }"""
    found = (await asked(client, query, id=world["Journey"]["id"], no=False))["map"]
    first = found["first"][0]
    assert found["title"] == "Finding an adviser"
    assert found["kind"] == "Journey"
    assert {"scenario", "status"}.isdisjoint(found)
    assert set(first) == {"key", "steps"}
    assert first["steps"][0]["did"] == "Step 0.0"
    assert first["steps"][0]["touchpoints"] == [{"touchpoint": {"name": "Branch"}}]
    assert [stage["label"] for stage in found["second"]] == ["Stage 0", "Stage 1", "Stage 2"]


async def test_a_page_takes_as_many_statements_at_any_size(
    client: Client, world: dict[str, Any]
) -> None:
    async def statements() -> int:
        before = await client.statements()
        await asked(client, PAGE, first=20)
        return await client.statements() - before

    await asked(client, PAGE, first=20)  # the caller's key is known from here on
    few = await statements()
    for n in range(6):
        persona = await client.made(
            "/v1/personas", {"name": f"P{n}", "profile_id": world["Profile"]["id"]}
        )
        body = journey(4, 3, title=f"Map {n}", persona_ids=[persona["id"]])
        body["as_is_id"] = world["Journey"]["id"]
        body["stages"][1]["steps"][1]["touchpoints"] = [{"key": "branch"}]
        await client.made("/v1/journeys", body)
    assert await statements() == few <= 10


async def test_a_whole_map_is_one_statement(client: Client, world: dict[str, Any]) -> None:
    query = f"query ($id: ID!) {{ journey(id: $id) {{ {everything(CORE.get_type('Journey'))} }} }}"
    await asked(client, query, id=global_id("Journey", world["Journey"]["id"]))
    before = await client.statements()
    # Otherwise spelt: an answer that is asked for again would be kept.
    await asked(client, query, id=world["Journey"]["id"])
    assert await client.statements() - before == 1


async def test_the_curve_is_that_of_rest(client: Client, world: dict[str, Any]) -> None:
    which = world["Journey"]["id"]
    kind = CORE.get_type("EmotionCurve")
    selection = " ".join(
        name
        if is_leaf_type(get_named_type(f.type))
        else f"{name} {{ {everything(get_named_type(f.type))} }}"
        for name, f in kind.fields.items()
        if name not in {"overlays", "svg"}
    )
    query = f"""query ($id: ID!, $who: ID) {{ journey(id: $id) {{
      all: emotionCurve {{ {selection} }} hers: emotionCurve(personaId: $who) {{ mean }} }} }}"""
    found = (await asked(client, query, id=which, who=world["Persona"]["id"]))["journey"]
    shown = await client.got(f"/v1/journeys/{which}/emotion-curve?traffic=true")
    hers = await client.got(
        f"/v1/journeys/{which}/emotion-curve?persona_id={world['Persona']['id']}"
    )
    reasons = found["all"].pop("reasons")
    assert reasons == shown.pop("reasons")
    assert _present(as_rest(found["all"])) == _present(shown)
    assert found["hers"]["mean"] == hers["mean"] != found["all"]["mean"]


def _present(value: Any) -> Any:
    """Without members that hold nothing."""
    if isinstance(value, list):
        return [_present(one) for one in value]
    if isinstance(value, dict):
        return {n: _present(one) for n, one in value.items() if one is not None and one != []}
    return value


async def test_a_resource_is_found_by_a_name_of_the_callers(
    client: Client, world: dict[str, Any]
) -> None:
    query = """query ($name: ExternalIdInput!) {
      journeyByExternalId(externalId: $name) { uuid stages { steps { action } } } }"""
    name = {"source": "crm", "id": "J 1"}
    found = await asked(client, query, name=name)
    assert found["journeyByExternalId"]["uuid"] == world["Journey"]["id"]
    assert found["journeyByExternalId"]["stages"][0]["steps"][0] == {"action": "Step 0.0"}
    name["id"] = "another"
    assert await asked(client, query, name=name) == {"journeyByExternalId": None}


async def test_what_is_not_there_is_null(client: Client, world: dict[str, Any]) -> None:
    query = "query ($id: ID!) { journey(id: $id) { title } step(id: $id) { action } }"
    found = await asked(client, query, id=world["Persona"]["id"])
    assert found == {"journey": None, "step": None}


async def test_workspace_and_keys_are_the_callers_own(client: Client) -> None:
    query = "{ workspace { name timeZone version } apiKeys { nodes { name scopes hint } } }"
    found = await asked(client, query)
    assert found["workspace"] == {"name": "Tests", "timeZone": "UTC", "version": 1}
    (key,) = found["apiKeys"]["nodes"]
    assert key["hint"] == client.headers["authorization"].split()[1].split("_s")[0][:67]


def test_everything_says_what_it_is() -> None:
    mute = [name for name, kind in CORE.type_map.items() if not kind.description]
    for root in ("Query", "Mutation"):
        for name, field in CORE.get_type(root).fields.items():
            mute += [] if field.description else [f"{root}.{name}"]
            mute += [f"{name}({a})" for a, arg in field.args.items() if not arg.description]
    assert not mute


def test_no_field_of_a_query_needs_more_than_ids() -> None:
    required = {
        str(get_named_type(argument.type))
        for field in CORE.query_type.fields.values()
        for argument in field.args.values()
        if is_required_argument(argument)
    }
    # What is computed of events names events, and no row.
    required = {one for one in required if not one.endswith("QueryInput")}
    whole = {"ExternalIdInput", "ContactReferencesInput", "BindingPreviewInput", "PreviewInput"}
    assert required == {"ID", *whole}
