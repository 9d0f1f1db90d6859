"""What changed, in order: every change once, whatever was written at the same time."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import changes, schema
from service.domain.changes import ChangesQuery
from service.domain.ids import new_id
from service.domain.tables import metadata
from service.domain.work import Caller, Scope, Work
from service.settings import Settings
from tests.contract.furnishing import workspace_of
from tests.make import Client, journey, pointers

PATH = "/v1/changes"
Change = dict[str, Any]


async def seen(client: Client, many: int, **query: Any) -> tuple[list[Change], str]:
    """So many changes, and where they end. Others' transactions may hold them back a while."""
    found: list[Change] = []
    async with asyncio.timeout(60):
        while len(found) < many:
            page = await client.got(PATH, params=query)
            found += page["items"]
            query["after"] = page["next"]
    assert len(found) == many, found
    return found, query["after"]


def said(change: Change) -> tuple[str, str, str, int]:
    return change["kind"], change["id"], change["op"], change["version"]


@pytest.fixture
async def start(client: Client) -> str:
    """The place before what the test does: behind the first key and the workspace."""
    return (await seen(client, 2))[1]


@pytest.fixture
async def raw(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The serving role, without the service around it."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()


async def test_every_write_is_told_once_and_in_order(client: Client, start: str) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    made = await client.made("/v1/journeys", journey(1, 2))
    stage = made["stages"][0]
    step = stage["steps"][0]
    await client.patch(f"/v1/steps/{step['id']}", json={"emotion": -2})
    await client.delete(f"/v1/personas/{persona['id']}")
    found, end = await seen(client, 8, after=start)
    assert said(found[0]) == ("persona", persona["id"], "upsert", 1)
    created = {said(change) for change in found[1:6]}
    assert created == {
        ("journey", made["id"], "upsert", 1),
        ("stage", stage["id"], "upsert", 1),
        *(("step", one["id"], "upsert", 1) for one in stage["steps"]),
        ("transition", made["transitions"][0]["id"], "upsert", 1),
    }
    assert said(found[6]) == ("step", step["id"], "upsert", 2)
    assert said(found[7]) == ("persona", persona["id"], "erase", 1)
    assert found[6]["whole_id"] == made["id"]
    assert found[7]["whole_id"] is None
    assert found[0]["changed_at"] == persona["created_at"]
    page = await client.got(PATH, params={"after": end})
    assert page["items"] == []
    assert page["next"]


async def test_pages_of_any_size_are_the_same_changes(client: Client, start: str) -> None:
    for n in range(7):
        await client.made("/v1/touchpoints", {"name": f"T{n}"})
    whole, _ = await seen(client, 7, after=start)
    assert [c["version"] for c in whole] == [1] * 7
    for limit in (1, 2, 3, 7, 200):
        assert (await seen(client, 7, after=start, limit=limit))[0] == whole
    assert (await seen(client, 9))[0][2:] == whole
    answer = await client.get(
        PATH, params={"after": start}, headers={"Accept": "application/x-ndjson"}
    )
    *lines, last = (json.loads(line) for line in answer.text.splitlines())
    assert lines == whole
    assert (await client.got(PATH, params={"after": last["next"]}))["items"] == []


async def test_a_transaction_that_stays_open_delays_and_loses_nothing(
    client: Client, raw: asyncpg.Connection, start: str
) -> None:
    """Its row has a lower number than one that is committed long before."""
    workspace = workspace_of(client)
    late = new_id()
    await raw.execute(f"BEGIN; SET LOCAL app.workspace = '{workspace}'")
    await raw.execute(
        "INSERT INTO waypost.outbox (workspace_id, id, at, kind, resource_id, whole_id, version) "
        "VALUES ($1, $2, now(), 'persona.updated', $3, $3, 9)",
        workspace,
        new_id(),
        late,
    )
    soon = await client.made("/v1/personas", {"name": "Ann"})
    page = await client.got(PATH, params={"after": start})
    assert page["items"] == []
    waiting = (await client.got(PATH, params={"after": page["next"]}))["next"]
    await raw.execute("COMMIT")
    found, _ = await seen(client, 2, after=waiting)
    assert [change["id"] for change in found] == [str(late), soon["id"]]


async def test_a_transaction_of_another_database_delays_as_well(
    client: Client, postgres_url: str, start: str
) -> None:
    other = await asyncpg.connect(postgres_url)
    try:
        await other.execute("BEGIN; SELECT pg_current_xact_id()")
        made = await client.made("/v1/personas", {"name": "Ann"})
        assert (await client.got(PATH, params={"after": start}))["items"] == []
    finally:
        await other.close()
    assert (await seen(client, 1, after=start))[0][0]["id"] == made["id"]


async def test_what_was_undone_is_not_told(
    client: Client, database: Database, workspace: Caller, start: str
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write(workspace) as work:
            personas = changes.RESOURCES["persona"]
            await personas.create(work, personas.new(name="Nobody"))  # type: ignore[call-arg]
            raise ZeroDivisionError
    made = await client.made("/v1/personas", {"name": "Ann"})
    assert [c["id"] for c in (await seen(client, 1, after=start))[0]] == [made["id"]]


async def test_kinds_can_be_chosen_and_the_place_holds_for_all(client: Client, start: str) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    persona = await client.made("/v1/personas", {"name": "Ann"})
    found, end = await seen(client, 2, after=start, kind="persona,stage", limit=1)
    assert [change["id"] for change in found] == [made["stages"][0]["id"], persona["id"]]
    # Behind the present nothing is left, of whatever kind.
    page = await client.got(PATH, params={"after": end})
    assert page["items"] == []


@pytest.mark.parametrize("kind", ["", "colour", "step,colour", "step,", "Step", "step;stage"])
async def test_an_unknown_kind_is_refused(client: Client, kind: str) -> None:
    answer = await client.get(PATH, params={"kind": kind})
    assert (answer.status_code, pointers(answer)) == (422, {"/query/kind"})


async def test_now_is_behind_what_was_and_before_what_comes(client: Client, start: str) -> None:
    await client.made("/v1/personas", {"name": "Before"})
    page = await client.got(PATH, params={"after": "now"})
    assert page["items"] == []
    made = await client.made("/v1/personas", {"name": "Ann"})
    assert (await seen(client, 1, after=page["next"]))[0][0]["id"] == made["id"]
    assert len((await seen(client, 2, after=start))[0]) == 2


async def test_only_what_the_key_may_read_is_told(client: Client, app: FastAPI) -> None:
    scopes = {"maps": ["maps:read"], "keys": ["admin"], "none": ["events:write"]}
    keys = {
        name: await client.made("/v1/api-keys", {"name": name, "scopes": given})
        for name, given in scopes.items()
    }
    persona = await client.made("/v1/personas", {"name": "Ann"})
    async with Client.entering(app, json.dumps(keys["maps"])) as maps:
        assert [c["id"] for c in (await seen(maps, 1))[0]] == [persona["id"]]
        answer = await maps.get(PATH, params={"kind": "persona,api_key"})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    async with Client.entering(app, json.dumps(keys["keys"])) as admin:
        told = {c["kind"] for c in (await seen(admin, 5))[0]}
        assert told == {"api_key", "workspace"}
    async with Client.entering(app, json.dumps(keys["none"])) as nobody:
        for query in ({}, {"after": "nonsense"}):
            assert (await nobody.get(PATH, params=query)).status_code == 403


async def test_a_place_of_another_workspace_or_none_is_refused(
    client: Client, stranger: Client, start: str
) -> None:
    await stranger.made("/v1/personas", {"name": "Theirs"})
    _, theirs = await seen(stranger, 3)
    for after in (theirs, "nonsense", "客户", start[:-1], start + "A", start.swapcase(), "A" * 54):
        answer = await client.get(PATH, params={"after": after})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), after
    assert (await client.get(PATH, params={"after": "A" * 101})).status_code == 422
    assert (await client.got(PATH, params={"after": start}))["items"] == []


async def test_a_place_that_is_still_to_come_here_is_gone(client: Client, start: str) -> None:
    """As after a restore to an earlier time, whose later transactions never were."""
    workspace = workspace_of(client)
    position, mark = changes.positions.read(start, workspace)
    ahead = position._replace(xid=position.xid + 10_000_000)
    after = changes.positions.written(ahead, mark, workspace)
    answer = await client.get(PATH, params={"after": after})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")


async def test_a_page_is_one_statement_whatever_is_behind_it(client: Client, start: str) -> None:
    for size in (2, 40):
        for n in range(size):
            await client.made("/v1/touchpoints", {"name": f"T{n}"})
        before = await client.statements()
        await client.got(PATH, params={"after": start, "limit": 200})
        assert await client.statements() - before == 1


def test_every_kind_that_is_written_is_told_to_somebody() -> None:
    assert schema.metadata is metadata
    kinds = {t.info["kind"] for t in metadata.tables.values() if "kind" in t.info}
    assert set(changes.RESOURCES) == kinds | {"workspace", "api_key"}


# -- the plan ----------------------------------------------------------------------------------

MINE, OTHERS, EACH = 6_000, 40, 200
"""Changes of one's own workspace, other workspaces, and the changes of each."""


class Recorded:
    """A connection that keeps what a work asks of it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.asked: list[Any] = []

    async def fetchval(self, query: str, *args: Any) -> Any:
        self.asked.append((query, *args))
        return await self.connection.fetchval(query, *args)

    async def fetch(self, query: str, *args: Any) -> Any:
        raise AssertionError(f"a read is one value, not {query} of {args}")


@pytest.fixture
async def crowded(
    postgres_url: str, database_name: str, client: Client
) -> AsyncIterator[tuple[asyncpg.Connection, UUID]]:
    """The serving role among the changes of many workspaces, none of which stay."""
    mine = workspace_of(client)
    connection = await asyncpg.connect(f"{postgres_url.rpartition('/')[0]}/{database_name}")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "INSERT INTO waypost.outbox (workspace_id, id, xid, at, kind, resource_id, version) "
        "SELECT w, gen_random_uuid(), (3 + n / 4)::text::xid8, now(), 'step.updated', "
        "gen_random_uuid(), 1 FROM unnest($2::uuid[]) AS w, "
        f"generate_series(1, CASE w WHEN $1 THEN {MINE} ELSE {EACH} END) AS n",
        mine,
        [mine, *(new_id() for _ in range(OTHERS))],
    )
    await connection.execute("ANALYZE waypost.outbox")
    await connection.execute("SET LOCAL ROLE waypost_app")
    yield connection, mine
    await transaction.rollback()
    await connection.close()


async def test_a_page_is_read_along_the_index_as_the_serving_role(
    crowded: tuple[asyncpg.Connection, UUID],
) -> None:
    connection, mine = crowded
    recorded = Recorded(connection)
    caller = Caller(mine, None, frozenset({Scope.MAPS_READ}))
    work = Work(recorded, caller, await connection.fetchval("SELECT now()"), guarded=True)
    page = await changes.news(work, ChangesQuery(limit=100))
    page = await changes.news(work, ChangesQuery(limit=100, after=page.end))
    assert len(json.loads(page.items)) == 100
    asked = recorded.asked[1]
    told = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked[0]}", *asked[1:])
    nodes = nodes_of(json.loads(told)[0]["Plan"])
    (scan,) = [node for node in nodes if node.get("Relation Name") == "outbox"]
    assert scan["Index Name"] == "ix_outbox_workspace_id_xid_id", scan
    for part in ("workspace_id =", "ROW(", "pg_snapshot_xmin("):
        assert part in scan["Index Cond"]
    assert scan["Actual Rows"] < 110  # the page, one more, and what a server looks ahead


def nodes_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [n for plan in node.get("Plans", ()) for n in nodes_of(plan)]
    return [node, *inner]
