"""Who stands where on a map, below the map."""

from typing import Any

from service.api.graphql import ids
from tests.faces.asking import answered, asked
from tests.make import Client
from tests.slices.bound import by_id, sent
from tests.slices.test_contact_journeys import did, mapped

Json = dict[str, Any]
QUERY = """query($id: ID!, $stage: String, $status: [ContactStatus!], $filter: JSON, $first: Int,
    $after: String) {
  journey(id: $id) { title contacts(stage: $stage, status: $status, filter: $filter, first: $first,
      after: $after) {
    nodes { contactId contact { uuid identifiers { source value } } stageKey stepKey status
      statusReason typicalSeconds enteredAt secondsHere revision convertedReason }
    edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } reason
    definition { stages statuses revision windowSeconds } excluded { reason count } } } }"""


async def page(client: Client, journey_id: str, **variables: Any) -> Json:
    found = await asked(client, QUERY, id=journey_id, **variables)
    return dict(found["journey"]["contacts"])


async def test_graphql_tells_what_rest_tells(client: Client, stranger: Client) -> None:
    made = await mapped(client)
    await sent(client, did("Look", 20), did("Look", 3, "ben"), did("Ask", 2, "ben"))
    ann, ben = await by_id(client, "ann"), await by_id(client, "ben")
    rest = await client.got(f"/v1/journeys/{made['id']}/contacts")
    found = await page(client, made["id"])
    assert found["totalCount"] == 2
    assert found["definition"]["revision"] == "draft"
    for one, other in zip(found["nodes"], rest["items"], strict=True):
        assert one["contactId"] == one["contact"]["uuid"] == other["contact_id"]
        assert one["contact"]["identifiers"] == other["contact"]["identifiers"]
        assert one["stageKey"] == other["stage_key"]
        assert (one["status"], one["enteredAt"]) == (other["status"], other["entered_at"])
    some = await page(client, made["id"], stage="stage-0", status=["dropped", "stuck"])
    assert [one["contactId"] for one in some["nodes"]] == [ann]
    assert some["definition"]["statuses"] == ["dropped", "stuck"]
    first = await page(client, made["id"], first=1)
    assert first["pageInfo"]["hasNextPage"]
    rest_of = await page(client, made["id"], first=1, after=first["pageInfo"]["endCursor"])
    assert {one["contactId"] for one in first["nodes"] + rest_of["nodes"]} == {ann, ben}
    back = """query ($id: ID!) { journey(id: $id) { contacts(last: 1) { nodes { contactId }
      pageInfo { hasNextPage hasPreviousPage } } } }"""
    last = (await asked(client, back, id=made["id"]))["journey"]["contacts"]
    assert [one["contactId"] for one in rest_of["nodes"]] == [last["nodes"][0]["contactId"]]
    assert last["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    wanted = {"field": "traits.plan", "op": "eq", "value": "gold"}
    await client.patch(f"/v1/contacts/{ben}", json={"traits": {"plan": "gold"}})
    some = await page(client, made["id"], filter=wanted)
    assert [one["contactId"] for one in some["nodes"]] == [ben]
    found = await asked(stranger, QUERY, id=made["id"])
    assert found["journey"] is None


async def test_an_account_is_named_by_its_plain_or_its_global_id(client: Client) -> None:
    made = await mapped(client)
    await sent(client, did("Look", 20), did("Look", 3, "ben"))
    account = (await client.made("/v1/accounts", {"name": "Mill Ltd"}))["id"]
    ann = await by_id(client, "ann")
    await client.patch(f"/v1/contacts/{ann}", json={"account_id": account})
    query = """query($id: ID!, $account: ID) { journey(id: $id) {
      contacts(accountId: $account) { nodes { contactId } } } }"""
    for which in (account, ids.global_id("Account", account)):
        found = await asked(client, query, id=made["id"], account=which)
        assert found["journey"]["contacts"]["nodes"] == [{"contactId": ann}]
    (error,) = (await answered(client, query, id=made["id"], account="nothing"))["errors"]
    (wrong,) = error["extensions"]["errors"]
    assert (error["path"], wrong["pointer"]) == (["journey", "contacts"], "/account_id")


async def test_what_cannot_be_asked_is_refused_with_the_same_codes(client: Client) -> None:
    made = await mapped(client)
    found = await answered(client, QUERY, id=made["id"], stage="nowhere")
    (error,) = found["errors"]
    assert error["extensions"]["problem"] == "invalid"
    assert error["extensions"]["errors"][0]["code"] == "unknown_reference"
    assert error["extensions"]["errors"][0]["pointer"] == "/stage"
