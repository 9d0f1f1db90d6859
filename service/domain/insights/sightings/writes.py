"""Keeping which gaps are there: what is new and what is gone is told in the same statement."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    Column,
    Double,
    FromClause,
    Integer,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import INTERVAL, JSONB, insert

from service.domain.ids import new_id
from service.domain.insights.sightings.reads import Seen
from service.domain.insights.tables import gap_sightings, gap_states
from service.domain.journeys import journeys
from service.domain.outbox import beside, telling, told
from service.domain.statements import WORKSPACE, Statement, rows_of, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work

_NOW = bindparam("now", type_=instant)
_NO = literal_column("0", Integer)


async def keep_gaps(work: Work, seen: Seen) -> int:
    """Keep which gaps some maps have: those not seen before are opened, those not seen now are
    closed, both but for kinds that could not be looked for. How many that were; one statement. A
    gap that returns is opened once more.
    """
    work.needs(Scope.ANALYTICS_READ)
    told_of: int = await work.value(
        _KEEP,
        given=[one for one in seen.gaps if one["kind"] not in seen.unlooked],
        unlooked=sorted(seen.unlooked),
        gap_ids=[UUID(one["gap_id"]) for one in seen.gaps],
        by_gap={one["gap_id"]: one for one in seen.gaps},
        journey_ids=list(seen.journey_ids),
        sighting_id=new_id(),
        outbox_id=new_id(),
    )
    return told_of


def _given() -> FromClause:
    kinds = {"gap_id": Uuid(), "journey_id": Uuid(), "stage_id": Uuid(), "step_id": Uuid()}
    typed: list[Column[Any]] = [Column(name, kind) for name, kind in kinds.items()]
    typed += [Column("kind", Text), Column("severity", Double)]
    call = func.jsonb_to_recordset(rows_of("given")).table_valued(*typed)
    return call.render_derived(name="given", with_types=True)


# Whatever the planner believes of a table that fills at once, thousands of gaps are looked up in
# arrays and by index, and joined with nothing.
_HELD = (
    gap_sightings.c.workspace_id == WORKSPACE,
    gap_sightings.c.closed_at.is_(None),
    gap_sightings.c.journey_id == func.any(uuids("journey_ids")),
)
_GAPS = uuids("gap_ids")


def _closed() -> CTE:
    gone = gap_sightings.c.gap_id != func.all(_GAPS)
    looked = gap_sightings.c.kind != func.all(bindparam("unlooked", type_=ARRAY(Text)))
    closed = update(gap_sightings).values(closed_at=_NOW).where(*_HELD, gone, looked)
    return closed.returning(gap_sightings.c.gap_id, gap_sightings.c.journey_id).cte("closed")


def _seen_again() -> CTE:
    """Rows are written where something is to be told: a map of a thousand gaps is looked at often,
    and they seldom change."""
    an_hour = cast(literal_column("'1 hour'"), INTERVAL)
    row = rows_of("by_gap").op("->", return_type=JSONB())(cast(gap_sightings.c.gap_id, Text))
    # A step that moves to another stage takes its gaps along.
    kinds = {"severity": Double(), "stage_id": Uuid(), "step_id": Uuid()}
    now = {
        name: cast(row.op("->>")(literal_column(f"'{name}'", Text)), kind)
        for name, kind in kinds.items()
    }
    other = (gap_sightings.c[name].is_distinct_from(value) for name, value in now.items())
    worth = or_(*other, gap_sightings.c.last_seen_at <= _NOW - an_hour)
    seen = update(gap_sightings).values(**now, last_seen_at=_NOW)
    seen = seen.where(*_HELD, gap_sightings.c.gap_id == func.any(_GAPS), worth)
    return seen.returning(gap_sightings.c.gap_id).cte("seen_again")


def _opened() -> CTE:
    given, there = _given(), journeys.alias("there")
    names = ("gap_id", "journey_id", "stage_id", "step_id", "kind", "severity")
    row_id = beside(bindparam("sighting_id", type_=Uuid()))
    rows = (
        select(WORKSPACE, row_id, *(given.c[n] for n in names), given.c.severity, _NOW, _NOW)
        # Not of a map that went meanwhile.
        .join(there, (there.c.workspace_id == WORKSPACE) & (there.c.id == given.c.journey_id))
    )
    into = ("workspace_id", "id", *names, "first_severity", "opened_at", "last_seen_at")
    made = insert(gap_sightings).from_select(list(into), rows)
    opened = made.on_conflict_do_nothing(
        index_elements=["workspace_id", "gap_id"], index_where=gap_sightings.c.closed_at.is_(None)
    )
    return opened.returning(gap_sightings.c.gap_id, gap_sightings.c.journey_id).cte("opened")


def _told_of(changed: CTE) -> Any:
    """Gaps with the version that people's word of them has."""
    judged = gap_states.alias("judged")
    is_it = (judged.c.workspace_id == WORKSPACE) & (judged.c.id == changed.c.gap_id)
    version = func.coalesce(judged.c.version, _NO).label("version")
    rows = select(changed.c.gap_id.label("id"), changed.c.journey_id, version)
    return rows.select_from(changed.outerjoin(judged, is_it)).subquery(f"told_{changed.name}")


def _keep() -> Statement:
    closed, again, opened = _closed(), _seen_again(), _opened()
    both = {"closed": _told_of(closed), "opened": _told_of(opened)}
    rows = [telling(f"gap.{verb}", of, of.c.journey_id) for verb, of in both.items()]
    gone_and_new = union_all(*(select(one.c.gap_id) for one in (closed, opened)))
    number = select(func.count()).select_from(gone_and_new.subquery("every"))
    return Statement(number.add_cte(again, told(*rows).cte("told_outbox")))


_KEEP = _keep()
