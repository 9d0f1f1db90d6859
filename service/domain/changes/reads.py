"""The changes of a workspace, read from the outbox.

A row may become visible after a younger one: its transaction was still running when the younger
one's ended. So only rows of transactions older than the oldest that still runs are shown, in the
order (transaction, id): whatever becomes visible later comes later in that order. A transaction
that stays open, in any database of the cluster, holds back what began after it, and loses nothing.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import OID, aggregate_order_by

from service.domain.changes import kinds, positions
from service.domain.changes.inputs import NOW, ChangesQuery
from service.domain.changes.positions import NOWHERE, START, Position
from service.domain.contacts import contact_rows, enrolment_rows
from service.domain.errors import CursorGone, Unavailable
from service.domain.listing import PageOf
from service.domain.outbox import Xid8, outbox, outbox_origin
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import SCHEMA
from service.domain.work import Scope, Work


async def news(work: Work, query: ChangesQuery) -> PageOf:
    """One page of what changed, the oldest first, and where to go on from: `end`, never None.

    Each change: kind, id, op, version, changed_at, and whole_id, the map that a part belongs to.
    `cursors` has a place for each where the query is numbered.

    Raises `Malformed` for what is no place in this workspace, `CursorGone` for one in another
    database, `ScopeMissing` for kinds that are asked for and may not be read.
    """
    told = kinds.told_to(work.caller.scopes)
    if not told:
        work.needs(Scope.MAPS_READ)
    for kind in sorted((query.kinds or frozenset()) - told.keys()):
        work.needs(kinds.RESOURCES[kind].reads)
    workspace_id = work.caller.workspace_id
    begins = query.after is None or query.after == NOW
    position, mark = (START, b"") if begins else positions.read(query.after or "", workspace_id)
    row = await work.value(
        _page(tuple(query._about)),
        after_xid=str(position.xid),
        after_id=position.id,
        kinds=sorted(query.kinds or told),
        page_limit=0 if query.after == NOW else query.limit,
        **query._about,
    )
    system, timeline, database, outbox_oid, horizon, items, count, xids, ids = row
    here = _mark(system, timeline, database, outbox_oid)
    if not begins and (mark != here or position.xid > int(horizon)):
        raise CursorGone("This place is of another database, or of another past: read afresh.")
    rows = [Position(int(x), UUID(i)) for x, i in zip(xids or (), ids or (), strict=True)]
    more = count > len(rows) > 0
    # Where nothing more follows, all that is below the horizon has been seen, whatever its kind.
    end = rows[-1] if more else max(position, Position(int(horizon), NOWHERE))
    shown = rows if query._numbered else ()
    cursors = [positions.written(one, here, workspace_id) for one in shown]
    return PageOf(
        items, more, positions.written(end, here, workspace_id), cursors=cursors, endless=True
    )


def _mark(system: str | None, timeline: int, database: int, outbox_oid: int) -> bytes:
    """The mark of the outbox. Raises `Unavailable` where the outbox came from another."""
    if system is None:
        raise Unavailable("The changes of a restored database are told after `waypost migrate`.")
    return positions.mark_of(system, timeline, database, outbox_oid)


_LIMIT = bindparam("page_limit", type_=Integer)


def _change(row: Any) -> Any:
    """A change as JSON."""
    ops = {verb: _plain(op) for op, verbs in kinds.OPERATIONS.items() for verb in verbs}
    return json_object(
        {
            "kind": _part(row, 1),
            "id": row.c.resource_id,
            "op": case(ops, value=_part(row, 2), else_=_plain("upsert")),
            "version": row.c.version,
            "changed_at": row.c.at,
            "whole_id": func.nullif(row.c.whole_id, row.c.resource_id),
        }
    )


def _part(row: Any, which: int) -> Any:
    """Of a kind as the outbox has it: what it happened to, or what happened."""
    return func.split_part(row.c.kind, _plain("."), literal_column(str(which), Integer))


def _plain(text: str) -> Any:
    """A text of ours, as it stands in the statement."""
    return literal_column(f"'{text}'", Text)


_databases = table("pg_database", column("oid", OID), column("datname"), schema="pg_catalog")


def _of_person(row: Any) -> Any:
    """Of a contact, of those that are shown as one with it, and of where they were put."""
    asked, same = contact_rows.alias("asked"), contact_rows.alias("same")
    which = bindparam("contact_id", type_=Uuid())
    root = select(asked.c.root_id).where(asked.c.workspace_id == WORKSPACE, asked.c.id == which)
    people = select(same.c.id).where(
        same.c.workspace_id == WORKSPACE, same.c.root_id == root.scalar_subquery()
    )
    put = select(enrolment_rows.c.id).where(
        enrolment_rows.c.workspace_id == WORKSPACE, enrolment_rows.c.contact_id.in_(people)
    )
    # Of one that was erased there is nobody any more.
    is_one = (row.c.resource_id == which, row.c.resource_id.in_(people), row.c.resource_id.in_(put))
    return or_(*is_one)


_NARROWER: Mapping[str, Callable[[Any], Any]] = {
    "map_id": lambda row: row.c.whole_id == bindparam("map_id", type_=Uuid()),
    "contact_id": _of_person,
    "verbs": lambda row: _part(row, 2) == any_(bindparam("verbs", type_=ARRAY(Text))),
}
"""What less than all can be asked about, by name."""


@cache
def _page(about: tuple[str, ...]) -> Statement:
    """The page, one row more to know whether others follow, and whose transactions they are."""
    horizon = func.pg_snapshot_xmin(func.pg_current_snapshot())
    after = tuple_(
        cast(cast(bindparam("after_xid", type_=Text), Text), Xid8),
        bindparam("after_id", type_=Uuid()),
    )
    place = (outbox.c.xid, outbox.c.id)
    wanted = bindparam("kinds", type_=ARRAY(Text))
    found = (
        select(outbox, func.row_number().over(order_by=place).label("n"))
        .where(
            outbox.c.workspace_id == WORKSPACE,
            tuple_(*place) > after,
            outbox.c.xid < horizon,
            # Coalesced, the planner does not take it for a condition that holds for few rows.
            func.coalesce(_part(outbox, 1) == any_(wanted), literal_column("false")),
            *(_NARROWER[name](outbox) for name in about),
        )
        .order_by(*place)
        .limit(_LIMIT + 1)
        .subquery("found")
    )
    within = found.c.n <= _LIMIT
    xids, ids = (
        func.array_agg(aggregate_order_by(cast(found.c[name], Text), found.c.n)).filter(within)
        for name in ("xid", "id")
    )
    items = func.json_agg(aggregate_order_by(_change(found), found.c.n)).filter(within)
    here = func.pg_control_system().table_valued(column("system_identifier", BigInteger))
    system = select(cast(outbox_origin.c.system_identifier, Text)).where(
        outbox_origin.c.system_identifier == select(here.c.system_identifier).scalar_subquery()
    )
    control = func.pg_control_checkpoint().table_valued(column("timeline_id", Integer))
    return Statement(
        select(
            func.row(
                system.scalar_subquery(),
                select(control.c.timeline_id).scalar_subquery(),
                select(cast(_databases.c.oid, BigInteger))
                .where(_databases.c.datname == func.current_database())
                .scalar_subquery(),
                cast(cast(func.to_regclass(_plain(f"{SCHEMA}.{outbox.name}")), OID), BigInteger),
                cast(horizon, Text),
                func.coalesce(cast(items, Text), literal_column("'[]'")),
                func.count(),
                xids,
                ids,
            )
        ).select_from(found)
    )
