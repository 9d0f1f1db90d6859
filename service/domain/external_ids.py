"""The callers' own names for resources: unique per kind and source, many per resource."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from service.domain.errors import AlreadyExists, Invalid, NotFound, Problem
from service.domain.keys import repeated
from service.domain.shapes import Member, json_array, json_object
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import external_ids as table
from service.domain.work import Work

_KIND = bindparam("kind", type_=Text)
_RESOURCE = bindparam("resource_id", type_=Uuid())

_FIND = Statement(
    select(table.c.resource_id).where(
        table.c.workspace_id == WORKSPACE,
        table.c.kind == _KIND,
        table.c.source == bindparam("source", type_=Text),
        table.c.external_id == bindparam("external_id", type_=Text),
    )
)
_FREE = Statement(
    delete(table).where(table.c.workspace_id == WORKSPACE, table.c.resource_id == _RESOURCE)
)
_given = (
    func.jsonb_to_recordset(rows_of("given"))
    .table_valued(Column("source", Text), Column("id", Text), Column("position", Integer))
    .render_derived(with_types=True)
)
_KNOWN = Statement(
    select(table.c.source, table.c.external_id, table.c.resource_id).where(
        table.c.workspace_id == WORKSPACE,
        table.c.kind == _KIND,
        table.c.source == _given.c.source,
        table.c.external_id == _given.c.id,
    )
)
# A name that another resource holds stays there; the count tells how many were to be had.
_CLAIM = Statement(
    upsert(table)
    .from_select(
        ["workspace_id", "kind", "source", "external_id", "resource_id", "position"],
        select(WORKSPACE, _KIND, _given.c.source, _given.c.id, _RESOURCE, _given.c.position),
    )
    .on_conflict_do_nothing()
    .returning(table.c.position)
)


def member(kind: str) -> Member:
    """The member `external_ids` of a kind's shape."""

    def of(row: FromClause) -> ColumnElement[Any]:
        held = table.alias()
        pair = json_object({"source": held.c.source, "id": held.c.external_id})
        return (
            select(json_array(pair, [held.c.position]))
            .where(
                held.c.workspace_id == row.c.workspace_id,
                held.c.resource_id == row.c.id,
                held.c.kind == literal_column(f"'{kind}'"),
            )
            .scalar_subquery()
        )

    return of


async def found(work: Work, kind: str, source: str, external_id: str) -> UUID | None:
    """The id of the resource a caller knows by this name, or None."""
    found: UUID | None = await work.value(_FIND, kind=kind, source=source, external_id=external_id)
    return found


async def known(
    work: Work, kind: str, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """The ids of the resources that callers know by these names (source and id)."""
    given = [{"source": source, "id": which} for source, which in names]
    rows = await work.rows(_KNOWN, kind=kind, given=given) if given else ()
    return {(row["source"], row["external_id"]): row["resource_id"] for row in rows}


async def resolved(work: Work, kind: str, source: str, external_id: str) -> UUID:
    """Like `found`, but raises `NotFound`."""
    resource_id = await found(work, kind, source, external_id)
    if resource_id is None:
        raise NotFound(kind, f"{source}/{external_id}")
    return resource_id


async def claim(
    work: Work, kind: str, resource_id: UUID, names: Sequence[Mapping[str, str]]
) -> None:
    """Make `names` ({source, id} each) the resource's names, and no others.

    Raises `AlreadyExists` with a pointer to each name that another resource of the kind holds,
    `Invalid` to each that is given twice.
    """
    if again := repeated([f"{name['source']}\0{name['id']}" for name in names]):
        detail = "is given twice"
        raise Invalid([Problem(f"/external_ids/{n}", "repeated", detail) for n in again])
    await work.rows(_FREE, resource_id=resource_id)
    given = [{**name, "position": position} for position, name in enumerate(names)]
    if not given:
        return
    rows = await work.rows(_CLAIM, kind=kind, resource_id=resource_id, given=given)
    taken = set(range(len(given))) - {row["position"] for row in rows}
    if taken:
        raise AlreadyExists(
            f"Another {kind} has this external id.",
            [
                Problem(f"/external_ids/{n}", "already_exists", "is taken already")
                for n in sorted(taken)
            ],
        )


async def release(work: Work, resource_id: UUID) -> None:
    """Forget all names of a resource that goes away."""
    await work.rows(_FREE, resource_id=resource_id)
