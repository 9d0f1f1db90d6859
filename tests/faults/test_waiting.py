"""Who had to wait for another's change of the same map answers what is there after both."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import asyncpg
import httpx
import pytest

from service.settings import Settings
from tests.faults.writers import assert_consistent, steps_of
from tests.make import Client, journey, pointers

HELD = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND locktype = 'transactionid'
      AND transactionid = pg_current_xact_id()::xid
"""
RAISED = "UPDATE waypost.{} SET version = version + 1, updated_at = now() WHERE id = $1"


class Other:
    """Another writer, in mid-transaction, who holds a map's row and so keeps others waiting."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def holds(self, made: dict[str, Any]) -> None:
        self.transaction = self.connection.transaction()
        await self.transaction.start()
        await self.changes("journeys", made)

    async def changes(self, table: str, row: dict[str, Any], **columns: Any) -> None:
        """Set columns of a row, as any writer raising its version."""
        await self.connection.execute(RAISED.format(table), row["id"])
        for name, value in columns.items():
            sql = f"UPDATE waypost.{table} SET {name} = $2 WHERE id = $1"
            await self.connection.execute(sql, row["id"], value)

    async def keeps_waiting(self, task: asyncio.Task[httpx.Response]) -> None:
        """Until the database says that somebody waits for this transaction."""
        while not await self.connection.fetchval(HELD):
            assert not task.done(), "it did not wait"
            await asyncio.sleep(0.01)

    async def ends(self) -> None:
        await self.transaction.commit()


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Other]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield Other(connection)
    await connection.close()


async def met(other: Other, step: dict[str, Any], touchpoint: dict[str, Any]) -> None:
    """Another ties a touchpoint to a step."""
    await other.connection.execute(
        "INSERT INTO waypost.step_touchpoints "
        "(workspace_id, step_id, journey_id, touchpoint_id, position) "
        "SELECT workspace_id, id, journey_id, $2, 0 FROM waypost.steps WHERE id = $1",
        step["id"],
        touchpoint["id"],
    )


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("steps", {"emotion": 2}),
        ("steps", {"after": None}),
        ("stages", {"name": "Ours"}),
        ("stages", {"steps": [{"key": "step-0-1", "action": "Ours"}]}),
        ("transitions", {"probability": 0.5}),
        ("journeys", {"title": "Ours"}),
        ("journeys", {"persona_ids": []}),
    ],
)
async def test_a_patch_that_waited_answers_what_is_there_after_both(
    client: Client, other: Other, kind: str, patch: dict[str, Any]
) -> None:
    touchpoint = await client.made("/v1/touchpoints", {"name": "Branch"})
    made = await client.made("/v1/journeys", journey(1, 2))
    (stage,) = made["stages"]
    step, last = stage["steps"]
    which = {
        "steps": step,
        "stages": stage,
        "transitions": made["transitions"][0],
        "journeys": made,
    }[kind]
    path = f"/v1/{kind}/{which['id']}"
    await other.holds(made)
    patching = asyncio.create_task(client.patch(path, json=patch))
    await other.keeps_waiting(patching)
    await other.changes("stages", stage, description="Theirs")
    await other.changes("steps", step, action="Theirs", key="theirs")
    await other.changes("steps", last, action="Theirs too")
    await met(other, step, touchpoint)
    await other.ends()
    answer = await patching
    assert answer.status_code == 200, answer.text
    assert answer.json() == await client.got(path)
    assert "Theirs" in answer.text or kind == "transitions" or "steps" in patch
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'


async def waited(
    client: Client, other: Other, made: dict[str, Any], sent: dict[str, Any]
) -> httpx.Response:
    """POST a step that must wait for another's, who puts one of the same key before it."""
    stage = made["stages"][0]
    await other.holds(made)
    posting = asyncio.create_task(client.post(f"/v1/stages/{stage['id']}/steps", json=sent))
    await other.keeps_waiting(posting)
    await other.connection.execute(
        "INSERT INTO waypost.steps (workspace_id, id, created_at, updated_at, journey_id, stage_id,"
        " position, key, action) SELECT workspace_id, gen_random_uuid(), now(), now(), journey_id,"
        " id, 7, 'asks-again', 'Asks again' FROM waypost.stages WHERE id = $1",
        stage["id"],
    )
    await other.ends()
    return await posting


@pytest.mark.parametrize("placed", [{}, {"after": None}])
async def test_a_step_that_waited_has_a_key_and_a_place_of_its_own(
    client: Client, other: Other, placed: dict[str, None]
) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    answer = await waited(client, other, made, {"action": "Asks again", **placed})
    assert answer.status_code == 201, answer.text
    step = answer.json()
    assert step == await client.got(f"/v1/steps/{step['id']}")
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert_consistent(now)
    theirs = ["step-0-0", "step-0-1", "asks-again"]
    order = ["asks-again-2", *theirs] if placed else [*theirs, "asks-again-2"]
    assert [s["key"] for s in steps_of(now)] == order
    assert [(e["from"], e["to"]) for e in now["transitions"]] == list(pairwise(order))


async def test_a_key_that_another_took_meanwhile_is_refused(client: Client, other: Other) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    answer = await waited(client, other, made, {"action": "Ours", "key": "asks-again"})
    assert (answer.status_code, pointers(answer)) == (409, {"/key"})


async def test_of_two_maps_that_nest_each_other_at_once_one_is_refused(client: Client) -> None:
    for n in range(8):
        one, two = [
            await client.made("/v1/journeys", journey(1, 1, title=f"{n}.{m}")) for m in (1, 2)
        ]
        answers = await asyncio.gather(
            *(
                client.patch(
                    f"/v1/steps/{steps_of(outer)[0]['id']}", json={"journey_id": inner["id"]}
                )
                for outer, inner in ((one, two), (two, one))
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]
        (no,) = (answer for answer in answers if answer.status_code == 422)
        assert ([e["code"] for e in no.json()["errors"]], pointers(no)) == (
            ["circular"],
            {"/journey_id"},
        )


async def test_of_two_maps_sent_whole_that_nest_each_other_at_once_one_is_refused(
    client: Client,
) -> None:
    for n in range(8):
        one, two = [
            await client.made("/v1/journeys", journey(1, 1, title=f"{n}.{m}")) for m in (1, 2)
        ]
        for outer, inner in ((one, two), (two, one)):
            steps_of(outer)[0]["journey_id"] = inner["id"]
        answers = await asyncio.gather(
            *(client.put(f"/v1/journeys/{each['id']}", json=each) for each in (one, two))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 422]


async def a_gap(client: Client) -> dict[str, Any]:
    made = await client.made("/v1/journeys", journey(2, 2))
    found: dict[str, Any] = (await client.got(f"/v1/journeys/{made['id']}/gaps"))["items"][0]
    return found


async def judging(
    client: Client, other: Other, gap: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any]
) -> httpx.Response:
    """Judge a gap while another's judgement of it is not yet committed."""
    other.transaction = other.connection.transaction()
    await other.transaction.start()
    await other.connection.execute(
        "INSERT INTO waypost.gap_states (workspace_id, id, created_at, updated_at, journey_id,"
        " status, reason) SELECT workspace_id, $2, now(), now(), id, $3, $4"
        " FROM waypost.journeys WHERE id = $1 ON CONFLICT (workspace_id, id) DO UPDATE"
        " SET status = excluded.status, reason = excluded.reason,"
        " version = gap_states.version + 1",
        gap["journey_id"],
        gap["id"],
        theirs["status"],
        theirs["reason"],
    )
    patching = asyncio.create_task(client.patch(f"/v1/gaps/{gap['id']}", json=ours))
    await other.keeps_waiting(patching)
    await other.ends()
    return await patching


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"status": "accepted", "reason": None}, {"reason": "By design"}),
        ({"status": "open", "reason": "By design"}, {"status": "accepted"}),
    ],
)
async def test_of_two_judgements_of_a_gap_at_once_both_are_kept(
    client: Client, other: Other, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    gap = await a_gap(client)
    answer = await judging(client, other, gap, theirs, ours)
    assert answer.status_code == 200, answer.text
    kept = await client.got(f"/v1/gaps/{gap['id']}")
    assert answer.json() == kept
    assert (kept["status"], kept["reason"]) == ("accepted", "By design")
    assert answer.headers["etag"] == f'"{kept["version"]}"'


async def test_a_gap_that_another_dismisses_meanwhile_keeps_its_reason(
    client: Client, other: Other
) -> None:
    gap = await a_gap(client)
    await client.patch(f"/v1/gaps/{gap['id']}", json={"status": "accepted", "reason": "Once"})
    theirs = {"status": "dismissed", "reason": "By design"}
    answer = await judging(client, other, gap, theirs, {"reason": None})
    assert (answer.status_code, pointers(answer)) == (422, {"/reason"})
    kept = await client.got(f"/v1/gaps/{gap['id']}")
    assert (kept["status"], kept["reason"]) == ("dismissed", "By design")
