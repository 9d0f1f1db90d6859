"""What contacts did and agreed to, as conditions of the filter language in SQL.

A contact's events are those that carry an identifier of any who are shown as it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.types import Uuid

from service.domain import filters
from service.domain.contacts.consents import may_be_used
from service.domain.contacts.tables import contact_identifiers, contacts
from service.domain.errors import NotYet
from service.domain.filters import IN_PATH, SELECTIONS, Consent, ContactLeaf, Did
from service.domain.paging import in_workspace
from service.domain.statements import WORKSPACE
from service.domain.tables import SCHEMA, instant, metadata

_NOW = bindparam("now", type_=instant)


def columns(row: FromClause) -> Mapping[str, ColumnElement[Any]]:
    """What a filter over people asks of a row that is a contact, by field."""
    held = {name: row.c[name] for name in (*filters.STORED, "traits") if name in row.c}
    # No contact has the field itself: what is asked of it was put in its place, or is unknown.
    nobody = cast(null(), Uuid())
    return {**held, "contact_id": row.c.id, "member_of": nobody, "persona": nobody}


def leaves(row: FromClause) -> Callable[[ContactLeaf], ColumnElement[bool]]:
    """The conditions on a row that is a contact. Raises `NotYet` for where it stands."""
    return partial(_leaf, row)


def _leaf(row: FromClause, leaf: ContactLeaf) -> ColumnElement[bool]:
    match leaf:
        case Did():
            return _did(row, leaf)
        case Consent():
            return may_be_used(row.c.id, leaf)
        case _:
            raise NotYet("Where contacts stand on journeys is not a condition of filters yet.")


def _events() -> FromClause:
    """The reader's view of events: tests of what they say need it, as those of traits do."""
    # Its slice stands above this one.
    seen: Any = in_workspace(metadata.tables[f"{SCHEMA}.events"])
    found: FromClause = seen.element.alias("event")
    return found


def _did(row: FromClause, leaf: Did) -> ColumnElement[bool]:
    """How often the events of a path say so; never is an answer too."""
    event, same = _events(), contacts.alias("same")
    held = contact_identifiers.alias("held")
    names = (*SELECTIONS.fields, *SELECTIONS.open)
    columns = {name: event.c[name] for name in names if name in event.c}
    columns |= {"contact_id": row.c.id, "account_id": row.c.account_id, "traits": row.c.traits}
    said = [
        same.c.workspace_id == WORKSPACE,
        same.c.root_id == row.c.id,
        held.c.workspace_id == WORKSPACE,
        held.c.contact_id == same.c.id,
        event.c.workspace_id == WORKSPACE,
        event.c.who == held.c.id,
        event.c.type.in_([literal_column(f"'{kind}'") for kind in IN_PATH]),
        filters.condition(leaf.selection, columns).is_(True),
    ]
    if leaf.within_days is not None:
        zero = literal_column("0", Integer)
        days = func.make_interval(zero, zero, zero, literal_column(str(leaf.within_days)))
        said.append(event.c.timestamp >= _NOW - days)
    if leaf.at_least == 1 and leaf.at_most is None:
        return exists().where(*said)
    times = select(func.count()).select_from(same, held, event).where(*said).scalar_subquery()
    bounds = [times >= literal(leaf.at_least)]
    if leaf.at_most is not None:
        bounds.append(times <= literal(leaf.at_most))
    return and_(*bounds)
