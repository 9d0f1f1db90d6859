"""What events tell on emotion curves: against plain loops over the same events, and by hand."""

import csv
import io
import random
from typing import Any

import pytest
from fastapi import FastAPI

from tests.faces.asking import asked
from tests.make import Client, journey, pointers
from tests.measures.followed import CURVE, SHOP, bound, felt, steps_of, told
from tests.measures.logs import _messages, reference
from tests.measures.test_transitions import walk
from tests.published import needs_data

Json = dict[str, Any]
FROM, TO = "2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z"


class Plain:
    """The figures by loops: who was at which of the steps, of events as (user, name, time)."""

    def __init__(self, steps: list[Json], events: list[tuple[str, str, str]]) -> None:
        people: dict[str, set[str]] = {step["key"]: set() for step in steps}
        for user, name, _ in events:
            if name in people:
                people[name].add(user)
        self.contacts = len(set().union(*people.values()))
        self.traffic = {key: len(those) for key, those in people.items()}
        rated = [(step["id"], step["emotion"], self.traffic[step["key"]]) for step in steps]
        rated = [one for one in rated if one[1] is not None]
        weight = sum(count for *_, count in rated)
        self.mean = sum(e * count for _, e, count in rated) / weight if weight else None
        self.detected = []
        for n in range(1, len(rated)):
            turn = abs(rated[n][1] - rated[n - 1][1]) >= 1.5
            if turn and rated[n][2] / self.contacts >= 0.05:
                self.detected.append(rated[n][0])
        marked = [step["id"] for step in steps if step["moment_of_truth"]]
        every = [step["id"] for step in steps]
        self.differ = [s for s in every if (s in marked) != (s in self.detected)]


def is_plain(curve: Json, plain: Plain) -> None:
    assert {p["key"]: p["traffic"] for p in curve["points"]} == plain.traffic
    assert curve["traffic"]["contacts"] == plain.contacts
    mean = None if plain.mean is None else pytest.approx(plain.mean)
    assert curve["traffic_weighted_mean"] == mean
    assert curve["moments_of_truth"]["detected"] == plain.detected
    assert curve["moments_of_truth"]["differ"] == plain.differ
    assert curve["moments_of_truth"]["unknown"] == []


@pytest.mark.parametrize("seed", range(4))
async def test_generated_histories_are_counted_as_loops_count_them(
    client: Client, seed: int
) -> None:
    pick = random.Random(seed)
    ratings = [pick.choice([None, *(n / 2 for n in range(-4, 5))]) for _ in range(6)]
    marked = [name for name in "abcdef" if pick.random() < 0.3]
    made = await client.made("/v1/journeys", felt("abcdef", ratings, *marked))
    batch, rows = [], []
    for n in range(300):
        name = pick.choice("aaaabbbbcccdex") if pick.random() < 0.95 else "f"
        user, device = f"u{pick.randrange(40)}", pick.choice(("mobile", "desktop"))
        at = f"2026-03-{pick.randrange(1, 8):02}T{pick.randrange(24):02}:00:00Z"
        rows.append((user, name, at, device))
        batch.append(
            {
                **{"type": "track", "userId": user, "event": name, "messageId": f"{seed} {n}"},
                **{"timestamp": at, "properties": {"device": device}},
            }
        )
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch), answer.text
    steps = steps_of(made)
    curve = await told(client, made["id"], CURVE, traffic="true")
    is_plain(curve, Plain(steps, [row[:3] for row in rows]))
    curve = await told(client, made["id"], CURVE, from_=FROM, to=TO)
    is_plain(curve, Plain(steps, [row[:3] for row in rows if FROM <= row[2] < TO]))
    mobile = {"field": "device", "op": "eq", "value": "mobile"}
    curve = await told(client, made["id"], CURVE, filter=mobile)
    is_plain(curve, Plain(steps, [row[:3] for row in rows if row[3] == "mobile"]))


@needs_data
async def test_the_shops_people_are_counted_at_its_steps(loaded: type[Any]) -> None:
    client = await loaded("ecom_clickstream")
    body = bound(SHOP)
    ratings = [1, 0.5, -1, 0.5, None, 1, -0.5, 0, 1.5, 0, -1, -1.5, 2, 1, -0.5, None, -2, -2, -1.5]
    for step, rating in zip(steps_of(body), ratings, strict=True):
        step |= {"emotion": rating, "moment_of_truth": step["key"] in ("purchase", "search")}
    made = await client.made("/v1/journeys", body)
    rows = [
        (one["userId"], one["event"], one["timestamp"])
        for one in _messages("ecom_clickstream", reference("ecom_clickstream")["config"])
    ]
    steps = steps_of(made)
    curve = await told(client, made["id"], CURVE, traffic="true")
    is_plain(curve, Plain(steps, rows))
    assert curve["moments_of_truth"]["detected"]
    within = {"from_": "2024-03-01T00:00:00Z", "to": "2024-04-01T00:00:00Z"}
    curve = await told(client, made["id"], CURVE, **within)
    march = [row for row in rows if "2024-03-01" <= row[2] < "2024-04-01"]
    is_plain(curve, Plain(steps, march))


async def test_events_are_read_for_those_alone_who_ask(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, -1]))
    await walk(client, "u", "a10:00 b10:01")
    before = await client.statements()
    curve = await told(client, made["id"], CURVE)
    assert await client.statements() - before == 1
    assert (curve["traffic"], curve["traffic_weighted_mean"]) == (None, None)
    assert {point["traffic"] for point in curve["points"]} == {None}
    named = ("traffic", "traffic_weighted_mean")
    assert {curve["reasons"][name] for name in named} == {"not_asked"}
    moments = curve["moments_of_truth"]
    assert (moments["detected"], moments["differ"], moments["reason"]) == (None, None, "not_asked")
    curve = await told(client, made["id"], CURVE, from_=FROM, traffic="false")
    assert curve["reasons"]["traffic"] == "not_asked"
    answer = await client.get(f"/v1/journeys/{made['id']}/{CURVE}?traffic=true")
    assert "etag" not in answer.headers
    assert answer.json()["moments_of_truth"]["detected"] == [steps_of(made)[1]["id"]]


async def reason_of(client: Client, made: Json, **query: Any) -> str | None:
    curve = await told(client, made["id"], CURVE, traffic="true", **query)
    why: str | None = curve["traffic"].get("reason")
    assert curve["traffic"]["contacts"] is None or why is None
    named = ("traffic", "traffic_weighted_mean")
    assert {curve["reasons"].get(name) for name in named} == {why}
    assert curve["moments_of_truth"].get("reason") == why
    return why


async def test_where_events_tell_nothing_it_is_null_and_says_why(client: Client) -> None:
    plain = await client.made("/v1/journeys", journey(1, 2))
    assert await reason_of(client, plain) == "not_bound"
    made = await client.made("/v1/journeys", felt("ab", [1, -1]))
    await walk(client, "u", "a10:00 b10:01")
    assert await reason_of(client, made) is None
    assert await reason_of(client, made, to="2020-01-01T00:00:00Z") == "no_event"
    assert await reason_of(client, made, filter="c") == "no_event"
    late = {"effective_from": "2025-01-01T00:00:00Z"}
    await client.made(f"/v1/journeys/{made['id']}/publish", late)
    assert await reason_of(client, made, to="2024-12-31T00:00:00Z") == "not_in_force"
    body = {"items": [{"source": "user_id", "value": "u"}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    await client.post(f"/v1/contacts/{who}/restrict")
    assert await reason_of(client, made) == "not_permitted"
    curve = await told(client, made["id"], CURVE, traffic="true")
    assert curve["traffic"]["excluded"] == [{"reason": "not_permitted", "count": 2}]


async def test_a_step_that_no_event_can_be_at_is_unknown_and_not_empty(client: Client) -> None:
    body = felt("abcd", [1, -1, 1, -2], "c")
    steps = body["stages"][0]["steps"]
    del steps[2]["binding"], steps[3]["binding"]
    made = await client.made("/v1/journeys", body)
    await walk(client, "u", "a10:00")
    curve = await told(client, made["id"], CURVE, traffic="true")
    assert [p["traffic"] for p in curve["points"]] == [1, 0, None, None]
    assert [p.get("traffic_reason") for p in curve["points"]][2:] == ["not_bound"] * 2
    assert curve["reasons"]["traffic"] == "not_bound"
    assert curve["traffic_weighted_mean"] == 1
    c, d = (step["id"] for step in steps_of(made)[2:])
    moments = curve["moments_of_truth"]
    assert (moments["detected"], moments["differ"], moments["unknown"]) == ([], [], [c, d])
    unrated = await client.made("/v1/journeys", felt("ab", [None, None]))
    curve = await told(client, unrated["id"], CURVE, traffic="true")
    assert curve["reasons"]["traffic_weighted_mean"] == "unrated"
    assert curve["traffic"]["contacts"] == 1


async def test_people_put_on_the_map_were_there(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    await walk(client, "u", "a10:00")
    await walk(client, "v", "x10:00")
    body = {"items": [{"source": "user_id", "value": "v"}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    at = {"journey_id": made["id"], "step_key": "b", "at": "2026-03-01T10:00:00Z"}
    await client.made(f"/v1/contacts/{who}/journeys", at)
    curve = await told(client, made["id"], CURVE, traffic="true")
    assert [p["traffic"] for p in curve["points"]] == [1, 1]
    assert curve["traffic"]["contacts"] == 2


async def test_who_reads_no_contacts_is_told_of_no_few(client: Client, app: FastAPI) -> None:
    made = await client.made("/v1/journeys", felt("abc", [1, -1, 1], "b"))
    for n in range(30):
        await walk(client, f"u{n}", "a10:00 b10:01 c10:02" if n < 2 else "a10:00 c10:02")
    scopes: Json = {"analyst": ["analytics:read", "maps:read"], "author": ["maps:read"]}
    keys = {
        name: (await client.made("/v1/api-keys", {"name": name, "scopes": few}))["key"]
        for name, few in scopes.items()
    }
    b, c = (step["id"] for step in steps_of(made)[1:])
    async with Client.entering(app, f'{{"key": "{keys["analyst"]}"}}') as analyst:
        curve = await told(analyst, made["id"], CURVE, traffic="true")
        assert [p["traffic"] for p in curve["points"]] == [30, None, 30]
        assert curve["points"][1]["traffic_reason"] == "small_cell"
        # The mean would tell it, and so would whether one in twenty came.
        assert curve["traffic_weighted_mean"] is None
        assert curve["reasons"]["traffic_weighted_mean"] == "small_cell"
        moments = curve["moments_of_truth"]
        assert (moments["detected"], moments["differ"]) == ([c], [c])
        assert moments["unknown"] == [b]
        assert await reason_of(analyst, made, filter="b") == "small_cell"
    async with Client.entering(app, f'{{"key": "{keys["author"]}"}}') as author:
        assert await reason_of(author, made, from_=FROM) == "needs_analytics_read"
        query = "query($id: ID!) { journey(id: $id) { emotionCurve { traffic { reason } } } }"
        found = (await asked(author, query, id=made["id"]))["journey"]["emotionCurve"]
        assert found["traffic"]["reason"] == "needs_analytics_read"
    curve = await told(client, made["id"], CURVE, traffic="true")
    assert [p["traffic"] for p in curve["points"]] == [30, 2, 30]
    assert curve["moments_of_truth"]["detected"] == [b, c]


async def test_every_form_tells_the_traffic(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, -1]))
    await walk(client, "u", "a10:00 b10:01")
    path = f"/v1/journeys/{made['id']}/{CURVE}"
    forms = {}
    for form in ("csv", "svg", "vega-lite", "png"):
        forms[form] = await client.get(path, params={"traffic": "true", "format": form})
        assert forms[form].status_code == 200
    lines = list(csv.DictReader(io.StringIO(forms["csv"].text, newline="")))
    assert [(one["traffic"], one["detected"]) for one in lines] == [("1", "false"), ("1", "true")]
    assert "; 1 contacts" in forms["svg"].text
    chart = forms["vega-lite"].json()
    assert [one["traffic"] for one in chart["data"]["values"]] == [1, 1]
    assert {"field": "traffic", "title": "Contacts"} in chart["encoding"]["tooltip"]
    plain = await client.get(path, params={"format": "csv"})
    lines = list(csv.DictReader(io.StringIO(plain.text, newline="")))
    assert [(one["traffic"], one["detected"]) for one in lines] == [("", "")] * 2


async def test_what_cannot_be_asked_is_refused_by_its_pointer(
    client: Client, stranger: Client
) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, -1]))
    at = f"/v1/journeys/{made['id']}/{CURVE}"
    for query, pointer in (
        ({"filter": '{"field": "nonsense", "op": "eq", "value": 1}'}, "/query/filter/field"),
        ({"filter": "{"}, "/query/filter"),
        ({"filter": "[{}]"}, "/query/filter"),
        ({"from": TO, "to": FROM}, "/query"),
        ({"from": "yesterday"}, "/query/from"),
        ({"traffic": "perhaps"}, "/query/traffic"),
    ):
        answer = await client.get(at, params=query)
        assert answer.status_code == 422, (query, answer.text)
        assert pointers(answer) == {pointer}
    assert (await stranger.get(at, params={"traffic": "true"})).status_code == 404
