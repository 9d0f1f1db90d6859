"""What is posted, and what costs, on maps: held against a range before."""

from typing import Any

from tests.make import Client, journey, pointers
from tests.measures.test_kpis_of_plans import action, bought, eur
from tests.measures.test_kpis_on_maps import at, items, kpi, lived, walked

Json = dict[str, Any]
MAY = {"from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
APRIL = "2026-04-01T00:00:00Z/2026-05-01T00:00:00Z"


async def test_what_is_posted_is_compared(client: Client) -> None:
    made = await walked(client)
    members: Json = {"unit": "seconds", "target": {"value": 40}, "direction": "down"}
    own = await kpi(client, "Calls", places=[at(made, 0, 1)], aggregation="sum", **members)
    values = [
        {"at": "2026-04-10T00:00:00Z", "value": 50},
        {"at": "2026-05-10T00:00:00Z", "value": 60},
        {"at": "2026-05-11T00:00:00Z", "value": 5},
    ]
    await client.post(f"/v1/kpis/{own['id']}/values", json={"items": values})
    (one,) = await items(client, made, keys="calls", compare=APRIL, **MAY)
    told = one["comparison"]
    assert (one["value"], told["value"], told["change"]) == (65, 50, 15)
    assert (told["from"], told["to"]) == tuple(APRIL.split("/"))


async def test_of_what_was_not_posted_before_it_is_told_why(client: Client) -> None:
    made = await walked(client)
    own = await kpi(client, "Calls", places=[at(made, 0, 1)], aggregation="sum")
    values = [{"at": "2026-05-10T00:00:00Z", "value": 60}]
    await client.post(f"/v1/kpis/{own['id']}/values", json={"items": values})
    (one,) = await items(client, made, keys="calls", compare="previous_year", **MAY)
    told = one["comparison"]
    assert (told["value"], told["change"], told["change_reason"]) == (None, None, "figure_unknown")
    assert told["change_reason_text"] == "One of the two figures is not known."
    (one,) = await items(client, made, keys="calls", **MAY)
    assert one["comparison"] is None
    path = f"/v1/journeys/{made['id']}/kpis"
    answer = await client.get(path, params={"keys": "calls", "compare": "previous_period"})
    assert (answer.status_code, pointers(answer)) == (422, {"/query/compare"})


async def test_what_it_costs_is_compared(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await client.patch("/v1/settings", json={"event_roles": {"order": "Buy"}})
    await bought(client, (90, "EUR"), (30, "EUR"))
    await action(client, at(made), due_on="2026-05-20", cost=eur(60))
    await action(client, at(made), due_on="2026-05-02", cost=eur(10))
    days = {"from": "2026-05-05T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
    before = "2026-05-01T00:00:00Z/2026-05-05T00:00:00Z"
    keys = "cost_per_conversion,return_on_journey"
    found = await items(client, made, keys=keys, compare=before, **days)
    alone = [
        await items(client, made, keys=keys, **dict(zip(("from", "to"), one, strict=True)))
        for one in (tuple(days.values()), before.split("/"))
    ]
    for told, now, then in zip(found, *alone, strict=True):
        assert told["value"] == now["value"]
        compared = told["comparison"]
        for name in ("value", "numerator", "denominator", "parts", "reason"):
            assert compared.get(name) == then.get(name), name
    cost, gained = found
    assert cost["comparison"]["value"] == {"amount": 0.5, "currency": "EUR"}
    assert cost["comparison"]["change"] == cost["value"]["amount"] - 0.5
    assert gained["value"] == 2
    assert gained["comparison"]["change"] is None


async def test_of_each_stage_it_is_told_why_there_is_nothing_to_compare(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    june = {"from": "2026-06-01T00:00:00Z", "to": "2026-07-01T00:00:00Z"}
    for within, compare, why in (
        (MAY, APRIL, (None, "no_event")),
        (june, "/".join(MAY.values()), ("no_event", None)),
        (june, APRIL, ("no_event", "no_event")),
    ):
        query = {"keys": "stage_abandonment", "compare": compare, **within}
        first, last = await items(client, made, **query)
        told = first["comparison"]
        assert (first["value"].get("reason"), told["value"].get("reason")) == why
        assert (told["change"], told["change_reason"]) == (None, "figure_unknown")
        assert (told["from"], told["to"]) == tuple(compare.split("/"))
        told = last["comparison"]
        assert told["value"]["reason"] == (why[1] or "no_way_on")
        assert (told["change"], told["change_reason"]) == (None, "figure_unknown")


async def test_nothing_is_no_count_on_either_side(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await client.patch("/v1/settings", json={"event_roles": {"order": "Buy"}})
    june = {"from": "2026-06-01T00:00:00Z", "to": "2026-07-01T00:00:00Z"}
    unknown = (None, "figure_unknown")
    (one,) = await items(client, made, keys="orders", compare="/".join(MAY.values()), **june)
    told = one["comparison"]
    assert (one["value"], one["reason"], told["value"]) == (None, "no_event", 20)
    assert (told["change"], told["change_reason"]) == unknown
    (one,) = await items(client, made, keys="orders", compare=APRIL, **MAY)
    told = one["comparison"]
    assert (one["value"], told["value"], told["reason"]) == (20, None, "no_event")
    assert (told["change"], told["change_reason"], "numerator" in told) == (*unknown, False)
    # Somebody was there, of whom none ordered.
    early = {"from": "2026-05-03T00:00:00Z", "to": "2026-05-04T00:00:00Z"}
    (one,) = await items(client, made, keys="orders", compare="previous_period", **early)
    told = one["comparison"]
    assert (one["value"], told["value"], told["change"]) == (0, 0, 0)
    bare = await client.made("/v1/journeys", journey(1, 2))
    (one,) = await items(client, bare, keys="orders", compare=APRIL, **MAY)
    told = one["comparison"]
    assert (one["reason"], told["value"], told["reason"]) == ("not_bound", None, "not_bound")
    assert (told["change"], told["change_reason"]) == unknown
