"""Events followed in the order in which they came, while others are being stored."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service.database import Database
from service.domain import events
from service.lending import Beginning
from tests.make import Client


async def sent(client: Client, *names: str) -> None:
    body = {"batch": [{"type": "track", "userId": "u1", "event": n, "messageId": n} for n in names]}
    answer = await client.post("/v1/batch", json=body)
    assert answer.status_code == 200 and answer.json()["accepted"] == len(names), answer.text


async def followed(client: Client, after: str | None = None) -> tuple[list[str], str]:
    """The events behind a place, and the place to go on from."""
    asked = {} if after is None else {"after": after}
    lines = {"Accept": "application/x-ndjson"}
    answer = await client.get("/v1/events", params=asked, headers=lines)
    *found, end = (json.loads(line) for line in answer.text.splitlines())
    return [one["message_id"] for one in found], end["next"]


async def test_a_follower_misses_nothing_of_who_began_before_and_ends_later(
    client: Client, database: Database, owner: asyncpg.Connection
) -> None:
    await sent(client, "first")
    slow: Any = await database.apart()
    try:
        await Beginning(slow).begin()
        await sent(client, "quick")
        seen, place = await followed(client)
        assert seen == ["first"]
        # It stores what came before the other, and ends behind it.
        await slow.execute("COMMIT")
        await owner.execute(
            "UPDATE waypost.events SET arrival = arrival - 1, message_id = 'slow'"
            " WHERE message_id = 'first'"
        )
    finally:
        await slow.close()
    assert (await followed(client, place))[0] == ["quick"]
    assert (await client.got("/v1/events"))["items"][-1]["message_id"] == "quick"


@pytest.mark.parametrize("path", ["/v1/events", "/v1/contacts/{id}/timeline"])
async def test_events_of_one_moment_are_paged_one_by_one(
    client: Client, owner: asyncpg.Connection, path: str
) -> None:
    names = ["a b", "c", "d e f", "g"]
    await sent(client, *names)
    await owner.execute(
        "UPDATE waypost.events SET arrival = 1, timestamp = '0007-01-01'"
        " WHERE message_id = ANY($1)",
        names,
    )
    (person,) = (await client.got("/v1/contacts"))["items"]
    seen, after = [], None
    while len(seen) < len(names):
        asked: dict[str, Any] = {"limit": 1} | ({} if after is None else {"after": after})
        page = await client.got(path.format(id=person["id"]), **{"params": asked})
        seen += [one["message_id"] for one in page["items"]]
        after = page["next"]
    assert (seen, after) == (names, None)


def test_places_count_on_within_a_moment() -> None:
    assert events.arrival(2) - events.arrival(1) == 1024


async def test_a_follower_goes_no_further_than_the_moment_it_asked(
    client: Client, owner: asyncpg.Connection
) -> None:
    """Somebody else may begin then, and take a place before those that are quicker."""
    await sent(client, "now", "later")
    place = events.arrival(int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1_000_000))
    await owner.execute("UPDATE waypost.events SET arrival = $1 WHERE message_id = 'later'", place)
    assert (await followed(client))[0] == ["now"]
    assert len((await client.got("/v1/events"))["items"]) == 2
