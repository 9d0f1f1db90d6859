"""Revisions, differences and copies in GraphQL, as REST has them."""

from typing import Any

from service.api.graphql.ids import global_id
from tests.faces.asking import answered, asked, refused, wrote
from tests.make import BY_ANN, Client, journey

Json = dict[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"
PUBLISH = """mutation ($id: ID!, $input: RevisionInput!, $at: Int) {
  publishJourney(id: $id, input: $input, ifVersion: $at) {
    revision { number kind label person departments document
      acknowledgements { department status } }
    userErrors { code pointer } } }"""
RESTORE = """mutation ($id: ID!, $revision: String!) {
  restoreJourney(id: $id, revision: $revision) {
  journey { title } restoration { revision kept leftOut { pointer } }
  userErrors { code pointer } } }"""
COPY = """mutation ($id: ID!, $input: CopyOrderInput!) { copyJourney(id: $id, input: $input) {
  journey { title } journeys { uuid variantAxes variantOfJourney { uuid } }
  userErrors { code pointer } } }"""
TAKE_NOTE = """mutation ($id: ID!, $input: AcknowledgementInput!) {
  acknowledgeRevision(journeyId: $id, number: 1, input: $input) {
    acknowledgements { department status person } userErrors { code pointer } } }"""
DIFF = """query ($id: ID!, $base: String, $with: String) {
  journeyDiff(id: $id, base: $base, with: $with) {
    base { revision title } with { revision } unmatched { side part key }
    items { change part key field before after } } }"""
REVISIONS = """query ($id: ID!, $after: String) { journey(id: $id) {
  revisions(first: 2, after: $after) {
    totalCount nodes { number } edges { cursor } pageInfo { hasNextPage endCursor } } } }"""
EVERY = """query { journeys(first: 9) { nodes {
  variants { nodes { uuid } }
  revisions(first: 3) { nodes { number acknowledgements { status } } totalCount } } } }"""


async def made(client: Client) -> Json:
    body = journey(1, 2)
    body["stages"][0]["steps"][0]["department"] = "desk"
    return await client.made("/v1/journeys", body)


async def test_a_map_is_published_and_restored(client: Client) -> None:
    first = await made(client)
    gid = global_id("Journey", first["id"])
    came = await wrote(client, PUBLISH, id=gid, input={"label": "One"}, at=first["version"])
    assert came["revision"] == {
        "number": 1,
        "kind": "published",
        "label": "One",
        "person": None,
        "departments": ["desk"],
        "document": first,
        "acknowledgements": [{"department": "desk", "status": "pending"}],
    }
    await client.patch(f"/v1/journeys/{first['id']}", json={"title": "Other"})
    came = await wrote(client, RESTORE, id=gid, revision="1")
    assert came["journey"] == {"title": first["title"]}
    assert came["restoration"] == {"revision": 1, "kept": 2, "leftOut": []}


async def test_refusals_are_those_of_rest(client: Client) -> None:
    first = await made(client)
    empty = await client.made("/v1/journeys", {"title": "Empty"})
    axes = {"as": "copy", "axes": {"a": "b"}}
    for query, variables, code, pointer in (
        (PUBLISH, {"id": empty["id"], "input": {}}, "empty_map", None),
        (PUBLISH, {"id": NOBODY, "input": {}}, "not_found", None),
        (PUBLISH, {"id": first["id"], "input": {}, "at": 7}, "stale_version", None),
        (RESTORE, {"id": first["id"], "revision": "3"}, "revision_not_found", "/revision"),
        (RESTORE, {"id": first["id"], "revision": "draft"}, "revision", "/revision"),
        (COPY, {"id": NOBODY, "input": {"as": "copy"}}, "not_found", None),
        (
            COPY,
            {"id": first["id"], "input": axes},
            "not_a_variant",
            "/axes",
        ),
        (TAKE_NOTE, {"id": first["id"], "input": {"department": "x"}}, "revision_not_found", None),
    ):
        (error,) = await refused(client, query, **variables)
        assert (error["code"], error["pointer"]) == (code, pointer), variables


async def test_a_department_takes_note(client: Client) -> None:
    first = await made(client)
    await client.made(f"/v1/journeys/{first['id']}/publish", {})
    nameless = {"id": first["id"], "input": {"department": "desk"}}
    (error,) = await refused(client, TAKE_NOTE, **nameless)
    assert (error["code"], error["pointer"]) == ("person_required", "/header/Waypost-Actor")
    client.headers.update(BY_ANN)
    came = await wrote(client, TAKE_NOTE, id=first["id"], input={"department": "desk"})
    assert [one["status"] for one in came["acknowledgements"]] == ["acknowledged"]


async def test_the_differences_are_those_of_rest(client: Client) -> None:
    first, other = await made(client), await made(client)
    at = f"/v1/journeys/{first['id']}"
    await client.made(f"{at}/publish", {})
    step = first["stages"][0]["steps"][0]
    await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 1.5})
    diff = (await asked(client, DIFF, id=first["id"]))["journeyDiff"]
    rest = await client.got(f"{at}/diff")
    assert diff["items"] == rest["items"]
    assert [one["after"] for one in diff["items"]] == [1.5]
    assert (diff["base"]["revision"], diff["with"]["revision"]) == ("1", "draft")
    named = f"journey:{global_id('Journey', other['id'])}"
    diff = (await asked(client, DIFF, id=first["id"], **{"base": "1", "with": named}))[
        "journeyDiff"
    ]
    assert diff["unmatched"] == []
    wrong = await answered(client, DIFF, id=first["id"], base="nothing")
    assert wrong["errors"][0]["extensions"]["errors"][0]["pointer"] == "/base"


async def test_revisions_come_by_the_page_with_their_journey(client: Client) -> None:
    first = await made(client)
    for _ in range(3):
        await client.made(f"/v1/journeys/{first['id']}/publish", {})
    page = (await asked(client, REVISIONS, id=first["id"]))["journey"]["revisions"]
    assert [one["number"] for one in page["nodes"]] == [3, 2]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    after = page["pageInfo"]["endCursor"]
    rest = (await asked(client, REVISIONS, id=first["id"], after=after))["journey"]["revisions"]
    assert [one["number"] for one in rest["nodes"]] == [1]
    assert (rest["totalCount"], rest["pageInfo"]["hasNextPage"]) == (3, False)
    rest_page = await client.got(f"/v1/journeys/{first['id']}/revisions", params={"limit": 2})
    assert rest_page["next"] == after
    behind = await answered(client, REVISIONS, id=first["id"], after="x")
    assert behind["errors"]
    query = """query ($id: ID!) { revision(journeyId: $id, number: 2) { number document }
      none: revision(journeyId: $id, number: 9) { number }
      last: revision(journeyId: $id) { number }
      revisions(journeyId: $id, first: 1) { nodes { number document } totalCount } }"""
    found = await asked(client, query, id=first["id"])
    assert found["revision"]["document"] == first
    assert (found["none"], found["last"]) == (None, {"number": 3})
    assert found["revisions"]["nodes"][0]["document"] == first


async def test_many_maps_cost_no_more_statements_than_one(client: Client) -> None:
    async def cost(more: int) -> int:
        for _ in range(more):
            which = await made(client)
            await client.made(f"/v1/journeys/{which['id']}/publish", {})
            await client.made(
                f"/v1/journeys/{which['id']}/copy", {"as": "variant", "axes": {"channel": "web"}}
            )
        before = await client.statements()
        nodes = (await asked(client, EVERY))["journeys"]["nodes"]
        assert sum(len(one["variants"]) for one in nodes) > 0
        assert {one["revisions"]["totalCount"] for one in nodes} == {0, 1}
        return await client.statements() - before

    assert await cost(1) == await cost(3)


async def test_a_matrix_makes_its_variants(client: Client) -> None:
    first = await made(client)
    order = {"as": "variant", "matrix": {"channel": ["web", "phone"]}, "include": ["bindings"]}
    came = await wrote(client, COPY, id=first["id"], input=order)
    assert [one["variantAxes"] for one in came["journeys"]] == [
        {"channel": "web"},
        {"channel": "phone"},
    ]
    assert came["journey"] == {"title": f"{first['title']} (web)"}
    assert {one["variantOfJourney"]["uuid"] for one in came["journeys"]} == {first["id"]}
