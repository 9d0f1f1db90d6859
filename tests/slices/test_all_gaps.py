"""Gaps of all maps, over HTTP, and what it takes to read them."""

import pytest

from service.database import Database
from service.domain.work import Caller
from tests.make import Client, journey, pointers
from tests.slices.gap_rows import Rows
from tests.slices.test_gaps import NOBODY, body


@pytest.fixture
def rows(database: Database, workspace: Caller) -> Rows:
    return Rows(database, workspace)


async def test_who_owns_the_worst_handoffs_is_told_over_all_maps(client: Client) -> None:
    assert (await client.got("/v1/gaps"))["items"] == []
    first = await client.made("/v1/journeys", body())
    calm = body(title="Calm")
    calm["stages"][0]["steps"][1] |= {"emotion": 2, "department": "desk"}
    second = await client.made("/v1/journeys", calm)
    found = await client.got("/v1/gaps", params={"kind": "department_handoff"})
    assert [gap["journey_id"] for gap in found["items"]] == [first["id"], second["id"]]
    told = [(one["department"], one["handoffs"]) for one in found["by_department"]]
    assert told == [("service", 2), ("sales", 1), ("desk", 1)]
    assert found["by_department"][0]["worst"] == found["items"][0]["severity"]


async def test_the_gaps_of_a_profile_are_those_of_its_personas_journeys(client: Client) -> None:
    wide = await client.made("/v1/profiles", {"name": "Savers"})
    own = await client.made("/v1/profiles", {"name": "Old savers", "parent_id": wide["id"]})
    ann = await client.made("/v1/personas", {"name": "Ann", "profile_id": own["id"]})
    made = await client.made("/v1/journeys", body(persona_ids=[ann["id"]]))
    await client.made("/v1/journeys", body(title="Of nobody"))
    for profile in (wide, own):
        found = await client.got("/v1/gaps", params={"profile_id": profile["id"]})
        assert {gap["journey_id"] for gap in found["items"]} == {made["id"]}
    other = await client.made("/v1/profiles", {"name": "Others"})
    assert (await client.got("/v1/gaps", params={"profile_id": other["id"]}))["total"] == 0
    answer = await client.get("/v1/gaps", params={"profile_id": NOBODY})
    assert (answer.status_code, pointers(answer)) == (422, {"/query/profile_id"})


async def test_many_maps_take_as_many_statements_as_one(client: Client, rows: Rows) -> None:
    async def statements(path: str) -> int:
        before = await client.statements()
        await client.got(path)
        return await client.statements() - before

    made = await client.made("/v1/journeys", journey(7, 5))
    steps = [step["id"] for stage in made["stages"] for step in stage["steps"]]
    profile = await client.made("/v1/profiles", {"name": "Savers"})
    ann = await client.made("/v1/personas", {"name": "Ann", "profile_id": profile["id"]})
    other = await client.made("/v1/profiles", {"name": "Others"})
    await client.patch(f"/v1/journeys/{made['id']}", json={"persona_ids": [ann["id"]]})
    for n in range(100):
        at = {"journey_id": made["id"], "step_id": steps[n % len(steps)]}
        await rows.finding(at, profile_id=other["id"])
    path = f"/v1/journeys/{made['id']}/gaps"
    assert await statements(path) <= 4
    few = await statements("/v1/gaps")
    for n in range(30):
        await client.made("/v1/journeys", journey(2, 2, title=f"Map {n}"))
    assert await statements("/v1/gaps") == few <= 4
    assert await statements(path) <= 4
