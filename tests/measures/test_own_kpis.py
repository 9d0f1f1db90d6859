"""How own KPIs stand, over HTTP: against reference figures, by hand, and in GraphQL."""

from typing import Any

import pytest

from tests.faces.asking import answered
from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import near, reference
from tests.published import needs_data

Json = dict[str, Any]
PATH = "/v1/kpis"
UNITS = {"session": "sessions", "user": "contacts"}
LOGS = ["ecom_clickstream", "weblog", "hospital_patients"]


async def status_of(client: Client, body: Json, **query: str) -> Json:
    """The status of a new KPI."""
    made = await client.made(PATH, {"name": "K", **body})
    return await client.got(f"{PATH}/{made['id']}/status", params=query)


def value(measure: str, events: Any = None, **members: Any) -> Json:
    quantity = {"measure": measure, "events": events, **members}
    return {"definition": {"mode": "value", "numerator": quantity}}


def share(measure: str, part: Any, whole: Any = None) -> Json:
    parts = [{"measure": measure, "events": one} for one in (part, whole)]
    return {"definition": {"mode": "share", "numerator": parts[0], "denominator": parts[1]}}


def named(events: list[str] | None) -> Json | None:
    return events and {"field": "event", "op": "in", "value": events}


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_shares_of_published_logs_are_those_of_other_programs(
    loaded: Loaded, log: str
) -> None:
    told, client = reference(log), await loaded(log)
    unordered = [one for one in told["config"]["kpis"] if not one.get("ordered")]
    assert unordered
    for one in unordered:
        body = share(UNITS[one["unit"]], named(one["hit"]), named(one["base"]))
        found = (await status_of(client, body))["value"]
        expected = told["figures"][f"kpi:{one['name']}"]
        assert (found["numerator"], found["denominator"]) == (expected["hits"], expected["base"])
        assert found["value"] == near(expected["rate"])


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_counts_of_published_logs_are_those_of_other_programs(
    loaded: Loaded, log: str
) -> None:
    figures, client = reference(log)["figures"], await loaded(log)
    for measure, name in (("count", "rows"), ("contacts", "unique_users"), ("sessions",) * 2):
        assert (await status_of(client, value(measure)))["value"]["value"] == figures[name]
    for measure, name in (("count", "events_per_type"), ("contacts", "users_per_type")):
        for event, expected in figures[name].items():
            found = await status_of(client, value(measure, event))
            assert found["value"]["value"] == expected


async def bought(client: Client, user: str, day: str, amount: Any, currency: str = "EUR") -> None:
    told = {"value": amount, "currency": currency}
    event = {"type": "track", "event": "Order Completed", "userId": user, "properties": told}
    time = {"messageId": f"{user} {day} {amount}", "timestamp": f"{day}T10:00:00Z"}
    answer = await client.post("/v1/batch", json={"batch": [{**event, **time}]})
    assert answer.json()["accepted"] == 1


async def visited(client: Client, users: int, day: str) -> None:
    batch = [
        {
            "type": "page",
            "userId": f"u{n}",
            "messageId": f"{day} {n}",
            "timestamp": f"{day}T09:00:00Z",
        }
        for n in range(users)
    ]
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == users


MAY = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-31T00:00:00Z"}


async def test_a_share_is_judged_by_its_interval_and_compared_with_the_range_before(
    client: Client,
) -> None:
    await visited(client, 10, "2026-04-10")
    await visited(client, 10, "2026-05-10")
    for n in range(4):
        await bought(client, f"u{n}", "2026-05-10", 1)
    await bought(client, "u9", "2026-04-10", 1)
    body = {**share("contacts", "Order Completed", "page"), "target": {"value": 0.9}}
    found = await status_of(client, body, **MAY)
    assert (found["status"], found["value"]["value"]) == ("missed", 0.4)
    assert found["value"]["low"] == pytest.approx(0.1681803)
    assert (found["previous"]["value"], found["change"]) == (0.1, 0.3)
    defined = found["definition"]
    assert (defined["mode"], defined["from"], defined["to"]) == ("own", MAY["from"], MAY["to"])
    assert (defined["target"], defined["direction"]) == (0.9, "up")
    assert defined["computed"]["timeout_seconds"] == 1800
    body["target"] = {"value": 0.5}
    within = await status_of(client, {**body, "key": "within"}, **MAY)
    assert (within["status"], "reason" in within) == ("unknown", True)
    body["target"] = {"value": 0.1, **MAY}
    met = await status_of(client, {**body, "key": "met"})
    assert (met["status"], met["definition"]["from"]) == ("met", MAY["from"])
    late = await status_of(client, {**body, "key": "late"}, to="2026-07-01T00:00:00Z")
    assert (late["status"], late["definition"]["from"]) == ("unknown", MAY["from"])
    assert late["reason"] == "outside_target"


async def test_revenue_is_exact_to_the_last_decimal_and_of_one_currency(client: Client) -> None:
    for n, amount in enumerate([0.1, 0.2, 0.3, 1234567.01]):
        await bought(client, f"u{n}", "2026-05-10", amount)
    await bought(client, "u1", "2026-05-11", 99, "USD")
    await bought(client, "u1", "2026-05-12", "free")
    money = {"property": "properties.value", "currency": "EUR"}
    target = {"target": {"value": 1234567.61}}
    found = await status_of(client, {**value("sum", "Order Completed", **money), **target}, **MAY)
    assert (found["value"]["value"], found["status"]) == (1234567.61, "met")
    out = {one["reason"]: one["count"] for one in found["value"]["excluded"]}
    assert out == {"no_number": 1, "other_currency": 1}
    assert (found["previous"]["value"], found["change"]) == (0, 1234567.61)
    per = {"measure": "contacts", "events": "Order Completed"}
    top = {"measure": "sum", "events": "Order Completed", **money}
    ratio = {"definition": {"mode": "ratio", "numerator": top, "denominator": per}}
    found = await status_of(client, ratio, **MAY)
    assert (found["value"]["value"], found["value"]["denominator"]) == (1234567.61 / 4, 4)
    assert (found["previous"]["value"], found["change"]) == (None, None)
    assert found["previous"]["reason"] and found["change_reason"]
    median = value("percentile", property="properties.value", percentile=50)
    found = await status_of(client, median)
    assert found["value"]["value"] == 0.3
    assert found["previous"]["reason"]


async def test_whoever_may_not_be_analysed_does_not_count_and_is_told(client: Client) -> None:
    for day in ("2026-05-10", "2026-05-31", "2026-06-01"):
        await visited(client, 3, day)
    known = [{"source": "user_id", "value": "u1"}]
    (one,) = (await client.post("/v1/contacts/lookup", json={"items": known})).json()["items"]
    await client.patch(f"/v1/contacts/{one['id']}", json={"test": True})
    for measure in ("count", "contacts", "sessions"):
        found = await status_of(client, value(measure, "page"), **MAY)
        assert found["value"]["value"] == 2
        assert found["value"]["excluded"] == [{"reason": "test_contact", "count": 1}]
        assert found["previous"]["excluded"] == []


async def test_posted_figures_are_held_against_the_target_alike(client: Client) -> None:
    body = {"name": "Answered", "aggregation": "share", "target": {"value": 0.5}}
    made = await client.made(PATH, body)
    at = f"{PATH}/{made['id']}"
    items = [{"at": f"2026-05-0{n}T00:00:00Z", "numerator": 90, "denominator": 100} for n in (1, 2)]
    items += [{"at": "2026-04-20T00:00:00Z", "numerator": 1, "denominator": 4}]
    items += [{**items[0], "keys": {"line": "b"}}]
    assert (await client.post(f"{at}/values", json={"items": items})).status_code == 200
    found = await client.got(f"{at}/status", params=MAY)
    assert (found["status"], found["definition"]["mode"]) == ("met", "posted")
    assert (found["value"]["numerator"], found["value"]["denominator"]) == (180, 200)
    assert (found["value"]["value"], found["previous"]["value"], found["change"]) == (
        0.9,
        0.25,
        0.65,
    )
    assert found["value"]["excluded"] == [{"reason": "of_a_part", "count": 1}]
    latest = await client.patch(at, json={"aggregation": "latest"})
    assert latest.status_code == 200
    found = await client.got(f"{at}/status")
    assert (found["value"]["value"], found["value"]["low"], found["status"]) == (0.9, None, "met")


async def test_a_target_on_a_built_in_kpi_is_judged_by_its_figure(client: Client) -> None:
    await visited(client, 8, "2026-05-10")
    await bought(client, "u1", "2026-05-20", 5)
    body = {"built_in": "bounce_rate", "parameters": {"mode": "single_event"}, "direction": "down"}
    found = await status_of(client, {**body, "target": {"value": 0.4}}, **MAY)
    assert (found["status"], found["value"]["value"]) == ("missed", 1)
    assert (found["value"]["numerator"], found["value"]["denominator"]) == (9, 9)
    assert found["value"]["low"] > 0.4
    assert (found["previous"]["value"], found["definition"]["mode"]) == (None, "built_in")
    assert found["definition"]["parameters"] == {"mode": "single_event"}
    sent = {"name": "B", "built_in": "bounce_rate", "parameters": {"mode": "none", "goal": "a"}}
    answer = await client.post(PATH, json=sent)
    assert (answer.status_code, pointers(answer)) == (422, {"/parameters/mode", "/parameters/goal"})


async def test_a_range_that_begins_when_the_target_is_over_is_none(client: Client) -> None:
    target = {"value": 1, "to": "2026-12-31T00:00:00Z"}
    made = await client.made(PATH, {"name": "K", "target": target})
    answer = await client.get(f"{PATH}/{made['id']}/status?from=2027-01-01T00:00:00Z")
    assert (answer.status_code, pointers(answer)) == (422, {"/from"})


async def test_a_status_is_of_a_range_and_a_kpi_that_there_are(
    client: Client, stranger: Client
) -> None:
    made = await client.made(PATH, {"name": "K"})
    at = f"{PATH}/{made['id']}/status"
    backwards = {"from": MAY["to"], "to": MAY["from"]}
    assert (await client.get(at, params=backwards)).status_code == 422
    answer = await client.get(at, params={"from": "yesterday"})
    assert (answer.status_code, pointers(answer)) == (422, {"/query/from"})
    assert (await stranger.get(at)).status_code == 404
    first = await client.got(at, params={"from": "0001-01-01T00:00:00Z", "to": MAY["to"]})
    assert (first["status"], first["previous"]["value"]) == ("unknown", None)
    key = await client.made("/v1/api-keys", {"name": "Maps", "scopes": ["maps:read"]})
    headers = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.get(at, headers=headers)).status_code == 403


async def test_graphql_says_the_same_as_rest(client: Client) -> None:
    await visited(client, 10, "2026-05-10")
    await bought(client, "u1", "2026-05-10", 5)
    written = """mutation ($input: KpiInput!) { createKpi(input: $input) {
      kpi { uuid key definition { mode numerator { measure events } } }
      userErrors { pointer } } }"""
    body = {**share("contacts", "Order Completed"), "name": "Buyers", "target": {"value": 0.5}}
    made = (await answered(client, written, input=body))["data"]["createKpi"]["kpi"]
    assert made["definition"]["numerator"] == {"measure": "contacts", "events": "Order Completed"}
    asked = """query ($k: ID!, $f: DateTime, $t: DateTime) {
      kpiStatus(kpiId: $k, from: $f, to: $t) {
      status reason change kpi value { value numerator denominator low high }
      previous { value reason } definition { mode from to target computed } } }"""
    found = (await answered(client, asked, k=made["uuid"], f=MAY["from"], t=MAY["to"]))["data"]
    rest = await client.got(f"{PATH}/{made['uuid']}/status", params=MAY)
    told = found["kpiStatus"]
    assert told["status"] == rest["status"]
    for part in ("value", "previous", "definition"):
        for name, one in told[part].items():
            expected = rest[part].get(name)
            assert one == expected or float(one) == expected, name
    posted = await client.made(PATH, {"name": "Posted"})
    post = """mutation ($k: ID!, $i: PostedKpiValuesInput!) { postKpiValues(kpiId: $k, input: $i) {
      outcome { created replaced } userErrors { pointer code } } }"""
    items = [{"at": MAY["from"], "value": 3, "keys": {"device": "tv"}}]
    found = await answered(client, post, k=posted["id"], i={"items": items})
    assert found["data"]["postKpiValues"]["outcome"] == {"created": 1, "replaced": 0}
    twice = (await answered(client, post, k=posted["id"], i={"items": items * 2}))["data"]
    assert twice["postKpiValues"]["userErrors"] == [{"pointer": "/items/1", "code": "repeated"}]
    listed = """query ($k: ID!, $f: DateTime) { postedKpiValues(kpiId: $k, from: $f) {
      nodes { id at value keys } totalCount } }"""
    late = (await answered(client, listed, k=posted["id"], f=MAY["to"]))["data"]["postedKpiValues"]
    assert late == {"nodes": [], "totalCount": 0}
    (one,) = (await answered(client, listed, k=posted["id"]))["data"]["postedKpiValues"]["nodes"]
    assert (one["value"], one["keys"]) == (3, {"device": "tv"})
    gone = """mutation ($k: ID!, $i: UUID!) { deleteKpiValue(kpiId: $k, valueId: $i) {
      deletedId userErrors { code } } }"""
    found = await answered(client, gone, k=posted["id"], i=one["id"])
    assert found["data"]["deleteKpiValue"] == {"deletedId": one["id"], "userErrors": []}
    assert (await client.got(f"{PATH}/{posted['id']}/values"))["items"] == []
