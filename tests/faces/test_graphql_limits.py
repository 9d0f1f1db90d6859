"""GraphQL limits: what asks for too much is refused before it is run, and says of what."""

from typing import Any

import pytest
from graphql import get_introspection_query

from service.api.graphql.executing import SDL
from tests.faces.asking import answered, asked
from tests.make import Client, journey


async def too_complex(client: Client, query: str, **variables: Any) -> str:
    """What the refusal of a document says."""
    found = await answered(client, query, **variables)
    (error,) = found["errors"]
    assert error["extensions"]["code"] == "TOO_COMPLEX", error
    assert "data" not in found
    message: str = error["message"]
    return message


def nested(levels: int) -> str:
    """A query that many levels deep."""
    return "{ journeys { nodes { " + "asIs { " * levels + "title" + " }" * levels + " } } }"


async def test_a_deep_document_is_refused(client: Client) -> None:
    assert "12 levels" in await too_complex(client, nested(10))
    await asked(client, nested(9).replace("journeys {", "journeys(first: 1) {"))


async def test_depth_is_counted_through_fragments(client: Client) -> None:
    chain = [f"fragment F{n} on Journey {{ asIs {{ ...F{n + 1} }} }}" for n in range(11)]
    query = "{ journeys { nodes { ...F0 } } } fragment F11 on Journey { title } " + " ".join(chain)
    assert "levels" in await too_complex(client, query)


async def test_a_circle_of_fragments_is_refused(client: Client) -> None:
    query = "{ journeys { nodes { ...A } } } fragment A on Journey { asIs { ...A } }"
    found = await answered(client, query)
    assert "within itself" in found["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("{ " + " ".join(f"a{n}: workspace {{ name }}" for n in range(51)) + " }", "aliases"),
        ("{ workspace { " + "name " * 11 + "} }", "same name"),
        ("{ workspace { name } }" + "fragment F on Journey { title }" * 50, "definitions"),
        ("{ journeys { nodes { " + "...F " * 201 + "} } } fragment F on Journey { id }", "spreads"),
        ("{ " + "journeys { nodes { title } } " * 334 + "}", "1000 fields"),
        ("{ journeys { nodes { title } } } #" + "x" * 65_536, "65536 characters"),
    ],
)
async def test_a_document_that_repeats_itself_is_refused(
    client: Client, query: str, what: str
) -> None:
    assert what in await too_complex(client, query)


async def test_a_document_of_many_tokens_is_refused(client: Client) -> None:
    found = await answered(client, "{ nodes(ids: [" + '"x" ' * 6000 + "]) { id } }")
    assert "tokens" in found["errors"][0]["message"]


async def test_brackets_without_end_are_refused(client: Client) -> None:
    found = await answered(client, "{ a " * 5_000)
    assert found["errors"]
    found = await answered(client, "{ node(id: " + "[" * 3_000 + "]" * 3_000 + ") { id } }")
    assert found["errors"]


WIDE = """query ($first: Int = 1) { journeys(first: $first) { nodes {
  title stages { name steps { action thoughts feelings touchpoints { touchpoint { name } } } }
} } }"""


async def test_cost_is_counted_with_the_variables(client: Client) -> None:
    await asked(client, WIDE)
    await asked(client, WIDE, first=20)
    assert "shorter pages" in await too_complex(client, WIDE, first=200)
    assert "shorter pages" in await too_complex(client, WIDE.replace("Int = 1", "Int = 200"))


async def test_an_absent_first_costs_its_default(client: Client) -> None:
    costly = WIDE.replace("(first: $first)", "").replace("($first: Int = 1)", "")
    assert "shorter pages" in await too_complex(client, costly)


async def test_cost_is_counted_through_edges_fragments_and_nodes(client: Client) -> None:
    edges = WIDE.replace("nodes {", "edges { node { ...J } } } } fragment J on Journey {")
    edges = edges.removesuffix(" } }").rstrip() + ""
    assert "shorter pages" in await too_complex(client, edges, first=200)
    inner = "... on Journey { stages { steps { action touchpoints { touchpoint { name } } } } }"
    ids = [f"01a201ea-0000-7000-8000-{n:012x}" for n in range(200)]
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {inner} }} }}"
    assert "shorter pages" in await too_complex(client, query, ids=ids)


async def test_cost_leaves_out_what_is_skipped(client: Client) -> None:
    query = WIDE.replace("stages {", "stages @skip(if: true) {")
    await asked(client, query, first=200)


async def test_an_aliased_crowd_of_costly_fields_is_refused(client: Client) -> None:
    inner = "journeys(first: 20) { nodes { stages { steps { action } } } }"
    query = "{ " + " ".join(f"a{n}: {inner}" for n in range(40)) + " }"
    assert "shorter pages" in await too_complex(client, query)


async def test_many_mutations_at_once_are_refused(client: Client) -> None:
    one = 'createProfile(input: {name: "P"}) { userErrors { code } }'
    query = "mutation { " + " ".join(f"a{n}: {one}" for n in range(51)) + " }"
    assert "aliases" in await too_complex(client, query)
    assert (await client.got("/v1/profiles?count=true"))["total"] == 0


async def test_more_nodes_than_a_page_are_refused(client: Client) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await answered(client, query, ids=["x"] * 201)
    (problem,) = found["errors"][0]["extensions"]["errors"]
    assert (problem["code"], problem["pointer"]) == ("too_long", "/ids")


async def test_what_reads_too_much_is_stopped(client: Client) -> None:
    long = "x" * 20_000
    for _ in range(3):
        body = journey(1, 200)
        body["stages"][0]["steps"] = [
            {"action": f"S{n}", "expected_outcome": long} for n in range(200)
        ]
        await client.made("/v1/journeys", body)
    query = "{ journeys(first: 3) { nodes { stages { steps { expectedOutcome } } } } }"
    found = await answered(client, query)
    assert found["data"] == {"journeys": None}
    assert found["errors"][0]["extensions"]["code"] == "TOO_LARGE"
    light = "{ journeys(first: 3) { nodes { stages { steps { action } } } } }"
    assert len((await asked(client, light))["journeys"]["nodes"]) == 3


async def test_the_schema_may_be_asked_for(client: Client) -> None:
    found = await asked(client, get_introspection_query(input_value_deprecation=True))
    assert len(found["__schema"]["types"]) > 100
    answer = await client.get("/graphql/schema.graphql", headers={"Authorization": ""})
    assert answer.text == SDL


async def test_the_schema_may_not_be_asked_for_in_circles(client: Client) -> None:
    inner = "name"
    for _ in range(4):
        inner = f"fields {{ type {{ {inner} }} }}"
    found = await answered(client, f"{{ __schema {{ types {{ {inner} }} }} }}")
    assert "introspection depth" in found["errors"][0]["message"]
    crowd = " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(4))
    assert "shorter pages" in await too_complex(client, f"{{ {crowd} }}")


async def test_one_operation_of_several_is_run(client: Client) -> None:
    query = "query A { workspace { name } } query B { workspace { timeZone } }"
    body = {"query": query, "operationName": "B"}
    found = (await client.post("/graphql", json=body)).json()
    assert found == {"data": {"workspace": {"timeZone": "UTC"}}}
    found = await answered(client, query)
    assert "operationName" in found["errors"][0]["message"]
