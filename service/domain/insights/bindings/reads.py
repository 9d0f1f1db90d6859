"""What bindings take of the events that are stored, counted by the database."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    union,
)

from service.domain import journeys
from service.domain.filters import Filter
from service.domain.histories import Range, each
from service.domain.insights.bindings.bound import Raw
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

MOST_NAMES = 100
"""Names of events in an answer."""
_SHOWN = ("event", "timestamp", "device", "channel", "department")
_ONES_OWN = ("message_id", "properties")
_revisions, _touchpoints_now, _steps = journeys.revisions, journeys.touchpoints, journeys.steps
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_each = msgspec.json.Decoder(list[Raw]).decode
_FIRST = literal_column("0", Integer)


async def touchpoint_bindings(
    work: Work, journey_id: UUID | None, revision: int | str, ids: Sequence[str]
) -> tuple[Mapping[str, Any], bool]:
    """The bindings of some touchpoints by their id, as a revision kept them, else as they are now,
    null where there is none; and whether they were kept."""
    number = revision if isinstance(revision, int) else None
    asked = {"ids": [UUID(one) for one in ids], "journey_id": journey_id, "number": number}
    kept, now = await work.value(_TOUCHPOINTS, **asked)
    return _decode(now or "{}" if kept is None else kept), kept is not None


async def every_binding(work: Work) -> list[Raw]:
    """The bindings of all steps and touchpoints of the workspace as they are now, each once."""
    found: str | None = await work.value(_EVERY)
    return _each(found or "[]")


async def journey_of(work: Work, step_id: UUID) -> UUID | None:
    """The map that a step is a part of now."""
    found: UUID | None = await work.value(_JOURNEY, step_id=step_id)
    return found


def _pressed(conditions: Sequence[Filter], within: Range, *, first_alone: bool = False) -> CTE:
    """Events that differ in nothing but their time, counted."""
    one = each(conditions, within, first_alone=first_alone).subquery("each")
    alike = [one.c[name] for name in ("event", "root_id", "unknown", "reason", "taken")]
    return (
        select(
            *alike,
            func.count().label("n"),
            func.min(one.c.timestamp).label("first_at"),
            func.max(one.c.timestamp).label("last_at"),
        )
        .group_by(*alike)
        .cte("pressed")
    )


def _sum(row: FromClause) -> ColumnElement[Any]:
    return cast(func.coalesce(func.sum(row.c.n), literal_column("0")), BigInteger)


def _counts(row: FromClause) -> dict[str, ColumnElement[Any]]:
    return {
        "events": _sum(row),
        "contacts": func.count(row.c.root_id.distinct()),
        "unknown_people": func.count(row.c.unknown.distinct()),
        "first_at": func.min(row.c.first_at),
        "last_at": func.max(row.c.last_at),
    }


def _by_event(pressed: CTE, name: str, *where: Any) -> ColumnElement[Any]:
    """The most frequent names among some events."""
    row = pressed.alias(name)
    counted = (
        select(
            row.c.event,
            _sum(row).label("count"),
            func.count(row.c.root_id.distinct()).label("contacts"),
        )
        .where(row.c.reason.is_(None), *(one(row) for one in where))
        .group_by(row.c.event)
    )
    order: list[ColumnElement[Any]] = [literal_column("count").desc(), row.c.event.collate("C")]
    most = counted.order_by(*order).limit(literal_column(str(MOST_NAMES))).subquery(f"by_{name}")
    item = json_object({n: most.c[n] for n in ("event", "count", "contacts")})
    listed = select(json_array(item, [most.c["count"].desc(), most.c.event.collate("C")]))
    return listed.scalar_subquery()


def _excluded(pressed: CTE, *where: Any) -> ColumnElement[Any]:
    row = pressed.alias("left")
    counted = (
        select(row.c.reason, _sum(row).label("count"))
        .where(row.c.reason.is_not(None), *(one(row) for one in where))
        .group_by(row.c.reason)
        .subquery("by_reason")
    )
    item = json_object({"reason": counted.c.reason, "count": counted.c["count"]})
    return select(json_array(item, [counted.c.reason])).scalar_subquery()


def _is_mine(row: FromClause) -> ColumnElement[bool]:
    """The first condition takes it."""
    return any_(row.c.taken) == _FIRST


def _is_free(row: FromClause) -> ColumnElement[bool]:
    return func.cardinality(row.c.taken) == literal_column("0", Integer)


def preview_statement(
    conditions: Sequence[Filter], within: Range, *, others: int, whose: bool
) -> Statement:
    """A `Counted` of the first condition; overlaps with those behind it, of events that at least
    `others` of these take; `whose` says whether examples tell of the person."""
    pressed = _pressed(conditions, within, first_alone=True)
    row = pressed.alias("mine")
    counted = select(*(one.label(name) for name, one in _counts(row).items())).where(
        row.c.reason.is_(None), _is_mine(row)
    )
    mine = counted.subquery("counted")
    rest = pressed.alias("rest")
    not_mine = select(_sum(rest)).where(rest.c.reason.is_(None), ~_is_mine(rest))
    members = {name: mine.c[name] for name in _counts(row)} | {
        "not_taken": not_mine.scalar_subquery(),
        "by_event": _by_event(pressed, "named", _is_mine),
        "overlaps": _overlaps(pressed, others),
        "excluded": _excluded(pressed, _is_mine),
        "examples": _examples(conditions[0], within, whose=whose),
    }
    return Statement(select(cast(json_object(members), Text)).select_from(mine), wide=True)


def _parts(row: FromClause) -> tuple[ColumnElement[Any], FromClause]:
    """A row for each condition that takes some events."""
    by = func.unnest(row.c.taken).table_valued("part").render_derived(name="taken_by").lateral()
    return by.c.part, row.join(by, true())


def _overlaps(pressed: CTE, others: int) -> ColumnElement[Any]:
    row = pressed.alias("both")
    part, source = _parts(row)
    enough = func.cardinality(row.c.taken) > literal_column(str(others), Integer)
    counted = (
        select(part, _sum(row).label("events"))
        .select_from(source)
        .where(row.c.reason.is_(None), _is_mine(row), part != _FIRST, enough)
        .group_by(part)
        .subquery("overlap")
    )
    pair = func.json_build_array(counted.c.part, counted.c.events)
    listed = select(json_array(pair, [counted.c.events.desc(), counted.c.part]))
    return listed.scalar_subquery()


def _examples(condition: Filter, within: Range, *, whose: bool) -> ColumnElement[Any]:
    own = _ONES_OWN if whose else ()
    one = each([condition], within, *_SHOWN, *own, "arrival").subquery("one")
    latest = (
        select(one)
        .where(one.c.reason.is_(None), _is_mine(one))
        .order_by(one.c.timestamp.desc(), one.c.arrival.desc())
        .limit(bindparam("examples", type_=Integer))
        .subquery("latest")
    )
    told = {name: latest.c[name] for name in (*_SHOWN, *own)}
    if whose:
        told["contact_id"] = latest.c.root_id
    order = [latest.c.timestamp.desc(), latest.c.arrival.desc()]
    return select(json_array(json_object(told), order)).scalar_subquery()


def claims_statement(conditions: Sequence[Filter], within: Range) -> Statement:
    """A `Claims`: what each condition takes, by its place, and what none does."""
    pressed = _pressed(conditions, within)
    row = pressed.alias("part_of")
    part, source = _parts(row)
    counts = {name: one.label(name) for name, one in _counts(row).items()}
    by_part = (
        select(part, *counts.values())
        .select_from(source)
        .where(row.c.reason.is_(None))
        .group_by(part)
        .subquery("by_part")
    )
    item = json_object({"part": by_part.c.part} | {name: by_part.c[name] for name in counts})
    every, free, taken = (pressed.alias(name) for name in ("every", "free", "taken"))
    people = func.count(taken.c.root_id.distinct()) + func.count(taken.c.unknown.distinct())
    whose = select(people).where(taken.c.reason.is_(None), ~_is_free(taken))
    members = {
        "parts": select(json_array(item, [by_part.c.part])).scalar_subquery(),
        "events": select(_sum(every)).where(every.c.reason.is_(None)).scalar_subquery(),
        "free": select(_sum(free)).where(free.c.reason.is_(None), _is_free(free)).scalar_subquery(),
        "people": whose.scalar_subquery(),
        "unbound": _by_event(pressed, "unbound", _is_free),
        "excluded": _excluded(pressed),
    }
    return Statement(select(cast(json_object(members), Text)), wide=True)


def _touchpoints() -> Statement:
    kept = select(_revisions.c.touchpoint_bindings).where(
        _revisions.c.workspace_id == WORKSPACE,
        _revisions.c.journey_id == bindparam("journey_id", type_=Uuid()),
        _revisions.c.number == bindparam("number", type_=Integer),
    )
    by_id = func.jsonb_object_agg(cast(_touchpoints_now.c.id, Text), _touchpoints_now.c.binding)
    now = select(by_id).where(
        _touchpoints_now.c.workspace_id == WORKSPACE,
        _touchpoints_now.c.id == func.any(uuids("ids")),
    )
    both = (cast(kept.scalar_subquery(), Text), cast(now.scalar_subquery(), Text))
    return Statement(select(func.row(*both)))


def _every() -> Statement:
    bound = (
        select(one.c.binding).where(one.c.workspace_id == WORKSPACE, one.c.binding.is_not(None))
        for one in (_steps, _touchpoints_now)
    )
    each_once = union(*bound).subquery("bound")
    return Statement(select(cast(func.json_agg(each_once.c.binding), Text)))


_EVERY = _every()
_TOUCHPOINTS = _touchpoints()
_JOURNEY = Statement(
    select(_steps.c.journey_id).where(
        _steps.c.workspace_id == WORKSPACE,
        _steps.c.id == bindparam("step_id", type_=Uuid()),
    )
)
