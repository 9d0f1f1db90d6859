"""Rules on KPIs: when they fire, when they are back, and when nothing is said."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from service.domain import alerts
from service.domain.work import Caller, Scope
from tests.alerting import BUYS, TODAY, alert, firings, stands, state, visited
from tests.make import Client, pointers
from tests.measures.doing import Json, did
from tests.watched import Watched


async def test_it_fires_once_and_is_resolved_when_the_figure_is_back(
    client: Client, watched: Watched
) -> None:
    which = await alert(client, {"below": 0.5})
    await visited(client, 1, 20, 100)
    place = await client.now()
    await watched.look()
    (fired,) = await firings(client, which)
    assert (await state(client, which)) == ("firing", None)
    assert (fired["fired_at"], fired["resolved_at"]) == ("2026-05-29T12:07:00+00:00", None)
    figure = fired["figure"]
    assert (figure["value"], figure["numerator"], figure["denominator"]) == (0.2, 20, 100)
    assert figure["low"] < 0.2 < figure["high"] < 0.5
    assert (figure["from"], figure["to"]) == ("2026-05-22T12:00:00Z", "2026-05-29T12:00:00Z")
    assert fired["condition"]["below"] == 0.5
    assert (fired["before"], fired["change"], fired["alert_id"]) == (None, None, which)
    for _ in range(2):
        await watched.look(hours=1)
    assert await firings(client, which) == [fired]
    await visited(client, 1, 100, 100, "more")
    await watched.look(hours=1)
    assert (await state(client, which)) == ("ok", None)
    (back,) = await firings(client, which)
    assert back["resolved_at"] == "2026-05-29T15:07:00+00:00"
    assert back["version"] == fired["version"] + 1
    told = await client.changed(place, kind="alert_firing")
    assert [(one["id"], one["op"], one["version"], one["whole_id"]) for one in told] == [
        (fired["id"], "upsert", 1, which),
        (fired["id"], "upsert", 2, which),
    ]
    assert await client.got(f"/v1/alert-firings/{fired['id']}") == back
    assert await firings(client, which, resolved="false") == []
    # The rule itself is as it was.
    assert (await stands(client, which))["version"] == 1


async def test_it_begins_where_the_whole_interval_is_beyond_and_ends_where_the_figure_is_not(
    client: Client, watched: Watched
) -> None:
    await visited(client, 1, 45, 100)
    which = await alert(client, {"below": 0.5})
    await watched.look()
    # 0.36 to 0.55.
    assert (await state(client, which)) == ("ok", None)
    await visited(client, 1, 0, 50, "none")
    await watched.look(hours=1)
    # 0.23 to 0.38.
    assert (await state(client, which)) == ("firing", None)
    await visited(client, 1, 30, 30, "all")
    await watched.look(hours=1)
    # 75 of 180, 0.35 to 0.49 … and 90 of 195, 0.39 to 0.53: it goes on.
    await visited(client, 1, 15, 15, "and")
    await watched.look(hours=1)
    assert (await state(client, which)) == ("firing", None)
    await visited(client, 1, 15, 15, "too")
    await watched.look(hours=1)
    assert (await state(client, which)) == ("ok", None)
    assert len(await firings(client, which)) == 1


async def test_of_few_nothing_is_said(client: Client, watched: Watched) -> None:
    usual, ten = [await alert(client, {"below": 0.9}, least_count=n) for n in (None, 10)]
    await watched.look()
    nothing = ("not_enough_data", "no_figure")
    assert (await state(client, usual), await state(client, ten)) == (nothing, nothing)
    await visited(client, 1, 0, 29)
    await watched.look(hours=1)
    assert await state(client, usual) == ("not_enough_data", "too_few")
    assert await state(client, ten) == ("firing", None)
    assert await firings(client, usual) == []


@pytest.mark.parametrize(
    ("shares", "change", "expected"),
    [
        ((40, 15), {"direction": "down"}, "firing"),
        ((40, 15), {"direction": "both", "by": 0.5}, "firing"),
        ((40, 15), {"direction": "down", "by": 0.7}, "ok"),
        ((40, 15), {"direction": "down", "by": 0.2, "mode": "absolute"}, "firing"),
        ((40, 15), {"direction": "down", "by": 0.3, "mode": "absolute"}, "ok"),
        ((40, 15), {"direction": "up"}, "ok"),
        ((15, 40), {"direction": "up"}, "firing"),
        ((40, 33), {"direction": "down"}, "ok"),
    ],
)
async def test_a_share_is_held_against_its_past(
    client: Client,
    watched: Watched,
    shares: tuple[int, int],
    change: Json,
    expected: str,
) -> None:
    before, now = shares
    await visited(client, 8, before, 100)
    await visited(client, 1, now, 100)
    which = await alert(client, {"change": change})
    await watched.look()
    assert await state(client, which) == (expected, None)
    if expected == "firing":
        (fired,) = await firings(client, which)
        assert fired["change"]["change"] == pytest.approx((now - before) / 100)
        assert fired["change"]["relative"] == pytest.approx((now - before) / before)
        assert fired["change"]["method"] == "newcombe"
        assert (fired["figure"]["numerator"], fired["before"]["numerator"]) == (now, before)
        assert fired["figure"]["to"] == "2026-05-29T00:00:00Z"
        assert fired["before"]["from"] == "2026-05-15T00:00:00Z"


async def test_a_number_is_held_against_its_past_by_days(client: Client, watched: Watched) -> None:
    dice, events = Random(5), list[Any]()
    for day in range(1, 29):
        number = (20 if day <= 14 else 10) + dice.randint(-3, 3)
        at = (TODAY - timedelta(days=day) + timedelta(hours=9)).isoformat()
        events += [(f"u{n}", at, "Order Completed") for n in range(number)]
    await did(client, *events)
    orders = {"kpi": {"kpi": "orders"}}
    rises = {"change": {"direction": "up", "by": 0.5}}
    which = await alert(client, rises, orders, window_days=14)
    week = await alert(client, rises, orders, window_days=7)
    few = await alert(client, rises, orders, window_days=3)
    many, none = [await alert(client, {"above": n}, orders) for n in (100, 1000)]
    await watched.look()
    assert await state(client, which) == ("firing", None)
    (fired,) = await firings(client, which)
    assert fired["change"]["method"] == "days"
    assert fired["before"]["per_day"] == pytest.approx(10, abs=1.5)
    assert await state(client, week) == ("ok", None)
    assert await state(client, few) == ("not_enough_data", "too_few")
    assert await state(client, many) == ("firing", None)
    assert await state(client, none) == ("ok", None)


async def test_only_what_the_filter_takes_is_watched(client: Client, watched: Watched) -> None:
    await visited(client, 1, 90, 100)
    told = {"field": "device", "op": "eq", "value": "mobile"}
    which = await alert(client, {"below": 0.95}, {"kpi": {**BUYS, "filter": told}})
    await watched.look()
    assert await state(client, which) == ("not_enough_data", "no_figure")


async def test_an_own_kpi_is_watched_by_its_id_until_it_is_gone(
    client: Client, watched: Watched
) -> None:
    await visited(client, 1, 20, 100)
    both = {"numerator": "Order Completed", "denominator": "page"}
    definition = {n: {"measure": "contacts", "events": one} for n, one in both.items()}
    own = {"name": "Few buy", "definition": {"mode": "share", **definition}}
    kpi = await client.made("/v1/kpis", own)
    gone = await alert(client, {"below": 0.5}, {"kpi": {"kpi": kpi["id"]}})
    other = await alert(client, {"below": 0.5})
    await watched.look()
    assert await state(client, gone) == ("firing", None)
    assert (await client.delete(f"/v1/kpis/{kpi['id']}")).status_code == 204
    await watched.look(hours=1)
    assert await state(client, gone) == ("failing", "unknown_kpi")
    assert await state(client, other) == ("firing", None)
    # Nobody knows whether it is back.
    assert (await firings(client, gone))[0]["resolved_at"] is None


async def test_posted_figures_are_watched_too(client: Client, watched: Watched) -> None:
    shares = await client.made("/v1/kpis", {"name": "Pleased", "aggregation": "share"})
    means = await client.made("/v1/kpis", {"name": "Calls", "aggregation": "mean", "unit": "calls"})
    for kpi, figures in (
        (shares, [{"numerator": 80 - 3 * n, "denominator": 100} for n in range(14)]),
        (means, [{"value": 10 + n % 3 + 10 * (n >= 7)} for n in range(14)]),
    ):
        items = [
            {"at": (TODAY - timedelta(days=14 - n)).isoformat(), **one}
            for n, one in enumerate(figures)
        ]
        answer = await client.post(f"/v1/kpis/{kpi['id']}/values", json={"items": items})
        assert answer.status_code == 200, answer.text
    by_key, by_id = {"kpi": {"kpi": shares["key"]}}, {"kpi": {"kpi": means["id"]}}
    below = await alert(client, {"below": 0.6}, by_key)
    falls = await alert(client, {"change": {"direction": "down"}}, by_key)
    rises = await alert(client, {"change": {"direction": "up", "by": 0.5}}, by_id)
    above = await alert(client, {"above": 30}, by_id)
    await watched.look()
    for which in (below, falls, rises):
        assert await state(client, which) == ("firing", None)
    assert await state(client, above) == ("ok", None)
    (fired,) = await firings(client, falls)
    # 59, 56, … 41 against 80, 77, … 62 of 100 each.
    assert (fired["figure"]["numerator"], fired["before"]["numerator"]) == (350, 497)
    assert fired["change"]["change"] == pytest.approx(-0.21)
    (fired,) = await firings(client, rises)
    assert (fired["change"]["method"], fired["figure"]["unit"]) == ("days", "calls")
    filtered = {"name": "No", "watches": {"kpi": {"kpi": shares["key"], "filter": "page"}}}
    answer = await client.post("/v1/alerts", json={**filtered, "condition": {"above": 1}})
    assert (answer.status_code, pointers(answer)) == (422, {"/watches/kpi/filter"})


async def test_others_neither_see_nor_move_it(
    client: Client, stranger: Client, watched: Watched
) -> None:
    await visited(client, 1, 20, 100)
    which = await alert(client, {"below": 0.5})
    await watched.look()
    (fired,) = await firings(client, which)
    for path in (f"alerts/{which}", f"alerts/{which}/firings", f"alert-firings/{fired['id']}"):
        assert (await stranger.get(f"/v1/{path}")).status_code == 404
    assert (await stranger.got("/v1/alerts"))["items"] == []


async def test_many_rules_are_as_many_statements(client: Client, watched: Watched) -> None:
    scopes = frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ, Scope.CONTACTS_READ})
    caller = Caller(watched.workspace, None, scopes)
    await visited(client, 1, 20, 100)
    numbers = []
    for number in (1, 10):
        for n in range(number):
            await alert(client, {"below": n / 100})
            await alert(client, {"above": n}, {"gap": {}})
        async with watched.database.analyse(caller) as work:
            due = await alerts.due(work, watched.now)
            found = await alerts.looked_at(work, due)
        async with watched.database.write(caller) as keeping:
            assert await alerts.keep_states(keeping, found, {one.id: one for one in due}) >= 0
        numbers.append((work.statements, keeping.statements))
        watched.now += timedelta(hours=1)
    assert numbers[0] == numbers[1]
