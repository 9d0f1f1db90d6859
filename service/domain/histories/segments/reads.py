"""Histories read from segments and from the events that came behind them: one snapshot of both.

Where the columns do not tell what is asked, the events themselves are read instead.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    LargeBinary,
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

from service.domain.contacts import contact_identifiers, contact_rows
from service.domain.events import event_rows
from service.domain.histories.counts import event_countings, kind_of
from service.domain.histories.reads import Asked, left_out, needs_grant, oldest_told, types
from service.domain.histories.segments import resolving
from service.domain.histories.segments.judging import fits, micros
from service.domain.histories.segments.kinds import DIMENSIONS
from service.domain.histories.segments.owners import People
from service.domain.histories.segments.resolving import Found, Question, Span
from service.domain.histories.segments.tables import event_folds, event_segments
from service.domain.history import Histories
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work

_NO_BYTES: ColumnElement[Any] = literal_column("''::bytea", LargeBinary)


class State(NamedTuple):
    """How far a workspace's events are in segments, and are counted; whether they are too varied;
    since when those have happened that retention has left, and since when those that are told."""

    until: int
    counted: int | None
    varied: bool
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
    """How many segments there are, how many events are in them, and whether there are none since
    the events are too varied."""

    segments: int
    events: int
    varied: bool


async def in_segments(work: Work) -> Kept:
    """What is kept of the workspace's events. One statement."""
    work.needs(Scope.ANALYTICS_READ)
    return Kept(*await work.value(_KEPT))


async def told(work: Work, asked: Asked) -> Histories | None:
    """What people did of what is asked; None where segments do not tell it. Two statements."""
    conditions = [*asked.selections, *([] if asked.only is None else [asked.only])]
    if not all(map(fits, conditions)) or not set(asked.fields) <= set(DIMENSIONS):
        return None
    before = await state(work)
    if before is None or before.varied or before.lifted():
        return None
    found = await work.value(_HELD, since=before.until, most=None, until=None, **_range(asked))
    state_then, segments, came, people = found
    now = None if state_then is None else State(*state_then)
    # Folding goes on meanwhile: then some of what came is in a segment already, and left out. Only
    # when all was dropped meanwhile, what came before is missing.
    if now is None or now.until < before.until or now.lifted():
        return None
    rows, kinds, _, _ = came
    held = Found(segments or [], rows, kinds or [], People(*people))
    return await asyncio.to_thread(resolving.histories, _question(asked, now.oldest_told), held)


def _range(asked: Asked) -> dict[str, Any]:
    # Of what lies behind, the last may be asked for.
    return {"from_": asked.within.from_, "to": None if asked.latest else asked.within.to}


def _question(asked: Asked, oldest: datetime | None) -> Question:
    within, counted = (Span(*map(_micros, one)) for one in (asked.within, asked.counted))
    told = (asked.only, asked.selections, asked.fields, asked.selected, asked.latest)
    begins = [one for one in (within.from_, _micros(oldest)) if one is not None]
    return Question(within._replace(from_=max(begins, default=None)), counted, *told)


def _micros(time: datetime | None) -> int | None:
    return None if time is None else micros(time)


def came(until: ColumnElement[Any], *where: Any) -> ColumnElement[Any]:
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
        .where(window.c.type.in_(types()), *(one(window) for one in where))
        .cte("rows")
    )
    kinds = select(rows.c.number, rows.c.kind).distinct().subquery("kinds")
    parts = [
        func.uuid_send(rows.c.who),
        func.timestamptz_send(rows.c.timestamp),
        func.int8send(rows.c.arrival),
        func.int4send(rows.c.number),
    ]
    return func.row(
        select(_run(parts)).select_from(rows).scalar_subquery(),
        select(func.array_agg(aggregate_order_by(kinds.c.kind, kinds.c.number))).scalar_subquery(),
        select(func.count()).select_from(window).scalar_subquery(),
        select(func.max(window.c.arrival)).scalar_subquery(),
    )


def _run(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    row = parts[0]
    for part in parts[1:]:
        row = row.op("||", return_type=LargeBinary())(part)
    return func.coalesce(func.string_agg(row, _NO_BYTES), _NO_BYTES)


def _held() -> Statement:
    from_, to = bindparam("from_", type_=instant), bindparam("to", type_=instant)
    segments = select(
        func.array_agg(aggregate_order_by(event_segments.c.data, event_segments.c.arrival))
    ).where(
        event_segments.c.workspace_id == WORKSPACE,
        or_(from_.is_(None), event_segments.c.last_at >= from_),
        or_(to.is_(None), event_segments.c.first_at < to),
    )
    folded = select(event_folds.c.until).where(event_folds.c.workspace_id == WORKSPACE)
    until = folded.scalar_subquery()
    behind = came(
        bindparam("until", type_=BigInteger),
        lambda row: row.c.arrival >= until,
        lambda row: or_(from_.is_(None), row.c.timestamp >= from_),
        lambda row: or_(to.is_(None), row.c.timestamp < to),
    )
    parts = (_state().scalar_subquery(), segments.scalar_subquery(), behind, _people())
    return Statement(select(func.row(*parts)))


def _kept() -> Statement:
    mine = event_segments.c.workspace_id == WORKSPACE
    number = select(func.count()).where(mine).select_from(event_segments).scalar_subquery()
    zero = literal_column("0", BigInteger)
    events = select(func.coalesce(func.sum(event_segments.c.events), zero)).where(mine)
    varied = exists().where(event_folds.c.workspace_id == WORKSPACE, event_folds.c.varied)
    return Statement(select(func.row(number, events.scalar_subquery(), varied)))


def _people() -> ColumnElement[Any]:
    """Whom identifiers are shown as, and who is left out."""
    # Joined here, identifiers and contacts would cost as much as all the rest.
    held, root = contact_identifiers.alias("held"), contact_rows.alias("root")
    links = select(_run([func.uuid_send(held.c.id), func.uuid_send(held.c.contact_id)])).where(
        held.c.workspace_id == WORKSPACE
    )
    was = contact_rows.alias("was")
    merged = select(_run([func.uuid_send(was.c.id), func.uuid_send(was.c.root_id)])).where(
        was.c.workspace_id == WORKSPACE, was.c.merged_into_id.is_not(None)
    )
    out = left_out()
    since = [func.uuid_send(out.c.root_id), func.timestamptz_send(out.c.since)]
    tests = select(_run([func.uuid_send(root.c.id)])).where(
        root.c.workspace_id == WORKSPACE, root.c.id == root.c.root_id, root.c.test
    )
    return func.row(
        links.scalar_subquery(),
        merged.scalar_subquery(),
        select(_run(since)).select_from(out).scalar_subquery(),
        tests.scalar_subquery(),
        func.coalesce(needs_grant(), literal_column("false", Boolean)),
    )


def _state() -> Select[Any]:
    folds = event_folds
    counted = select(event_countings.c.until).where(event_countings.c.workspace_id == WORKSPACE)
    known = (folds.c.until, counted.scalar_subquery(), folds.c.varied, folds.c.kept_from)
    return select(func.row(*known, oldest_told())).where(folds.c.workspace_id == WORKSPACE)


_STATE = Statement(_state())
_HELD = _held()
_KEPT = _kept()
