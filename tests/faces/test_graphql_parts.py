"""GraphQL writes of a map's parts, and maps brought in from elsewhere."""

from tests.faces.asking import a_map, asked, refused, wrote
from tests.make import Client, journey


async def order(client: Client, which: str) -> list[list[str]]:
    """The keys of a map's steps, stage by stage."""
    query = "query ($id: ID!) { journey(id: $id) { stages { steps { key } } } }"
    stages = (await asked(client, query, id=which))["journey"]["stages"]
    return [[step["key"] for step in stage["steps"]] for stage in stages]


async def test_parts_are_made_changed_moved_and_deleted(client: Client) -> None:
    made = await a_map(client)
    first, second = made["stages"]
    added = await wrote(
        client,
        """mutation ($stage: ID!, $after: ID) {
          createStep(stageId: $stage, input: {action: "Half", emotion: 0.5, after: $after}) {
            step { id uuid key stage { journey { title } } } userErrors { code pointer } } }""",
        stage=first["uuid"],
        after=first["steps"][0]["uuid"],
    )
    assert added["step"]["stage"] == {"journey": {"title": "Map"}}
    assert await order(client, made["id"]) == [["one", "half", "two"], ["three"]]
    move = """mutation ($id: ID!, $stage: ID, $after: ID) {
      moveStep(id: $id, stageId: $stage, after: $after) {
        step { key } userErrors { code pointer } } }"""
    await wrote(client, move, id=added["step"]["id"], stage=second["uuid"], after=None)
    assert await order(client, made["id"]) == [["one", "two"], ["half", "three"]]
    to_the_end = """mutation ($id: ID!, $stage: ID) {
      moveStep(id: $id, stageId: $stage) { step { key } userErrors { code } } }"""
    await wrote(client, to_the_end, id=added["step"]["id"], stage=second["uuid"])
    assert await order(client, made["id"]) == [["one", "two"], ["three", "half"]]
    away = await refused(client, move, id=added["step"]["id"], after=first["steps"][0]["uuid"])
    assert [(e["code"], e["pointer"]) for e in away] == [("unknown_reference", "/after")]
    delete = "mutation ($id: ID!) { deleteStep(id: $id) { deletedId userErrors { code } } }"
    gone = await wrote(client, delete, id=added["step"]["uuid"])
    assert gone == {"deletedId": added["step"]["id"]}
    assert await order(client, made["id"]) == [["one", "two"], ["three"]]


async def test_stages_are_made_moved_and_deleted(client: Client) -> None:
    made = await a_map(client)
    add = """mutation ($map: ID!) { createStage(journeyId: $map, input: {
      name: "Third", phase: after_sale, steps: [{action: "Five"}]}) {
        stage { id key phase journey { uuid } steps { key } } userErrors { code pointer } } }"""
    added = (await wrote(client, add, map=made["id"]))["stage"]
    assert (added["phase"], added["steps"]) == ("after_sale", [{"key": "five"}])
    assert added["journey"]["uuid"] == made["uuid"]
    move = """mutation ($id: ID!, $after: ID) {
      moveStage(id: $id, after: $after) { stage { key } userErrors { code pointer } } }"""
    await wrote(client, move, id=added["id"])
    assert await order(client, made["id"]) == [["five"], ["one", "two"], ["three"]]
    await wrote(client, move, id=added["id"], after=made["stages"][0]["uuid"])
    assert await order(client, made["id"]) == [["one", "two"], ["five"], ["three"]]
    delete = "mutation ($id: ID!) { deleteStage(id: $id) { deletedId userErrors { code } } }"
    await wrote(client, delete, id=added["id"])
    assert await order(client, made["id"]) == [["one", "two"], ["three"]]


async def test_transitions_are_made_changed_and_deleted(client: Client) -> None:
    made = await a_map(client)
    add = """mutation ($map: ID!, $to: String!) {
      createTransition(journeyId: $map, input: {from: "one", to: $to, kind: detour}) {
        transition { id from to kind version } userErrors { code pointer } } }"""
    assert [
        (e["code"], e["pointer"]) for e in await refused(client, add, map=made["id"], to="x")
    ] == [("unknown_reference", "/to")]
    added = (await wrote(client, add, map=made["id"], to="three"))["transition"]
    change = """mutation ($id: ID!) {
      updateTransition(id: $id, patch: {kind: return, probability: 0.25}) {
        transition { from to kind probability } userErrors { code pointer } } }"""
    changed = (await wrote(client, change, id=added["id"]))["transition"]
    assert changed == {"from": "one", "to": "three", "kind": "return", "probability": 0.25}
    delete = "mutation ($id: ID!) { deleteTransition(id: $id) { deletedId userErrors { code } } }"
    await wrote(client, delete, id=added["id"])
    shown = await client.got(f"/v1/journeys/{made['uuid']}")
    assert len(shown["transitions"]) == 2


async def test_maps_are_imported_from_mermaid_and_from_json(client: Client) -> None:
    query = """mutation ($mermaid: String, $json: JSON, $into: ID) {
      importJourneys(mermaid: $mermaid, json: $json, journeyId: $into) {
        journeys { id title stages { name steps { action emotion actors } } }
        problems { line detail } userErrors { code pointer } } }"""
    text = "journey\n  title Buying\n  section Look\n    Search: 5: Ann\n    Compare: x: Ann, Bob\n"
    came = await wrote(client, query, mermaid=text)
    (found,) = came["journeys"]
    assert found["stages"][0]["steps"][1]["actors"] == ["Ann", "Bob"]
    assert [p["line"] for p in came["problems"]] == [5]
    again = await wrote(client, query, json=journey(1, 1, title="Own"), into=found["id"])
    assert again["journeys"][0]["id"] == found["id"]
    broken = await refused(client, query, mermaid="journey\n  Search 5 Ann\n")
    assert [(e["code"], e["pointer"]) for e in broken] == [("line_unreadable", "/lines/2")]
    both = await refused(client, query, mermaid=text, json={"title": "x"})
    assert {(e["code"], e["pointer"]) for e in both} == {
        ("one_of", "/mermaid"),
        ("one_of", "/json"),
    }
