"""What else is read of a workspace: rows by the name that people give them, variants of maps."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Column, Integer, Table, Text, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.journeys.tables import journeys
from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement, rows_of, uuids
from service.domain.work import Scope, Work


async def by_name(work: Work, resource: Resource, most: Mapping[str, int]) -> dict[str, list[UUID]]:
    """The ids of the rows that bear each of these names, the oldest first, at most so many."""
    work.needs(resource.reads)
    found: dict[str, list[UUID]] = {}
    given = [{"name": name, "most": number} for name, number in most.items()]
    for row in await work.rows(_named(resource.table), given=given):
        found.setdefault(row["name"], []).append(row["id"])
    return found


async def variants_of(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The ids of the variants of each of some maps, the oldest first: one statement for all."""
    work.needs(Scope.MAPS_READ)
    rows = await work.value(_VARIANTS, ids=list(ids))
    return {which: [str(one) for one in found] for which, found in rows or ()}


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


_ids = func.array_agg(aggregate_order_by(cast(journeys.c.id, Text), journeys.c.id)).label("ids")
_variants = (
    select(journeys.c.variant_of, _ids)
    .where(journeys.c.workspace_id == WORKSPACE, journeys.c.variant_of == func.any(uuids("ids")))
    .group_by(journeys.c.variant_of)
    .subquery("variants")
)
_VARIANTS = Statement(select(func.array_agg(func.row(_variants.c.variant_of, _variants.c.ids))))
