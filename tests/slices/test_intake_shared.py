"""What one workspace sends, or does, is nothing to the others that send at the same time."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
from fastapi import FastAPI

from service.domain import contacts
from service.domain.errors import Unavailable
from service.domain.events import Sorted
from service.domain.work import Scope
from service.intake import Intake
from tests.contract.furnishing import workspace_of
from tests.make import Client
from tests.slices.test_intake import message, named, sender, stored


async def test_a_guilty_message_among_many_is_soon_found(
    client: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    here, names = workspace_of(client), [f"m{n}" for n in range(1_000)]
    found = [message(here, name) for name in names]
    small = b'{"n": 1e-20000}'
    found[617] = message(here, "small", properties=small, raw=b"small")
    intake: Intake = app.state.intake
    taken = await intake.take(sender(client), Sorted(found, []))
    assert (taken.accepted, taken.quarantined, taken.codes) == (999, 1, {617: "not_storable"})
    assert await stored(owner, client) == names[:617] + names[618:]
    transactions = await owner.fetchval(
        "SELECT count(DISTINCT xmin::text) FROM waypost.events WHERE workspace_id = $1", here
    )
    assert transactions <= 10


async def test_somebody_who_changes_one_workspace_stops_no_other(
    client: Client, stranger: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    here, there = workspace_of(client), workspace_of(stranger)
    intake: Intake = app.state.intake
    erasing = replace(sender(client), scopes=frozenset({Scope.PRIVACY}))
    async with app.state.database.write(erasing) as work:
        await contacts.erasing_alone(work)
        ours, theirs = await asyncio.gather(
            intake.take(sender(client), named(here, "ab")),
            intake.take(sender(stranger), named(there, "xyz")),
            return_exceptions=True,
        )
        assert isinstance(ours, Unavailable), ours
        assert not isinstance(theirs, BaseException) and theirs.accepted == 3
    assert (await intake.take(sender(client), named(here, "ab"))).accepted == 2
    assert await stored(owner, client) == ["a", "b"]


async def test_a_guilty_message_waits_with_what_its_batch_said(client: Client) -> None:
    """Mended and put through again, it happened when it would have."""
    now = datetime.now(UTC)
    hours = {"timestamp": (now - timedelta(hours=5)).isoformat(), "userId": "ann"}
    sent = {"type": "track", "event": "E", "messageId": "m1", **hours}
    around = {"sentAt": (now - timedelta(hours=2)).isoformat(), "context": {"ip": "::1"}}
    body = json.dumps({"batch": [sent | {"properties": {"n": 7}}], **around})
    answer = await client.post("/v1/batch", content=body.replace("7}", "1e-20000}"))
    assert answer.json()["quarantined"] == 1, answer.text
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    assert waiting["code"] == "not_storable"
    at = f"/v1/quarantine/{waiting['id']}"
    # Unmended it is found guilty again, and waits as it did.
    again = (await client.post(f"{at}/replay")).json()
    assert (again["outcome"]["code"], again["replayed_at"]) == ("not_storable", None)
    # Mended so that it is guilty again, it is not put aside beside itself.
    guilty = json.dumps(sent | {"properties": {"n": 7}}).replace("7}", "1e-30000}")
    assert (await client.patch(at, json={"message": guilty})).is_success
    assert (await client.post(f"{at}/replay")).json()["outcome"]["code"] == "not_storable"
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    assert (await client.patch(at, json={"message": json.dumps(sent)})).is_success
    assert (await client.post(f"{at}/replay")).json()["outcome"]["outcome"] == "accepted"
    (event,) = (await client.got("/v1/events"))["items"]
    assert event["context"] == {"ip": "::1"}
    off = datetime.fromisoformat(event["timestamp"]) - (now - timedelta(hours=3))
    assert abs(off) < timedelta(minutes=1)
