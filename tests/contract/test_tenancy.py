"""What the schema and the roles promise, read from the database's own catalogues."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from service.domain import schema
from service.roles import APP, OWNER, READER, WORKER
from tests.contract.contents import NO_TENANT

BESIDES = {
    ("workspaces", "operators"): "an operator's key lists the workspaces",
    ("workspaces", "worker"): "the worker finds the workspaces that it enters",
    ("outbox", "worker"): "the worker tells of every workspace",
}
"""Policies that show more than one workspace to a serving role, with the reason."""

EVERY = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
FEWER = {
    "alembic_version": {"SELECT"},
    "api_keys": EVERY - {"DELETE"},
    "audit": {"SELECT", "INSERT"},
    "consents": EVERY - {"UPDATE"},
    "enrolments": EVERY - {"UPDATE"},
    "erasures": EVERY - {"DELETE"},
    "event_keys": {"SELECT", "INSERT"},
    "events": EVERY - {"UPDATE"},
    "outbox": {"SELECT", "INSERT"},
    "outbox_origin": {"SELECT"},
    "revision_acknowledgements": {"SELECT", "INSERT"},
    "revisions": {"SELECT", "INSERT"},
}
"""What the serving roles may do where that is not everything."""

SEARCHED = {table.name for table in schema.metadata.sorted_tables if "search" in table.c} | {
    "events"
}
"""Tables that are read through a view: their texts, traits or properties are looked through."""
TABLES = "relnamespace = 'waypost'::regnamespace AND relkind IN ('r', 'p')"


async def test_every_table_is_under_policies(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "SELECT relname, relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid) "
        f"AS guarded, relforcerowsecurity AS forced FROM pg_class c WHERE {TABLES}"
    )
    assert {row["relname"] for row in rows if not row["guarded"]} == set(NO_TENANT)
    # Under FORCE, the owner's backfills and dumps would silently see nothing.
    assert not any(row["forced"] for row in rows)
    assert len(rows) > 15


async def test_a_policy_shows_and_takes_the_rows_of_the_workspace_that_is_set(
    owner: asyncpg.Connection,
) -> None:
    rows = await owner.fetch(
        "SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check "
        "FROM pg_policies WHERE schemaname = 'waypost'"
    )
    tenant = [row for row in rows if row["policyname"] == "tenant"]
    tables = await owner.fetch(f"SELECT relname FROM pg_class WHERE {TABLES}")
    assert {row["tablename"] for row in tenant} == {row[0] for row in tables} - set(NO_TENANT)
    mine = "(workspace_id = (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid)"
    for row in tenant:
        assert (row["qual"], row["with_check"], row["cmd"]) == (mine, mine, "ALL")
        assert set(row["roles"]) == {APP, WORKER}
    others = [row for row in rows if row["policyname"] != "tenant" and row["roles"] != [READER]]
    assert {(row["tablename"], row["policyname"]) for row in others} == set(BESIDES)
    readers = [row for row in rows if row["roles"] == [READER]]
    assert {row["cmd"] for row in readers} == {"SELECT"}


async def test_every_key_holds_the_workspace(owner: asyncpg.Connection) -> None:
    """So a row can point only at rows of its own workspace, and all can be distributed by it."""
    indexes = await owner.fetch(
        "SELECT i.relname, 'workspace_id' = ANY (ARRAY(SELECT attname FROM pg_attribute WHERE "
        "attrelid = indrelid AND attnum = ANY (indkey::int2[]))) AS holds FROM pg_index "
        "JOIN pg_class i ON i.oid = indexrelid "
        "WHERE indisunique AND i.relnamespace = 'waypost'::regnamespace"
    )
    assert {row["relname"] for row in indexes if not row["holds"]} == {"alembic_version_pkc"}
    foreign = await owner.fetch(
        "SELECT conname, (SELECT bool_or(a.attname = 'workspace_id' AND b.attname = a.attname) "
        "FROM unnest(conkey, confkey) AS pair (here, there) "
        "JOIN pg_attribute a ON (a.attrelid, a.attnum) = (conrelid, here) "
        "JOIN pg_attribute b ON (b.attrelid, b.attnum) = (confrelid, there)) AS holds "
        "FROM pg_constraint WHERE contype = 'f' AND connamespace = 'waypost'::regnamespace"
    )
    assert len(foreign) > 15
    assert [row["conname"] for row in foreign if not row["holds"]] == []


async def test_nothing_stands_in_the_way_of_distribution(owner: asyncpg.Connection) -> None:
    """No SET NULL on a key with the workspace, no changed key, rule or sequence; one trigger."""
    actions = await owner.fetchrow(
        "SELECT array_agg(DISTINCT confdeltype::text) AS deleted, "
        "array_agg(DISTINCT confupdtype::text) AS updated FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = 'waypost'::regnamespace"
    )
    assert set(actions["deleted"]) <= {"a", "c"}
    assert actions["updated"] == ["a"]
    # The one there is writes a row of the same workspace.
    assert await owner.fetchval(
        "SELECT array_agg(DISTINCT tgname || tgfoid::regprocedure::text) FROM pg_trigger "
        "WHERE NOT tgisinternal"
    ) == ["cataloguewaypost.raise_catalogue_version()"]
    assert await owner.fetch("SELECT FROM pg_rules WHERE schemaname = 'waypost'") == []
    kinds = await owner.fetch(
        "SELECT DISTINCT relkind::text FROM pg_class WHERE relnamespace = 'waypost'::regnamespace"
    )
    assert {row[0] for row in kinds} <= {"r", "p", "i", "I", "v"}


async def test_no_role_can_get_around_the_policies(owner: asyncpg.Connection) -> None:
    roles = await owner.fetch(
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb "
        "OR rolreplication AS mighty FROM pg_roles WHERE rolname LIKE 'waypost%'"
    )
    may_enter = {row["rolname"]: row["rolcanlogin"] for row in roles}
    assert may_enter == {OWNER: True, APP: True, WORKER: True, READER: False}
    assert not any(row["mighty"] for row in roles)
    owned = await owner.fetch(
        "SELECT relname, rolname FROM pg_class JOIN pg_roles r ON r.oid = relowner "
        "WHERE rolname = ANY ($1)",
        [APP, WORKER, READER],
    )
    views = {(f"{table}_in_workspace", READER) for table in SEARCHED}
    assert {(row["relname"], row["rolname"]) for row in owned} == views
    for role in (APP, WORKER, READER):
        others = {OWNER, APP, WORKER, READER} - {role}
        for other in others:
            assert not await owner.fetchval("SELECT pg_has_role($1, $2, 'MEMBER')", role, other)


@pytest.mark.parametrize("role", [APP, WORKER])
async def test_a_serving_role_can_do_what_it_needs_and_no_more(
    owner: asyncpg.Connection, role: str
) -> None:
    rows = await owner.fetch(
        "SELECT relname, relkind::text, array_agg(a.privilege_type) AS may "
        "FROM pg_class, aclexplode(relacl) AS a WHERE relnamespace = 'waypost'::regnamespace "
        "AND a.grantee = $1::regrole GROUP BY 1, 2",
        role,
    )
    may = {row["relname"]: set(row["may"]) for row in rows}
    expected: Mapping[str, Any] = {f"{table}_in_workspace": {"SELECT"} for table in SEARCHED}
    tables = [row["relname"] for row in rows if row["relkind"] in "rp"]
    expected |= {table: FEWER.get(table, EVERY) for table in tables}
    assert may == expected
    everybody = (
        "SELECT relname FROM pg_class, aclexplode(relacl) AS a "
        "WHERE relnamespace = 'waypost'::regnamespace AND a.grantee = 0"
    )
    assert await owner.fetch(everybody) == []
    columns = await owner.fetch(
        "SELECT relname, attname, a.privilege_type AS may FROM pg_class"
        " JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl) AS a"
        " WHERE relnamespace = 'waypost'::regnamespace AND a.grantee IN (0, $1::regrole)",
        role,
    )
    assert [tuple(row) for row in columns] == [("events", "anonymous_id", "UPDATE")]


@pytest.mark.parametrize("role", [APP, WORKER])
async def test_of_a_leaf_nobody_who_serves_can_read_a_row(
    owner: asyncpg.Connection, role: str
) -> None:
    """A leaf is under no policy: rows are put there, and read through the parent alone."""
    leaves = await owner.fetch(
        "SELECT c.oid::regclass::text AS leaf, privilege, "
        "has_table_privilege($1, c.oid, privilege) AS may "
        "FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', "
        "'REFERENCES', 'TRIGGER']) AS privilege "
        "WHERE relnamespace = 'waypost_leaves'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')",
        role,
    )
    assert {row["leaf"] for row in leaves} >= {
        "waypost_leaves.events_default",
        "waypost_leaves.event_keys_all",
    }
    assert {row["privilege"] for row in leaves if row["may"]} == {"INSERT"}


@pytest.mark.parametrize("role", [APP, WORKER, READER])
async def test_a_serving_role_makes_nothing_anywhere(owner: asyncpg.Connection, role: str) -> None:
    """A function of its own could look at what a view passes by."""
    anywhere = "SELECT nspname FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')"
    assert await owner.fetch(anywhere, role) == []
    for right in ("CREATE", "TEMPORARY"):
        may = "SELECT has_database_privilege($1, current_database(), $2)"
        assert await owner.fetchval(may, role, right) is False


async def test_the_serving_role_is_refused_when_it_tries(serving: asyncpg.Connection) -> None:
    leak = "FUNCTION {}.leak(text) RETURNS bool LANGUAGE sql AS 'SELECT true'"
    for statement in (
        f"CREATE {leak.format('waypost')}",
        f"CREATE {leak.format('public')}",
        f"CREATE {leak.format('pg_temp')}",
        "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
        "TRUNCATE waypost.journeys",
        "DELETE FROM waypost.audit",
        "UPDATE waypost.outbox SET kind = 'nothing'",
        "DROP POLICY tenant ON waypost.journeys",
        "ALTER TABLE waypost.journeys DISABLE ROW LEVEL SECURITY",
        "SET ROLE waypost_reader",
        "SET ROLE waypost_owner",
        "SET SESSION AUTHORIZATION waypost_owner",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await serving.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await serving.execute("SET row_security = off; SELECT count(*) FROM waypost.journeys")
    await serving.execute("SET row_security = on")
