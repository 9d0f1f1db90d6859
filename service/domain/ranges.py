"""Where rows stand in a list, as SQL: their order, and which are between two cursors."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, cast, func, literal_column, tuple_
from sqlalchemy.sql.selectable import FromClause

_BOUNDS = ("last", "until")
"""What the values of the two cursors are bound as: each a `_value` and an `_id`."""


@dataclass(frozen=True, slots=True)
class Range:
    """A sort, from which end a page is filled, and at which ends cursors bound it."""

    sort: str
    after: bool = False
    before: bool = False
    backward: bool = False

    @property
    def descends(self) -> bool:
        """Whether the last come first."""
        return self.sort.startswith("-")

    def key(self, row: FromClause) -> ColumnElement[Any]:
        """What rows are ordered by. Where a day or a number is unknown, the row goes to the end."""
        column: ColumnElement[Any] = row.c[self.sort.removeprefix("-")]
        last = "-infinity" if self.descends else "infinity"
        if isinstance(column.type, Text):
            return column.collate("C")
        if getattr(column, "nullable", False):
            return func.coalesce(column, cast(literal_column(f"'{last}'"), column.type))
        return column

    def order(self, row: FromClause) -> tuple[ColumnElement[Any], ...]:
        """In which order rows are taken: from the end of the list, where a page is filled there."""
        key = self.key(row)
        ascends = self.descends is self.backward
        return (key, row.c.id) if ascends else (key.desc(), row.c.id.desc())

    def between(self, row: FromClause) -> list[ColumnElement[bool]]:
        """That a row is behind the one cursor, and in front of the other."""
        return [
            self._beyond(row, bound, is_less=self.descends is (bound == "last"))
            for bound, is_there in zip(_BOUNDS, (self.after, self.before), strict=True)
            if is_there
        ]

    def _beyond(self, row: FromClause, bound: str, *, is_less: bool) -> ColumnElement[bool]:
        key = self.key(row)
        value = cast(bindparam(f"{bound}_value", type_=Text), key.type)
        at = tuple_(value, bindparam(f"{bound}_id", type_=Uuid()))
        here = tuple_(key, row.c.id)
        return here < at if is_less else here > at
