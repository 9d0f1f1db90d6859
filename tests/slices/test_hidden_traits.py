"""Sensitive traits of people who are shown as one, where one granted them and another did not."""

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
from tests.make import Client

HELD = {"name": "Ann", "religion": "any"}
HIDDEN = {"name": "Ann"}
CONSENTS = "/v1/contacts/{}/consents"


async def said(client: Client, who: str, *, granted: bool, **more: Any) -> None:
    entry = {"purpose": "sensitive_data", "granted": granted, **more}
    await client.made(CONSENTS.format(who), entry)


async def somebody(client: Client, name: str, *, granted: bool, **more: Any) -> str:
    """One who granted and tells, or who withdrew and of whom nothing is told."""
    body = {
        "identifiers": [{"source": "user_id", "value": name}],
        "traits": HELD if granted else {"plan": "gold"},
        "consents": [{"purpose": "sensitive_data", "granted": granted, **more}],
    }
    answer = await client.post("/v1/contacts/capture", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def traits(client: Client, who: str) -> Any:
    return (await client.got(f"/v1/contacts/{who}"))["traits"]


async def merged(client: Client, winner: str, loser: str) -> str:
    body = {"winner_id": winner, "loser_id": loser, "default": "newest"}
    return str((await client.made("/v1/contacts/merge", body))["id"])


async def undone(client: Client, merge: str) -> None:
    answer = await client.post(f"/v1/merges/{merge}/undo")
    assert answer.is_success, answer.text


@pytest.fixture
async def rounds(settings: Settings) -> Any:
    """What the worker does once."""
    working = Database(settings.worker_database_url, settings)
    yield lambda: worker.round_of(working, asyncio.Event())
    await working.close()


@pytest.mark.parametrize("granted_wins", [True, False])
async def test_what_was_granted_is_hidden_while_merged_and_there_when_undone(
    client: Client, rounds: Any, granted_wins: bool
) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    merge = await merged(client, *((ann, ben) if granted_wins else (ben, ann)))
    both = {**HIDDEN, "plan": "gold"}
    # At once, and however often the worker looks and things change.
    assert await traits(client, ann) == both
    await rounds()
    await rounds()
    assert await traits(client, ben) == both
    sent = {"identifiers": [{"source": "user_id", "value": "ann"}], "traits": {"city": "Ulm"}}
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": [sent]})
    assert answer.json()["items"][0]["outcome"] == "updated"
    assert await traits(client, ann) == {**both, "city": "Ulm"}
    asked = {"filter": {"field": "traits.religion", "op": "exists", "value": True}}
    assert (await client.post("/v1/contacts/search", json=asked)).json()["items"] == []
    await undone(client, merge)
    assert await traits(client, ann) == {**HELD, "city": "Ulm"}
    assert await traits(client, ben) == {"plan": "gold"}


async def test_who_withdraws_while_merged_loses_their_own(client: Client, rounds: Any) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    merge = await merged(client, ben, ann)
    await said(client, ann, granted=False)
    await rounds()
    await undone(client, merge)
    assert await traits(client, ann) == HIDDEN


async def test_a_later_grant_shows_what_was_hidden(client: Client) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    merge = await merged(client, ben, ann)
    await said(client, ben, granted=True)
    assert await traits(client, ben) == {**HELD, "plan": "gold"}
    await undone(client, merge)
    assert await traits(client, ann) == HELD
    assert await traits(client, ben) == {"plan": "gold"}


async def test_a_grant_for_later_shows_it_when_its_time_has_come(
    client: Client, rounds: Any, owner: asyncpg.Connection, workspace: Caller
) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    await merged(client, ben, ann)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await said(client, ben, granted=True, at=soon)
    await rounds()
    assert "religion" not in await traits(client, ben)
    await owner.execute(
        "UPDATE waypost.consents SET at = now() WHERE at > now() AND workspace_id = $1",
        workspace.workspace_id,
    )
    await rounds()
    assert (await traits(client, ben))["religion"] == "any"


async def test_what_is_hidden_goes_when_its_own_grant_ends(
    client: Client, rounds: Any, owner: asyncpg.Connection, workspace: Caller
) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    ann = await somebody(client, "ann", granted=True, until=soon)
    ben = await somebody(client, "ben", granted=False)
    await merged(client, ben, ann)
    await owner.execute(
        "UPDATE waypost.consents SET until = now() WHERE granted AND workspace_id = $1",
        workspace.workspace_id,
    )
    await rounds()
    held = await owner.fetchval(
        "SELECT traits::text || coalesce(own_traits::text, '') FROM waypost.contacts"
        " WHERE workspace_id = $1 AND id = $2",
        *(workspace.workspace_id, UUID(ann)),
    )
    assert "religion" not in held


async def test_what_is_hidden_is_told_by_the_persons_own_export_alone(client: Client) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    await merged(client, ben, ann)
    exported = (await client.got(f"/v1/contacts/{ann}/export"))["held"]["contacts"]
    assert [one["traits"].get("religion") for one in exported] == [None, None]
    assert {(one["own_traits"] or {}).get("religion") for one in exported} == {None, "any"}


async def test_what_is_hidden_can_still_be_removed_and_replaced(client: Client) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    merge = await merged(client, ann, ben)
    answer = await client.put(f"/v1/contacts/{ann}", json={"traits": {"plan": "free"}})
    assert answer.json()["traits"] == {"plan": "free"}
    await undone(client, merge)
    assert await traits(client, ann) == {"plan": "free"}


async def test_one_person_of_three_who_are_parted_keeps_what_is_theirs(client: Client) -> None:
    ann = await somebody(client, "ann", granted=True)
    ben = await somebody(client, "ben", granted=False)
    cleo = await somebody(client, "cleo", granted=True)
    first, second = await merged(client, ben, ann), await merged(client, cleo, ben)
    # Cleo's grant was the last word, also of what was hidden.
    assert (await traits(client, cleo))["religion"] == "any"
    await undone(client, second)
    assert await traits(client, ben) == {**HIDDEN, "plan": "gold"}
    assert await traits(client, cleo) == HELD
    await undone(client, first)
    assert await traits(client, ann) == HELD
