"""Sessions of a range, of sums that are kept: in a time that hardly grows with the events.

What the sums do not know yet, who does not count, and what the range has within a quarter of an
hour at its ends is read of the events of those people, in one snapshot with the sums.
"""

import asyncio
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import array

from service.domain.events import event_rows, quarter
from service.domain.filters import in_path
from service.domain.histories.counting.reads import whose_left_out
from service.domain.histories.counting.spans import BEGINNING
from service.domain.histories.reads import Range, needs_grant, oldest_told
from service.domain.histories.segments.judging import instant_of, micros
from service.domain.histories.segments.tables import event_folds
from service.domain.histories.sessioning.covering import Known, Parts, parts
from service.domain.histories.sessions import (
    DAY,
    MINUTE,
    QUARTER,
    Found,
    Times,
    now_and_before,
    session_folds,
)
from service.domain.histories.sessions.reads import (
    around,
    came,
    moved,
    named,
    read,
    wholly,
)
from service.domain.histories.sessions.tables import SUMS
from service.domain.histories.sessions.tables import session_sums as rows
from service.domain.histories.sessions.writes import reach_of
from service.domain.history import Ints
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work

SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000."""
MOST = 20_000
"""Of more identifiers, or events that are not counted yet, histories tell as fast."""
MOST_MOVED = 2_000
_TRIES = 4


class SessionSums(NamedTuple):
    """Sessions by when they began: one time in each part of a range, in microseconds since 1970,
    and of each what `SUMS` names; and how many events do not count, by reason."""

    at: Ints
    sums: Ints
    excluded: dict[str, int]


async def session_sums(
    work: Work, within: Range, timeout_seconds: int, cuts: Collection[int] = ()
) -> SessionSums | None:
    """The sessions that begin in a range, which is cut at some times (microseconds since 1970).

    Two statements, seldom more. None where sums do not tell it.
    """
    work.needs(Scope.ANALYTICS_READ)
    from_, to = (None if one is None else micros(one) for one in within)
    edges = sorted(one - SINCE_1970 for one in cuts)
    whole: set[UUID] = set()
    # Seldom more than once: a long session, or sums that were changed between two statements.
    for _ in range(_TRIES):
        known = await work.value(_KNOWN)
        if known is None or known[0] != timeout_seconds or known[3]:
            return None
        timeout, since, kept_from, *_ = known
        first = None if kept_from is None else micros(kept_from)
        of = parts(from_, to, edges, Known(since, first, timeout))
        if of is None:
            return None
        found = await work.value(_TOLD, **_given(of, timeout, whole))
        told = _Told(*found)
        if told.state != (timeout, since, kept_from):
            continue
        if told.is_too_much:
            return None
        result = await asyncio.to_thread(_summed, of, told)
        if isinstance(result, SessionSums):
            return result
        whole |= result
    return None


class _Told(NamedTuple):
    """What a statement answers."""

    who: bytes
    events: bytes
    number: int
    moves: int
    came: int
    cells: Any
    sums: Any
    until: int
    timeout: int
    since: int | None
    kept_from: Any

    @property
    def state(self) -> tuple[int, int | None, Any]:
        """What has to be the same as when it was decided what is read."""
        return self.timeout, self.since, self.kept_from

    @property
    def is_too_much(self) -> bool:
        """Whether not all was told."""
        return self.number > MOST or self.moves > MOST_MOVED or self.came > MOST


def _given(of: Parts, timeout: int, whole: set[UUID]) -> dict[str, Any]:
    return {
        "low": of.low,
        "high": of.high,
        "days": of.days,
        "quarters": of.quarters,
        "cuts": [one // MINUTE for one in of.cuts],
        **{f"begin_{n}": instant_of(low) for n, (low, _) in enumerate(of.edges)},
        **{f"end_{n}": instant_of(high) for n, (_, high) in enumerate(of.edges)},
        "reach": reach_of(timeout),
        "whole": list(whole),
        "most": MOST + 1,
        "most_read": MOST,
    }


def _summed(of: Parts, told: _Told) -> "SessionSums | set[UUID]":
    """The sums of each part; or whose events have to be read from the first on."""
    first = None if told.kept_from is None else micros(told.kept_from)
    times = Times(told.timeout, reach_of(told.timeout), told.until, _LAST, first)
    both = now_and_before(Found(told.who, told.events), times)
    if both.doubted:
        return {UUID(bytes=one) for one in both.doubted}
    cuts = np.array(of.cuts, dtype=np.int64)
    sums = np.zeros((len(cuts) + 1, len(SUMS)), dtype=np.int64)
    stored = np.array(told.sums or [], dtype=np.int64).reshape(-1, len(SUMS))
    np.add.at(sums, np.array(told.cells or [], dtype=np.int64), stored)
    now, before = both.now, both.before
    inside = (now.start >= of.begin) & (now.start < of.end)
    np.add.at(sums, np.searchsorted(cuts, now.start[inside], "right"), now.sums[inside])
    kept = (before.start >= of.low * MINUTE) & (before.start < of.high * MINUTE)
    np.subtract.at(sums, np.searchsorted(cuts, before.start[kept], "right"), before.sums[kept])
    excluded = {
        reason: number
        for reason, at in both.excluded.items()
        if (number := int(((at >= of.begin) & (at < of.end)).sum()))
    }
    first = of.begin if of.begin > BEGINNING else min([*of.cuts, of.end]) - 1
    return SessionSums(np.array([first, *of.cuts], dtype=np.int64) + SINCE_1970, sums, excluded)


_LAST = 2**63 - 1
_EVERY: ColumnElement[Any] = literal_column(str(_LAST), BigInteger)


def _state() -> list[ColumnElement[Any]]:
    mine = session_folds.c.workspace_id == WORKSPACE
    return [
        select(session_folds.c.timeout_seconds).where(mine).scalar_subquery(),
        select(session_folds.c.since).where(mine).scalar_subquery(),
        oldest_told(),
    ]


def _knowing() -> Statement:
    folds, mine = event_folds, session_folds.c.workspace_id == WORKSPACE
    both = session_folds.join(folds, folds.c.workspace_id == session_folds.c.workspace_id)
    no = literal_column("false", Boolean)
    found = func.row(*_state(), func.coalesce(needs_grant(), no))
    return Statement(select(found).select_from(both).where(mine))


def _telling() -> Statement:
    until = select(session_folds.c.until).where(session_folds.c.workspace_id == WORKSPACE)
    new, out = came(until.scalar_subquery(), _EVERY), whose_left_out()
    moves, theirs = moved(literal_column(str(MOST_MOVED + 1), Integer))
    out_wholly = wholly(out)
    some = [new.whose, theirs, named("whole"), out_wholly, *(_at_edge(n) for n in range(2))]
    number = select(func.count()).select_from(moves).scalar_subquery()
    told = [*read(some, _EVERY, out), number, new.number]
    return Statement(select(func.row(*told, *_stored(), until.scalar_subquery(), *_state())))


def _at_edge(n: int) -> Select[Any]:
    """Whoever did something in a part of the range that is none of quarters."""
    seen = in_workspace(event_rows).alias(f"edge_{n}")
    begin, end = (bindparam(f"{name}_{n}", type_=instant) for name in ("begin", "end"))
    return (
        select(*around(seen.c.who, seen.c.timestamp))
        .where(
            seen.c.workspace_id == WORKSPACE,
            # By the index of quarters: others would go through all that the workspace has.
            quarter(seen.c.timestamp).between(quarter(begin), quarter(end)),
            seen.c.timestamp >= begin,
            seen.c.timestamp < end,
            in_path(seen),
        )
        .group_by(seen.c.who)
    )


def _stored() -> list[ColumnElement[Any]]:
    """Between which cuts, and what: of whole days; of quarters of an hour where a day is not taken
    whole, of minutes where one of these is not."""
    of = [
        _sums(DAY, None, "days"),
        _sums(QUARTER, ("days", DAY), "quarters"),
        _sums(1, ("quarters", QUARTER), None),
    ]
    every = union_all(*of).subquery("every_one")
    cuts = bindparam("cuts", type_=ARRAY(BigInteger))
    cell = func.width_bucket(every.c.at, cuts)
    sums = [func.sum(every.c[name]).cast(BigInteger).label(name) for name in SUMS]
    cells = select(cell.label("cell"), *sums).group_by(cell).cte("cells")
    numbers = func.array_agg(array([cells.c[name] for name in SUMS]), type_=ARRAY(BigInteger))
    return [
        select(func.array_agg(cells.c.cell)).scalar_subquery(),
        select(numbers).scalar_subquery(),
    ]


def _sums(minutes: int, within: tuple[str, int] | None, but: str | None) -> Select[Any]:
    """Sums of so many minutes each: of those `within` longer spans, whose length is told; none of
    those that are named."""
    low, high = (bindparam(name, type_=BigInteger) for name in ("low", "high"))
    length = literal_column(str(minutes), SmallInteger)
    chosen = [
        rows.c.workspace_id == WORKSPACE,
        rows.c.minutes == length,
        rows.c.at >= low,
        rows.c.at + length <= high,
    ]
    if but is not None:
        chosen.append(rows.c.at != func.all(bindparam(but, type_=ARRAY(BigInteger))))
    columns = [rows.c.at, *(rows.c[name] for name in SUMS)]
    if within is None:
        return select(*columns).where(*chosen)
    name, longer = within
    spans = func.unnest(bindparam(name, type_=ARRAY(BigInteger))).table_valued("first")
    span = spans.render_derived(name=f"{name}_{minutes}")
    last = span.c.first + literal_column(str(longer - minutes), BigInteger)
    # Sorted as the key is: joined, all rows would be gone through.
    inside = select(*columns).where(*chosen, rows.c.at.between(span.c.first, last))
    found = inside.order_by(rows.c.at).correlate(span).lateral(f"of_{name}")
    return select(*found.c).select_from(span.join(found, true()))


_KNOWN, _TOLD = _knowing(), _telling()
