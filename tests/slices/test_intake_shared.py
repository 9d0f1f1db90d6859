"""What one workspace sends, or does, is nothing to the others that send at the same time."""

import asyncio
from dataclasses import replace

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
