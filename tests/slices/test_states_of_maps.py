"""States of maps, asked of every path: refused where there is none, in GraphQL, as lists."""

import json
from typing import Any

import pytest

from tests.faces.asking import answered, asked
from tests.make import Client, journey, pointers
from tests.slices.revised import edited, hung_upon

Json = dict[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"
COMPUTED = ("gaps", "plan", "coverage", "challenges")
PATHS = (*COMPUTED, "map")
GRAPHQL = """query ($id: ID!, $which: String) { journey(id: $id) {
  gaps(revision: $which) { totalCount definition { revision } nodes { uuid severity } }
  strengths(revision: $which) { kind }
  plan(revision: $which) { definition { revision } stages { name content { title } } }
  coverage(revision: $which) { definition { revision } questions { share { numerator } } }
  challenges(revision: $which) { definition { revision } items { key empty } }
  map(revision: $which, format: json)
} }"""


@pytest.fixture
async def first(client: Client) -> Json:
    """A map with all that hangs on one, published."""
    return await hung_upon(client)


@pytest.mark.parametrize("path", [*PATHS, "stages", "transitions"])
async def test_a_state_that_is_not_there_is_told(client: Client, first: Json, path: str) -> None:
    other = await client.made("/v1/journeys", journey(1, 1))
    for of, name, status, code in (
        (first["id"], "9", 404, "revision_not_found"),
        (first["id"], "99999999999", 422, "invalid"),
        (first["id"], "x", 422, "invalid"),
        (first["id"], "", 422, "invalid"),
        (other["id"], "published", 404, "never_published"),
        (other["id"], "2026-05-01", 404, "never_published"),
        (NOBODY, "1", 404, "not_found"),
        (NOBODY, "draft", 404, "not_found"),
    ):
        answer = await client.get(f"/v1/journeys/{of}/{path}", params={"revision": name})
        told = (answer.status_code, answer.json()["code"], pointers(answer))
        assert told == (status, code, {"/query/revision"} if status == 422 else set()), name


async def test_nobody_reads_the_revisions_of_others(stranger: Client, first: Json) -> None:
    for path in (*PATHS, "stages", "transitions"):
        at = f"/v1/journeys/{first['id']}/{path}"
        answer = await stranger.get(at, params={"revision": "1"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_a_link_opens_no_other_state(client: Client, first: Json) -> None:
    at = f"/v1/journeys/{first['id']}"
    url = (await client.made(f"{at}/share", {}))["url"]
    bare = {"Authorization": ""}
    assert (await client.get(url, headers=bare)).status_code == 200
    for name in ("1", "draft", "published"):
        answer = await client.get(f"{url}&revision={name}", headers=bare)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_statements_do_not_grow_with_the_map(client: Client) -> None:
    async def costs(stages: int) -> dict[str, int]:
        body = journey(stages, 4)
        for n in range(stages):
            kept = {"key": f"at-{stages}-{n}", "name": "Desk"}
            at = await client.made("/v1/touchpoints", kept)
            body["stages"][n]["steps"][0]["touchpoints"] = [{"touchpoint_id": at["id"]}]
        made = await client.made("/v1/journeys", body)
        await client.made(f"/v1/journeys/{made['id']}/publish", {})
        found = {}
        for path in (*PATHS, "stages", "transitions"):
            costs = []
            for _ in range(2):
                before = await client.statements()
                await client.got(f"/v1/journeys/{made['id']}/{path}", params={"revision": "1"})
                costs.append(await client.statements() - before)
            # The key is looked up anew now and then.
            found[path] = min(costs)
        return found

    small, large = await costs(2), await costs(12)
    assert small == large
    assert large == {
        **{"gaps": 3, "plan": 3, "coverage": 2, "challenges": 2, "map": 3},
        **{"stages": 1, "transitions": 1},
    }


async def test_graphql_answers_the_same(client: Client, first: Json) -> None:
    await edited(client, first)
    at = f"/v1/journeys/{first['id']}"
    found = (await asked(client, GRAPHQL, id=first["id"], which="1"))["journey"]
    rest = {path: await client.got(f"{at}/{path}", params={"revision": "1"}) for path in PATHS}
    assert {found[path]["definition"]["revision"] for path in COMPUTED} == {"1"}
    assert found["gaps"]["totalCount"] == rest["gaps"]["total"]
    assert [one["uuid"] for one in found["gaps"]["nodes"]] == [
        one["id"] for one in rest["gaps"]["items"]
    ]
    assert [one["kind"] for one in found["strengths"]] == [
        one["kind"] for one in rest["gaps"]["strengths"]
    ]
    assert [one["name"] for one in found["plan"]["stages"]] == [
        one["name"] for one in rest["plan"]["stages"]
    ]
    assert [one["key"] for one in found["challenges"]["items"]] == [
        one["key"] for one in rest["challenges"]["items"]
    ]
    assert found["map"] == (await client.get(f"{at}/map", params={"revision": "1"})).text
    draft = (await asked(client, GRAPHQL, id=first["id"]))["journey"]
    assert {draft[path]["definition"]["revision"] for path in COMPUTED} == {"draft"}
    for wrong in ("x", "7"):
        assert (await answered(client, GRAPHQL, id=first["id"], which=wrong))["errors"], wrong


async def test_graphql_reads_many_maps_of_a_state_at_once(client: Client) -> None:
    query = """query ($n: Int) { journeys(first: $n) { nodes {
      old: coverage(revision: "1") { definition { revision } }
      plan(revision: "published") { definition { revision } }
      gaps(revision: "published") { totalCount } coverage { title } } } }"""

    async def cost(maps: int) -> int:
        before = await client.statements()
        found = await asked(client, query, n=maps)
        nodes = found["journeys"]["nodes"]
        assert [one["old"]["definition"]["revision"] for one in nodes] == ["1"] * maps
        return await client.statements() - before

    for _ in range(4):
        made = await client.made("/v1/journeys", journey(2, 2))
        await client.made(f"/v1/journeys/{made['id']}/publish", {})
    assert await cost(1) == await cost(4)


async def listed(client: Client, of: Json, kind: str, **query: Any) -> list[Json]:
    found = await client.got(f"/v1/journeys/{of['id']}/{kind}", params=query)
    items: list[Json] = found["items"]
    return items


async def test_stages_and_transitions_are_listed_as_they_were(client: Client, first: Json) -> None:
    await edited(client, first)
    for kind in ("stages", "transitions"):
        then = await listed(client, first, kind, revision="1", view="whole")
        assert then == first[kind]
        assert await listed(client, first, kind, view="whole") != then
        flat = await listed(client, first, kind, revision="published")
        assert flat == [{n: v for n, v in one.items() if n != "steps"} for one in first[kind]]
        now = await listed(client, first, kind)
        assert await listed(client, first, kind, revision="draft") == now
        at, query = f"/v1/journeys/{first['id']}/{kind}", {"revision": "1", "limit": "1"}
        page = await client.got(at, params={**query, "count": "true"})
        assert (page["total"], page["items"]) == (len(flat), flat[:1])
        rest = await client.got(at, params={**query, "after": page["next"], "limit": "9"})
        assert (rest["items"], rest["next"]) == (flat[1:], None)
        assert (await client.get(at, params={"after": page["next"]})).status_code == 400
        lines = await client.get(at, params={"revision": "1", "format": "ndjson"})
        assert [json.loads(line) for line in lines.text.splitlines()[:-1]] == flat
        assert set(json.loads(lines.text.splitlines()[-1])) == {"next"}


async def test_the_parts_of_a_revision_stand_in_their_order(client: Client, first: Json) -> None:
    at = f"/v1/journeys/{first['id']}/stages"
    there = '{"field": "name", "op": "exists", "value": true}'
    query = {"revision": "1", "sort": "-name", "filter": there}
    answer = await client.get(at, params=query)
    assert (answer.status_code, pointers(answer)) == (422, {"/query/sort", "/query/filter"})
    assert (await client.get(at, params={"revision": "1", "sort": "position"})).status_code == 200


async def test_graphql_lists_parts_as_they_were(client: Client, first: Json) -> None:
    await edited(client, first)
    query = """query ($id: ID!, $after: String) {
      stages(journeyId: $id, revision: "1", first: 2, after: $after) { totalCount
        pageInfo { hasNextPage endCursor } nodes { uuid name steps { action } } }
      transitions(journeyId: $id, revision: "published") { nodes { uuid kind } } }"""
    found = await asked(client, query, id=first["id"])
    then = [
        {"uuid": s["id"], "name": s["name"], "steps": [{"action": t["action"]} for t in s["steps"]]}
        for s in first["stages"]
    ]
    assert (found["stages"]["nodes"], found["stages"]["totalCount"]) == (then[:2], 3)
    assert [one["uuid"] for one in found["transitions"]["nodes"]] == [
        one["id"] for one in first["transitions"]
    ]
    after = found["stages"]["pageInfo"]["endCursor"]
    rest = (await asked(client, query, id=first["id"], after=after))["stages"]
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == (then[2:], False)
