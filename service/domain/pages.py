"""A page as SQL: one statement, and a shorter one that looks at the first rows alone."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    CTE,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    select,
    union_all,
)
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import FromClause, GenerativeSelect

from service.domain import filters
from service.domain.ranges import Range
from service.domain.shapes import Page, Projection, Selection, Shape, Stored, bounded, document
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

NEAR = 256
"""Rows that are looked at one by one before all are gone through; four times the page if more."""
_TRUE = literal_column("true", Boolean)
Leaves = Callable[[FromClause], Callable[[filters.ContactLeaf], ColumnElement[bool]]]


def _none(_: FromClause) -> Mapping[str, ColumnElement[Any]]:
    return {}


class Glimpses(NamedTuple):
    """What is told of a row without reading all that its leaves are made of."""

    tell: Callable[[filters.Filter], bool]
    """Whether they may do for a filter: one that no row meets less for meeting a leaf."""
    leaves: Callable[[FromClause, bool], Callable[[filters.ContactLeaf], ColumnElement[bool]]]
    """The leaves of a row; the flag is what they are where they are not told."""


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
    glimpses: Glimpses | None = None
    settled: Callable[[Work, filters.Filter, str], Awaitable[filters.Filter]] | None = None
    """Puts what other rows answer in its place; the text is where the filter stands."""

    searched: FromClause | None = None
    """Rows beside those of the table in which text is looked for: their `id` and `search`."""

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
class Plan:
    """What decides a page's SQL, apart from the values bound to it."""

    listing: Listing
    range: Range
    typed: tuple[str, ...]
    within: tuple[str, ...]
    words: int
    whole: bool
    counted: bool
    selection: bytes | None
    marked: bool
    projection: Projection | None = None


@lru_cache
def in_workspace(table: Table) -> FromClause:
    """The reader's view of a table."""
    view = sql_table(f"{table.name}_in_workspace", *(Column(c.name, c.type) for c in table.c))
    view.schema = table.schema
    return view.alias("seen")


def statement_of(
    plan: Plan, condition: "filters.Filter | None" = None, only: Only | None = None
) -> Statement:
    """The page, one row more to know whether others follow, and what the cursor needs."""
    row = plan.listing.shape.source.alias("row")
    matching = _matching(plan, row, condition, only)
    found = _found(plan, row, [*matching, *plan.range.between(row)])
    total = (
        select(func.count()).select_from(row).where(*matching).scalar_subquery()
        if plan.counted
        else literal_column("NULL::bigint")
    )
    return Statement(_answered(plan, found, total))


def glimpsed(
    plan: Plan, glimpses: Glimpses, condition: "filters.Filter", only: Only | None
) -> Statement:
    """The same of the first rows by what glimpses tell; null where these do not tell all of it.

    Rows are looked at one by one in their order, until the page is full, and no more than `NEAR`.
    What is not told of one counts as if it held: so none is left out that may belong to the page,
    and the page is right if all that are in it hold without that.
    """
    every = plan.listing.shape.source.alias("every")
    near = select(every).where(*_matching(plan, every, None, only), *plan.range.between(every))
    row = near.order_by(*plan.range.order(every)).limit(_NEAR).subquery("row")
    found = _found(plan, row, [_holds(plan, row, condition, glimpses, is_so=True)])
    told = func.bool_and(_holds(plan, found, condition, glimpses, is_so=False))
    none_beyond = not_(near.offset(_NEAR).limit(literal_column("1", Integer)).exists())
    all_told = func.coalesce(told, literal_column("true", Boolean)) & (
        (func.count() > _LIMIT) | none_beyond
    )
    return Statement(_answered(plan, found, literal_column("NULL::bigint"), all_told))


def _found(plan: Plan, row: FromClause, matching: Sequence[ColumnElement[bool]]) -> FromClause:
    """The rows of the page and one more, numbered as they were taken, with what they are sorted
    by; in the order of the list."""
    order = plan.range.order(row)
    place = func.row_number().over(order_by=order).label("n")
    key = plan.range.key(row).label("sort_key")
    window = select(row, place, key).where(*matching).order_by(*order).limit(_LIMIT + 1)
    if not plan.range.backward:
        return window.subquery("found")
    taken = window.subquery("taken")
    return select(taken).order_by(taken.c.n.desc()).subquery("found")


def _answered(
    plan: Plan,
    found: FromClause,
    total: ColumnElement[Any],
    only_if: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """The row of the page; null unless a condition holds of its rows together, if there is one."""
    if plan.projection is None:
        answer = _answer(plan, found, total)
        return select(_only(only_if, answer)).select_from(found)
    text = _projected(plan, plan.projection, found, total)
    told = (text.label("text"), func.count().label("rows"), _only(only_if, _TRUE).label("told"))
    page = select(*told).select_from(found).subquery("page")
    row = func.row(bounded(page.c.text), page.c.rows)
    return select(_only(None if only_if is None else page.c.told, row)).select_from(page)


def _only(condition: ColumnElement[bool] | None, value: ColumnElement[Any]) -> ColumnElement[Any]:
    return value if condition is None else case((condition, value))


def _answer(plan: Plan, found: FromClause, total: ColumnElement[Any]) -> ColumnElement[Any]:
    shown = document(plan.listing.shape, _selection(plan), found)
    within = found.c.n <= _LIMIT
    # In the order of the sub-select: sorting here would carry every whole document along.
    items = func.json_agg(case((within, shown))).filter(within)
    marked = within if plan.marked else found.c.n == _LIMIT
    # Of arrays inside a row the driver knows those of texts alone, unless it met others before.
    values, ids = (
        func.array_agg(aggregate_order_by(cast(mark, Text), _place(plan, found))).filter(marked)
        for mark in (found.c.sort_key, found.c.id)
    )
    shown = func.coalesce(cast(items, Text), "[]")
    return func.row(shown, func.count() > _LIMIT, total, values, ids)


def _projected(
    plan: Plan, shown: Projection, found: FromClause, total: ColumnElement[Any]
) -> ColumnElement[Any]:
    row = Stored(plan.listing.shape, found)
    head, later = bindparam("cursor_head", type_=Text), bindparam("cursor_later", type_=Boolean)
    page = Page(
        row, found, found.c.n, _LIMIT, head, found.c.sort_key, later, total, plan.range.backward
    )
    return cast(shown(page), Text)


def _place(plan: Plan, found: FromClause) -> ColumnElement[int]:
    """What puts the rows found in the order of the list."""
    place: ColumnElement[int] = found.c.n
    return place.desc() if plan.range.backward else place


def _selection(plan: Plan) -> Selection:
    if plan.selection is not None:
        return msgspec.json.decode(plan.selection, type=dict[str, Any])
    return plan.listing.shape.whole if plan.whole else plan.listing.shape.flat


kept = lru_cache(maxsize=512)(statement_of)
"""The same, made once for lists without a filter."""
_LIMIT = bindparam("page_limit", type_=Integer)
_NEAR = func.greatest(literal_column(str(NEAR), Integer), literal_column("4", Integer) * _LIMIT)


def _matching(
    plan: Plan, row: FromClause, condition: "filters.Filter | None", only: Only | None
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


def _found_by_reader(plan: Plan) -> CTE:
    """Ids by text, through the reader's view: see docs/decisions."""
    view, besides = in_workspace(plan.listing.table), plan.listing.searched
    words = [bindparam(f"word_{n}", type_=Text) for n in range(plan.words)]
    held = select(view.c.id).where(view.c.workspace_id == WORKSPACE)
    found: GenerativeSelect = held.where(*(view.c.search.ilike(word) for word in words))
    if besides is not None:
        others = select(besides.c.id).where(*(besides.c.search.ilike(word) for word in words))
        found = union_all(found, others)
    # Once: joined, it would be searched again for each row of a workspace that is taken for a
    # small one; and Postgres 18 would make one scan of the two, under the policies.
    return found.cte("by_words").prefix_with("MATERIALIZED")


def _holds(
    plan: Plan,
    row: FromClause,
    condition: "filters.Filter",
    glimpses: Glimpses | None = None,
    *,
    is_so: bool = False,
) -> ColumnElement[bool]:
    """Whether it holds of a row; with glimpses, whose leaves are so where they are not told."""
    vocabulary = plan.listing.vocabulary
    names = (*vocabulary.fields, *vocabulary.open)
    columns = {**{n: row.c[n] for n in names if n in row.c}, **plan.listing.other(row)}
    leaves = plan.listing.leaves and plan.listing.leaves(row)
    if glimpses is not None:
        leaves = glimpses.leaves(row, is_so)
    return filters.condition(condition, columns, leaves).is_(True)
