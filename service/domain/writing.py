"""The statements that write one row: the change, its audit row and its outbox row in one.

An insert answers (id, version, the document as JSON). For a part, the whole it belongs to is
updated first: whoever writes under a journey holds the journey's row before any other, so that
writers wait for each other in one order and never in a circle. What shows the part as its own,
a stage its steps, has its version raised with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    Column,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from service.domain.outbox import announced
from service.domain.shapes import Shape, document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant

_ID = bindparam("id", type_=Uuid())
_NOW = bindparam("now", type_=instant)
_EXPECTED = bindparam("expected", type_=ARRAY(BigInteger))


@dataclass(frozen=True, eq=False)
class Written:
    """What is written: rows of a shape's table, announced as `kind`, perhaps under a whole."""

    kind: str
    shape: Shape
    whole: Table | None = None
    whole_id: str = "journey_id"
    within: str | None = None
    """The column of the row it is ordered in: an insert without a position goes to the end."""
    shown_by: tuple[Table, str] | None = None
    """The table whose rows show it among their members, and the column that says which."""

    @property
    def table(self) -> Table:
        return self.shape.table


def new(values: Mapping[str, Any]) -> dict[str, Any]:
    """Column values under the names the statements give to their places."""
    return {f"new_{name}": value for name, value in values.items()}


def _place(column: Column[Any]) -> Any:
    return bindparam(f"new_{column.name}", type_=column.type)


@lru_cache(maxsize=64)
def insertion(written: Written) -> Statement:
    """Insert one row with a value for every column."""
    table = written.table
    set_here = {"workspace_id": WORKSPACE, "id": _ID, "created_at": _NOW, "updated_at": _NOW}
    values = {c.name: set_here.get(c.name, _place(c)) for c in table.c if c.computed is None}
    values["version"] = 1
    if written.within is not None:
        values["position"] = func.coalesce(_place(table.c.position), _end(written, table))
    statement = insert(table).values(values).returning(*table.c)
    if written.shown_by is not None:
        above, column = written.shown_by
        raised = _raised(above, above.c.id == _place(table.c[column]))
        statement = statement.add_cte(raised.cte("shown_by"))
    changed = statement.cte("changed")
    return _answer(written, changed, "created", shows=True)


def _end(written: Written, table: Table) -> Any:
    """The position after the last of its siblings, seen after the whole was locked."""
    sibling = table.alias("sibling")
    owner = sibling.c[written.within or "id"]
    last = select(func.coalesce(func.max(sibling.c.position) + 1, 0)).where(
        sibling.c.workspace_id == WORKSPACE, owner == _place(table.c[owner.name])
    )
    return last.scalar_subquery()


@lru_cache(maxsize=512)
def change(written: Written, columns: frozenset[str]) -> Statement:
    """Set some columns of one row, if its version is one of those expected (null: any)."""
    table = written.table
    values = {name: _place(table.c[name]) for name in sorted(columns)}
    values |= {"version": table.c.version + 1, "updated_at": _NOW}
    statement = update(table).values(values).where(*_is_it(table))
    changed = _under(written, statement, columns).returning(*table.c).cte("changed")
    return _answer(written, changed, "updated")


@lru_cache(maxsize=64)
def removal(written: Written) -> Statement:
    """Delete one row, on the same condition."""
    statement = delete(written.table).where(*_is_it(written.table))
    changed = _under(written, statement).returning(*written.table.c).cte("changed")
    return _answer(written, changed, "deleted")


def _is_it(table: Table) -> list[Any]:
    return [
        table.c.workspace_id == WORKSPACE,
        table.c.id == _ID,
        or_(_EXPECTED.is_(None), table.c.version == func.any(_EXPECTED)),
    ]


def _raised(table: Table, *where: Any) -> Any:
    """Raise the version of rows of the workspace."""
    values = {"version": table.c.version + 1, "updated_at": _NOW}
    return update(table).values(values).where(table.c.workspace_id == WORKSPACE, *where)


def _under(written: Written, statement: Any, columns: frozenset[str] = frozenset()) -> Any:
    """The statement taking its row from the whole's update, where there is a whole."""
    if written.whole is None:
        return statement
    part, whole = written.table, written.whole
    owner = part.c[written.whole_id]
    is_it = (part.c.workspace_id == WORKSPACE, part.c.id == _ID)
    this = select(owner).where(*is_it).scalar_subquery()
    raised = _raised(whole, whole.c.id == this).returning(whole.c.id).cte("whole")
    if written.shown_by is not None:
        above, column = written.shown_by
        places = above.c.id == select(part.c[column]).where(*is_it).scalar_subquery()
        if column in columns:
            places = or_(places, above.c.id == _place(part.c[column]))
        under_lock = above.c[written.whole_id] == raised.c.id
        statement = statement.add_cte(_raised(above, places, under_lock).cte("shown_by"))
    return statement.where(owner == raised.c.id)


def _answer(written: Written, changed: CTE, what: str, *, shows: bool = False) -> Statement:
    whole = changed.c[written.whole_id] if written.whole is not None else None
    told = announced(f"{written.kind}.{what}", changed, whole)
    shown = [cast(document(written.shape, written.shape.whole, changed), Text)] if shows else []
    answer = select(func.row(changed.c.id, changed.c.version, *shown))
    return Statement(answer.select_from(changed).add_cte(*told))
