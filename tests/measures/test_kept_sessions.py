"""Sessions that are kept are those of the events themselves, whatever happens."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from service import folding
from service.database import Database
from service.domain import histories
from service.domain.histories import Asked, Range
from service.domain.histories.sessions.writes import STRAYS
from service.domain.ids import new_id
from service.domain.measures.asking import named
from service.domain.preferences import PAGE_VIEWS
from service.domain.work import Caller
from tests.make import Client
from tests.measures.counts import QUARTER, SECOND, midnight
from tests.measures.sittings import Sitters, compared, in_cells, looped, ranges
from tests.measures.streams import DAY


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_kept_sessions_are_those_of_the_events(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    world = Sitters(client, database, workspace, seed)
    every = ranges(world.noon)
    await world.sends()
    await world.catches_up()
    for _ in range(40):
        await world.goes_on()
        if world.random.random() < 0.3:
            await world.catches_up()
        some = world.random.sample(every, 3)
        await compared(database, workspace, world.noon, world.timeout, *some)
    await world.catches_up()
    await compared(database, workspace, world.noon, world.timeout, *every)
    await world.is_dropped()
    await world.catches_up()
    assert await compared(database, workspace, world.noon, world.timeout, *every) > 0


async def _sent(client: Client, user: str, *times: datetime) -> None:
    batch = [
        {"type": "track", "event": "page", "userId": user, "timestamp": one.isoformat()}
        | {"messageId": str(new_id())}
        for one in times
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch)


async def test_whoever_nobody_knew_is_counted_as_one_once_somebody_has_their_names(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    noon = midnight()
    for user in ("x", "y"):
        await _sent(client, user, noon, noon + 4 * QUARTER)
    await owner.execute(
        "DELETE FROM waypost.contacts WHERE workspace_id = $1", workspace.workspace_id
    )
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, noon, 1_800, *ranges(noon)) == 4
    names = [{"source": "user_id", "value": user} for user in ("x", "y")]
    await client.made("/v1/contacts", {"identifiers": names})
    for _ in range(2):
        assert await compared(database, workspace, noon, 1_800, *ranges(noon)) == 2
        await folding.folded(database, workspace.workspace_id)


async def test_a_session_longer_than_what_is_looked_at_first_is_whole(
    client: Client, workspace: Caller, database: Database
) -> None:
    noon = midnight()
    times = [noon + n * 1.2 * QUARTER for n in range(120)]
    gaps = {30, 60, 61, 90}
    await _sent(client, "x", *(one for n, one in enumerate(times) if n not in gaps))
    await folding.folded(database, workspace.workspace_id)
    every = [*ranges(noon), Range(noon + 10 * QUARTER + SECOND, noon + 40 * QUARTER - SECOND)]
    for n in (61, 30, 60, 90):
        await _sent(client, "x", times[n])
        assert await compared(database, workspace, noon, 1_800, *every)
        await folding.folded(database, workspace.workspace_id)
        assert await compared(database, workspace, noon, 1_800, *every)


async def test_of_what_is_to_go_nothing_is_counted_before_it_goes(
    client: Client, workspace: Caller, database: Database
) -> None:
    old = datetime.now(UTC) - 3 * DAY
    minutes = (-70, -50, -25, -5, 15, 60)
    await _sent(client, "x", *(old + timedelta(minutes=n) for n in minutes))
    await folding.folded(database, workspace.workspace_id)
    assert (await client.patch("/v1/settings", json={"retention_days": 3})).is_success
    async with database.write(workspace) as work:
        told = await histories.session_sums(work, Range(), 1_800)
        assert told is not None
        found = await histories.histories(work, Asked(selections=[named(PAGE_VIEWS)]))
        assert told.sums.tolist() == in_cells(looped(found, 1_800), Range(), [])
        # Of the first session one event is left.
        assert told.sums[0, :2].tolist() == [2, 2]


async def test_what_is_not_counted_tells_nothing(
    client: Client, workspace: Caller, database: Database
) -> None:
    async def told(seconds: int = 1_800, cuts: tuple[int, ...] = ()) -> bool:
        async with database.write(workspace) as work:
            return await histories.session_sums(work, Range(), seconds, cuts) is not None

    await _sent(client, "x", midnight())
    assert not await told()
    await folding.folded(database, workspace.workspace_id)
    assert await told()
    assert not await told(60)
    # A zone whose clocks are not set by minutes.
    assert not await told(cuts=(1_000_000,))
    purposes = (await client.got("/v1/consent-purposes"))["items"]
    (one,) = (one for one in purposes if one["key"] == "analytics")
    path = f"/v1/consent-purposes/{one['id']}"
    assert (await client.patch(path, json={"legal_basis": "consent"})).is_success
    assert not await told()


async def test_sessions_are_exact_while_others_send_and_fold(
    client: Client, workspace: Caller, database: Database
) -> None:
    over, noon = asyncio.Event(), midnight()

    async def folds() -> None:
        while not over.is_set():
            await folding.folded(database, workspace.workspace_id)

    async def sends() -> None:
        for n in range(12):
            await asyncio.gather(
                *(_sent(client, f"u{k}", noon + 3 * n * QUARTER) for k in range(5))
            )
        over.set()

    async def asks_on() -> None:
        before = 0
        while not over.is_set():
            async with database.write(workspace) as work:
                found = await histories.session_sums(work, Range(), 1_800)
            if found is not None:
                assert before <= (before := int(found.sums[0, 0])) <= 60

    await asyncio.gather(sends(), folds(), folds(), asks_on())
    await folding.folded(database, workspace.workspace_id)
    assert await compared(database, workspace, noon, 1_800, *ranges(noon)) == 60


async def test_nobodys_events_are_looked_for_among_all_that_came(
    workspace: Caller, database: Database
) -> None:
    # What the planner believes goes by all workspaces of the database: where most are small it took
    # the order of arrival, and folding twenty thousand people never ended.
    given = {"since": 0, "upto": 2**62, "most": 50_000, "most_read": 50_000, "reach": 14_400}
    async with database.write(workspace) as work:
        asked = {"workspace_id": workspace.workspace_id, "whole": [], **given}
        plan = await work.connection.fetch(f"EXPLAIN {STRAYS.sql}", *STRAYS.arguments(asked))
    lines = [row[0] for row in plan]
    theirs = next(n for n, line in enumerate(lines) if "whose_" in line and "Index Cond" in line)
    conditions = [line for line in lines[theirs - 3 :] if "Index Cond" in line]
    assert conditions
    assert not any("arrival <" in line for line in conditions)
