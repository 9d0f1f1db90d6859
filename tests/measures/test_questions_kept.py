"""A question that was asked before is not written anew, and is never taken for another."""

from datetime import UTC, datetime
from typing import Any

from service.database import Database
from service.domain.histories import Asked, Range, columnar
from service.domain.work import Caller
from tests.make import Client
from tests.measures.streams import asks, those

VALUES: list[Any] = [1, True, "1", 1.5]


async def test_what_python_takes_for_equal_is_told_apart_at_any_time(
    client: Client, database: Database, workspace: Caller
) -> None:
    batch = [
        {
            "type": "track",
            "event": "Seen",
            "userId": "ann",
            "timestamp": f"2026-05-0{day}T00:00:00Z",
            "properties": {"value": value},
        }
        for day in (1, 2)
        for value in VALUES
    ]
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 8
    second = datetime(2026, 5, 2, tzinfo=UTC)
    async with database.write(workspace) as work:
        for within, number in (
            (Range(), 2),
            (Range(second), 1),
            (Range(None, second), 1),
            (Range(datetime(2026, 5, 1, tzinfo=UTC)), 2),
            (Range(datetime(2026, 5, 3, tzinfo=UTC)), 0),
        ):
            for value in (*VALUES, 1.0):
                only = those(asks("properties.value", "eq", value))
                found = await columnar.histories(work, Asked(within, only))
                assert len(found) == number, (within, value)
