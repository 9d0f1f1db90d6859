"""Coverage both ways: steps that no event reaches, and events that no step claims."""

from tests.make import Client, journey
from tests.slices.bound import bound, event, previewed, sent


async def test_both_ways_are_covered(client: Client) -> None:
    await sent(
        client,
        event(0),
        event(1, who="ben"),
        event(2, properties={"channel": "phone"}),
        event(3, "Mail Sent", "ben"),
        *(event(n, "Coffee Drunk", who="eve") for n in range(3)),
    )
    phone = {"field": "channel", "op": "eq", "value": "phone"}
    hotline = await client.made("/v1/touchpoints", {"name": "Hotline", "binding": phone})
    bare = await client.made("/v1/touchpoints", {"name": "Bare"})
    met = [{"touchpoint_id": one["id"]} for one in (bare, hotline)]
    body = bound("Call Started", "Contract Signed", None, None)
    body["stages"][0]["steps"][2] |= {"touchpoints": met}
    body["stages"][0]["steps"].append({"action": "Talk at home", "private": True})
    made = await client.made("/v1/journeys", body)
    call, sign, hold, idle, home = made["stages"][0]["steps"]
    found = await client.got(f"/v1/journeys/{made['id']}/bindings")
    told = [(one["step_id"], one["source"], one["events"], one["contacts"]) for one in
            found["steps"]]  # fmt: skip
    assert told == [
        (call["id"], "own", 3, 2),
        (sign["id"], "own", 0, 0),
        (hold["id"], "touchpoints", 1, 1),
        (idle["id"], None, None, None),
        (home["id"], None, None, None),
    ]
    assert found["steps"][0]["first_at"].startswith("2026-05-01T10:00:00")
    assert found["steps"][0]["last_at"].startswith("2026-05-03T10:00:00")
    assert found["steps"][2]["touchpoint_ids"] == [hotline["id"]]
    assert [one.get("reason") for one in found["steps"]] == [
        None, "no_event", None, "not_bound", "not_bound",
    ]  # fmt: skip
    (touchpoint,) = found["touchpoints"]
    assert (touchpoint["key"], touchpoint["events"]) == ("hotline", 1)
    assert [one["step_id"] for one in found["steps_without"]] == [idle["id"]]
    assert [one["step_id"] for one in found["unobserved"]] == [sign["id"]]
    assert found["unbound"] == [
        {"event": "Coffee Drunk", "count": 3, "contacts": 1},
        {"event": "Mail Sent", "count": 1, "contacts": 1},
    ]
    shares = {n: (found[n]["numerator"], found[n]["denominator"]) for n in
              ("bound", "observed", "claimed")}  # fmt: skip
    assert shares == {"bound": (3, 4), "observed": (2, 3), "claimed": (3, 7)}
    assert found["excluded"] == [{"reason": "private_step", "count": 1}]
    late = {"from": "2026-05-03T00:00:00Z", "to": "2026-05-04T00:00:00Z"}
    some = await client.got(f"/v1/journeys/{made['id']}/bindings", params=late)
    assert (some["steps"][0]["events"], some["claimed"]["denominator"]) == (1, 2)
    assert some["definition"]["from"] == "2026-05-03T00:00:00Z"


async def test_the_number_of_statements_does_not_grow_with_the_map(client: Client) -> None:
    await sent(client, event(0))
    spent = []
    for steps in (2, 30):
        made = await client.made("/v1/journeys", bound(*(f"Event {n}" for n in range(steps))))
        before = await client.statements()
        await client.got(f"/v1/journeys/{made['id']}/bindings")
        middle = await client.statements()
        await previewed(client, journey_id=made["id"])
        spent.append((middle - before, await client.statements() - middle))
    assert spent[0] == spent[1]
    assert max(spent[0]) <= 4


async def test_a_map_without_events_or_bindings_is_told_as_it_is(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    found = await client.got(f"/v1/journeys/{made['id']}/bindings")
    assert (found["bound"]["value"], found["observed"]["value"]) == (0, None)
    assert (found["claimed"]["value"], found["unbound"]) == (None, [])
    for wrong in ("x", "9"):
        answer = await client.get(f"/v1/journeys/{made['id']}/bindings", params={"revision": wrong})
        assert answer.status_code == (422 if wrong == "x" else 404)


async def test_ranges_run_forwards(client: Client) -> None:
    made = await client.made("/v1/journeys", bound("Call Started"))
    back = {"from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    coverage = await client.get(f"/v1/journeys/{made['id']}/bindings", params=back)
    preview = await client.post("/v1/bindings/preview", json={"binding": "Call Started", **back})
    for answer in (coverage, preview):
        assert answer.status_code == 422, answer.text
        assert [one["code"] for one in answer.json()["errors"]] == ["wrong_bounds"]
