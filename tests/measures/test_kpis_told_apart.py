"""Breakdowns of KPIs over HTTP: whole units belong to one group each, and groups add up."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.make import Client
from tests.measures.doing import Json, built_in, did, kpi, share

MAY: Json = {"from_": "2024-05-01T00:00:00Z", "to": "2024-06-01T00:00:00Z"}
NAMES = [
    *("page", "Order Completed", "Checkout Started", "Lead Generated", "Support Contacted"),
    *("Complaint Made", "Product Reviewed", "Product Shared", "Promotion Viewed"),
    *("Promotion Clicked", "Onboarding Completed", "First Value Reached", "Survey Answered"),
]


def _log(chance: Random) -> Iterator[tuple[str, str, str, Json]]:
    for n in range(1_500):
        day, minute = chance.randrange(60), chance.randrange(240)
        month, of_month = (4, 15 + day) if day < 16 else (5, day - 15)
        time = f"2024-{month:02}-{min(of_month, 31):02}T{8 + minute // 60:02}:{minute % 60:02}:00Z"
        told = {
            "device": f"d{chance.randrange(140)}",
            "channel": chance.choice(["shop", "app", None]),
            "revenue": 10,
            "currency": "EUR",
            "rating": chance.randrange(1, 6),
            "survey": chance.choice(["nps", "csat", "ces"]),
            "score": chance.randrange(1, 6),
            "promotion_id": chance.choice(["a", "b"]),
            "journey_id": "j",
            "page_view_id": f"v{n}",
        }
        if chance.random() < 0.2:
            del told["device"]
        user, name = f"u{chance.randrange(250)}", chance.choice(NAMES)
        yield user, time, name, told
        if name == "page":
            seen = {"page_view_id": f"v{n}", "depth": 80, "device": "d0"}
            yield user, time, "Page Scrolled", seen


MORE: list[tuple[str, Json]] = [
    ("bounce_rate", {"mode": "single_event"}),
    *(("conversion_rate", {"unit": unit, "base": "page"}) for unit in ("contact", "session")),
    ("conversion_rate", {"unit": "attempt", "base": "page", "window_seconds": 86_400}),
    ("checkout_abandonment_rate", {"unit": "contact"}),
    ("click_through_rate", {"mode": "unique"}),
    ("support_contact_rate", {"mode": "orders"}),
]


def _counted(found: Json) -> tuple[float, float]:
    """Numerator and denominator of whatever is told."""
    held = found["value"] if isinstance(found["value"], dict) else {}
    told = held if "numerator" in held else found
    return told.get("numerator", 0), told.get("denominator", 0)


async def test_groups_of_every_kpi_add_up_to_the_whole(client: Client) -> None:
    await did(client, *_log(Random(3)))
    # Items of content belong to no group: each group touches what it does.
    keys = [one["key"] for one in await built_in(client) if one["key"] != "content_unused"]
    counted = 0
    for key, parameters in [*((key, {}) for key in keys), *MORE]:
        for names in (["device"], ["channel", "weekday"]):
            found = await kpi(client, key, **MAY, breakdown=names, parameters=parameters)
            rows = [_counted(one) for one in found["breakdown"]]
            whole = _counted(found)
            assert [sum(one) for one in zip(*rows, strict=True)] == list(whole), (key, names)
            assert len(rows) <= 101
            counted += whole[0] > 0 or whole[1] > 0
            told = [str(one["keys"]) for one in found["breakdown"]]
            assert len(told) == len(set(told))
    assert counted == 2 * (len(keys) + len(MORE))
    # What they add up to has a row of what tells none and one of the rest.
    found = await kpi(client, "bounce_rate", **MAY, breakdown=["device"])
    told = [one["keys"]["device"] for one in found["breakdown"]]
    assert (told[0], told[-1], len(told)) == (None, "other", 101)
    assert found["breakdown"][-1]["combined"] == 140 + 1 - 100


async def test_a_session_belongs_to_its_first_event_and_is_counted_whole(client: Client) -> None:
    await did(
        client,
        ("u", "2024-05-01T10:00:00Z", "page", {"device": "phone", "campaign": "spring"}),
        ("u", "2024-05-01T10:05:00Z", "Order Completed", {"device": "desk"}),
    )
    parameters = {"mode": "single_event"}
    found = await kpi(client, "bounce_rate", breakdown=["device"], parameters=parameters)
    assert [(row["keys"]["device"], share(row)) for row in found["breakdown"]] == [
        ("phone", (0, 1))
    ]
    assert found["definition"]["groups_of"] == "session"
    parameters = {"unit": "session", "base": "page"}
    found = await kpi(client, "conversion_rate", breakdown=["campaign"], parameters=parameters)
    assert [(row["keys"]["campaign"], share(row)) for row in found["breakdown"]] == [
        ("spring", (1, 1))
    ]


async def test_a_contact_belongs_to_its_latest_value(client: Client) -> None:
    await did(
        client,
        ("u", "2024-05-01T10:00:00Z", "page", {"campaign": "spring"}),
        ("u", "2024-05-02T10:00:00Z", "page", {"campaign": "summer"}),
        ("u", "2024-05-03T10:00:00Z", "Order Completed"),
        ("u", "2024-06-03T10:00:00Z", "page", {"campaign": "autumn"}),
        ("v", "2024-05-01T10:00:00Z", "page"),
    )
    body: Json = {"breakdown": ["campaign"], "parameters": {"base": "page"}}
    found = await kpi(client, "conversion_rate", **MAY, **body)
    rows = [(row["keys"]["campaign"], share(row)) for row in found["breakdown"]]
    assert rows == [("summer", (1, 1)), (None, (0, 1))]
    assert found["definition"]["groups_of"] == "contact"
    assert (await kpi(client, "conversion_rate"))["definition"]["groups_of"] is None


async def test_an_attempt_belongs_to_the_event_that_opens_it(client: Client) -> None:
    await did(
        client,
        ("u", "2024-05-01T10:00:00Z", "page", {"device": "phone"}),
        ("u", "2024-05-01T11:00:00Z", "page", {"device": "desk"}),
        ("u", "2024-05-01T12:00:00Z", "Order Completed", {"device": "desk"}),
    )
    parameters = {"unit": "attempt", "base": "page"}
    found = await kpi(client, "conversion_rate", breakdown=["device"], parameters=parameters)
    rows = {row["keys"]["device"]: share(row) for row in found["breakdown"]}
    assert rows == {"phone": (1, 1), "desk": (0, 0)}


@pytest.mark.parametrize("key", ["bounce_rate", "orders", "churn_rate"])
async def test_which_values_are_listed_is_told_by_the_range_alone(client: Client, key: str) -> None:
    old = [
        (f"u{n}", f"2023-01-01T{n % 24:02}:{n // 24:02}:00Z", "page", {"device": f"old{n % 120}"})
        for n in range(360)
    ]
    mine = {"device": "now"}
    await did(
        client,
        *old,
        ("new", "2024-04-30T10:00:00Z", "Order Completed", mine),
        ("new", "2024-04-30T10:01:00Z", "Order Completed", mine),
        ("new", "2024-05-02T10:00:00Z", "page", mine),
        ("new", "2024-05-02T12:00:00Z", "Order Completed", mine),
    )
    found = await kpi(client, key, **MAY, breakdown=["device"])
    assert found["breakdown"][0]["keys"]["device"] == "now"
    counts: list[Any] = [_counted(row) for row in found["breakdown"]]
    assert sum(sum(one) for one in counts[1:]) == 0
    if key != "churn_rate":
        # Who may be counted for doing nothing is told, even so.
        assert len(found["breakdown"]) == 1


async def test_what_is_done_is_told_apart_by_touchpoint(client: Client) -> None:
    await did(
        client,
        ("u", "2024-05-01T10:00:00Z", "Order Completed", {"touchpoint": "till"}),
        ("u", "2024-05-02T10:00:00Z", "Order Completed", {"touchpoint": "till"}),
        ("v", "2024-05-01T10:00:00Z", "Order Completed"),
    )
    found = await kpi(client, "orders", breakdown=["touchpoint", "event"])
    rows = [(tuple(row["keys"].values()), row["value"]) for row in found["breakdown"]]
    assert rows == [(("till", "Order Completed"), 2), ((None, "Order Completed"), 1)]
    assert list(found["breakdown"][0]["keys"]) == ["touchpoint", "event"]


async def test_values_that_are_numbers_are_told_to_the_last_digit(client: Client) -> None:
    numbers = [9007199254740992, 9007199254740993, 0.5]
    await did(
        client,
        *(("u", f"2024-05-0{n + 1}T10:00:00Z", "page", {"x": x}) for n, x in enumerate(numbers)),
    )
    body: Json = {"kpi": "impressions", "parameters": {"impression": "page"}}
    body["breakdown"] = ["properties.x"]
    rows = (await client.post("/v1/kpis/query", json=body)).json()["breakdown"]
    assert sorted(row["keys"]["properties.x"] for row in rows) == sorted(numbers)
    query = "query ($input: KpiQueryInput!) { kpiValue(input: $input) { breakdown { keys } } }"
    answer = await client.post("/graphql", json={"query": query, "variables": {"input": body}})
    told = answer.json()["data"]["kpiValue"]["breakdown"]
    assert [one["keys"] for one in told] == [one["keys"] for one in rows]
