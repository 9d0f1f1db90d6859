"""The ground all contestants stand on: one Postgres, many workspaces, the same maps in each.

One map is made over the API; its rows are then copied by SQL, with ids of their own.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from sqlalchemy import Table, Uuid

from benchmarks import maps
from benchmarks.load import answer, request
from service import roles
from service.database import Database
from service.domain import access, schema
from service.domain.work import OPERATORS, Caller, Scope
from service.embedded import EmbeddedPostgres
from service.migrating import upgrade
from service.settings import Settings

DATABASE = "waypost_benchmarks"
PASSWORD = "not-a-secret"
READ, WRITTEN = 22, 4
"""Maps of each workspace that are only read, and others that are written to."""
BROAD = 200
"""Maps of one more workspace: what is asked about all maps grows with them."""
GROWN = 4
"""Large maps, in the workspace whose map is copied: the others' lists stay as they are."""

_CATALOGUE = ("personas", "touchpoints")
_OF_MAPS = (
    *("journeys", "stages", "steps", "transitions"),
    *("journey_personas", "step_emotions", "step_touchpoints"),
    *("evidence", "evidence_targets"),
)
FINDINGS = 100
"""Findings about the steps of each map."""


@dataclass(frozen=True)
class Tenant:
    """A workspace and the key that opens it."""

    workspace_id: UUID
    key: str


@dataclass(frozen=True)
class Row:
    """A row that requests name, and whose it is."""

    tenant: Tenant
    id: UUID
    journey_id: UUID | None = None
    """The map it is a part of."""


@dataclass(frozen=True)
class Ground:
    """What requests are made of."""

    tenants: Sequence[Tenant]
    journeys: Sequence[Row]
    steps: Sequence[Row]
    """Of maps that are written to."""
    tied: Sequence[Row]
    """Stages whose map's transitions follow its order, as they do unless somebody draws them."""
    drawn: Sequence[Row]
    """Stages of the other maps that are written to."""
    broad: Tenant
    """Who has `BROAD` maps."""
    grown: Sequence[Row]
    """Maps of 12 stages of 20 steps, each with two revisions."""
    small: Sequence[Row]
    """A map of one step."""


def measured(
    parser: argparse.ArgumentParser,
    measuring: Callable[[argparse.Namespace, Path, EmbeddedPostgres], None],
) -> int:
    """Measure what the command line says, in a folder and on a Postgres in it; the exit code."""
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="waypost-bench-") as folder:
        home = Path(folder)
        with EmbeddedPostgres(home / "postgres") as postgres:
            measuring(given, home, postgres)
    return 0


def entry(superuser_url: str, role: str, database: str = DATABASE) -> str:
    """The URL by which a role enters the database."""
    parts = urlsplit(superuser_url)
    place = f"{role}:{PASSWORD}@{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))


def made(superuser_url: str, workspaces: int) -> list[Tenant]:
    """The database, migrated, with its workspaces; the last two are that of many maps and the one
    whose map is copied."""
    asyncio.run(_with_roles(superuser_url))
    upgrade(entry(superuser_url, roles.OWNER))
    return asyncio.run(_tenants(entry(superuser_url, roles.APP), workspaces + 2))


async def _with_roles(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(f"CREATE DATABASE {DATABASE}")
        named = dict.fromkeys((roles.OWNER, roles.APP, roles.WORKER), PASSWORD)
        await connection.execute(roles.role_sql(DATABASE, named))
    finally:
        await connection.close()


async def _tenants(url: str, number: int) -> list[Tenant]:
    database = Database(url, Settings())
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    try:
        founded = []
        for n in range(number):
            async with database.write(operator) as work:
                data = access.NewWorkspace(name=f"Workspace {n}")
                founded.append(await access.WORKSPACES.create(work, data))
    finally:
        await database.close()
    return [Tenant(made.id, json.loads(made.json)["key"]) for made in founded]


def filled(superuser_url: str, tenants: Sequence[Tenant], port: int) -> Ground:
    """The maps: the first over the API of a running service, the others copied from it."""
    *others, broad, first = tenants
    _first_map(first, port)
    ground = asyncio.run(_copied(superuser_url, others, broad, first))
    grown = [_grown(first, port) for _ in range(GROWN)]
    small = _made(first, port, "journeys", maps.grown(1, 1))
    return replace(ground, grown=grown, small=[Row(first, UUID(small["id"]))])


def _first_map(tenant: Tenant, port: int) -> None:
    for key in maps.TOUCHPOINTS:
        _made(tenant, port, "touchpoints", maps.touchpoint(key))
    ids = [_made(tenant, port, "personas", maps.persona(n))["id"] for n in maps.PERSONAS]
    _made(tenant, port, "journeys", maps.journey(ids))


def _grown(tenant: Tenant, port: int) -> Row:
    """A large map, published, edited throughout, and published again."""
    journey = _made(tenant, port, "journeys", maps.grown())
    at = f"journeys/{journey['id']}"
    _made(tenant, port, f"{at}/publish", {})
    later = {"title": journey["title"], "stages": maps.edited(journey["stages"])}
    status, shown = answer(port, request("PUT", f"/v1/{at}", tenant.key, later))
    assert status == 200, shown
    _made(tenant, port, f"{at}/publish", {})
    return Row(tenant, UUID(journey["id"]))


def _made(tenant: Tenant, port: int, what: str, body: maps.Members) -> Any:
    status, shown = answer(port, request("POST", f"/v1/{what}", tenant.key, body))
    assert status == 201, shown
    return json.loads(shown)


async def _copied(
    superuser_url: str, tenants: Sequence[Tenant], broad: Tenant, first: Tenant
) -> Ground:
    owned = urlsplit(superuser_url)._replace(path=f"/{DATABASE}")
    connection = await asyncpg.connect(urlunsplit(owned), command_timeout=300)
    try:
        # The copies are consistent as the original is: looking up each reference would cost most.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(f"SET search_path = {schema.SCHEMA}, public")
        await connection.execute("CREATE TEMP TABLE copies (workspace_id uuid, n int)")
        await connection.execute(_FOUND, first.workspace_id)
        await connection.execute(_FOUND_AT, first.workspace_id)
        pairs = [(tenant.workspace_id, n) for tenant in tenants for n in range(READ + WRITTEN)]
        pairs += [(broad.workspace_id, n) for n in range(BROAD)]
        await connection.copy_records_to_table("copies", records=pairs)
        for name in (*_CATALOGUE, *_OF_MAPS):
            await connection.execute(_copying(name), first.workspace_id)
        await connection.execute(_UNTIED, WRITTEN // 2)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
        return await _ground(connection, tenants, broad)
    finally:
        await connection.close()


def _copying(name: str) -> str:
    """The statement that copies one table's rows of the first map into every copy."""
    table = schema.metadata.tables[f"{schema.SCHEMA}.{name}"]
    columns = {c.name: _copy(table, c) for c in table.c if c.computed is None}
    once = "AND copies.n = 0" if name in _CATALOGUE else ""
    return (
        f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
        f"FROM {name} AS row CROSS JOIN copies WHERE row.workspace_id = $1 {once}"
    )


def _copy(table: Table, column: Any) -> str:
    name = column.name
    if name == "workspace_id":
        return "copies.workspace_id"
    if name in {"persona_id", "touchpoint_id"} or (name == "id" and table.name in _CATALOGUE):
        return f"md5(row.{name}::text || copies.workspace_id)::uuid"
    if isinstance(column.type, Uuid):
        return f"md5(row.{name}::text || copies.workspace_id || copies.n)::uuid"
    if name == "created_at":
        return "date_trunc('second', row.created_at) + copies.n * interval '1 second'"
    if name == "updated_at":
        return "date_trunc('second', row.updated_at)"
    return f"row.{name}"


# Of both kinds, from two departments, spread over the steps.
_FOUND = f"""INSERT INTO evidence
    (workspace_id, id, created_at, updated_at, kind, source_kind, status, department, observed_on,
     sentiment, text)
    SELECT workspace_id, md5(id::text || n)::uuid, created_at, updated_at,
        CASE n % 2 WHEN 0 THEN 'analytical' ELSE 'anecdotal' END, 'interview', 'observed',
        CASE n % 3 WHEN 0 THEN 'advice' ELSE 'marketing' END, created_at::date - n, n % 5 - 2,
        'I had to say it all again, and nobody could tell me what comes next.'
    FROM journeys CROSS JOIN generate_series(1, {FINDINGS}) AS n WHERE workspace_id = $1"""
_FOUND_AT = f"""INSERT INTO evidence_targets
    (workspace_id, evidence_id, position, journey_id, step_id)
    SELECT j.workspace_id, md5(j.id::text || n)::uuid, 0, j.id, s.id
    FROM journeys AS j CROSS JOIN generate_series(1, {FINDINGS}) AS n
    JOIN (SELECT *, row_number() OVER (PARTITION BY journey_id ORDER BY id) - 1 AS place,
              count(*) OVER (PARTITION BY journey_id) AS steps FROM steps) AS s
      ON (s.workspace_id, s.journey_id) = (j.workspace_id, j.id) AND s.place = n % s.steps
    WHERE j.workspace_id = $1"""

# The oldest maps of each workspace are written to: a page of the newest stays what it is.
_WRITTEN = (
    "(SELECT workspace_id, id, row_number() OVER "
    "(PARTITION BY workspace_id ORDER BY created_at) AS n FROM journeys)"
)
_UNTIED = f"""UPDATE journeys SET neighbours_tied = false FROM {_WRITTEN} AS written
    WHERE (journeys.workspace_id, journeys.id) = (written.workspace_id, written.id)
      AND written.n <= $1"""
_JOURNEYS = f"SELECT workspace_id, id FROM {_WRITTEN} AS j WHERE n > {WRITTEN}"
_PARTS = f"""SELECT part.workspace_id, part.id, part.journey_id FROM {{table}} AS part
    JOIN {_WRITTEN} AS j ON (j.workspace_id, j.id) = (part.workspace_id, part.journey_id)
    WHERE j.n > {{above}} AND j.n <= {{most}}"""


async def _ground(connection: Any, tenants: Sequence[Tenant], broad: Tenant) -> Ground:
    by_id = {tenant.workspace_id: tenant for tenant in tenants}

    async def rows(query: str) -> list[Row]:
        # By a hash of the id: neighbours in the load are not neighbours in the tables.
        found = await connection.fetch(f"SELECT * FROM ({query}) AS q ORDER BY md5(id::text)")
        return [Row(by_id[w], *of) for w, *of in found if w in by_id]

    drawn = WRITTEN // 2
    return Ground(
        tenants,
        await rows(_JOURNEYS),
        await rows(_PARTS.format(table="steps", above=0, most=WRITTEN)),
        await rows(_PARTS.format(table="stages", above=drawn, most=WRITTEN)),
        await rows(_PARTS.format(table="stages", above=0, most=drawn)),
        broad,
        (),
        (),
    )
