"""What is overtaken by what somebody else changes meanwhile: it waits, and is judged after it."""

import asyncio
from uuid import UUID

from service.database import Database
from service.domain import contacts, privacy
from service.domain.work import Caller
from tests.make import Client


async def test_a_merge_whose_people_were_erased_meanwhile_is_not_found(
    client: Client, database: Database, workspace: Caller
) -> None:
    one, other = [await client.made("/v1/contacts", {"traits": {"name": n}}) for n in "ab"]
    body = {"winner_id": one["id"], "loser_id": other["id"]}
    merge = await client.made("/v1/contacts/merge", body)
    async with database.write(workspace) as work:
        await privacy.ERASURES.erase(work, UUID(one["id"]))
        undoing = asyncio.create_task(client.post(f"/v1/merges/{merge['id']}/undo"))
        await _waits(database)
        assert not undoing.done()
    assert (await undoing).status_code == 404


async def test_what_is_told_in_passing_waits_for_a_withdrawal_that_is_being_written(
    client: Client, database: Database, workspace: Caller
) -> None:
    said = {"purpose": "sensitive_data", "granted": True}
    body = {"identifiers": [{"source": "user_id", "value": "ann"}], "consents": [said]}
    who = UUID((await client.made("/v1/contacts/capture", body))["id"])
    told = {"userId": "ann", "event": "E", "context": {"traits": {"religion": "any"}}}
    async with database.write(workspace) as work:
        withdrawal = contacts.NewConsent(purpose="sensitive_data", granted=False)
        await contacts.record_consent(work, who, withdrawal)
        sending = asyncio.create_task(client.post("/v1/track", json=told))
        await _waits(database)
        assert not sending.done()
    assert (await sending).json()["accepted"] == 1
    (event,) = (await client.got("/v1/events"))["items"]
    assert event["context"] == {"traits": {}}


async def _waits(database: Database) -> None:
    """Until somebody waits for who changes who is who."""
    lent = await database.lent()
    try:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        for _ in range(1_000):
            if await lent.fetchval(asked):
                break
            await asyncio.sleep(0.01)
    finally:
        database.given_back(lent)
