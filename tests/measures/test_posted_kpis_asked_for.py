"""KPIs whose figures are posted are asked for like those that are computed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.faces.asking import asked
from tests.make import Client, pointers

PATH = "/v1/kpis/query"
VIENNA = ZoneInfo("Europe/Vienna")
FIRST = datetime(2026, 3, 20, tzinfo=UTC)
"""Some days before the clocks go forward there."""
TIME = {"from": "2026-03-25T00:00:00+01:00", "to": "2026-04-05T00:00:00+02:00"}
LOW, HIGH = (datetime.fromisoformat(one) for one in TIME.values())
KINDS = ("latest", "sum", "mean", "ratio", "share")
Item = dict[str, Any]


def generated(seed: int) -> list[Item]:
    """Figures of a month: of the whole, and of parts by one key or two."""
    random, found = Random(seed), dict[tuple[str, str], Item]()
    for _ in range(600):
        at = (FIRST + timedelta(hours=random.randrange(24 * 30))).isoformat()
        keys = random.choice(
            [{}, {"device": random.choice("abc")}, {"device": "a", "channel": "shop"}]
        )
        below = random.randrange(1, 90)
        item = {"at": at, "keys": keys, "numerator": random.randrange(below + 1)}
        found[at, str(keys)] = item | {"denominator": below}
    return [*found.values()]


def one_of(kind: str, items: Sequence[Item]) -> Fraction | None:
    """The figure of some of them, by the words of the documentation alone."""
    if not items:
        return None
    values = [Fraction(one["numerator"], one["denominator"]) for one in items]
    if kind == "latest":
        return max(zip([one["at"] for one in items], values, strict=True))[1]
    if kind in ("sum", "mean"):
        return sum(values) / (len(values) if kind == "mean" else 1)
    return Fraction(*(sum(one[name] for one in items) for name in ("numerator", "denominator")))


def told(value: Any) -> Any:
    number = value["value"] if isinstance(value, dict) else value
    return None if number is None else pytest.approx(float(number), rel=1e-12)


async def posted(client: Client, kind: str, items: Sequence[Item]) -> dict[str, Any]:
    name = f"Told {kind} {len(items)}"
    kpi = await client.made("/v1/kpis", {"name": name, "aggregation": kind, "unit": "points"})
    for n in range(0, len(items), 1000):
        sent = {"items": items[n : n + 1000]}
        answer = await client.post(f"/v1/kpis/{kpi['id']}/values", json=sent)
        assert answer.status_code == 200, answer.text
    return kpi


async def queried(client: Client, **asking: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json=asking)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def within(items: Sequence[Item], low: datetime, high: datetime, *names: str) -> list[Item]:
    return [
        one
        for one in items
        if low <= datetime.fromisoformat(one["at"]) < high and set(one["keys"]) == set(names)
    ]


def days(low: datetime, high: datetime) -> list[datetime]:
    """The midnights of Vienna between two of them, both included."""
    found, day = [low], low.astimezone(VIENNA).date()
    while found[-1] < high:
        day += timedelta(days=1)
        found.append(datetime(day.year, day.month, day.day, tzinfo=VIENNA).astimezone(UTC))
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_value_series_breakdown_and_comparison_are_those_of_what_was_posted(
    client: Client, kind: str
) -> None:
    items = generated(7)
    await client.patch("/v1/settings", json={"time_zone": "Europe/Vienna"})
    kpi = await posted(client, kind, items)
    asking = {"kpi": kpi["key"], **TIME, "interval": "day", "breakdown": ["device"]}
    found = await queried(client, **asking, compare="previous_period")
    assert told(found["value"]) == one_of(kind, within(items, LOW, HIGH))
    assert found["unit"] == ("share" if kind == "share" else "points")
    assert found["definition"]["parameters"] == {"aggregation": kind}
    assert found["definition"]["groups_of"] == "posted"
    edges = days(LOW, HIGH)
    assert [(one["from"], one["to"]) for one in found["series"]][2:5] == [
        ("2026-03-26T23:00:00Z", "2026-03-27T23:00:00Z"),
        ("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"),
        ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
    ]
    assert [told(one["value"]) for one in found["series"]] == [
        one_of(kind, within(items, *both)) for both in pairwise(edges)
    ]
    parts = within(items, LOW, HIGH, "device")
    assert len(found["breakdown"]) == 3
    for row in found["breakdown"]:
        mine = [one for one in parts if one["keys"] == row["keys"]]
        assert told(row["value"]) == one_of(kind, mine)
        for point, (low, high) in zip(row["series"], pairwise(edges), strict=True):
            assert told(point["value"]) == one_of(kind, within(mine, low, high, "device"))
    before = one_of(kind, within(items, LOW - (HIGH - LOW), LOW))
    assert told(found["comparison"]["value"]) == before
    change = one_of(kind, within(items, LOW, HIGH)) - before
    assert float(found["comparison"]["change"]) == pytest.approx(float(change), abs=1e-9)
    left_out = {one["reason"]: one["count"] for one in found["excluded"]}
    inside = [one for one in items if LOW <= datetime.fromisoformat(one["at"]) < HIGH]
    assert left_out["of_a_part"] == len([one for one in inside if one["keys"]])


async def test_each_figure_says_what_it_was_made_of(client: Client) -> None:
    items = [
        {"at": f"2026-05-0{n}T00:00:00Z", "numerator": n, "denominator": 10} for n in (1, 2, 3)
    ]
    found = {
        kind: await queried(client, kpi=(await posted(client, kind, items))["key"])
        for kind in KINDS
    }
    assert (found["share"]["value"]["numerator"], found["share"]["value"]["denominator"]) == (6, 30)
    assert found["share"]["value"]["low"] < 0.2 < found["share"]["value"]["high"]
    for kind, parts in (
        ("latest", [("latest", 0.3, 3)]),
        ("sum", [("sum", 0.6, 3)]),
        ("mean", [("sum", 0.6, 3)]),
        ("ratio", [("numerator", 6, 3), ("denominator", 30, 3)]),
    ):
        told_of = [(one["of"], float(one["value"]), one["count"]) for one in found[kind]["parts"]]
        assert told_of == parts


async def test_ranges_without_bounds_reach_from_the_first_to_the_last(client: Client) -> None:
    at = ["2026-05-01T06:00:00Z", "2026-05-04T06:00:00Z"]
    kpi = await posted(client, "sum", [{"at": one, "value": 5} for one in at])
    found = await queried(client, kpi=kpi["id"], interval="day")
    assert [one["value"] for one in found["series"]] == [5, None, None, 5]
    assert found["series"][1]["reason"]
    assert (found["value"], found["series"][0]["from"]) == (10, "2026-05-01T00:00:00Z")
    none = await client.made("/v1/kpis", {"name": "Nothing yet"})
    found = await queried(client, kpi=none["key"], interval="day", breakdown=["device"])
    assert (found["value"], found["series"], found["breakdown"]) == (None, [], [])
    assert found["reason"]


@pytest.mark.parametrize("kind", ["sum", "latest"])
async def test_of_very_many_parts_the_rest_is_told_together(client: Client, kind: str) -> None:
    items = [
        {"at": "2026-05-01T00:00:00Z", "value": 1, "keys": {"shop": f"{n:04}"}} for n in range(250)
    ]
    items += [{"at": "2026-05-02T00:00:00Z", "value": 7, "keys": {"shop": "0200"}}]
    kpi = await posted(client, kind, items)
    found = await queried(client, kpi=kpi["key"], breakdown=["shop"], interval="day")
    rows = found["breakdown"]
    assert (len(rows), rows[0]["keys"]) == (101, {"shop": "0200"})
    assert (rows[-1]["keys"], rows[-1]["combined"]) == ({"shop": "other"}, 150)
    assert rows[-1]["value"] == (150 if kind == "sum" else None)
    assert [one["value"] for one in rows[0]["series"]] == [1, 7]
    assert found["value"] is None
    assert "parts" in found["reason"]


async def test_many_are_asked_for_together_in_few_statements(client: Client) -> None:
    items = generated(9)
    kpis = [await posted(client, kind, items) for kind in KINDS]
    query = """query ($all: [KpiQueryInput!]!) { kpiValues(input: $all) {
      kpi value { value } series { from value { value } } breakdown { keys value { value } } } }"""
    several = [{"kpi": one["key"], **TIME, "interval": "week"} for one in kpis]
    several += [one | {"breakdown": ["device"], "compare": "previous_year"} for one in several]
    several.insert(3, {"kpi": "orders"})
    taken = []
    for some in (several[2:4], several):
        before = await client.statements()
        found = (await asked(client, query, all=some))["kpiValues"]
        taken.append(await client.statements() - before)
        assert [one["kpi"] for one in found] == [one["kpi"] for one in some]
    assert taken[0] == taken[1] <= 10
    assert all(one["breakdown"] for one in found[6:])


async def test_what_posted_figures_do_not_say_is_refused(client: Client, stranger: Client) -> None:
    kpi = await posted(client, "sum", [{"at": "2020-01-01T00:00:00Z", "value": 1}])
    await client.post(
        f"/v1/kpis/{kpi['id']}/values", json={"items": [{"at": "2026-01-01T00:00:00Z", "value": 1}]}
    )
    for asking, where in (
        ({"filter": "page"}, {"/filter"}),
        ({"parameters": {"mode": "x", "unit": "y"}}, {"/parameters/mode", "/parameters/unit"}),
        ({"breakdown": ["a", "a"], "compare": "then"}, {"/breakdown/1", "/compare"}),
        ({"interval": "hour"}, {"/interval"}),
        ({"compare": "previous_period"}, {"/compare"}),
        ({"from": TIME["to"], "to": TIME["from"]}, {""}),
    ):
        answer = await client.post(PATH, json={"kpi": kpi["key"], **asking})
        assert (answer.status_code, pointers(answer)) == (422, where), answer.text
    answer = await stranger.post(PATH, json={"kpi": kpi["id"]})
    assert (answer.status_code, pointers(answer)) == (422, {"/kpi"})
    odd = await queried(client, kpi=kpi["key"], breakdown=["never", "'; --", "x" * 200])
    assert odd["breakdown"] == []


async def test_exact_numbers_stay_exact(client: Client) -> None:
    items = [{"at": f"2026-05-0{n}T00:00:00Z", "value": 0.1} for n in (1, 2, 3)]
    kpi = await posted(client, "sum", items)
    answer = await client.post(PATH, json={"kpi": kpi["key"]})
    assert Decimal(answer.text.split('"value":')[1].split(",")[0]) == Decimal("0.3")
