"""No statement of a serving role sees or touches a row of a workspace that is not set."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.database import Database, utc_now
from service.domain import alerts, audiences, contacts, evidence, journeys, measures, plans
from service.domain.ids import new_id
from service.domain.paging import ListQuery
from service.domain.resources import Resource
from service.domain.work import Caller, Scope, Work
from service.settings import Settings
from tests.contract.contents import contents, tables
from tests.contract.furnishing import furnished_and_folded, workspace_of
from tests.make import Client

SEARCHED: Mapping[str, tuple[Resource, type[ListQuery]]] = {
    "accounts": (contacts.ACCOUNTS, contacts.AccountList),
    "contacts": (contacts.CONTACTS, contacts.ContactList),
    "evidence": (evidence.EVIDENCE, evidence.EvidenceList),
    "evidence_sources": (evidence.EVIDENCE_SOURCES, evidence.EvidenceSourceList),
    "alerts": (alerts.ALERTS, alerts.AlertList),
    "actions": (plans.ACTIONS, plans.ActionList),
    "comments": (plans.COMMENTS, plans.CommentList),
    "content": (evidence.CONTENT, evidence.ContentList),
    "kpis": (measures.KPIS, measures.KpiList),
    "journeys": (journeys.JOURNEYS, journeys.JourneyList),
    "personas": (audiences.PERSONAS, audiences.PersonaList),
    "profiles": (audiences.PROFILES, audiences.ProfileList),
    "touchpoints": (journeys.TOUCHPOINTS, journeys.TouchpointList),
}
LISTED = {"events"}
"""What is listed through a view, and not searched."""
LABELS = {"evidence": "text", "contacts": "traits"}
"""What is searched, where people know a row by another column."""
VIEWS = "SELECT viewname::text FROM pg_views WHERE schemaname = 'waypost'"
OTHERS, EACH, MINE = 30, 100, 4000
"""Other workspaces, their rows of each kind, and one's own."""


@pytest.fixture
async def both(client: Client, stranger: Client, database: Database) -> tuple[UUID, UUID]:
    """Two furnished workspaces: one to be set, and another."""
    for one in (client, stranger):
        await furnished_and_folded(one, database)
    return workspace_of(client), workspace_of(stranger)


@pytest.fixture(params=["app", "worker"])
async def role(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Any]:
    url = settings.database_url if request.param == "app" else settings.worker_database_url
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


async def enter(connection: asyncpg.Connection, workspace: object) -> None:
    await connection.execute("SELECT set_config('app.workspace', $1, false)", str(workspace))


async def refused(connection: asyncpg.Connection, statement: str, *args: Any) -> bool:
    """Whether a statement is refused; else it must have found nothing to do."""
    try:
        status = await connection.execute(statement, *args)
    except asyncpg.InsufficientPrivilegeError:
        return True
    assert status.rpartition(" ")[2] == "0", status
    return False


async def test_rows_of_others_can_be_neither_read_nor_written(
    role: Any, owner: asyncpg.Connection, both: tuple[UUID, UUID]
) -> None:
    mine, theirs = both
    before = await contents(owner, theirs)
    worker = await role.fetchval("SELECT current_user = 'waypost_worker'")
    await enter(role, mine)
    for table in await tables(owner):
        seen = await role.fetch(f"SELECT DISTINCT workspace_id FROM waypost.{table}")
        if not (worker and table == "outbox"):
            assert [row[0] for row in seen] == [mine], table
        there = f"WHERE workspace_id = '{theirs}'"
        await refused(role, f"DELETE FROM waypost.{table} {there}")
        await refused(role, f"UPDATE waypost.{table} SET workspace_id = '{mine}' {there}")
        moved = f"UPDATE waypost.{table} SET workspace_id = '{theirs}'"
        assert await refused(role, moved), table
        columns = await written_columns(owner, table)
        values = columns.replace("workspace_id", f"'{theirs}'")
        copied = f"INSERT INTO waypost.{table} ({columns}) SELECT {values} FROM waypost.{table}"
        if not (worker and table == "outbox"):
            assert await refused(role, f"{copied} LIMIT 1"), table
    assert await contents(owner, theirs) == before


async def written_columns(owner: asyncpg.Connection, table: str) -> str:
    rows = await owner.fetch(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::text::regclass "
        "AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        f"waypost.{table}",
    )
    return ", ".join(row[0] for row in rows)


@pytest.mark.parametrize("setting", ["", "00000000-0000-4000-8000-000000000000"])
async def test_where_no_workspace_is_set_nothing_is_seen(
    role: Any, owner: asyncpg.Connection, both: tuple[UUID, UUID], setting: str
) -> None:
    del both
    worker = await role.fetchval("SELECT current_user = 'waypost_worker'")
    await enter(role, setting)
    views = [row[0] for row in await owner.fetch(VIEWS)]
    assert len(views) == len(SEARCHED) + len(LISTED)
    for table in [*await tables(owner), *views]:
        if not (worker and table == "outbox"):
            assert await role.fetchval(f"SELECT count(*) FROM waypost.{table}") == 0, table


async def test_a_view_shows_the_workspace_that_is_set(role: Any, both: tuple[UUID, UUID]) -> None:
    for workspace in both:
        await enter(role, workspace)
        for table in SEARCHED:
            view = f"waypost.{table}_in_workspace"
            seen = await role.fetch(f"SELECT DISTINCT workspace_id FROM {view}")
            assert [row[0] for row in seen] == [workspace]
            for change in ("DELETE FROM {}", "UPDATE {} SET version = 7"):
                assert await refused(role, change.format(view))


async def test_the_planners_statistics_show_nothing(
    role: Any, owner: asyncpg.Connection, both: tuple[UUID, UUID]
) -> None:
    """They hold the commonest values of a column, whosever they are."""
    del both
    for table in await tables(owner):
        await owner.execute(f"ANALYZE waypost.{table}")
    shown = await role.fetch("SELECT tablename FROM pg_stats WHERE schemaname = 'waypost'")
    assert {row[0] for row in shown} <= {"alembic_version"}


class Recorded:
    """A connection that keeps what a work asks of it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.asked: list[Sequence[Any]] = []

    async def fetchval(self, query: str, *args: Any) -> Any:
        self.asked.append((query, *args))
        return await self.connection.fetchval(query, *args)

    async def fetch(self, query: str, *args: Any) -> Any:
        raise AssertionError(f"a read is one value, not {query} of {args}")


@pytest.fixture
async def crowded(
    postgres_url: str, database_name: str, both: tuple[UUID, UUID]
) -> AsyncIterator[asyncpg.Connection]:
    """The serving role among many rows of many workspaces, none of which stay."""
    connection = await asyncpg.connect(f"{postgres_url.rpartition('/')[0]}/{database_name}")
    transaction = connection.transaction()
    await transaction.start()
    workspaces = [both[0], *(new_id() for _ in range(OTHERS))]
    await connection.execute(
        "INSERT INTO waypost.workspaces (workspace_id, name, created_at, updated_at) "
        "SELECT unnest($1::uuid[]), 'Crowd', now(), now()",
        workspaces[1:],
    )
    for table in SEARCHED:
        await multiply(connection, table, workspaces)
        await connection.execute(f"SELECT gin_clean_pending_list('waypost.ix_{table}_search')")
        await connection.execute(f"ANALYZE waypost.{table}")
    await connection.execute("SET LOCAL ROLE waypost_app")
    yield connection
    await transaction.rollback()
    await connection.close()


def label_of(table: str) -> str:
    """The column that holds what is searched."""
    return LABELS.get(table, SEARCHED[table][0].table.info["label"])


async def multiply(connection: asyncpg.Connection, table: str, workspaces: list[UUID]) -> None:
    """Copy a row of the first workspace, with other names, into all of them."""
    columns = (await written_columns(connection, table)).split(", ")
    label = label_of(table)
    changed = {
        "workspace_id": "workspace",
        "id": "gen_random_uuid()",
        label: "md5(workspace::text || n)",
        "key": "'copy-' || n",
        **dict.fromkeys(("parent_id", "profile_id", "as_is_id", "variant_of", "source_id"), "NULL"),
        **dict.fromkeys(("journey_id", "stage_id", "account_id", "merged_into_id"), "NULL"),
        # Shown as itself.
        "root_id": "md5(workspace::text || 'row' || n)::uuid",
    }
    if "root_id" in columns:
        changed["id"] = changed["root_id"]
        changed["traits"] = "jsonb_build_object('name', md5(workspace::text || n))"
    values = ", ".join(changed.get(name, f"row.{name}") for name in columns)
    await connection.execute(
        f"INSERT INTO waypost.{table} ({', '.join(columns)}) SELECT {values} "
        f"FROM (SELECT * FROM waypost.{table} WHERE workspace_id = $1 LIMIT 1) AS row, "
        f"unnest($2::uuid[]) AS workspace, "
        f"generate_series(1, CASE workspace WHEN $1 THEN {MINE} ELSE {EACH} END) AS n",
        workspaces[0],
        workspaces,
    )


async def test_a_search_uses_its_index_and_finds_ones_own(
    crowded: asyncpg.Connection, both: tuple[UUID, UUID]
) -> None:
    """By the planner's own choice, as the serving role, in the statement that the service runs."""
    mine = both[0]
    needle = await crowded.fetchval("SELECT left(md5($1::uuid::text || 7), 8)", mine)
    for table, (resource, query) in SEARCHED.items():
        connection = Recorded(crowded)
        work = Work(connection, Caller(mine, None, frozenset(Scope)), utc_now(), guarded=True)
        (found,) = json.loads((await resource.page(work, query(q=needle))).items)
        assert needle in str(found[label_of(table)])
        (asked,) = connection.asked
        assert f"ix_{table}_search" in await searched_by(crowded, *asked), table
        behind = f"SELECT id FROM waypost.{table} WHERE workspace_id = $1 AND search ILIKE $2"
        assert await searched_by(crowded, behind, mine, f"%{needle}%") == set()


async def searched_by(connection: asyncpg.Connection, query: str, *args: Any) -> set[str]:
    """The indexes by which a statement's plan, as it was run, looks for a text."""
    found = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *args)
    nodes = nodes_of(json.loads(found)[0]["Plan"])
    return {node["Index Name"] for node in nodes if "search ~~*" in node.get("Index Cond", "")}


def nodes_of(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from nodes_of(inner)
