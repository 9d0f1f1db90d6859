"""How messages that were put aside are shown and listed."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, bindparam, case, func, literal_column

from service.domain.events.tables import quarantine
from service.domain.filters import Type, Vocabulary
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns


def _bytes(row: FromClause) -> ColumnElement[Any]:
    """The message in base64, where it is no text."""
    plain = func.replace(
        func.encode(row.c.message, literal_column("'base64'")), literal_column("E'\\n'"), ""
    )
    return case((row.c.text.is_(None), plain))


QUARANTINED = Shape(
    "QuarantinedMessage",
    quarantine,
    columns("id", "code", "detail", "pointer")
    | {"message": lambda row: row.c.text, "bytes": _bytes}
    | columns("type", "public", "replayed_at", "outcome")
    | columns("version", "created_at", "updated_at"),
)
QUARANTINE = Listing(
    QUARANTINED,
    sorts=("created_at", "updated_at", "code"),
    vocabulary=Vocabulary(
        {
            **dict.fromkeys(("code", "detail", "pointer", "type"), Type.TEXT),
            **dict.fromkeys(("created_at", "updated_at", "replayed_at"), Type.INSTANT),
            "public": Type.BOOLEAN,
        }
    ),
    typed=equals("code")
    | {
        "replayed": lambda row: (
            row.c.replayed_at.is_not(None) == bindparam("typed_replayed", type_=Boolean())
        )
    },
)
