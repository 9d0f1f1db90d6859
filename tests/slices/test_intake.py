"""The intake: every message is stored once, in the order of arrival, or said not to be."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import contacts
from service.domain.errors import Unavailable
from service.domain.events import Message, Refused, Sorted
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.intake import Intake
from service.settings import Settings
from tests.contract.furnishing import workspace_of
from tests.make import Client

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def message(workspace: UUID, name: str, **members: Any) -> Message:
    given = {
        "key": contacts.identity(workspace, "message", name).bytes,
        "message_id": name,
        "type": "track",
        "who": contacts.identity(workspace, contacts.USER, "u1").bytes,
        "timestamp": NOON,
        "raw": b'{"event": "Looked"}',
        "event": "Looked",
        "user_id": "u1",
        "properties": b'{"n": 1}',
    }
    return Message(**{**given, **members})


def sender(client: Client) -> Caller:
    return Caller(workspace_of(client), None, frozenset({Scope.EVENTS_WRITE}))


@pytest.fixture
async def intake(app: FastAPI) -> AsyncIterator[Intake]:
    intake: Intake = app.state.intake
    yield intake


async def stored(owner: asyncpg.Connection, client: Client) -> list[str]:
    """The ids of the messages of a workspace, in the order of arrival."""
    rows = await owner.fetch(
        "SELECT message_id FROM waypost.events WHERE workspace_id = $1 ORDER BY arrival",
        workspace_of(client),
    )
    return [row[0] for row in rows]


def named(workspace: UUID, names: Sequence[str]) -> Sorted:
    return Sorted([message(workspace, name) for name in names], [])


async def test_messages_are_stored_in_their_order(
    client: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    names = [f"m{n}" for n in range(200)]
    taken = await intake.take(sender(client), named(workspace_of(client), names))
    assert (taken.accepted, taken.duplicates, taken.quarantined) == (200, 0, 0)
    assert await stored(owner, client) == names


async def test_a_message_that_comes_again_is_a_duplicate(
    client: Client, stranger: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    here, there = workspace_of(client), workspace_of(stranger)
    first = await intake.take(sender(client), named(here, ["a", "b", "a"]))
    assert first.outcomes == ["accepted", "accepted", "duplicate"]
    # With new ones beside, long after, and under another time of its own.
    again = Sorted(
        [message(here, "a", timestamp=NOON - timedelta(days=400)), *named(here, "c").messages], []
    )
    assert (await intake.take(sender(client), again)).outcomes == ["duplicate", "accepted"]
    # The same names of others are other messages.
    assert (await intake.take(sender(stranger), named(there, "ab"))).accepted == 2
    assert await stored(owner, client) == ["a", "b", "c"]
    assert await stored(owner, stranger) == ["a", "b"]


async def test_whoever_sends_at_once_is_answered_for_each_message(
    client: Client, stranger: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    here, there = workspace_of(client), workspace_of(stranger)
    sent = [
        intake.take(sender(one), named(workspace, [f"m{(n * 7 + k) % 40}" for k in range(10)]))
        for n in range(20)
        for one, workspace in ((client, here), (stranger, there))
    ]
    taken = await asyncio.gather(*sent)
    assert sum(one.accepted for one in taken) == 80
    assert sum(one.accepted + one.duplicates for one in taken) == 400
    for one in (client, stranger):
        assert sorted(await stored(owner, one)) == sorted(f"m{n}" for n in range(40))


async def test_two_processes_take_a_message_once(
    client: Client, intake: Intake, app: FastAPI, owner: asyncpg.Connection
) -> None:
    database: Database = app.state.database
    other = Intake(database, Settings())
    here = workspace_of(client)
    try:
        sent = [
            one.take(sender(client), named(here, [f"m{n}" for n in order]))
            for order in (range(50), range(49, -1, -1), range(0, 50, 3))
            for one in (intake, other)
        ]
        taken = await asyncio.gather(*sent)
    finally:
        await other.stop()
    assert sum(one.accepted for one in taken) == 50
    assert sorted(await stored(owner, client)) == sorted(f"m{n}" for n in range(50))


async def test_what_the_database_cannot_hold_is_put_aside_alone(
    client: Client, stranger: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    here, there = workspace_of(client), workspace_of(stranger)
    poison = message(here, "bad", properties=rb'{"n": "\u0000"}', raw=b"as it came \xff")
    refused = Refused(b"not even json", "malformed", "It is no JSON.")
    mixed = Sorted([message(here, "a"), poison, message(here, "b")], [refused])
    ours, theirs = await asyncio.gather(
        intake.take(sender(client), mixed), intake.take(sender(stranger), named(there, "xyz"))
    )
    assert ours.outcomes == ["accepted", "quarantined", "accepted"]
    assert (ours.accepted, ours.quarantined, ours.codes) == (2, 2, {1: "not_storable"})
    assert theirs.accepted == 3
    assert await stored(owner, client) == ["a", "b"]
    # Sent again, it is put aside once.
    await intake.take(sender(client), mixed)
    rows = await owner.fetch(
        "SELECT code, message FROM waypost.quarantine WHERE workspace_id = $1 ORDER BY code", here
    )
    assert [tuple(row) for row in rows] == [
        ("malformed", b"not even json"),
        ("not_storable", b"as it came \xff"),
    ]


async def test_a_month_has_a_leaf_of_its_own_and_any_other_time_the_default_one(
    client: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    here = workspace_of(client)
    times = {
        "now": NOON,
        "past": datetime(1994, 2, 28, tzinfo=UTC),
        "far": datetime(7, 1, 1, tzinfo=UTC),
    }
    found = Sorted([message(here, name, timestamp=at) for name, at in times.items()], [])
    assert (await intake.take(sender(client), found)).accepted == 3
    rows = await owner.fetch(
        "SELECT message_id, tableoid::regclass::text FROM waypost.events WHERE workspace_id = $1",
        here,
    )
    assert dict(rows) == {
        "now": "waypost_leaves.events_2026_05",
        "past": "waypost_leaves.events_1994",
        "far": "waypost_leaves.events_default",
    }


async def test_a_full_queue_is_said_and_leaves_room_for_others(
    client: Client, stranger: Client, app: FastAPI
) -> None:
    narrow = Intake(app.state.database, Settings(intake_bytes=1_048_576))
    here, there = workspace_of(client), workspace_of(stranger)
    large = [message(here, str(new_id()), raw=b"x" * 400_000) for _ in range(3)]
    try:
        sent = [
            asyncio.create_task(narrow.take(sender(client), Sorted([one], []))) for one in large
        ]
        await asyncio.sleep(0)
        other = await narrow.take(sender(stranger), named(there, "a"))
        answers = await asyncio.gather(*sent, return_exceptions=True)
    finally:
        await narrow.stop()
    assert other.accepted == 1
    assert [isinstance(one, Unavailable) for one in answers] == [False, True, True]


async def test_what_waits_is_stored_before_it_stops(
    client: Client, app: FastAPI, owner: asyncpg.Connection
) -> None:
    ending = Intake(app.state.database, Settings())
    here = workspace_of(client)
    waiting = [
        asyncio.create_task(
            ending.take(sender(client), named(here, [f"{n}-{k}" for k in range(50)]))
        )
        for n in range(10)
    ]
    await asyncio.sleep(0)
    await ending.stop()
    assert sum(one.accepted for one in await asyncio.gather(*waiting)) == 500
    assert len(await stored(owner, client)) == 500
    with pytest.raises(Unavailable):
        await ending.take(sender(client), named(here, ["late"]))


async def test_a_server_that_goes_away_is_said_and_nothing_comes_twice(
    client: Client, intake: Intake, owner: asyncpg.Connection, postgres_url: str
) -> None:
    here = workspace_of(client)
    assert (await intake.take(sender(client), named(here, ["before"]))).accepted == 1
    administrator = await asyncpg.connect(postgres_url)
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = 'waypost_app' AND query LIKE '%COMMIT%'"
    )
    await administrator.close()
    for _ in range(50):
        try:
            taken = await intake.take(sender(client), named(here, ["after", "more"]))
            break
        except Unavailable:
            await asyncio.sleep(0.05)
    assert taken.accepted + taken.duplicates == 2
    assert await stored(owner, client) == ["before", "after", "more"]


async def test_whoever_is_named_is_known_and_what_is_said_of_them_is_kept(
    client: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    here = workspace_of(client)
    anonymous = {
        "user_id": None,
        "anonymous_id": "a1",
        "who": contacts.identity(here, contacts.ANONYMOUS, "a1").bytes,
    }
    told = {"type": "identify", "event": None, "anonymous_id": "a1", "traits": {"plan": "gold"}}
    await intake.take(sender(client), Sorted([message(here, "m1", **anonymous)], []))
    await intake.take(sender(client), Sorted([message(here, "m2", **told)], []))
    people = await owner.fetch(
        "SELECT i.source, i.value, c.root_id, r.traits ->> 'plan' AS plan "
        "FROM waypost.contact_identifiers i "
        "JOIN waypost.contacts c ON (c.workspace_id, c.id) = (i.workspace_id, i.contact_id) "
        "JOIN waypost.contacts r ON (r.workspace_id, r.id) = (c.workspace_id, c.root_id) "
        "WHERE i.workspace_id = $1 ORDER BY i.source",
        here,
    )
    assert [(row["source"], row["value"]) for row in people] == [
        (contacts.ANONYMOUS, "a1"),
        (contacts.USER, "u1"),
    ]
    assert len({row["root_id"] for row in people}) == 1
    assert {row["plan"] for row in people} == {"gold"}


async def test_nothing_of_an_erased_person_is_taken_until_the_block_is_lifted(
    client: Client, intake: Intake, owner: asyncpg.Connection
) -> None:
    here = workspace_of(client)
    await intake.take(sender(client), named(here, ["before"]))
    (person,) = (await client.got("/v1/contacts"))["items"]
    erased = await client.made(f"/v1/contacts/{person['id']}/erase", {})
    assert await stored(owner, client) == []

    other = {"user_id": "u2", "who": contacts.identity(here, contacts.USER, "u2").bytes}
    late = Sorted([message(here, "before"), message(here, "late"), message(here, "o", **other)], [])
    taken = await intake.take(sender(client), late)
    # The key of what was erased stays, so that even a retry of years after brings nothing back.
    assert taken.outcomes == ["duplicate", "blocked", "accepted"]
    assert (taken.accepted, taken.blocked) == (1, 1)
    assert await stored(owner, client) == ["o"]

    answer = await client.delete(f"/v1/erasures/{erased['id']}/block")
    assert answer.status_code == 204, answer.text
    assert (await intake.take(sender(client), named(here, ["again"]))).accepted == 1
