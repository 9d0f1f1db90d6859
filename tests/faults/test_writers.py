"""Many at once on one map: nobody fails for it, nothing is lost, and the map stays a map."""

import asyncio
import json
from collections import Counter
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from service import telemetry
from service.api.edge import EdgeOf
from service.database import Database
from service.domain.errors import Unavailable
from service.domain.statements import Statement
from service.domain.work import Caller, Work
from service.settings import Settings
from tests.faults.writers import Map, Writer, assert_consistent, ids, steps_of
from tests.make import Client, journey

WRITERS, CHANGES = 32, 6
HOLD = Statement(text("SELECT pg_advisory_xact_lock(CAST(:lock AS bigint))"))
REFUSED = {404, 409, 412, 422}
"""What may befall who writes what another has just changed or removed."""


async def watch(client: Client, path: str, seen: dict[int, Map]) -> None:
    """Read the map again and again: versions grow, and a version is always the same map."""
    last = 0
    while True:
        found = await client.got(path)
        assert found["version"] >= last
        last = found["version"]
        assert seen.setdefault(last, found) == found
        assert_consistent(found)


@pytest.fixture
async def path(client: Client) -> str:
    """A map with touchpoints met and personas rated, somewhat as people draw them."""
    touchpoints = [await client.made("/v1/touchpoints", {"name": f"T{n}"}) for n in range(4)]
    personas = [await client.made("/v1/personas", {"name": f"P{n}"}) for n in range(3)]
    body = journey(5, 3, persona_ids=ids(personas))
    for step, touchpoint in zip(steps_of(body), touchpoints * 4, strict=False):
        step["touchpoints"] = [{"touchpoint_id": touchpoint["id"]}]
        step["emotions"] = [{"persona_id": which, "rating": 0.5} for which in ids(personas)]
    return f"/v1/journeys/{(await client.made('/v1/journeys', body))['id']}"


@pytest.mark.parametrize("seed", range(2))
async def test_many_writers_on_one_map_fail_for_no_other_reason_than_each_other(
    client: Client, path: str, settings: Settings, seed: int
) -> None:
    journey_id, seen = path.rpartition("/")[2], dict[int, Map]()
    statuses: Counter[int] = Counter()
    versions: list[int] = []

    async def write(name: str) -> None:
        writer = Writer(client, journey_id, name)
        for _ in range(CHANGES):
            answer = await writer.change()
            statuses[answer.status_code] += 1
            assert answer.status_code < 300 or answer.status_code in REFUSED, answer.text
            if answer.url.path == path and answer.status_code == 200:
                versions.append(answer.json()["version"])

    watching = asyncio.create_task(watch(client, path, seen))
    await asyncio.gather(*(write(f"{seed}.{n}") for n in range(WRITERS)))
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert_consistent(await client.got(path))
    assert len(set(versions)) == len(versions)
    assert sum(count for status, count in statuses.items() if status < 300) > WRITERS * CHANGES / 2
    await assert_ordered(settings, path)


DISORDER = """
    SELECT journey_id FROM waypost.stages WHERE journey_id = $1
    GROUP BY journey_id, position HAVING count(*) > 1
    UNION ALL
    SELECT stage_id FROM waypost.steps WHERE journey_id = $1
    GROUP BY stage_id, position HAVING count(*) > 1
    UNION ALL
    SELECT steps.id FROM waypost.steps JOIN waypost.stages ON stages.id = stage_id
    WHERE stages.journey_id <> steps.journey_id AND $1 IN (stages.journey_id, steps.journey_id)
"""
"""Two stages of a map, or two steps of a stage, at the same place; steps of another map's stage."""


async def assert_ordered(settings: Settings, path: str) -> None:
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        assert not await owner.fetch(DISORDER, path.rpartition("/")[2])
    finally:
        await owner.close()


async def test_of_many_who_change_the_same_version_one_succeeds(client: Client, path: str) -> None:
    seen = await client.got(path)
    headers = {"If-Match": f'"{seen["version"]}"'}
    bodies = [{"title": f"Title {n}"} for n in range(WRITERS)]
    answers = await asyncio.gather(*(client.patch(path, json=b, headers=headers) for b in bodies))
    assert Counter(a.status_code for a in answers) == {200: 1, 412: WRITERS - 1}
    (won,) = (body for body, a in zip(bodies, answers, strict=True) if a.status_code == 200)
    after = await client.got(path)
    assert (after["title"], after["version"]) == (won["title"], seen["version"] + 1)


async def test_of_many_who_add_a_step_all_are_in_one_order(client: Client, path: str) -> None:
    stage = (await client.got(path))["stages"][1]
    await asyncio.gather(
        *(
            client.made(f"/v1/stages/{stage['id']}/steps", {"action": f"Added {n}", "after": after})
            for n in range(WRITERS // 2)
            for after in (None, stage["steps"][0]["id"])
        )
    )
    seen = await client.got(path)
    assert_consistent(seen)
    assert len(seen["stages"][1]["steps"]) == WRITERS + 3
    edges = [(edge["from"], edge["to"]) for edge in seen["transitions"]]
    assert edges == list(pairwise(step["key"] for step in steps_of(seen)))


@pytest.mark.parametrize("kind", ["journeys", "touchpoints", "personas", "profiles"])
async def test_of_many_who_put_under_a_new_name_one_creates(client: Client, kind: str) -> None:
    path, label = f"/v1/{kind}/by-external-id/crm/42", "title" if kind == "journeys" else "name"
    bodies = [{label: f"Number {n}"} for n in range(WRITERS)]
    answers = await asyncio.gather(*(client.put(path, json=body) for body in bodies))
    assert Counter(a.status_code for a in answers) == {201: 1, 200: WRITERS - 1}
    assert len({a.json()["id"] for a in answers}) == 1
    assert {a.json()["version"] for a in answers} == set(range(1, WRITERS + 1))
    (only,) = (await client.got(f"/v1/{kind}"))["items"]
    assert only["version"] == WRITERS
    assert only["external_ids"] == [{"source": "crm", "id": "42"}]


async def test_of_many_tries_of_one_request_one_is_done(client: Client) -> None:
    body, headers = journey(2, 2), {"Idempotency-Key": "once"}
    sent = (client.post("/v1/journeys", json=body, headers=headers) for _ in range(WRITERS))
    answers = await asyncio.gather(*sent)
    assert {a.status_code for a in answers} <= {201, 409}
    made = {json.loads(a.text)["id"] for a in answers if a.status_code == 201}
    assert len(made) == 1
    assert ids((await client.got("/v1/journeys"))["items"]) == list(made)


@pytest.mark.parametrize("kind", ["touchpoints", "personas", "journeys"])
async def test_who_detaches_crosswise_meets_no_deadlock(client: Client, kind: str) -> None:
    """Every map uses every one of them; whoever lets one go writes all maps."""
    label = "title" if kind == "journeys" else "name"
    used = [(await client.made(f"/v1/{kind}", {label: f"Used {n}"}))["id"] for n in range(40)]
    for n in range(12):
        turned = used[n:] + used[:n]
        step: dict[str, Any] = {"action": "A"}
        body: dict[str, Any] = {"title": "Map", "stages": [{"name": "S", "steps": [step]}]}
        if kind == "touchpoints":
            step["touchpoints"] = [{"touchpoint_id": which} for which in turned]
        if kind == "personas":
            step["emotions"] = [{"persona_id": which, "rating": 1} for which in turned]
            body["persona_ids"] = turned
        if kind == "journeys":
            body["next_journey_ids"] = turned
        await client.made("/v1/journeys", body)
    if kind == "journeys":
        for which in used:
            await client.patch(f"/v1/journeys/{which}", json={"next_journey_ids": used})
    paths = [f"/v1/{kind}/{which}?dependents=detach" for which in used]
    before = telemetry.REPEATED_WORKS.collect()[0].samples[0].value
    answers = await asyncio.gather(*(client.delete(path) for path in paths))
    assert Counter(a.status_code for a in answers) == {204: len(paths)}
    assert telemetry.REPEATED_WORKS.collect()[0].samples[0].value == before


def edge_of(database: Database, workspace: Caller) -> EdgeOf:
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []})
    return EdgeOf(request, workspace, database)


async def test_works_that_deadlock_are_repeated_and_done(
    database: Database, workspace: Caller
) -> None:
    tries: Counter[tuple[int, int]] = Counter()
    both = asyncio.Barrier(2)

    async def hold(first: int, then: int) -> None:
        async def wanted(work: Work) -> None:
            tries[first, then] += 1
            await work.value(HOLD, lock=first)
            if tries[first, then] == 1:
                await both.wait()
            await work.value(HOLD, lock=then)

        edge = edge_of(database, workspace)
        answer = await edge.write(wanted, lambda _: Response(None, 204))
        assert answer.status_code == 204

    await asyncio.gather(hold(7, 8), hold(8, 7))
    assert sorted(tries.values()) == [1, 2]


async def test_a_work_that_loses_each_time_is_told_to_come_again(
    database: Database, workspace: Caller
) -> None:
    tries = 0

    async def wanted(work: Work) -> None:
        del work
        nonlocal tries
        tries += 1
        raise asyncpg.SerializationError("lost the race")

    with pytest.raises(Unavailable):
        await edge_of(database, workspace).write(wanted, lambda _: Response(None, 204))
    assert tries == 3
