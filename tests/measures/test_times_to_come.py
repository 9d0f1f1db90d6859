"""A map and its people at times that are yet to come, or at which there was none of it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.make import Client
from tests.measures.doing import Json, built_in, kpi
from tests.measures.followed import bound
from tests.measures.test_kpis_on_maps import COUNT
from tests.measures.test_then_and_now import AT, STAGES, THEN, iso, sent


async def test_of_a_range_to_come_it_is_not_known_what_people_will_do(client: Client) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    at = f"/v1/journeys/{made['id']}"
    await client.made(f"{at}/publish", {})
    now = datetime.now(UTC)
    rows = [(f"u{n}", name, now - timedelta(hours=2)) for n in range(9) for name in "abcd"]
    await sent(client, rows)
    path, none = f"{at}/{AT}", {"value": None, "reason": "in_future"}
    for base, days in ((now, 90), (now + timedelta(days=400), 30)):
        query = {"base": iso(base), "with": "2090-01-01T00:00:00Z", "days": str(days)}
        found = await client.got(path, params=query)
        then, ahead = found["base"], found["with"]
        is_ahead = base > now
        # The map is told as it is scheduled for that time.
        assert (ahead["revision"], then["revision"], found["map"]["changed"]) == (1, 1, 0)
        assert (ahead["contacts"], ahead["contacts_reason"]) == (None, "in_future")
        assert then["contacts"] == (None if is_ahead else 9)
        stages = [one["abandonment"] for one in found["stages"]]
        assert len(stages) == 3
        for share in (found["conversion"], found["satisfaction"], *stages):
            assert share["with"].items() >= none.items()
            assert share["with"]["reason_text"] == "The range has not begun."
            assert share["change"] is None
            if is_ahead:
                assert share["base"].items() >= none.items()
    # One that has begun is told as far as it is.
    query = {"base": iso(now - timedelta(days=60)), "with": iso(now + timedelta(days=1))}
    found = await client.got(path, params={**query, "days": "30"})
    assert (found["with"]["contacts"], found["with"]["revision"]) == (9, 1)


async def test_no_kpi_tells_anything_of_a_range_to_come(client: Client) -> None:
    now = datetime.now(UTC)
    await sent(client, [(f"u{n}", "Order Completed", now - timedelta(hours=2)) for n in range(9)])
    ahead = {"from": iso(now + timedelta(days=1)), "to": iso(now + timedelta(days=31))}
    past = {"from": iso(now - timedelta(days=1)), "to": iso(now + timedelta(days=1))}
    for one in await built_in(client):
        body = {"kpi": one["key"]}
        answer = await client.post("/v1/kpis/query", json={**body, **ahead, "compare": past})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        told = found["value"] if isinstance(found["value"], dict) else found
        assert (told["value"], told["reason"]) == (None, "in_future"), one["key"]
        assert told["reason_text"] == "The range has not begun."
        then = found["comparison"]
        assert (then["change"], then["change_reason"]) == (None, "figure_unknown")
    found = await kpi(client, "orders", from_=past["from"], to=past["to"], compare=ahead)
    then = found["comparison"]
    assert (found["value"], then["value"], then["reason"]) == (9, None, "in_future")
    assert (then["change"], then["change_reason"]) == (None, "figure_unknown")


@pytest.mark.parametrize(
    "what", [{"definition": COUNT}, {"built_in": "orders"}], ids=["own", "built in"]
)
async def test_no_target_is_met_before_its_range_begins(client: Client, what: Json) -> None:
    now = datetime.now(UTC)
    await sent(client, [("u", "Order Completed", now - timedelta(hours=2))])
    aim = {"direction": "down", "target": {"value": 50}}
    made = await client.made("/v1/kpis", {"name": "Few", **aim, **what})
    path = f"/v1/kpis/{made['id']}/status"
    ahead = {"from": iso(now + timedelta(days=1)), "to": iso(now + timedelta(days=3))}
    found = await client.got(path, params=ahead)
    assert (found["value"]["value"], found["value"]["reason"]) == (None, "in_future")
    assert (found["status"], found["reason"]) == ("unknown", "in_future")
    assert (found["change"], found["change_reason"]) == (None, "figure_unknown")
    begun = {"from": iso(now - timedelta(days=1)), "to": iso(now + timedelta(days=3))}
    found = await client.got(path, params=begun)
    assert (found["value"]["value"], found["status"]) == (1, "met")


async def test_of_a_time_before_the_map_it_is_told_that_there_was_none(client: Client) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    at = f"/v1/journeys/{made['id']}"
    query = {"base": "2001-01-01T00:00:00Z", "with": "2002-01-01T00:00:00Z"}
    for published, reason in ((False, "never_published"), (True, "revision_not_found")):
        if published:
            await client.made(f"{at}/publish", {"effective_from": iso(THEN)})
        found = await client.got(f"{at}/{AT}", params=query)
        for side in (found["base"], found["with"]):
            assert [side[name] for name in ("revision", "steps", "mean", "contacts")] == [None] * 4
            assert side["reason"] == reason
            assert side["contacts_reason"] == ("not_in_force" if published else "no_event")
        assert found["map"]["reason"] == reason
