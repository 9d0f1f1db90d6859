"""What others did on an erased person's device stays theirs, and is rid of the device's id."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from service import worker
from service.database import Database
from service.domain import privacy
from service.domain.work import Caller
from service.settings import Settings
from tests.contract.furnishing import workspace_of
from tests.make import Client

DEVICE, OTHER = "device-of-ann", "device-of-bob"
ANN = {"type": "identify", "userId": "ann", "anonymousId": DEVICE, "messageId": "ann"}
PLACES = "SELECT coalesce(devices, '{}') FROM waypost.erasures WHERE workspace_id = $1"


async def send(client: Client, *devices: str) -> None:
    """What Bob does on devices; each event has its own place in the order of arrival."""
    for n, device in enumerate(devices):
        sent = {"userId": "bob", "anonymousId": device, "event": "Looked", "messageId": str(n)}
        answer = await client.post("/v1/track", json=sent)
        assert answer.json()["accepted"] == 1, answer.text


async def devices(client: Client) -> list[str | None]:
    found = (await client.got("/v1/events", params={"event": "Looked"}))["items"]
    return [one["anonymous_id"] for one in found]


async def erase(client: Client) -> None:
    people = (await client.got("/v1/contacts/by-external-id/user_id/ann"))["id"]
    await client.made(f"/v1/contacts/{people}/erase", {})


@pytest.fixture
async def ann(client: Client) -> Client:
    """A workspace that knows Ann and her device."""
    assert (await client.post("/v1/identify", json=ANN)).json()["accepted"] == 1
    return client


async def test_events_of_others_stay_without_the_device(
    ann: Client, stranger: Client, owner: asyncpg.Connection
) -> None:
    await send(ann, DEVICE, OTHER, DEVICE)
    await send(stranger, DEVICE)
    before = (await ann.got("/v1/events", params={"event": "Looked"}))["items"]
    await erase(ann)
    after = (await ann.got("/v1/events", params={"event": "Looked"}))["items"]
    assert [one["anonymous_id"] for one in after] == [None, OTHER, None]
    left_out = {"anonymous_id": None}
    assert [one | left_out for one in after] == [one | left_out for one in before]
    assert await devices(stranger) == [DEVICE]
    assert await owner.fetchval(PLACES, workspace_of(ann)) == []
    (receipt,) = (await ann.got("/v1/erasures"))["items"]
    assert DEVICE not in str(receipt) and receipt["version"] == 1


async def again(owner: asyncpg.Connection, workspace: Caller) -> None:
    """As if there had been too many events to go through at once."""
    where = "workspace_id = $1"
    back = f"UPDATE waypost.events SET anonymous_id = $2 WHERE {where}"
    await owner.execute(back, workspace.workspace_id, DEVICE)
    left = f"UPDATE waypost.erasures SET devices = ARRAY[$2], devices_before = $3 WHERE {where}"
    await owner.execute(left, workspace.workspace_id, DEVICE, 2**63 - 1)


async def test_the_worker_goes_through_earlier_events_some_at_a_time(
    ann: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    """From the latest to the first; what comes meanwhile comes without it anyway."""
    await send(ann, *[DEVICE] * 5)
    await erase(ann)
    await again(owner, workspace)
    told: list[tuple[int, Sequence[str | None]]] = []
    for _ in range(4):
        async with database.write(workspace) as work:
            more = await privacy.forget_devices(work, 2)
        told.append((more, await devices(ann)))
    assert told == [
        (2, [DEVICE] * 3 + [None] * 2),
        (2, [DEVICE] + [None] * 4),
        (0, [None] * 5),
        (0, [None] * 5),
    ]
    assert await owner.fetchval(PLACES, workspace.workspace_id) == []


async def test_a_round_of_the_worker_forgets_them(
    ann: Client, workspace: Caller, owner: asyncpg.Connection, settings: Settings
) -> None:
    """By its own role, which may change nothing else of an event."""
    working = Database(str(settings.worker_database_url), settings)
    await send(ann, *[DEVICE] * 2)
    await erase(ann)
    await again(owner, workspace)
    await worker.round_of(working, asyncio.Event())
    await working.close()
    assert await devices(ann) == [None, None]
