"""The sample's shop: the ways of its people over its map are told by every figure."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service import sample
from service.database import Database
from service.domain.work import Caller
from tests.faces.asking import asked
from tests.make import Client

SHOP = "0198c7f0-0000-7000-8000-000000000240"
Json = dict[str, Any]


@pytest.fixture
async def lived(database: Database, workspace: Caller, client: Client) -> Client:
    """A workspace with the sample, and what its people did until yesterday."""
    async with database.write(workspace) as work:
        await sample.load(work)
    await client.post("/v1/batch", content=sample.did(datetime.now(UTC).date()))
    return client


async def test_the_shops_people_are_followed_over_its_map(lived: Client) -> None:
    shop = await lived.got(f"/v1/journeys/{SHOP}")
    keys = {step["key"] for stage in shop["stages"] for step in stage["steps"]}
    at = f"/v1/journeys/{SHOP}"
    moves = await lived.got(f"{at}/transitions/observed?scope=contact&collapse_repeats=true")
    assert moves["contacts"] > 10
    assert {one[name] for one in moves["items"] for name in ("from", "to")} <= keys
    for one in moves["steps"]:
        assert one["in"] + one["starts"] == one["out"] + one["ends"] + one["cut"]
    ways = await lived.got(f"{at}/paths?scope=contact&end=pay")
    assert ways["paths"] == ways["converted"]["numerator"] > 0
    assert {key for one in ways["items"] for key in one["steps"]} <= keys
    fit = await lived.got(f"{at}/conformance?unit=contact")
    assert fit["units"] == moves["contacts"]
    assert fit["units"] == sum(one["units"] for one in fit["by_matched"])
    edges = {(one["from"], one["to"]) for one in shop["transitions"]}
    assert fit["detours"]
    assert not edges & {(one["from"], one["to"]) for one in fit["detours"]}
    along = await lived.got(f"{at}/funnel?by=stage")
    stages = [stage["key"] for stage in shop["stages"]]
    assert [one["name"] for one in along["steps"]] == [
        key for key in stages if key in {one["name"] for one in along["steps"]}
    ]
    counts = [one["units"] for one in along["steps"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0


async def test_what_its_people_do_and_no_map_has_is_one_thing(lived: Client) -> None:
    gaps = (await lived.got("/v1/gaps", params={"kind": "unobserved", "limit": "200"}))["items"]
    beside = [one for one in gaps if one["where"]]
    assert [(one["journey_id"], one["where"]["value"]) for one in beside] == [
        (SHOP, "Size Table Opened")
    ]


async def test_who_stands_nowhere_else_ends_where_the_contact_says(lived: Client) -> None:
    moves = await lived.got(f"/v1/journeys/{SHOP}/transitions/observed?scope=contact")
    runner = await lived.got("/v1/contacts/by-external-id/crm/runner-101")
    items = (await lived.got(f"/v1/contacts/{runner['id']}/journeys"))["items"]
    (stands,) = (one for one in items if one["journey_id"] == SHOP)
    assert stands["step_key"] in {one["step"] for one in moves["ends"]}


async def test_a_page_asks_for_all_of_it_at_once(lived: Client) -> None:
    query = """query($id: ID!) {
      journeyTransitions(journeyId: $id, input: {scope: contact}) { contacts }
      journeyPaths(journeyId: $id, input: {scope: contact}) { paths contacts }
      journeyFunnel(journeyId: $id, input: {by: stage}) { steps { name units } }
      journeyConformance(journeyId: $id, input: {unit: contact}) {
        units exact { value } detours { from to share { value } } skipped { step count } } }"""
    found = await asked(lived, query, id=SHOP)
    counts = {
        found["journeyTransitions"]["contacts"],
        found["journeyPaths"]["contacts"],
        found["journeyPaths"]["paths"],
        found["journeyConformance"]["units"],
    }
    assert len(counts) == 1


async def test_its_map_and_its_people_differ_from_half_a_year_ago(lived: Client) -> None:
    found = await lived.got(f"/v1/journeys/{SHOP}/then-and-now")
    assert (found["base"]["revision"], found["map"]["changed"]) == (1, 5)
    assert found["mean"]["change"] > 0
    for side in ("base", "with"):
        assert found[side]["contacts"] >= 30
        assert found["satisfaction"][side]["denominator"] > 5
    known = [one["abandonment"]["change"] for one in found["stages"][:-1]]
    assert None not in known
    assert any(known)


async def test_every_usual_kpi_of_its_map_is_known(lived: Client) -> None:
    items = (await lived.got(f"/v1/journeys/{SHOP}/kpis"))["items"]
    assert not {one.get("reason") for one in items} - {None, "no_way_on"}
    # Nobody complains at its steps.
    keys = "estimated_unhappy,estimated_word_of_mouth"
    items = (await lived.got(f"/v1/journeys/{SHOP}/kpis?keys={keys}"))["items"]
    assert {one["reason"] for one in items} == {"no_complaint"}
    assert {one["assumption"] for one in items} == {True}


async def test_its_crm_agrees_with_what_people_do_more_often_than_not(lived: Client) -> None:
    found = await lived.got(f"/v1/journeys/{SHOP}/sales-funnel")
    assert 0.5 < found["agree"]["value"] < 0.9
    assert min(found[name]["numerator"] for name in ("ahead", "behind")) > 5
    beside = [one for one in found["funnel"] if one["in_both"] is not None]
    assert len(beside) >= 5
    assert found["unmapped"]["items"][0]["value"] == "other"
    assert {"no_trait", "unmapped_value"} <= {one["reason"] for one in found["excluded"]}


async def test_its_curve_tells_who_was_where(lived: Client) -> None:
    found = await lived.got(f"/v1/journeys/{SHOP}/emotion-curve?traffic=true")
    assert found["traffic"]["contacts"] > 100
    assert found["traffic_weighted_mean"] is not None
    assert found["moments_of_truth"]["detected"]


async def test_what_the_shop_wants_of_its_figures_is_held_against_them(lived: Client) -> None:
    found = await lived.got(f"/v1/journeys/{SHOP}/kpis")
    stands = {one["kpi"]: one["status"] for one in found["items"] if one["target"] is not None}
    assert stands["buyers-of-baskets"] == "missed"
    assert [one["kpis"] for one in found["attention"]] == [["buyers-of-baskets"]]
    gaps = await lived.got(f"/v1/journeys/{SHOP}/gaps?kind=kpi_shortfall")
    assert gaps["items"][0]["kpi"]["target"] == 0.9
    assert {one["name"] for one in (await lived.got("/v1/alerts"))["items"]} == {
        "Fewer than nine of ten at the checkout buy",
        "A gap as bad as the postage",
    }
