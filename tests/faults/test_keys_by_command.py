"""Keys listed and revoked from the command line."""

import json
from typing import Any

import asyncpg
from fastapi import FastAPI

from service.settings import Settings
from tests.faults.conftest import Say
from tests.make import Client


def listed(out: str) -> dict[str, dict[str, Any]]:
    """Printed keys by id, each of them a line."""
    assert "_sha256" not in out
    return {key["id"]: key for key in map(json.loads, out.splitlines())}


async def test_an_operators_keys_are_listed_and_revoked(say: Say, app: FastAPI) -> None:
    lost, kept = [
        (await say("create-key", "--operator", "--name", name))[1] for name in ("lost", "kept")
    ]
    which, other = json.loads(lost), json.loads(kept)
    code, out, _ = await say("list-keys")
    found = listed(out)
    assert code == 0
    assert found[which["id"]] == {n: v for n, v in which.items() if n != "key"}
    assert which["key"] not in out
    code, out, _ = await say("revoke-key", which["id"])
    assert (code, json.loads(out)["name"]) == (0, "lost")
    revoked_at = json.loads(out)["revoked_at"]
    assert revoked_at is not None
    async with Client.entering(app, lost) as client:
        assert (await client.get("/v1/workspaces?limit=1")).status_code == 401
    async with Client.entering(app, kept) as client:
        assert (await client.get("/v1/workspaces?limit=1")).status_code == 200
    again = await say("revoke-key", which["id"])
    assert (again[0], json.loads(again[1])["revoked_at"]) == (0, revoked_at)
    found = listed((await say("list-keys"))[1])
    assert found[which["id"]]["revoked_at"] == revoked_at
    assert found[other["id"]]["revoked_at"] is None


async def test_a_workspaces_keys_are_listed_all_of_them_and_revoked(
    say: Say, app: FastAPI, settings: Settings
) -> None:
    _, founded, _ = await say("create-workspace", "--name", "Many keys")
    workspace = json.loads(founded)["id"]
    owner = await asyncpg.connect(settings.owner_database_url)
    await owner.execute(
        "INSERT INTO waypost.api_keys (workspace_id, id, created_at, updated_at, name,"
        " secret_sha256, scopes) SELECT $1, gen_random_uuid(), now(), now(), 'key ' || n, '', '{}'"
        " FROM generate_series(1, 450) AS n",
        workspace,
    )
    await owner.close()
    found = listed((await say("list-keys", "--workspace", workspace))[1])
    assert {key["name"] for key in found.values()} == {
        "first key",
        *(f"key {n}" for n in range(1, 451)),
    }
    (first,) = (key["id"] for key in found.values() if key["name"] == "first key")
    code, _, err = await say("revoke-key", first)
    assert (code, f"no api_key {first}" in err) == (1, True), "it is no operator's"
    code, out, _ = await say("revoke-key", first, "--workspace", workspace)
    assert (code, json.loads(out)["id"]) == (0, first)
    async with Client.entering(app, founded) as client:
        assert (await client.get("/v1/journeys")).status_code == 401


async def test_who_revoked_a_key_is_kept_like_any_change(say: Say, settings: Settings) -> None:
    _, made, _ = await say("create-key", "--operator")
    which = json.loads(made)["id"]
    await say("revoke-key", which)
    owner = await asyncpg.connect(settings.owner_database_url)
    for table in ("audit", "outbox"):
        rows = await owner.fetch(
            f"SELECT kind FROM waypost.{table} WHERE resource_id = $1 ORDER BY id",
            which,
        )
        assert {row["kind"] for row in rows} == {"api_key.created", "api_key.updated"}
    await owner.close()
