"""Statements: built and compiled by SQLAlchemy once, run by the driver as they are.

Compiling costs more than most of our statements take to run, so each is compiled at its first
use and kept. The driver gets SQL with `$n` places and the values in that order.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ARRAY, BindParameter, Uuid, bindparam
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.sql.elements import ClauseElement

# Money is stored as a JSON number: a quoted decimal would sort and compare as text.
_encode = msgspec.json.Encoder(decimal_format="number").encode

WORKSPACE: BindParameter[Any] = bindparam("workspace_id", type_=Uuid())
"""The caller's workspace. Every work fills it in; no domain function passes it by hand."""


def as_json(value: object) -> str:
    """JSON text of a value that Postgres can store: finite numbers, decimals as numbers."""
    return _encode(value).decode()


_DIALECT: Any = asyncpg_dialect(json_serializer=as_json)  # type: ignore[no-untyped-call]


def uuids(name: str) -> BindParameter[Any]:
    """A parameter holding a list of ids."""
    return bindparam(name, type_=ARRAY(Uuid()))


def rows_of(name: str) -> BindParameter[Any]:
    """A parameter holding rows as a JSON array, for `jsonb_to_recordset` and its kin."""
    return bindparam(name, type_=JSONB)


class _Run(NamedTuple):
    """What is needed to run a statement: the names of its places in order, and how to fill them."""

    sql: str
    names: Sequence[str]
    defaults: Mapping[str, Any]
    places: Sequence[tuple[str, Any, Any]]
    """Of each its name, the literal that fills it, and what encodes its values."""


class Statement:
    """One compiled statement.

    `sql` is what runs inside a transaction whose workspace is set. `guarded` is the same for a
    read outside one: the workspace is set and the answer computed in a single statement, so no
    pooled connection ever keeps a workspace. The `CASE` makes the order certain: the sub-select
    is not evaluated before its condition. A `wide` one reads a good part of what a workspace has:
    it runs in a transaction, its rows joined by hashing.
    """

    def __init__(
        self, clause: ClauseElement | Callable[[], ClauseElement], *, wide: bool = False
    ) -> None:
        """`clause` is what is compiled, or what makes it: the largest weigh a MiB each."""
        self._clause = clause
        self.wide = wide

    @cached_property
    def _run(self) -> "_Run":
        clause = self._clause if isinstance(self._clause, ClauseElement) else self._clause()
        made: Any = clause.compile(dialect=_DIALECT)
        names, fixed, encoders = tuple(made.positiontup), made.params, made._bind_processors
        places = tuple((name, fixed.get(name), encoders.get(name)) for name in names)
        run = _Run(str(made), names, fixed, places)
        # Many times the size of what is needed from now on.
        del self._clause
        return run

    @property
    def sql(self) -> str:
        return self._run.sql

    @property
    def names(self) -> Sequence[str]:
        """What is to be given, as often as it stands there."""
        return self._run.names

    @cached_property
    def guarded(self) -> str:
        place = f"${self._run.names.index('workspace_id') + 1}"
        return (
            f"SELECT CASE WHEN set_config('app.workspace', ({place}::uuid)::text, true) "
            f"IS NOT NULL THEN ({self.sql}) END"
        )

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order of their places; literals of the statement fill the rest."""
        found = values.get
        return [
            found(name, fixed) if encode is None else encode(found(name, fixed))
            for name, fixed, encode in self._run.places
        ]
