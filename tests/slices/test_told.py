"""What the world and the audit trail are told of a map: every part that comes, changes or goes."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.make import Client, journey

Told = set[tuple[str, str, int]]
TELLS = """
    SELECT kind, resource_id::text, version, whole_id::text FROM waypost.outbox
    WHERE whole_id = $1 ORDER BY xid, id
"""


class Outbox:
    """What was told of one map since one looked last."""

    def __init__(self, owner: asyncpg.Connection, journey_id: str) -> None:
        self.owner = owner
        self.journey_id = journey_id
        self.seen: list[tuple[Any, ...]] = []

    async def news(self) -> list[tuple[str, str, int]]:
        rows = [tuple(row) for row in await self.owner.fetch(TELLS, self.journey_id)]
        fresh = list(rows)
        for row in self.seen:
            fresh.remove(row)
        self.seen = rows
        return [row[:3] for row in fresh]


def of(kind: str, what: str, rows: list[dict[str, Any]]) -> Told:
    return {(f"{kind}.{what}", row["id"], row["version"]) for row in rows}


async def test_a_deleted_stage_tells_its_steps_and_their_transitions(
    client: Client, owner: asyncpg.Connection
) -> None:
    edge = {"from": "step-1-0", "to": "step-0-0", "kind": "return"}
    apart = {"from": "step-0-0", "to": "step-0-1", "kind": "detour"}
    made = await client.made("/v1/journeys", journey(3, 2, transitions=[edge, apart]))
    outbox = Outbox(owner, made["id"])
    await outbox.news()
    stage = made["stages"][1]
    await client.delete(f"/v1/stages/{stage['id']}")
    news = await outbox.news()
    assert len(set(news)) == len(news)
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert set(news) == of("stage", "deleted", [stage]) | of(
        "step", "deleted", stage["steps"]
    ) | of("transition", "deleted", made["transitions"][:1]) | of("journey", "updated", [now])


async def test_a_deleted_map_tells_all_its_parts(client: Client, owner: asyncpg.Connection) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    outbox = Outbox(owner, made["id"])
    await outbox.news()
    await client.delete(f"/v1/journeys/{made['id']}")
    news = await outbox.news()
    assert len(set(news)) == len(news)
    assert set(news) == of("journey", "deleted", [made]) | of(
        "stage", "deleted", made["stages"]
    ) | of("step", "deleted", [s for stage in made["stages"] for s in stage["steps"]]) | of(
        "transition", "deleted", made["transitions"]
    )


async def test_ties_that_follow_the_order_are_told(
    client: Client, owner: asyncpg.Connection
) -> None:
    made = await client.made("/v1/journeys", journey(1, 3))
    outbox = Outbox(owner, made["id"])
    await outbox.news()
    first, _, third = made["stages"][0]["steps"]
    before = made["transitions"]

    async def now() -> dict[str, Any]:
        return await client.got(f"/v1/journeys/{made['id']}")

    def changed(was: list[dict[str, Any]], now: list[dict[str, Any]]) -> Told:
        olds, news = ({edge["id"] for edge in edges} for edges in (was, now))
        gone = [edge for edge in was if edge["id"] not in news]
        made = [edge for edge in now if edge["id"] not in olds]
        return of("transition", "deleted", gone) | of("transition", "created", made)

    await client.patch(f"/v1/steps/{third['id']}", json={"after": first["id"]})
    after = await now()
    told = {row for row in await outbox.news() if row[0].startswith("transition")}
    assert told == changed(before, after["transitions"])
    assert len(told) == 4, "first-second and second-third went, first-third and third-second came"
    await client.delete(f"/v1/steps/{third['id']}")
    last = await now()
    told = {row for row in await outbox.news() if row[0].startswith("transition")}
    assert told == changed(after["transitions"], last["transitions"])
    await client.made(f"/v1/stages/{made['stages'][0]['id']}/steps", {"action": "At the end"})
    told = {row for row in await outbox.news() if row[0].startswith("transition")}
    assert told == changed(last["transitions"], (await now())["transitions"])


Write = Callable[[Client, dict[str, Any]], Awaitable[Any]]
STRUCTURAL: dict[str, Write] = {
    "a step at the end": lambda client, made: client.post(
        f"/v1/stages/{made['stages'][0]['id']}/steps", json={"action": "More"}
    ),
    "a step at the front": lambda client, made: client.post(
        f"/v1/stages/{made['stages'][0]['id']}/steps", json={"action": "More", "after": None}
    ),
    "a step moved": lambda client, made: client.patch(
        f"/v1/steps/{made['stages'][0]['steps'][1]['id']}", json={"after": None}
    ),
    "a step deleted": lambda client, made: client.delete(
        f"/v1/steps/{made['stages'][0]['steps'][1]['id']}"
    ),
    "a stage": lambda client, made: client.post(
        f"/v1/journeys/{made['id']}/stages", json={"name": "More"}
    ),
    "a stage with steps": lambda client, made: client.post(
        f"/v1/journeys/{made['id']}/stages", json={"name": "More", "steps": [{"action": "One"}]}
    ),
    "a stage moved": lambda client, made: client.patch(
        f"/v1/stages/{made['stages'][1]['id']}", json={"after": None}
    ),
    "a stage's steps": lambda client, made: client.patch(
        f"/v1/stages/{made['stages'][1]['id']}", json={"steps": [{"action": "One"}]}
    ),
    "a stage deleted": lambda client, made: client.delete(f"/v1/stages/{made['stages'][1]['id']}"),
    "a transition": lambda client, made: client.post(
        f"/v1/journeys/{made['id']}/transitions",
        json={"from": "step-0-0", "to": "step-1-1", "kind": "detour"},
    ),
    "a transition changed": lambda client, made: client.patch(
        f"/v1/transitions/{made['transitions'][0]['id']}", json={"probability": 0.5}
    ),
    "a transition deleted": lambda client, made: client.delete(
        f"/v1/transitions/{made['transitions'][0]['id']}"
    ),
    "the whole": lambda client, made: client.patch(
        f"/v1/journeys/{made['id']}", json={"stages": made["stages"][1:]}
    ),
}


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("what", STRUCTURAL)
async def test_whatever_changes_a_maps_structure_tells_the_map_as_it_then_is(
    client: Client, owner: asyncpg.Connection, what: str, tied: bool
) -> None:
    edge = {"from": "step-0-0", "to": "step-1-1", "kind": "alternative"}
    made = await client.made("/v1/journeys", journey(2, 2, transitions=None if tied else [edge]))
    outbox = Outbox(owner, made["id"])
    await outbox.news()
    answer = await STRUCTURAL[what](client, made)
    assert answer.status_code < 300, answer.text
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert now["version"] > made["version"]
    news = await outbox.news()
    assert [row for row in news if row[0].startswith("journey")] == [
        ("journey.updated", made["id"], now["version"])
    ]
    assert len(news) > 1


async def test_a_change_of_a_parts_own_members_names_the_map(
    client: Client, owner: asyncpg.Connection
) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    outbox = Outbox(owner, made["id"])
    await outbox.news()
    step, stage = made["stages"][0]["steps"][0], made["stages"][0]
    await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 2})
    await client.patch(f"/v1/stages/{stage['id']}", json={"name": "Other"})
    assert await outbox.news() == [
        ("step.updated", step["id"], 2),
        ("stage.updated", stage["id"], 3),
    ]


async def test_an_empty_patch_of_a_transition_changes_nothing(
    client: Client, owner: asyncpg.Connection
) -> None:
    made = await client.made("/v1/journeys", journey(1, 3))
    edge = made["transitions"][0]
    outbox = Outbox(owner, made["id"])
    await outbox.news()
    path = f"/v1/transitions/{edge['id']}"
    answer = await client.patch(path, json={})
    assert (answer.json(), answer.headers["etag"]) == (edge, '"1"')
    stale = await client.patch(path, json={}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert await client.got(f"/v1/journeys/{made['id']}") == made
    assert await outbox.news() == []
    await client.made(f"/v1/stages/{made['stages'][0]['id']}/steps", {"action": "Still tied"})
    assert len((await client.got(f"/v1/journeys/{made['id']}"))["transitions"]) == 3


async def test_who_lets_go_leaves_an_audit_row_for_each_user(
    client: Client, owner: asyncpg.Connection
) -> None:
    wide = await client.made("/v1/profiles", {"name": "Savers"})
    narrow = await client.made("/v1/profiles", {"name": "Young", "parent_id": wide["id"]})
    persona = await client.made("/v1/personas", {"name": "Ann", "profile_id": wide["id"]})
    touchpoint = await client.made("/v1/touchpoints", {"name": "Branch"})
    now = await client.made("/v1/journeys", {"title": "As it is"})
    body = journey(1, 2, persona_ids=[persona["id"]], as_is_id=now["id"])
    body["next_journey_ids"] = [now["id"]]
    first, second = body["stages"][0]["steps"]
    first |= {"touchpoints": [{"key": "branch"}], "journey_id": now["id"]}
    second |= {"emotions": [{"persona_id": persona["id"], "rating": 1}]}
    made = await client.made("/v1/journeys", body)
    step, other = (step["id"] for step in made["stages"][0]["steps"])
    person = {"Waypost-Actor": "Ann <ann@example.org>", "X-Request-Id": "letting-go"}
    for kind, used, changed in (
        ("touchpoints", touchpoint, {(step, "step", "touchpoints")}),
        (
            "personas",
            persona,
            {(other, "step", "emotions"), (made["id"], "journey", "persona_ids")},
        ),
        ("profiles", wide, {(narrow["id"], "profile", "parent_id")}),
        (
            "journeys",
            now,
            {
                (step, "step", "journey_id"),
                (made["id"], "journey", "as_is_id"),
                (made["id"], "journey", "next_journey_ids"),
            },
        ),
    ):
        path = f"/v1/{kind}/{used['id']}?dependents=detach"
        assert (await client.delete(path, headers=person)).status_code == 204
        rows = await owner.fetch(
            "SELECT resource_id::text, kind, person, request_id, changed, version "
            "FROM waypost.audit WHERE changed->>'detached' = $1",
            used["id"],
        )
        told = {
            (row["resource_id"], row["kind"].removesuffix(".updated"), member)
            for row in rows
            for member in json.loads(row["changed"])["members"]
        }
        assert told == changed
        assert {(row["person"], row["request_id"]) for row in rows} == {
            ("Ann <ann@example.org>", "letting-go")
        }
    found = await client.got(f"/v1/steps/{step}")
    versions = await owner.fetch(
        "SELECT version FROM waypost.audit WHERE resource_id = $1 ORDER BY version", step
    )
    assert [row["version"] for row in versions] == [2, found["version"]]
