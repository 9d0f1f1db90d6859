"""Events as they were taken, in the order in which they came."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import cursors, filters
from service.domain.contacts import CONTACTS, contact_identifiers
from service.domain.contacts import contact_rows as contacts
from service.domain.cursors import Last
from service.domain.errors import Invalid, NotFound, Problem
from service.domain.events.inputs import EventsQuery, TimelineQuery
from service.domain.events.tables import events, quarantine
from service.domain.filters import EVENT_FIELDS, Type, Vocabulary
from service.domain.listing import PageOf
from service.domain.paging import in_workspace
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work

NO_SESSIONS = "not_computed"
"""Why an event shows no session."""
VOCABULARY = Vocabulary(
    {name: kind for name, kind in EVENT_FIELDS.items() if name != "session_id"},
    {"properties": Type.ANY, "context": Type.ANY},
)
_SORT = "arrival"
_TIME = "timestamp"
_BEFORE_ALL = "-infinity -1"
_NO_ID = str(UUID(int=0))
_TYPED = ("type", "event", "from_", "to")


async def arrived(work: Work, query: EventsQuery) -> PageOf:
    """One page of events, in the order in which they came. Raises `Malformed` for a cursor of
    another question, `Invalid` for a filter that cannot be read.
    """
    work.needs(Scope.CONTACTS_READ)
    return await _listed(work, query, _SORT, query.contact_id)


async def timeline(work: Work, contact_id: UUID, query: TimelineQuery) -> PageOf:
    """One page of what a contact did, in the order in which it happened, and at equal times in
    which it came. Raises as `arrived`, and `NotFound`.
    """
    work.needs(Scope.CONTACTS_READ)
    found = await _listed(work, query, _TIME, contact_id)
    if found.items == "[]" and not await CONTACTS.documents(work, [contact_id], {"id": None}):
        raise NotFound("contact", contact_id)
    return found


async def _listed(work: Work, query: TimelineQuery, sort: str, contact_id: UUID | None) -> PageOf:
    members = {name: getattr(query, name) for name in _TYPED} | {"contact_id": contact_id}
    given = {name: value for name, value in members.items() if value is not None}
    asked = cursors.hashed([sort, query.filter, {k: str(v) for k, v in given.items()}])
    start = Last(sort, asked)
    last = cursors.read(query.after, sort, asked) if query.after else start
    condition = None if query.filter is None else _condition(query.filter)
    names = tuple(given)
    statement = _kept(names, sort) if condition is None else _page(names, sort, condition)
    values: dict[str, Any] = {f"typed_{name}": value for name, value in given.items()}
    time, _, place = (last.value or _BEFORE_ALL).rpartition(" ")
    values |= {"after_time": time or "-infinity", "after_arrival": place}
    items, count, places = await work.value(statement, page_limit=query.limit, **values)
    more = count > query.limit
    shown = places if query._numbered else (places or ())[-1:]
    marks = [cursors.written(Last(sort, asked, at, _NO_ID)) for at in shown or ()]
    end = marks[-1] if marks else query.after
    if end is None and query._walked:
        end = cursors.written(start)
    return PageOf(items, more, end, cursors=marks)


def _condition(text: str) -> filters.Filter:
    try:
        raw = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise Invalid([Problem("/filter", "json_invalid", "is not JSON")]) from error
    return filters.parse(raw, VOCABULARY, "/filter")


_LIMIT = bindparam("page_limit", type_=Integer)


def _page(
    names: tuple[str, ...], sort: str, condition: "filters.Filter | None" = None
) -> Statement:
    # Through the reader's view: a test of a text, or within JSON, would scan the whole under the
    # policies. It carries the workspace itself.
    seen = in_workspace(events)
    after = _after(seen, sort)
    window = select(seen).where(
        seen.c.workspace_id == WORKSPACE, after, *(_typed(name, seen) for name in names)
    )
    if condition is not None:
        columns = {name: seen.c[name] for name in (*VOCABULARY.fields, *VOCABULARY.open)}
        window = window.where(filters.condition(condition, columns).is_(True))
    order = _order(seen, sort)
    numbered = window.add_columns(func.row_number().over(order_by=order).label("n"))
    found = numbered.order_by(*order).limit(_LIMIT + 1).subquery("found")
    within = found.c.n <= _LIMIT
    items = func.json_agg(aggregate_order_by(_shown(found), found.c.n)).filter(within)
    spaced = (literal_column("' '"), *(cast(one, Text) for one in _order(found, sort)))
    placed = aggregate_order_by(func.concat_ws(*spaced), found.c.n)
    places = func.array_agg(placed).filter(within)
    empty = literal_column("'[]'", Text)
    return Statement(
        select(func.row(func.coalesce(cast(items, Text), empty), func.count(), places)).select_from(
            found
        )
    )


_kept = lru_cache(maxsize=64)(_page)


def _order(row: FromClause, sort: str) -> tuple[ColumnElement[Any], ...]:
    return (row.c.arrival,) if sort == _SORT else (row.c.timestamp, row.c.arrival)


def _after(row: FromClause, sort: str) -> ColumnElement[bool]:
    # Both as the texts that a cursor holds.
    place = cast(bindparam("after_arrival", type_=Text), BigInteger)
    if sort == _SORT:
        return row.c.arrival > place
    time = cast(bindparam("after_time", type_=Text), instant)
    return tuple_(row.c.timestamp, row.c.arrival) > tuple_(time, place)


def _typed(name: str, seen: FromClause) -> ColumnElement[bool]:
    if name == "contact_id":
        asked = contacts.alias("asked")
        is_it = asked.c.id == bindparam("typed_contact_id", type_=Uuid())
        shown_as = select(asked.c.root_id).where(asked.c.workspace_id == WORKSPACE, is_it)
        return seen.c.who.in_(_known_as().where(contacts.c.root_id == shown_as.scalar_subquery()))
    if name == "from_":
        return seen.c.timestamp >= bindparam("typed_from_", type_=instant)
    if name == "to":
        return seen.c.timestamp < bindparam("typed_to", type_=instant)
    return seen.c[name] == bindparam(f"typed_{name}", type_=Text)


def _known_as() -> Any:
    """The identities of contacts, each with the contact that it is shown as."""
    return select(contact_identifiers.c.id).where(
        contact_identifiers.c.workspace_id == WORKSPACE,
        contacts.c.workspace_id == WORKSPACE,
        contacts.c.id == contact_identifiers.c.contact_id,
    )


def _shown(row: Any) -> Any:
    whose = (
        select(contacts.c.root_id)
        .where(
            contact_identifiers.c.workspace_id == WORKSPACE,
            contact_identifiers.c.id == row.c.who,
            contacts.c.workspace_id == WORKSPACE,
            contacts.c.id == contact_identifiers.c.contact_id,
        )
        .scalar_subquery()
    )
    shown: dict[str, Any] = {n: row.c[n] for n in ("message_id", "type", "event", "user_id")}
    shown |= {"anonymous_id": row.c.anonymous_id, "contact_id": whose}
    shown |= {"timestamp": row.c.timestamp, "received_at": row.c.received_at}
    shown |= {"session_id": null(), "session_reason": literal_column(f"'{NO_SESSIONS}'", Text)}
    names = ("device", "channel", "department", "campaign", "properties", "context")
    return json_object(shown | {name: row.c[name] for name in names})


_PUT_ASIDE = Statement(
    select(
        func.row(
            quarantine.c.message, quarantine.c.type, quarantine.c.public, quarantine.c.created_at
        )
    ).where(quarantine.c.workspace_id == WORKSPACE, quarantine.c.id == func.any(uuids("ids")))
)


async def put_aside_as(work: Work, resource_id: UUID) -> Any:
    """A message that was put aside: bytes, type of its path, by a public key, when; None: gone."""
    work.needs(Scope.CONTACTS_WRITE)
    return await work.value(_PUT_ASIDE, ids=[resource_id])
