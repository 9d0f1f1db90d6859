"""Events as they were taken, in the order in which they came."""

from collections.abc import Mapping, Sequence
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
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import ClauseElement

from service.domain import cursors, filters
from service.domain.contacts import (
    CONTACTS,
    contact_identifiers,
    enrolments_as_events,
    restricted,
)
from service.domain.contacts import contact_rows as contacts
from service.domain.cursors import Last
from service.domain.errors import Invalid, Problem
from service.domain.events.inputs import EventsQuery, TimelineQuery
from service.domain.events.rows import INTAKE
from service.domain.events.tables import events, quarantine
from service.domain.listing import PageOf
from service.domain.paging import in_workspace
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import instant
from service.domain.work import Scope, Work

NO_SESSIONS = "not_computed"
"""Why an event shows no session."""
VOCABULARY = filters.BINDINGS
_SORT = "arrival"
_TIME = "timestamp"
_BEFORE_ALL = "-infinity -1 "
_OF_ACTIVITY = ("application_name", "datname", "xact_start")
_NO_ID = str(UUID(int=0))
_TYPED = ("type", "event", "from_", "to")


async def arrived(work: Work, query: EventsQuery) -> PageOf:
    """One page of events, in the order in which they came; of restricted people only where one is
    asked for. Raises `Malformed` for a cursor of another question, `Invalid` for a filter that
    cannot be read.
    """
    work.needs(Scope.CONTACTS_READ)
    return await _listed(work, query, _SORT, query.contact_id)


async def timeline(work: Work, contact_id: UUID, query: TimelineQuery) -> PageOf:
    """One page of what a contact did, in the order in which it happened, and at equal times in
    which it came. Raises as `arrived`, and `NotFound`.
    """
    work.needs(Scope.CONTACTS_READ)
    found = await _listed(work, query, _TIME, contact_id)
    if found.items == "[]":
        await CONTACTS.one(work, contact_id, {"id": None})
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
    time, place, message_id = (last.value or _BEFORE_ALL).split(" ", 2)
    values |= {"after_time": time, "after_arrival": place, "after_message_id": message_id}
    # Asked first: what is stored by then is seen, and whatever comes later stands behind.
    until: int | None = await work.value(_UNDER_WAY) if query._walked else None
    now = cursors.written(Last(sort, asked, f"-infinity {until} ", _NO_ID))
    if query._followed and query.after is None:
        return PageOf("[]", False, now)
    values["until_arrival"] = until
    items, count, places = await work.value(statement, page_limit=query.limit, **values)
    more = count > query.limit
    shown = places if query._numbered else (places or ())[-1:]
    marks = [cursors.written(Last(sort, asked, at, _NO_ID)) for at in shown or ()]
    end = marks[-1] if marks else query.after
    if until is not None and query._followed and not more and until > int(place):
        end = now  # all that had come is seen, whosever it is: it need not be gone through again
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
    seen = _window(in_workspace(events), names, sort, condition)
    if sort == _TIME:
        others = [name for name in names if name != "contact_id"]
        put = enrolments_as_events(events.c, _shown_as())
        placed = _window(put, others, sort, condition)
        seen = union_all(select(seen), select(placed)).subquery("both")
    order = _order(seen, sort)
    numbered = select(seen, func.row_number().over(order_by=order).label("n"))
    found = numbered.order_by(*order).limit(_LIMIT + 1).subquery("found")
    within = found.c.n <= _LIMIT
    items = func.json_agg(aggregate_order_by(_shown(found), found.c.n)).filter(within)
    place = (found.c.timestamp, found.c.arrival, found.c.message_id)
    spaced = (literal_column("' '"), *(_written(one) for one in place))
    placed = aggregate_order_by(func.concat_ws(*spaced), found.c.n)
    places = func.array_agg(placed).filter(within)
    empty = literal_column("'[]'", Text)
    return Statement(
        select(func.row(func.coalesce(cast(items, Text), empty), func.count(), places)).select_from(
            found
        )
    )


def _window(row: Any, names: Sequence[str], sort: str, condition: "filters.Filter | None") -> Any:
    """As many rows behind the cursor as a page can need."""
    until = bindparam("until_arrival", type_=BigInteger)
    window = select(*(row.c[c.name] for c in events.c)).where(
        row.c.workspace_id == WORKSPACE,
        _after(row, sort),
        or_(until.is_(None), row.c.arrival < until),
        *(_typed(name, row) for name in names),
    )
    if sort == _SORT and "contact_id" not in names:
        window = window.where(row.c.who.not_in(_only_kept()))
    if condition is not None:
        columns = {name: row.c[name] for name in (*VOCABULARY.fields, *VOCABULARY.open)}
        window = window.where(filters.condition(condition, columns).is_(True))
    return window.order_by(*_order(row, sort)).limit(_LIMIT + 1).subquery(f"of_{row.name}")


_kept = lru_cache(maxsize=64)(_page)


def _order(row: FromClause, sort: str) -> tuple[ColumnElement[Any], ...]:
    # Two that were stored at the same moment are told apart by their ids.
    place = (row.c.arrival, row.c.message_id.collate("C"))
    return place if sort == _SORT else (row.c.timestamp, *place)


def _after(row: FromClause, sort: str) -> ColumnElement[bool]:
    # Both as the texts that a cursor holds.
    arrival = cast(bindparam("after_arrival", type_=Text), BigInteger)
    place: tuple[Any, ...] = (arrival, bindparam("after_message_id", type_=Text))
    if sort == _TIME:
        place = (cast(bindparam("after_time", type_=Text), instant), *place)
    return tuple_(*_order(row, sort)) > tuple_(*place)


def _written(value: Any) -> Any:
    """As a cursor holds it: a time has no space in it, and a message id, which may, comes last."""
    in_iso = literal_column('\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\'', Text)
    return func.to_char(value, in_iso) if value.name == "timestamp" else cast(value, Text)


def _under_way() -> ClauseElement:
    """The place before which nothing comes any more: that of the oldest transaction which stores
    events, or of the moment at which this was asked. One that begins then takes later places.
    """
    activity = table("pg_stat_activity", *(column(n) for n in _OF_ACTIVITY), schema="pg_catalog")
    oldest = func.least(func.min(activity.c.xact_start), func.statement_timestamp())
    begun = func.extract("epoch", oldest) * literal_column("1000000")
    return select(cast(begun, BigInteger) * literal_column("1024")).where(
        # Times alone, and of all: they say nothing of anybody.
        WORKSPACE.is_not(None),
        activity.c.application_name == literal_column(f"'{INTAKE}'"),
        activity.c.datname == func.current_database(),
    )


def _typed(name: str, seen: FromClause) -> ColumnElement[bool]:
    if name == "contact_id":
        return seen.c.who.in_(_known_as().where(contacts.c.root_id == _shown_as()))
    if name == "from_":
        return seen.c.timestamp >= bindparam("typed_from_", type_=instant)
    if name == "to":
        return seen.c.timestamp < bindparam("typed_to", type_=instant)
    return seen.c[name] == bindparam(f"typed_{name}", type_=Text)


def _only_kept() -> Any:
    """The identities of those of whom what is held is only kept."""
    now = bindparam("now", type_=instant)
    return _known_as().where(contacts.c.root_id.in_(restricted(now)))


def _shown_as() -> Any:
    """As whom the contact that is asked about is shown."""
    asked = contacts.alias("asked")
    is_it = asked.c.id == bindparam("typed_contact_id", type_=Uuid())
    return select(asked.c.root_id).where(asked.c.workspace_id == WORKSPACE, is_it).scalar_subquery()


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
    named = contacts.alias("named")
    put = select(named.c.root_id).where(named.c.workspace_id == WORKSPACE, named.c.id == row.c.who)
    # The ids of identifiers are hashes: an id of a contact is none of them.
    shown: dict[str, Any] = {n: row.c[n] for n in ("message_id", "type", "event", "user_id")}
    shown |= {
        "anonymous_id": row.c.anonymous_id,
        "contact_id": func.coalesce(whose, put.scalar_subquery()),
    }
    shown |= {"timestamp": row.c.timestamp, "received_at": row.c.received_at}
    shown |= {"session_id": null(), "session_reason": literal_column(f"'{NO_SESSIONS}'", Text)}
    names = ("device", "channel", "department", "campaign", "properties", "context")
    return json_object(shown | {name: row.c[name] for name in names})


_UNDER_WAY = Statement(_under_way)
_PUT_ASIDE = Statement(
    select(
        *(quarantine.c.id, quarantine.c.version, quarantine.c.message, quarantine.c.type),
        *(quarantine.c.public, quarantine.c.created_at, quarantine.c.sent_at),
        *(quarantine.c.context, quarantine.c.rest),
    ).where(quarantine.c.workspace_id == WORKSPACE, quarantine.c.id == func.any(uuids("ids")))
)


async def put_aside_as(work: Work, ids: Sequence[UUID]) -> Sequence[Mapping[str, Any]]:
    """Messages that were put aside, in no order; those that are gone are left out.

    Of each its version and bytes, the type of its path, whether by a public key, when it came, what
    its batch said, and whether it is a rest. Within a transaction.
    """
    work.needs(Scope.CONTACTS_WRITE)
    return await work.rows(_PUT_ASIDE, ids=list(ids))
