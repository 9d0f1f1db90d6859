"""Where a person is found in the database, and everything that is held there.

Tables that point at contacts are read off the foreign keys, so a table that is added later is
reached too; the few that hold a person otherwise are named here. `unreached` tells what columns are
marked as personal and belong to neither: a test asks it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from service.domain.contacts import ANONYMOUS, contact_identifiers, contact_rows
from service.domain.errors import NotFound
from service.domain.events import event_rows as events
from service.domain.outbox import audit, outbox
from service.domain.privacy.inputs import ExportQuery
from service.domain.shapes import json_array, json_object
from service.domain.statements import WORKSPACE, Statement, as_json, uuids
from service.domain.tables import metadata
from service.domain.work import Scope, Work

MOST_ROWS = 10_000
"""Rows of one table in an export."""
SHORTEST_MENTION = 6
"""Characters of an identifier that is looked for inside other texts; a shorter one counts only
where it stands by itself."""

_CONTACTS, _IDENTITIES = uuids("contact_ids"), uuids("identities")
_BYTES = bindparam("mentioned_bytes", type_=ARRAY(LargeBinary))
_TEXTS = bindparam("mentioned_texts", type_=ARRAY(Text))

STAFF = {
    "audit": "who changed something",
    "comments": "who said something",
    "evidence_sources": "who wrote something down",
    "gap_states": "who judged a gap",
    "review_sign_offs": "who signed",
    "revision_acknowledgements": "who took note",
    "revisions": "who published",
}
"""Tables whose personal columns name people who work with the service, and what they did."""
DERIVED = {
    "event_segments": "events once more, as columns: rid of a person by `histories.forget`",
    "event_counts": "how many of them were what: rid of a person's by the same",
    "erasures": "devices until others' events are rid of them by `forget_devices`",
}
"""Tables that hold again what others hold."""


class Person(NamedTuple):
    """One person: contacts shown as one, their identifiers, and which of these are of devices."""

    contact_ids: Sequence[UUID]
    identities: Sequence[UUID]
    values: Sequence[str]
    devices: Sequence[str]

    @property
    def places(self) -> dict[str, Any]:
        """The values that the conditions of `reached` need."""
        said = [str(one) for one in self.contact_ids]
        said += [one for value in self.values for one in mentions(value)]
        return {
            "contact_ids": list(self.contact_ids),
            "identities": list(self.identities),
            "mentioned_bytes": [one.encode("utf-8", "surrogatepass") for one in said],
            "mentioned_texts": said,
        }


def mentions(value: str) -> list[str]:
    """How an identifier may stand in JSON: in quotes, escaped or not; long ones anywhere."""
    ways = {json.dumps(value), json.dumps(value, ensure_ascii=False)}
    if len(value) >= SHORTEST_MENTION:
        ways |= {way[1:-1] for way in ways}
    return sorted(ways)


async def person(work: Work, contact_id: UUID) -> Person:
    """Who that is. Raises `NotFound`."""
    work.needs(Scope.PRIVACY)
    found = await work.value(_PERSON, contact_id=contact_id)
    if found is None:
        raise NotFound("contact", contact_id)
    return Person(*found)


def _named(table: Table, mentioned: FromClause) -> ColumnElement[Any]:
    """Whether an answer that is kept for retries mentions the person, in whatever is kept."""
    said = func.concat_ws(" ", table.c.key, table.c.path, table.c.body, cast(table.c.headers, Text))
    return func.strpos(said, mentioned.c.one) > literal_column("0", Integer)


def _put_aside(table: Table, mentioned: FromClause) -> ColumnElement[Any]:
    nothing = literal_column("''", LargeBinary)
    places = (
        func.pg_catalog.position(said, mentioned.c.one)
        for said in (table.c.message, func.coalesce(table.c.context, nothing))
    )
    return or_(*(place > literal_column("0", Integer) for place in places))


def _mentioning(
    given: Any, says: Callable[[Table, FromClause], ColumnElement[Any]]
) -> Callable[[Table], ColumnElement[Any]]:
    def condition(table: Table) -> ColumnElement[Any]:
        mentioned = func.unnest(given).table_valued("one").render_derived(name="mentioned")
        return exists(
            select(literal_column("1")).select_from(mentioned).where(says(table, mentioned))
        )

    return condition


_BY_HAND: Mapping[str, Callable[[Table], ColumnElement[Any]]] = {
    "contacts": lambda table: table.c.id == func.any(_CONTACTS),
    "events": lambda table: table.c.who == func.any(_IDENTITIES),
    "external_ids": lambda table: (
        (table.c.kind == literal_column("'contact'")) & (table.c.resource_id == func.any(_CONTACTS))
    ),
    "idempotency_keys": _mentioning(_TEXTS, _named),
    "quarantine": _mentioning(_BYTES, _put_aside),
}


@lru_cache(maxsize=1)
def reached() -> Mapping[str, tuple[Table, ColumnElement[Any]]]:
    """The tables that hold something of people, each with the condition on rows of one person."""
    found = {}
    for table in metadata.sorted_tables:
        columns = [
            key.column_keys[-1]
            for key in table.foreign_key_constraints
            if key.referred_table is contact_rows
        ]
        if table.name in _BY_HAND:
            found[table.name] = (table, _BY_HAND[table.name](table))
        elif columns:
            of_person = or_(*(table.c[name] == func.any(_CONTACTS) for name in sorted(columns)))
            found[table.name] = (table, of_person)
    return found


def unreached() -> set[str]:
    """Tables with columns marked as personal that are neither reached, derived nor of the staff."""
    marked = {
        table.name
        for table in metadata.sorted_tables
        if any(column.info.get("personal") for column in table.c)
    }
    return marked - {*reached(), *DERIVED, *STAFF}


async def export(work: Work, contact_id: UUID, query: ExportQuery) -> str:
    """Everything that is held of a person, as JSON: a `PersonExport`. Raises `NotFound`.

    Two statements a page, whatever is held. Rows are as they are stored, bytes in Base64.
    """
    work.needs(Scope.PRIVACY)
    found = await person(work, contact_id)
    statement = _later() if query.after else _first()
    held, cut, events, last, more = await work.value(
        statement,
        event_limit=query.limit,
        event_after=int(query.after or 0),
        **found.places,
    )
    following = "null" if not more else f'"{last}"'
    said = as_json({"contact_id": contact_id, "exported_at": work.now, "cut": cut or []})
    return f'{said[:-1]}, "held": {held}, "events": {events}, "next": {following}}}'


def _person() -> Statement:
    asked = contact_rows.alias("asked")
    same, known = contact_rows.alias("same"), contact_identifiers.alias("known")
    is_same = (same.c.workspace_id == asked.c.workspace_id, same.c.root_id == asked.c.root_id)
    theirs = (
        *is_same,
        known.c.workspace_id == same.c.workspace_id,
        known.c.contact_id == same.c.id,
    )
    is_device = known.c.source == literal_column(f"'{ANONYMOUS}'")
    return Statement(
        select(
            func.row(
                select(func.array_agg(same.c.id)).where(*is_same).scalar_subquery(),
                _listed(known.c.id, theirs, literal_column("'{}'::uuid[]")),
                _listed(known.c.value, theirs, literal_column("'{}'::text[]")),
                _listed(known.c.value, (*theirs, is_device), literal_column("'{}'::text[]")),
            )
        ).where(
            asked.c.workspace_id == WORKSPACE,
            asked.c.id == bindparam("contact_id", type_=asked.c.id.type),
        )
    )


def _listed(column: ColumnElement[Any], where: Sequence[Any], none: ColumnElement[Any]) -> Any:
    return select(func.coalesce(func.array_agg(column), none)).where(*where).scalar_subquery()


def _told(table: FromClause) -> ColumnElement[Any]:
    """A row as JSON, bytes in Base64, without what the database makes of it."""
    members = {
        column.name: func.encode(column, "base64")
        if isinstance(column.type, LargeBinary)
        else cast(column, Text)
        if column.name == "xid"
        else column
        for column in table.c
        if column.name not in ("workspace_id", "search")
    }
    return json_object(members)


def _rows_of(name: str, table: Table, condition: ColumnElement[Any]) -> Any:
    """The rows of a table, one more than shown: so it is known whether there are more."""
    most = literal_column(str(MOST_ROWS), Integer)
    of_person = select(*table.c).where(table.c.workspace_id == WORKSPACE, condition)
    return of_person.limit(most + 1).subquery(f"of_{name}")


def _held() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The rows by table, and the names of the tables that have more than are shown."""
    told = {name: one for name, one in reached().items() if name != "events"}
    for table in (audit, outbox):
        told[table.name] = (table, table.c.resource_id == func.any(_CONTACTS))
    members, cut = {}, []
    most = literal_column(str(MOST_ROWS), Integer)
    for name, (table, condition) in told.items():
        rows = _rows_of(name, table, condition)
        shown = select(rows).limit(most).subquery(f"shown_{name}")
        members[name] = select(json_array(_told(shown), _ordered(table, shown))).scalar_subquery()
        number = select(func.count()).select_from(rows).scalar_subquery()
        cut.append(case((number > most, literal_column(f"'{name}'", Text))))
    names: ColumnElement[Any] = array(cut)
    present = func.array_remove(names, cast(null(), Text))
    return json_object(members), present


def _ordered(table: Table, shown: FromClause) -> list[ColumnElement[Any]]:
    return [shown.c[column.name] for column in table.primary_key]


def _page_of_events(held: ColumnElement[Any], cut: ColumnElement[Any]) -> Statement:
    limit = bindparam("event_limit", type_=Integer)
    _, of_person = reached()["events"]
    page = (
        select(*events.c, func.row_number().over(order_by=events.c.arrival).label("n"))
        .where(
            events.c.workspace_id == WORKSPACE,
            of_person,
            events.c.arrival > bindparam("event_after", type_=BigInteger),
        )
        .order_by(events.c.arrival)
        .limit(limit + 1)
        .subquery("page")
    )
    shown = select(*(page.c[c.name] for c in events.c)).where(page.c.n <= limit).subquery("shown")
    listed = select(json_array(_told(shown), [shown.c.arrival])).scalar_subquery()
    last = select(func.max(shown.c.arrival)).scalar_subquery()
    more = select(func.count() > limit).select_from(page).scalar_subquery()
    return Statement(select(func.row(cast(held, Text), cut, cast(listed, Text), last, more)))


@lru_cache(maxsize=1)
def _first() -> Statement:
    return _page_of_events(*_held())


@lru_cache(maxsize=1)
def _later() -> Statement:
    return _page_of_events(literal_column("'{}'"), literal_column("'{}'::text[]"))


_PERSON = _person()
