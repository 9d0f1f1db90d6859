"""The range that KPIs are compared with, wherever one is named: how it is written, and which."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client, pointers
from tests.measures.doing import kpi
from tests.measures.test_kpis_on_maps import COUNT, at, items, lived, walked
from tests.measures.test_kpis_on_maps import kpi as made_kpi

Json = dict[str, Any]
MAY = {"from": "2026-05-03T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
BEFORE = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
TEXT = "/".join(BEFORE.values())
OVERLAPPING = [
    pytest.param(MAY, MAY, id="itself"),
    pytest.param(MAY, {"from": "2026-04-01T00:00:00Z", "to": "2026-05-04T00:00:00Z"}, id="begin"),
    pytest.param(MAY, {"from": "2026-05-31T00:00:00Z", "to": "2026-07-01T00:00:00Z"}, id="end"),
    pytest.param(MAY, {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}, id="around"),
    pytest.param({}, BEFORE, id="always"),
    pytest.param({"to": MAY["to"]}, BEFORE, id="no begin"),
    pytest.param({"from": BEFORE["from"]}, BEFORE, id="no end"),
    pytest.param(
        {"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "previous_year", id="years"
    ),
]
ON_MAP = """
query ($id: ID!, $from: DateTime, $to: DateTime, $compare: String) {
  journey(id: $id) {
    kpis(keys: ["orders"], from: $from, to: $to, compare: $compare) { comparison { from to } }
  }
}"""
ALONE = "query ($input: KpiQueryInput!) { kpiValue(input: $input) { comparison { from to } } }"


async def test_it_is_written_one_way_or_the_other(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    for written in (BEFORE, TEXT):
        found = await kpi(client, "orders", from_=MAY["from"], to=MAY["to"], compare=written)
        assert {name: found["comparison"][name] for name in BEFORE} == BEFORE
        assert found["definition"]["compare"] == written
        data = await asked(client, ALONE, input={"kpi": "orders", **MAY, "compare": written})
        assert data["kpiValue"]["comparison"] == BEFORE
    (one,) = await items(client, made, keys="orders", **MAY, compare=TEXT)
    assert {name: one["comparison"][name] for name in BEFORE} == BEFORE
    data = await asked(client, ON_MAP, id=made["id"], **MAY, compare=TEXT)
    assert data["journey"]["kpis"] == [{"comparison": BEFORE}]


@pytest.mark.parametrize(("range_", "compare"), OVERLAPPING)
async def test_what_counts_on_both_sides_is_refused(
    client: Client, range_: Json, compare: Json | str
) -> None:
    body = {"kpi": "orders", **range_, "compare": compare}
    answer = await client.post("/v1/kpis/query", json=body)
    assert (answer.status_code, pointers(answer)) == (422, {"/compare"})
    assert [one["code"] for one in answer.json()["errors"]] == ["ranges_overlap"]
    made = await walked(client)
    written = compare if isinstance(compare, str) else "/".join(compare.values())
    query = {**range_, "compare": written}
    answer = await client.get(f"/v1/journeys/{made['id']}/kpis", params=query)
    assert (answer.status_code, pointers(answer)) == (422, {"/query/compare"})
    assert [one["code"] for one in answer.json()["errors"]] == ["ranges_overlap"]
    variables = {"id": made["id"], **query}
    graphql = {"query": ON_MAP, "variables": variables}
    refused = (await client.post("/graphql", json=graphql)).json()
    (told,) = refused["errors"][0]["extensions"]["errors"]
    assert told["code"] == "ranges_overlap"


async def test_the_range_of_an_own_kpi_is_that_of_its_target(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    own = {"definition": COUNT, "target": {"value": 30, **MAY}, "places": [at(made)]}
    await made_kpi(client, "Events", **own)
    (one,) = await items(client, made, keys="events", compare=TEXT)
    assert {name: one["comparison"][name] for name in BEFORE} == BEFORE


async def test_it_may_lie_behind_the_range(client: Client) -> None:
    await lived(client)
    before = {"from_": BEFORE["from"], "to": BEFORE["to"]}
    told = (await kpi(client, "orders", **before, compare=MAY))["comparison"]
    assert {name: told[name] for name in MAY} == MAY
    told = (await kpi(client, "orders", to=MAY["from"], compare=MAY))["comparison"]
    assert {name: told[name] for name in MAY} == MAY


@pytest.mark.parametrize("written", ["{", "{}", "[1]", '{"from": 1, "to": 2}', "x/y", "/", "a/b/c"])
async def test_what_says_no_range_is_refused(client: Client, written: str) -> None:
    for body in ({**MAY, "compare": written}, {"compare": written}):
        answer = await client.post("/v1/kpis/query", json={"kpi": "orders", **body})
        assert (answer.status_code, pointers(answer)) == (422, {"/compare"})
        assert [one["code"] for one in answer.json()["errors"]] == ["not_a_choice"]
