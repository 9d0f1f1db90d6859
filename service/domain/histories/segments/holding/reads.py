"""What segments hold, with the events that came behind them and whose they are: one snapshot."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    LargeBinary,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    union_all,
)

from service.domain.contacts import contact_identifiers, contact_rows
from service.domain.histories.reads import LEFT_OUT, NO_BYTES, needs_grant, run_of
from service.domain.histories.segments.marking import marked, marks
from service.domain.histories.segments.owners import People
from service.domain.histories.segments.reads import State, came, known
from service.domain.histories.segments.resolving import Found
from service.domain.histories.segments.segment import Stored
from service.domain.histories.segments.tables import event_segments
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Work


class Snapshot(NamedTuple):
    """What is held, and how far that goes."""

    held: Found
    state: State
    mark: str | None = None


async def found(work: Work, before: State, statement: Statement, **values: Any) -> Snapshot | None:
    """What is held of a range, in one snapshot; None where all was dropped meanwhile, or is to
    be made anew."""
    told = await work.rows(statement, since=before.until, most=None, until=None, **values)
    # Each by itself, and not in a list: a row is copied once on its way, a value in it five times.
    held = sorted((row for row in told if row["arrival"] is not None), key=itemgetter("arrival"))
    segments = [Stored(*(row[name] for name in Stored._fields)) for row in held]
    beside = next(row for row in told if row["arrival"] is None)
    # Folding goes on meanwhile: then some of what came is in a segment already, and left out. Only
    # when all was dropped meanwhile, what came before is missing.
    if beside["until"] is None or beside["until"] < before.until:
        return None
    now = State(*(beside[name] for name in State._fields))
    people = People(*(beside[name] for name in People._fields))
    whole = Found(segments, beside["behind"], beside["behind_kinds"] or [], people)
    mark = marked(beside["mark"], beside["identified"]) if statement is MARKED else None
    return None if now.lifted() else Snapshot(whole, now, mark)


_FROM, _TO = bindparam("from_", type_=instant), bindparam("to", type_=instant)
_NO: ColumnElement[Any] = literal_column("false", Boolean)


def _held(columns: Mapping[str, ColumnElement[Any]], *more: ColumnElement[Any]) -> Statement:
    """Columns of the segments of a range, and what is told beside them; `more` is the marks."""
    until = _once_known("until")
    segments = [event_segments.c.arrival, *(one.label(name) for name, one in columns.items())]
    behind, kinds, _, _ = came(
        bindparam("until", type_=BigInteger),
        lambda row: row.c.arrival >= until,
        lambda row: or_(_FROM.is_(None), row.c.timestamp >= _FROM),
        lambda row: or_(_TO.is_(None), row.c.timestamp < _TO),
    )
    beside = [*map(_once_known, State._fields), behind, kinds, *_people(), *more]
    told = {**_BESIDE, **dict.fromkeys(_MARKS[: len(more)], Text())}
    nothing = (cast(null(), kind).label(name) for name, kind in told.items())
    # One row for each segment, and one without a place in the order of arrival for all the rest.
    return Statement(
        union_all(
            select(*segments, *nothing).where(
                event_segments.c.workspace_id == WORKSPACE,
                or_(_FROM.is_(None), event_segments.c.last_at >= _FROM),
                or_(_TO.is_(None), event_segments.c.first_at < _TO),
            ),
            select(*(cast(null(), one.type) for one in segments), *beside),
        )
    )


def _needed() -> Mapping[str, ColumnElement[Any]]:
    """Of each segment what tells whom it has events of: times where some may not lie in the range
    or not count, codes where something is asked of events."""
    timed, asked = (bindparam(name, type_=Boolean()) for name in ("timed", "asked"))
    own = event_segments.c
    inside = and_(
        not_(timed),
        or_(_FROM.is_(None), own.first_at >= _FROM),
        or_(_TO.is_(None), own.last_at < _TO),
        own.first_at >= func.coalesce(_once_known("oldest_told"), own.first_at),
        _once_known("left_out") == NO_BYTES,
        _once_known("tests") == NO_BYTES,
        not_(_once_known("unknown")),
    )
    return {
        "identifiers": own.identifiers,
        "counts": case((and_(inside, not_(asked)), NO_BYTES), else_=own.counts),
        "times": case((inside, NO_BYTES), else_=own.times),
        "arrivals": NO_BYTES,
        "codes": case((asked, own.codes), else_=NO_BYTES),
        "kinds": case((asked, own.kinds), else_=NO_BYTES),
    }


def _people() -> list[ColumnElement[Any]]:
    """Whom identifiers are shown as, and who is left out."""
    # Joined here, identifiers and contacts would cost as much as all the rest.
    held, was = contact_identifiers.alias("held"), contact_rows.alias("was")
    links = select(run_of([func.uuid_send(held.c.id), func.uuid_send(held.c.contact_id)])).where(
        held.c.workspace_id == WORKSPACE
    )
    merged = select(run_of([func.uuid_send(was.c.id), func.uuid_send(was.c.root_id)])).where(
        was.c.workspace_id == WORKSPACE, was.c.merged_into_id.is_not(None)
    )
    few = map(_once_known, ("left_out", "tests", "unknown"))
    return [links.scalar_subquery(), merged.scalar_subquery(), *few]


def _once_known(name: str) -> ColumnElement[Any]:
    # A value of its own: it is asked once, not of each segment.
    return select(_ONCE.c[name]).scalar_subquery()


def _once() -> CTE:
    """How far segments go, and who does not count: one row."""
    root, out = contact_rows.alias("root"), LEFT_OUT
    since = [func.uuid_send(out.c.root_id), func.timestamptz_send(out.c.since)]
    tests = select(run_of([func.uuid_send(root.c.id)])).where(
        root.c.workspace_id == WORKSPACE, root.c.id == root.c.root_id, root.c.test
    )
    return select(
        *(one.label(name) for name, one in known().items()),
        select(run_of(since)).select_from(out).scalar_subquery().label("left_out"),
        tests.scalar_subquery().label("tests"),
        func.coalesce(needs_grant(), _NO).label("unknown"),
    ).cte("once")


_ONCE = _once()
_BESIDE: Mapping[str, Any] = {
    **{"until": BigInteger(), "counted": BigInteger()},
    **{"kept_from": instant, "oldest_told": instant},
    **{"behind": LargeBinary(), "behind_kinds": ARRAY(Text())},
    **{name: Boolean() if name == "unknown" else LargeBinary() for name in People._fields},
}
"""The names and types of what is told beside segments."""
_MARKS = ("mark", "identified")
_WHOLE = {name: event_segments.c[name] for name in Stored._fields}
ALL = _held(_WHOLE)
"""Segments of a range, whole."""
MARKED = _held(_WHOLE, *marks())
"""The same with the mark of all that is held, in the range or not."""
NEEDED = _held(_needed())
"""Of each what tells whom it has events of, where it is `timed` or something is `asked`."""
