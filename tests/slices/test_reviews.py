"""Reviews over HTTP: when they are due, who signs them, and how the next one comes about."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.contract.furnishing import workspace_of
from tests.make import Client, journey, pointers

ANN = {"Waypost-Actor": "Ann <ann@example.org>"}
EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""It is never the same day in both."""


async def mapped(client: Client) -> dict[str, Any]:
    """A map on which two departments stand."""
    hotline = {"key": "hotline", "name": "Hotline", "department": "service"}
    await client.put("/v1/touchpoints/by-external-id/crm/hotline", json=hotline)
    body = journey(1, 2)
    body["stages"][0]["steps"][0]["department"] = "branch"
    body["stages"][0]["steps"][1]["touchpoints"] = [{"key": "hotline"}]
    return await client.made("/v1/journeys", body)


async def day_in(client: Client, zone: str) -> date:
    """Put the workspace into a time zone; the day that it is there."""
    at = f"/v1/workspaces/{workspace_of(client)}"
    assert (await client.patch(at, json={"time_zone": zone})).status_code == 200
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


async def reviewed(client: Client, **members: Any) -> dict[str, Any]:
    whole = await mapped(client)
    return await client.made("/v1/reviews", {"journey_id": whole["id"], **members})


async def signed(client: Client, review: dict[str, Any], department: str, **more: Any) -> Any:
    body = {"department": department, **more}
    return await client.post(f"/v1/reviews/{review['id']}/sign-offs", json=body, headers=ANN)


async def test_a_review_asks_those_on_the_map_and_is_due_one_cadence_on(client: Client) -> None:
    today = await day_in(client, "Europe/Vienna")
    made = await reviewed(client, cadence="weekly")
    assert made["departments"] == made["missing"] == ["branch", "service"]
    assert made["due_on"] == str(today + timedelta(days=7))
    assert (made["status"], made["completed_at"], made["sign_offs"]) == ("open", None, [])
    assert set(made["answers"]) == set(made["questions"])
    assert set(made["answers"].values()) == {None}
    once = await reviewed(client)
    assert (once["due_on"], once["status"], once["cadence"]) == (str(today), "due", None)


async def test_those_who_receive_a_handover_are_of_the_map_for_review_coverage_and_publishing(
    client: Client,
) -> None:
    whole = await mapped(client)
    edge = whole["transitions"][0]
    handed = {"hands_over": "the file", "received_by": "back-office"}
    answer = await client.patch(f"/v1/transitions/{edge['id']}", json=handed)
    assert answer.status_code == 200, answer.text
    at = f"/v1/journeys/{whole['id']}"
    review = await client.made("/v1/reviews", {"journey_id": whole["id"]})
    revision = await client.made(f"{at}/publish", {})
    covered = (await client.got(f"{at}/coverage"))["departments"]["present"]
    expected = ["back-office", "branch", "service"]
    assert review["departments"] == covered == revision["departments"] == expected


async def test_where_a_review_stands_follows_the_day_in_the_workspace(client: Client) -> None:
    today = await day_in(client, EAST)
    dues = [today + timedelta(days=n) for n in (-1, 0, 1)]
    made = [await reviewed(client, due_on=str(day)) for day in dues]
    assert [one["status"] for one in made] == ["overdue", "due", "open"]
    for one, status in zip(made, ("overdue", "due", "open"), strict=True):
        found = await client.got("/v1/reviews", params={"status": status})
        assert [row["id"] for row in found["items"]] == [one["id"]]
    found = await client.got("/v1/reviews", params={"overdue": "true"})
    assert [row["id"] for row in found["items"]] == [made[0]["id"]]
    assert await day_in(client, WEST) < today
    assert (await client.got(f"/v1/reviews/{made[1]['id']}"))["status"] == "open"


async def test_what_a_day_changes_is_not_called_unchanged(client: Client) -> None:
    made = await reviewed(client, due_on=str(await day_in(client, EAST)))
    read = await client.get(f"/v1/reviews/{made['id']}")
    await day_in(client, WEST)
    again = await client.get(
        f"/v1/reviews/{made['id']}", headers={"If-None-Match": read.headers["etag"]}
    )
    assert (again.status_code, again.json()["status"]) == (200, "open")
    kept = {"If-Match": read.headers["etag"]}
    answer = await client.patch(f"/v1/reviews/{made['id']}", json={"cadence": None}, headers=kept)
    assert answer.status_code == 200


async def test_the_questions_are_in_the_callers_language(client: Client) -> None:
    made = await reviewed(client)
    said = set()
    for language in ("en", "de", "es", "zh-Hans", "zh-Hant"):
        headers = {"Accept-Language": language}
        answer = await client.get(f"/v1/reviews/{made['id']}", headers=headers)
        assert answer.headers["content-language"] == language
        said.add(answer.json()["questions"]["new_gaps"])
    assert len(said) == 5
    assert "questions" not in (await client.got("/v1/reviews"))["items"][0]
    whole = await client.got("/v1/reviews", params={"view": "whole"})
    assert whole["items"][0]["questions"]["new_gaps"] == "Which new gaps have appeared?"


async def test_the_last_sign_off_completes_a_review_and_the_next_one_is_made(
    client: Client,
) -> None:
    today = await day_in(client, "Asia/Shanghai")
    due = today - timedelta(days=10)
    made = await reviewed(client, cadence="weekly", due_on=str(due))
    first = await signed(client, made, "service", note="Agreed")
    assert (first.status_code, first.json()["missing"]) == (200, ["branch"])
    (one,) = first.json()["sign_offs"]
    assert (one["department"], one["person"], one["note"]) == (
        "service",
        "Ann <ann@example.org>",
        "Agreed",
    )
    assert (await signed(client, made, "service")).json()["code"] == "already_signed"
    last = (await signed(client, made, "branch")).json()
    assert (last["status"], last["missing"], len(last["sign_offs"])) == ("completed", [], 2)
    assert last["version"] == made["version"] + 2
    (following,) = (await client.got("/v1/reviews", params={"status": "open"}))["items"]
    assert following["due_on"] == str(due + timedelta(days=14))
    for name in ("journey_id", "cadence", "departments"):
        assert following[name] == made[name]
    assert following["sign_offs"] == []
    late = await signed(client, made, "branch")
    assert (late.status_code, late.json()["code"]) == (409, "review_completed")
    assert (await client.got("/v1/reviews", params={"count": "true"}))["total"] == 2


async def test_a_review_is_completed_with_its_answers_and_once(client: Client) -> None:
    made = await reviewed(client, answers={"changed": "The fees"})
    at = f"/v1/reviews/{made['id']}/complete"
    stale = await client.post(at, json={}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    done = await client.post(at, json={"answers": {"new_gaps": "夜间无人接听"}})
    assert done.json()["answers"] == {
        "broke_or_moved": None,
        "changed": "The fees",
        "experience_differs": None,
        "new_gaps": "夜间无人接听",
    }
    assert (done.json()["status"], done.json()["missing"]) == ("completed", ["branch", "service"])
    again = await client.post(at, json={})
    assert (again.status_code, again.json()["code"]) == (409, "review_completed")
    # Without a cadence it was the only one.
    assert (await client.got("/v1/reviews", params={"count": "true"}))["total"] == 1


async def test_what_becomes_of_reviews_is_told(client: Client) -> None:
    made = await reviewed(client, cadence="yearly", departments=["service"])
    start = await client.now()
    await signed(client, made, "service")
    told = await client.changed(start)
    assert {(one["kind"], one["version"]) for one in told} == {("review", 2), ("review", 1)}


async def test_a_department_signs_under_any_of_its_names(client: Client) -> None:
    into = await client.made("/v1/vocabulary", {"kind": "department", "slug": "service"})
    alias = {"kind": "department", "slug": "helpdesk", "alias_of": into["id"]}
    await client.made("/v1/vocabulary", alias)
    made = await reviewed(client, departments=["helpdesk", "service", "branch", "branch"])
    assert made["departments"] == ["service", "branch"]
    assert (await signed(client, made, "helpdesk")).json()["missing"] == ["branch"]


@pytest.mark.parametrize(
    ("member", "value", "pointer"),
    [
        ("journey_id", "019e0000-0000-7000-8000-000000000000", "/journey_id"),
        ("journey_id", "x", "/journey_id"),
        ("cadence", "daily", "/cadence"),
        ("due_on", "soon", "/due_on"),
        ("departments", ["a"] * 201, "/departments"),
        ("answers", {"mood": "good"}, "/answers/mood"),
        ("colour", "red", "/colour"),
    ],
)
async def test_what_no_review_can_be_is_refused(
    client: Client, member: str, value: Any, pointer: str
) -> None:
    whole = await mapped(client)
    answer = await client.post("/v1/reviews", json={"journey_id": whole["id"], member: value})
    assert (answer.status_code, pointers(answer)) == (422, {pointer})


async def test_who_was_not_asked_cannot_sign(client: Client, stranger: Client) -> None:
    made = await reviewed(client)
    answer = await signed(client, made, "marketing")
    assert (answer.status_code, pointers(answer)) == (422, {"/department"})
    assert pointers(await signed(client, made, "")) == {"/department"}
    assert (await signed(stranger, made, "service")).status_code == 404
    assert (await stranger.post(f"/v1/reviews/{made['id']}/complete", json={})).status_code == 404
    assert (await client.got(f"/v1/reviews/{made['id']}"))["sign_offs"] == []


async def test_nobody_signs_namelessly(client: Client) -> None:
    made = await reviewed(client)
    at = f"/v1/reviews/{made['id']}/sign-offs"
    for headers in ({}, {"Waypost-Actor": "  "}):
        answer = await client.post(at, json={"department": "service"}, headers=headers)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (422, "person_required")
        assert error["pointer"] == "/header/Waypost-Actor"
    answer = await client.post(at, json={"department": "marketing"})
    assert pointers(answer) == {"/header/Waypost-Actor", "/department"}
    assert (await client.got(f"/v1/reviews/{made['id']}"))["sign_offs"] == []


async def test_a_review_is_sent_back_as_it_was_read_and_goes_with_its_map(client: Client) -> None:
    made = await reviewed(client, cadence="monthly", due_on="2999-01-31")
    again = await client.put(f"/v1/reviews/{made['id']}", json=made)
    ignored = {"version", "updated_at"}
    assert {n: v for n, v in again.json().items() if n not in ignored} == {
        n: v for n, v in made.items() if n not in ignored
    }
    patched = await client.patch(f"/v1/reviews/{made['id']}", json={"departments": None})
    assert patched.json()["departments"] == ["branch", "service"]
    await client.delete(f"/v1/journeys/{made['journey_id']}")
    assert (await client.get(f"/v1/reviews/{made['id']}")).status_code == 404


async def test_what_is_due_on_the_last_day_is_due_again_then(client: Client) -> None:
    made = await reviewed(client, cadence="yearly", due_on="9999-12-30")
    done = await client.post(f"/v1/reviews/{made['id']}/complete", json={})
    assert done.json()["status"] == "completed"
    (following,) = (await client.got("/v1/reviews", params={"status": "open"}))["items"]
    assert following["due_on"] == "9999-12-30"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_day_that_would_be_stored_as_endless_is_refused(client: Client, day: str) -> None:
    whole = await mapped(client)
    answer = await client.post("/v1/reviews", json={"journey_id": whole["id"], "due_on": day})
    assert (answer.status_code, pointers(answer)) == (422, {"/due_on"})
    answer = await client.post("/v1/actions", json={"title": "Act", "due_on": day})
    assert (answer.status_code, pointers(answer)) == (422, {"/due_on"})
    query = {"due_from": day}
    assert (await client.get("/v1/actions", params=query)).status_code == 422


async def test_departments_that_sign_at_once_complete_a_review_once(client: Client) -> None:
    made = await reviewed(client, cadence="weekly", departments=["a", "b", "c", "d"])
    answers = await asyncio.gather(*(signed(client, made, one) for one in made["departments"]))
    assert {answer.status_code for answer in answers} == {200}
    done = await client.got(f"/v1/reviews/{made['id']}")
    assert (done["status"], len(done["sign_offs"])) == ("completed", 4)
    assert (await client.got("/v1/reviews", params={"count": "true"}))["total"] == 2
    (following,) = (await client.got("/v1/reviews", params={"status": "open"}))["items"]
    at = f"/v1/reviews/{following['id']}/complete"
    ends = await asyncio.gather(*(client.post(at, json={}) for _ in range(3)))
    assert sorted(answer.status_code for answer in ends) == [200, 409, 409]
    assert (await client.got("/v1/reviews", params={"count": "true"}))["total"] == 3


async def test_a_map_has_one_series_of_reviews(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    monthly = {"journey_id": made["id"], "cadence": "monthly"}
    first = await client.made("/v1/reviews", monthly)
    once = await client.made("/v1/reviews", {"journey_id": made["id"]})
    for answer in (
        await client.post("/v1/reviews", json={**monthly, "cadence": "yearly"}),
        await client.patch(f"/v1/reviews/{once['id']}", json={"cadence": "monthly"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "already_scheduled")
    at = f"/v1/reviews/{first['id']}"
    assert (await client.put(at, json=first)).status_code == 200
    done = await client.post(f"{at}/complete", json={})
    assert done.status_code == 200, done.text
    late = await client.patch(at, json={"cadence": "yearly"})
    assert (late.status_code, late.json()["code"]) == (409, "review_completed")
    assert (await client.post("/v1/reviews", json=monthly)).status_code == 409
