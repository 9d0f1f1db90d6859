"""Gaps, challenges, coverage and plan of one map say the same of it: each rule is written once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.make import Client, journey

Json = dict[str, Any]


def body(**members: Any) -> Json:
    """A map that asks, suffers and objects, with steps at which others are met, or nobody."""
    call = {"key": "call", "action": "Call", "touchpoints": [{"key": "hotline"}]}
    call |= {"questions": [{"key": "fees", "text": "What does it cost?"}]}
    read = {"key": "read", "action": "Read of us", "touchpoints": [{"key": "press"}]}
    fax = {"key": "fax", "action": "Send a fax", "touchpoints": [{"key": "telefax"}]}
    wait = {"key": "wait", "action": "Wait", "pains": [{"key": "queue", "text": "Waiting"}]}
    look: Json = {"key": "look", "name": "Look", "steps": [call, read, fax]}
    look["objections"] = [{"key": "later", "text": "Not now"}]
    stages = [look, {"key": "sign", "name": "look"}, {"key": "after", "name": "After"}]
    stages[1]["steps"] = [wait, {"key": "talk", "action": "Talk at home", "private": True}]
    return {"title": "One map", "stages": stages, **members}


class Told:
    """What the four say of a map."""

    def __init__(self, gaps: Json, challenges: Json, coverage: Json, plan: Json) -> None:
        self.gaps: list[Json] = gaps["items"]
        self.openings: list[Json] = gaps["opportunities"]
        self.challenges, self.coverage, self.plan = challenges, coverage, plan

    def of(self, *kinds: str) -> list[Json]:
        """The gaps of these kinds."""
        return [gap for gap in self.gaps if gap["kind"] in kinds]

    def planned(self) -> dict[str, Json]:
        """The actions of the plan by their titles."""
        return {one["title"]: one for stage in self.plan["stages"] for one in stage["actions"]}


async def told(client: Client, which: str) -> Told:
    path = f"/v1/journeys/{which}"
    gaps = await client.got(f"{path}/gaps", params={"limit": "200"})
    return Told(
        gaps, *[await client.got(f"{path}/{x}") for x in ("challenges", "coverage", "plan")]
    )


@pytest.fixture
async def made(client: Client) -> Json:
    for key, members in (
        ("hotline", {}),
        ("press", {"party": "earned"}),
        ("telefax", {"status": "deprecated"}),
    ):
        await client.made("/v1/touchpoints", {"key": key, "name": key.title(), **members})
    return await client.made("/v1/journeys", body())


def steps(made: Json) -> dict[str, str]:
    """The ids of its steps by their keys."""
    return {step["key"]: step["id"] for stage in made["stages"] for step in stage["steps"]}


async def test_they_agree_on_what_is_answered(client: Client, made: Json) -> None:
    """An action addresses a pain; a question it does not answer."""
    at = steps(made)
    for step, key in (("call", "fees"), ("wait", "queue")):
        target = {"step_id": at[step], "item_key": key}
        await client.made("/v1/actions", {"title": f"Do {key}", "targets": [target]})
    found = await told(client, made["id"])
    open_ = {gap["item_key"] for gap in found.of("unanswered_question", "unaddressed_pain")}
    assert open_ == {"fees", "later"}
    assert {one["key"] for one in found.challenges["empty"]} == open_
    kinds = (found.coverage[name] for name in ("questions", "pains", "objections"))
    assert {one["key"] for kind in kinds for one in kind["missing"]} == open_
    (row,) = (row for row in found.challenges["items"] if row["key"] == "fees")
    assert (row["empty"], [one["title"] for one in row["actions"]]) == (True, ["Do fees"])


async def test_they_agree_on_where_we_are(client: Client, made: Json) -> None:
    """Own or paid, and not given up; what a nested map stands for is looked at there."""
    inner = await client.made("/v1/journeys", {"title": "Inner"})
    stage = made["stages"][2]["id"]
    nested = {"action": "Its own map", "journey_id": inner["id"]}
    await client.made(f"/v1/stages/{stage}/steps", nested)
    found = await told(client, made["id"])
    at, touchpoints = steps(made), found.coverage["touchpoints"]
    missing = {gap["step_id"] for gap in found.of("missing_touchpoint")}
    assert missing == {at["read"], at["fax"], at["wait"]}
    assert {one["step_id"] for one in touchpoints["steps_without"]} == missing
    assert [one["step_id"] for one in found.openings] == [at["talk"]]
    assert touchpoints["catalogue"]["denominator"] == 1
    counts = {one["reason"]: one["count"] for one in found.coverage["excluded"]}
    assert counts == {
        **{"earned_touchpoint": 1, "deprecated_touchpoint": 1},
        **{"private_step": 1, "nested_step": 1},
    }


@pytest.mark.parametrize(
    ("scope", "empty", "unknown"),
    [
        # A key goes before a name: `look` is the first stage, not the one called so.
        ({"from": "sign", "to": "After"}, {"after"}, set()),
        ({"from": "sign", "to": "look"}, {"after"}, set()),
        ({"from": "look", "to": "look"}, set(), set()),
        ({"from": "after", "to": "nowhere"}, {"after"}, {"nowhere"}),
    ],
)
async def test_they_agree_on_the_scope(
    client: Client, made: Json, scope: Json, empty: set[str], unknown: set[str]
) -> None:
    assert (await client.patch(f"/v1/journeys/{made['id']}", json={"scope": scope})).is_success
    found, keys = await told(client, made["id"]), {s["id"]: s["key"] for s in made["stages"]}
    uncovered = [(g["explanation"]["code"], g) for g in found.of("uncovered_stage")]
    without = {keys[g["stage_id"]] for code, g in uncovered if code == "stage_without_steps"}
    assert without == empty
    assert {one["key"] for one in found.coverage["stages"]["missing"]} == empty
    missing = {g["explanation"]["values"]["stage"] for c, g in uncovered if c == "stage_missing"}
    assert missing == set(found.coverage["stages"]["unknown"]) == unknown


async def test_they_agree_on_what_is_worth_most(client: Client, made: Json) -> None:
    """impact × confidence ÷ effort, of what an action targets as of what it names."""
    at = steps(made)
    (before,) = (gap for gap in (await told(client, made["id"])).openings)
    bodies: dict[str, Json] = {
        "target": {"targets": [{"step_id": at["wait"], "item_key": "queue"}], "effort": 2},
        "opening": {"targets": [{"step_id": at["talk"]}], "effort": 4, "impact": 60},
        "named": {"targets": [{"journey_id": made["id"]}], "gap_ids": [before["id"]]},
        "item": {"targets": [{"step_id": at["call"], "item_key": "fees"}], "effort": 5},
        "nothing": {"targets": [{"journey_id": made["id"]}], "impact": 9},
    }
    bodies["nothing"]["effort"] = 3
    ids = {
        (await client.made("/v1/actions", {"title": title, **one}))["id"]: title
        for title, one in bodies.items()
    }
    found = await told(client, made["id"])
    planned = found.planned() | {one["title"]: one for one in found.plan["actions"]}
    answers: dict[str, set[str]] = {title: set() for title in bodies}
    for gap in (*found.gaps, *found.openings):
        for which in gap["action_ids"]:
            answers[ids[which]].add(gap["id"])
    assert {title: set(planned[title]["gap_ids"]) for title in bodies} == answers
    (question,) = found.of("unanswered_question")
    (opening,) = found.openings
    assert opening["priority"] == pytest.approx(60 * opening["confidence"] / 4)
    assert planned["opening"]["priority"] == opening["priority"]
    worth = question["severity"] * question["confidence"] / 5
    assert planned["item"]["priority"] == question["priority"] == pytest.approx(worth)
    assert (planned["nothing"]["confidence"], planned["nothing"]["priority"]) == (1, 3)
    assert planned["target"]["reason"] == "no_impact"
    assert planned["named"]["reason"] == "no_effort"
    judged = {"status": "dismissed", "reason": "By design"}
    path = f"/v1/gaps/{question['id']}"
    assert (await client.patch(path, json=judged)).is_success
    item = (await told(client, made["id"])).planned()["item"]
    assert (item["gap_ids"], item["priority"]) == ([], None)


async def test_gaps_keep_the_day_of_the_workspace(client: Client, made: Json) -> None:
    """As reviews and staleness do: where it is another day than in UTC, 180 days are over then."""
    now = datetime.now(UTC)
    ahead = now.hour >= 11
    zone, days = ("Pacific/Kiritimati", 180) if ahead else ("Pacific/Pago_Pago", 181)
    call = steps(made)["call"]
    seen = {"observed_on": (now.date() - timedelta(days=days)).isoformat(), "text": "So it was."}
    for kind, department in (("analytical", "sales"), ("anecdotal", "service")):
        whose = {"kind": kind, "department": department, "source_kind": "interview"}
        await client.made("/v1/evidence", {**whose, **seen, "targets": [{"step_id": call}]})

    async def stale() -> bool:
        found = (await told(client, made["id"])).of("evidence")
        return "evidence_stale_step" in {gap["explanation"]["code"] for gap in found}

    assert await stale() is not ahead
    assert (await client.patch("/v1/settings", json={"time_zone": zone})).is_success
    assert await stale() is ahead


async def test_an_attribute_is_supported_by_what_names_it(client: Client, made: Json) -> None:
    members = {"attributes": {"age_range": "30-39", "income": "high", "hobby": "sailing"}}
    ann = await client.made("/v1/personas", {"name": "Ann", **members})
    whose = {"persona_ids": [ann["id"]]}
    assert (await client.patch(f"/v1/journeys/{made['id']}", json=whose)).is_success
    call = {"step_id": steps(made)["call"]}

    async def found(kind: str, *targets: Json, **more: Any) -> None:
        whose = {"kind": kind, "source_kind": "interview", "text": "So it was."}
        await client.made("/v1/evidence", {**whose, "targets": [*targets], **more})

    async def lacking() -> tuple[str, list[str]]:
        evidence = (await told(client, made["id"])).of("evidence")
        (one,) = (g["explanation"] for g in evidence if "persona" in g["explanation"]["values"])
        return one["code"], one["values"]["attributes"]

    age, whole = {"persona_id": ann["id"], "attribute": "age"}, {"persona_id": ann["id"]}
    await found("anecdotal", whole)
    await found("anecdotal", age, call, status="assumption")
    await found("analytical", {**age, "attribute": "income"}, call, weight=0)
    assert await lacking() == ("evidence_none_persona", ["age_range", "hobby", "income"])
    of_map = (await told(client, made["id"])).coverage["evidence"]
    assert call["step_id"] in {one["step_id"] for one in of_map["steps_without"]}
    await found("anecdotal", age)
    assert await lacking() == ("evidence_none_persona", ["hobby", "income"])


async def test_an_action_that_names_a_gap_alone_is_planned_where_the_gap_is(client: Client) -> None:
    whole = await client.made("/v1/journeys", journey(2, 2))
    found = (await client.got(f"/v1/journeys/{whole['id']}/gaps"))["items"]
    gap = next(one for one in found if one["stage_id"])
    body = {"title": "Mend it", "effort": 2, "gap_ids": [gap["id"]], "status": "planned"}
    made = await client.made("/v1/actions", body)
    plan = await client.got(f"/v1/journeys/{whole['id']}/plan")
    there = {stage["stage_id"]: stage["actions"] for stage in plan["stages"]}
    (planned,) = there.pop(gap["stage_id"])
    assert (planned["action_id"], planned["gap_ids"]) == (made["id"], [gap["id"]])
    assert not any(there.values()) and plan["actions"] == []
    other = await client.made("/v1/journeys", journey(1, 1))
    assert "Mend it" not in str(await client.got(f"/v1/journeys/{other['id']}/plan"))
