"""Telling the world: audit and outbox rows, written by the statement that makes the change.

The outbox says that something changed (ids, kind and version only); whoever needs the content
reads it. Its readers go in the order (xid, id) and take only rows below the oldest running
transaction, because a row may become visible after a younger one.
The audit trail says who changed which members; values are kept for maps alone.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    FromClause,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    bindparam,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.types import Text, UserDefinedType

from service.domain.ids import new_id
from service.domain.statements import WORKSPACE
from service.domain.tables import instant, json, maybe, metadata, uid, words
from service.domain.work import Work


class Xid8(UserDefinedType[str]):
    """A 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


audit = Table(
    "audit",
    metadata,
    uid("workspace_id"),
    uid("id"),
    Column("at", instant, nullable=False),
    uid("key_id", nullable=True),
    Column("person", Text, info={"personal": True}),
    maybe("request_id"),
    words("kind"),
    uid("resource_id"),
    Column("version", Integer, nullable=False),
    json("changed", "'{}'"),
    PrimaryKeyConstraint("workspace_id", "id"),
)
Index(None, audit.c.workspace_id, audit.c.resource_id, audit.c.id)

outbox = Table(
    "outbox",
    metadata,
    uid("workspace_id"),
    uid("id"),
    Column("xid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
    Column("at", instant, nullable=False),
    words("kind"),
    uid("resource_id"),
    uid("whole_id", nullable=True),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id"),
)
Index(None, outbox.c.xid, outbox.c.id)
Index(None, outbox.c.workspace_id, outbox.c.xid, outbox.c.id)

outbox_origin = Table(
    "outbox_origin",
    metadata,
    # One row: the cluster whose transactions the outbox counts. See `migrations/origin.py`.
    Column("system_identifier", BigInteger, nullable=False),
)


def announced(kind: str, changed: FromClause, whole: Any = None) -> tuple[CTE, CTE]:
    """The two inserts for the one row of `changed` (a CTE with `id` and `version`).

    `whole` is the column of `changed` that names the map a part belongs to. The statement's
    values come from `announcement`.
    """
    uuid = Uuid()
    at = bindparam("now", type_=instant)
    told_audit = (
        insert(audit)
        .from_select(
            [
                *("workspace_id", "id", "at", "key_id", "person", "request_id"),
                *("kind", "resource_id", "version", "changed"),
            ],
            select(
                WORKSPACE,
                bindparam("audit_id", type_=uuid),
                at,
                bindparam("key_id", type_=uuid),
                bindparam("person", type_=Text),
                bindparam("request_id", type_=Text),
                literal(kind, Text),
                changed.c.id,
                changed.c.version,
                bindparam("changed", type_=audit.c.changed.type),
            ),
        )
        .cte("told_audit")
    )
    told_outbox = (
        insert(outbox)
        .from_select(
            ["workspace_id", "id", "at", "kind", "resource_id", "whole_id", "version"],
            select(
                WORKSPACE,
                bindparam("outbox_id", type_=uuid),
                at,
                literal(kind, Text),
                changed.c.id,
                changed.c.id if whole is None else whole,
                changed.c.version,
            ),
        )
        .cte("told_outbox")
    )
    return told_audit, told_outbox


def announcement(work: Work, changed: object) -> dict[str, Any]:
    """The values `announced` needs. `changed`: member names, with values for maps."""
    return {
        "now": work.now,
        "audit_id": new_id(),
        "outbox_id": new_id(),
        "key_id": work.caller.key_id,
        "person": work.caller.person,
        "request_id": work.caller.request_id,
        "changed": changed,
    }
