"""What else is read: rows by the name that people give them, and versions of many maps."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Integer, Table, Text, func, select, true

from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement, rows_of, uuids
from service.domain.work import Work


async def by_name(work: Work, resource: Resource, most: Mapping[str, int]) -> dict[str, list[UUID]]:
    """The ids of the rows that bear each of these names, the oldest first, at most so many."""
    work.needs(resource.reads)
    found: dict[str, list[UUID]] = {}
    given = [{"name": name, "most": number} for name, number in most.items()]
    for row in await work.rows(_named(resource.table), given=given):
        found.setdefault(row["name"], []).append(row["id"])
    return found


async def versions(work: Work, asked: Sequence[tuple[UUID, UUID]]) -> list[tuple[int, ...] | None]:
    """Of each workspace and map: the map's version, that of the workspace's catalogue, and of which
    table and start of the server these are; None where there is no such map. In no workspace, by a
    function that tells nothing but these."""
    whose, which = zip(*asked, strict=True)
    found = await work.value(_VERSIONS, workspaces=list(whose), journeys=list(which))
    return [None if None in one else tuple(one) for one in found]


_VERSIONS = Statement(
    select(func.waypost.versions(uuids("workspaces"), uuids("journeys"), type_=ARRAY(BigInteger)))
)


@lru_cache
def _named(table: Table) -> Statement:
    given = (
        func.jsonb_to_recordset(rows_of("given"))
        .table_valued(Column("name", Text), Column("most", Integer))
        .render_derived(with_types=True)
    )
    row = (
        select(table.c.id, table.c.created_at)
        .where(
            table.c.workspace_id == WORKSPACE,
            table.c[table.info["label"]] == given.c.name,
        )
        .order_by(table.c.created_at, table.c.id)
        .limit(given.c.most)
        .lateral()
    )
    return Statement(
        select(row.c.id, given.c.name)
        .select_from(given.join(row, true()))
        .order_by(row.c.created_at, row.c.id)
    )
