"""Gaps of stored maps, over HTTP: what is read for them, asked of them and said of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from service.database import Database
from service.domain.work import Caller
from tests.make import Client, pointers
from tests.slices.gap_rows import Rows

Json = dict[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"
DAY = 86_400


@pytest.fixture
def rows(database: Database, workspace: Caller) -> Rows:
    return Rows(database, workspace)


def body(**members: Any) -> Json:
    """A small map: a call and a visit, then a decision at home."""
    steps: list[Json] = [
        {"key": "call", "action": "Call", "channel": "phone", "department": "service"},
        {"key": "visit", "action": "Visit", "channel": "branch", "department": "sales"},
        {"key": "sign", "action": "Sign", "decision_moment": True, "private": True},
    ]
    steps[0] |= {"emotion": 1, "questions": [{"key": "fees", "text": "What does it cost?"}]}
    steps[1] |= {"emotion": -1, "pains": [{"key": "queue", "text": "Waiting"}]}
    stages = [
        {"key": "look", "name": "Look", "steps": steps[:2]},
        {"key": "decide", "name": "Decide", "steps": steps[2:]},
    ]
    return {"title": "A small map", "stages": stages, **members}


async def gaps(client: Client, which: str, **asked: Any) -> list[Json]:
    found = await client.got(f"/v1/journeys/{which}/gaps", params={"limit": "200", **asked})
    assert found["next"] is None
    items: list[Json] = found["items"]
    return items


def kinds(found: list[Json]) -> set[str]:
    return {gap["kind"] for gap in found}


def places(found: list[Json]) -> set[tuple[str, str | None, tuple[str, ...]]]:
    """Kind, step and departments of each."""
    return {(gap["kind"], gap["step_id"], tuple(gap["departments"])) for gap in found}


async def test_a_map_says_what_it_lacks(client: Client) -> None:
    made = await client.made("/v1/journeys", body())
    found = await client.got(f"/v1/journeys/{made['id']}/gaps")
    (handoff,) = (gap for gap in found["items"] if "handoff" in gap["kind"])
    # Department and channel change, 1 falls to −1. (0.2 × 2/3 + 0.25 × 2/4 + 0.15 × 1/2) / 0.6
    assert handoff["severity"] == pytest.approx(100 * (0.4 / 3 + 0.125 + 0.075) / 0.6)
    assert (handoff["kind"], handoff["confidence"]) == ("department_handoff", pytest.approx(0.6))
    assert [s["name"] for s in handoff["signals"]] == ["crossing", "emotion_drop", "emotion_low"]
    assert handoff["explanation"]["code"] == "handoff_unmanaged"
    assert "“Call”" in handoff["explanation"]["text"]
    call, visit = made["stages"][0]["steps"]
    assert handoff["transition"] == {"from_step_id": call["id"], "to_step_id": visit["id"]}
    assert found["definition"]["handoff_weights"]["crossing"] == 0.2
    assert found["definition"]["revision"] == "draft"
    assert sum(found["by_kind"].values()) == found["total"] == len(found["items"])
    assert [one["step_id"] for one in found["opportunities"]] == [
        made["stages"][1]["steps"][0]["id"]
    ]
    assert found["reasons"]["contacts_lost"]
    assert {"reason": "drop_off: no_events", "count": 1} in found["excluded"]


async def test_what_is_found_answered_and_done_is_read(client: Client, rows: Rows) -> None:
    """Evidence, content, actions and reviews take gaps away."""
    made = await client.made("/v1/journeys", body())
    call, visit = made["stages"][0]["steps"]
    at = {"journey_id": made["id"]}
    before = {
        (gap["kind"], gap["step_id"], tuple(gap["departments"]))
        for gap in await gaps(client, made["id"])
    }
    assert ("unanswered_question", call["id"], ("service",)) in before
    assert ("unaddressed_pain", visit["id"], ("sales",)) in before
    assert ("evidence", call["id"], ("service",)) in before
    assert ("ownership", None, ("service",)) in before
    fresh = date.today() - timedelta(days=3)
    for kind, department in (("analytical", "sales"), ("anecdotal", "service")):
        told = {"kind": kind, "department": department, "observed_on": fresh}
        await rows.finding({**at, "step_id": call["id"]}, **told)
    await rows.content({**at, "step_key": "call", "item_key": "fees"})
    action = await rows.action({**at, "step_id": visit["id"], "item_key": "queue"}, effort=2.0)
    await rows.review(made["id"], fresh, "service")
    after = await gaps(client, made["id"])
    found = places(after)
    assert before - found == {
        ("unanswered_question", call["id"], ("service",)),
        ("unaddressed_pain", visit["id"], ("sales",)),
        ("evidence", call["id"], ("service",)),
        ("ownership", None, ("service",)),
    }
    assert found <= before
    assert all(action not in gap["action_ids"] for gap in after)


async def test_an_action_answers_the_gaps_it_names(client: Client, rows: Rows) -> None:
    made = await client.made("/v1/journeys", body())
    worst, *_ = await gaps(client, made["id"])
    action = await rows.action(gap_ids=[worst["id"]], effort=4.0, impact=80.0)
    rejected = await rows.action(gap_ids=[worst["id"]], status="rejected", effort=1.0)
    again = await client.got(f"/v1/gaps/{worst['id']}")
    assert again["action_ids"] == [action] != [rejected]
    assert again["priority"] == pytest.approx(80 * worst["confidence"] / 4)
    assert "priority" not in again["reasons"]


async def test_findings_of_another_customer_type_are_noticed(client: Client, rows: Rows) -> None:
    wide = await client.made("/v1/profiles", {"name": "Savers"})
    own = await client.made("/v1/profiles", {"name": "Old savers", "parent_id": wide["id"]})
    below = await client.made("/v1/profiles", {"name": "Oldest", "parent_id": own["id"]})
    other = await client.made("/v1/profiles", {"name": "Young", "parent_id": wide["id"]})
    ann = await client.made("/v1/personas", {"name": "Ann", "profile_id": own["id"]})
    made = await client.made("/v1/journeys", body(persona_ids=[ann["id"]]))
    call = made["stages"][0]["steps"][0]
    at = {"journey_id": made["id"], "step_id": call["id"]}
    for profile in (wide, own, below):
        await rows.finding(at, profile_id=profile["id"])
    assert "off_profile_evidence" not in kinds(await gaps(client, made["id"]))
    await rows.finding(at, profile_id=other["id"])
    (gap,) = await gaps(client, made["id"], kind="off_profile_evidence")
    # One of four findings: 0.6 × 1/4 + 0.4 × 1/10
    assert (gap["severity"], gap["step_id"]) == (pytest.approx(19), call["id"])
    assert gap["explanation"]["values"]["profile"] == "Young"


async def test_silence_is_told_of_known_times_alone(client: Client) -> None:
    made = await client.made("/v1/touchpoints", {"name": "Hotline", "key": "hotline"})
    drawn = body()
    drawn["stages"][0]["steps"][0]["touchpoints"] = [{"touchpoint_id": made["id"]}]
    drawn["transitions"] = [
        {"from": "call", "to": "visit", "expected_seconds": 20 * DAY},
        {"from": "visit", "to": "sign"},
    ]
    one = await client.made("/v1/journeys", drawn)
    (gap,) = await gaps(client, one["id"], kind="silence")
    # 14 of 20 days are let pass, and only one of two times is known; 1 is rated, the end is not.
    assert gap["severity"] == pytest.approx(30)
    assert gap["confidence"] == pytest.approx(0.7 / 2)
    assert "at least 20 days" in gap["explanation"]["text"]
    drawn["transitions"][0]["expected_seconds"] = 0
    other = await client.made("/v1/journeys", drawn)
    found = await client.got(f"/v1/journeys/{other['id']}/gaps", params={"kind": "silence"})
    assert found["items"] == []
    told = {one["reason"]: one["count"] for one in found["excluded"]}
    assert told == {"silence: no_expected_time": 1}


async def test_findings_outside_the_range_are_no_data(client: Client, rows: Rows) -> None:
    place = await client.made("/v1/touchpoints", {"name": "Hotline", "key": "hotline"})
    drawn = body()
    drawn["stages"][0]["steps"][0]["touchpoints"] = [{"touchpoint_id": place["id"]}]
    made = await client.made("/v1/journeys", drawn)
    assert "no_data" in kinds(await gaps(client, made["id"]))
    await rows.finding({"touchpoint_id": place["id"]}, observed_on=date(2026, 5, 10))
    assert "no_data" not in kinds(await gaps(client, made["id"]))
    may, june = "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"
    within = {"from": may, "to": june}
    assert "no_data" not in kinds(await gaps(client, made["id"], **within))
    assert "no_data" in kinds(await gaps(client, made["id"], **{"from": june}))
    assert "no_data" in kinds(await gaps(client, made["id"], to=may))


async def test_what_shall_be_is_a_gap_until_an_action_carries_it(
    client: Client, rows: Rows
) -> None:
    now = await client.made("/v1/journeys", body())
    better = body(title="Better", perspective="to_be", as_is_id=now["id"])
    better["stages"][0]["steps"][1]["emotion"] = 1
    twin = await client.made("/v1/journeys", better)
    found = await client.got(f"/v1/journeys/{now['id']}/gaps", params={"kind": "to_be"})
    (gap,) = found["items"]
    # One of four members, −1 shall be 1: 0.5 × 1/4 + 0.5 × 2/4
    assert gap["severity"] == pytest.approx(37.5)
    assert gap["explanation"]["values"]["fields"] == ["emotion"]
    assert found["definition"]["against"] == twin["id"]
    assert "to_be" not in kinds(await gaps(client, twin["id"]))
    other = await client.made("/v1/journeys", body(title="Another", stages=body()["stages"][:1]))
    against = await gaps(client, now["id"], kind="to_be", against=other["id"])
    codes = sorted(gap["explanation"]["code"] for gap in against)
    assert codes == ["to_be_removed", "to_be_stage_removed"]
    visit = now["stages"][0]["steps"][1]
    await rows.action({"journey_id": now["id"], "step_id": visit["id"]})
    assert await gaps(client, now["id"], kind="to_be") == []


async def test_the_newest_to_be_map_is_compared(client: Client) -> None:
    now = await client.made("/v1/journeys", body())
    for title in ("First", "Second"):
        twin = body(title=title, perspective="to_be", as_is_id=now["id"])
        made = await client.made("/v1/journeys", twin)
    found = await client.got(f"/v1/journeys/{now['id']}/gaps")
    assert found["definition"]["against"] == made["id"]


async def test_a_page_leads_to_the_next_and_filters_choose(client: Client) -> None:
    made = await client.made("/v1/journeys", body())
    path, whole = f"/v1/journeys/{made['id']}/gaps", await gaps(client, made["id"])
    seen, after = [], None
    while True:
        query = {"limit": "3"} | ({"after": after} if after else {})
        page = await client.got(path, params=query)
        assert (page["total"], page["by_kind"]) == (len(whole), page["by_kind"])
        seen += page["items"]
        if (after := page["next"]) is None:
            break
    assert [gap["id"] for gap in seen] == [gap["id"] for gap in whole]
    ranks = [-gap["severity"] * gap["confidence"] for gap in whole]
    assert ranks == sorted(ranks)
    bad = await gaps(client, made["id"], min_severity="50")
    assert [g["id"] for g in bad] == [g["id"] for g in whole if g["severity"] >= 50]
    sales = await gaps(client, made["id"], department="sales")
    assert [g["id"] for g in sales] == [g["id"] for g in whole if "sales" in g["departments"]]
    decide = made["stages"][1]
    for named in ("decide", decide["id"]):
        staged = await gaps(client, made["id"], stage=named)
        assert [g["id"] for g in staged] == [
            g["id"] for g in whole if g["stage_id"] == decide["id"]
        ]
    assert await gaps(client, made["id"], stage="none") == []
    two = await gaps(client, made["id"], kind="evidence,ownership")
    assert kinds(two) == {"evidence", "ownership"}
    foreign = (await client.got(path, params={"limit": "1"}))["next"]
    answer = await client.get(path, params={"limit": "1", "after": foreign, "status": "open"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("query", "status", "at"),
    [
        ({"kind": "none"}, 422, {"/query/kind"}),
        ({"min_severity": "101", "limit": "0"}, 422, {"/query/min_severity", "/query/limit"}),
        ({"status": "shut"}, 422, {"/query/status"}),
        ({"dimension": "weather"}, 422, {"/query/dimension"}),
        ({"against": NOBODY}, 422, {"/query/against"}),
        ({"colour": "red"}, 422, {"/query/colour"}),
        ({"from": "yesterday"}, 422, {"/query/from"}),
        ({"filter": '{"field": 1}'}, 422, {f"/query/filter/{n}" for n in ("field", "op", "value")}),
        ({"baseline": "later"}, 422, {"/query/baseline"}),
        ({"baseline": "2026-05-01T00:00:00Z/2026-05-01T00:00:00Z"}, 422, {"/query/baseline"}),
        ({"baseline": "2026-05-01/never"}, 422, {"/query/baseline"}),
        ({"scan": "day"}, 422, {"/query/scan"}),
        ({"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}, 422, {"/query"}),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    client: Client, query: dict[str, str], status: int, at: set[str]
) -> None:
    made = await client.made("/v1/journeys", body())
    answer = await client.get(f"/v1/journeys/{made['id']}/gaps", params=query)
    assert (answer.status_code, pointers(answer)) == (status, at)


async def test_what_waits_for_events_is_taken_and_told(client: Client) -> None:
    made = await client.made("/v1/journeys", body())
    asked = {"unit": "session", "window_seconds": "60", "least_count": "5"}
    found = await client.got(f"/v1/journeys/{made['id']}/gaps", params=asked)
    told = found["definition"]
    assert (told["unit"], told["window_seconds"], told["least_count"]) == ("session", 60, 5)


async def test_gaps_are_told_in_the_callers_language(client: Client) -> None:
    made = await client.made("/v1/journeys", body())
    texts = set()
    for language in ("en", "de", "es", "zh-Hans", "zh-Hant"):
        answer = await client.get(
            f"/v1/journeys/{made['id']}/gaps?kind=department_handoff",
            headers={"Accept-Language": language},
        )
        assert answer.headers["content-language"] == language
        texts.add(answer.json()["items"][0]["explanation"]["text"])
    assert len(texts) == 5
    assert all("Call" in text and "Visit" in text for text in texts)


async def test_anothers_map_and_an_unknown_gap_are_not_found(
    client: Client, stranger: Client
) -> None:
    made = await stranger.made("/v1/journeys", body())
    theirs, *_ = await gaps(stranger, made["id"])
    for path in (
        f"/v1/journeys/{made['id']}/gaps",
        f"/v1/gaps/{theirs['id']}",
        f"/v1/gaps/{NOBODY}",
    ):
        assert (await client.get(path)).status_code == 404
    assert (await client.patch(f"/v1/gaps/{theirs['id']}", json={})).status_code == 404
