"""Lists: one statement for a page, in a stable order, with a cursor that survives new rows.

Rows whose sort value changes between two pages may repeat or be missed.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Text, bindparam, case, func, literal_column
from sqlalchemy.sql.selectable import FromClause

from service.domain import cursors, filters
from service.domain.cursors import Last
from service.domain.errors import Invalid, Malformed, Problem
from service.domain.listing import ListQuery, PageOf
from service.domain.pages import (
    Glimpses,
    Listing,
    Only,
    Plan,
    glimpsed,
    in_workspace,
    kept,
    statement_of,
)
from service.domain.ranges import Range
from service.domain.shapes import within_bounds
from service.domain.work import Work

__all__ = ["Glimpses", "ListQuery", "Listing", "Only", "PageOf", "equals", "in_workspace"]
__all__ += ["narrowed", "page", "unless_asked"]


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
    until = cursors.before(query._before, sort, asked) if query._before else start
    plan = Plan(
        listing,
        Range(sort, not last.is_start, not until.is_start, query.backward),
        tuple(given),
        tuple(within),
        len(words),
        query.view == "whole",
        query.count,
        query._selection,
        query._walked or query._selection is not None,
        query._projection,
    )
    text = query.filter
    condition = await _condition(work, listing, query, text) if text else None
    values: dict[str, Any] = {"page_limit": query.limit, **within}
    values |= {f"typed_{name}": value for name, value in given.items()}
    if plan.range.after:
        values |= {"last_value": last.value, "last_id": UUID(last.id)}
    if plan.range.before:
        values |= {"until_value": until.value, "until_id": UUID(until.id)}
    values |= {f"word_{n}": f"%{_escaped(word)}%" for n, word in enumerate(words)}
    if query._projection is not None:
        values |= {"cursor_head": cursors.head(start), "cursor_later": query.skips}
        values |= query._places
        shown, rows = await _answer(work, plan, condition, only, values)
        shown = within_bounds(shown)
        return PageOf(shown, more=False, end=None, rows=rows)
    items, more, total, marks, ids = await _answer(work, plan, condition, only, values)
    marked = list(zip(marks or (), ids or (), strict=True))
    shown = marked if query._selection is not None else marked[-1:]
    ends = [cursors.written(Last(sort, asked, value, row)) for value, row in shown]
    here = cursors.written(last) if plan.marked else None
    return PageOf(items, more, ends[-1] if ends else here, total, ends)


async def _answer(
    work: Work,
    plan: Plan,
    condition: "filters.Filter | None",
    only: Only | None,
    values: Mapping[str, Any],
) -> Any:
    """The row of the page. Where the first rows may be told by glimpses, these are tried before."""
    if condition is None:
        statement = kept(plan) if only is None else statement_of(plan, None, only)
        return await work.value(statement, **values)
    glimpses = plan.listing.glimpses
    if glimpses is not None and not plan.counted and glimpses.tell(condition):
        answer = await work.value(glimpsed(plan, glimpses, condition, only), **values)
        if answer is not None:
            return answer
    return await work.value(statement_of(plan, condition, only), **values)


async def _condition(work: Work, listing: Listing, query: ListQuery, text: str) -> filters.Filter:
    """The filter of a list. That of a walk is made of what other rows said at its beginning: to ask
    them again for each part could take longer than all of it."""
    if text not in query._settled:
        query._settled[text] = await _read(work, listing, text)
    found: filters.Filter = query._settled[text]
    return found


async def _read(work: Work, listing: Listing, text: str) -> filters.Filter:
    try:
        raw = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Invalid([Problem("/filter", "json_invalid", "is not JSON")]) from error
    read = filters.parse(raw, listing.vocabulary, "/filter")
    return read if listing.settled is None else await listing.settled(work, read, "/filter")


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
