"""A body of very many messages is taken piece by piece, so that others have their turn between."""

from typing import Any

import asyncpg

from tests.contract.furnishing import workspace_of
from tests.make import Client

SENT = {"type": "track", "userId": "u", "event": "Looked"}


async def test_a_body_of_junk_is_not_put_aside_at_once(
    client: Client, owner: asyncpg.Connection
) -> None:
    """All of it is sorted out and stored by the one process that answers everybody."""
    junk = ",".join(str(n) for n in range(5_000))
    answer = await client.post("/v1/batch", content=f'{{"batch": [{junk}]}}')
    assert answer.json() == {"accepted": 0, "duplicates": 0, "quarantined": 5_000}
    stored = await owner.fetchrow(
        "SELECT count(*), count(DISTINCT xmin::text) FROM waypost.quarantine"
        " WHERE workspace_id = $1",
        workspace_of(client),
    )
    assert stored is not None and tuple(stored) == (5_000, 3)


async def test_what_became_of_each_is_told_as_of_one_body(client: Client) -> None:
    """Places, counts and what is known of the batch do not tell that it was taken in pieces."""
    batch: list[Any] = [{**SENT, "messageId": str(n % 4_000)} for n in range(4_400)]
    batch[7] = batch[4_300] = {"type": "track", "userId": "u"}
    context = {"channel": "shop"}
    sent = {"batch": batch, "context": context}
    told = (await client.post("/v1/batch?outcomes=true", json=sent)).json()
    assert (told["accepted"], told["duplicates"], told["quarantined"]) == (4_000, 398, 2)
    outcomes = told["outcomes"]
    assert [one["index"] for one in outcomes] == list(range(4_400))
    assert [n for n, one in enumerate(outcomes) if one["outcome"] == "quarantined"] == [7, 4_300]
    assert outcomes[4_001] == {"index": 4_001, "outcome": "duplicate", "message_id": "1"}
    last = (await client.got("/v1/events", params={"limit": 1, "filter": _LAST}))["items"]
    assert [one["channel"] for one in last] == ["shop"]


_LAST = '{"field": "message_id", "op": "eq", "value": "3999"}'
