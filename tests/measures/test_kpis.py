"""KPIs over HTTP: reference figures, series, breakdowns, comparisons, and what is refused."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.faces.asking import asked
from tests.make import Client
from tests.measures.conftest import Loaded
from tests.measures.doing import PATH, Json, built_in, did, kpi, share
from tests.measures.logs import LOGS, near, reference, those
from tests.published import needs_data

_UNITS = {"user": "contact", "session": "session"}


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_kpis_of_published_logs_are_those_of_other_programs(loaded: Loaded, log: str) -> None:
    told, client = reference(log), await loaded(log)
    config, figures = told["config"], told["figures"]
    found = {name: one for name, one in figures.items() if name.startswith("kpi:")}
    assert len(found) == len(config["kpis"])
    for expected in found.values():
        rate = await _reference(client, expected["definition"], those(config))
        hits, base = expected["hits"], expected["base"]
        missed = expected["definition"].get("complement", False)
        assert (rate["numerator"], rate["denominator"]) == (base - hits if missed else hits, base)
        assert rate["value"] == near(expected["rate"])
    single = figures["bounce_single_event"]
    body: Json = {"filter": those(config), "parameters": {"mode": "single_event"}}
    bounce = (await kpi(client, "bounce_rate", **body))["value"]
    assert bounce["numerator"] == single["bounced_sessions"]
    assert bounce["value"] == near(single["rate"])
    if expected := figures.get("bounce_single_page_view"):
        body["parameters"] = {"page_view_events": config["page_view_events"]}
        found = await kpi(client, "bounce_rate", **body)
        both = (expected["bounced_sessions"], expected["sessions_with_page_view"])
        assert share(found) == both
        assert found["value"]["value"] == near(expected["rate"])


async def _reference(client: Client, definition: Json, filter: Json | None) -> Json:
    unit, hit, base = _UNITS[definition["unit"]], definition["hit"], definition["base"]
    names = [None if one is None else _named(one) for one in (base, hit)]
    if definition.get("complement"):
        parameters = {"unit": unit, "start": names[0], "order": names[1]}
        found = await kpi(client, "checkout_abandonment_rate", filter=filter, parameters=parameters)
    else:
        parameters = {"unit": unit, "base": names[0], "goal": names[1]}
        parameters["ordered"] = definition.get("ordered", False) or base is None
        found = await kpi(client, "conversion_rate", filter=filter, parameters=parameters)
    value: Json = found["value"]
    return value


def _named(events: list[str]) -> Json:
    return {"field": "event", "op": "in", "value": events}


@needs_data
async def test_twenty_kpis_with_three_breakdowns_take_four_statements(loaded: Loaded) -> None:
    client = await loaded("ecom_clickstream")
    keys = [one["key"] for one in await built_in(client)]
    # The one reads fields of its own, the other content.
    keys = [one for one in keys if one not in ("scroll_rate", "content_unused")][:20]
    range_ = {"from": "2024-03-01T00:00:00Z", "to": "2024-05-01T00:00:00Z"}
    more: Json = {"breakdown": ["device", "weekday", "event"], "compare": "previous_period"}
    query = "query ($all: [KpiQueryInput!]!) { kpiValues(input: $all) { kpi breakdown { keys } } }"
    taken = []
    for number in (1, 20):
        before = await client.statements()
        several = [{"kpi": key, **range_, **more} for key in keys[:number]]
        found = (await asked(client, query, all=several))["kpiValues"]
        taken.append(await client.statements() - before)
        assert [one["kpi"] for one in found] == keys[:number]
        assert all(one["breakdown"] for one in found)
    # The settings, the range, the one before, each once more where segments tell a part of it; and
    # now and then whose key it is.
    assert all(3 <= one <= 6 for one in taken), taken


@needs_data
async def test_graphql_tells_what_rest_tells(loaded: Loaded) -> None:
    client = await loaded("ecom_clickstream")
    body: Json = {"kpi": "conversion_rate", "interval": "month", "breakdown": ["device"]}
    body |= {"from": "2024-04-01T00:00:00Z", "to": "2024-06-01T00:00:00Z"}
    body |= {"compare": "previous_year", "parameters": {"goal": "purchase", "unit": "session"}}
    rest = (await client.post(PATH, json=body)).json()
    value = "value { value numerator denominator low high }"
    query = f"""query ($input: KpiQueryInput!) {{ kpiValue(input: $input) {{
        kpi unit {value} definition {{ timeZone parameters }}
        series {{ from to {value} }} breakdown {{ keys {value} series {{ {value} }} }}
        comparison {{ from to change low high }} excluded {{ reason count }} }} }}"""
    found = (await asked(client, query, input=body))["kpiValue"]
    assert found["value"] == rest["value"]
    assert found["definition"]["parameters"] == rest["definition"]["parameters"]
    series = [{n: one[n] for n in ("from", "to", "value")} for one in rest["series"]]
    assert found["series"] == series
    assert [one["value"] for one in found["breakdown"]] == [x["value"] for x in rest["breakdown"]]
    assert [one["keys"] for one in found["breakdown"]] == [x["keys"] for x in rest["breakdown"]]
    assert found["comparison"]["change"] is rest["comparison"]["change"] is None
    assert found["excluded"] == rest["excluded"]
    refused = await client.post(
        "/graphql", json={"query": query, "variables": {"input": {"kpi": "x"}}}
    )
    (error,) = refused.json()["errors"][0]["extensions"]["errors"]
    assert error["code"] == "unknown_kpi"
    assert error["detail"].startswith("is no built-in KPI (GET /v1/kpis tells them all)")


async def test_a_series_is_cut_by_the_clocks_of_the_workspace(client: Client) -> None:
    assert (await client.patch("/v1/settings", json={"time_zone": "Europe/Vienna"})).is_success
    # The clocks leap at 01:00 UTC on 31 March: that day has 23 hours.
    times = ["03-30T22:59:59", "03-30T23:00:00", "03-31T21:59:59", "03-31T22:00:00"]
    await did(client, *(("u", f"2024-{one}Z", "Order Completed") for one in times))
    body = {"from_": "2024-03-30T00:00:00Z", "to": "2024-04-02T00:00:00Z", "interval": "day"}
    found = await kpi(client, "orders", **body, breakdown=["weekday"])
    told = [(one["from"], one["value"]) for one in found["series"]]
    assert told == [
        ("2024-03-30T00:00:00Z", 1),
        ("2024-03-30T23:00:00Z", 2),
        ("2024-03-31T22:00:00Z", 1),
        ("2024-04-01T22:00:00Z", 0),
    ]
    assert found["series"][-1]["to"] == "2024-04-02T00:00:00Z"
    days = {one["keys"]["weekday"]: one["value"] for one in found["breakdown"]}
    assert days == {7: 2, 6: 1, 1: 1}
    found = await kpi(client, "orders", breakdown=["hour_of_day"])
    hours = {one["keys"]["hour_of_day"]: one["value"] for one in found["breakdown"]}
    assert hours == {23: 2, 0: 2}
    assert found["definition"]["time_zone"] == "Europe/Vienna"


async def test_the_clocks_of_a_session_are_read_where_it_begins(client: Client) -> None:
    times = ["09:50", "10:10", "12:00"]
    await did(client, *(("u", f"2026-05-01T{one}:00Z", "page") for one in times))
    found = await kpi(client, "bounce_rate", breakdown=["hour_of_day"])
    assert {r["keys"]["hour_of_day"]: share(r) for r in found["breakdown"]} == {
        9: (0, 1),
        12: (1, 1),
    }


async def test_of_many_values_the_rest_is_told_as_other_and_counted(client: Client) -> None:
    orders = [
        (
            f"u{n % 3}",
            f"2026-05-01T{n % 24:02}:00:00Z",
            "Order Completed",
            {"sku": f"s{n % 130:03}"},
        )
        for n in range(230)
    ]
    await did(client, *orders, ("u", "2026-05-01T00:00:00Z", "Order Completed", {"sku": None}))
    found = await kpi(client, "orders", breakdown=["properties.sku"], interval="day")
    *rows, rest = found["breakdown"]
    assert (len(rows), sum(one["value"] for one in rows)) == (100, 200)
    assert rest["keys"] == {"properties.sku": "other"}
    # Thirty skus of one order each, and an order without one.
    assert (rest["combined"], rest["value"], rest["series"][0]["value"]) == (31, 31, 31)
    assert all("combined" not in one for one in rows)


async def test_several_breakdowns_are_crossed_and_what_is_missing_is_null(client: Client) -> None:
    await did(
        client,
        ("u", "2026-05-01T10:00:00Z", "Order Completed", {"device": "phone", "sku": 7}),
        ("u", "2026-05-01T11:00:00Z", "Order Completed", {"device": "phone", "sku": True}),
        ("v", "2026-05-01T11:00:00Z", "Order Completed", {"sku": [7]}),
    )
    found = await kpi(client, "orders", breakdown=["device", "properties.sku"])
    keys = [tuple(one["keys"].values()) for one in found["breakdown"]]
    assert sorted(keys, key=str) == [("phone", 7), ("phone", True), (None, None)]


async def test_a_share_is_compared_with_newcombes_interval(client: Client) -> None:
    def views(day: str, bounced: int, others: int) -> list[tuple[str, str, str]]:
        one = [(f"b{n}", f"{day}T10:00:00Z", "page") for n in range(bounced)]
        two = [(f"o{n}", f"{day}T10:{m}:00Z", "page") for n in range(others) for m in (10, 20)]
        return [*one, *two]

    # Newcombe (1998), table II, case (a): 56/70 against 48/80.
    await did(client, *views("2026-05-01", 48, 32), *views("2026-05-02", 56, 14))
    body = {"from_": "2026-05-02T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
    found = await kpi(client, "bounce_rate", **body, compare="previous_period")
    told = found["comparison"]
    assert share(found) == (56, 70)
    assert share(told) == (48, 80)
    assert (told["from"], told["to"]) == ("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z")
    assert told["change"] == pytest.approx(0.2)
    assert [told["low"], told["high"]] == pytest.approx([0.0524, 0.3339], abs=1e-4)
    given = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    assert (await kpi(client, "bounce_rate", **body, compare=given))["comparison"] == told


async def test_a_year_before_is_of_the_same_days_and_clocks(client: Client) -> None:
    assert (await client.patch("/v1/settings", json={"time_zone": "Europe/Vienna"})).is_success
    # Summer time begins on the 31st in 2024, on the 26th in 2023.
    body = {"from_": "2024-02-29T00:00:00+01:00", "to": "2024-03-28T00:00:00+01:00"}
    told = (await kpi(client, "orders", **body, compare="previous_year"))["comparison"]
    found = [datetime.fromisoformat(told[name]).isoformat() for name in ("from", "to")]
    assert found == ["2023-02-27T23:00:00+00:00", "2023-03-27T22:00:00+00:00"]
    assert (told["value"], told["change"], told["low"]) == (0, 0, None)


@pytest.mark.parametrize(
    ("from_", "to", "low", "high"),
    [
        # The day that ends where the range ends is its last.
        ("2024-02-28T00:00", "2024-02-29T00:00", "2023-02-28T00:00", "2023-03-01T00:00"),
        ("2024-02-29T00:00", "2024-03-01T00:00", "2023-02-28T00:00", "2023-03-01T00:00"),
        ("2024-02-28T00:00", "2024-03-01T00:00", "2023-02-28T00:00", "2023-03-01T00:00"),
        ("2024-02-20T00:00", "2024-02-29T00:00", "2023-02-20T00:00", "2023-03-01T00:00"),
        ("2025-02-28T00:00", "2025-03-01T00:00", "2024-02-28T00:00", "2024-02-29T00:00"),
        ("2025-02-20T00:00", "2025-03-02T00:00", "2024-02-20T00:00", "2024-03-02T00:00"),
        # Whole months are compared with whole months.
        ("2024-02-01T00:00", "2024-03-01T00:00", "2023-02-01T00:00", "2023-03-01T00:00"),
        ("2025-02-01T00:00", "2025-03-01T00:00", "2024-02-01T00:00", "2024-03-01T00:00"),
        ("2024-01-01T00:00", "2025-01-01T00:00", "2023-01-01T00:00", "2024-01-01T00:00"),
        # Hours of a day.
        ("2024-02-29T06:00", "2024-02-29T12:00", "2023-02-28T06:00", "2023-02-28T12:00"),
        ("2024-02-29T06:00", "2024-03-01T06:00", "2023-02-28T06:00", "2023-03-01T06:00"),
        # There is no such end: it is as long.
        ("2024-02-28T12:00", "2024-02-29T12:00", "2023-02-28T12:00", "2023-03-01T12:00"),
    ],
)
async def test_a_year_before_or_behind_a_leap_day_is_of_the_calendar(
    client: Client, from_: str, to: str, low: str, high: str
) -> None:
    assert (await client.patch("/v1/settings", json={"time_zone": "Asia/Kolkata"})).is_success
    body: Json = {"from": f"{from_}:00+05:30", "to": f"{to}:00+05:30"}
    told = (await kpi(client, "orders", **body, compare="previous_year"))["comparison"]
    zone = ZoneInfo("Asia/Kolkata")
    found = [datetime.fromisoformat(told[name]).astimezone(zone) for name in ("from", "to")]
    assert [f"{one:%Y-%m-%dT%H:%M}" for one in found] == [low, high]


async def test_who_does_not_count_is_told_of_the_range_alone(client: Client) -> None:
    times = ["2026-04-01T10:00:00Z", "2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z"]
    await did(client, *(("staff", one, "page") for one in times), ("u", times[1], "page"))
    known = {"items": [{"source": "user_id", "value": "staff"}]}
    (one,) = (await client.post("/v1/contacts/lookup", json=known)).json()["items"]
    assert (await client.patch(f"/v1/contacts/{one['id']}", json={"test": True})).is_success
    body = {"from_": "2026-05-01T00:00:00Z", "to": "2026-05-02T00:00:00Z"}
    found = await kpi(client, "bounce_rate", **body)
    assert share(found) == (1, 1)
    assert found["excluded"] == [{"reason": "test_contact", "count": 1}]


async def test_a_session_over_the_border_belongs_where_it_begins(client: Client) -> None:
    times = ["2026-04-30T23:50:00Z", "2026-05-01T00:10:00Z", "2026-05-01T23:50:00Z"]
    await did(client, *(("u", one, "page") for one in [*times, "2026-05-02T00:10:00Z"]))
    body = {"from_": "2026-04-30T00:00:00Z", "to": "2026-05-02T00:00:00Z", "interval": "day"}
    found = await kpi(client, "bounce_rate", **body)
    assert [share(one) for one in found["series"]] == [(0, 1), (0, 1)]
    later = {**body, "from_": "2026-05-02T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
    found = await kpi(client, "bounce_rate", **later)
    assert share(found) == (0, 0)
    assert found["value"]["reason"] == "nothing_to_count"


async def test_of_nothing_there_is_no_figure_but_a_count_of_none(client: Client) -> None:
    for one in await built_in(client):
        found = await kpi(client, one["key"], interval="day", breakdown=["device"])
        assert (found["series"], found["breakdown"]) == ([], [])
        if one["unit"] == "share":
            assert (found["value"]["value"], share(found)[1]) == (None, 0)
        else:
            assert found["value"] == 0 or (found["value"] is None and found["reason"])
