"""Gaps where what events show of them takes too long: the map's own stay."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from service.database import Database
from service.domain import insights, patience
from service.domain.errors import TookTooLong
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Caller, Scope
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.followed import felt
from tests.measures.gap_lists import found
from tests.measures.test_gaps_without_events import passing
from tests.watched import Watched

Json = dict[str, Any]
HELD_UP = """
    SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
    WHERE usename = 'waypost_app' AND state = 'active' AND wait_event_type = 'Lock'
"""
FROM_EVENTS = {"drop_off", "delay", "detour", "unobserved"}
HERE = Statement(select(WORKSPACE.label("w")))
GivenUp = Callable[[Awaitable[Any]], Awaitable[Any]]


@pytest.fixture
async def made(client: Client) -> Json:
    """Forty of fifty went on, and of late ten of fifty, from a map whose step asks too much."""
    body = felt("abc", [1, -2, 1])
    body["stages"][0]["steps"][1]["form_fields"] = 40
    journey: Json = await client.made("/v1/journeys", body)
    await passing(client, 50, 40)
    await passing(client, 50, 10, later=50)
    return journey


@asynccontextmanager
async def held(owner: asyncpg.Connection) -> AsyncIterator[None]:
    """Somebody holds what everybody's events are read from."""
    async with owner.transaction():
        await owner.execute("LOCK TABLE waypost.event_folds IN ACCESS EXCLUSIVE MODE")
        yield


@pytest.fixture
async def given_up(postgres_url: str, owner: asyncpg.Connection) -> AsyncIterator[GivenUp]:
    """Answers as where the database gives a statement up by `statement_timeout`, sooner."""
    superuser = await asyncpg.connect(postgres_url)

    async def told(asking: Awaitable[Any]) -> Any:
        async with held(owner):
            task = asyncio.ensure_future(asking)
            while not task.done():
                await superuser.fetchval(HELD_UP)
                await asyncio.sleep(0.01)
            return await task

    yield told
    await superuser.close()


async def own_of(client: Client, made: Json) -> dict[str, str]:
    """The gaps that the map has of itself, and their kinds; there are others."""
    whole = await found(client, made["id"])
    kinds = {one["id"]: one["kind"] for one in whole["items"]}
    own = {which: kind for which, kind in kinds.items() if kind not in FROM_EVENTS}
    assert "effort" in own.values()
    assert "drop_off" in kinds.values()
    return own


async def test_events_that_take_too_long_take_no_gap_of_the_map_away(
    client: Client, made: Json, given_up: GivenUp
) -> None:
    own = await own_of(client, made)
    for path in (f"/v1/journeys/{made['id']}/gaps", "/v1/gaps"):
        late = await given_up(client.got(path, params={"limit": "200"}))
        told = {one["reason"] for one in late["excluded"]}
        assert {f"{kind}: took_too_long" for kind in {*FROM_EVENTS, "effort", "no_data"}} <= told
        assert own.keys() == {one["id"] for one in late["items"]}
        assert late["definition"]["mode"] == "static"
    query = "query($id: ID!) { journey(id: $id) { gaps { nodes { uuid } } } }"
    shown = await given_up(asked(client, query, id=made["id"]))
    assert own.keys() == {one["uuid"] for one in shown["journey"]["gaps"]["nodes"]}


async def test_a_gap_of_the_map_is_judged_all_the_same(
    client: Client, made: Json, given_up: GivenUp
) -> None:
    """In a transaction, which goes on."""
    own = await own_of(client, made)
    (effort,) = (which for which, kind in own.items() if kind == "effort")
    judged = await given_up(client.patch(f"/v1/gaps/{effort}", json={"status": "accepted"}))
    assert (judged.status_code, judged.json()["status"]) == (200, "accepted")


async def test_a_gap_that_could_not_be_looked_for_is_not_said_to_be_gone(
    client: Client, made: Json, given_up: GivenUp
) -> None:
    items = (await found(client, made["id"], kind="drop_off"))["items"]
    for path in {f"/v1/gaps/{one['id']}" for one in items}:
        for asking in (client.get(path), client.patch(path, json={"status": "accepted"})):
            answer = await given_up(asking)
            assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")


async def test_of_what_is_asked_for_it_is_told_what_to_narrow(
    client: Client, made: Json, given_up: GivenUp
) -> None:
    path = f"/v1/journeys/{made['id']}/gaps"
    for asked_for in ({"from": "2026-01-01T00:00:00Z"}, {"scan": "week"}):
        answer = await given_up(client.get(path, params=asked_for))
        assert (answer.status_code, answer.json()["code"]) == (503, "took_too_long")
        assert "`from`, `to`" in answer.json()["detail"]


async def test_what_nobody_asked_for_is_waited_for_a_while(
    database: Database, watched: Watched, made: Json, owner: asyncpg.Connection
) -> None:
    """Not for as long as a lock, or a statement, may take."""
    for opened in (database.read, database.analyse, database.write):
        async with held(owner), opened(_caller(watched)) as work:
            seen = await insights.seen_gaps(work, [UUID(made["id"])], 0.05)
            kinds = {one["kind"] for one in seen.gaps}
            assert seen.unlooked > FROM_EVENTS
            assert {"effort", "emotional_low"} < kinds - FROM_EVENTS == kinds
            assert await work.value(HERE) == watched.workspace


def _caller(watched: Watched) -> Caller:
    return Caller(watched.workspace, None, frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ}))


async def kept(client: Client) -> dict[str, str]:
    """The gaps that are open, and their kinds."""
    query = {"state": "open", "limit": "200"}
    items = (await client.got("/v1/gaps/history", params=query))["items"]
    return {one["gap_id"]: one["kind"] for one in items}


def of_events(gaps: dict[str, str]) -> set[str]:
    """Those that events alone show."""
    return {which for which, kind in gaps.items() if kind in FROM_EVENTS}


async def test_the_worker_leaves_as_it_was_what_it_could_not_look_for(
    client: Client, watched: Watched, made: Json, owner: asyncpg.Connection
) -> None:
    await watched.look()
    before = await kept(client)
    assert {"drop_off", "effort"} <= {*before.values()}
    step = made["stages"][0]["steps"][1]["id"]
    calm = {"form_fields": None, "emotion": 2}
    assert (await client.patch(f"/v1/steps/{step}", json=calm)).status_code == 200
    async with held(owner), watched.database.read(_caller(watched)) as looking:
        seen = await insights.seen_gaps(looking, [UUID(made["id"])], 0.05)
    async with watched.database.write(_caller(watched)) as keeping:
        await insights.keep_gaps(keeping, seen)
    late = await kept(client)
    assert of_events(late) == of_events(before)
    # What the map itself has no more is closed all the same.
    assert {"effort", "emotional_low"}.isdisjoint(late.values())
    # In time again: what fell then is no news any more.
    await watched.look(days=90)
    assert of_events(before) - of_events(await kept(client))


async def test_an_attempt_is_given_up_and_its_work_goes_on(
    database: Database, workspace: Caller
) -> None:
    for opened in (database.read, database.analyse, database.write):
        async with opened(workspace) as work:
            for _ in range(2):
                with patience.limited(0.05), pytest.raises(TookTooLong):
                    async with work.connection.attempt():
                        await work.connection.fetchval("SELECT pg_sleep(60)")
                assert await work.value(HERE) == workspace.workspace_id
            async with work.connection.attempt():
                assert await work.value(HERE) == workspace.workspace_id
