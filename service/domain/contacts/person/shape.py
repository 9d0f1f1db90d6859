"""How people are shown and listed: each as whom it was merged into, with all that these are."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    bindparam,
    case,
    literal_column,
    select,
)

from service.domain.audiences import answerable
from service.domain.contacts.finding.reads import columns as asked
from service.domain.contacts.finding.reads import leaves
from service.domain.contacts.tables import contact_identifiers, contacts
from service.domain.filters import PEOPLE
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns, json_array, json_object


def _identifiers(row: FromClause) -> ColumnElement[Any]:
    """Those of all who are shown as the row."""
    held, same = contact_identifiers.alias("held"), contacts.alias("same")
    pair = json_object({"source": held.c.source, "value": held.c.value})
    return (
        select(json_array(pair, [held.c.created_at, held.c.source, held.c.value]))
        .where(
            same.c.workspace_id == row.c.workspace_id,
            same.c.root_id == row.c.id,
            held.c.workspace_id == same.c.workspace_id,
            held.c.contact_id == same.c.id,
        )
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


def _archived(row: FromClause) -> ColumnElement[bool]:
    asked = bindparam("typed_archived", type_=Text)
    is_archived = row.c.archived_at.is_not(None)
    wanted = asked == literal_column("'only'", Text)
    return case(
        (asked == literal_column("'with'", Text), literal_column("true")),
        else_=is_archived == wanted,
    )


CONTACT = Shape(
    "Contact",
    contacts,
    columns("id")
    | {"identifiers": _identifiers}
    | columns("traits", "account_id", "test", "source_updated_at", "restricted_at", "archived_at")
    | {"merged_ids": _merged}
    | columns("version", "created_at", "updated_at"),
    rows=select(contacts).where(contacts.c.merged_into_id.is_(None)).subquery("shown"),
)
CONTACTS = Listing(
    CONTACT,
    sorts=("created_at", "updated_at", "source_updated_at"),
    vocabulary=PEOPLE,
    typed=equals("account_id", "test") | {"archived": _archived},
    leaves=leaves,
    settled=answerable,
    other=asked,
)
