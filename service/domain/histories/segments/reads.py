"""How far segments go, and the events that came behind them."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain.events import event_rows
from service.domain.filters import in_path
from service.domain.histories.counts import event_countings, kind_of
from service.domain.histories.reads import oldest_told, run_of
from service.domain.histories.segments.tables import event_folds, event_segments
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Scope, Work


class State(NamedTuple):
    """How far a workspace's events are in segments, and are counted; since when those have happened
    that retention has left, and since when those that are told."""

    until: int
    counted: int | None
    kept_from: datetime | None
    oldest_told: datetime | None

    def lifted(self, by: timedelta = timedelta(0)) -> bool:
        """Whether events are kept for longer again, by so much, than when some were deleted, which
        may stand in segments, beside older ones that came since."""
        if self.kept_from is None:
            return False
        return self.oldest_told is None or self.oldest_told < self.kept_from - by


async def state(work: Work) -> State | None:
    """None where nothing has been folded."""
    found = await work.value(_STATE)
    return None if found is None else State(*found)


class Kept(NamedTuple):
    """How many segments there are, and how many events are in them."""

    segments: int
    events: int


async def in_segments(work: Work) -> Kept:
    """What is kept of the workspace's events. One statement."""
    work.needs(Scope.ANALYTICS_READ)
    return Kept(*await work.value(_KEPT))


def came(until: ColumnElement[Any], *where: Any) -> list[ColumnElement[Any]]:
    """Events from a place in the order of arrival on, as one run of bytes for `of_rows`: with
    the kinds, how many were looked at, in paths or not, and the last place of these."""
    # Through the reader's view: a test of a text, or within JSON, would scan the whole under the
    # policies. In order of arrival, for then nothing before is looked at.
    seen = in_workspace(event_rows)
    bound = bindparam("since", type_=BigInteger)
    kind = cast(kind_of(seen), Text).collate("C").label("kind")
    window = (
        select(*(seen.c[n] for n in ("who", "timestamp", "arrival", "type")), kind)
        .where(seen.c.workspace_id == WORKSPACE, seen.c.arrival >= bound)
        .where(or_(until.is_(None), seen.c.arrival < until))
        .order_by(seen.c.arrival)
        .limit(bindparam("most", type_=Integer))
        .cte("window")
    )
    # Numbered by sorting: a join with the different ones may compare each with each.
    number = func.dense_rank().over(order_by=window.c.kind) - literal_column("1", BigInteger)
    rows = (
        select(window, cast(number, Integer).label("number"))
        .where(in_path(window), *(one(window) for one in where))
        .cte("rows")
    )
    kinds = select(rows.c.number, rows.c.kind).distinct().subquery("kinds")
    parts = [
        func.uuid_send(rows.c.who),
        func.timestamptz_send(rows.c.timestamp),
        func.int8send(rows.c.arrival),
        func.int4send(rows.c.number),
    ]
    return [
        select(run_of(parts)).select_from(rows).scalar_subquery(),
        select(func.array_agg(aggregate_order_by(kinds.c.kind, kinds.c.number))).scalar_subquery(),
        select(func.count()).select_from(window).scalar_subquery(),
        select(func.max(window.c.arrival)).scalar_subquery(),
    ]


def _kept() -> Statement:
    mine = event_segments.c.workspace_id == WORKSPACE
    number = select(func.count()).where(mine).select_from(event_segments).scalar_subquery()
    zero = literal_column("0", BigInteger)
    events = select(func.coalesce(func.sum(event_segments.c.events), zero)).where(mine)
    return Statement(select(func.row(number, events.scalar_subquery())))


def known() -> dict[str, ColumnElement[Any]]:
    """What a workspace's `State` is made of, as it is at the time; no `until`: there is none."""
    folds = event_folds
    counted = select(event_countings.c.until).where(event_countings.c.workspace_id == WORKSPACE)

    def of(name: str) -> ColumnElement[Any]:
        return select(folds.c[name]).where(folds.c.workspace_id == WORKSPACE).scalar_subquery()

    return {
        "until": of("until"),
        "counted": counted.scalar_subquery(),
        "kept_from": of("kept_from"),
        "oldest_told": oldest_told(),
    }


def _state() -> Select[Any]:
    return select(func.row(*known().values())).where(
        exists().where(event_folds.c.workspace_id == WORKSPACE)
    )


_STATE = Statement(_state())
_KEPT = _kept()
