"""How long people took from stage to stage, found in a sample of what was done lately."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    any_,
    bindparam,
    cast,
    extract,
    func,
    literal_column,
    select,
    true,
)

from service.domain.events import event_rows
from service.domain.filters import Filter, in_path
from service.domain.histories import Range, each
from service.domain.paging import in_workspace
from service.domain.shapes import json_array
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work


class Lasting(NamedTuple):
    """Whose durations count: of so many days before now, of those who went on within the window.
    Of a sample: the `latest` events that came tell the `people` who
    were seen last, and so many of the latest `events` of each are looked at."""

    days: int
    window_seconds: int
    latest: int
    people: int
    events: int


async def durations(
    work: Work, asked: Sequence["tuple[Filter, Filter]"], rule: Lasting
) -> list[dict[UUID, float]]:
    """For each stage, by a condition on its own events and one on those of later stages: the
    seconds that it took whoever went on, by whom. One statement, which reads no more events than
    the sample has."""
    work.needs(Scope.CONTACTS_READ)
    if not asked:
        return []
    since = work.now - timedelta(days=rule.days)
    statement = _lasting([one for pair in asked for one in pair], Range(since), rule)
    found: list[dict[UUID, float]] = [{} for _ in asked]
    for part, who, seconds in _decode(await work.value(statement, from_=since)):
        found[part // 2][who] = seconds
    return found


_decode = msgspec.json.Decoder(list[tuple[int, UUID, float]]).decode


def _sample(rule: Lasting) -> FromClause:
    """The latest events of those who were seen last, found by index."""
    came, seen = in_workspace(event_rows), in_workspace(event_rows)
    since = bindparam("from_", type_=instant)
    most: list[ColumnElement[Any]] = [
        literal_column(str(n)) for n in (rule.latest, rule.people, rule.events)
    ]
    lately = (
        select(came.c.who, came.c.arrival)
        .where(came.c.workspace_id == WORKSPACE, came.c.timestamp >= since)
        .order_by(came.c.arrival.desc())
        .limit(most[0])
        .subquery("lately")
    )
    last = (
        select(lately.c.who)
        .group_by(lately.c.who)
        .order_by(func.max(lately.c.arrival).desc())
        .limit(most[1])
        .subquery("last")
    )
    theirs = (
        select(seen)
        .where(
            seen.c.workspace_id == WORKSPACE,
            # As a range and an order: equal, the planner expects the few events that most have,
            # and sorts all those of somebody who has a hundred thousand.
            seen.c.who >= last.c.who,
            seen.c.who <= last.c.who,
            seen.c.timestamp >= since,
            in_path(seen),
        )
        .order_by(seen.c.who.desc(), seen.c.timestamp.desc())
        .limit(most[2])
        .lateral("theirs")
    )
    return select(theirs).select_from(last.join(theirs, true())).subquery("sampled")


def _lasting(conditions: "Sequence[Filter]", within: Range, rule: Lasting) -> Statement:
    """Conditions in pairs: of a stage, and of what is behind it."""
    one = each(conditions, within, among=_sample(rule)).subquery("each")
    counted = select(one.c.root_id, one.c.timestamp, one.c.taken).where(
        # Whom nobody knows falls away below: said here, the planner could begin with all contacts.
        one.c.reason.is_(None),
        func.cardinality(one.c.taken) > literal_column("0"),
    )
    marked = counted.cte("marked")
    by = func.unnest(marked.c.taken).table_valued("part").render_derived(name="by").lateral()
    two = literal_column("2", Integer)
    entered = (
        select(by.c.part, marked.c.root_id, func.min(marked.c.timestamp).label("at"))
        .select_from(marked.join(by, true()))
        .where(func.mod(by.c.part, two) == literal_column("0"))
        .group_by(by.c.part, marked.c.root_id)
        .subquery("entered")
    )
    later = marked.alias("later")
    behind = entered.c.part + literal_column("1", Integer)
    left = (
        select(
            entered.c.part, entered.c.root_id, entered.c.at, func.min(later.c.timestamp).label("by")
        )
        .select_from(entered.join(later, later.c.root_id == entered.c.root_id))
        .where(behind == any_(later.c.taken), later.c.timestamp > entered.c.at)
        .group_by(entered.c.part, entered.c.root_id, entered.c.at)
        .subquery("went_on")
    )
    took = left.c.by - left.c.at
    lasted: ColumnElement[Any] = literal_column(f"interval '{rule.window_seconds} seconds'")
    row = func.json_build_array(left.c.part, left.c.root_id, extract("epoch", took))
    every = json_array(row, [left.c.part, left.c.root_id])
    return Statement(select(cast(every, Text)).where(took <= lasted))
