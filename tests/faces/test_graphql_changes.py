"""The changes in GraphQL: the same places as in REST."""

from tests.faces.asking import a_map, answered, asked
from tests.make import Client

CHANGES = """query ($first: Int, $after: String, $kinds: [String!]) {
  changes(first: $first, after: $after, kinds: $kinds) {
    edges { cursor node { kind id uuid op version changedAt wholeId } }
    nodes { uuid }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def test_the_changes_are_those_of_rest(client: Client) -> None:
    place = await client.now()
    made = await a_map(client)
    await client.told(place, made["uuid"])
    page = await client.got("/v1/changes", params={"after": place})
    found = (await asked(client, CHANGES, after=place))["changes"]
    nodes = [edge["node"] for edge in found["edges"]]
    assert [node["uuid"] for node in nodes] == [change["id"] for change in page["items"]]
    assert found["nodes"] == [{"uuid": node["uuid"]} for node in nodes]
    for node, change in zip(nodes, page["items"], strict=True):
        told = (node["kind"], node["op"], node["version"], node["changedAt"])
        assert told == tuple(change[n] for n in ("kind", "op", "version", "changed_at"))
        assert node["wholeId"] == (made["id"] if change["whole_id"] else None)
    journey = next(node for node in nodes if node["kind"] == "journey")
    assert journey["id"] == made["id"]
    assert (await asked(client, "query ($i: ID!) { node(id: $i) { id } }", i=nodes[-1]["id"]))[
        "node"
    ]
    info = found["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, True)
    assert info["startCursor"] == found["edges"][0]["cursor"]


async def test_a_page_leads_to_the_next_and_the_end_to_what_comes(client: Client) -> None:
    place = await client.now()
    ids = [(await client.made("/v1/personas", {"name": f"P{n}"}))["id"] for n in range(3)]
    await client.told(place, ids[-1])
    first = (await asked(client, CHANGES, after=place, first=2, kinds=["persona"]))["changes"]
    assert [node["uuid"] for node in first["nodes"]] == ids[:2]
    assert first["pageInfo"]["hasNextPage"] is True
    end = first["pageInfo"]["endCursor"]
    assert end == first["edges"][-1]["cursor"]
    second = (await asked(client, CHANGES, after=end))["changes"]
    assert [node["uuid"] for node in second["nodes"]] == ids[2:]
    # Nothing is left; the place is told all the same, and REST goes on from there.
    end = second["pageInfo"]["endCursor"]
    empty = (await asked(client, CHANGES, after=end))["changes"]
    assert (empty["edges"], empty["pageInfo"]["startCursor"]) == ([], None)
    later = await client.made("/v1/personas", {"name": "Later"})
    await client.told(empty["pageInfo"]["endCursor"], later["id"])
    page = await client.got("/v1/changes", params={"after": empty["pageInfo"]["endCursor"]})
    assert [change["id"] for change in page["items"]] == [later["id"]]


async def test_what_is_wrong_is_told_with_its_arguments(client: Client) -> None:
    found = await answered(client, CHANGES, first=201, kinds=["colour"])
    (error,) = found["errors"]
    told = {problem["pointer"] for problem in error["extensions"]["errors"]}
    assert (found["data"], told) == ({"changes": None}, {"/first", "/kinds"})
    found = await answered(client, CHANGES, after="nonsense")
    assert found["errors"][0]["extensions"]["code"] == "MALFORMED"


async def test_a_page_is_one_statement(client: Client) -> None:
    await asked(client, CHANGES)
    for size in (1, 30):
        for n in range(size):
            await client.made("/v1/personas", {"name": f"P{n}"})
        before = await client.statements()
        await asked(client, CHANGES, first=200)
        assert await client.statements() - before == 1
