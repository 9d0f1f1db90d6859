"""Lists: one statement for a page, in a stable order, with a cursor that survives new rows.

Rows whose sort value changes between two pages may repeat or be missed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from pydantic_core import from_json
from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import FromClause

from service.domain import cursors, filters
from service.domain.cursors import Last
from service.domain.errors import Invalid, Malformed, Problem
from service.domain.listing import ListQuery, PageOf
from service.domain.shapes import Selection, Shape, document
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

__all__ = ["ListQuery", "Listing", "Only", "PageOf", "equals", "in_workspace", "narrowed", "page"]
__all__ += ["unless_asked"]

Leaves = Callable[[FromClause], Callable[[filters.ContactLeaf], ColumnElement[bool]]]


def _none(_: FromClause) -> Mapping[str, ColumnElement[Any]]:
    return {}


@dataclass(frozen=True, eq=False)
class Listing:
    """How a resource can be listed."""

    shape: Shape
    sorts: tuple[str, ...]
    vocabulary: filters.Vocabulary
    typed: Mapping[str, Callable[[FromClause], ColumnElement[bool]]]
    """Typed filters: query parameter → condition on the row, binding `typed_<parameter>`."""
    default_sort: str = "-created_at"
    leaves: Leaves | None = None
    """What a row that is a contact did, agreed to, and where it stands."""
    settled: Callable[[Work, filters.Filter, str], Awaitable[filters.Filter]] | None = None
    """Puts what other rows answer in its place; the text is where the filter stands."""

    other: Callable[[FromClause], Mapping[str, ColumnElement[Any]]] = _none
    """Fields of a filter that no column of their name holds."""

    @property
    def table(self) -> Table:
        return self.shape.table


@dataclass(frozen=True, slots=True)
class Only:
    """What a list is narrowed to beside its query: a condition on a row, and what it is made of."""

    asked: str
    holds: Callable[[FromClause], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What decides a page's SQL, apart from the values bound to it."""

    listing: Listing
    sort: str
    paged: bool
    typed: tuple[str, ...]
    within: tuple[str, ...]
    words: int
    whole: bool
    counted: bool
    selection: bytes | None
    marked: bool


async def page(work: Work, listing: Listing, query: ListQuery, **within: UUID) -> PageOf:
    """One page. `within` binds columns, for the parts of a whole.

    Raises `Malformed` for a sort the resource has not, and for a cursor that is none or belongs
    to another question; `Invalid` for a filter that cannot be read.
    """
    return await _page(work, listing, query, within)


async def narrowed(work: Work, listing: Listing, query: ListQuery, only: Only) -> PageOf:
    """One page of the rows for which something holds besides. Raises as `page`."""
    return await _page(work, listing, query, {}, only)


async def _page(
    work: Work,
    listing: Listing,
    query: ListQuery,
    within: Mapping[str, UUID],
    only: Only | None = None,
) -> PageOf:
    if query.q is not None and "search" not in listing.table.c:
        raise Malformed("q: this list cannot be searched.")
    words = (query.q or "").split(maxsplit=9)  # what is left is one word
    sort = _known_sort(listing, query.sort or listing.default_sort)
    given = {n: v for n in listing.typed if (v := getattr(query, n, None)) is not None}
    bound: dict[str, Any] = {**given, **within} | ({} if only is None else {"only": only.asked})
    asked = cursors.hashed([str(listing.table.name), query.filter, query.q, bound])
    start = Last(sort, asked)
    last = cursors.read(query.after, sort, asked) if query.after else start
    plan = _Plan(
        listing,
        sort,
        not last.is_start,
        tuple(given),
        tuple(within),
        len(words),
        query.view == "whole",
        query.count,
        query._selection,
        query._walked or query._selection is not None,
    )
    condition = await _condition(work, listing, query.filter) if query.filter else None
    is_kept = condition is None and only is None
    statement = _kept(plan) if is_kept else _statement(plan, condition, only)
    values: dict[str, Any] = {"page_limit": query.limit, **within}
    values |= {f"typed_{name}": value for name, value in given.items()}
    if plan.paged:
        values |= {"last_value": last.value, "last_id": UUID(last.id)}
    values |= {f"word_{n}": f"%{_escaped(word)}%" for n, word in enumerate(words)}
    items, more, total, marks, ids = await work.value(statement, **values)
    marked = list(zip(marks or (), ids or (), strict=True))
    shown = marked if query._selection is not None else marked[-1:]
    ends = [cursors.written(Last(sort, asked, value, row)) for value, row in shown]
    here = cursors.written(last) if plan.marked else None
    return PageOf(items, more, ends[-1] if ends else here, total, ends)


def _statement(
    plan: _Plan, condition: "filters.Filter | None" = None, only: Only | None = None
) -> Statement:
    """The page, one row more to know whether others follow, and what the cursor needs."""
    row = plan.listing.shape.source.alias("row")
    matching = _matching(plan, row, condition, only)
    column, descending = row.c[plan.sort.removeprefix("-")], plan.sort.startswith("-")
    key = _key(column, last="-infinity" if descending else "infinity")
    order = (key.desc(), row.c.id.desc()) if descending else (key, row.c.id)
    window = select(row).where(*matching).order_by(*order)
    if plan.paged:
        at = tuple_(cast(bindparam("last_value", type_=Text), column.type), _LAST_ID)
        here = tuple_(key, row.c.id)
        window = window.where(here < at if descending else here > at)
    place = func.row_number().over(order_by=order).label("n")
    numbered = window.add_columns(place, key.label("sort_key"))
    found = numbered.limit(_LIMIT + 1).subquery("found")
    shown = document(plan.listing.shape, _selection(plan), found)
    within = found.c.n <= _LIMIT
    # In the order of the sub-select: sorting here would carry every whole document along.
    items = func.json_agg(case((within, shown))).filter(within)
    marked = within if plan.marked else found.c.n == _LIMIT
    # Of arrays inside a row the driver knows those of texts alone, unless it met others before.
    values, ids = (
        func.array_agg(aggregate_order_by(cast(mark, Text), found.c.n)).filter(marked)
        for mark in (found.c.sort_key, found.c.id)
    )
    total = (
        select(func.count()).select_from(row).where(*matching).scalar_subquery()
        if plan.counted
        else literal_column("NULL::bigint")
    )
    return Statement(
        select(
            func.row(
                func.coalesce(cast(items, Text), "[]"),
                func.count() > _LIMIT,
                total,
                values,
                ids,
            )
        ).select_from(found)
    )


def _key(column: ColumnElement[Any], last: str) -> ColumnElement[Any]:
    """What rows are ordered by. Where a day or a number is unknown, the row goes to the end."""
    if isinstance(column.type, Text):
        return column.collate("C")
    if getattr(column, "nullable", False):
        return func.coalesce(column, cast(literal_column(f"'{last}'"), column.type))
    return column


def _selection(plan: _Plan) -> Selection:
    if plan.selection is not None:
        return msgspec.json.decode(plan.selection, type=dict[str, Any])
    return plan.listing.shape.whole if plan.whole else plan.listing.shape.flat


_kept = lru_cache(maxsize=512)(_statement)
_LIMIT = bindparam("page_limit", type_=Integer)
_LAST_ID = bindparam("last_id", type_=Uuid())


def _matching(
    plan: _Plan, row: FromClause, condition: "filters.Filter | None", only: Only | None
) -> list[ColumnElement[bool]]:
    conditions = [row.c.workspace_id == WORKSPACE]
    conditions += [row.c[n] == bindparam(n, type_=row.c[n].type) for n in plan.within]
    conditions += [plan.listing.typed[n](row) for n in plan.typed]
    if plan.words:
        conditions.append(row.c.id.in_(select(_found_by_reader(plan).c.id)))
    # Here, and not among the ids: no index serves it, and where the planner takes a workspace for
    # a small one it would judge all rows again for each of them.
    if condition is not None:
        conditions.append(_holds(plan, row, condition))
    if only is not None:
        conditions.append(only.holds(row))
    return conditions


def _found_by_reader(plan: _Plan) -> CTE:
    """Ids by text, through the reader's view: see docs/decisions."""
    view = in_workspace(plan.listing.table)
    found = select(view.c.id).where(view.c.workspace_id == WORKSPACE)
    for n in range(plan.words):
        found = found.where(view.c.search.ilike(bindparam(f"word_{n}", type_=Text)))
    # Once: joined, it would be searched again for each row of a workspace that is taken for a
    # small one; and Postgres 18 would make one scan of the two, under the policies.
    return found.cte("by_words").prefix_with("MATERIALIZED")


def _holds(plan: _Plan, row: FromClause, condition: "filters.Filter") -> ColumnElement[bool]:
    vocabulary = plan.listing.vocabulary
    names = (*vocabulary.fields, *vocabulary.open)
    columns = {**{n: row.c[n] for n in names if n in row.c}, **plan.listing.other(row)}
    leaves = plan.listing.leaves and plan.listing.leaves(row)
    return filters.condition(condition, columns, leaves).is_(True)


async def _condition(work: Work, listing: Listing, text: str) -> filters.Filter:
    try:
        raw = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Invalid([Problem("/filter", "json_invalid", "is not JSON")]) from error
    read = filters.parse(raw, listing.vocabulary, "/filter")
    return read if listing.settled is None else await listing.settled(work, read, "/filter")


@lru_cache
def in_workspace(table: Table) -> FromClause:
    """The reader's view of a table."""
    view = sql_table(f"{table.name}_in_workspace", *(Column(c.name, c.type) for c in table.c))
    view.schema = table.schema
    return view.alias("seen")


def _known_sort(listing: Listing, sort: str) -> str:
    if sort.removeprefix("-") not in listing.sorts:
        raise Malformed(f"sort must be one of {', '.join(listing.sorts)}, - before it descends.")
    return sort


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def unless_asked(name: str, is_so: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row is listed that is left out unless asked for: `without`, `with` or `only`."""
    asked = bindparam(f"typed_{name}", type_=Text)
    told = case((asked == literal_column("'with'", Text), is_so))
    return func.coalesce(told, asked == literal_column("'only'", Text)) == is_so


def equals(*names: str) -> dict[str, Callable[[FromClause], ColumnElement[bool]]]:
    """Typed filters on columns of the same name."""

    def of(name: str) -> Callable[[FromClause], ColumnElement[bool]]:
        return lambda row: row.c[name] == bindparam(f"typed_{name}", type_=row.c[name].type)

    return {name: of(name) for name in names}
