"""What people make of gaps, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.database import Database
from service.domain.work import Caller
from tests.make import Client, journey, pointers

Json = dict[str, Any]


@pytest.fixture
async def gap(client: Client) -> Json:
    """The worst gap of a map."""
    made = await client.made("/v1/journeys", journey(2, 2))
    found: Json = (await client.got(f"/v1/journeys/{made['id']}/gaps"))["items"][0]
    return found


async def judged(client: Client, gap: Json, **members: Any) -> Json:
    answer = await client.patch(f"/v1/gaps/{gap['id']}", json=members)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_what_is_said_of_a_gap_stays_when_it_is_computed_again(
    client: Client, gap: Json
) -> None:
    said = await judged(client, gap, status="dismissed", reason="By design")
    assert (said["status"], said["reason"], said["version"]) == ("dismissed", "By design", 1)
    at = f"/v1/journeys/{gap['journey_id']}"
    await client.patch(at, json={"title": "Another title"})
    (again,) = (g for g in (await client.got(f"{at}/gaps"))["items"] if g["id"] == gap["id"])
    assert (again["status"], again["reason"]) == ("dismissed", "By design")
    for status, number in (("dismissed", 1), ("accepted", 0)):
        for path in (f"{at}/gaps", "/v1/gaps"):
            found = await client.got(path, params={"status": status})
            assert len(found["items"]) == number
    opened = await judged(client, gap, status="open", reason=None)
    assert (opened["status"], opened["reason"], opened["version"]) == ("open", None, 2)


async def test_who_judged_a_gap_is_told_and_when(client: Client, gap: Json) -> None:
    assert (gap["judged_by"], gap["judged_at"]) == (None, None)
    lists = [f"/v1/journeys/{gap['journey_id']}/gaps", "/v1/gaps"]
    for path in lists:
        assert {"judged_by", "judged_at"} <= (await client.got(path))["reasons"].keys()
    path, ann = f"/v1/gaps/{gap['id']}", {"Waypost-Actor": "Ann <ann@example.org>"}
    answer = await client.patch(path, json={"status": "accepted"}, headers=ann)
    said = answer.json()
    assert said["judged_by"] == "Ann <ann@example.org>"
    since = datetime.now(UTC) - datetime.fromisoformat(said["judged_at"])
    assert timedelta() <= since < timedelta(minutes=5)
    shown = [one for at in lists for one in (await client.got(at))["items"]]
    told = [one for one in (await client.got(path), *shown) if one["id"] == gap["id"]]
    assert [(one["judged_by"], one["judged_at"]) for one in told] == [
        (said["judged_by"], said["judged_at"])
    ] * 3
    # Said again it is no new judgement; said by somebody who is not named it is.
    assert (await judged(client, gap, status="accepted"))["judged_at"] == said["judged_at"]
    again = await judged(client, gap, status="open")
    assert again["judged_by"] is None
    assert again["judged_at"] > said["judged_at"]
    assert again["reasons"]["judged_by"] and "judged_at" not in again["reasons"]


async def test_to_dismiss_a_gap_needs_a_reason(client: Client, gap: Json) -> None:
    path = f"/v1/gaps/{gap['id']}"
    for body in ({"status": "dismissed"}, {"status": "dismissed", "reason": None}):
        answer = await client.patch(path, json=body)
        assert (answer.status_code, pointers(answer)) == (422, {"/reason"})
    await judged(client, gap, status="dismissed", reason="By design")
    answer = await client.patch(path, json={"reason": None})
    assert (answer.status_code, pointers(answer)) == (422, {"/reason"})
    answer = await client.patch(path, json={"status": "shut", "reason": "", "colour": 1})
    assert (answer.status_code, pointers(answer)) == (422, {"/status", "/reason", "/colour"})


async def test_what_was_read_can_be_sent_back(client: Client, gap: Json) -> None:
    whole = await client.got(f"/v1/gaps/{gap['id']}")
    assert await judged(client, gap, **whole) == whole
    assert whole["version"] == 0


async def test_a_stale_judgement_changes_nothing(client: Client, gap: Json) -> None:
    path = f"/v1/gaps/{gap['id']}"
    read = await client.get(path)
    first = {"status": "accepted"}
    answer = await client.patch(path, json=first, headers={"If-Match": read.headers["etag"]})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    later = {"status": "dismissed", "reason": "x"}
    answer = await client.patch(path, json=later, headers={"If-Match": read.headers["etag"]})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    assert (await client.got(path))["status"] == "accepted"


async def test_to_judge_takes_the_scope_to_write_maps(client: Client, gap: Json) -> None:
    key = await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"]})
    headers = {"Authorization": f"Bearer {key['key']}"}
    answer = await client.patch(f"/v1/gaps/{gap['id']}", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert (await client.get(f"/v1/gaps/{gap['id']}", headers=headers)).status_code == 200


async def test_a_judgement_is_told_and_kept_with_who_and_when(
    client: Client, database: Database, workspace: Caller, gap: Json
) -> None:
    start = await client.now()
    await judged(client, gap, status="accepted", reason="We know")
    (change,) = await client.changed(start)
    assert (change["kind"], change["id"], change["op"]) == ("gap", gap["id"], "upsert")
    async with database.write(workspace) as work:
        kept = await work.connection.fetch("SELECT * FROM waypost.audit WHERE kind = 'gap.updated'")
        state = await work.connection.fetch("SELECT * FROM waypost.gap_states")
    assert [str(row["resource_id"]) for row in kept] == [gap["id"]]
    assert state[0]["key_id"] == kept[0]["key_id"] is not None
    assert state[0]["updated_at"] == kept[0]["at"]
    # Nothing new is said: nothing is told.
    await judged(client, gap, status="accepted")
    assert await client.changed(start, kind="gap") == [change]


async def test_a_judgement_goes_with_its_map(client: Client, gap: Json) -> None:
    await judged(client, gap, status="accepted")
    assert (await client.delete(f"/v1/journeys/{gap['journey_id']}")).status_code == 204
    assert (await client.get(f"/v1/gaps/{gap['id']}")).status_code == 404


async def test_a_gap_that_is_opened_again_has_no_reason_left(client: Client, gap: Json) -> None:
    await judged(client, gap, status="dismissed", reason="By design")
    opened = await judged(client, gap, status="open")
    assert (opened["status"], opened["reason"], opened["version"]) == ("open", None, 2)
    assert (await client.got(f"/v1/gaps/{gap['id']}"))["reason"] is None
    await judged(client, gap, status="dismissed", reason="By design")
    said = await judged(client, gap, status="open", reason="Not so by design")
    assert (said["status"], said["reason"]) == ("open", "Not so by design")
