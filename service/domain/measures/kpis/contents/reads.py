"""The workspace's content, for figures of who touches it."""

from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Integer, Text, bindparam, cast, func, select

from service.domain.access import Reporting
from service.domain.evidence import CONTENT
from service.domain.measures.kpis.contents.unused import Item, Library
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work

MOST_ITEMS = 5_000
"""Items that are looked at: the latest published."""


async def published(work: Work, reporting: Reporting) -> Library:
    """The items of content that there are, the latest published first: one statement."""
    work.needs(Scope.ANALYTICS_READ)
    number, text = await work.value(_ITEMS, most=MOST_ITEMS)
    items = msgspec.json.decode(text, type=list[Item])
    return Library(items, number - len(items), ZoneInfo(reporting.time_zone))


def _items() -> Statement:
    row = CONTENT.table.alias("row")
    names = ("id", "key", "url", "published_on")
    order = (row.c.published_on.desc().nulls_last(), row.c.id)
    place = func.row_number().over(order_by=order).label("place")
    first = (
        select(json_object({name: row.c[name] for name in names}).label("item"), place)
        .where(row.c.workspace_id == WORKSPACE)
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
        .subquery("first")
    )
    every = select(func.count()).select_from(row).where(row.c.workspace_id == WORKSPACE)
    listed = select(cast(json_array(first.c.item, [first.c.place]), Text))
    return Statement(select(func.row(every.scalar_subquery(), listed.scalar_subquery())))


_ITEMS = _items()
