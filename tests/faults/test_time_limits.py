"""What takes the database longer than it may is given up there, and the caller told what to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import httpx
import pytest

from tests.make import Client

HELD_UP = """
    SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
    WHERE usename = 'waypost_app' AND state = 'active' AND wait_event_type = 'Lock'
"""


GivenUp = Callable[[str, str, object], Awaitable[httpx.Response]]


@pytest.fixture
async def given_up(
    client: Client, postgres_url: str, owner: asyncpg.Connection
) -> AsyncIterator[GivenUp]:
    """Answers as where somebody holds a table for longer than a statement may take."""
    superuser = await asyncpg.connect(postgres_url)

    async def ended(table: str, path: str, body: object) -> httpx.Response:
        async with owner.transaction():
            await owner.execute(f"LOCK TABLE waypost.{table} IN ACCESS EXCLUSIVE MODE")
            asked = asyncio.create_task(client.post(path, json=body))
            # The same end as by `statement_timeout`, sooner.
            while not await superuser.fetchval(HELD_UP):
                assert not asked.done(), (await asked).text
                await asyncio.sleep(0.01)
            return await asked

    yield ended
    await superuser.close()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/sessions/query", {}),
        ("/v1/funnels/query", {"steps": [{"any_of": ["a"]}, {"any_of": ["b"]}]}),
        ("/v1/kpis/query", {"kpi": "bounce_rate"}),
        ("/v1/transitions/query", {}),
        ("/v1/paths/query", {}),
        ("/v1/conformance/query", {"planned": ["a"]}),
        ("/v1/retention/query", {}),
        ("/v1/attribution/query", {"goal": "a", "touch": "b"}),
        ("/v1/correlates/query", {"goal": "a"}),
        ("/v1/drivers/query", {}),
        ("/v1/surveys/query", {}),
    ],
    ids=lambda one: one.split("/")[2] if isinstance(one, str) else "",
)
async def test_a_question_that_takes_too_long_says_what_to_narrow(
    given_up: GivenUp, path: str, body: object
) -> None:
    answer = await given_up("events", path, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "took_too_long")
    assert "Retry-After" in answer.headers
    assert "`from`, `to`" in problem["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/contacts", {"traits": {"plan": "gold"}}),
        (
            "/v1/contacts/batch/upsert",
            {"items": [{"identifiers": [{"source": "a", "value": "b"}]}]},
        ),
    ],
)
async def test_a_change_that_takes_too_long_is_to_be_sent_again(
    client: Client, given_up: GivenUp, path: str, body: object
) -> None:
    answer = await given_up("contacts", path, body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "unavailable")
    assert "Retry-After" in answer.headers
    assert "less" not in problem["detail"]
    assert (await client.got("/v1/contacts"))["items"] == []
    assert (await client.post(path, json=body)).is_success
