"""Attribution over HTTP, by hand."""

from decimal import Decimal
from typing import Any

from tests.make import Client, pointers

PATH = "/v1/attribution/query"
Json = dict[str, Any]
TOUCHES = {"field": "event", "op": "eq", "value": "Visit"}
BODY = {"goal": "Order Completed", "touch": TOUCHES}


async def happened(client: Client, *events: tuple[str, str, str, Json]) -> None:
    """Events as (whose, name, time, properties), in the order they arrive."""
    batch = [
        {
            **{"type": "track", "userId": user, "event": name, "timestamp": time},
            **{"properties": told, "messageId": f"{n} {user} {time}"},
        }
        for n, (user, name, time, told) in enumerate(events)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch), answer.text


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def three_touches(client: Client) -> None:
    await happened(
        client,
        ("u", "Visit", "2026-01-01T10:00:00Z", {"channel": "ads"}),
        ("u", "Visit", "2026-01-05T10:00:00Z", {"channel": "mail"}),
        ("u", "Visit", "2026-01-09T10:00:00Z", {"channel": "search"}),
        ("u", "Order Completed", "2026-01-10T10:00:00Z", {}),
        ("v", "Order Completed", "2026-01-10T10:00:00Z", {}),
    )


def credits(found: Json) -> dict[str | None, float]:
    return {one["value"]: one["credit"] for one in found["items"]}


async def test_each_model_divides_a_conversion_as_it_is_defined(client: Client) -> None:
    await three_touches(client)
    expected = {
        "first": {"ads": 1},
        "last": {"search": 1},
        "position": {"ads": 0.4, "search": 0.4, "mail": 0.2},
    }
    for model, credit in expected.items():
        found = await asked(client, {**BODY, "model": model})
        assert credits(found) == credit
        assert (found["conversions"], found["without_touch"]) == (2, 1)
        assert found["attributed"]["numerator"] == 1
        assert found["definition"]["model"] == model
    answer = await client.post(PATH, json={**BODY, "model": "linear"})
    told = [Decimal(part.split(",")[0]) for part in answer.text.split('"credit":')[1:]]
    assert sum(told) == 1
    assert set(told) == {Decimal("0.333333333333"), Decimal("0.333333333334")}


async def test_the_look_back_reaches_before_the_range_and_no_further(client: Client) -> None:
    await three_touches(client)
    within = {**BODY, "model": "linear", "from": "2026-01-10T00:00:00Z"}
    assert set(credits(await asked(client, within))) == {"ads", "mail", "search"}
    found = await asked(client, {**within, "lookback_days": 5})
    assert credits(found) == {"mail": 0.5, "search": 0.5}, "exactly five days before is inside"
    found = await asked(client, {**within, "lookback_days": 4})
    assert credits(found) == {"search": 1}
    assert found["definition"]["lookback_days"] == 4


async def test_at_equal_times_what_arrived_before_is_a_touch(client: Client) -> None:
    noon = "2026-01-01T12:00:00Z"
    await happened(
        client,
        ("u", "Visit", noon, {"channel": "ads"}),
        ("u", "Order Completed", noon, {}),
        ("u", "Visit", noon, {"channel": "mail"}),
    )
    assert credits(await asked(client, BODY)) == {"ads": 1}


async def test_by_touchpoint_the_bindings_of_the_catalogue_take_touches(client: Client) -> None:
    await three_touches(client)
    for name, channels in (("paid", ["ads"]), ("owned", ["mail", "ads"])):
        binding = {"field": "channel", "op": "in", "value": channels}
        body = {"key": name, "name": name, "phase": "prospect", "party": "own"}
        made = await client.made("/v1/touchpoints", {**body, "binding": binding})
    await client.made("/v1/touchpoints", {"key": "none", "name": "Not bound"})
    found = await asked(client, {**BODY, "model": "position", "by": "touchpoint"})
    # ads 0.4 is of both, mail 0.2 is owned, search 0.4 is of none.
    assert credits(found) == {"owned": 0.4, "paid": 0.2, None: 0.4}
    (owned,) = (one for one in found["items"] if one["value"] == "owned")
    assert owned["touchpoint_id"] == made["id"]
    (of_none,) = (one for one in found["items"] if one["value"] is None)
    assert of_none["reason"]


async def test_what_lies_behind_the_limit_is_told_as_one(client: Client) -> None:
    await three_touches(client)
    found = await asked(client, {**BODY, "model": "position", "limit": 1})
    assert len(found["items"]) == 1
    assert found["other"] == {"values": 2, "credit": 0.6, "touches": 2}


async def test_the_filter_comes_before_everything(client: Client) -> None:
    await three_touches(client)
    only = {"any": ["Order Completed", {"field": "channel", "op": "eq", "value": "ads"}]}
    only["any"][0] = {"field": "event", "op": "eq", "value": "Order Completed"}
    assert credits(await asked(client, {**BODY, "filter": only})) == {"ads": 1}


async def test_of_nothing_nothing_is_owed(client: Client) -> None:
    found = await asked(client, BODY)
    assert (found["conversions"], found["items"], found["other"]) == (0, [], None)
    assert found["attributed"]["value"] is None
    assert found["attributed"]["reason"]


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    answer = await client.post(PATH, json={"model": "best", "lookback_days": 0, "by": "mood"})
    assert answer.status_code == 422
    assert pointers(answer) == {"/goal", "/touch", "/model", "/lookback_days", "/by"}
    answer = await client.post(PATH, json={"goal": "a", "touch": {"field": "no", "op": "eq"}})
    assert answer.status_code == 422
    assert all(one.startswith("/touch") for one in pointers(answer))


async def test_a_key_without_contacts_asks_of_declared_dimensions_alone(client: Client) -> None:
    made = await client.made("/v1/api-keys", {"name": "n", "scopes": ["analytics:read"]})
    headers = {"Authorization": f"Bearer {made['key']}"}
    private = {"field": "properties.card", "op": "exists", "value": True}
    answer = await client.post(PATH, json={"goal": private, "touch": private}, headers=headers)
    assert answer.status_code == 422
    assert (await client.post(PATH, json=BODY, headers=headers)).status_code == 200


QUERY = """query($input: AttributionQueryInput!) { attribution(input: $input) {
  conversions withoutTouch attributed { numerator denominator }
  items { value credit touches share } definition { model lookbackDays by }
} }"""


async def test_graphql_answers_the_same(client: Client) -> None:
    await three_touches(client)
    sent = {"query": QUERY, "variables": {"input": {**BODY, "model": "position"}}}
    answer = await client.post("/graphql", json=sent)
    told = answer.json()["data"]["attribution"]
    found = await asked(client, {**BODY, "model": "position"})
    assert told["withoutTouch"] == found["without_touch"] == 1
    assert [(one["value"], float(one["credit"])) for one in told["items"]] == [
        (one["value"], one["credit"]) for one in found["items"]
    ]
