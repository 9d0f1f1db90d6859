"""How people are shown and listed: each as whom it was merged into, with all that these are."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from service.domain.audiences import answerable
from service.domain.contacts.consents import restricted
from service.domain.contacts.finding.glancing import are_glimpsed
from service.domain.contacts.finding.reads import columns as asked
from service.domain.contacts.finding.reads import glimpses, leaves
from service.domain.contacts.tables import contact_identifiers, contacts
from service.domain.filters import PEOPLE
from service.domain.paging import Glimpses, Listing, equals, unless_asked
from service.domain.shapes import Shape, columns, json_array, json_object
from service.domain.tables import instant


def _identifiers(row: FromClause) -> ColumnElement[Any]:
    """Those of all who are shown as the row."""
    same, rows = contacts.alias("same"), contact_identifiers.alias("rows")
    of_same = (
        rows.c.workspace_id == same.c.workspace_id,
        rows.c.contact_id == same.c.id,
        rows.c.removed_at.is_(None),
    )
    # Fenced: else the planner may go through everybody's, and through everybody for each of them.
    held = select(rows).where(*of_same).offset(literal_column("'0'")).lateral("held")
    pair = json_object({"source": held.c.source, "value": held.c.value})
    return (
        select(json_array(pair, [held.c.created_at, held.c.source, held.c.value]))
        .select_from(same.join(held, true()))
        .where(same.c.workspace_id == row.c.workspace_id, same.c.root_id == row.c.id)
        .scalar_subquery()
    )


def _merged(row: FromClause) -> ColumnElement[Any]:
    same = contacts.alias("merged")
    return (
        select(json_array(same.c.id, [same.c.created_at, same.c.id]))
        .where(
            same.c.workspace_id == row.c.workspace_id,
            same.c.root_id == row.c.id,
            same.c.id != row.c.id,
        )
        .scalar_subquery()
    )


def _restricted_at(row: FromClause) -> ColumnElement[Any]:
    """Since when any of those who are shown as the row is: they are one person."""
    same = contacts.alias("same")
    return (
        select(func.min(same.c.restricted_at))
        .where(
            same.c.workspace_id == row.c.workspace_id,
            same.c.root_id == row.c.id,
            same.c.restricted_at.is_not(None),
        )
        .scalar_subquery()
    )


def _archived(row: FromClause) -> ColumnElement[bool]:
    return unless_asked("archived", row.c.archived_at.is_not(None))


def _restricted(row: FromClause) -> ColumnElement[bool]:
    return unless_asked("restricted", row.c.id.in_(restricted(bindparam("now", type_=instant))))


CONTACT = Shape(
    "Contact",
    contacts,
    columns("id")
    | {"identifiers": _identifiers}
    | columns("traits", "account_id", "test", "source_updated_at")
    | {"restricted_at": _restricted_at}
    | columns("archived_at")
    | {"merged_ids": _merged}
    | columns("version", "created_at", "updated_at"),
    rows=select(contacts).where(contacts.c.merged_into_id.is_(None)).subquery("shown"),
)
CONTACTS = Listing(
    CONTACT,
    sorts=("created_at", "updated_at", "source_updated_at"),
    vocabulary=PEOPLE,
    typed=equals("account_id", "test") | {"archived": _archived, "restricted": _restricted},
    leaves=leaves,
    glimpses=Glimpses(are_glimpsed, glimpses),
    settled=answerable,
    other=asked,
)
