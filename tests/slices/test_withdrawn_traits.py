"""Sensitive traits go with the grant that let them in."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service import worker
from service.database import Database
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, pointers

HELD = {"name": "Ann", "religion": "any", "political_affiliation": "none"}


def identified(value: str) -> dict[str, str]:
    return {"source": "user_id", "value": value}


async def ann(client: Client, value: str = "ann", **said: Any) -> str:
    """Who granted that sensitive data are held, and of whom some are."""
    body = {
        "identifiers": [identified(value)],
        "traits": HELD,
        "consents": [{"purpose": "sensitive_data", "granted": True, **said}],
    }
    answer = await client.post("/v1/contacts/capture", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def traits(client: Client, who: str) -> Any:
    return (await client.got(f"/v1/contacts/{who}"))["traits"]


async def withdraw(client: Client, who: str, purpose: str = "sensitive_data") -> None:
    said = {"purpose": purpose, "granted": False}
    await client.made(f"/v1/contacts/{who}/consents", said)


async def test_a_withdrawal_takes_sensitive_traits_with_it(client: Client) -> None:
    who = await ann(client)
    await withdraw(client, who, "analytics")
    assert await traits(client, who) == HELD
    await withdraw(client, who)
    assert await traits(client, who) == {"name": "Ann"}
    asked = {"filter": {"field": "traits.religion", "op": "exists", "value": True}}
    assert (await client.post("/v1/contacts/search", json=asked)).json()["items"] == []
    again = await client.patch(f"/v1/contacts/{who}", json={"traits": {"religion": "any"}})
    assert (again.status_code, pointers(again)) == (422, {"/traits/religion"})


async def test_one_that_was_overtaken_takes_nothing(client: Client) -> None:
    who = await ann(client)
    said = {"purpose": "sensitive_data", "granted": False, "at": "2026-05-01T10:00:00Z"}
    await client.made(f"/v1/contacts/{who}/consents", said)
    assert await traits(client, who) == HELD


async def test_it_is_a_change_that_is_told_by_names_alone(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    who = await ann(client)
    before = await client.now()
    await withdraw(client, who)
    told = await client.changed(before)
    assert [(one["kind"], one["op"], one["id"]) for one in told] == [("contact", "upsert", who)] * 2
    rows = await owner.fetch(
        "SELECT changed::text FROM waypost.audit WHERE workspace_id = $1 AND resource_id = $2"
        " AND kind = 'contact.updated' ORDER BY version DESC LIMIT 1",
        *(workspace.workspace_id, UUID(who)),
    )
    assert rows[0]["changed"] == (
        '{"members": ["traits", "traits.political_affiliation", "traits.religion"]}'
    )


async def test_it_is_of_all_who_are_shown_as_the_same_person(client: Client) -> None:
    ben, other = await ann(client, "ben"), await ann(client, "cleo")
    body = {"winner_id": ben, "loser_id": other, "default": "loser"}
    merge = await client.made("/v1/contacts/merge", body)
    await withdraw(client, other)
    assert await traits(client, ben) == {"name": "Ann"}
    assert (await client.post(f"/v1/merges/{merge['id']}/undo")).is_success
    # Each has what they themselves agreed to, as if they had never been one.
    assert await traits(client, ben) == HELD
    assert await traits(client, other) == {"name": "Ann"}


async def test_a_withdrawal_by_capture_takes_them_too(client: Client) -> None:
    who = await ann(client)
    said = [{"purpose": "sensitive_data", "granted": False}]
    body = {"identifiers": [identified("ann")], "consents": said, "traits": {"plan": "gold"}}
    answer = await client.post("/v1/contacts/capture", json=body)
    assert (answer.status_code, answer.json()["id"]) == (200, who)
    assert answer.json()["traits"] == {"name": "Ann", "plan": "gold"}


async def test_what_the_workspace_calls_sensitive_goes_too(client: Client) -> None:
    body = {"key": "diet", "label": "Diet", "type": "text", "sensitive": True}
    await client.made("/v1/profile-attributes", body)
    who = await ann(client)
    path = f"/v1/contacts/{who}"
    assert (await client.patch(path, json={"traits": {"diet": "vegan"}})).is_success
    await withdraw(client, who)
    assert await traits(client, who) == {"name": "Ann"}


@pytest.fixture
async def rounds(settings: Settings) -> Any:
    """What the worker does once."""
    working = Database(settings.worker_database_url, settings)
    yield lambda: worker.round_of(working, asyncio.Event())
    await working.close()


async def ended(client: Client, days: int) -> None:
    """Grants end after so many days."""
    (purpose,) = (await client.got("/v1/consent-purposes", params={"key": "sensitive_data"}))[
        "items"
    ]
    path = f"/v1/consent-purposes/{purpose['id']}"
    assert (await client.patch(path, json={"expires_after_days": days})).is_success


async def test_the_worker_takes_them_when_a_grant_has_run_out(client: Client, rounds: Any) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=10)).isoformat()
    old, new = await ann(client, "old", at=long_ago), await ann(client, "new")
    restricted = await ann(client, "restricted", at=long_ago)
    assert (await client.post(f"/v1/contacts/{restricted}/restrict")).is_success
    silent = await client.made("/v1/contacts", {"identifiers": [identified("silent")]})
    path = f"/v1/contacts/{silent['id']}"
    assert (await client.patch(path, json={"traits": {"diet": "vegan"}})).is_success
    body = {"key": "diet", "label": "Diet", "type": "text", "sensitive": True}
    await client.made("/v1/profile-attributes", body)
    await rounds()
    assert await traits(client, old) == HELD
    await ended(client, 5)
    await rounds()
    assert await traits(client, old) == {"name": "Ann"}
    assert await traits(client, new) == HELD
    # What is held of them is kept as it is, until that is lifted.
    assert await traits(client, restricted) == HELD
    assert (await client.delete(f"/v1/contacts/{restricted}/restrict")).is_success
    before = await client.now()
    await rounds()
    assert await traits(client, restricted) == {"name": "Ann"}
    told = await client.changed(before)
    assert [one["id"] for one in told] == [restricted]
    # Who has said nothing has not taken anything back.
    assert await traits(client, silent["id"]) == {"diet": "vegan"}


async def test_a_withdrawal_for_later_takes_them_when_its_time_has_come(
    client: Client, rounds: Any, owner: asyncpg.Connection, workspace: Caller
) -> None:
    who = await ann(client)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    said = {"purpose": "sensitive_data", "granted": False, "at": soon}
    await client.made(f"/v1/contacts/{who}/consents", said)
    await rounds()
    assert await traits(client, who) == HELD
    await owner.execute(
        "UPDATE waypost.consents SET at = now() WHERE NOT granted AND workspace_id = $1",
        workspace.workspace_id,
    )
    await rounds()
    assert await traits(client, who) == {"name": "Ann"}


async def test_what_anothers_grant_let_in_goes_when_they_are_two_again(client: Client) -> None:
    who = await ann(client)
    named = [{"source": "user_id", "value": "ben"}]
    ben = (await client.made("/v1/contacts", {"identifiers": named, "traits": {"name": "Ben"}}))[
        "id"
    ]
    both = await client.made("/v1/contacts/merge", {"winner_id": who, "loser_id": ben})
    sent = {"userId": "ben", "traits": {"religion": "any"}}
    assert (await client.post("/v1/identify", json=sent)).json()["accepted"] == 1
    undone = await client.post(f"/v1/merges/{both['id']}/undo")
    assert undone.is_success, undone.text
    assert await traits(client, ben) == {"name": "Ben"}
    assert await traits(client, who) == HELD


async def test_traits_in_passing_that_are_no_object_are_no_traits(client: Client) -> None:
    told = {"type": "track", "event": "E", "userId": "ann"}
    batch = [{**told, "context": {"traits": [{"religion": "any"}]}}]
    answer = await client.post("/v1/batch?outcomes=true", json={"batch": batch})
    (one,) = answer.json()["outcomes"]
    assert (one["outcome"], one["code"]) == ("quarantined", "wrong_type")
    assert one["pointer"] == "/context/traits"
