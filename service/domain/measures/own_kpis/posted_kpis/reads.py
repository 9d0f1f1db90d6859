"""What was posted of KPIs, added up in the database: of ranges, of their intervals, of parts."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Label,
    Text,
    Uuid,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from service.domain.histories import Range
from service.domain.measures.kpis.grouping import MOST_VALUES
from service.domain.measures.own_kpis.posted_kpis.figure import Posted
from service.domain.measures.own_kpis.tables import kpi_values
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.tables import instant
from service.domain.work import Scope, Work

_WHOLE = literal_column("'{}'::jsonb", JSONB)
_FIRST: ColumnElement[Any] = literal_column("1")


class Cutting(NamedTuple):
    """What of a KPI is to be told apart: the figures whose keys are just these (of none: those of
    the whole), by the intervals between these edges."""

    kpi_id: UUID
    within: Range
    names: Sequence[str]
    edges: Sequence[str]


class Cut(Struct, frozen=True):
    """Posted figures of a part, and of an interval of it, by number from 1; None: of all. The rest
    beyond the most parts is the last one, of `combined` parts."""

    n: int
    place: int
    interval: int | None
    keys: dict[str, str]
    combined: int
    posted: Posted


class _Total(Struct, frozen=True):
    n: int
    posted: Posted


async def totals(work: Work, asked: Sequence[tuple[UUID, Range]]) -> list[Posted]:
    """What was posted of KPIs, each of a range, in the order asked: one statement."""
    work.needs(Scope.MAPS_READ)
    given = [_given(n, kpi_id, within) for n, (kpi_id, within) in enumerate(asked)]
    text = await work.value(_TOTALS, given=given)
    found = msgspec.json.decode(text or "[]", type=list[_Total])
    return [one.posted for one in sorted(found, key=lambda one: one.n)]


async def cuts(work: Work, asked: Sequence[Cutting]) -> list[list[Cut]]:
    """The same by part and interval, for each in the order asked: one statement. Parts with most
    figures are first; an interval of which nothing was posted is not there."""
    work.needs(Scope.MAPS_READ)
    found: list[list[Cut]] = [[] for _ in asked]
    given = [
        _given(n, one.kpi_id, one.within) | {"names": one.names, "edges": one.edges}
        for n, one in enumerate(asked)
    ]
    for cut in msgspec.json.decode(await work.value(_CUTS, given=given) or "[]", type=list[Cut]):
        found[cut.n].append(cut)
    return found


def _given(n: int, kpi_id: UUID, within: Range) -> dict[str, Any]:
    return {"n": n, "kpi_id": kpi_id, "from": within.from_, "to": within.to}


def _asked(*more: Column[Any]) -> Any:
    typed: list[Column[Any]] = [Column("n", Integer), Column("kpi_id", Uuid())]
    typed += [Column("from", instant), Column("to", instant), *more]
    call = func.jsonb_to_recordset(rows_of("given")).table_valued(*typed)
    return call.render_derived(name="asked", with_types=True)


def _of(asked: Any, row: FromClause) -> list[ColumnElement[bool]]:
    from_, to = asked.c["from"], asked.c["to"]
    return [
        row.c.workspace_id == WORKSPACE,
        row.c.kpi_id == asked.c.kpi_id,
        or_(from_.is_(None), row.c.at >= from_),
        or_(to.is_(None), row.c.at < to),
    ]


def _added_up(row: Any, taken: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    """Posted figures as `Posted` has them: of those `taken`, and how many others there are."""
    counted = taken & row.c.numerator.is_not(None)
    latest = func.array_agg(aggregate_order_by(row.c.value, row.c.at.desc())).filter(taken)
    return {
        "values": func.count().filter(taken),
        "of_parts": func.count().filter(~taken),
        "latest": latest[_FIRST],
        "sum": func.sum(row.c.value).filter(taken),
        "counted": func.count().filter(counted),
        "numerator": func.sum(row.c.numerator).filter(counted),
        "denominator": func.sum(row.c.denominator).filter(counted),
    }


def _as_text(members: dict[str, Any], source: Any) -> Statement:
    found = select(func.json_agg(json_object(members))).select_from(source)
    return Statement(select(cast(found.scalar_subquery(), Text)))


def _totals() -> Statement:
    asked, row = _asked(), kpi_values.alias("value")
    members = _added_up(row, row.c["keys"] == _WHOLE)
    members |= {"first": func.min(row.c.at), "last": func.max(row.c.at)}
    sums = select(json_object(members).label("posted")).where(*_of(asked, row)).lateral("sums")
    told = {"n": asked.c.n, "posted": sums.c.posted}
    return _as_text(told, asked.join(sums, true()))


def _cuts() -> Statement:
    asked = _asked(Column("names", ARRAY(Text)), Column("edges", ARRAY(instant)))
    row = kpi_values.alias("value")
    just_these = row.c["keys"].bool_op("?&")(asked.c["names"]) & (
        cast(row.c["keys"].op("-")(asked.c["names"]), JSONB) == _WHOLE
    )
    figures = [row.c[name] for name in ("keys", "at", "value", "numerator", "denominator")]
    n = asked.c.n
    number = func.count().over(partition_by=[n, row.c["keys"]]).label("number")
    source = asked.join(row, and_(*_of(asked, row), just_these))
    mine = select(n, asked.c.edges, *figures, number).select_from(source).subquery("mine")
    first = [mine.c.number.desc(), mine.c["keys"]]
    rank = func.dense_rank().over(partition_by=mine.c.n, order_by=first)
    place: Label[int] = func.least(rank, MOST_VALUES + 1).label("place")
    interval = func.width_bucket(mine.c.at, mine.c.edges).label("interval")
    placed = select(mine, place, interval).subquery("placed")
    part = [placed.c.n, placed.c.place]
    members = {
        "n": placed.c.n,
        "place": placed.c.place,
        "interval": placed.c.interval,
        "keys": func.array_agg(placed.c["keys"])[_FIRST],
        "combined": func.count(placed.c["keys"].distinct()),
        "posted": json_object(_added_up(placed, true())),
    }
    both = func.grouping_sets(tuple_(*part), tuple_(*part, placed.c.interval))
    each = select(*(one.label(name) for name, one in members.items())).group_by(both)
    found = each.order_by(*part, placed.c.interval).subquery("found")
    return _as_text({name: found.c[name] for name in members}, found)


_TOTALS = _totals()
_CUTS = _cuts()
