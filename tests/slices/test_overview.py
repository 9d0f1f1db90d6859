"""The overview of all maps over HTTP, and how stale they are."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from service.domain.ids import new_id
from tests.contract.furnishing import workspace_of
from tests.make import Client, journey, pointers


def crossing(title: str, **members: Any) -> dict[str, Any]:
    """A map whose one transition hands over between two departments at a falling emotion."""
    steps = [
        {"action": "Ask", "emotion": 1, "department": "sales"},
        {"action": "Wait", "emotion": -2, "department": "service"},
        {"action": "Sign"},
    ]
    return {"title": title, "stages": [{"name": "All", "steps": steps}], **members}


async def aged(owner: asyncpg.Connection, journey_id: str, days: int) -> None:
    """A map that was last changed so many days ago."""
    await owner.execute(
        "UPDATE waypost.journeys SET updated_at = now() - $2 * interval '1 day' WHERE id = $1",
        journey_id,
        days,
    )


async def found_about(
    owner: asyncpg.Connection, client: Client, journey_id: str, observed_on: date | None, days: int
) -> None:
    """A finding about a map, stored so many days ago."""
    workspace, evidence_id = workspace_of(client), new_id()
    await owner.execute(
        "INSERT INTO waypost.evidence (workspace_id, id, created_at, updated_at, kind, "
        "source_kind, status, observed_on) VALUES ($1, $2, now() - $4 * interval '1 day', now(), "
        "'anecdotal', 'interview', 'observed', $3)",
        workspace,
        evidence_id,
        observed_on,
        days,
    )
    await owner.execute(
        "INSERT INTO waypost.evidence_targets (workspace_id, evidence_id, position, journey_id) "
        "VALUES ($1, $2, 0, $3)",
        workspace,
        evidence_id,
        journey_id,
    )


async def test_a_finding_of_a_day_to_come_freshens_no_map(
    client: Client, owner: asyncpg.Connection
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    await aged(owner, made["id"], 181)
    finding = {"kind": "anecdotal", "source_kind": "interview", "text": "They called back."}
    targets = [{"journey_id": made["id"]}]
    await client.made("/v1/evidence", {**finding, "targets": targets, "observed_on": "2099-01-01"})
    found = await client.got(f"/v1/journeys/{made['id']}/staleness")
    assert (found["days"], found["stale"], found["evidence_on"]) == (181, True, None)


async def test_a_map_is_as_stale_as_what_touched_it_last(
    client: Client, stranger: Client, owner: asyncpg.Connection
) -> None:
    today = datetime.now(UTC).date()
    made = await client.made("/v1/journeys", journey(1, 1))
    at = f"/v1/journeys/{made['id']}/staleness"
    fresh = await client.got(at)
    assert (fresh["days"], fresh["stale"], fresh["newest"]) == (0, False, "change")
    assert fresh["definition"] == {"mode": "newest_of", "limit_days": 180}
    assert fresh["reasons"] == {
        "reviewed_at": "no_completed_review",
        "evidence_on": "no_evidence",
    }
    await aged(owner, made["id"], 181)
    old = await client.got(at)
    assert (old["days"], old["stale"]) == (181, True)
    assert (await client.got(at, params={"limit_days": "181"}))["stale"] is False
    await found_about(owner, client, made["id"], None, 170)
    found = await client.got(at)
    assert (found["days"], found["newest"], found["stale"]) == (170, "evidence", False)
    await found_about(owner, client, made["id"], today - timedelta(days=160), 0)
    found = await client.got(at)
    assert (found["days"], found["evidence_on"]) == (160, str(today - timedelta(days=160)))
    review = await client.made("/v1/reviews", {"journey_id": made["id"]})
    assert (await client.got(at))["days"] == 160
    await client.post(f"/v1/reviews/{review['id']}/complete", json={})
    found = await client.got(at)
    assert (found["days"], found["newest"], found["reasons"]) == (0, "review", {})
    await client.patch("/v1/settings", json={"evidence_stale_days": 30})
    assert (await client.got(at))["definition"]["limit_days"] == 30
    assert (await stranger.get(at)).status_code == 404
    for limit in ("0", "x", "36501"):
        refused = await client.get(at, params={"limit_days": limit})
        assert (refused.status_code, pointers(refused)) == (422, {"/query/limit_days"})


async def test_the_newest_is_told_by_the_instant_where_that_is_known(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    at = f"/v1/journeys/{made['id']}/staleness"
    review = await client.made("/v1/reviews", {"journey_id": made["id"]})
    await client.post(f"/v1/reviews/{review['id']}/complete", json={})
    assert (await client.got(at))["newest"] == "review"
    assert (await client.got("/v1/overview"))["items"][0]["staleness"]["newest"] == "review"
    await client.patch(f"/v1/journeys/{made['id']}", json={"title": "Later"})
    assert (await client.got(at))["newest"] == "change"
    finding = {"kind": "anecdotal", "source_kind": "interview", "text": "They called back."}
    finding["targets"] = [{"journey_id": made["id"]}]
    # Of a day alone nobody knows the hour: it counts from its beginning.
    today = str(datetime.now(UTC).date())
    await client.made("/v1/evidence", {**finding, "observed_on": today})
    assert (await client.got(at))["newest"] == "change"
    await client.made("/v1/evidence", finding)
    assert (await client.got(at))["newest"] == "evidence"


async def test_the_overview_shows_each_map_at_a_glance(
    client: Client, stranger: Client, owner: asyncpg.Connection
) -> None:
    await stranger.made("/v1/journeys", crossing("Theirs"))
    one = await client.made("/v1/journeys", crossing("Buying"))
    two = await client.made("/v1/journeys", {"title": "Empty", "perspective": "to_be"})
    step = one["stages"][0]["steps"][1]["id"]
    for status, targets in (
        ("idea", [{"step_id": step}, {"journey_id": one["id"]}]),
        ("doing", [{"journey_id": one["id"]}]),
        ("done", [{"journey_id": one["id"]}]),
        ("planned", []),
    ):
        body = {"title": "Act", "status": status, "due_on": "2020-01-01", "targets": targets}
        await client.made("/v1/actions", body)
    await client.made("/v1/reviews", {"journey_id": one["id"], "due_on": "2020-06-01"})
    await client.made("/v1/reviews", {"journey_id": two["id"], "due_on": "2999-06-01"})
    await aged(owner, two["id"], 400)
    page = await client.got("/v1/overview", params={"sort": "title", "count": "true"})
    assert (page["total"], page["next"]) == (2, None)
    buying, empty = page["items"]
    assert (buying["journey_id"], buying["title"], buying["perspective"]) == (
        one["id"],
        "Buying",
        "as_is",
    )
    assert buying["emotion"] == {"mean": -0.5, "rated": 2, "steps": 3, "reason": None}
    assert buying["actions"] == {
        "idea": 1,
        "shortlisted": 0,
        "planned": 0,
        "doing": 1,
        "overdue": 2,
    }
    assert buying["reviews"] == {"overdue": 1, "next_due_on": None}
    assert buying["gaps_by_kind"]["department_handoff"] == 1
    assert 0 < len(buying["worst_gaps"]) <= 3
    ranks = [-gap["severity"] * gap["confidence"] for gap in buying["worst_gaps"]]
    assert ranks == sorted(ranks)
    assert (empty["emotion"]["mean"], empty["emotion"]["reason"]) == (None, "nothing_rated")
    assert empty["reviews"] == {"overdue": 0, "next_due_on": "2999-06-01"}
    assert (empty["staleness"]["days"], empty["staleness"]["stale"]) == (400, True)
    assert page["totals"] == {
        "journeys": 2,
        "stale": 1,
        "reviews": {"overdue": 1, "next_due_on": "2999-06-01"},
        "actions": {"idea": 1, "shortlisted": 0, "planned": 1, "doing": 1, "overdue": 3},
    }


async def test_the_next_review_is_never_one_that_is_overdue(client: Client) -> None:
    made = await client.made("/v1/journeys", crossing("Buying"))
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=9), today, today + timedelta(days=9)]
    found = [
        await client.made("/v1/reviews", {"journey_id": made["id"], "due_on": str(day)})
        for day in days
    ]

    async def due() -> tuple[int, str | None]:
        (one,) = (await client.got("/v1/overview"))["items"]
        return one["reviews"]["overdue"], one["reviews"]["next_due_on"]

    assert await due() == (1, str(today))
    await client.post(f"/v1/reviews/{found[1]['id']}/complete", json={})
    assert await due() == (1, str(days[2]))
    await client.post(f"/v1/reviews/{found[0]['id']}/complete", json={})
    assert (await due())[0] == 0


async def test_the_overview_is_a_list_like_any_other(client: Client) -> None:
    made = [await client.made("/v1/journeys", {"title": f"Map {n}"}) for n in range(3)]
    page = await client.got("/v1/overview", params={"sort": "title", "limit": "2"})
    query = {"sort": "title", "limit": "2", "after": page["next"]}
    rest = await client.got("/v1/overview", params=query)
    seen = [one["journey_id"] for one in (*page["items"], *rest["items"])]
    assert seen == [one["id"] for one in made]
    assert rest["totals"]["journeys"] == 3
    found = await client.got("/v1/overview", params={"q": "map 1"})
    assert [one["title"] for one in found["items"]] == ["Map 1"]
    lines = (await client.get("/v1/overview", headers={"Accept": "application/x-ndjson"})).text
    *rows, end = [json.loads(line) for line in lines.splitlines()]
    assert [row["title"] for row in rows] == ["Map 2", "Map 1", "Map 0"]
    assert set(end) == {"next"}
    for wrong in ({"sort": "mood"}, {"view": "whole"}, {"limit": "0"}, {"perspective": "x"}):
        assert (await client.get("/v1/overview", params=wrong)).status_code in (400, 422), wrong


async def test_no_number_of_maps_takes_more_statements(client: Client) -> None:
    counts = []
    for number in (2, 20):
        for n in range(number):
            made = await client.made("/v1/journeys", crossing(f"Map {n}"))
            target = {"title": "Act", "targets": [{"journey_id": made["id"]}]}
            await client.made("/v1/actions", target)
            await client.made("/v1/reviews", {"journey_id": made["id"], "due_on": "2020-01-01"})
        before = await client.statements()
        page = await client.got("/v1/overview", params={"limit": "200"})
        counts.append(await client.statements() - before)
    assert len(page["items"]) == 22
    assert counts[0] == counts[1] <= 6


async def test_an_overview_of_nothing_is_empty(client: Client) -> None:
    page = await client.got("/v1/overview")
    assert page["items"] == []
    assert page["totals"]["reviews"] == {"overdue": 0, "next_due_on": None}
