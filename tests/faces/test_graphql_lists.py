"""GraphQL lists: Relay's connections, filtered and sorted as REST's pages."""

from typing import Any

import pytest

from tests.faces.asking import answered, asked, one_of_everything
from tests.make import Client


@pytest.fixture
async def world(client: Client) -> dict[str, Any]:
    return await one_of_everything(client)


async def test_pages_follow_each_other_to_the_end(client: Client) -> None:
    for n in range(5):
        await client.made("/v1/profiles", {"name": f"Profile {n}", "market": "ch" if n else "de"})
    query = """query ($after: String) {
      profiles(first: 2, after: $after, sort: "-name", market: "ch") {
      edges { cursor node { name } } nodes { market }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }"""
    names, after, pages = [], None, 0
    while pages < 3:
        page = (await asked(client, query, after=after))["profiles"]
        info = page["pageInfo"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        assert (info["hasPreviousPage"], page["totalCount"]) == (after is not None, 4)
        pages, after = pages + 1, info["endCursor"]
        if not info["hasNextPage"]:
            break
    assert (names, pages) == (["Profile 4", "Profile 3", "Profile 2", "Profile 1"], 2)


async def test_every_cursor_goes_on_from_its_row(client: Client) -> None:
    for n in range(4):
        await client.made("/v1/touchpoints", {"name": f"T{n}"})
    query = """query ($after: String) {
      touchpoints(sort: "name", after: $after) { edges { cursor node { name } } } }"""
    edges = (await asked(client, query))["touchpoints"]["edges"]
    for place, edge in enumerate(edges):
        rest = (await asked(client, query, after=edge["cursor"]))["touchpoints"]["edges"]
        assert rest == edges[place + 1 :]


async def test_lists_filter_and_search_as_rest_does(client: Client, world: dict[str, Any]) -> None:
    await client.made("/v1/profiles", {"name": "客户画像"})
    query = """query ($f: JSON, $id: ID) {
      found: profiles(q: "客户") { nodes { name } }
      like: profiles(filter: $f) { nodes { name } }
      hers: journeys(personaId: $id, perspective: to_be) { nodes { title } } }"""
    condition = {"field": "name", "op": "starts_with", "value": "Young"}
    found = await asked(client, query, f=condition, id=world["Persona"]["id"])
    assert found == {
        "found": {"nodes": [{"name": "客户画像"}]},
        "like": {"nodes": [{"name": "Young savers"}]},
        "hers": {"nodes": [{"title": "Finding an adviser"}]},
    }


async def test_a_filter_may_be_written_in_the_document_with_variables_in_it(
    client: Client, world: dict[str, Any]
) -> None:
    query = """query ($value: JSON) { profiles(filter: {all: [
      {field: "name", op: "starts_with", value: $value},
      {not: {field: "market", op: "eq", value: "ch"}}, {field: "name", op: "exists"}]}) {
        nodes { name } } }"""
    del world
    assert (await asked(client, query, value="Sav"))["profiles"]["nodes"] == []
    query = query.replace('{not: {field: "market", op: "eq", value: "ch"}}, ', "")
    found = await asked(client, query, value="Sav")
    assert found["profiles"]["nodes"] == [{"name": "Savers"}]


async def test_parts_are_listed_in_their_order(client: Client, world: dict[str, Any]) -> None:
    query = """query ($journey: ID!, $stage: ID!) {
      stages(journeyId: $journey) { nodes { name steps { action } } totalCount }
      steps(stageId: $stage, first: 1) { nodes { action } pageInfo { hasNextPage } }
      transitions(journeyId: $journey) { nodes { from to journey { title } } } }"""
    ids = {"journey": world["Journey"]["id"], "stage": world["Stage"]["id"]}
    found = await asked(client, query, **ids)
    assert [s["name"] for s in found["stages"]["nodes"]] == ["Stage 0", "Stage 1", "Stage 2"]
    assert found["stages"]["nodes"][0]["steps"][1] == {"action": "Step 0.1"}
    assert found["steps"] == {
        "nodes": [{"action": "Step 0.0"}],
        "pageInfo": {"hasNextPage": True},
    }
    assert len(found["transitions"]["nodes"]) == 5


async def test_the_catalogue_lists_built_in_and_own_attributes(client: Client) -> None:
    own = {"key": "boat", "label": "Boat", "type": "boolean"}
    await client.made("/v1/profile-attributes", own)
    query = "{ profileAttributes(first: 200) { nodes { key type sensitive builtIn } } }"
    nodes = (await asked(client, query))["profileAttributes"]["nodes"]
    known = {node.pop("key"): node for node in nodes}
    assert len(known) == 24
    assert known["boat"] == {"type": "boolean", "sensitive": False, "builtIn": False}
    assert known["religion"] == {"type": "text", "sensitive": True, "builtIn": True}


async def test_a_wrong_member_of_one_field_leaves_the_others(client: Client) -> None:
    found = await answered(client, '{ journeys(sort: "mood") { nodes { id } } workspace { name } }')
    assert found["data"] == {"journeys": None, "workspace": {"name": "Tests"}}
    (error,) = found["errors"]
    assert error["extensions"]["code"] == "MALFORMED"
    assert error["path"] == ["journeys"]
