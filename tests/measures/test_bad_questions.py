"""Bad input to every analysis, over HTTP by both faces: it is refused where it stands, or answered
with nothing made up."""

import json
from typing import Any

import pytest

from tests.faces.asking import answered, camel
from tests.make import Client, pointers
from tests.measures.doing import Json, did, kpi
from tests.measures.test_asking_without_contacts import ASKED

PATHS = sorted(ASKED)
NOON, NIGHT = "2026-05-01T12:00:00Z", "2026-05-02T00:00:00Z"
CENTURY = 3_155_760_000
TEN_YEARS = CENTURY // 10


async def refused(client: Client, path: str, **more: Any) -> tuple[set[str], set[str]]:
    """Where REST and GraphQL refuse a question."""
    field, kind, least = ASKED[path]
    answer = await client.post(f"/v1/{path}/query", json={**least, **more})
    assert answer.status_code == 422, answer.text
    query = f"query ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}"
    raw = {name: value for name, value in more.items() if name == "filter"}
    told = await answered(client, query, input={**camel({**least, **more}), **raw})
    problems = [one for each in told["errors"] for one in each["extensions"].get("errors", [])]
    assert told["data"] in (None, {field: None}), told
    return pointers(answer), {one["pointer"] for one in problems}


@pytest.mark.parametrize("path", PATHS)
async def test_a_range_is_neither_reversed_nor_empty(client: Client, path: str) -> None:
    for from_, to in ((NIGHT, NOON), (NOON, NOON), (NOON, "2026-05-01T14:00:00+02:00")):
        assert await refused(client, path, **{"from": from_, "to": to}) == ({""}, {""})


@pytest.mark.parametrize("path", PATHS)
async def test_a_time_has_a_zone_that_there_is(client: Client, path: str) -> None:
    *_, least = ASKED[path]
    for time in (
        *("2026-05-01T00:00:00", "2026-05-01T00:00:00+25:00", "2026-05-01T00:00:00 Mars/Olympus"),
        *("2026-05-01T00:00:00Z[Mars/Olympus]", "2026-02-30T00:00:00Z", "yesterday", 1_777_593_600),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ):
        answer = await client.post(f"/v1/{path}/query", json={**least, "from": time})
        assert (answer.status_code, pointers(answer)) == (422, {"/from"}), (time, answer.text)


async def test_no_workspace_has_a_zone_that_does_not_exist(client: Client) -> None:
    for zone in ("Mars/Olympus", "UTC+25", "../UTC", "", "Europe/Vienna\0"):
        answer = await client.patch("/v1/settings", json={"time_zone": zone})
        assert (answer.status_code, pointers(answer)) == (422, {"/time_zone"}), zone


@pytest.mark.parametrize("path", PATHS)
async def test_without_bounds_and_in_a_range_without_events_there_is_an_answer(
    client: Client, path: str
) -> None:
    *_, least = ASKED[path]
    await did(client, ("u", NOON, "a"), ("u", NIGHT, "b"))
    far: tuple[Json, ...] = (
        {},
        {"from": "0001-01-01T00:00:00Z"},
        {"to": "9999-12-31T00:00:00Z"},
        {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T00:00:00Z"},
        {"from": "2090-01-01T00:00:00Z", "to": "2091-01-01T00:00:00Z"},
        {"to": "1990-01-01T00:00:00Z"},
    )
    for range_ in far:
        answer = await client.post(f"/v1/{path}/query", json={**least, **range_})
        assert answer.status_code == 200, (range_, answer.text)
    assert "NaN" not in answer.text


@pytest.mark.parametrize("path", PATHS)
async def test_an_unknown_property_or_revision_is_no_field(client: Client, path: str) -> None:
    for name in ("colour", "revision", "properties", "properties.", "traits..x"):
        filter_ = {"field": name, "op": "eq", "value": 3}
        rest, graphql = await refused(client, path, filter=filter_)
        assert rest == graphql == {"/filter/field"}, name


@pytest.mark.parametrize(
    ("path", "member", "longest"),
    [
        ("sessions", "timeout_seconds", 31_622_400),
        ("funnels", "window_seconds", TEN_YEARS),
        ("funnels", "timeout_seconds", 31_622_400),
        ("drivers", "window_seconds", TEN_YEARS),
        ("attribution", "lookback_days", 3_650),
        ("transitions", "timeout_seconds", 31_622_400),
        ("paths", "timeout_seconds", 31_622_400),
        ("conformance", "timeout_seconds", 31_622_400),
    ],
)
async def test_a_window_is_longer_than_nothing_and_no_longer_than_its_bound(
    client: Client, path: str, member: str, longest: int
) -> None:
    *_, least = ASKED[path]
    await did(client, ("u", NOON, "a"), ("u", NIGHT, "b"))
    for wrong in (0, -1, longest + 1, CENTURY * 100, 1.5, "60"):
        rest, _ = await refused_by_rest(client, path, **{member: wrong})
        assert rest == {f"/{member}"}, wrong
    answer = await client.post(f"/v1/{path}/query", json={**least, member: longest})
    assert answer.status_code == 200, answer.text


async def refused_by_rest(client: Client, path: str, **more: Any) -> tuple[set[str], str]:
    *_, least = ASKED[path]
    answer = await client.post(f"/v1/{path}/query", json={**least, **more})
    assert answer.status_code == 422, answer.text
    return pointers(answer), answer.text


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("conversion_rate", {"goal": "b", "base": "a"}),
        ("checkout_abandonment_rate", {"unit": "contact"}),
        *((key, {}) for key in ("repurchase_rate", "churn_rate", "retention_rate", "lead_to_sale")),
        *(("onboarding_completion", {}), ("support_contact_rate", {"mode": "orders"})),
    ],
)
async def test_a_kpi_takes_a_window_of_ten_years_and_none_of_a_century(
    client: Client, key: str, given: Json
) -> None:
    await did(client, ("u", NOON, "a"), ("u", NIGHT, "b"), ("u", NIGHT, "Order Completed"))
    range_ = {"from_": NOON, "to": "2026-06-01T00:00:00Z"}
    for window in (1, TEN_YEARS):
        found = await kpi(client, key, **range_, parameters={**given, "window_seconds": window})
        assert "value" in found
    for wrong in (0, TEN_YEARS + 1, CENTURY):
        body = {"kpi": key, "parameters": {**given, "window_seconds": wrong}}
        answer = await client.post("/v1/kpis/query", json=body)
        assert (answer.status_code, pointers(answer)) == (422, {"/parameters/window_seconds"})


async def test_of_a_breakdown_with_very_many_values_the_rest_is_other_and_counted(
    client: Client,
) -> None:
    number = 20_000
    rows = (
        {
            "type": "track",
            "event": "Order Completed",
            "userId": f"u{n}",
            "messageId": f"m{n}-{again}",
            "timestamp": f"2026-05-01T1{again}:00:00Z",
            "properties": {"code": f"c{n}"},
        }
        for n in range(number)
        for again in range(2 if n < 100 else 1)
    )
    lines = "\n".join(map(json.dumps, rows))
    sent = await client.post(
        "/v1/events", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    assert sent.json()["accepted"] == number + 100
    found = await kpi(client, "orders", breakdown=["properties.code"])
    *told, rest = found["breakdown"]
    assert ([one["value"] for one in told], found["value"]) == ([2] * 100, number + 100)
    assert (rest["keys"], rest["combined"], rest["value"]) == (
        {"properties.code": "other"},
        number - 100,
        number - 100,
    )
    steps = [{"any_of": ["Order Completed"]}, {"any_of": ["Order Completed"]}]
    body = {"steps": steps, "breakdown": "properties.code"}
    answer = await client.post("/v1/funnels/query", json=body)
    groups = answer.json()["breakdown"]
    assert len(groups) <= 201
    assert sum(one["steps"][0]["units"] for one in groups) == number
    assert sum(one["steps"][1]["units"] for one in groups) == 100
