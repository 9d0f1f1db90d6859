"""How merges are shown and listed."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, case, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from service.domain.contacts.tables import contact_merges
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Member, Shape, columns


def _rule(name: str) -> Member:
    def of(row: FromClause) -> ColumnElement[Any]:
        return row.c.rules.op("->", return_type=JSONB())(literal_column(f"'{name}'"))

    return of


_VERSION = case((contact_merges.c.undone_at.is_(None), literal_column("1", Integer)), else_=2)
MERGE = Shape(
    "Merge",
    contact_merges,
    columns("id", "winner_id", "loser_id")
    | {"rules": _rule("traits"), "default": _rule("default")}
    | columns("by", "person", "key_id", "merged_at", "undone_at"),
    rows=select(contact_merges, _VERSION.label("version")).subquery("merges"),
)
MERGES = Listing(
    MERGE,
    sorts=("merged_at",),
    vocabulary=Vocabulary(
        dict.fromkeys(("id", "winner_id", "loser_id"), Type.UUID)
        | {"by": Type.TEXT}
        | dict.fromkeys(("merged_at", "undone_at"), Type.INSTANT)
    ),
    typed=equals("winner_id", "loser_id"),
    default_sort="-merged_at",
)
