"""Challenges, coverage and plan in GraphQL: what REST tells, for many maps at once."""

from tests.make import Client
from tests.slices.challenged import STAGES, mapped, written

GRAPH = """query($id: ID!) { journey(id: $id) {
  challenges(kind: question, empty: true) {
    answered { value numerator denominator low high } emptyCount
    items { key kind stageKey stepKey content { contentId title } actions { title } } }
  coverage { departments { present missing } stages { share { value } missing { key } }
    evidence { perStep { key analytical } } }
  plan { language costs { currency amount } stages { key message { text goals reason }
    content { title because cost { amount currency } } owner { department others }
    touchpoints { name activities { name cost { amount } } } actions { title } gaps { text } } }
} }"""


async def test_the_graph_tells_the_same(client: Client) -> None:
    made = await mapped(client)
    await written(client, made, "What advice costs", "fees")
    sent = {"query": GRAPH, "variables": {"id": made["id"]}}
    answer = (await client.post("/graphql", json=sent)).json()
    assert "errors" not in answer, answer
    found = answer["data"]["journey"]
    path = f"/v1/journeys/{made['id']}"
    grid = await client.got(f"{path}/challenges?kind=question&empty=true")
    assert [one["key"] for one in found["challenges"]["items"]] == ["who"]
    assert found["challenges"]["answered"] == grid["answered"]
    coverage = await client.got(f"{path}/coverage")
    assert found["coverage"]["departments"]["missing"] == coverage["departments"]["missing"]
    plan = await client.got(f"{path}/plan")
    assert found["plan"]["costs"][0]["amount"] == plan["costs"][0]["amount"] == 1000.25
    stage = found["plan"]["stages"][0]
    assert stage["message"]["text"] == plan["stages"][0]["message"]["text"]
    assert stage["content"][0]["because"] == ["answers"]


async def test_the_graph_names_a_stage_that_is_not_there(client: Client) -> None:
    made = await mapped(client)
    query = 'query($id: ID!) { journey(id: $id) { challenges(stage: "nowhere") { emptyCount } } }'
    sent = {"query": query, "variables": {"id": made["id"]}}
    (error,) = (await client.post("/graphql", json=sent)).json()["errors"]
    assert error["extensions"]["errors"][0]["pointer"] == "/stage"


async def test_many_maps_are_read_at_once(client: Client) -> None:
    query = """{ journeys { nodes { content(first: 2) { totalCount nodes { title } }
        challenges { emptyCount } coverage { title } plan { title } } } }"""
    counted = []
    for n in range(2):
        made = await client.made("/v1/journeys", {"title": f"Map {n}", "stages": STAGES[2:]})
        assert made["id"]
        await client.post("/graphql", json={"query": query})
        before = await client.statements()
        answer = (await client.post("/graphql", json={"query": query})).json()
        counted.append(await client.statements() - before)
        assert len(answer["data"]["journeys"]["nodes"]) == n + 1
    assert counted[0] == counted[1]
