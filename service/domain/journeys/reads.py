"""What else is read of a workspace: rows by the name that people give them."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ARRAY, Table, Text, bindparam, func, select

from service.domain.resources import Resource
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work


async def by_name(work: Work, resource: Resource, names: Iterable[str]) -> dict[str, list[UUID]]:
    """The ids of the rows that bear each of these names, the oldest first."""
    work.needs(resource.reads)
    found: dict[str, list[UUID]] = {}
    for row in await work.rows(_named(resource.table), names=list(names)):
        found.setdefault(row["name"], []).append(row["id"])
    return found


@lru_cache
def _named(table: Table) -> Statement:
    label = table.c[table.info["label"]]
    return Statement(
        select(table.c.id, label.label("name"))
        .where(
            table.c.workspace_id == WORKSPACE,
            label == func.any(bindparam("names", type_=ARRAY(Text))),
        )
        .order_by(table.c.created_at, table.c.id)
    )
