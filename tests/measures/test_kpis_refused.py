"""What cannot be asked of KPIs, and who may not ask it."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.doing import PATH, Json, did, kpi

_RANGE = {"from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
_BACK = {"from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
_LONG = {"from": "0926-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"kpi": "luck"}, {"/kpi"}),
        ({"kpi": "orders", "breakdown": ["device", "colour"]}, {"/breakdown/1"}),
        ({"kpi": "orders", "breakdown": ["device", "device"]}, {"/breakdown/1"}),
        ({"kpi": "orders", "filter": {"field": "no", "op": "eq", "value": 1}}, {"/filter/field"}),
        ({"kpi": "orders", "interval": "fortnight"}, {"/interval"}),
        ({"kpi": "orders", **_LONG, "interval": "hour"}, {"/interval"}),
        ({"kpi": "orders", **_LONG, "compare": "previous_period"}, {"/compare"}),
        ({"kpi": "orders", **_BACK}, {""}),
        ({"kpi": "orders", **_RANGE, "compare": _BACK}, {"/compare"}),
        ({"kpi": "orders", **_RANGE, "compare": {"from": "x"}}, {"/compare/from", "/compare/to"}),
        ({"kpi": "orders", "compare": "previous_year"}, {"/compare"}),
        ({"kpi": "orders", "compare": "never"}, {"/compare"}),
        ({"kpi": "orders", "parameters": {"luck": 1}}, {"/parameters/luck"}),
        ({"kpi": "orders", "parameters": {"mode": "total"}}, {"/parameters/mode"}),
        ({"kpi": "bounce_rate", "parameters": {"mode": "total"}}, {"/parameters/mode"}),
        (
            {"kpi": "bounce_rate", "parameters": {"timeout_seconds": 0}},
            {"/parameters/timeout_seconds"},
        ),
        ({"kpi": "conversion_rate", "parameters": {"unit": "attempt"}}, {"/parameters/base"}),
        (
            {"kpi": "checkout_abandonment_rate", "parameters": {"unit": "attempt"}},
            {"/parameters/unit"},
        ),
        (
            {
                "kpi": "conversion_rate",
                "parameters": {"unit": "attempt", "base": "page", "ordered": False},
            },
            {"/parameters/ordered"},
        ),
        (
            {"kpi": "conversion_rate", "parameters": {"window_seconds": 0}},
            {"/parameters/window_seconds"},
        ),
        (
            {"kpi": "conversion_rate", "parameters": {"window_seconds": 10**12}},
            {"/parameters/window_seconds"},
        ),
        ({"kpi": "revenue", "parameters": {"amount": "colour"}}, {"/parameters/amount"}),
        ({"kpi": "review_rating", "parameters": {"scale": [5, 1]}}, {"/parameters/scale"}),
        (
            {
                "kpi": "conversion_rate",
                "breakdown": ["colour"],
                "filter": {"field": "no", "op": "eq", "value": 1},
                "parameters": {"goal": {"field": "no", "op": "eq", "value": 1}, "unit": "day"},
            },
            {"/breakdown/0", "/filter/field", "/parameters/goal/field", "/parameters/unit"},
        ),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_every_place(
    client: Client, body: Json, at: set[str]
) -> None:
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, pointers(answer)) == (422, at), answer.text


async def test_a_range_without_bounds_has_no_endless_series(client: Client) -> None:
    times = ["2016-05-01T10:00:00Z", "2026-05-01T10:00:00Z"]
    await did(client, *(("u", one, "Order Completed") for one in times))
    answer = await client.post(PATH, json={"kpi": "orders", "interval": "hour"})
    assert (answer.status_code, pointers(answer)) == (422, {"/interval"})
    found = await kpi(client, "orders", interval="year")
    assert [one["value"] for one in found["series"]] == [1, *[0] * 9, 1]
    assert found["series"][0]["from"] == "2016-01-01T00:00:00Z"


async def test_who_may_not_see_contacts_asks_of_declared_dimensions(client: Client) -> None:
    await did(client, ("u", "2026-05-01T10:00:00Z", "Order Completed", {"revenue": 5}))
    key = await client.made("/v1/api-keys", {"name": "Figures", "scopes": ["analytics:read"]})
    headers = {"Authorization": f"Bearer {key['key']}"}

    async def asking(**body: Any) -> Any:
        return await client.post(PATH, json={"kpi": "revenue", **body}, headers=headers)

    # What a KPI looks at of itself tells nobody apart.
    assert (await asking(breakdown=["device", "weekday"])).status_code == 200
    answer = await asking(
        breakdown=["traits.age", "weekday"],
        parameters={
            "amount": "properties.total",
            "order": {"field": "properties.sku", "op": "eq", "value": 1},
        },
    )
    told = {"/breakdown/0", "/parameters/amount", "/parameters/order"}
    assert (answer.status_code, pointers(answer)) == (422, told)
