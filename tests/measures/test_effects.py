"""What an action changed, by a KPI of the days before and after it."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client, pointers
from tests.measures.doing import Json, did

DAY = date(2026, 5, 1)
NONSENSE = {"field": "nonsense", "op": "eq", "value": 1}
GOAL = {"base": "page", "goal": "Order Completed"}


def at(day: int, hour: int = 12) -> str:
    """Some days from the day on which it may show."""
    time = datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=UTC) + timedelta(days=day)
    return time.isoformat()


async def visited(client: Client, side: int, bought: int, of: int, device: str = "phone") -> None:
    """People who came on a day of one side (-1, 0), of whom some bought."""
    events: list[Any] = []
    for n in range(of):
        who, day = f"{device}{side}{n}", 28 * side + n % 28
        told = {"device": device}
        events.append((who, at(day), "page", told))
        if n < bought:
            events.append((who, at(day, 13), "Order Completed", told))
    await did(client, *events)


async def action(client: Client, kpi: str, **more: Any) -> str:
    """An action that is judged by a KPI."""
    metric = {"name": "It", "kpi": {"kpi": kpi, "effective_on": DAY.isoformat(), **more}}
    made = await client.made("/v1/actions", {"title": "Act", "metric": metric})
    assert made["metric"]["reason"] == "computed"
    name: str = made["id"]
    return name


async def effect(client: Client, which: str) -> Json:
    """What it changed."""
    return await client.got(f"/v1/actions/{which}/effect")


async def test_a_change_is_told_with_its_interval_and_what_it_was_made_of(client: Client) -> None:
    await visited(client, -1, 40, 200)
    await visited(client, 0, 80, 200)
    found = await effect(client, await action(client, "conversion_rate", parameters=GOAL))
    assert (found["verdict"], found["reason"]) == ("improved", None)
    before, after = found["before"], found["after"]
    assert (before["value"], before["numerator"], before["denominator"]) == (0.2, 40, 200)
    assert (after["value"], after["numerator"], after["denominator"]) == (0.4, 80, 200)
    assert (before["from"], before["to"]) == ("2026-04-03T00:00:00Z", "2026-05-01T00:00:00Z")
    assert (after["from"], after["to"]) == ("2026-05-01T00:00:00Z", "2026-05-29T00:00:00Z")
    # Newcombe's tenth method of Wilson's 99 % intervals, 0.1373 to 0.2820 and 0.3154 to 0.4911.
    assert found["change"] == pytest.approx(0.2)
    assert (found["low"], found["high"]) == (
        pytest.approx(0.0822, abs=1e-4),
        pytest.approx(0.3105, abs=1e-4),
    )
    told = found["definition"]
    assert (told["mode"], told["kpi"], told["better"]) == ("kpi", "conversion_rate", "higher")
    assert (told["days"], told["method"], told["least_count"]) == (28, "newcombe", 30)
    assert told["parameters"]["unit"] == "contact"


@pytest.mark.parametrize(
    ("before", "after", "verdict", "reason"),
    [
        ((60, 200), (60, 200), "unchanged", None),
        ((60, 200), (70, 200), "unchanged", None),
        ((80, 200), (40, 200), "worse", None),
        ((9, 29), (9, 200), "not_enough_data", "too_few"),
        ((0, 0), (9, 200), "not_enough_data", "no_before"),
        ((9, 200), (0, 0), "not_enough_data", "no_after"),
        ((0, 0), (0, 0), "not_enough_data", "not_measured"),
    ],
)
async def test_nothing_is_claimed_that_may_be_chance(
    client: Client, before: tuple[int, int], after: tuple[int, int], verdict: str, reason: Any
) -> None:
    for side, (bought, of) in ((-1, before), (0, after)):
        if of:
            await visited(client, side, bought, of)
    found = await effect(client, await action(client, "conversion_rate", parameters=GOAL))
    assert (found["verdict"], found["reason"]) == (verdict, reason)
    assert (found["change"] is None) == (reason is not None)


async def test_less_is_better_where_the_kpi_should_fall(client: Client) -> None:
    for side, bounced in ((-1, 90), (0, 30)):
        events = []
        for n in range(100):
            who, day = f"u{side}{n}", 28 * side + n % 28
            pages = 1 if n < bounced else 2
            events += [(who, at(day, 10 + page), "page") for page in range(pages)]
        await did(client, *events)
    which = await action(client, "bounce_rate", parameters={"timeout_seconds": 7200})
    found = await effect(client, which)
    assert (found["verdict"], found["definition"]["better"]) == ("improved", "lower")


async def test_a_kpi_of_ones_own_tells_it_too_by_key_or_id_in_its_direction(client: Client) -> None:
    await visited(client, -1, 40, 200)
    await visited(client, 0, 80, 200)
    both = {"numerator": "Order Completed", "denominator": "page"}
    definition = {n: {"measure": "contacts", "events": one} for n, one in both.items()}
    own = {"name": "Few buy", "direction": "down", "definition": {"mode": "share", **definition}}
    made = await client.made("/v1/kpis", own)
    for which in (made["key"], made["id"]):
        found = await effect(client, await action(client, which))
        assert (found["verdict"], found["change"]) == ("worse", pytest.approx(0.2))
    assert (await client.delete(f"/v1/kpis/{made['id']}")).status_code == 204
    gone = await effect(client, await posted(client, made["key"]))
    assert (gone["verdict"], gone["reason"]) == ("not_enough_data", "not_computable")


async def posted(client: Client, kpi: str) -> str:
    """An action that was to be judged by a KPI that is gone."""
    found = await client.got("/v1/actions", params={"sort": "created_at"})
    named = [one for one in found["items"] if one["metric"]["kpi"]["kpi"] == kpi]
    name: str = named[0]["id"]
    return name


async def test_a_number_is_compared_by_its_days(client: Client) -> None:
    dice = Random(3)
    events: list[Any] = []
    for side, mean in ((-1, 10), (0, 20)):
        for day in range(28):
            for n in range(mean + dice.randint(-3, 3)):
                events.append((f"u{n}", at(28 * side + day, n % 24), "Order Completed"))
    await did(client, *events)
    found = await effect(client, await action(client, "orders"))
    before, after = found["before"], found["after"]
    assert (before["value"], after["value"]) == (
        before["per_day"] * 28,
        pytest.approx(after["per_day"] * 28),
    )
    assert found["change"] == pytest.approx(after["per_day"] - before["per_day"])
    assert found["low"] < found["change"] < found["high"]
    assert (found["definition"]["method"], found["verdict"]) == ("days", "improved")


async def test_nothing_is_said_before_its_days_are_over(client: Client) -> None:
    day = datetime.now(UTC).date() - timedelta(days=10)
    which = await action(client, "conversion_rate", effective_on=day.isoformat(), parameters=GOAL)
    found = await effect(client, which)
    assert (found["verdict"], found["reason"]) == ("not_enough_data", "not_over")


async def test_days_are_those_of_the_workspace_and_events_those_of_the_filter(
    client: Client,
) -> None:
    await client.patch("/v1/settings", json={"time_zone": "Asia/Kolkata"})
    await visited(client, -1, 20, 100, "phone")
    await visited(client, 0, 60, 100, "phone")
    await visited(client, -1, 90, 100, "desktop")
    phone = {"field": "device", "op": "eq", "value": "phone"}
    which = await action(client, "conversion_rate", parameters=GOAL, filter=phone)
    found = await effect(client, which)
    assert found["before"]["from"] == "2026-04-02T18:30:00Z"
    assert found["after"]["to"] == "2026-05-28T18:30:00Z"
    assert found["before"]["denominator"] == 100
    assert found["definition"]["time_zone"] == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"kpi": "nonsense"}, "kpi"),
        ({"days": 6}, "days"),
        ({"days": 367}, "days"),
        ({"effective_on": "1969-12-31"}, "effective_on"),
        ({"effective_on": "9999-01-01"}, "effective_on"),
        ({"effective_on": "soon"}, "effective_on"),
        ({"parameters": {"nonsense": 1}}, "parameters/nonsense"),
        ({"parameters": {"goal": NONSENSE}}, "parameters/goal/field"),
        ({"filter": NONSENSE}, "filter/field"),
        ({"more": 1}, "more"),
    ],
)
async def test_what_cannot_be_computed_is_refused_where_it_stands(
    client: Client, more: Json, at: str
) -> None:
    kpi = {"kpi": "conversion_rate", "effective_on": "2026-05-01"} | more
    body = {"title": "Act", "metric": {"name": "It", "kpi": kpi}}
    answer = await client.post("/v1/actions", json=body)
    assert answer.status_code == 422, answer.text
    assert pointers(answer) == {f"/metric/kpi/{at}"}


async def test_who_may_not_compute_is_told_so(client: Client) -> None:
    await visited(client, -1, 40, 100)
    plain = await action(client, "conversion_rate", parameters=GOAL)
    person = {"field": "user_id", "op": "ne", "value": "x"}
    personal = await action(client, "conversion_rate", filter=person)
    expected = {
        ("maps:read",): ["needs_analytics_read", "needs_analytics_read"],
        ("maps:read", "analytics:read"): ["no_after", "needs_contacts_read"],
    }
    for scopes, reasons in expected.items():
        key = await client.made("/v1/api-keys", {"name": "Some", "scopes": list(scopes)})
        headers = {"Authorization": f"Bearer {key['key']}"}
        found = [
            await client.got(f"/v1/actions/{one}/effect", headers=headers)
            for one in (plain, personal)
        ]
        assert [one["reason"] for one in found] == reasons


async def test_many_effects_take_as_few_statements_as_two(client: Client) -> None:
    await visited(client, -1, 40, 100)
    query = (
        "{ actions { nodes { effect { verdict reason before { value } definition { kpi } } } } }"
    )
    taken = []
    for number in (2, 6):
        for _ in range(number):
            await action(client, "conversion_rate", parameters=GOAL)
        begun = await client.statements()
        found = await asked(client, query)
        taken.append(await client.statements() - begun)
        nodes = found["actions"]["nodes"]
        assert {one["effect"]["before"]["value"] for one in nodes} == {0.4}
        assert {one["effect"]["reason"] for one in nodes} == {"no_after"}
    assert taken[0] == taken[1]


async def test_of_a_page_of_actions_each_has_its_effect(client: Client) -> None:
    await visited(client, -1, 40, 100)
    number = 52  # twice as many figures as may be asked for at once, and some
    for _ in range(number):
        await action(client, "conversion_rate", parameters=GOAL)
    found = await asked(client, "{ actions(first: 60) { nodes { effect { before { value } } } } }")
    effects = [one["effect"]["before"]["value"] for one in found["actions"]["nodes"]]
    assert effects == [0.4] * number
