"""KPIs that miss their targets where they stand on maps, and those that meet them."""

from typing import Any

import pytest

from service.domain.shares import wilson
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.test_kpis_on_maps import COUNT, SHARE, at, kpi, lived, walked

Json = dict[str, Any]
MAY = {"from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}


async def gaps(client: Client, made: Json, **query: Any) -> Json:
    asked_for = {"kind": "kpi_shortfall", **query}
    found: Json = await client.got(f"/v1/journeys/{made['id']}/gaps", params=asked_for)
    return found


def met(found: Json) -> list[Json]:
    return [one for one in found["strengths"] if one["kind"] == "kpi_met"]


async def aimed(client: Client, name: str, target: float, *places: Json, **members: Any) -> Json:
    return await kpi(client, name, target={"value": target}, places=list(places), **members)


async def test_a_share_misses_by_more_than_its_interval(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    own = await aimed(client, "Buyers", 0.9, at(made, 1), definition=SHARE)
    await aimed(client, "Nearly", 0.7, at(made, 1), definition=SHARE)
    await aimed(client, "Enough", 0.4, at(made, 1), definition=SHARE)
    found = await gaps(client, made, **MAY)
    (one,) = found["items"]
    stage = made["stages"][1]["id"]
    assert (one["kind"], one["stage_id"], one["step_id"]) == ("kpi_shortfall", stage, None)
    low, high = wilson(20, 30)
    told = one["kpi"]
    assert (told["kpi_id"], told["kpi"], told["target"]) == (own["id"], "buyers", 0.9)
    assert (told["numerator"], told["denominator"]) == (20, 30)
    assert (told["value"], told["low"], told["high"]) == pytest.approx((20 / 30, low, high))
    assert (told["from"], told["to"]) == (MAY["from"], MAY["to"])
    assert one["period"] == MAY
    (signal,) = (row for row in one["signals"] if row["name"] == "shortfall")
    assert signal["value"] == pytest.approx((0.9 - high) / 0.9, abs=1e-9)
    text = "In “Pay” “Buyers” misses its target: it is 66.7 %, and should be 90 %."
    assert one["explanation"]["text"] == text
    (strong,) = met(found)
    assert (strong["kpi"]["kpi"], strong["stage_id"], strong["step_id"]) == ("enough", stage, None)
    assert "kpi_shortfall: not_known" in {row["reason"] for row in found["excluded"]}


@pytest.mark.parametrize(
    ("target", "direction", "kind"),
    [(111, "up", "gap"), (110, "up", "met"), (110, "down", "met"), (55, "down", "gap")],
)
async def test_a_number_misses_by_anything(
    client: Client, target: float, direction: str, kind: str
) -> None:
    made = await walked(client)
    await lived(client)
    await aimed(client, "Events", target, at(made), definition=COUNT, direction=direction)
    found = await gaps(client, made)
    assert [len(found["items"]), len(met(found))] == ([1, 0] if kind == "gap" else [0, 1])
    one = (*found["items"], *met(found))[0]
    assert (one["stage_id"], one["position"]) == (None, -1)
    if kind == "gap":
        missed = min(1, abs(target - 110) / target)
        assert (one["severity"], one["confidence"]) == (pytest.approx(100 * missed), 1)


async def test_what_was_posted_needs_no_event(client: Client) -> None:
    made = await walked(client)
    step = at(made, 0, 1)
    own = await aimed(client, "Calls", 40, step, unit="seconds", owner="service", direction="down")
    values = [{"at": "2026-05-10T00:00:00Z", "value": 60}]
    await client.post(f"/v1/kpis/{own['id']}/values", json={"items": values})
    (one,) = (await gaps(client, made))["items"]
    assert (one["step_id"], one["departments"]) == (step["step_id"], ["service"])
    assert (one["kpi"]["value"], one["kpi"]["denominator"]) == (60, None)
    assert (await gaps(client, made, to="2026-05-01T00:00:00Z"))["items"] == []


async def test_people_judge_them_and_the_whole_list_has_them(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await aimed(client, "Buyers", 0.9, at(made, 1), definition=SHARE)
    (one,) = (await gaps(client, made))["items"]
    body = {"status": "accepted", "reason": "We know"}
    answer = await client.patch(f"/v1/gaps/{one['id']}", json=body)
    assert answer.status_code == 200, answer.text
    every = await client.got("/v1/gaps", params={"kind": "kpi_shortfall"})
    assert [(row["id"], row["status"]) for row in every["items"]] == [(one["id"], "accepted")]
    query = """query ($id: ID!) { journey(id: $id) {
      gaps(filter: {kind: [KPI_SHORTFALL]}) { nodes { uuid kpi { kpi value low target } } }
      strengths { kind stepId kpi { kpi } } } }"""
    found = await asked(client, query.replace("KPI_SHORTFALL", "kpi_shortfall"), id=made["id"])
    (shown,) = found["journey"]["gaps"]["nodes"]
    assert (shown["uuid"], shown["kpi"]["target"]) == (one["id"], 0.9)
    assert found["journey"]["strengths"] == []


async def test_without_analytics_they_are_named_as_left_out(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await aimed(client, "Buyers", 0.9, at(made, 1), definition=SHARE)
    key = (await client.made("/v1/api-keys", {"name": "Maps", "scopes": ["maps:read"]}))["key"]
    headers = {"Authorization": f"Bearer {key}"}
    for path in (f"/v1/journeys/{made['id']}/gaps", "/v1/gaps"):
        found = await client.got(path, headers=headers, params={"kind": "kpi_shortfall"})
        assert found["items"] == []
        reasons = {row["reason"] for row in found["excluded"]}
        assert "kpi_shortfall: needs_analytics_read" in reasons


async def test_counts_that_are_too_small_show_nothing(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await aimed(client, "Buyers", 0.99, at(made, 1), definition=SHARE)
    await client.patch("/v1/settings", json={"small_cells": 50})
    found = await gaps(client, made)
    assert (found["items"], met(found)) == ([], [])


async def test_many_maps_take_as_few_statements_as_one(client: Client, stranger: Client) -> None:
    await lived(client)
    theirs = await walked(stranger)
    await aimed(stranger, "Theirs", 0.9, at(theirs, 1), definition=SHARE)
    taken = []
    for number in (1, 9):
        made = [await walked(client, f"{number} {n}") for n in range(number)]
        for n, one in enumerate(made):
            await aimed(client, f"Buyers {number} {n}", 0.9, at(one, 1), definition=SHARE)
        before = await client.statements()
        found = await client.got("/v1/gaps", params={"kind": "kpi_shortfall", "limit": "50"})
        taken.append(await client.statements() - before)
    assert len({one["journey_id"] for one in found["items"]}) == found["total"] == 10
    assert taken[0] == taken[1] <= 16


async def test_a_to_be_map_misses_nothing(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    twin = await client.post(f"/v1/journeys/{made['id']}/to-be", json={})
    if twin.status_code != 201:
        body = {"title": "To be", "perspective": "to_be", "as_is_id": made["id"], "stages": []}
        to_be = await client.made("/v1/journeys", body)
    else:
        to_be = twin.json()
    await aimed(client, "Events", 1000, at(to_be), definition=COUNT)
    assert (await gaps(client, to_be))["items"] == []
