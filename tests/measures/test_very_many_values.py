"""What is told apart by very many values, is told of the most frequent; the rest is counted."""

from decimal import Decimal

from msgspec.json import encode
from sqlalchemy import func, select

from service.database import Database
from service.domain.events import event_rows
from service.domain.histories import Asked, columnar, words_of
from service.domain.histories.columnar.reads import MOST_WORDS
from service.domain.history import Unnamed
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Caller
from tests.make import Client
from tests.measures.doing import Json, did, kpi

USUAL = 3
"""Events of each value that is there often."""
OFTEN = ["a", 1, 10_000, True]
"""Numbers that differ by a power of ten, and values of every kind."""
SELDOM = 2 * MOST_WORDS
PLAN = "properties.plan"
_ARRIVALS = Statement(
    select(func.array_agg(event_rows.c.arrival)).where(event_rows.c.workspace_id == WORKSPACE)
)
ORDERS: Json = {"order": {"all": []}}


async def _done(client: Client) -> None:
    values = [*(one for one in OFTEN for _ in range(USUAL)), *(f"v{n}" for n in range(SELDOM))]
    lines = [
        {
            "type": "track",
            "event": "Seen" if n % 2 else "Paid",
            "userId": f"u{n % 50}",
            "messageId": str(n),
            "timestamp": f"2026-05-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
            "properties": {"plan": value} if value is not None else {},
        }
        for n, value in enumerate([*values, None, None])
    ]
    body = b"\n".join(map(encode, lines))
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await client.post("/v1/events", content=body, headers=headers)
    assert answer.is_success, answer.text


async def test_the_most_frequent_of_very_many_values_are_told_and_the_rest_is_counted(
    client: Client,
) -> None:
    await _done(client)
    found = await kpi(client, "orders", breakdown=[PLAN], parameters=ORDERS)
    rows = found["breakdown"]
    often = {str(row["keys"][PLAN]): row["value"] for row in rows[: len(OFTEN)]}
    assert often == {str(one): USUAL for one in OFTEN}
    assert (rows[len(OFTEN)]["keys"], rows[len(OFTEN)]["value"]) == ({PLAN: None}, 2)
    assert all(row["keys"][PLAN].startswith("v") for row in rows[len(OFTEN) + 1 : 100])
    assert len({str(row["keys"]) for row in rows}) == 101
    assert rows[-1]["keys"] == {PLAN: "other"}
    assert rows[-1]["combined"] == SELDOM + len(OFTEN) + 1 - 100
    assert sum(row["value"] for row in rows) == found["value"] == SELDOM + len(OFTEN) * USUAL + 2
    # Crossed, and of contacts: each belongs to its latest value.
    crossed = await kpi(client, "orders", breakdown=[PLAN, "event"], parameters=ORDERS)
    assert sum(row["value"] for row in crossed["breakdown"]) == found["value"]
    assert crossed["breakdown"][-1]["keys"] == {PLAN: "other", "event": "other"}
    people = await kpi(
        client, "reach", breakdown=[PLAN], parameters={"impression": ORDERS["order"]}
    )
    assert [row["value"] for row in people["breakdown"]] == [1] * 50
    assert {row["keys"][PLAN] for row in people["breakdown"]} == {
        f"v{n}" for n in range(SELDOM - 50, SELDOM)
    }


async def test_the_same_question_is_answered_in_the_same_order(client: Client) -> None:
    await _done(client)
    asked: Json = {"breakdown": [PLAN], "parameters": ORDERS}
    assert await kpi(client, "orders", **asked) == await kpi(client, "orders", **asked)


async def test_a_filter_on_a_slice_of_very_many_values_counts_what_it_takes(client: Client) -> None:
    await _done(client)
    narrow: Json = {"field": PLAN, "op": "matches", "value": "v1*"}
    taken = [f"v{n}" for n in range(SELDOM) if str(n).startswith("1")]
    found = await kpi(client, "orders", filter=narrow, breakdown=[PLAN], parameters=ORDERS)
    assert found["value"] == len(taken)
    # As few as this are told in the order of the values.
    told = [row["keys"][PLAN] for row in found["breakdown"][:100]]
    assert told == sorted(taken)[:100]
    assert found["breakdown"][-1]["combined"] == len(taken) - 100


async def test_a_funnel_by_very_many_values_tells_the_rest_as_other(client: Client) -> None:
    await _done(client)
    steps = [{"any_of": [{"all": []}]}, {"any_of": ["Seen"]}]
    body = {"steps": steps, "unit": "attempt", "window_seconds": None, "breakdown": PLAN}
    found = await client.post("/v1/funnels/query", json=body)
    assert found.status_code == 200, found.text
    groups = found.json()["breakdown"]
    assert groups[-1]["value"] == "other"
    assert len(groups) == 21
    told = [one["steps"][0]["units"] for one in groups]
    assert sum(told) == found.json()["steps"][0]["units"]
    assert all(isinstance(one["value"], str | bool | int | None) for one in groups)


async def test_a_value_is_said_of_its_event_while_that_is_there(
    client: Client, database: Database, workspace: Caller
) -> None:
    await did(client, ("u", "2026-05-01T10:00:00Z", "Seen", {"plan": 7.5}))
    async with database.write(workspace) as work:
        found = await columnar.histories(work, Asked(fields=[PLAN], apart=[PLAN]))
        assert found.columns[PLAN].words == [Decimal("7.5")]
        (arrival,) = await work.value(_ARRIVALS)
        there, gone = Unnamed(PLAN, arrival), Unnamed(PLAN, arrival + 1)
        assert await words_of(work, {there, gone}) == {there: Decimal("7.5")}
