"""Events counted by what is told of them, of counts that are kept: in a time that hardly grows.

Whoever does not count is taken away as is asked now, and what came behind the counts is read of the
events, in one snapshot with them; so an answer is what the events tell, whatever has happened.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by

from service.domain.contacts import contact_identifiers, contact_rows
from service.domain.events import event_rows, quarter
from service.domain.filters import Filter, Test, in_path, tests
from service.domain.histories.counting import counted
from service.domain.histories.counting.counted import Question
from service.domain.histories.counting.spans import BEGINNING, END, Known, Parts, parts
from service.domain.histories.counts import CUBES, event_countings, event_counts, kind_of
from service.domain.histories.reads import Asked, left_out, needs_grant, oldest_told
from service.domain.histories.segments.judging import instant_of, micros
from service.domain.histories.segments.kinds import DIMENSIONS
from service.domain.histories.segments.tables import event_folds
from service.domain.history import Histories
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work

_TRIES = 3


class Standing(NamedTuple):
    """What has to be the same when counts are read as when it was decided which: how far events are
    folded, and counted; since when they are counted, and told; a bit for each cube that is given
    up, and whether analysis rests on consent."""

    folded: int
    until: int
    since: datetime | None
    oldest_told: datetime | None
    given_up: int
    by_grant: bool

    def tells(self, cube: int) -> bool:
        """Whether what is kept of a cube is all that there is."""
        return self.folded == self.until and not self.by_grant and not self.given_up >> cube & 1


async def tallies(work: Work, asked: Asked, cuts: Collection[int] = ()) -> Histories | None:
    """The events that are asked for, told apart by their fields and by the `cuts`, microseconds
    since 1970: rows that stand for many each. Two statements.

    None where counts do not tell it: it asks for what is not counted, or nothing is counted here.
    """
    work.needs(Scope.ANALYTICS_READ)
    names = _names(asked)
    if names is None:
        return None
    cube = next(n for n, places in enumerate(CUBES) if names <= {DIMENSIONS[p] for p in places})
    question = Question(
        [DIMENSIONS[place] for place in CUBES[cube]],
        asked.only,
        asked.selections,
        asked.fields,
        sorted(one - counted.SINCE_1970 for one in cuts),
        *(_micros(one) for one in asked.within),
    )
    # Seldom more than once: where something was folded between two statements.
    for _ in range(_TRIES):
        before, first, last = await work.value(_KNOWN, cube=cube)
        if before is None or not Standing(*before).tells(cube):
            return None
        known = Standing(*before)
        there = Known(_micros(known.since), _micros(known.oldest_told), first, last)
        of = parts(question.from_, question.to, question.cuts, there)
        if of is None:
            return None
        found = await work.value(_of_cube(cube), **_values(question, cube, of, known.until))
        days, data, read, now = found
        if now == before:
            rows = zip(days or [], data or [], strict=True)
            return await asyncio.to_thread(counted.histories, question, of, rows, read)
    return None


def _names(asked: Asked) -> set[str] | None:
    """The fields that are asked about; None where counts do not know one."""
    conditions = [*asked.selections, *([] if asked.only is None else [asked.only])]
    found = set(asked.fields)
    for leaf in _leaves(conditions):
        if not isinstance(leaf, Test):
            return None
        found.add(leaf.field)
    more = asked.lists or asked.selected or asked.latest
    return found if found <= set(DIMENSIONS) and not more else None


def _leaves(conditions: Iterable[Filter]) -> Iterable[Filter]:
    return (leaf for one in conditions for _, leaf in tests(one, ""))


def _micros(time: datetime | None) -> int | None:
    return None if time is None else micros(time)


def _values(question: Question, cube: int, of: Parts, until: int) -> dict[str, Any]:
    ends = [(low, high) if low < high else (0, 0) for low, high in of.edges]
    given = {"from_": question.from_, "to": question.to}
    return {
        "cube": cube,
        "until": until,
        "months": of.months,
        "days": of.days,
        "low": None if of.low <= BEGINNING else instant_of(of.low),
        "high": None if of.high >= END else instant_of(of.high),
        "cuts": [instant_of(cut) for cut in question.cuts],
        **{name: None if one is None else instant_of(one) for name, one in given.items()},
        **{f"begin_{n}": instant_of(low) for n, (low, _) in enumerate(ends)},
        **{f"end_{n}": instant_of(high) for n, (_, high) in enumerate(ends)},
    }


def _standing() -> ColumnElement[Any]:
    folds, countings = event_folds, event_countings
    grant = func.coalesce(needs_grant(), literal_column("false", Boolean))
    found = func.row(
        *(folds.c.until, countings.c.until, countings.c.since, oldest_told()),
        *(countings.c.given_up, grant),
    )
    both = folds.join(countings, countings.c.workspace_id == folds.c.workspace_id)
    mine = folds.c.workspace_id == WORKSPACE
    return select(found).select_from(both).where(mine).scalar_subquery()


def _knowing() -> Statement:
    rows = event_counts
    days = (
        rows.c.workspace_id == WORKSPACE,
        rows.c.cube == bindparam("cube", type_=rows.c.cube.type),
        ~rows.c.month,
    )
    ends = (select(one(rows.c.day)).where(*days) for one in (func.min, func.max))
    return Statement(select(func.row(_standing(), *(one.scalar_subquery() for one in ends))))


@lru_cache(maxsize=len(CUBES))
def _of_cube(cube: int) -> Statement:
    return Statement(lambda: select(func.row(*_stored(), _read(CUBES[cube]), _standing())))


def _stored() -> list[ColumnElement[Any]]:
    rows = event_counts
    chosen = [
        (month, rows.c.day == func.any(bindparam(name, type_=ARRAY(Integer))))
        for month, name in ((rows.c.month, "months"), (~rows.c.month, "days"))
    ]
    cube = rows.c.cube == bindparam("cube", type_=rows.c.cube.type)
    found = union_all(
        *(
            select(rows.c.day, rows.c.data).where(rows.c.workspace_id == WORKSPACE, cube, *one)
            for one in chosen
        )
    ).cte("stored")
    # Most days have the kinds of the one before: in no other order are they found as fast.
    return [
        select(func.array_agg(aggregate_order_by(column, found.c.day))).scalar_subquery()
        for column in (found.c.day, found.c.data)
    ]


def _at_edge(seen: FromClause, n: int) -> list[ColumnElement[bool]]:
    begin, end = (bindparam(f"{name}_{n}", type_=instant) for name in ("begin", "end"))
    # By the index of quarters: others would go through all that the workspace has.
    found = quarter(seen.c.timestamp).between(quarter(begin), quarter(end))
    return [found, seen.c.timestamp >= begin, seen.c.timestamp < end]


def _read(places: Sequence[int]) -> ColumnElement[Any]:
    """Events that are not in counts, or are there and do not count, in groups."""
    out, until = whose_left_out(), bindparam("until", type_=BigInteger)
    seen = in_workspace(event_rows).alias("seen")
    of_path = (seen.c.workspace_id == WORKSPACE, in_path(seen))
    from_, to = bindparam("from_", type_=instant), bindparam("to", type_=instant)
    behind = (
        seen.c.arrival >= until,
        or_(from_.is_(None), seen.c.timestamp >= from_),
        or_(to.is_(None), seen.c.timestamp < to),
    )
    at_edges = [(seen.c.arrival < until, *_at_edge(seen, n)) for n in range(2)]
    no: ColumnElement[Any] = literal_column("false", Boolean)
    what = (seen.c.who, seen.c.timestamp, cast(kind_of(seen, places), Text).label("kind"))
    some = union_all(*(select(*what).where(*of_path, *one) for one in (behind, *at_edges)))
    beside = some.cte("beside")
    fresh = select(beside, _reason(out, beside).label("reason"), no.label("counted"))
    fresh = fresh.select_from(beside.outerjoin(out, out.c.who == beside.c.who))
    low, high = bindparam("low", type_=instant), bindparam("high", type_=instant)
    within = (
        seen.c.arrival < until,
        or_(low.is_(None), seen.c.timestamp >= low),
        or_(high.is_(None), seen.c.timestamp < high),
    )
    reason = _reason(out, seen)
    gone = select(*what, reason.label("reason"), (~no).label("counted"))
    gone = gone.select_from(out.join(seen, seen.c.who == out.c.who))
    every = union_all(fresh, gone.where(*of_path, *within, reason.is_not(None))).cte("every")
    cuts = bindparam("cuts", type_=ARRAY(instant))
    cell = func.width_bucket(every.c.timestamp, cuts)
    names = (cell.label("cell"), every.c.reason, every.c.counted, every.c.kind)
    tally = select(*names, func.count().label("number"))
    groups = tally.group_by(*names[1:], cell).subquery("groups")
    row = func.json_build_array(
        *(groups.c[name] for name in ("cell", "reason", "counted", "number")),
        cast(groups.c.kind, JSON),
    )
    nothing: ColumnElement[Any] = literal_column("'[]'::json")
    return cast(select(func.coalesce(func.json_agg(row), nothing)).scalar_subquery(), Text)


def _reason(out: CTE, seen: Any) -> ColumnElement[Any]:
    """Why an event does not count; the same as of histories."""
    return case(
        (out.c.test, literal_column("'test_contact'", Text)),
        (out.c.since <= seen.c.timestamp, literal_column("'not_permitted'", Text)),
    )


def whose_left_out() -> CTE:
    """The identifiers of those who do not count: whether as a test, and since when."""
    denied, root = left_out(), contact_rows.alias("root")
    no: ColumnElement[Any] = literal_column("false", Boolean)
    never = literal_column("'-infinity'::timestamptz", instant)
    each = union_all(
        select(denied.c.root_id, no.label("test"), denied.c.since),
        select(root.c.id, ~no, never).where(
            root.c.workspace_id == WORKSPACE, root.c.id == root.c.root_id, root.c.test
        ),
    ).subquery("each_one")
    whole = select(
        each.c.root_id,
        func.bool_or(each.c.test).label("test"),
        func.min(each.c.since).label("since"),
    )
    few = whole.group_by(each.c.root_id).cte("few")
    known, held = contact_rows.alias("known"), contact_identifiers.alias("held")
    # As arrays: joined, all contacts and all identifiers would be read.
    roots = func.array(select(few.c.root_id).scalar_subquery(), type_=ARRAY(Uuid()))
    theirs = (
        select(known.c.id, few.c.test, few.c.since)
        .select_from(known.join(few, few.c.root_id == known.c.root_id))
        .where(known.c.workspace_id == WORKSPACE, known.c.root_id == func.any(roots))
        .cte("theirs")
    )
    ids = func.array(select(theirs.c.id).scalar_subquery(), type_=ARRAY(Uuid()))
    return (
        select(held.c.id.label("who"), theirs.c.test, theirs.c.since)
        .select_from(held.join(theirs, theirs.c.id == held.c.contact_id))
        .where(held.c.workspace_id == WORKSPACE, held.c.contact_id == func.any(ids))
        .cte("left_out")
    )


_KNOWN = _knowing()
