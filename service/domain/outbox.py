"""Telling the world: audit and outbox rows, written by the statement that makes the change.

The outbox says that something changed (ids, kind and version only); whoever needs the content
reads it. Its readers go in the order (xid, id) and take only rows below the oldest running
transaction, because a row may become visible after a younger one.

Every row of a part names its map as `whole_id`, so whoever keeps maps alone reads that map again.
A part that comes or goes, by itself or with another, has a row of its own, and so has a transition
that follows the map's order. A write that locks the map first (parts come, go or move, transitions
or links change) also tells the map, `journey.updated`, with the version that it then has; one that
only sets members of a part does not, since it is one statement for one row.
The audit trail says who changed which members; values are kept for maps alone.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    FromClause,
    Index,
    Insert,
    Integer,
    PrimaryKeyConstraint,
    Select,
    Table,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    union_all,
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


_COLUMNS = ["workspace_id", "id", "at", "kind", "resource_id", "whole_id", "version"]
_AT = bindparam("now", type_=instant)
_AUDIT_ID = bindparam("audit_id", type_=Uuid())
_OUTBOX_ID = bindparam("outbox_id", type_=Uuid())


def announced(
    kind: str,
    changed: FromClause,
    whole_id: Any = None,
    whole: tuple[str, FromClause] | None = None,
    *,
    many: bool = False,
) -> tuple[CTE, CTE]:
    """The two inserts for the one row of `changed` (a CTE with `id` and `version`), or the `many`.

    `whole_id` is the column of `changed` that names the map a part belongs to, `whole` what the
    outbox is told of that map besides: a kind, and the rows with the version that it then has.
    The statement's values come from `announcement`.
    """
    told_audit = (
        insert(audit)
        .from_select(
            [
                *("workspace_id", "id", "at", "key_id", "person", "request_id"),
                *("kind", "resource_id", "version", "changed"),
            ],
            select(
                WORKSPACE,
                beside(_AUDIT_ID) if many else _AUDIT_ID,
                _AT,
                bindparam("key_id", type_=Uuid()),
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
    rows = [_row(beside(_OUTBOX_ID) if many else _OUTBOX_ID, kind, changed, whole_id)]
    if whole is not None:
        of_map = telling(*whole).where(whole[1].c.id == whole_id)
        rows.append(of_map.where(whole[1].c.workspace_id == WORKSPACE))
    return told_audit, told(*rows).cte("told_outbox")


def telling(kind: str, changed: FromClause, whole_id: Any = None) -> Select[Any]:
    """An outbox row for each row of `changed`, to be `told`; `outbox_id` is a new id."""
    return _row(beside(_OUTBOX_ID), kind, changed, whole_id)


def told(*tellings: Select[Any]) -> Insert:
    """The insert of outbox rows."""
    rows = tellings[0] if len(tellings) == 1 else union_all(*tellings)
    return insert(outbox).from_select(_COLUMNS, rows)


def _row(row_id: Any, kind: str, changed: FromClause, whole_id: Any) -> Select[Any]:
    which = changed.c.id if whole_id is None else whole_id
    told_as = literal_column(f"'{kind}'", Text)
    return select(WORKSPACE, row_id, _AT, told_as, changed.c.id, which, changed.c.version)


def beside(row_id: Any) -> Any:
    """Another id of the same millisecond, one for each row: a UUIDv7 with other random bits."""
    time_part = func.left(cast(row_id, Text), literal_column("19"))
    random_part = func.right(cast(func.gen_random_uuid(), Text), literal_column("17"))
    return cast(func.concat(time_part, random_part), Uuid)


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
