"""The newest revisions of many maps at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import (
    ARRAY,
    Integer,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import cursors
from service.domain.cursors import Last
from service.domain.journeys.revisions import NONE, REVISIONS, revisions
from service.domain.listing import PageOf
from service.domain.shapes import document
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work


class Newest(NamedTuple):
    """Of which map how many revisions are asked, from which cursor on."""

    journey_id: UUID
    limit: int
    after: str | None = None

    @property
    def start(self) -> Last:
        """Where the page begins."""
        sort, within = REVISIONS.listing.default_sort, {"journey_id": self.journey_id}
        asked = cursors.hashed([str(revisions.name), None, None, within])
        return cursors.read(self.after, sort, asked) if self.after else Last(sort, asked)


async def newest(work: Work, asked: Sequence[Newest]) -> list[PageOf]:
    """A page of the revisions of each of some maps, the newest first: one statement for all.

    Cursors are those of the list of the map's revisions, which goes on where a page ends.
    Raises `Malformed` for a cursor that is none of them.
    """
    work.needs(Scope.MAPS_READ)
    starts = [one.start for one in asked]
    rows = await work.value(
        _NEWEST,
        journey_ids=[one.journey_id for one in asked],
        limits=[one.limit for one in asked],
        belows=[int(start.value) if start.value else NONE for start in starts],
    )
    found = {row[0] - 1: row[1:] for row in rows or ()}
    return [_page(start, found.get(n)) for n, start in enumerate(starts)]


def _page(start: Last, found: Any) -> PageOf:
    total, items, more, numbers, ids = found or (0, None, False, None, None)
    places = zip(numbers or (), ids or (), strict=True)
    ends = [cursors.written(replace(start, value=n, id=which)) for n, which in places]
    return PageOf(items or "[]", bool(more), ends[-1] if ends else None, total, ends)


def _newest() -> Statement:
    asked = (
        func.unnest(
            uuids("journey_ids"),
            bindparam("limits", type_=ARRAY(Integer)),
            bindparam("belows", type_=ARRAY(Integer)),
        )
        .table_valued("journey_id", "most", "below", with_ordinality="place")
        .render_derived()
        .alias("asked")
    )
    row, every = revisions.alias("row"), revisions.alias("every")
    rank = func.row_number().over(order_by=row.c.number.desc())
    found = (
        select(row, rank.label("n"))
        .where(row.c.workspace_id == WORKSPACE, row.c.journey_id == asked.c.journey_id)
        .where(row.c.number < asked.c.below)
        .order_by(row.c.number.desc())
        .limit(asked.c.most + literal_column("1"))
        .correlate(asked)
        .subquery("found")
    )
    total = select(func.count()).where(
        every.c.workspace_id == WORKSPACE, every.c.journey_id == asked.c.journey_id
    )
    within = found.c.n <= asked.c.most
    shown = case((within, document(REVISIONS.shape, REVISIONS.shape.flat, found)))
    ordered = func.json_agg(aggregate_order_by(shown, found.c.n)).filter(within)
    numbers, ids = (
        func.array_agg(aggregate_order_by(cast(found.c[name], Text), found.c.n)).filter(within)
        for name in ("number", "id")
    )
    page = (
        select(
            func.coalesce(cast(ordered, Text), literal_column("'[]'")).label("listed"),
            (func.count() > asked.c.most).label("more"),
            numbers.label("numbers"),
            ids.label("ids"),
        )
        .select_from(found)
        .group_by(asked.c.most)
        .correlate(asked)
        .lateral("page")
    )
    counted = total.correlate(asked).scalar_subquery()
    answer = func.row(
        asked.c.place, counted, page.c.listed, page.c.more, page.c.numbers, page.c.ids
    )
    return Statement(select(func.array_agg(answer)).select_from(asked.outerjoin(page, true())))


_NEWEST = _newest()
