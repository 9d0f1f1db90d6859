"""The revisions by which events are judged, and who was put on a map by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import journeys
from service.domain.contacts import ANALYTICS, contact_rows, exclusions
from service.domain.contacts import enrolment_rows as enrolments
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work

EVER = literal_column("'-infinity'::timestamptz", instant)
MOST = 200
"""Revisions of a map by which events are judged at once."""
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Published(NamedTuple):
    """A revision that may have been in force; `since` None: from the first on."""

    journey_id: UUID
    number: int
    since: datetime | None
    document: str
    touchpoint_bindings: Mapping[str, Any] | None


class Put(NamedTuple):
    """An enrolment that holds: on which map, who as they are shown now, when and where; and why it
    does not count."""

    journey_id: UUID
    root_id: UUID
    at: datetime
    stage_id: str
    stage_key: str
    step_id: str | None
    step_key: str | None
    reason: str | None


class Found(NamedTuple):
    """What is read of maps: which of those that were asked there are, which were ever published,
    the revisions of all, the bindings that touchpoints have now, and who was put there by hand."""

    ids: list[UUID]
    ever: list[UUID]
    published: list[Published]
    touchpoint_bindings: Mapping[str, Any]
    put: list[Put]


async def judging(work: Work, journey_ids: Sequence[UUID]) -> Found:
    """By what the events of some maps are judged: one statement. Of each map at most
    one revision more than `MOST`, the latest."""
    work.needs(Scope.MAPS_READ)
    work.needs(Scope.ANALYTICS_READ)
    row = await work.value(_JUDGING, ids=list(journey_ids), now=work.now)
    ids, ever, rows, now, put = row
    return Found(
        list(ids or ()),
        list(ever or ()),
        published(rows),
        _decode(now or "{}"),
        [Put(which, who, at, *place) for which, who, at, *place in put or ()],
    )


def published(rows: Sequence[Any] | None) -> list[Published]:
    """Revisions from the rows that `shown` makes."""
    return [
        Published(which, number, since, document, kept and _decode(kept))
        for which, number, since, document, kept in rows or ()
    ]


def held(*names: str) -> Select[Any]:
    """All published revisions of all maps, and since when each holds (`begins`)."""
    row = journeys.revisions.alias("row")
    is_first = func.min(row.c.number).over(partition_by=row.c.journey_id) == row.c.number
    begins = case(
        (and_(row.c.effective_from.is_(None), is_first), EVER),
        else_=func.coalesce(row.c.effective_from, row.c.published_at),
    )
    told = ("journey_id", "number", "document", "touchpoint_bindings", *names)
    return select(*(row.c[name] for name in told), begins.label("begins")).where(
        row.c.workspace_id == WORKSPACE, row.c.kind == literal_column("'published'", Text)
    )


def shown(row: FromClause) -> ColumnElement[Any]:
    """A revision as `published` reads it."""
    return func.row(
        row.c.journey_id,
        row.c.number,
        case((row.c.begins > EVER, row.c.begins)),
        cast(row.c.document, Text),
        cast(row.c.touchpoint_bindings, Text),
    )


def touchpoints_now() -> ColumnElement[Any]:
    """The bindings of all touchpoints of the catalogue that have one, by their ids."""
    known = journeys.touchpoints.alias("bound")
    by_id = cast(func.jsonb_object_agg(cast(known.c.id, Text), known.c.binding), Text)
    bound = (known.c.workspace_id == WORKSPACE, known.c.binding.is_not(None))
    return select(by_id).where(*bound).scalar_subquery()


def _judging() -> Statement:
    ids = uuids("ids")
    one, every = journeys.journeys.alias("one"), held()
    there = select(func.array_agg(one.c.id)).where(
        one.c.workspace_id == WORKSPACE, one.c.id == func.any(ids)
    )
    of_these = every.where(every.selected_columns.journey_id == func.any(ids)).cte("held")
    last = func.row_number().over(
        partition_by=of_these.c.journey_id, order_by=of_these.c.number.desc()
    )
    ranked = select(of_these, last.label("last")).subquery("ranked")
    most = literal_column(str(MOST + 1), Integer)
    revisions = select(func.array_agg(shown(ranked))).where(ranked.c.last <= most)
    ever = select(func.array_agg(of_these.c.journey_id.distinct()))
    parts = (there, ever, revisions)
    found = (*(part.scalar_subquery() for part in parts), touchpoints_now(), _put(ids))
    return Statement(select(func.row(*found)))


def _put(ids: ColumnElement[Any]) -> ColumnElement[Any]:
    row, later = enrolments.alias("put"), enrolments.alias("later")
    known, root = contact_rows.alias("known"), contact_rows.alias("root")
    out = exclusions(literal_column(f"'{ANALYTICS}'", Text), bindparam("now", type_=instant))
    withdrawn = exists().where(later.c.workspace_id == WORKSPACE, later.c.withdraws_id == row.c.id)
    reason = case(
        (root.c.test, literal_column("'test_contact'", Text)),
        (out.c.since <= row.c.at, literal_column("'not_permitted'", Text)),
    )
    place = (row.c.stage_id, row.c.stage_key, row.c.step_id, row.c.step_key)
    told = func.row(
        row.c.journey_id, root.c.id, row.c.at, *(cast(one, Text) for one in place), reason
    )
    source = (
        row.join(known, (known.c.workspace_id == WORKSPACE) & (known.c.id == row.c.contact_id))
        .join(root, (root.c.workspace_id == WORKSPACE) & (root.c.id == known.c.root_id))
        .outerjoin(out, out.c.root_id == root.c.id)
    )
    return (
        select(func.array_agg(aggregate_order_by(told, row.c.at, row.c.id)))
        .select_from(source)
        .where(
            row.c.workspace_id == WORKSPACE,
            row.c.journey_id == func.any(ids),
            row.c.withdraws_id.is_(None),
            ~withdrawn,
        )
        .scalar_subquery()
    )


_JUDGING = _judging()
