"""Whose sessions may have changed, and what these people did: read in one snapshot.

Those are people of whom something came, and those whose identifiers became somebody else's. With
each come all who were counted together with them, and all who are one with them now.
"""

from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
    union_all,
)

from service.domain.contacts import contact_identifiers, contact_moves, contact_rows
from service.domain.events import event_rows
from service.domain.filters import in_path
from service.domain.histories.reads import run_of
from service.domain.histories.sessions.tables import session_people
from service.domain.paging import in_workspace
from service.domain.preferences import PAGE_VIEWS
from service.domain.statements import WORKSPACE, uuids
from service.domain.tables import instant

ALWAYS: ColumnElement[Any] = literal_column("'-infinity'::timestamptz", instant)
NEVER: ColumnElement[Any] = literal_column("'infinity'::timestamptz", instant)
_NO: ColumnElement[Any] = literal_column("false", Boolean)
_ZERO = literal_column("0", Integer)


class Came(NamedTuple):
    """What arrived in some places: identifiers with the times to be read, how many events were
    looked at, and the place before which all was."""

    whose: Select[Any]
    number: ColumnElement[Any]
    bound: ColumnElement[Any]


def around(who: ColumnElement[Any], time: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Whose events are read, and from when to when: `reach` seconds around some time of theirs."""
    reach = bindparam("reach", type_=Integer)
    span = func.make_interval(_ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, reach)
    return [who, (func.min(time) - span).label("low"), (func.max(time) + span).label("high")]


def wholly(rows: FromClause) -> Select[Any]:
    """Those of whom all is read."""
    return select(rows.c.who, ALWAYS.label("low"), NEVER.label("high"))


def came(since: ColumnElement[Any], upto: ColumnElement[Any]) -> Came:
    """Events from a place to another, at most `most` in the order of arrival."""
    seen, most = in_workspace(event_rows), bindparam("most", type_=Integer)
    window = (
        select(*(seen.c[name] for name in ("who", "timestamp", "arrival", "type")))
        .where(seen.c.workspace_id == WORKSPACE, seen.c.arrival >= since)
        # Not as the other end of a range: nobody may look into the statistics of leaves, and the
        # planner would take it for a short one.
        .where(or_(upto.is_(None), seen.c.arrival < upto))
        .order_by(seen.c.arrival)
        .limit(most)
        .cte("window")
    )
    number = select(func.count()).select_from(window).scalar_subquery()
    last = select(func.max(window.c.arrival)).scalar_subquery()
    # Of the last place there may be more than were looked at.
    bound = func.coalesce(case((number == most, last)), upto)
    whose = select(*around(window.c.who, window.c.timestamp))
    whose = whose.where(in_path(window), window.c.arrival < bound).group_by(window.c.who)
    return Came(whose, number, bound)


def moved(most: ColumnElement[Any] | None = None) -> tuple[CTE, Select[Any]]:
    """What became somebody else's since it was counted, and which identifiers these are."""
    moves, held = contact_moves, contact_identifiers
    found = select(moves.c.id, moves.c.of_id).where(moves.c.workspace_id == WORKSPACE)
    rows = (found if most is None else found.limit(most)).cte("moves")
    of_ids = func.array(select(rows.c.of_id).scalar_subquery(), type_=ARRAY(Uuid()))
    theirs = [
        select(held.c.id.label("who")).where(
            held.c.workspace_id == WORKSPACE, column == func.any(of_ids)
        )
        for column in (held.c.contact_id, held.c.id)
    ]
    return rows, wholly(union(*theirs).subquery("moved"))


def named(name: str) -> Select[Any]:
    """Identifiers that are given."""
    rows = func.unnest(uuids(name)).table_valued("who").render_derived(name=name)
    return wholly(rows)


def read(
    some: list[Select[Any]], bound: ColumnElement[Any], left_out: FromClause | None = None
) -> list[ColumnElement[Any]]:
    """Of some identifiers, and of all that go with them: who they are, what they did before a
    place in the order of arrival, and how many identifiers these are. Of more than `most_read`
    nothing is told but their number."""
    whose = _whose(some)
    number = select(func.count()).select_from(whose).scalar_subquery()
    few = number <= bindparam("most_read", type_=Integer)
    test, since = _NO, NEVER
    source: FromClause = whose
    if left_out is not None:
        source = _beside(whose, left_out, left_out.c.who == whose.c.who)
        test = func.coalesce(left_out.c.test, _NO)
        since = func.coalesce(left_out.c.since, NEVER)
    who = [
        func.int4send(whose.c.number),
        *(func.uuid_send(whose.c[name]) for name in ("who", "person", "root")),
        *(func.timestamptz_send(whose.c[name]) for name in ("low", "high")),
        func.boolsend(test),
        func.timestamptz_send(since),
    ]
    did = _did(whose, bound)
    events = [
        func.int4send(whose.c.number),
        func.timestamptz_send(did.c.timestamp),
        func.int8send(did.c.arrival),
        func.boolsend(did.c.view),
    ]
    return [
        select(run_of(who)).select_from(source).where(few).scalar_subquery(),
        select(run_of(events)).select_from(whose.join(did, true())).where(few).scalar_subquery(),
        number,
    ]


def _did(whose: CTE, bound: ColumnElement[Any]) -> Any:
    """What one did in their time: sorted by what one index alone has, so that it is found there
    whatever the planner has learned."""
    seen = in_workspace(event_rows).alias("did_rows")
    views = seen.c.event.in_([literal_column(f"'{one}'", Text) for one in PAGE_VIEWS])
    found = (
        select(seen.c.timestamp, seen.c.arrival, func.coalesce(views, _NO).label("view"))
        .where(
            seen.c.workspace_id == WORKSPACE,
            seen.c.who.between(whose.c.who, whose.c.who),
            seen.c.timestamp >= whose.c.low,
            seen.c.timestamp <= whose.c.high,
            # As a difference: by the index of arrivals each would be looked for among all that
            # came, which the planner takes for few where other workspaces have few.
            bound - seen.c.arrival > literal_column("0", BigInteger),
            in_path(seen),
        )
        .order_by(seen.c.who, seen.c.timestamp)
    )
    return found.correlate(whose).lateral("did")


def _whose(some: list[Select[Any]]) -> CTE:
    each = union_all(*some).subquery("each_one")
    spans = (func.min(each.c.low).label("low"), func.max(each.c.high).label("high"))
    started = select(each.c.who, *spans).group_by(each.c.who).cte("started")
    told = _told(started, "first", ("low", "high"))
    mates = [
        select(session_people.c.who).where(
            session_people.c.workspace_id == WORKSPACE,
            session_people.c.person == func.any(_ids(told.c.person)),
        ),
        select(contact_identifiers.c.id).where(
            contact_identifiers.c.workspace_id == WORKSPACE,
            contact_identifiers.c.contact_id == func.any(_family(told)),
        ),
    ]
    every = union(select(started.c.who), *mates).cte("every")
    all_ = _told(every, "all")
    times = [_times(told, name) for name in ("person", "root")]
    source: FromClause = all_
    for one, name in zip(times, ("person", "root"), strict=True):
        source = _beside(source, one, one.c.of == all_.c[name])
    return (
        select(
            (func.row_number().over(order_by=all_.c.who) - literal_column("1", BigInteger))
            .cast(Integer)
            .label("number"),
            *all_.c,
            func.least(*(one.c.low for one in times)).label("low"),
            func.greatest(*(one.c.high for one in times)).label("high"),
        )
        .select_from(source)
        .cte("whose")
    )


def _beside(rows: FromClause, more: FromClause, on: ColumnElement[bool]) -> FromClause:
    """Rows with what is known of some of them, where nothing is known of others.

    Joined so, nobody may compare each with each, which the planner would like for the few it
    expects.
    """
    return rows.outerjoin(more, on, full=True)


def _told(some: CTE, name: str, more: tuple[str, ...] = ()) -> CTE:
    """As whose identifiers were counted (`person`), and whose they are (`root`), else themselves;
    and `more` of what is told of them."""
    people, identifiers, contacts = session_people, contact_identifiers, contact_rows
    kept = _found(people, "who", "person", some.c.who).cte(f"{name}_kept")
    held = _found(identifiers, "id", "contact_id", some.c.who).cte(f"{name}_held")
    shown = _found(contacts, "id", "root_id", held.c.contact_id).cte(f"{name}_shown")
    source = _beside(some, kept, kept.c.who == some.c.who)
    source = _beside(source, held, held.c.id == some.c.who)
    source = _beside(source, shown, shown.c.id == held.c.contact_id)
    whose = [
        func.coalesce(kept.c.person, some.c.who).label("person"),
        func.coalesce(shown.c.root_id, some.c.who).label("root"),
    ]
    columns = (some.c[one] for one in ("who", *more))
    return select(*columns, *whose).select_from(source).cte(f"{name}_told")


def _found(rows: FromClause, key: str, value: str, among: ColumnElement[Any]) -> Select[Any]:
    """A value of each of some rows, and the key by which it is found: by `= any`, which the
    planner looks up at once, whatever it believes."""
    mine, sought = rows.c.workspace_id == WORKSPACE, rows.c[key] == func.any(_ids(among))
    return select(rows.c[key], rows.c[value]).where(mine, sought)


def _family(told: CTE) -> ColumnElement[Any]:
    """All contacts that are shown as the same."""
    same = select(contact_rows.c.id).where(
        contact_rows.c.workspace_id == WORKSPACE,
        contact_rows.c.root_id == func.any(_ids(told.c.root)),
    )
    return func.array(same.scalar_subquery(), type_=ARRAY(Uuid()))


def _times(told: CTE, name: str) -> Any:
    spans = (func.min(told.c.low).label("low"), func.max(told.c.high).label("high"))
    rows = select(told.c[name].label("of"), *spans)
    return rows.group_by(told.c[name]).subquery(f"times_by_{name}")


def _ids(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.array(select(column).scalar_subquery(), type_=ARRAY(Uuid()))
