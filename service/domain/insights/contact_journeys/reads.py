"""What a contact did, the maps that it may be on, and how long people stay in a stage."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import journeys
from service.domain.contacts import ANALYTICS, contact_identifiers, contact_rows, excluded_since
from service.domain.contacts import enrolment_rows as enrolments
from service.domain.errors import NotFound
from service.domain.events import event_rows
from service.domain.filters import in_path
from service.domain.insights.contact_journeys.whereabouts import (
    MOST_EVENTS,
)
from service.domain.insights.laid.reads import (
    EVER,
    Published,
    held,
    published,
    shown,
    touchpoints_now,
)
from service.domain.paging import in_workspace
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work

_MEMBERS = (
    *("type", "event", "message_id", "user_id", "anonymous_id", "timestamp", "received_at"),
    *("device", "channel", "department", "campaign", "properties", "context"),
)
LANGUAGES = ("language", "locale")
"""Traits that tell somebody's language."""
_PLACE = ("journey_id", "revision", "stage_id", "stage_key", "step_id", "step_key", "at")


class Did(Struct):
    """An event of the contact, as conditions ask for it."""

    type: str
    event: str | None
    message_id: str
    user_id: str | None
    anonymous_id: str | None
    timestamp: datetime
    received_at: datetime
    device: str | None
    channel: str | None
    department: str | None
    campaign: str | None
    properties: Any
    context: Any


class Enrolled(Struct):
    """An enrolment that holds."""

    journey_id: UUID
    revision: int | None
    stage_id: str
    stage_key: str
    step_id: str | None
    step_key: str | None
    at: datetime


class Person(Struct):
    """What a contact did, the latest events first of all; `never` may they be analysed, or not from
    `excluded_since` on. `languages` are their traits that may tell one."""

    root_id: UUID
    never: bool
    excluded_since: datetime | None
    events: list[Did]
    more: int
    enrolments: list[Enrolled]
    languages: list[Any]


_person = msgspec.json.Decoder(Person, float_hook=Decimal).decode


async def person(work: Work, contact_id: UUID) -> Person:
    """What a contact and those shown as the same one did. Raises `NotFound`."""
    work.needs(Scope.CONTACTS_READ)
    found = await work.value(_PERSON, contact_id=contact_id)
    if found is None:
        raise NotFound("contact", contact_id)
    return _person(found)


async def maps_then(
    work: Work, first: datetime, last: datetime, enrolled: Sequence[UUID]
) -> tuple[list[Published], list[UUID], Mapping[str, Any]]:
    """The revisions in force at some time from `first` to `last`; the maps without any that are
    bound to events, or that somebody is enrolled on; and the bindings that touchpoints have now."""
    work.needs(Scope.MAPS_READ)
    rows, drafts, now = await work.value(_MAPS, first=first, last=last, enrolled=list(enrolled))
    return published(rows), list(drafts or ()), _decode(now or "{}")


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _of_person() -> Statement:
    asked, same = contact_rows.alias("asked"), contact_rows.alias("same")
    is_same = (same.c.workspace_id == WORKSPACE, same.c.root_id == asked.c.root_id)
    purpose = literal_column(f"'{ANALYTICS}'", Text)
    since = excluded_since(asked, purpose, bindparam("now", type_=instant))
    latest, number = _latest(asked)
    row = enrolments.alias("row")
    later = enrolments.alias("later")
    holds = ~exists().where(later.c.workspace_id == WORKSPACE, later.c.withdraws_id == row.c.id)
    placed = select(json_array(json_object({n: row.c[n] for n in _PLACE}), [row.c.at, row.c.id]))
    put = placed.select_from(row.join(same, same.c.id == row.c.contact_id)).where(
        row.c.workspace_id == WORKSPACE, row.c.withdraws_id.is_(None), holds, *is_same
    )
    told = {
        "root_id": asked.c.root_id,
        "never": func.coalesce(since == EVER, literal_column("false")),
        "excluded_since": case((since > EVER, since)),
        "events": latest,
        "more": number,
        "enrolments": put.correlate(asked).scalar_subquery(),
        "languages": _languages(asked),
    }
    return Statement(
        select(cast(json_object(told), Text)).where(
            asked.c.workspace_id == WORKSPACE,
            asked.c.id == bindparam("contact_id", type_=Uuid()),
        )
    )


def _languages(asked: FromClause) -> ColumnElement[Any]:
    root = contact_rows.alias("root")
    told = [root.c.traits.op("->")(literal_column(f"'{name}'")) for name in LANGUAGES]
    shown = (root.c.workspace_id == WORKSPACE, root.c.id == asked.c.root_id)
    found = select(func.json_build_array(*told)).where(*shown).correlate(asked)
    return found.scalar_subquery()


def _latest(asked: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The latest events in the order in which they happened, and how many more there are."""
    seen, same = in_workspace(event_rows), contact_rows.alias("same")
    identities = (
        select(contact_identifiers.c.id)
        .where(
            contact_identifiers.c.workspace_id == WORKSPACE,
            same.c.workspace_id == WORKSPACE,
            same.c.id == contact_identifiers.c.contact_id,
            same.c.root_id == asked.c.root_id,
        )
        .correlate(asked)
    )
    theirs = (
        seen.c.workspace_id == WORKSPACE,
        in_path(seen),
        seen.c.who.in_(identities),
    )
    latest = (
        select(seen)
        .where(*theirs)
        .order_by(seen.c.timestamp.desc(), seen.c.arrival.desc())
        .limit(literal_column(str(MOST_EVENTS)))
        .correlate(asked)
        .subquery("latest")
    )
    item = json_object({name: latest.c[name] for name in _MEMBERS})
    listed = select(json_array(item, [latest.c.timestamp, latest.c.arrival]))
    number = select(func.count()).select_from(seen).where(*theirs).correlate(asked)
    more = number.scalar_subquery() - literal_column(str(MOST_EVENTS), Integer)
    return listed.correlate(asked).scalar_subquery(), func.greatest(more, literal_column("0"))


def _maps() -> Statement:
    known = held().cte("held")
    newer = known.alias("newer")
    first, last = (bindparam(name, type_=instant) for name in ("first", "last"))
    replaced = exists().where(
        newer.c.journey_id == known.c.journey_id,
        newer.c.number > known.c.number,
        newer.c.begins <= first,
    )
    revisions = select(func.array_agg(shown(known))).where(known.c.begins <= last, ~replaced)
    found = (revisions.scalar_subquery(), _drafts(known), touchpoints_now())
    return Statement(select(func.row(*found)))


def _drafts(revisions: FromClause) -> ColumnElement[Any]:
    """Maps that were never published and are bound, or that somebody is enrolled on."""
    one, step, met, known = (
        journeys.journeys.alias("one"),
        journeys.steps.alias("step"),
        journeys.step_touchpoints.alias("met"),
        journeys.touchpoints.alias("known"),
    )
    is_published = exists().where(revisions.c.journey_id == one.c.id)
    is_bound = exists().where(
        step.c.workspace_id == WORKSPACE,
        step.c.journey_id == one.c.id,
        step.c.binding.is_not(None),
    )
    meets = exists().where(
        met.c.workspace_id == WORKSPACE,
        met.c.journey_id == one.c.id,
        known.c.workspace_id == WORKSPACE,
        known.c.id == met.c.touchpoint_id,
        known.c.binding.is_not(None),
    )
    is_enrolled = one.c.id == any_(uuids("enrolled"))
    return (
        select(func.array_agg(aggregate_order_by(one.c.id, one.c.id)))
        .where(one.c.workspace_id == WORKSPACE, ~is_published, or_(is_bound, meets, is_enrolled))
        .scalar_subquery()
    )


_PERSON = _of_person()
_MAPS = _maps()
