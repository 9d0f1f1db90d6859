"""What KPIs on maps lead to: stages in need, nothing made up, targets that go the right way."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client
from tests.measures.test_kpis_on_maps import COUNT, at, items, kpi, lived, walked
from tests.slices.bound import event, sent

Json = dict[str, Any]


async def test_stages_in_which_a_kpi_misses_its_target_need_attention(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    look, pay = made["stages"]
    at_most: Json = {"direction": "down", "built_in": "stage_abandonment"}
    for name, members in (
        ("Leaving", {**at_most, "target": {"value": 0.001}, "places": [at(made, 0)]}),
        ("Carts", {"definition": COUNT, "target": {"value": 99}, "places": [at(made, 1, 0)]}),
        ("Bought", {"definition": COUNT, "target": {"value": 2}, "places": [at(made, 1)]}),
        ("All", {"definition": COUNT, "target": {"value": 999}, "places": [at(made)]}),
    ):
        await kpi(client, name, **members)
    found = await client.got(f"/v1/journeys/{made['id']}/kpis")
    missed = {(one["kpi"], one["stage_key"]) for one in found["items"] if one["status"] == "missed"}
    assert ("all", None) in missed
    assert [(one["stage_id"], one["kpis"]) for one in found["attention"]] == [
        *[(look["id"], ["stage_abandonment"]) for _, key in missed if key == look["key"]][:1],
        (pay["id"], ["carts"]),
    ]
    directions = {one["kpi"]: one["direction"] for one in found["items"]}
    assert (directions["stage_abandonment"], directions["orders"]) == ("down", "up")
    query = "query ($id: ID!) { journey(id: $id) { kpis { kpi } } journeyKpis(journeyId: $id) {"
    query += " attention { stageKey kpis } } }"
    told = (await asked(client, query, id=made["id"]))["journeyKpis"]["attention"]
    assert [one["kpis"] for one in told][-1] == ["carts"]


async def test_of_a_map_of_which_nothing_is_known_no_figure_is_made_up(client: Client) -> None:
    made = await walked(client)
    unbound = await client.made("/v1/journeys", {"title": "Unbound"})
    for which, query, why in (
        (unbound, {}, "not_bound"),
        (made, {}, "no_event"),
    ):
        rows = await items(client, which, keys="orders,revenue,reach,conversion_rate", **query)
        for one in rows:
            value = one["value"]
            told = value["reason"] if isinstance(value, dict) else one["reason"]
            assert (one["kpi"], told) in {(one["kpi"], why), ("conversion_rate", "no_goal")}
            assert value is None or value["value"] is None
    await lived(client)
    (early,) = await items(client, made, keys="orders", to="2020-01-01T00:00:00Z")
    assert (early["value"], early["reason"]) == (None, "no_event")
    (none,) = await items(client, made, keys="orders")
    assert none["value"] == 0


async def test_a_target_on_a_built_in_kpi_goes_its_way(client: Client) -> None:
    told = {"built_in": "bounce_rate", "target": {"value": 0.2}}
    assert (await kpi(client, "Bounces", **told))["direction"] == "down"
    assert (await kpi(client, "More bounces", **told, direction="up"))["direction"] == "up"
    assert (await kpi(client, "Orders", built_in="orders"))["direction"] == "up"


async def test_what_is_told_of_maps_alone_is_neither_watched_nor_measured(client: Client) -> None:
    own = await kpi(client, "Leaving", built_in="stage_abandonment", target={"value": 0.1})
    for name in ("stage_abandonment", own["key"], own["id"], "cost_per_conversion"):
        body = {"name": "No", "watches": {"kpi": {"kpi": name}}, "condition": {"above": 1}}
        answer = await client.post("/v1/alerts", json=body)
        (problem,) = answer.json()["errors"]
        assert (problem["pointer"], problem["code"]) == ("/watches/kpi/kpi", "only_of_maps")


async def test_of_a_map_without_complaints_nobody_is_estimated(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    rows = await items(client, made, keys="estimated_unhappy,estimated_word_of_mouth,orders")
    assert [(one["value"], one.get("reason")) for one in rows] == [
        (None, "no_complaint"),
        (None, "no_complaint"),
        (0, None),
    ]
    settings = {"event_roles": {"complaint": "Read"}}
    assert (await client.patch("/v1/settings", json=settings)).status_code == 200
    rows = await items(client, made, keys="estimated_unhappy")
    assert [(one["value"], one["numerator"]) for one in rows] == [(pytest.approx(20 * 26), 20)]
    # Somebody complained there, though not in this range.
    (none,) = await items(client, made, keys="estimated_unhappy", to="2026-05-04T00:00:00Z")
    assert none["value"] in (0, None)


async def test_a_target_of_all_stages_is_missed_in_each(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    at_most: Json = {"direction": "down", "built_in": "stage_abandonment"}
    target = {"target": {"value": 0.001}, "places": [at(made)]}
    # Long after, so that all of them are decided.
    await sent(client, event(25, "Elsewhere", "z"))
    own = await kpi(client, "Leaving", **at_most, **target)
    shown = await client.got(f"/v1/journeys/{made['id']}/kpis")
    need = {one["stage_id"] for one in shown["attention"]}
    path = f"/v1/journeys/{made['id']}/gaps"
    found = (await client.got(path, params={"kind": "kpi_shortfall"}))["items"]
    assert {one["stage_id"] for one in found} == need == {made["stages"][0]["id"]}
    (gap,) = found
    assert (gap["kpi"]["kpi_id"], gap["kpi"]["kpi"]) == (own["id"], "leaving")
    assert gap["kpi"]["numerator"] > 0
