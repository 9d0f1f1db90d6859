"""What takes the database longer than it may is given up there, and the caller told what to do."""

import asyncio

import asyncpg
import pytest

from tests.make import Client

HELD_UP = """
    SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
    WHERE usename = 'waypost_app' AND state = 'active' AND wait_event_type = 'Lock'
"""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/sessions/query", {}),
        ("/v1/funnels/query", {"steps": [{"any_of": ["a"]}, {"any_of": ["b"]}]}),
        ("/v1/kpis/query", {"kpi": "bounce_rate"}),
    ],
    ids=["sessions", "funnels", "kpis"],
)
async def test_a_question_that_takes_too_long_says_what_to_narrow(
    client: Client, postgres_url: str, owner: asyncpg.Connection, path: str, body: object
) -> None:
    superuser = await asyncpg.connect(postgres_url)
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE waypost.events IN ACCESS EXCLUSIVE MODE")
            asked = asyncio.create_task(client.post(path, json=body))
            # The same end as by `statement_timeout`, sooner.
            while not await superuser.fetchval(HELD_UP):
                assert not asked.done(), (await asked).text
                await asyncio.sleep(0.01)
            answer = await asked
    finally:
        await superuser.close()
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "took_too_long")
    assert "Retry-After" in answer.headers
    assert "`from`, `to`" in problem["detail"]
