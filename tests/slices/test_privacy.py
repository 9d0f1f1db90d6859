"""What is held of a person: shown, left alone or erased."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import contacts, privacy
from service.domain import schema as everything
from service.domain.contacts import identity
from service.domain.errors import Unavailable
from service.domain.ids import new_id
from service.domain.work import Caller
from service.settings import Settings
from tests.contract.contents import contents
from tests.make import Client
from tests.people import events, person

ANN = [("user_id", "ann-4711"), ("email", "ann@example.org"), ("anonymous_id", 'a"ñ-77')]
TRAITS = {"name": "Ann of Graz", "email": "ann@example.org", "religion": "pastafarian"}
TOLD = ("ann-4711", "ann@example.org", "Ann of Graz", "pastafarian", "ñ-77", "\\u00f1-77")
"""What nobody must find any more."""


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


async def everywhere(client: Client, owner: asyncpg.Connection, workspace: UUID) -> UUID:
    """Somebody who is found in every table that may hold a person."""
    root = await person(owner, workspace, ANN[:2], TRAITS)
    merged = await person(owner, workspace, ANN[2:], {"religion": "pastafarian"}, root=root)
    await owner.execute(
        "INSERT INTO waypost.contact_merges (workspace_id, id, winner_id, loser_id, by, merged_at)"
        " VALUES ($1, $2, $3, $4, 'api', now())",
        *(workspace, new_id(), root, merged),
    )
    await owner.execute(
        "INSERT INTO waypost.external_ids (workspace_id, kind, source, external_id, resource_id,"
        " position) VALUES ($1, 'contact', 'crm', 'ann-4711', $2, 0)",
        *(workspace, root),
    )
    for source, value in ANN:
        await events(owner, workspace, source, value, number=3, name="Ann of Graz")
    for message in (
        json.dumps({"userId": "ann-4711"}).encode(),
        json.dumps({"anonymousId": ANN[2][1]}).encode(),
        json.dumps({"traits": {"email": "ann@example.org"}}).encode() + b"\xff\x00",
    ):
        await owner.execute(
            "INSERT INTO waypost.quarantine (workspace_id, id, created_at, updated_at, code,"
            " detail, message) VALUES ($1, $2, now(), now(), 'too_long', 'x', $3)",
            *(workspace, new_id(), message),
        )
    said = {"purpose": "email_marketing", "granted": True, "means": "form"}
    for who in (root, merged):
        await client.made(
            f"/v1/contacts/{who}/consents", said, headers={"Idempotency-Key": f"consent {who}"}
        )
    await client.made(
        "/v1/evidence",
        {"kind": "anecdotal", "source_kind": "interview", "text": "Ann of Graz waited"}
        | {"subject": {"contact_id": str(merged)}, "language": "en"},
        headers={"Idempotency-Key": "evidence"},
    )
    return root


async def test_every_table_that_may_hold_a_person_is_reached() -> None:
    assert everything.metadata.sorted_tables
    assert privacy.unreached() == set()
    assert {"consents", "contact_merges", "evidence", "events"} <= {*privacy.reached()}
    assert not {*privacy.STAFF} & {*privacy.reached()}


async def test_an_erasure_leaves_no_trace_but_hashes(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    mine = workspace.workspace_id
    who = await everywhere(client, owner, mine)
    other = await person(owner, mine, [("user_id", "ben")], {"name": "Ben"})
    await events(owner, mine, "user_id", "ben", number=2)
    before = await contents(owner, mine)
    seen = {table for table, rows in before.items() if any(t in r for r in rows for t in TOLD)}
    assert seen >= {
        *("contacts", "contact_identifiers", "events", "evidence", "external_ids"),
        *("idempotency_keys",),
    }
    answer = await client.post(f"/v1/contacts/{who}/erase", headers={"Idempotency-Key": "erase"})
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt["counts"] == {
        **dict.fromkeys(privacy.reached(), 0),
        **{"contacts": 2, "contact_identifiers": 3, "contact_merges": 1, "consents": 2},
        **{"events": 9, "evidence": 1, "external_ids": 1, "quarantine": 3, "idempotency_keys": 3},
    }
    assert receipt["identifiers"] == 3
    assert not any(told in answer.text for told in (*TOLD, str(who)))
    after = await contents(owner, mine)
    assert [
        (table, row)
        for table, rows in after.items()
        for row in rows
        if any(told in row for told in TOLD)
    ] == []
    for told in TOLD:
        raw = "SELECT count(*) FROM waypost.quarantine WHERE position($1 in message) > 0"
        assert await owner.fetchval(raw, told.encode()) == 0
    identities = {str(identity(mine, *one)) for one in ANN}
    assert not [row for row in after["blocked_identifiers"] if any(i in row for i in identities)]
    assert len(after["blocked_identifiers"]) == 3
    # Nobody else was touched, and what was counted stays counted.
    assert len(after["events"]) == 2
    assert after["event_keys"] == before["event_keys"]
    assert (await client.got(f"/v1/contacts/{other}/consents"))["items"] == []
    assert (await client.get(f"/v1/contacts/{who}/consents")).status_code == 404
    again = await client.post(f"/v1/contacts/{who}/erase")
    assert again.status_code == 404
    assert (await client.got("/v1/erasures"))["items"] == [receipt]
    assert await client.got(f"/v1/erasures/{receipt['id']}") == receipt


async def test_those_who_follow_are_told_of_what_went(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    who = await everywhere(client, owner, workspace.workspace_id)
    await client.made(f"/v1/contacts/{who}/erase", None)
    kinds = await owner.fetch(
        "SELECT kind, count(*) FROM waypost.outbox WHERE workspace_id = $1"
        " AND kind LIKE '%.erased' GROUP BY kind",
        workspace.workspace_id,
    )
    assert dict(map(tuple, kinds)) == {
        "contact.erased": 2,
        "evidence.erased": 1,
        "quarantined_message.erased": 3,
    }


async def test_an_erased_person_is_known_again_until_the_block_is_lifted(
    client: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    mine = workspace.workspace_id
    who = await person(owner, mine, ANN, TRAITS)
    receipt = await client.made(f"/v1/contacts/{who}/erase", None)
    theirs = {identity(mine, *one) for one in ANN}
    asked = {*theirs, identity(mine, "user_id", "ben")}

    async def blocked() -> frozenset[UUID]:
        async with database.write(workspace) as work:
            return await contacts.blocked(work, asked)

    assert await blocked() == theirs
    # In another workspace, the same identifiers are other people's.
    elsewhere = replace(workspace, workspace_id=new_id())
    async with database.write(elsewhere) as work:
        assert await contacts.blocked(work, asked) == frozenset()
    at = f"/v1/erasures/{receipt['id']}"
    for _ in range(2):
        assert (await client.delete(f"{at}/block")).status_code == 204
    assert await blocked() == frozenset()
    lifted = await client.got(at)
    assert (lifted["version"], lifted["identifiers"]) == (2, 3)
    assert lifted["lifted_at"]


async def test_a_service_without_its_secret_takes_in_nobody_it_should_know(
    client: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    mine = workspace.workspace_id
    who = await person(owner, mine, ANN)
    asked = [identity(mine, *ANN[0])]
    async with database.write(workspace) as work:
        work.pepper = b""
        assert await contacts.blocked(work, asked) == frozenset()
    await client.made(f"/v1/contacts/{who}/erase", None)
    with pytest.raises(Unavailable):
        async with database.write(workspace) as work:
            work.pepper = b""
            await contacts.blocked(work, asked)


async def test_without_a_secret_nobody_is_erased(
    app: FastAPI, client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    database: Database = app.state.database
    who = await person(owner, workspace.workspace_id, ANN)
    pepper, database.pepper = database.pepper, b""
    try:
        answer = await client.post(f"/v1/contacts/{who}/erase")
    finally:
        database.pepper = pepper
    assert (answer.status_code, answer.json()["code"]) == (501, "not_configured")
    assert (await client.get(f"/v1/contacts/{who}/consents")).status_code == 200


async def test_an_export_holds_everything_by_the_page(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    mine = workspace.workspace_id
    who = await everywhere(client, owner, mine)
    await person(owner, mine, [("user_id", "ben")], {"name": "Ben"})
    await events(owner, mine, "user_id", "ben")
    first = await client.got(f"/v1/contacts/{who}/export", params={"limit": 4})
    held = {table: len(rows) for table, rows in first["held"].items()}
    assert held == {
        **dict.fromkeys({*privacy.reached()} - {"events"}, 0),
        **{"contacts": 2, "contact_identifiers": 3, "contact_merges": 1, "consents": 2},
        **{"evidence": 1, "external_ids": 1, "quarantine": 3, "idempotency_keys": 3},
        **{"audit": 2, "outbox": 2},
    }
    assert first["cut"] == []
    told = {base64.b64decode(row["message"]) for row in first["held"]["quarantine"]}
    assert json.dumps({"userId": "ann-4711"}).encode() in told
    assert {row["value"] for row in first["held"]["contact_identifiers"]} == {v for _, v in ANN}
    assert "Ben" not in json.dumps(first)
    seen, page = first["events"], first
    while page["next"]:
        params = {"limit": 4, "after": page["next"]}
        page = await client.got(f"/v1/contacts/{who}/export", params=params)
        assert page["held"] == {}
        seen += page["events"]
    assert len(seen) == len({(row["arrival"], row["user_id"]) for row in seen}) == 9
    assert (await client.get(f"/v1/contacts/{new_id()}/export")).status_code == 404


async def test_a_restricted_person_is_kept_and_not_used(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    who = await everywhere(client, owner, workspace.workspace_id)
    merged = await owner.fetchval(
        "SELECT id FROM waypost.contacts WHERE root_id = $1 AND id <> $1", who
    )
    at = f"/v1/contacts/{merged}"
    first = await client.post(f"{at}/restrict")
    assert first.status_code == 200
    again = (await client.post(f"/v1/contacts/{who}/restrict")).json()
    assert again["restricted_at"] == first.json()["restricted_at"]
    for one in (who, merged):
        page = await client.got(f"/v1/contacts/{one}/consents")
        assert {(s["usable"], s["reason"]) for s in page["states"]} == {(False, "restricted")}
    for _ in range(2):
        assert (await client.delete(f"/v1/contacts/{who}/restrict")).status_code == 204
    page = await client.got(f"{at}/consents")
    assert {s["purpose"] for s in page["states"] if s["usable"]} == {"analytics", "email_marketing"}
    versions = await owner.fetch("SELECT version FROM waypost.contacts WHERE root_id = $1", who)
    # One consent each, restricted once, lifted once.
    assert {row[0] for row in versions} == {4}


async def test_matters_of_privacy_need_their_scope(
    client: Client, stranger: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    who = await person(owner, workspace.workspace_id)
    scopes = ["contacts:read", "contacts:write", "admin", "maps:read"]
    made = await client.made("/v1/api-keys", {"name": "All but one", "scopes": scopes})
    headers = {"Authorization": f"Bearer {made['key']}"}
    calls = [
        ("GET", f"/v1/contacts/{who}/export"),
        ("POST", f"/v1/contacts/{who}/restrict"),
        ("DELETE", f"/v1/contacts/{who}/restrict"),
        ("POST", f"/v1/contacts/{who}/erase"),
        ("GET", "/v1/erasures"),
        ("GET", f"/v1/erasures/{new_id()}"),
        ("DELETE", f"/v1/erasures/{new_id()}/block"),
    ]
    for method, path in calls:
        answer = await client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), path
        if path != "/v1/erasures":
            assert (await stranger.request(method, path)).status_code == 404, path
