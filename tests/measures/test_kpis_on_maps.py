"""KPIs where they stand on maps: what they come to there, and whether targets are met."""

from typing import Any

import pytest

from service.domain.shares import wilson
from tests.faces.asking import asked
from tests.make import Client
from tests.slices.bound import event, sent

Json = dict[str, Any]
SHARE = {
    "mode": "share",
    "numerator": {"measure": "contacts", "events": "Buy"},
    "denominator": {"measure": "contacts"},
}
COUNT = {"mode": "value", "numerator": {"measure": "count"}}


async def walked(client: Client, title: str = "Shop") -> Json:
    """A map of two stages of two steps each."""
    stages = [
        {"name": one, "steps": [{"action": name, "binding": name} for name in names]}
        for one, names in (("Look", ("See", "Read")), ("Pay", ("Cart", "Buy")))
    ]
    body = {"title": title, "goal": "Buy", "stages": stages}
    made: Json = await client.made("/v1/journeys", body)
    return made


async def lived(client: Client) -> None:
    """Forty who see; of them thirty put something into the cart and twenty buy; ten read twice."""
    await sent(
        client,
        *(event(1, "See", f"p{n}") for n in range(40)),
        *(event(2, "Cart", f"p{n}") for n in range(30)),
        *(event(3, "Buy", f"p{n}") for n in range(20)),
        *(event(day, "Read", f"p{n}") for n in range(10) for day in (4, 5)),
        *(event(3, "Elsewhere", f"q{n}") for n in range(15)),
    )


def at(made: Json, stage: int | None = None, step: int | None = None) -> Json:
    if stage is None:
        return {"journey_id": made["id"]}
    if step is None:
        return {"stage_id": made["stages"][stage]["id"]}
    return {"step_id": made["stages"][stage]["steps"][step]["id"]}


async def items(client: Client, made: Json, **query: Any) -> list[Json]:
    found = await client.got(f"/v1/journeys/{made['id']}/kpis", params=query)
    rows: list[Json] = found["items"]
    return rows


async def kpi(client: Client, name: str, **members: Any) -> Json:
    made: Json = await client.made("/v1/kpis", {"name": name, **members})
    return made


async def test_it_is_told_at_each_place_where_it_stands(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    places = [at(made), at(made, 0), at(made, 1), at(made, 0, 1)]
    own = await kpi(client, "Events", definition=COUNT, places=places)
    found = [one for one in await items(client, made) if one["kpi_id"] == own["id"]]
    # By hand: 40 + 30 + 20 + 20 at steps; 60 in the first stage, 50 in the second, 20 who read.
    assert [one["value"] for one in found] == [110, 60, 50, 20]
    stages = made["stages"]
    expected = [None, stages[0]["id"], stages[1]["id"], None]
    assert [one["stage_id"] for one in found] == expected
    assert [one["stage_key"] for one in found] == [None, "look", "pay", None]
    assert found[3]["step_id"] == stages[0]["steps"][1]["id"]
    assert {(one["kpi"], one["name"]) for one in found} == {("events", "Events")}
    assert {one["built_in"] for one in found} == {None}
    query = "query ($id: ID!) { journey(id: $id) { kpis { kpi builtIn kpiId } } }"
    told = (await asked(client, query, id=made["id"]))["journey"]["kpis"]
    assert {one["kpi"] for one in told if one["builtIn"] != one["kpi"]} == {"events"}


@pytest.mark.parametrize(
    ("target", "direction", "status"),
    [
        (0.45, "up", "met"),
        (0.6, "up", "unknown"),
        (0.9, "up", "missed"),
        (0.9, "down", "met"),
        (0.6, "down", "unknown"),
        (0.45, "down", "missed"),
    ],
)
async def test_its_interval_says_whether_the_target_is_met(
    client: Client, target: float, direction: str, status: str
) -> None:
    made = await walked(client)
    await lived(client)
    members = {"direction": direction, "target": {"value": target}, "places": [at(made, 1)]}
    await kpi(client, "Buyers", definition=SHARE, **members)
    (one,) = await items(client, made, keys="buyers")
    # Of thirty in the second stage twenty buy; 0.49 to 0.81.
    value = one["value"]
    assert (value["numerator"], value["denominator"]) == (20, 30)
    assert (value["low"], value["high"]) == pytest.approx(wilson(20, 30))
    assert (one["target"], one["direction"], one["status"]) == (target, direction, status)
    assert ("status_reason" in one) == (status == "unknown")


async def test_a_target_on_a_built_in_one_is_the_nearest(client: Client) -> None:
    made, other = await walked(client), await walked(client, "Other")
    await lived(client)
    await kpi(client, "Everywhere", built_in="conversion_rate", target={"value": 0.9})
    here = await kpi(
        client, "Here", built_in="conversion_rate", target={"value": 0.2}, places=[at(made)]
    )
    with_own = {"goal": "Read", "base": "Cart"}
    await kpi(
        client,
        "Readers",
        built_in="conversion_rate",
        parameters=with_own,
        target={"value": 0.1},
        places=[at(made)],
    )
    by_key = {one["kpi"]: one for one in await items(client, made)}
    one = by_key["conversion_rate"]
    assert (one["target"], one["status"], one["kpi_id"]) == (0.2, "met", here["id"])
    assert by_key["here"]["value"] == one["value"]
    # The same figure by two keys, and what each of them is.
    assert [by_key[key]["kpi_id"] for key in ("here", "conversion_rate")] == [here["id"]] * 2
    named = {key: found["built_in"] for key, found in by_key.items()}
    own = {key: what for key, what in named.items() if what != key}
    assert own == {"here": "conversion_rate", "readers": "conversion_rate"}
    # Its own parameters: of thirty with a cart ten read behind it.
    value = by_key["readers"]["value"]
    assert (value["numerator"], value["denominator"]) == (10, 30)
    assert by_key["orders"]["target"] is None
    (one,) = await items(client, other, keys="conversion_rate")
    assert (one["target"], one["status"], one["name"]) == (0.9, "missed", "Everywhere")


async def test_a_target_holds_in_its_time(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    within = {"from": "2026-05-03T00:00:00Z", "to": "2026-05-04T00:00:00Z"}
    target = {"value": 30, **within}
    await kpi(client, "Events", definition=COUNT, target=target, places=[at(made)])
    (one,) = await items(client, made, keys="events")
    assert (one["value"], one["status"], one["from"]) == (30, "met", within["from"])
    later = {"from": "2026-05-04T00:00:00Z", "to": "2026-05-07T00:00:00Z"}
    (one,) = await items(client, made, keys="events", **later)
    assert (one["value"], one["status"]) == (40, "unknown")
    assert one["status_reason"] == "outside_target"


async def test_what_is_posted_is_its_last_value_in_the_range(client: Client) -> None:
    made = await walked(client)
    own = await kpi(client, "Calls", unit="seconds", target={"value": 40}, direction="down")
    values = [{"at": f"2026-05-{day:02}T00:00:00Z", "value": day} for day in (10, 30, 12)]
    answer = await client.post(f"/v1/kpis/{own['id']}/values", json={"items": values})
    assert answer.status_code == 200, answer.text
    (one,) = await items(client, made, keys="calls", to="2026-05-20T00:00:00Z")
    assert (one["value"], one["unit"], one["status"], one["stage_id"]) == (
        12,
        "seconds",
        "met",
        None,
    )
    (some,) = await items(client, made, keys="calls", filter="See")
    assert (some["value"]["value"], some["reason"]) == (None, "posted_unfiltered")
    (one,) = await items(client, made, keys=own["id"], to="2026-05-01T00:00:00Z")
    assert (one["value"], one["status"], bool(one["reason"])) == (None, "unknown", True)


async def test_sessions_of_an_own_one_have_its_own_timeout(client: Client) -> None:
    made = await walked(client)
    await sent(client, *(event(n, "See") for n in range(6)))
    sessions = {"mode": "value", "numerator": {"measure": "sessions"}}
    for name, timeout in (("Short", 60), ("Long", 90_000)):
        await kpi(client, name, definition={**sessions, "timeout_seconds": timeout})
    found = await items(client, made, keys="short,long,sessions")
    assert [one["value"] for one in found] == [6, 1, 6]


async def test_nobody_sees_kpis_of_others(client: Client, stranger: Client) -> None:
    made, own = await walked(client), await kpi(client, "Ours", definition=COUNT)
    theirs = await walked(stranger)
    for name in ("ours", own["id"]):
        answer = await stranger.get(f"/v1/journeys/{theirs['id']}/kpis", params={"keys": name})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "unknown_kpi"
    assert len(await items(client, made, keys="ours")) == 1


async def test_an_own_one_that_is_refused_spoils_no_other(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    parameters = {"goal": {"field": "traits.vip", "op": "eq", "value": True}}
    members = {"parameters": parameters, "target": {"value": 0.1}, "places": [at(made)]}
    await kpi(client, "Vips", built_in="conversion_rate", **members)
    scopes = ["analytics:read", "maps:read"]
    key = (await client.made("/v1/api-keys", {"name": "Figures", "scopes": scopes}))["key"]
    headers = {"Authorization": f"Bearer {key}"}
    found = await client.got(f"/v1/journeys/{made['id']}/kpis", headers=headers)
    told = {one["kpi"]: one for one in found["items"]}
    assert told["vips"]["value"]["value"] is None
    assert (told["vips"]["reason"], told["vips"]["status"]) == ("needs_contacts_read", "unknown")
    assert told["conversion_rate"]["value"]["denominator"] == 40


async def test_counts_that_are_too_small_have_no_status(client: Client) -> None:
    made = await walked(client)
    await lived(client)
    await kpi(client, "Buyers", definition=SHARE, target={"value": 0.1}, places=[at(made, 1, 1)])
    await client.patch("/v1/settings", json={"small_cells": 25})
    (one,) = await items(client, made, keys="buyers")
    assert (one["value"]["value"], one["status"]) == (None, "unknown")


QUERY = """query ($from: DateTime) { journeys(first: 30) { nodes { uuid
  kpis(keys: ["stage_abandonment", "conversion_rate", "buyers"], from: $from) {
    kpi stageId target status value { value numerator denominator } } } } }"""


async def test_many_maps_are_told_as_one_in_as_few_statements(client: Client) -> None:
    await lived(client)
    taken, told = [], []
    for number in (2, 18):
        made = [await walked(client, f"{number} {n}") for n in range(number)]
        await kpi(
            client,
            f"{'Bought' if told else 'Buyers'}",
            definition=SHARE,
            target={"value": 0.5},
            places=[at(one, 1) for one in made],
        )
        before = await client.statements()
        given = {"from": "2026-05-01T00:00:00Z"}
        found = (await asked(client, QUERY, **given))["journeys"]["nodes"]
        taken.append(await client.statements() - before)
        told.append(len(found))
        for one, mine in ((n, m) for n in found for m in made if n["uuid"] == m["id"]):
            keys = "stage_abandonment,conversion_rate,buyers"
            rest = await items(client, mine, keys=keys, **given)
            assert [row["kpi"] for row in one["kpis"]] == [row["kpi"] for row in rest]
            for ours, theirs in zip(one["kpis"], rest, strict=True):
                assert ours["value"]["numerator"] == theirs["value"]["numerator"]
                assert (ours["status"], ours["target"]) == (theirs["status"], theirs["target"])
    assert (told, taken[0]) == ([2, 20], taken[1])


async def test_very_many_are_cut_and_it_is_said(client: Client) -> None:
    made = await walked(client)
    body = {"places": [at(made)], "target": {"value": 1}}
    for n in range(202):
        await kpi(client, f"K{n}", **body)
    found = await client.got(f"/v1/journeys/{made['id']}/kpis")
    assert sum(one["kpi_id"] is not None for one in found["items"]) == 200
    assert {"reason": "kpis_beyond_limit", "count": 2} in found["excluded"]
    (one,) = await items(client, made, keys="k201")
    assert one["kpi"] == "k201"
