"""KPIs of what is done for a map: what it costs, what it yields, who comes back, what is unused."""

from datetime import UTC, datetime
from typing import Any

from tests.make import Client
from tests.measures.test_kpis_on_maps import at, items, kpi, lived, walked
from tests.slices.bound import event, sent

Json = dict[str, Any]
MAY = {"from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
KEYS = "cost_per_conversion,return_on_journey,win_back_rate,content_unused"


async def told(client: Client, made: Json, **query: Any) -> dict[str, Json]:
    return {one["kpi"]: one for one in await items(client, made, **{"keys": KEYS, **query})}


async def action(client: Client, *targets: Json, **members: Any) -> None:
    body = {"title": "An action", "status": "done", "targets": list(targets), **members}
    await client.made("/v1/actions", body)


async def bought(client: Client, *amounts: tuple[float, str]) -> None:
    """Orders at the last step of a map."""
    await sent(
        client,
        *(
            event(6, "Buy", f"b{n} {currency}", properties={"revenue": value, "currency": currency})
            for n, (value, currency) in enumerate(amounts)
        ),
    )


def eur(amount: float) -> Json:
    return {"amount": amount, "currency": "EUR"}


async def met(client: Client, made: Json, **members: Any) -> Json:
    """A touchpoint that the map's first step meets."""
    touchpoint: Json = await client.made("/v1/touchpoints", {"name": "Page", **members})
    step = made["stages"][0]["steps"][0]["id"]
    body = {"touchpoints": [{"touchpoint_id": touchpoint["id"]}]}
    answer = await client.patch(f"/v1/steps/{step}", json=body)
    assert answer.status_code == 200, answer.text
    return touchpoint


async def test_what_it_costs_is_of_the_range(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await client.patch("/v1/settings", json={"event_roles": {"order": "Buy"}})
    # Of 40 days ten lie in May; one names no day.
    activities = [
        {"name": "Ads", "starts_on": "2026-04-01", "ends_on": "2026-05-10", "cost": eur(400)},
        {"name": "Fair", "cost": eur(7)},
    ]
    await met(client, made, activities=activities)
    await action(client, at(made), due_on="2026-05-20", cost=eur(60))
    await action(client, at(made, 1), due_on="2026-05-20", cost=eur(1000), status="planned")
    await action(client, at(made), due_on="2026-05-20", cost=eur(5000), status="rejected")
    await action(client, at(made), due_on="2026-07-20", cost=eur(3000))
    content = {"title": "Guide", "published_on": "2026-05-02", "cost": eur(40)}
    answers = [{"journey_id": made["id"], "stage_key": "look", "item_key": "why"}]
    stage = made["stages"][0]["id"]
    questions = [{"key": "why", "text": "Why?"}]
    await client.patch(f"/v1/stages/{stage}", json={"questions": questions})
    await client.made("/v1/content", {**content, "answers": answers})
    await client.made("/v1/content", {**content, "title": "Elsewhere", "cost": eur(9999)})
    found = await told(client, made, **MAY)
    one = found["cost_per_conversion"]
    # (100 + 60 + 40) ÷ 20 who bought.
    assert one["value"] == {"amount": 10, "currency": "EUR"}
    assert (one["numerator"], one["denominator"]) == (200, 20)
    excluded = {row["reason"]: row["count"] for row in one["excluded"]}
    assert excluded == {"action_not_begun": 1, "cost_without_day": 1}
    assert found["return_on_journey"]["value"] is None
    await bought(client, (150, "EUR"), (250, "EUR"))
    found = await told(client, made, **MAY)
    assert found["return_on_journey"]["value"] == 2
    assert found["cost_per_conversion"]["value"]["amount"] == round(200 / 22, 4)
    some = await told(client, made, **MAY, filter="Buy")
    assert some["cost_per_conversion"]["reason"] == "cost_unfiltered"
    await bought(client, (1, "USD"))
    await action(client, at(made), due_on="2026-05-21", cost={"amount": 44, "currency": "USD"})
    found = await told(client, made, **MAY)
    one = found["cost_per_conversion"]
    assert (one["value"], one["reason"]) == (None, "several_currencies")
    parts = {part["of"]: part["value"]["amount"] for part in one["parts"]}
    assert parts == {"EUR": round(200 / 23, 4), "USD": round(44 / 23, 4)}


async def test_nothing_known_is_null_with_its_reason(client: Client) -> None:
    made = await walked(client)
    found = await told(client, made)
    reasons = {key: one.get("reason") or one["value"]["reason"] for key, one in found.items()}
    assert reasons["win_back_rate"] == "no_event"
    assert all(reasons.values())
    await lived(client)
    found = await told(client, made)
    assert found["cost_per_conversion"]["reason"] == "no_cost"
    assert found["return_on_journey"]["reason"] == "no_cost"
    assert found["win_back_rate"]["reason"] == "no_win_back_action"
    assert found["content_unused"]["value"]["value"] is None


async def test_those_who_come_back_are_of_those_who_had_dropped(client: Client) -> None:
    made = await walked(client)
    # a: dropped, and back; b: dropped; c: too late; d: was there lately; e: converted; f: never.
    ways = {
        "a": [("See", 0), ("Read", 20)],
        "b": [("Cart", 1)],
        "c": [("See", 0), ("Read", 30)],
        "d": [("See", 12), ("Read", 20)],
        "e": [("See", 0), ("Buy", 1), ("See", 20)],
        "f": [("Read", 25)],
    }
    await sent(client, *(event(n, name, who) for who, way in ways.items() for name, n in way))
    await action(client, at(made), kind="win_back", due_on="2026-05-18")
    await action(client, at(made), kind="win_back", due_on="2026-05-18", status="idea")
    query = {"keys": "win_back_rate", "window_seconds": 10 * 86_400}
    (one,) = await items(client, made, **query, **MAY)
    assert (one["value"]["numerator"], one["value"]["denominator"]) == (1, 3)
    # In the second stage there is b alone.
    other = await walked(client, "Other")
    await action(client, at(other, 1), kind="win_back", due_on="2026-05-18")
    (one,) = await items(client, other, **query, **MAY)
    assert (one["value"]["numerator"], one["value"]["denominator"]) == (0, 1)
    (one,) = await items(client, made, **query, to="2026-05-10T00:00:00Z")
    assert one["reason"] == "no_win_back_action"


async def library(client: Client, made: Json) -> None:
    """Four items for a map of which one is to come, and one for no map."""
    stage = made["stages"][0]["id"]
    await client.patch(f"/v1/stages/{stage}", json={"questions": [{"key": "why", "text": "Why?"}]})
    answers = [{"journey_id": made["id"], "stage_key": "look", "item_key": "why"}]
    for key, more in {
        "by-key": {},
        "by-url": {"url": "https://example.org/guide"},
        "unused": {"url": "https://example.org/unused"},
        "later": {"published_on": "2026-06-01"},
        "draft": {"published_on": None},
    }.items():
        body = {"key": key, "title": key, "published_on": "2026-04-01", "answers": answers, **more}
        await client.made("/v1/content", body)
    await client.made("/v1/content", {"key": "else", "title": "E", "published_on": "2026-04-01"})
    await sent(
        client,
        event(1, "Read", "ann", properties={"content_id": "by-key"}),
        event(2, "page", "bob", context={"page": {"url": "https://example.org/guide/"}}),
        event(3, "page", "bob", properties={"url": "https://example.org/other"}),
    )


async def test_content_that_nobody_touched_is_unused(client: Client) -> None:
    made = await walked(client)
    await library(client, made)
    (one,) = await items(client, made, keys="content_unused", **MAY)
    assert (one["value"]["numerator"], one["value"]["denominator"]) == (1, 3)
    assert {row["reason"]: row["count"] for row in one["excluded"]} == {"not_published": 2}
    # Of the whole workspace one more.
    body = {"kpi": "content_unused", **MAY, "interval": "month"}
    found = (await client.post("/v1/kpis/query", json=body)).json()
    assert (found["value"]["numerator"], found["value"]["denominator"]) == (2, 4)
    assert [point["value"]["numerator"] for point in found["series"]] == [2]
    late = {"from": "2026-05-05T00:00:00Z"}
    found = (await client.post("/v1/kpis/query", json={"kpi": "content_unused", **late})).json()
    assert found["value"]["numerator"] == found["value"]["denominator"]


async def test_targets_may_be_set_on_all_of_them(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await library(client, made)
    places = [at(made)]
    await kpi(
        client,
        "Used",
        built_in="content_unused",
        direction="down",
        target={"value": 0.99},
        places=places,
    )
    await kpi(
        client,
        "Stay",
        built_in="stage_abandonment",
        direction="down",
        target={"value": 0.01},
        places=[at(made, 0), at(made, 1), at(made)],
    )
    await kpi(
        client,
        "Cheap",
        built_in="cost_per_conversion",
        target={"value": 5},
        places=places,
        direction="down",
    )
    await action(client, at(made), due_on="2026-05-20", cost=eur(60))
    by_key: dict[str, list[Json]] = {}
    for one in await items(client, made, **MAY):
        by_key.setdefault(one["kpi"], []).append(one)
    assert by_key["cheap"][0]["value"]["amount"] == 3
    assert by_key["cheap"][0]["status"] == "met"
    assert by_key["used"][0]["value"]["denominator"] == 3
    first, last, whole = by_key["stay"]
    entered = by_key["stage_abandonment"][0]
    assert (first["value"], first["status"]) == (entered["value"], entered["status"])
    assert first["stage_id"] == made["stages"][0]["id"]
    assert (last["reason"], whole["reason"]) == ("no_way_on", "only_of_stages")
    status = await client.got(f"/v1/kpis/{(await first_id(client, 'cheap'))}/status")
    assert (status["value"]["value"], status["status"]) == (None, "unknown")
    assert "/v1/journeys/" in status["reason_text"]


async def first_id(client: Client, key: str) -> str:
    found = await client.got("/v1/kpis", params={"key": key})
    return str(found["items"][0]["id"])


async def test_the_list_tells_where_they_are_asked(client: Client) -> None:
    found = await client.got("/v1/kpis", params={"own": "false", "limit": "200"})
    where = {one["key"]: one["meaning"]["asked_at"] for one in found["items"]}
    of_map, query = "/v1/journeys/{id}/kpis", "/v1/kpis/query"
    assert {key for key, asked in where.items() if asked == [of_map]} == {
        *("cost_per_conversion", "return_on_journey", "stage_abandonment", "win_back_rate")
    }
    assert where["content_unused"] == where["orders"] == [query, of_map]
    unused = next(one for one in found["items"] if one["key"] == "content_unused")
    reference = unused["meaning"]["reference"]
    assert (reference["low"], reference["high"]) == (0.61, 0.71)


async def test_few_who_came_back_are_not_told(client: Client) -> None:
    made = await walked(client)
    await sent(client, *(event(0, "See", f"p{n}") for n in range(8)), event(20, "See", "p1"))
    await action(client, at(made), kind="win_back", due_on="2026-05-18")
    await client.patch("/v1/settings", json={"small_cells": 5})
    query = {"keys": "win_back_rate", "window_seconds": 10 * 86_400}
    (one,) = await items(client, made, **query, **MAY)
    assert one["value"]["numerator"] is None


async def test_what_rests_on_plans_is_of_the_range_asked_for(client: Client) -> None:
    """Whatever range its target is of: one that is of another says nothing of it."""
    made = await walked(client)
    await lived(client)
    await action(client, at(made), due_on="2026-05-20", cost=eur(60))
    await action(client, at(made), due_on="2026-03-01", cost=eur(600))
    target = {"value": 5, **MAY}
    await kpi(
        client,
        "Cheap in May",
        built_in="cost_per_conversion",
        target=target,
        places=[at(made)],
        direction="down",
    )
    (always,) = await items(client, made, keys="cheap-in-may")
    assert (always["value"]["amount"], always["from"], always["to"]) == (33, None, None)
    assert always["status"] == "unknown"
    (may,) = await items(client, made, keys="cheap-in-may", **MAY)
    assert (may["value"]["amount"], may["from"], may["status"]) == (3, MAY["from"], "met")


async def test_those_too_young_to_judge_are_not_told_where_they_are_few(client: Client) -> None:
    made = await walked(client)
    await sent(client, *(event(1, "See", f"p{n}") for n in range(3)))
    today = datetime.now(UTC).date().isoformat()
    await action(client, at(made), kind="win_back", due_on=today)
    for small, told_of in ((None, [3]), (5, [])):
        await client.patch("/v1/settings", json={"small_cells": small})
        (one,) = await items(client, made, keys="win_back_rate")
        young = [left["count"] for left in one["excluded"] if left["reason"] == "too_young"]
        assert young == told_of
