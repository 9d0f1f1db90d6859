"""Small cells over HTTP: counts under the workspace's limit, and what would tell them."""

from typing import Any

import pytest

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.faces.asking import asked
from tests.make import Client, pointers
from tests.measures.doing import Json, did, kpi

SMALL = "small_cell"
HIDDEN = {"value": None, "numerator": None, "low": None, "high": None, "reason": SMALL}


@pytest.fixture
async def limited(client: Client) -> Client:
    """A workspace in which counts under five are not told."""
    answer = await client.patch("/v1/settings", json={"small_cells": 5})
    assert answer.json()["small_cells"] == 5, answer.text
    return client


async def ordered(client: Client, **devices: int) -> None:
    """So many people who look at something and order it, each on their device."""
    for device, number in devices.items():
        for n in range(number):
            who, told = f"{device} {n}", {"device": device}
            await did(
                client,
                (who, "2026-05-01T10:00:00Z", "page", told),
                (who, "2026-05-01T10:01:00Z", "Order Completed", told),
            )


async def looked(client: Client, number: int) -> None:
    """So many people who look at something and leave it at that."""
    await did(client, *((f"only {n}", "2026-05-01T10:00:00Z", "page") for n in range(number)))


async def posted(client: Client, path: str, **body: Any) -> Json:
    answer = await client.post(f"/v1/{path}/query", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_without_a_limit_every_count_is_told(client: Client) -> None:
    await ordered(client, phone=1)
    assert (await client.get("/v1/settings")).json()["small_cells"] is None
    assert (await kpi(client, "orders"))["value"] == 1


@pytest.mark.parametrize("limit", [1, 1_001, -5, 2.5, "5"])
async def test_limits_that_are_none_are_refused(client: Client, limit: object) -> None:
    answer = await client.patch("/v1/settings", json={"small_cells": limit})
    assert (answer.status_code, pointers(answer)) == (422, {"/small_cells"})


async def test_a_small_row_of_a_breakdown_takes_the_next_smallest_along(limited: Client) -> None:
    await ordered(limited, desktop=9, tablet=6, phone=2)
    found = await kpi(limited, "orders", breakdown=["device"])
    assert found["value"] == 17
    assert "reason" not in found
    rows = {row["keys"]["device"]: row for row in found["breakdown"]}
    assert rows["desktop"]["value"] == 9
    for device in ("tablet", "phone"):
        told = {name: one for name, one in rows[device].items() if name not in ("keys", "series")}
        assert told == {"value": None, "reason": SMALL}


async def test_a_share_is_small_where_what_it_leaves_is(limited: Client) -> None:
    await ordered(limited, desktop=9)
    await looked(limited, 2)
    found = await kpi(limited, "conversion_rate", parameters={"base": "page"}, compare=None)
    assert found["value"] == HIDDEN | {"denominator": 11}
    found = await asked(
        limited,
        "query($input: KpiQueryInput!) { kpiValue(input: $input) {"
        " value { value numerator denominator reason } } }",
        input={"kpi": "conversion_rate", "parameters": {"base": "page"}},
    )
    told = {"value": None, "numerator": None, "denominator": 11, "reason": SMALL}
    assert found["kpiValue"]["value"] == told


async def test_no_change_is_told_from_a_small_value(limited: Client) -> None:
    await ordered(limited, desktop=9)
    whole = {"from_": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    await did(limited, ("a", "2026-04-30T10:00:00Z", "Order Completed"))
    found = await kpi(limited, "orders", **whole, compare="previous_period", interval="hour")
    assert found["value"] == 9
    compared = found["comparison"]
    assert (compared["value"], compared["change"], compared["reason"]) == (None, None, SMALL)


async def test_that_a_change_is_not_told_is_no_reason_of_the_value_before(limited: Client) -> None:
    await ordered(limited, desktop=14)
    await did(limited, ("a", "2026-06-01T10:00:00Z", "Order Completed"))
    june = {"from_": "2026-06-01T00:00:00Z", "to": "2026-07-01T00:00:00Z"}
    may = "2026-05-01T00:00:00Z/2026-06-01T00:00:00Z"
    found = await kpi(limited, "orders", **june, compare=may)
    told = found["comparison"]
    assert (found["value"], found["reason"]) == (None, SMALL)
    assert (told["value"], "reason" in told) == (14, False)
    assert (told["change"], told["change_reason"]) == (None, SMALL)
    share = {"parameters": {"base": "page", "goal": "Order Completed", "ordered": False}}
    await looked(limited, 2)
    found = await kpi(limited, "conversion_rate", **june, compare=may, **share)
    told = found["comparison"]
    assert (told["value"]["value"], told["value"]["reason"], "reason" in told) == (
        None,
        SMALL,
        False,
    )
    # Of June there is nobody: the change was not known before.
    assert (told["change"], told["change_reason"]) == (None, "figure_unknown")


async def test_few_orders_tell_no_mean_and_no_revenue(limited: Client) -> None:
    paid = {"revenue": 10, "currency": "EUR"}
    await did(limited, *((f"p{n}", "2026-05-01T10:00:00Z", "Order Completed", paid) for n in "abc"))
    for key in ("revenue", "average_order_value"):
        found = await kpi(limited, key)
        assert (found["value"], found["reason"]) == (None, SMALL)
        assert not {"numerator", "denominator", "parts"} & found.keys()


async def test_the_status_of_an_own_kpi_of_few_is_unknown(limited: Client) -> None:
    await ordered(limited, desktop=3)
    told = {
        "computed": {
            "definition": {"mode": "value", "numerator": {"measure": "count", "events": "page"}}
        },
        "built-in": {"built_in": "orders"},
    }
    for name, more in told.items():
        body = {"name": name, "direction": "up", "target": {"value": 2}, **more}
        made = (await limited.post("/v1/kpis", json=body)).json()
        found = (await limited.get(f"/v1/kpis/{made['id']}/status")).json()
        assert (found["status"], found["value"]["value"]) == ("unknown", None), found
        assert (found["reason"], found["value"]["numerator"]) == (SMALL, None)


async def test_what_is_enough_is_told_of_kept_counts_too(
    limited: Client, database: Database, workspace: Caller
) -> None:
    await ordered(limited, desktop=9)
    definition = {"mode": "value", "numerator": {"measure": "count", "events": "page"}}
    body = {"name": "Pages", "direction": "up", "target": {"value": 2}, "definition": definition}
    made = (await limited.post("/v1/kpis", json=body)).json()
    found = []
    for _ in range(2):
        status = await limited.got(f"/v1/kpis/{made['id']}/status")
        found.append(float(status["value"]["value"]))
        await folding.folded(database, workspace.workspace_id)
    assert found == [9, 9]


async def test_a_funnel_tells_neither_few_who_drop_nor_the_step_behind(limited: Client) -> None:
    await ordered(limited, desktop=9, tablet=5)
    await looked(limited, 2)
    steps = [{"name": "look", "any_of": ["page"]}, {"name": "buy", "any_of": ["Order Completed"]}]
    # Whoever looks much later closes the windows of the others.
    await did(limited, *((f"late {n}", "2026-06-01T10:00:00Z", "page") for n in range(20)))
    found = await posted(limited, "funnels", steps=steps)
    first, second = found["steps"]
    assert (first["units"], first["undecided"], first["dropped"]) == (36, 20, None)
    assert first["reason"] == SMALL
    assert (second["units"], second["median_seconds"], second["reason"]) == (None, None, SMALL)
    assert second["share_of_first"] == HIDDEN | {"denominator": 36}
    assert found["converted"] == HIDDEN | {"denominator": 36}
    assert found["median_seconds"] is None


async def test_groups_of_a_funnel_do_not_tell_the_one_that_is_small(limited: Client) -> None:
    await ordered(limited, desktop=9, tablet=6, phone=2)
    steps = [{"name": "look", "any_of": ["page"]}, {"name": "buy", "any_of": ["Order Completed"]}]
    found = await posted(limited, "funnels", steps=steps, breakdown="device")
    assert [one["units"] for one in found["steps"]] == [17, 17]
    told = {
        group["value"]: [one["units"] for one in group["steps"]] for group in found["breakdown"]
    }
    assert told == {"desktop": [9, 9], "tablet": [None, None], "phone": [None, None]}
    found = await asked(
        limited,
        "query($input: FunnelsQueryInput!) { funnel(input: $input) { breakdown { value steps {"
        " units reason shareOfFirst { numerator denominator reason } } } } }",
        input={"steps": [{"name": one["name"], "anyOf": one["any_of"]} for one in steps]}
        | {"breakdown": "device"},
    )
    small = found["funnel"]["breakdown"][-1]["steps"][1]
    share = {"numerator": None, "denominator": None, "reason": SMALL}
    assert small == {"units": None, "reason": SMALL, "shareOfFirst": share}


async def test_a_small_cohort_hides_another_and_the_sum_that_would_tell_it(
    limited: Client,
) -> None:
    for day, number in (("01", 8), ("02", 6), ("03", 7), ("04", 2)):
        people = (f"{day} {n}" for n in range(number))
        await did(limited, *((who, f"2026-05-{day}T10:00:00Z", "page") for who in people))
    found = await posted(limited, "retention", interval="day", intervals=1)
    assert found["contacts"] == 23
    assert [one["size"] for one in found["cohorts"]] == [8, None, 7, None]
    small = found["cohorts"][-1]
    assert small["reason"] == SMALL
    assert small["values"][0]["share"]["denominator"] is None
    # 23 less the 21 that are old enough would be the two.
    assert [one["share"]["denominator"] for one in found["overall"]] == [23, None]


async def test_scores_that_few_gave_are_not_told_and_their_scale_is(limited: Client) -> None:
    told = [5] * 6 + [1] * 6 + [3]
    one = [{"survey": "csat", "score": score, "scale": 5} for score in told]
    many = [{"survey": "nps", "score": 9}, *({"survey": "nps", "score": 2} for _ in range(9))]
    answers = (
        (f"p{n}", "2026-05-01T10:00:00Z", "Survey Answered", more)
        for n, more in enumerate(one + many)
    )
    await did(limited, *answers)
    found = await posted(limited, "surveys")
    scale = next(one for one in found["scales"] if one["survey"] == "csat")
    assert (scale["answers"], scale["scores"], scale["reason"]) == (13, None, SMALL)
    assert scale["satisfied"]["numerator"] == 6
    score = found["nps"]
    assert (score["answers"], score["value"], score["reason"]) == (10, None, SMALL)
    assert [score[name]["numerator"] for name in ("promoters", "detractors")] == [None, None]
