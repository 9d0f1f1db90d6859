"""What claims events, so that they are no gap; who is told of others, and what is kept of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service import folding
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.followed import felt, steps_of
from tests.measures.gap_lists import found
from tests.measures.test_gaps_passed import send
from tests.measures.unclaimed import BEGIN, beside, counts, shopped, walked
from tests.watched import Watched

Json = dict[str, Any]


@pytest.fixture
async def made(client: Client) -> Json:
    return await shopped(client)


Bind = Callable[[Client, Any], Any]


async def by_step(client: Client, binding: Any) -> None:
    body = felt("c", [1])
    body["stages"][0]["steps"][0]["binding"] = binding
    await client.made("/v1/journeys", body)


async def by_touchpoint(client: Client, binding: Any) -> None:
    await client.made("/v1/touchpoints", {"name": "Shop", "key": "shop", "binding": binding})


Z = {"field": "event", "op": "eq", "value": "z"}
MOBILE = {"field": "device", "op": "eq", "value": "mobile"}
PAID = {"field": "properties.paid", "op": "exists", "value": True}


@pytest.mark.parametrize("bind", [by_step, by_touchpoint])
@pytest.mark.parametrize(
    ("binding", "left"),
    [
        ("z", "y"),
        ({"field": "event", "op": "in", "value": ["z", "k"]}, "y"),
        ({"all": [Z, PAID]}, "y"),
        ({"any": [{"all": [Z, MOBILE]}, {"field": "event", "op": "eq", "value": "k"}]}, "y"),
        ({"not": {"field": "event", "op": "eq", "value": "y"}}, "y"),
        ({"not": {"all": [Z, MOBILE]}}, ""),
        ({"field": "event", "op": "starts_with", "value": "z"}, "y"),
        (MOBILE, ""),
        ({"all": [MOBILE, {"not": Z}]}, "z"),
        ({"all": [Z, {"field": "event", "op": "eq", "value": "k"}]}, "yz"),
    ],
    ids=[
        *("named", "in", "exists", "any", "not", "not_all", "begins", "without_name"),
        *("but_z", "never"),
    ],
)
async def test_what_a_binding_of_any_map_could_take_is_no_gap(
    client: Client, made: Json, bind: Bind, binding: Any, left: str
) -> None:
    assert {*beside(await found(client, made["id"]))} == {*"yz"}
    await bind(client, binding)
    assert {*beside(await found(client, made["id"]))} == {*left}


async def test_a_revision_claims_what_its_draft_does_no_more(client: Client, made: Json) -> None:
    path = f"/v1/journeys/{made['id']}/publish"
    step = steps_of(made)[1]
    assert (await client.patch(f"/v1/steps/{step['id']}", json={"binding": "z"})).is_success
    await client.made(path, {})
    assert {*beside(await found(client, made["id"]))} == {*"by"}
    assert (await client.patch(f"/v1/steps/{step['id']}", json={"binding": "b"})).is_success
    # Of other maps no binding takes it now.
    other = await client.made("/v1/journeys", felt("ab", [1, 0]))
    assert {*beside(await found(client, made["id"]))} == {"y"}
    assert {*beside(await found(client, other["id"]))} == {*"yz"}
    await client.made(path, {})
    assert {*beside(await found(client, made["id"]))} == {"y"}


async def test_a_map_that_is_bound_to_nothing_or_is_planned_has_none(
    client: Client, made: Json
) -> None:
    body = felt("a", [1])
    del body["stages"][0]["steps"][0]["binding"]
    plain = await client.made("/v1/journeys", body)
    planned = await client.made(
        "/v1/journeys", {**felt("ab", [1, 0]), "perspective": "to_be", "as_is_id": made["id"]}
    )
    for one in (plain, planned):
        assert beside(await found(client, one["id"])) == {}
    why = {one["reason"] for one in (await found(client, plain["id"]))["excluded"]}
    assert "unobserved: not_bound" in why


async def test_keys_learn_no_more_than_they_may(client: Client, made: Json, app: FastAPI) -> None:
    await send(client, [(f"u{n}", "v", BEGIN + timedelta(hours=30)) for n in range(38)])
    few = {"analyst": ["analytics:read", "maps:read"], "author": ["maps:read"]}
    keys = {
        name: (await client.made("/v1/api-keys", {"name": name, "scopes": scopes}))["key"]
        for name, scopes in few.items()
    }
    assert {*beside(await found(client, made["id"]))} == {*"vyz"}
    async with Client.entering(app, f'{{"key": "{keys["analyst"]}"}}') as analyst:
        told = await found(analyst, made["id"])
        # Two have not done v, and that few nobody else is told.
        assert {*beside(told)} == {*"yz"}
        assert {"reason": "unobserved: small_cell", "count": 1} in told["excluded"]
    gap = beside(await found(client, made["id"]))["z"]
    await client.watched()
    async with Client.entering(app, f'{{"key": "{keys["author"]}"}}') as author:
        assert beside(await found(author, made["id"])) == {}
        assert (await author.get(f"/v1/gaps/{gap['id']}")).status_code == 404


async def test_another_workspace_claims_nothing_here(
    client: Client, made: Json, stranger: Client
) -> None:
    await by_step(stranger, "z")
    await walked(stranger, y=40, z=40)
    assert counts(beside(await found(client, made["id"])))["z"] == [30, 40, 60]
    assert (await stranger.get(f"/v1/journeys/{made['id']}/gaps")).status_code == 404


async def test_the_worker_sees_them_come_and_go(
    client: Client, made: Json, watched: Watched
) -> None:
    await watched.look()
    asked_for = {"kind": "unobserved", "journey_id": made["id"]}
    seen = (await client.got("/v1/gaps/history", params=asked_for))["items"]
    gaps = beside(await found(client, made["id"]))
    assert {one["gap_id"] for one in seen} == {one["id"] for one in gaps.values()}
    assert all(one["first_seen_at"] for one in gaps.values())
    await by_step(client, "z")
    await watched.look(days=1)
    gone = (await client.got("/v1/gaps/history", params={**asked_for, "state": "closed"}))["items"]
    assert [one["gap_id"] for one in gone] == [gaps["z"]["id"]]


async def test_what_is_remembered_knows_what_other_maps_claim(
    client: Client, made: Json, watched: Watched
) -> None:
    """And what came since: whatever is told is told anew where that changes."""
    await folding.folded(watched.database, watched.workspace)
    for _ in range(2):
        assert {*beside(await found(client, made["id"]))} == {*"yz"}
    body = felt("c", [1])
    body["stages"][0]["steps"][0]["binding"] = "z"
    other = await client.made("/v1/journeys", body)
    assert {*beside(await found(client, made["id"]))} == {"y"}
    step = steps_of(other)[0]
    assert (await client.patch(f"/v1/steps/{step['id']}", json={"binding": "y"})).is_success
    assert {*beside(await found(client, made["id"]))} == {"z"}
    assert (await client.delete(f"/v1/journeys/{other['id']}")).is_success
    assert {*beside(await found(client, made["id"]))} == {*"yz"}
    rows = [(f"u{n}", "x", BEGIN + timedelta(hours=30)) for n in range(35)]
    await send(client, rows)
    assert {*beside(await found(client, made["id"]))} == {*"xyz"}


async def test_graphql_tells_the_same(client: Client, made: Json) -> None:
    query = """query($id: ID!) { journey(id: $id) { gaps(first: 200, filter: {
      kind: [unobserved] }) { nodes { uuid where { dimension value } severity } } } }"""
    nodes = (await asked(client, query, id=made["id"]))["journey"]["gaps"]["nodes"]
    told = (await found(client, made["id"], kind="unobserved"))["items"]
    shown = [(one["uuid"], one["where"], one["severity"]) for one in nodes]
    assert shown == [(one["id"], one["where"], one["severity"]) for one in told]
    assert {one["where"]["value"] for one in nodes} == {*"yz"}
