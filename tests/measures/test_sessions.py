"""Sessions, exits and switches over HTTP, against reference figures and by hand."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI

from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import LOGS, near, reference, those
from tests.published import needs_data

PATH = "/v1/sessions/query"
Json = dict[str, Any]
_STATS = ("mean_events", "median_events", "mean_duration_s", "median_duration_s")


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_sessions_of_published_logs_are_those_of_other_programs(
    loaded: Loaded, log: str
) -> None:
    told = reference(log)
    config, figures = told["config"], told["figures"]
    switches = config["switch_columns"]
    body: Json = {"filter": those(config), "switches": switches}
    if "page_view_events" in config:
        body["page_view_events"] = config["page_view_events"]
    found = await asked(await loaded(log), body)
    assert (found["sessions"], found["events"]) == (figures["sessions"], figures["rows"])
    assert found["contacts"] == figures["unique_users"]
    stats = figures["session_stats"]
    names = ("mean_events", "median_events", "mean_seconds", "median_seconds")
    expected = [stats[one] for one in _STATS]
    # Means are written with six digits behind the point.
    assert [found[one] for one in names] == pytest.approx(expected, abs=1e-6)
    single = figures["bounce_single_event"]
    assert found["single_event"]["numerator"] == single["bounced_sessions"]
    assert found["single_event"]["value"] == near(single["rate"])
    if bounce := figures.get("bounce_single_page_view"):
        assert found["bounce"]["denominator"] == bounce["sessions_with_page_view"]
        assert found["bounce"]["numerator"] == bounce["bounced_sessions"]
    exits = {one["step"]: one["share"] for one in found["exits"]}
    assert {step: one["value"] for step, one in exits.items()} == near(
        figures["exit_rate_per_event"]
    )
    ended = {step: one["numerator"] for step, one in exits.items() if one["numerator"]}
    assert ended == figures["session_end_events"]
    for one in found["switches"]:
        compare(one, figures[f"switches:{one['dimension']}"])


def compare(found: Json, expected: Json) -> None:
    assert found["count"] == expected["switches"]
    assert found["contacts"] == expected["users_with_switch"]
    assert found["median_seconds"] == near(expected["median_gap_s_switch"])
    after, none = found["exit_after_switch"], found["exit_after_none"]
    assert after["value"] == near(expected["session_exit_rate_after_switch"])
    assert none["value"] == near(expected["session_exit_rate_after_no_switch"])
    assert none["denominator"] == expected["same_value_pairs"]


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def did(client: Client, user: str, times: Sequence[str], event: str = "a") -> None:
    """Events of one day, by their time of day."""
    batch = [
        {
            "type": "track",
            "event": event,
            "userId": user,
            "messageId": f"{user} {event} {time} {n}",
            "timestamp": f"2026-05-01T{time}Z",
        }
        for n, time in enumerate(times)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch)


async def test_a_pause_of_exactly_the_timeout_stays_inside(client: Client) -> None:
    await did(client, "u", ["10:00:00", "10:30:00", "11:00:00.000001"])
    found = await asked(client, {})
    assert (found["sessions"], found["events"]) == (2, 3)
    assert found["median_seconds"] == 900.0


async def test_a_session_belongs_to_the_range_of_its_first_event_and_is_counted_whole(
    client: Client,
) -> None:
    await did(client, "u", ["09:50:00", "10:10:00", "10:35:00"])
    await did(client, "v", ["10:20:00", "10:40:00", "11:05:00"])
    body = {"from": "2026-05-01T10:00:00Z", "to": "2026-05-01T10:30:00Z"}
    found = await asked(client, body)
    assert (found["sessions"], found["events"], found["contacts"]) == (1, 3, 1)
    assert found["median_seconds"] == 2700.0


async def test_of_nothing_there_are_no_figures_and_a_reason(client: Client) -> None:
    found = await asked(client, {})
    assert (found["sessions"], found["median_seconds"]) == (0, None)
    assert found["reason"] == found["bounce"]["reason"] == "nothing_to_count"


async def test_where_no_event_is_a_view_nothing_bounces(client: Client) -> None:
    await did(client, "u", ["10:00:00"])
    found = await asked(client, {"page_view_events": []})
    assert found["single_event"]["numerator"] == 1
    assert (found["bounce"]["value"], found["bounce"]["denominator"]) == (None, 0)
    assert found["bounce"]["reason"] == "nothing_to_count"


async def test_whoever_may_not_be_analysed_does_not_count_and_is_told(client: Client) -> None:
    await did(client, "u", ["10:00:00"])
    await did(client, "staff", ["10:00:00", "10:01:00"])
    known = {"identifiers": [{"source": "user_id", "value": "staff"}]}
    (one,) = (
        await client.post("/v1/contacts/lookup", json={"items": known["identifiers"]})
    ).json()["items"]
    assert (await client.patch(f"/v1/contacts/{one['id']}", json={"test": True})).status_code == 200
    found = await asked(client, {})
    assert found["contacts"] == 1
    assert found["excluded"] == [{"reason": "test_contact", "count": 2}]


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    body = {"switches": ["device", "nonsense"]}
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, pointers(answer)) == (422, {"/switches/1"})
    body = {"from": "2026-06-01T00:00:00Z", "to": "2026-05-01T00:00:00Z", "timeout_seconds": 0}
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 422
    answer = await client.post(PATH, json={"filter": {"field": "no", "op": "eq", "value": 1}})
    assert (answer.status_code, pointers(answer)) == (422, {"/filter/field"})


async def test_events_are_chosen_by_whose_they_are(client: Client) -> None:
    await did(client, "u", ["10:00:00", "10:10:00"])
    await did(client, "v", ["10:00:00"], "Order Completed")
    traits = {"identifiers": [{"source": "user_id", "value": "v"}], "traits": {"plan": "gold"}}
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": [traits]})
    assert answer.json()["items"][0]["outcome"] == "updated"
    criteria = {"field": "traits.plan", "op": "eq", "value": "gold"}
    profile = await client.made("/v1/profiles", {"name": "Golden", "criteria": criteria})
    member = {"field": "member_of", "op": "eq", "value": profile["id"]}
    for filter, events in (
        (member, 1),
        (criteria, 1),
        ({"did": "Order Completed"}, 1),
        ({"not": {"did": "Order Completed"}}, 2),
        ({"consent": "analytics"}, 3),
        ({"all": [{"field": "event", "op": "eq", "value": "a"}, {"not": member}]}, 0),
    ):
        assert (await asked(client, {"filter": filter}))["events"] == events, filter


async def test_whoever_may_not_read_contacts_asks_of_declared_dimensions_alone(
    client: Client, app: FastAPI
) -> None:
    made = await client.post("/v1/api-keys", json={"name": "a", "scopes": ["analytics:read"]})
    async with Client.entering(app, made.text) as other:
        device = {"field": "device", "op": "eq", "value": "mobile"}
        assert (await other.post(PATH, json={"filter": device})).status_code == 200
        whose = {"all": [device, {"did": "a"}, {"field": "traits.x", "op": "eq", "value": 1}]}
        body = {"filter": whose, "switches": ["device", "properties.x"]}
        answer = await other.post(PATH, json=body)
    assert answer.status_code == 422
    assert pointers(answer) == {"/filter/all/1", "/filter/all/2", "/switches/1"}
