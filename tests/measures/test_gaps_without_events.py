"""What gaps say where events tell nothing, or too little, or to whoever may not know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from service import folding
from tests.faces.asking import asked
from tests.make import Client, journey, pointers
from tests.measures.followed import felt
from tests.measures.gap_lists import fallen, found
from tests.measures.test_gaps_passed import send
from tests.watched import Watched

Json = dict[str, Any]
BEGIN = datetime(2026, 3, 3, tzinfo=UTC)


def why(answer: Json) -> set[str]:
    """What is said of drop-offs that were not looked for."""
    told = (one["reason"] for one in answer["excluded"])
    return {one.removeprefix("drop_off: ") for one in told if one.startswith("drop_off: ")}


async def passing(client: Client, number: int, going_on: int, *, later: int = 0) -> None:
    """So many come to a, and so many of them go on to b, from March on."""
    begin = BEGIN + timedelta(days=later)
    rows = [(f"u{later}-{n}", "a", begin + timedelta(minutes=n)) for n in range(number)]
    rows += [(f"u{later}-{n}", "b", begin + timedelta(hours=9)) for n in range(going_on)]
    # Long after, so that all of them are decided.
    await send(client, [*rows, ("somebody", "z", begin + timedelta(days=20))])


@pytest.fixture
async def made(client: Client) -> Json:
    """Forty of fifty go on in March, ten of fifty in April."""
    journey_: Json = await client.made("/v1/journeys", felt("abc", [1, 0, 1]))
    await passing(client, 50, 40)
    await passing(client, 50, 10, later=31)
    return journey_


APRIL = {"from": "2026-04-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}


async def test_what_events_cannot_tell_is_named_and_never_zero(client: Client, made: Json) -> None:
    (gap,) = fallen(await found(client, made["id"], **APRIL))
    assert (gap["baseline"]["basis"], gap["contacts_lost"]) == ("previous", 30)
    plain = await client.made("/v1/journeys", journey(1, 2))
    assert why(await found(client, plain["id"])) == {"not_bound"}
    before = await found(client, made["id"], to="2020-01-01T00:00:00Z")
    assert why(before) == {"no_event"}
    kinds = {"drop_off", "delay", "detour", "unobserved"}
    assert not kinds & before["by_kind"].keys()
    assert why(await found(client, made["id"], filter="nothing")) == {"no_event"}
    late = {"effective_from": "2025-01-01T00:00:00Z"}
    await client.made(f"/v1/journeys/{made['id']}/publish", late)
    assert why(await found(client, made["id"], to="2024-12-31T00:00:00Z")) == {"not_in_force"}
    assert [one["id"] for one in fallen(await found(client, made["id"], **APRIL))] == [gap["id"]]


async def test_where_nobody_may_be_analysed_nothing_is_found(client: Client, made: Json) -> None:
    (purpose,) = (
        one
        for one in (await client.got("/v1/consent-purposes"))["items"]
        if one["key"] == "analytics"
    )
    path = f"/v1/consent-purposes/{purpose['id']}"
    answer = await client.patch(path, json={"legal_basis": "consent"})
    assert answer.status_code == 200, answer.text
    told = await found(client, made["id"], **APRIL)
    assert why(told) == {"not_permitted"}
    assert {"reason": "events: not_permitted", "count": 60} in told["excluded"]
    assert fallen(told) == []


async def test_a_binding_of_everything_and_a_value_for_each_are_answered(client: Client) -> None:
    body = felt("ab", [1, 1])
    body["stages"][0]["steps"][0]["binding"] = {"field": "event", "op": "ne", "value": ""}
    made = await client.made("/v1/journeys", body)
    batch = [
        {
            **{"type": "track", "event": "abx"[n % 3], "userId": f"u{n % 97}"},
            **{"messageId": str(n), "properties": {"device": f"device {n}"}},
            "timestamp": (BEGIN + timedelta(hours=n)).isoformat(),
        }
        for n in range(600)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == 600
    told = await found(client, made["id"], least_count="2", scan="week")
    assert [one for one in fallen(told) if one["where"]] == []
    assert told["definition"]["mode"] == "observed"


async def test_what_contacts_lost_are_worth_is_told_where_it_is_known(client: Client) -> None:
    worth = {"amount": 20, "currency": "EUR"}
    body = felt("abc", [1, 0, 1]) | {"goal": "c", "value_per_conversion": worth}
    made = await client.made("/v1/journeys", body)
    await passing(client, 50, 40)
    await passing(client, 50, 10, later=31)
    # Of all fifty who went on to b, ten buy.
    await send(client, [(f"u0-{n}", "c", BEGIN + timedelta(days=1)) for n in range(10)])
    gaps = {
        one["baseline"]["basis"]: one for one in fallen(await found(client, made["id"], **APRIL))
    }
    gap = gaps["previous"]
    assert gap["contacts_lost"] == 30
    assert gap["value_lost"] == {"amount": pytest.approx(30 * 10 / 50 * 20), "currency": "EUR"}


async def test_keys_are_told_what_they_may_know(client: Client, made: Json, app: FastAPI) -> None:
    few = {"analyst": ["analytics:read", "maps:read"], "author": ["maps:read"]}
    keys = {
        name: (await client.made("/v1/api-keys", {"name": name, "scopes": scopes}))["key"]
        for name, scopes in few.items()
    }
    # Of fifty, three go on: that few nobody else is told.
    await passing(client, 50, 3, later=62)
    may = {"from": "2026-05-03T00:00:00Z", "to": "2026-06-01T00:00:00Z", "baseline": "before"}
    assert len(fallen(await found(client, made["id"], **may))) == 1
    async with Client.entering(app, f'{{"key": "{keys["analyst"]}"}}') as analyst:
        told = await found(analyst, made["id"], **may)
        assert fallen(told) == []
        assert {"reason": "drop_off: small_cell", "count": 1} in told["excluded"]
        assert len(fallen(await found(analyst, made["id"], **APRIL))) == 1
    async with Client.entering(app, f'{{"key": "{keys["author"]}"}}') as author:
        assert why(await found(author, made["id"], **APRIL)) == {"needs_analytics_read"}
        path = f"/v1/journeys/{made['id']}/gaps"
        for one in ({"baseline": "before"}, {"scan": "week"}, {"filter": "a"}):
            answer = await author.get(path, params={**APRIL, **one})
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_graphql_tells_the_same(client: Client, made: Json) -> None:
    query = """query($id: ID!) { journey(id: $id) { gaps(first: 200, filter: {
      kind: [drop_off], from: "2026-04-01T00:00:00Z", to: "2026-05-01T00:00:00Z",
      baseline: "before" }) { nodes { uuid contactsLost
      continuation { numerator denominator } baseline { basis } } } } }"""
    shown = await asked(client, query, id=made["id"])
    told = await found(client, made["id"], kind="drop_off", baseline="before", **APRIL)
    nodes = shown["journey"]["gaps"]["nodes"]
    assert [one["uuid"] for one in nodes] == [one["id"] for one in told["items"]]
    (fall,) = (one for one in nodes if one["baseline"])
    assert fall["continuation"] == {"numerator": 10, "denominator": 50}
    given = {"id": fall["uuid"], "asked": {**APRIL, "baseline": "before"}}
    one = "query($id: ID!, $asked: GapQueryInput) { gap(id: $id, filter: $asked) { uuid status } }"
    assert (await asked(client, one, **given))["gap"] == {"uuid": fall["uuid"], "status": "open"}
    assert (await asked(client, one, id=fall["uuid"]))["gap"] is None
    change = """mutation($id: ID!, $asked: GapQueryInput) {
      updateGap(id: $id, patch: {status: accepted}, filter: $asked) { gap { status } } }"""
    changed = (await asked(client, change, **given))["updateGap"]
    assert changed["gap"] == {"status": "accepted"}


async def test_gaps_of_many_bound_maps_take_as_many_statements_as_of_one(
    client: Client, made: Json
) -> None:
    async def statements(path: str) -> int:
        before = await client.statements()
        await client.got(path)
        return await client.statements() - before

    await statements("/v1/gaps")
    few = await statements("/v1/gaps")
    for _ in range(6):
        await client.made("/v1/journeys", felt("abc", [1, 0, 1]))
    assert await statements("/v1/gaps") == few <= 12
    assert await statements(f"/v1/journeys/{made['id']}/gaps") <= 11


async def test_of_kinds_that_no_event_shows_no_events_are_read(client: Client, made: Json) -> None:
    path = f"/v1/journeys/{made['id']}/gaps"
    kpi = {"journey_id": made["id"]}
    told = {
        "key": "our_orders",
        "name": "Orders",
        "unit": "n",
        "direction": "up",
        "target": {"value": 9},
    }
    await client.made("/v1/kpis", {**told, "built_in": "orders", "places": [kpi]})

    async def asked_with(where: str, **query: str) -> tuple[int, Json]:
        await client.got(where, params=query)
        before = await client.statements()
        answer = await client.got(where, params=query)
        return await client.statements() - before, answer

    for where in (path, "/v1/gaps"):
        every, whole = await asked_with(where)
        plain, answer = await asked_with(where, kind="emotional_low,evidence")
        assert plain <= 3 < every
        own = [one for one in whole["items"] if one["kind"] in ("emotional_low", "evidence")]
        assert answer["items"] == own != []
        assert answer["excluded"] == []
        assert answer["definition"]["mode"] == "static"
        only, answer = await asked_with(where, kind="kpi_shortfall")
        assert plain < only < every
        assert [one["kind"] for one in answer["items"]] == ["kpi_shortfall"]
        refused = await client.get(where, params={"kind": "evidence", "filter": '{"field": "x"}'})
        assert refused.status_code == 422


async def test_a_scan_ends_where_the_range_does(client: Client) -> None:
    """Of those who come behind it nobody has looked who goes on."""
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    await passing(client, 50, 40)
    late = BEGIN + timedelta(days=66)
    rows = [(f"late-{n}", "a", late + timedelta(days=1)) for n in range(50)]
    rows += [(f"late-{n}", "b", late + timedelta(days=15)) for n in range(50)]
    await send(client, [*rows, ("somebody", "z", late + timedelta(days=40))])
    asked = {"to": late.isoformat(), "window_seconds": str(14 * 86_400)}
    for scan in ("week", "month"):
        told = await found(client, made["id"], scan=scan, least_count="10", **asked)
        assert fallen(told) == []


async def test_a_baseline_behind_the_range_is_read_to_its_end(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    await passing(client, 60, 30)
    await passing(client, 60, 60, later=40)
    march = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-15T00:00:00Z"}
    behind = "2026-04-01T00:00:00Z/2026-05-01T00:00:00Z"
    (gap,) = fallen(await found(client, made["id"], **march, baseline=behind))
    assert (gap["continuation"]["numerator"], gap["baseline"]["share"]) == (30, 1)


@pytest.mark.parametrize(
    "range_",
    [
        pytest.param({"from": "2026-03-31T23:59:59Z"}, id="since"),
        pytest.param({"from": "2026-02-01T00:00:00Z", "to": "2026-04-02T00:00:00Z"}, id="begin"),
        pytest.param({"from": "2026-04-30T00:00:00Z", "to": "2026-06-01T00:00:00Z"}, id="end"),
        pytest.param({"to": "2026-05-20T00:00:00Z"}, id="last days"),
    ],
)
async def test_a_baseline_that_the_range_meets_is_refused(
    client: Client, range_: dict[str, str]
) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    query = {**range_, "baseline": "2026-04-01T00:00:00Z/2026-05-01T00:00:00Z"}
    for path in (f"/v1/journeys/{made['id']}/gaps", "/v1/gaps"):
        answer = await client.get(path, params=query)
        assert (answer.status_code, pointers(answer)) == (422, {"/query/baseline"})
        assert [one["code"] for one in answer.json()["errors"]] == ["ranges_overlap"]
    beside = {"to": "2026-06-20T00:00:00Z", "baseline": query["baseline"]}
    await client.got(f"/v1/journeys/{made['id']}/gaps", params=beside)


async def test_gaps_are_told_of_what_is_kept_of_events(
    client: Client, made: Json, owner: asyncpg.Connection, watched: Watched
) -> None:
    """Not of the events themselves, which takes many times as long."""
    told = await found(client, made["id"], **APRIL)
    assert fallen(told) != []
    await folding.folded(watched.database, watched.workspace)
    # As it never happens: whatever tells the same now has read no event.
    sql = "DELETE FROM waypost.events WHERE workspace_id = $1 AND event <> 'z'"
    await owner.execute(sql, watched.workspace)
    assert await found(client, made["id"], **APRIL) == told
    every = await client.got("/v1/gaps", params={"limit": "200", **APRIL})
    assert fallen(every) == fallen(told)
