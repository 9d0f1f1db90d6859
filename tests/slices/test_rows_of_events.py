"""What is copied into leaves is what the messages said, in the order in which they came."""

import json
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from service.domain.events import COLUMNS, Message, Sorted
from service.intake import Intake
from tests.contract.furnishing import workspace_of
from tests.make import Client
from tests.slices.test_intake import NOON, message, sender, stored

SAID: dict[str, Any] = {
    "event": "Żółw 🐢 gesehen",
    "user_id": "用户-1",
    "anonymous_id": "a\u00a01",
    "device": "mobile",
    "channel": "é" * 256,
    "department": "x",
    "campaign": "spring",
    "properties": '{"ż": [1.50, "\\u0041", {}]}'.encode(),
    "context": b'{"ip": null}',
}
EARLY = datetime(1900, 1, 1, tzinfo=UTC)
JSON = ("properties", "context")


@pytest.mark.parametrize("left_out", [(), tuple(SAID), ("event", "channel", "context")])
@pytest.mark.parametrize("at", [EARLY, datetime(2025, 7, 3, 4, 5, 6, 789_012, tzinfo=UTC)])
async def test_a_message_is_stored_as_it_is(
    client: Client,
    app: FastAPI,
    owner: asyncpg.Connection,
    left_out: tuple[str, ...],
    at: datetime,
) -> None:
    here = workspace_of(client)
    said = {name: None if name in left_out else value for name, value in SAID.items()}
    one = message(here, "m" * 100, timestamp=at, type="page", **said)
    began = datetime.now(UTC)
    assert (await app.state.intake.take(sender(client), Sorted([one], []))).accepted == 1
    row = await owner.fetchrow("SELECT * FROM waypost.events WHERE workspace_id = $1", here)
    found = {name: row[name] for name in COLUMNS}
    assert began - timedelta(minutes=1) < found.pop("received_at") <= datetime.now(UTC)
    assert found.pop("arrival") // 1024 >= began.timestamp() * 1_000_000 - 60_000_000
    for name in JSON:
        assert json.loads(found.pop(name) or "null") == json.loads(said.pop(name) or b"null")
    assert found == {
        **said,
        "workspace_id": here,
        "who": UUID(bytes=one.who),
        "timestamp": at,
        "type": "page",
        "message_id": "m" * 100,
    }


def over_three_months(workspace: UUID, number: int, **members: Any) -> list[Message]:
    times = cycle((NOON, NOON - timedelta(days=60), NOON - timedelta(days=120)))
    return [
        message(workspace, f"m{n}", timestamp=at, **members)
        for n, at in zip(range(number), times, strict=False)
    ]


async def test_messages_of_one_body_keep_their_order_whatever_months_they_are_of(
    client: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    found = over_three_months(workspace_of(client), 100)
    assert (await app.state.intake.take(sender(client), Sorted(found, []))).accepted == 100
    assert await stored(owner, client) == [f"m{n}" for n in range(100)]
    again = [*over_three_months(workspace_of(client), 103), message(workspace_of(client), "last")]
    taken = await app.state.intake.take(sender(client), Sorted(again, []))
    assert (taken.accepted, taken.duplicates) == (4, 100)
    assert await stored(owner, client) == [*(f"m{n}" for n in range(103)), "last"]


async def test_what_is_more_than_goes_at_once_is_stored_whole(
    client: Client, stranger: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    intake: Intake = app.state.intake
    for one in (client, stranger):
        long = b'{"x": "%s"}' % (b"y" * 10_000)
        found = over_three_months(workspace_of(one), 60, properties=long)
        assert (await intake.take(sender(one), Sorted(found, []))).accepted == 60
        assert await stored(owner, one) == [f"m{n}" for n in range(60)]
    lengths = await owner.fetch(
        "SELECT DISTINCT workspace_id, length(properties->>'x') FROM waypost.events"
        " WHERE workspace_id = ANY($1)",
        [workspace_of(client), workspace_of(stranger)],
    )
    assert sorted(found[1] for found in lengths) == [10_000, 10_000]
