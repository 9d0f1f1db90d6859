"""A key that a message brings lets it in, and is kept nowhere."""

import json
from typing import Any

import asyncpg
import pytest

from tests.make import Client

SENT = {"type": "track", "userId": "u", "event": "Looked"}


async def test_the_key_that_a_bad_message_brings_is_not_put_aside_with_it(
    client: Client, owner: asyncpg.Connection
) -> None:
    """Whoever reads what was put aside, or a dump, could do with it whatever it may."""
    key = client.headers["authorization"].split()[1]
    bearer = client.headers.pop("authorization")
    nameless = {"type": "track", "userId": "u", "writeKey": key}
    told: list[Any] = [{"batch": [nameless], "writeKey": key}, nameless]
    for one in told:
        assert (await client.post("/v1/track", json=one)).json()["quarantined"] == 1
    client.headers["authorization"] = bearer
    lines = [
        json.dumps({**nameless, "properties": {"writeKey": key}, "n": 1}),
        f'{{"writeKey" :\t"{key}", "type": ?}}',
        f'{{"type": "track", "writeKey": "{key}',
    ]
    loaded = await client.post("/v1/events", content="\n".join(lines))
    assert loaded.json()["quarantined"] == 3
    kept = await owner.fetch(
        "SELECT message, text FROM waypost.quarantine"
        " WHERE workspace_id = (SELECT workspace_id FROM waypost.api_keys WHERE $1 LIKE"
        " '%' || replace(id::text, '-', '') || '%')",
        key,
    )
    # The same message, once with and once without its batch, stands once.
    assert len(kept) == 4
    assert not [row for row in kept if key.encode() in row["message"] or key in row["text"]]
    shown = (await client.got("/v1/quarantine"))["items"]
    assert {one["message"] for one in shown} >= {
        '{"type":"track","userId":"u","writeKey":null}',
        '{"writeKey":null, "type": ?}',
    }


@pytest.mark.parametrize("more", [{}, {"writeKey": "another"}])
async def test_by_which_key_it_came_makes_no_other_message(
    client: Client, more: dict[str, Any]
) -> None:
    """A client whose key was changed sends again what it does not know to be stored."""
    first = await client.post("/v1/track", json={**SENT, "writeKey": "a key"})
    again = await client.post("/v1/track", json=SENT | more)
    assert (first.json()["accepted"], again.json()["duplicates"]) == (1, 1)
