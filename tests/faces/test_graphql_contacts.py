"""Contacts in GraphQL: the same batch, merge and lookup as in REST."""

from tests.faces.asking import answered
from tests.make import Client

UPSERT = """mutation ($batch: ContactBatchInput!) { upsertContacts(batch: $batch) {
  outcomes { items { index id outcome errors { pointer code } } } userErrors { code } } }"""
MERGE = """mutation ($input: MergeInput!) { mergeContacts(input: $input) {
  merge { uuid rules default by winner { mergedIds traits } } userErrors { code pointer } } }"""
UNDO = """mutation ($id: ID!) { undoMerge(id: $id) {
  merge { undoneAt } userErrors { code } } }"""
LOOK_UP = """query ($references: ContactReferencesInput!) {
  lookUpContacts(references: $references) { uuid identifiers { source value } } }"""


async def test_contacts_are_made_found_merged_and_parted(client: Client) -> None:
    items = [
        {"identifiers": [{"source": "crm", "value": str(n)}], "traits": {"n": n}} for n in range(2)
    ]
    came = await answered(client, UPSERT, batch={"items": [*items, {"traits": {"occupation": 1}}]})
    outcomes = came["data"]["upsertContacts"]["outcomes"]["items"]
    assert [one["outcome"] for one in outcomes] == ["created", "created", "rejected"]
    assert outcomes[2]["errors"] == [
        {"pointer": "/items/2/traits/occupation", "code": "wrong_type"}
    ]
    first, second = (one["id"] for one in outcomes[:2])
    both = {"winnerId": first, "loserId": second, "rules": {"n": "loser"}}
    merge = (await answered(client, MERGE, input=both))["data"]["mergeContacts"]["merge"]
    assert merge["winner"] == {"mergedIds": [second], "traits": {"n": 1}}
    again = (await answered(client, MERGE, input=both))["data"]["mergeContacts"]
    assert (again["merge"], again["userErrors"][0]["code"]) == (None, "conflict")
    asked = {"items": [{"source": "crm", "value": "1"}, {"source": "crm", "value": "none"}]}
    found = (await answered(client, LOOK_UP, references=asked))["data"]["lookUpContacts"]
    assert (found[0]["uuid"], len(found[0]["identifiers"]), found[1]) == (first, 2, None)
    undone = (await answered(client, UNDO, id=merge["uuid"]))["data"]["undoMerge"]
    assert undone["merge"]["undoneAt"] and undone["userErrors"] == []
    listed = await answered(client, "{ contacts { nodes { uuid mergedIds } totalCount } }")
    assert listed["data"]["contacts"]["totalCount"] == 2
