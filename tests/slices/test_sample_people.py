"""The sample's people: every route about contacts and events shows something on it."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service import sample
from service.database import Database
from service.domain.work import Caller
from service.sample import crowd
from tests.make import Client

SHOP = "0198c7f0-0000-7000-8000-000000000240"
RUNNERS = "0198c7f0-0000-7000-8000-000000000210"
CLUBS = "0198c7f0-0000-7000-8000-000000000211"
JONAS, AMARA = (f"0198c7f0-0000-7000-8000-00000000022{n}" for n in "01")


@pytest.fixture
async def lived(database: Database, workspace: Caller, client: Client) -> Client:
    """A workspace with the sample, and what its people did until yesterday."""
    async with database.write(workspace) as work:
        await sample.load(work)
    body = sample.did(datetime.now(UTC).date())
    taken = (await client.post("/v1/batch", content=body)).json()
    assert taken == {"accepted": len(json.loads(body)["batch"]), "duplicates": 0, "quarantined": 0}
    again = (await client.post("/v1/batch", content=body)).json()
    assert again["duplicates"] == taken["accepted"]
    return client


async def known_as(client: Client, name: str) -> dict[str, Any]:
    return await client.got(f"/v1/contacts/by-external-id/crm/{name}")


def of_shop(items: list[dict[str, Any]]) -> dict[str, Any]:
    (found,) = (one for one in items if one["journey_id"] == SHOP)
    return found


async def test_some_are_members_some_are_not_and_of_some_it_is_unknown(lived: Client) -> None:
    counts = await lived.got(f"/v1/profiles/{RUNNERS}/preview")
    counted = {word: counts[word]["numerator"] for word in ("yes", "no", "unknown")}
    assert min(counted.values()) >= 10
    assert {one["field"] for one in counts["missing"]} == {
        *("traits.annual_income", "traits.age", "traits.runs_per_week")
    }
    assert {one["reason"]: one["count"] for one in counts["excluded"]} == {
        **{"test": 1, "not_for_analytics": 1}
    }
    for word, number in counted.items():
        path = f"/v1/profiles/{RUNNERS}/contacts?limit=200&membership={word}"
        assert len((await lived.got(path))["items"]) == number
    clubs = await lived.got(f"/v1/profiles/{CLUBS}/preview")
    assert 0 < clubs["yes"]["numerator"] < counted["yes"]


async def test_a_runner_is_known_from_the_first_anonymous_page_on(lived: Client) -> None:
    runner = await known_as(lived, "runner-101")
    at = f"/v1/contacts/{runner['id']}"
    assert ("anonymous_id", "visitor-7f3a") in {
        (one["source"], one["value"]) for one in runner["identifiers"]
    }
    profiles = (await lived.got(f"{at}/profiles"))["items"]
    assert {one["profile_id"]: one["membership"] for one in profiles}[RUNNERS] == "yes"
    persona = await lived.got(f"{at}/persona")
    assert (persona["status"], persona["persona_id"]) == ("assigned", JONAS)
    timeline = (await lived.got(f"{at}/timeline"))["items"]
    assert (timeline[0]["anonymous_id"], timeline[0]["user_id"]) == ("visitor-7f3a", None)
    assert timeline[-1]["event"] == "Email Opened"
    stands = of_shop((await lived.got(f"{at}/journeys"))["items"])
    assert (stands["step_key"], stands["status"]) == ("asked-for-review", "converted")
    keys = [stay["key"] for stay in stands["path"]]
    assert keys.index("go-on-at-desk") < keys.index("pay")
    states = (await lived.got(f"{at}/consents"))["states"]
    assert {one["purpose"]: one["state"] for one in states}["email_marketing"] == "granted"


async def test_a_runner_was_put_on_the_map_by_a_seller(lived: Client) -> None:
    at = f"/v1/contacts/{(await known_as(lived, 'runner-102'))['id']}"
    assert (await lived.got(f"{at}/persona"))["persona_id"] == AMARA
    path = of_shop((await lived.got(f"{at}/journeys"))["items"])["path"]
    assert [(stay["key"], stay["by"]) for stay in path] == [
        ("try-in-store", "enrolment"),
        ("compare-prices", "event"),
        ("ask-size", "event"),
    ]
    assert (await lived.got(f"{at}/timeline"))["items"][0]["type"] == "enrolment"
    states = (await lived.got(f"{at}/consents"))["states"]
    assert {one["purpose"]: one["state"] for one in states}["email_marketing"] == "withdrawn"


async def test_the_shops_map_is_met_by_events_nearly_everywhere(lived: Client) -> None:
    found = await lived.got(f"/v1/journeys/{SHOP}/bindings")
    assert [one["key"] for one in found["steps_without"]] == ["read-tests"]
    assert [one["key"] for one in found["unobserved"]] == ["ask-club"]
    assert "Size Table Opened" in {one["event"] for one in found["unbound"]}
    left_out = {one["reason"]: one["count"] for one in found["excluded"]}
    assert (left_out["test_contact"], left_out["not_permitted"]) == (1, 1)
    tried = (await lived.post("/v1/bindings/preview", json={"binding": "Order Completed"})).json()
    assert tried["events"] > tried["contacts"] > 20
    orders = await lived.got("/v1/events?event=Order%20Completed&limit=200")
    assert len(orders["items"]) == tried["events"] + 1  # with that of the test contact


async def test_contacts_stand_at_many_places_and_are_like_several_personas(lived: Client) -> None:
    standing, personas = Counter[Any](), Counter[Any]()
    contacts = (await lived.got("/v1/contacts?limit=200"))["items"]
    assert len(contacts) == len(crowd.runners()) + len(sample.told("people")["contacts"])
    for contact in contacts:
        at = f"/v1/contacts/{contact['id']}"
        places = (await lived.got(f"{at}/journeys"))["items"]
        standing.update(one["status"] for one in places if one["journey_id"] == SHOP)
        persona = await lived.got(f"{at}/persona")
        personas[persona["persona_id"] or persona["reason"]] += 1
    assert set(standing) >= {"converted", "dropped"}
    assert min(personas[which] for which in (JONAS, AMARA, "too_little_known", "weak")) >= 5


async def test_a_persona_has_drifted_from_its_runners_in_one_figure(lived: Client) -> None:
    drift = (await lived.got(f"/v1/personas/{JONAS}/quality"))["drift"]
    gone = [one["attribute"] for one in drift["items"] if one["mismatch"]]
    assert gone == ["household_income"]


async def test_an_account_has_its_people_and_what_they_tried(lived: Client) -> None:
    firms = (await lived.got("/v1/accounts"))["items"]
    (firm,) = (one for one in firms if one["traits"].get("seats"))
    buyers = (await lived.got(f"/v1/contacts?account_id={firm['id']}"))["items"]
    assert len(buyers) == 2
    buyer = await known_as(lived, "buyer-001")
    (stands,) = (await lived.got(f"/v1/contacts/{buyer['id']}/journeys"))["items"]
    assert stands["step_key"] == "try-it"


def test_it_is_the_same_for_everybody_but_for_the_day() -> None:
    day = date(2026, 5, 1)
    one, other = (list(crowd.messages(on)) for on in (day, day + timedelta(days=1)))
    assert json.loads(sample.did(day)) == json.loads(sample.did(day))
    assert max(message["timestamp"] for message in one) < day.isoformat()
    moved = {datetime.fromisoformat(b["timestamp"]) - datetime.fromisoformat(a["timestamp"])
             for a, b in zip(one, other, strict=True)}  # fmt: skip
    assert moved == {timedelta(days=1)}
    ids = [message["messageId"] for message in json.loads(sample.did(day))["batch"]]
    assert len(set(ids)) == len(ids)
