"""Enrolments among what contacts did."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    cast,
    exists,
    extract,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain.contacts.tables import contacts, enrolments
from service.domain.statements import WORKSPACE

_OF_PLACES = (
    *("journey_id", "revision", "stage_id", "stage_key", "step_id", "step_key", "note", "person"),
)


def as_events(columns: Iterable[ColumnElement[Any]], root_id: ColumnElement[Any]) -> FromClause:
    """Where a person was put by hand, as far as that holds, as if it were events with these
    columns: of type `enrolment`, in `who` the contact that was named."""
    row, later = enrolments.alias("row"), enrolments.alias("later")
    micros = cast(extract("epoch", row.c.created_at) * literal_column("1000000"), BigInteger)
    told = func.jsonb_build_object(
        *(part for name in _OF_PLACES for part in (literal_column(f"'{name}'", Text), row.c[name])),
        type_=JSONB,
    )
    members: dict[str, Any] = {
        "workspace_id": row.c.workspace_id,
        # As events have it: microseconds, times 1024.
        "arrival": micros * literal_column("1024", BigInteger),
        "who": row.c.contact_id,
        "timestamp": row.c.at,
        "received_at": row.c.created_at,
        "type": literal_column("'enrolment'", Text),
        "message_id": cast(row.c.id, Text),
        "properties": told,
    }
    holds = ~exists().where(later.c.workspace_id == WORKSPACE, later.c.withdraws_id == row.c.id)
    shown = [members.get(str(c.name), cast(null(), c.type)).label(str(c.name)) for c in columns]
    same = (contacts.c.workspace_id == WORKSPACE) & (contacts.c.id == row.c.contact_id)
    put = (
        select(*shown)
        .select_from(row.join(contacts, same))
        .where(row.c.withdraws_id.is_(None), holds, contacts.c.root_id == root_id)
    )
    return put.subquery("placed")
