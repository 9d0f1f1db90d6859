"""What GraphQL counts KPIs to cost is what is asked of them: figures, intervals, rows."""

from typing import Any

from graphql import get_named_type

from service.api.graphql.executing import CORE
from tests.faces.asking import answered, asked
from tests.make import Client
from tests.measures.doing import Json, did

MAY = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-31T00:00:00Z"}
KEYS = ["orders", "reach", "impressions", "review_count", "revenue", "average_order_value"]
SHARES = ["conversion_rate", "bounce_rate", "csat", "churn_rate", "referral_rate", "nps", "ces"]
OTHERS = ["review_rating", "sessions", "lead_to_sale", "repurchase_rate", "scroll_rate"]
MORE = ["customer_effort", "estimated_unhappy"]
MOST = 10
"""Statements of 20 KPIs by three fields."""


def _every(kind: Any, *but: str) -> str:
    """Every member of a type, and of all below it."""
    found = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if name not in but:
            below = hasattr(inner, "fields")
            found.append(f"{name} {{ {_every(inner, *but)} }}" if below else name)
    return " ".join(found)


def _selected(*but: str) -> str:
    return _every(CORE.get_type("KpiAnswer"), *but)


def _query(selected: str) -> str:
    return f"query ($all: [KpiQueryInput!]!) {{ kpiValues(input: $all) {{ {selected} }} }}"


async def _done(client: Client) -> None:
    await did(
        client,
        ("u", "2026-05-02T10:00:00Z", "page", {"device": "phone", "channel": "web", "plan": "a"}),
        ("u", "2026-05-03T10:00:00Z", "Order Completed", {"revenue": 3, "currency": "EUR"}),
    )


async def test_every_member_of_a_figure_can_be_selected(client: Client) -> None:
    await _done(client)
    body = f'kpi: "revenue", from: "{MAY["from"]}", to: "{MAY["to"]}", interval: day'
    literal = f'{{ kpiValue(input: {{{body}, breakdown: ["device"]}}) {{ {_selected()} }} }}'
    found = (await asked(client, literal))["kpiValue"]
    assert found["value"]["currency"] == "EUR"
    assert len(found["series"]) == len(found["breakdown"][0]["series"]) == 30
    variables: Json = {"kpi": "revenue", **MAY, "interval": "day", "breakdown": ["device"]}
    query = f"query ($one: KpiQueryInput!) {{ kpiValue(input: $one) {{ {_selected()} }} }}"
    assert (await asked(client, query, one=variables))["kpiValue"] == found
    alone: Json = {"kpi": "revenue", "compare": "previous_period", **MAY}
    assert (await asked(client, query, one=alone))["kpiValue"]["comparison"]["from"]


async def test_twenty_kpis_by_three_fields_are_told_whole_in_few_statements(
    client: Client,
) -> None:
    await _done(client)
    names = ("device", "channel", "properties.plan")
    keys = [*KEYS, *SHARES, *OTHERS, *MORE]
    assert len(keys) == 20
    several: list[Json] = [{"kpi": key, **MAY, "breakdown": [one]} for key in keys for one in names]
    before = await client.statements()
    found = await asked(client, _query(_selected("series")), all=several)
    assert await client.statements() - before <= MOST
    assert [one["kpi"] for one in found["kpiValues"]] == [one["kpi"] for one in several]


async def test_a_hundred_figures_by_interval_and_field_are_refused(client: Client) -> None:
    one: Json = {"kpi": "orders", **MAY, "interval": "day", "breakdown": ["device"]}
    told = "kpi breakdown { keys series { from value { value } } }"
    await asked(client, _query(told), all=[one] * 20)
    found = await answered(client, _query(told), all=[one] * 100)
    assert found["errors"][0]["extensions"]["code"] == "TOO_COMPLEX"
    # Of what is not asked for nothing is counted.
    await asked(client, _query(told), all=[{"kpi": "orders"}] * 100)
