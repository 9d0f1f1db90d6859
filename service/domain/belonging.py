"""What belongs to rows of another kind, a page for each of many: the newest first.

The findings about steps, the actions, reviews and comments of maps, their variants: two statements,
whatever the number of rows and pages.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import cursors, reading
from service.domain.cursors import Last
from service.domain.reading import Document
from service.domain.resources import Resource
from service.domain.shapes import Page, Projection, Selection, Shown, Stored
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_SORT = "-created_at"


@dataclass(frozen=True, eq=False)
class Belonging:
    """Rows of a resource that belong to whatever has the id in a column: one of its own, or one of
    a table of links, which name the rows in `link_id`.
    """

    resource: Resource
    column: str
    link: Table | None = None
    link_id: str = ""
    shown: Callable[[FromClause], ColumnElement[bool]] | None = None
    """Which rows lists show that are not asked for more."""

    @property
    def asked(self) -> str:
        """What cursors say of the list, without whose it is."""
        table = self.resource.table if self.link is None else self.link
        return cursors.hashed([str(table.name), self.column])

    def of(self, owner_id: UUID, limit: int, cursor: str | None = None) -> "Asked":
        """The rows of one owner beyond a cursor. Raises `Malformed` for one of another list."""
        asked = f"{self.asked}{owner_id}"
        last = cursors.read(cursor, _SORT, asked) if cursor else Last(_SORT, asked)
        return Asked(owner_id, limit, last)


class Asked(NamedTuple):
    """How many rows of which owner, beyond which."""

    owner_id: UUID
    limit: int
    last: Last


class Part(NamedTuple):
    """A page: each row as JSON and its cursor, in order, whether others are beyond it, and how many
    there are, if that was asked.
    """

    items: Sequence[str]
    cursors: Sequence[str]
    more: bool
    total: int | None


async def belongings(
    work: Work,
    belonging: Belonging,
    asked: Sequence[Asked],
    selection: Selection,
    *,
    counted: bool,
    backward: bool = False,
) -> list[Part]:
    """A page for each that is asked; `backward`: of the last rows, in front of its cursor."""
    work.needs(belonging.resource.reads)
    rows = await work.value(
        _found(belonging, backward=backward),
        owner_ids=[one.owner_id for one in asked],
        limits=[one.limit for one in asked],
        values=[one.last.value or None for one in asked],
        ids=[UUID(one.last.id) if one.last.id else None for one in asked],
        counted=counted,
    )
    held = {row[0] - 1: row[1:] for row in rows or ()}
    wanted = {UUID(which) for _, ids, _ in held.values() for which in ids or ()}
    chosen = {**selection, "id": None}
    read = await reading.documents(work, belonging.resource.shape, list(wanted), chosen)
    parts = [_part(one, held[place], read) for place, one in enumerate(asked)]
    return [_turned(part) for part in parts] if backward else parts


def _turned(part: Part) -> Part:
    """Rows that were taken from the end, in the order of the list."""
    return part._replace(items=part.items[::-1], cursors=part.cursors[::-1])


def _part(asked: Asked, found: Any, read: Mapping[UUID, Document]) -> Part:
    values, ids, total = found
    marks = list(zip(values or (), ids or (), strict=True))
    shown = [(value, which) for value, which in marks[: asked.limit] if UUID(which) in read]
    ends = [cursors.written(replace(asked.last, value=v, id=which)) for v, which in shown]
    items = [read[UUID(which)].json for _, which in shown]
    return Part(items, ends, len(marks) > asked.limit, total)


@lru_cache
def _found(belonging: Belonging, *, backward: bool) -> Statement:
    """For each place the marks of its rows, one more than are shown, and how many there are; the
    newest first, or the oldest."""
    asked = (
        func.unnest(
            uuids("owner_ids"),
            bindparam("limits", type_=ARRAY(Integer)),
            bindparam("values", type_=ARRAY(Text)),
            bindparam("ids", type_=ARRAY(Uuid())),
        )
        .table_valued("owner_id", "most", "value", "id", with_ordinality="place")
        .render_derived()
        .alias("asked")
    )
    row = belonging.resource.table.alias("row")
    mine = _mine(belonging, row, asked.c.owner_id)
    at = tuple_(cast(asked.c.value, row.c.created_at.type), asked.c.id)
    here = tuple_(row.c.created_at, row.c.id)
    beyond = or_(asked.c.id.is_(None), here > at if backward else here < at)
    newest = (
        mine.where(beyond)
        .order_by(*_taken(row, backward=backward))
        .limit(asked.c.most + literal_column("1"))
        .correlate(asked)
        .lateral("newest")
    )
    order = _taken(newest, backward=backward)
    values, ids = (
        func.array_agg(aggregate_order_by(cast(newest.c[name], Text), *order))
        for name in ("created_at", "id")
    )
    every = mine.correlate(asked).subquery("every")
    total = select(func.count()).select_from(every).scalar_subquery()
    page = select(values.label("values"), ids.label("ids")).select_from(newest).lateral("page")
    answer = func.row(
        asked.c.place,
        page.c["values"],
        page.c.ids,
        case((bindparam("counted", type_=Boolean), total)),
    )
    return Statement(
        select(func.array_agg(answer)).select_from(asked.join(page, literal_column("true")))
    )


def _taken(row: FromClause, *, backward: bool) -> tuple[ColumnElement[Any], ...]:
    marks = (row.c.created_at, row.c.id)
    return marks if backward else tuple(mark.desc() for mark in marks)


def shown_of(belonging: Belonging, shown: Projection, first: str) -> Shown:
    """The first rows of a row that others belong to, as a page; `first` names the place that says
    how many."""

    def show(owner: Stored) -> ColumnElement[Any]:
        owner_id, table = owner.value("id"), belonging.resource.table
        mine = _mine(belonging, table.alias(), owner_id).correlate(owner.source)
        most = bindparam(first, type_=Integer)
        mark = mine.selected_columns
        newest = mine.order_by(mark.created_at.desc(), mark.id.desc())
        marks = newest.limit(most + literal_column("1", Integer)).subquery()
        row = table.alias()
        order = (marks.c.created_at.desc(), marks.c.id.desc())
        rows = (
            select(row, func.row_number().over(order_by=order).label("n"))
            .join_from(marks, row, (row.c.workspace_id == WORKSPACE) & (row.c.id == marks.c.id))
            .order_by(*order)
            .subquery()
        )
        head = cursors.head(Last(_SORT, belonging.asked)).removesuffix('",')
        every = mine.subquery()
        page = Page(
            Stored(belonging.resource.shape, rows),
            rows,
            rows.c.n,
            most,
            _text(head).op("||")(cast(owner_id, Text)).op("||", return_type=Text())(_text('",')),
            rows.c.created_at,
            false(),
            select(func.count()).select_from(every).scalar_subquery(),
        )
        # One page, whatever is shown of it, and of no rows too.
        return select(shown(page)).select_from(rows).having(true()).scalar_subquery()

    return show


def _text(text: str) -> ColumnElement[str]:
    """A text of ours, without anything to escape."""
    return literal_column(f"'{text}'", Text)


def _mine(belonging: Belonging, row: FromClause, owner_id: ColumnElement[Any]) -> Select[Any]:
    """The rows of an owner.

    Grouped where links tell: several may name one row. So the links are read first, few as they
    are, and not all rows from the newest on.
    """
    named = select(row.c.id, row.c.created_at).where(row.c.workspace_id == WORKSPACE)
    if belonging.shown is not None:
        named = named.where(belonging.shown(row))
    if belonging.link is None:
        return named.where(row.c[belonging.column] == owner_id)
    held = belonging.link.alias("held")
    return named.where(
        held.c.workspace_id == WORKSPACE,
        held.c[belonging.column] == owner_id,
        row.c.id == held.c[belonging.link_id],
    ).group_by(row.c.id, row.c.created_at)
