"""What the database itself keeps: whose row it is, who may do what, what can be distributed."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from service.domain.ids import new_id
from service.roles import APP, OWNER, READER, WORKER
from service.settings import Settings
from tests.make import Client

NO_TENANT = {"alembic_version": "the schema's own revision"}
"""Tables that belong to no workspace, with the reason."""

SEARCHED = ("profiles", "personas", "journeys", "touchpoints")


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def serving(settings: Settings) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()


async def test_every_table_is_under_policies(owner: Any) -> None:
    rows = await owner.fetch(
        "SELECT c.relname, c.relrowsecurity, "
        "array(SELECT p.polname::text FROM pg_policy p WHERE p.polrelid = c.oid) AS policies "
        "FROM pg_class c WHERE relnamespace = 'waypost'::regnamespace AND relkind IN ('r', 'p')"
    )
    open_to_all = {r["relname"] for r in rows if not (r["relrowsecurity"] and r["policies"])}
    assert open_to_all == set(NO_TENANT)
    assert len(rows) > 15
    tenant = {r["relname"] for r in rows if {"tenant", "reader"} <= set(r["policies"])}
    assert tenant == {r["relname"] for r in rows} - set(NO_TENANT)


async def test_every_key_holds_the_workspace(owner: Any) -> None:
    rows = await owner.fetch(
        "SELECT conname, conrelid::regclass::text AS held_by, contype::text, confdeltype::text, "
        "confupdtype::text, array(SELECT attname::text FROM pg_attribute "
        "WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns FROM pg_constraint "
        "WHERE connamespace = 'waypost'::regnamespace AND contype IN ('p', 'u', 'f')"
    )
    without = [r["conname"] for r in rows if "workspace_id" not in r["columns"]]
    assert without == ["alembic_version_pkc"]
    # What a distributed table cannot have: SET NULL on a key with the workspace in it, cascades
    # of a changed key, triggers.
    assert {r["confdeltype"] for r in rows if r["contype"] == "f"} <= {"a", "c"}
    assert {r["confupdtype"] for r in rows if r["contype"] == "f"} == {"a"}
    triggers = await owner.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    assert triggers == []


async def test_the_roles_can_do_what_they_need_and_no_more(owner: Any) -> None:
    roles = await owner.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'waypost%'"
    )
    assert {r["rolname"]: r["rolcanlogin"] for r in roles} == {
        OWNER: True,
        APP: True,
        WORKER: True,
        READER: False,
    }
    for role in roles:
        assert not (role["rolsuper"] or role["rolbypassrls"] or role["rolcreaterole"])
    rights = await owner.fetch(
        "SELECT table_name::text, "
        "array_agg(privilege_type::text ORDER BY privilege_type::text) AS may "
        "FROM information_schema.role_table_grants WHERE grantee = $1 AND table_schema = 'waypost' "
        "GROUP BY 1",
        APP,
    )
    every = ["DELETE", "INSERT", "SELECT", "UPDATE"]
    fewer = {
        "audit": ["INSERT", "SELECT"],
        "outbox": ["INSERT", "SELECT"],
        "api_keys": ["INSERT", "SELECT", "UPDATE"],
        "alembic_version": ["SELECT"],
        **{f"{table}_in_workspace": ["SELECT"] for table in SEARCHED},
    }
    for row in rights:
        assert row["may"] == fewer.get(row["table_name"], every), row["table_name"]
    owned = await owner.fetchval(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE r.rolname = $1",
        APP,
    )
    assert owned == 0


async def test_the_serving_role_makes_nothing_that_could_look_past_a_view(serving: Any) -> None:
    for statement in (
        "CREATE FUNCTION waypost.leak(text) RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
        "SET ROLE waypost_reader",
        "SET ROLE waypost_owner",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.execute(statement)
    temporary = await serving.fetchval("SELECT has_schema_privilege('waypost', 'CREATE')")
    assert temporary is False


async def test_views_show_nothing_of_others(client: Client, stranger: Client, serving: Any) -> None:
    for who in (client, stranger):
        for table in SEARCHED:
            named = {"title": "same words"} if table == "journeys" else {"name": "same words"}
            await who.made(f"/v1/{table}", named)
    for table in SEARCHED:
        view = f"waypost.{table}_in_workspace"
        assert await serving.fetchval(f"SELECT count(*) FROM {view}") == 0
        async with serving.transaction():
            await serving.execute(f"SET LOCAL app.workspace = '{new_id()}'")
            assert await serving.fetchval(f"SELECT count(*) FROM {view}") == 0
        found = await client.got(f"/v1/{table}?q=same&count=true")
        assert found["total"] == 1


async def test_text_search_uses_its_index(serving: Any, owner: Any, workspace: Any) -> None:
    """As the serving role, by the planner's own choice, among enough rows of others."""
    await owner.execute(
        "INSERT INTO waypost.journeys (workspace_id, id, created_at, updated_at, title, "
        "perspective, status) SELECT $1, gen_random_uuid(), '2026-01-01', '2026-01-01', "
        "md5(n::text), 'as_is', 'draft' FROM generate_series(1, 30000) n",
        workspace.workspace_id,
    )
    await owner.execute("ANALYZE waypost.journeys")
    async with serving.transaction():
        await serving.execute(f"SET LOCAL app.workspace = '{workspace.workspace_id}'")
        plan = await serving.fetch(
            "EXPLAIN SELECT id FROM waypost.journeys_in_workspace "
            f"WHERE workspace_id = '{workspace.workspace_id}' AND search ILIKE '%c4ca4238%'"
        )
        behind_policies = await serving.fetch(
            "EXPLAIN SELECT id FROM waypost.journeys "
            f"WHERE workspace_id = '{workspace.workspace_id}' AND search ILIKE '%c4ca4238%'"
        )
    assert any("ix_journeys_search" in row[0] for row in plan), plan
    assert not any("Index Cond: (search" in row[0] for row in behind_policies)
