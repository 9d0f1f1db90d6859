"""The posted figures of any number of KPIs and ranges at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Integer, Text, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from service.domain.judging import Side
from service.domain.measures.own_kpis.figure import KpiFigure
from service.domain.measures.own_kpis.posted import Posted, posted_figure
from service.domain.measures.own_kpis.reads import added_up
from service.domain.measures.own_kpis.tables import kpi_values, kpis
from service.domain.shapes import json_object
from service.domain.shares import proportion
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import instant
from service.domain.work import Scope, Work

_NUMBER = "number"


class PostedSide(NamedTuple):
    """What was posted of a range, and its unit."""

    side: Side
    unit: str


class _Found(Struct):
    n: int
    unit: str | None
    aggregation: str
    posted: Posted
    days: list[float]


Asked = tuple[str, datetime, datetime]
"""A KPI by its key or id, and a half-open range."""
AskedRange = tuple[str, datetime | None, datetime | None]
"""The same, perhaps without bounds."""


async def posted_sides(work: Work, asked: Sequence[Asked]) -> list[PostedSide | None]:
    """What was posted of KPIs of the whole, each of a range, in the order asked; None for a KPI
    that is not there. One statement. Each posted number stands for a day."""
    work.needs(Scope.MAPS_READ)
    found = await _found(work, asked)
    return [_side(found[n], one) if n in found else None for n, one in enumerate(asked)]


async def posted_figures(work: Work, asked: Sequence[AskedRange]) -> list[KpiFigure | None]:
    """The same as figures, each by the aggregation of its KPI."""
    work.needs(Scope.MAPS_READ)
    found = await _found(work, asked)
    told = {n: posted_figure(one.aggregation, one.posted) for n, one in found.items()}
    return [told.get(n) for n in range(len(asked))]


async def _found(work: Work, asked: Sequence[AskedRange]) -> dict[int, _Found]:
    if not asked:
        return {}
    rows = [{"n": n, "kpi": k, "from": from_, "to": to} for n, (k, from_, to) in enumerate(asked)]
    text = await work.value(_SIDES, given=rows)
    return {one.n: one for one in msgspec.json.decode(text or "[]", type=list[_Found])}


def _side(found: _Found, asked: Asked) -> PostedSide:
    _, from_, to = asked
    told = posted_figure(found.aggregation, found.posted)
    return PostedSide(_as_side(found, told, from_, to), found.unit or _NUMBER)


def _as_side(found: _Found, told: KpiFigure, from_: datetime, to: datetime) -> Side:
    value, above, below = (
        None if one is None else float(one)
        for one in (told.value, told.numerator, told.denominator)
    )
    if told.low is not None and above is not None and below is not None:
        share = proportion(int(above), int(below))
        return Side(from_, to, value, above, below, share, ())
    # What a mean is divided by are posted figures, and nobody that was counted.
    of = below if found.aggregation == "ratio" else None
    return Side(from_, to, value, above, of, None, found.days)


def _sides() -> Statement:
    typed: list[Column[Any]] = [Column("n", Integer), Column("kpi", Text)]
    typed += [Column("from", instant), Column("to", instant)]
    call = func.jsonb_to_recordset(rows_of("given")).table_valued(*typed)
    asked, row = call.render_derived(name="asked", with_types=True), kpi_values.alias("value")
    whole = row.c["keys"] == literal_column("'{}'::jsonb", JSONB)
    days = func.json_agg(aggregate_order_by(row.c.value, row.c.at)).filter(whole)
    none: Any = literal_column("'[]'::json")
    sums = (
        select(json_object(added_up(row)).label("posted"), func.coalesce(days, none).label("days"))
        .where(row.c.workspace_id == WORKSPACE, row.c.kpi_id == kpis.c.id)
        .where(or_(asked.c["from"].is_(None), row.c.at >= asked.c["from"]))
        .where(or_(asked.c["to"].is_(None), row.c.at < asked.c["to"]))
        .lateral("sums")
    )
    is_it = or_(kpis.c.key == asked.c.kpi, cast(kpis.c.id, Text) == asked.c.kpi)
    source = asked.join(kpis, (kpis.c.workspace_id == WORKSPACE) & is_it)
    each = {"n": asked.c.n, "unit": kpis.c.unit, "aggregation": kpis.c.aggregation}
    each |= {"posted": sums.c.posted, "days": sums.c.days}
    found = select(func.json_agg(json_object(each)))
    return Statement(
        select(cast(found.select_from(source.join(sums, _ALWAYS)).scalar_subquery(), Text))
    )


_ALWAYS: Any = literal_column("true")
_SIDES = _sides()
