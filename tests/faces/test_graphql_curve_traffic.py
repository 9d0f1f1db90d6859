"""What events tell on the emotion curves of many maps, over GraphQL."""

from typing import Any

import pytest

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.faces.asking import answered, asked
from tests.make import Client
from tests.measures.followed import CURVE, felt, told
from tests.measures.test_transitions import walk

Json = dict[str, Any]
TOLD = """traffic { contacts revision reason excluded { reason count } } trafficWeightedMean reasons
  points { key traffic trafficReason } momentsOfTruth { marked detected differ unknown reason }"""
MANY = f"query {{ journeys(first: 50) {{ nodes {{ uuid emotionCurve {{ {TOLD} }} }} }} }}"


async def test_graphql_reads_events_where_its_fields_tell_of_them(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, -1]))
    await walk(client, "u", "a10:00 b10:01")
    rest = await told(client, made["id"], CURVE, traffic="true")
    for field in (
        "traffic { contacts }",
        "... on EmotionCurve { trafficWeightedMean }",
        "points { traffic }",
        "momentsOfTruth { detected }",
        "overlays { points { traffic } }",
    ):
        query = f"""query($id: ID!) {{ journey(id: $id) {{
          emotionCurve(overlays: [{{revision: "draft"}}]) {{ reasons {field} }} }} }}"""
        found = (await asked(client, query, id=made["id"]))["journey"]["emotionCurve"]
        assert found["reasons"] == rest["reasons"]
    query = "query($id: ID!) { journey(id: $id) { emotionCurve { reasons points { rating } } } }"
    found = (await asked(client, query, id=made["id"]))["journey"]["emotionCurve"]
    assert found["reasons"]["traffic"] == "not_asked"


async def world(client: Client, maps: int) -> list[Json]:
    """Maps that claim some of the same events, some published, and people who do not count."""
    names, found = "abcdef", []
    for n in range(maps):
        body = felt(names[n % 4 : n % 4 + 3], [1, -1, 2], names[n % 4])
        deep = {"field": "properties.deep", "op": "eq", "value": True}
        own = {"field": "event", "op": "eq", "value": names[n % 4]}
        body["stages"][0]["steps"][0]["binding"] = {"any": [own, deep]} if n % 2 else own
        found.append(await client.made("/v1/journeys", body))
        if n % 3:
            await client.made(f"/v1/journeys/{found[-1]['id']}/publish", {})
    for user, path in (
        ("u", "a10:00 b10:01 f10:03"),
        ("v", "c10:00"),
        ("w", "a10:00 d10:01 d10:02"),
    ):
        await walk(client, f"{user}{maps}", path)
    body = {"items": [{"source": "user_id", "value": f"w{maps}"}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    await client.patch(f"/v1/contacts/{who}", json={"test": True})
    return found


@pytest.mark.parametrize("folded", [False, True])
async def test_many_maps_are_told_what_each_alone_is_told(
    client: Client, workspace: Caller, database: Database, folded: bool
) -> None:
    made = await world(client, 7)
    if folded:
        await folding.folded(database, workspace.workspace_id)
    nodes = (await asked(client, MANY))["journeys"]["nodes"]
    found = {one["uuid"]: one["emotionCurve"] for one in nodes}
    assert len(found) == len(made)
    excluded = set()
    for one in made:
        alone = await told(client, one["id"], CURVE, traffic="true")
        ours = found[one["id"]]
        assert ours["trafficWeightedMean"] == alone["traffic_weighted_mean"]
        assert [p["traffic"] for p in ours["points"]] == [p["traffic"] for p in alone["points"]]
        for name in ("contacts", "revision", "excluded"):
            assert ours["traffic"][name] == alone["traffic"][name]
        assert ours["momentsOfTruth"]["differ"] == alone["moments_of_truth"]["differ"]
        assert ours["reasons"] == alone["reasons"]
        excluded.add(str(alone["traffic"]["excluded"]))
    assert len(excluded) > 1


async def test_statements_do_not_grow_with_the_maps(client: Client) -> None:
    spent = []
    for many in (2, 6):
        await world(client, many)
        few = []
        # Twice: what is known of a key is read again after seconds, whoever asks then.
        for _ in range(2):
            before = await client.statements()
            await asked(client, MANY)
            few.append(await client.statements() - before)
        spent.append(min(few))
    assert spent[0] == spent[1] <= 8


async def test_a_bad_range_is_refused_where_it_is_asked(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, -1]))
    curves = """query($id: ID!, $filter: JSON, $to: DateTime) { journey(id: $id) {
      emotionCurve(from: "2026-03-05T00:00:00Z", to: $to, filter: $filter) { traffic { reason } }
      plain: emotionCurve { traffic { reason } } } }"""
    nonsense = {"field": "nonsense", "op": "eq", "value": 1}
    cases: list[tuple[Json, str]] = [
        ({"filter": nonsense}, "/filter/field"),
        ({"to": "2026-03-02T00:00:00Z"}, ""),
    ]
    for more, pointer in cases:
        found = await answered(client, curves, id=made["id"], **more)
        (error,) = found["errors"]
        assert error["path"] == ["journey", "emotionCurve"]
        assert [one["pointer"] for one in error["extensions"]["errors"]] == [pointer]
        assert found["data"]["journey"]["plain"] == {"traffic": {"reason": "no_event"}}
