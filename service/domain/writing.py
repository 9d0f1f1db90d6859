"""The statements that write one row: the change, its audit row and its outbox row in one.

Each answers (id, version); an insert the document as JSON too, and a change the document and
whether it had to wait for another's change of the row, for then what the document shows beside
the row is as it was before that. For a part, the whole it
belongs to is updated first: whoever writes under a journey holds the journey's row before any
other, so that writers wait for each other in one order and never in a circle. What shows the
part as its own, a stage its steps, has its version raised with it.
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
    FromClause,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from service.domain.outbox import announced
from service.domain.shapes import Shape, document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant, shown_by

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

    @property
    def table(self) -> Table:
        return self.shape.table

    @property
    def shown_by(self) -> tuple[Table, str] | None:
        """The table whose rows show it among their members, and the column that says which."""
        return shown_by(self.table)


def new(values: Mapping[str, Any]) -> dict[str, Any]:
    """Column values under the names the statements give to their places."""
    return {f"new_{name}": value for name, value in values.items()}


def _place(column: Column[Any]) -> Any:
    """The value given for a column, as the column says that it is stored."""
    given = bindparam(f"new_{column.name}", type_=column.type)
    stored = column.info.get("stored")
    return given if stored is None else stored(given)


@lru_cache(maxsize=64)
def insertion(written: Written) -> Statement:
    """Insert one row with a value for every column."""
    table = written.table
    statement = insert(table).values(_values(written)).returning(*table.c)
    if written.shown_by is not None:
        above, column = written.shown_by
        raised = _raised(above, above.c.id == _place(table.c[column]))
        statement = statement.add_cte(raised.cte("shown_by"))
    changed = statement.cte("changed")
    of_whole = None if written.whole is None else written.whole.alias("whole")
    return _answer(written, changed, "created", _shown(written, changed), whole=of_whole)


@lru_cache(maxsize=64)
def appending(written: Written, told: str, most: int) -> Statement:
    """Insert one part at the end and raise its whole, in one statement; `told` is the whole's.

    It inserts nothing where the key is held, where the whole has `most` such parts already, or
    where it had to wait for another's change of the whole, since what it sees of the others is as
    before that. The whole is locked all the same.
    """
    if written.whole is None or written.shown_by is None:
        raise TypeError(f"a {written.kind} is no part that another shows")
    table, whole, (above, column) = written.table, written.whole, written.shown_by
    owner = select(above.c[written.whole_id]).where(
        above.c.workspace_id == WORKSPACE, above.c.id == _place(table.c[column])
    )
    raised = _raised(whole, whole.c.id == owner.scalar_subquery())
    raised = raised.returning(*_named(whole), whole.c[told]).cte("whole")
    others = _others(written, raised)
    values = _values(written) | {
        written.whole_id: raised.c.id,
        "position": func.coalesce(_place(table.c.position), others.c.end),
    }
    found = select(*values.values()).where(
        raised.c.version == _seen(whole, raised.c.id), others.c.held == 0, others.c.number < most
    )
    shown = _raised(
        above, above.c.id == _place(table.c[column]), above.c[written.whole_id] == raised.c.id
    )
    statement = insert(table).from_select([*values], found).add_cte(shown.cte("shown_by"))
    changed = statement.returning(*table.c).cte("changed")
    of_whole = (select(raised.c[name]).scalar_subquery() for name in ("id", told))
    return _answer(written, changed, "created", _shown(written, changed), *of_whole, whole=raised)


def _values(written: Written) -> dict[str, Any]:
    """A value for every column, to go to the end unless a position is given."""
    table = written.table
    set_here = {"workspace_id": WORKSPACE, "id": _ID, "created_at": _NOW, "updated_at": _NOW}
    values = {c.name: set_here.get(c.name, _place(c)) for c in table.c if c.computed is None}
    values["version"] = literal_column("1", Integer)
    if written.within is not None:
        values["position"] = func.coalesce(_place(table.c.position), _end(written, table))
    return values


def _others(written: Written, raised: CTE) -> Any:
    """Of the parts that the whole has: how many, how many hold the key, the end of the order.

    One scan: asked for each by itself, the planner may look for a key in all of a workspace.
    """
    other = written.table.alias("other")
    first = literal_column("0", Integer)
    among = other.c[written.within or "id"]
    siblings = among == _place(written.table.c[among.name])
    return (
        select(
            func.count().label("number"),
            func.count().filter(other.c.key == _place(written.table.c.key)).label("held"),
            func.coalesce(func.max(other.c.position).filter(siblings) + 1, first).label("end"),
        )
        .where(other.c.workspace_id == WORKSPACE, other.c[written.whole_id] == raised.c.id)
        .lateral("others")
    )


def _seen(table: Table, row_id: Any) -> Any:
    """The version after the one that the statement sees: unlike the row's if it had to wait."""
    before = table.alias("before")
    seen = select(before.c.version).where(before.c.workspace_id == WORKSPACE, before.c.id == row_id)
    return seen.scalar_subquery() + literal_column("1", Integer)


def _end(written: Written, table: Table) -> Any:
    """The position after the last of its siblings, seen after the whole was locked."""
    sibling = table.alias("sibling")
    owner = sibling.c[written.within or "id"]
    last = select(func.coalesce(func.max(sibling.c.position) + 1, 0)).where(
        sibling.c.workspace_id == WORKSPACE, owner == _place(table.c[owner.name])
    )
    return last.scalar_subquery()


@lru_cache(maxsize=512)
def change(written: Written, columns: frozenset[str], *, tells_whole: bool = False) -> Statement:
    """Set some columns of one row, if its version is one of those expected (null: any)."""
    table = written.table
    values = {name: _place(table.c[name]) for name in sorted(columns)}
    values |= {"version": table.c.version + literal_column("1", Integer), "updated_at": _NOW}
    statement = update(table).values(values).where(*_is_it(table))
    statement, whole = _under(written, statement, columns)
    changed = statement.returning(*table.c).cte("changed")
    waited = changed.c.version != _seen(table, _ID)
    shown = _shown(written, changed)
    return _answer(written, changed, "updated", shown, waited, whole=whole if tells_whole else None)


@lru_cache(maxsize=64)
def removal(written: Written) -> Statement:
    """Delete one row, on the same condition."""
    statement = delete(written.table).where(*_is_it(written.table))
    statement, whole = _under(written, statement)
    changed = statement.returning(*written.table.c).cte("changed")
    return _answer(written, changed, "deleted", whole=whole)


def _is_it(table: Table) -> list[Any]:
    return [
        table.c.workspace_id == WORKSPACE,
        table.c.id == _ID,
        or_(_EXPECTED.is_(None), table.c.version == func.any(_EXPECTED)),
    ]


def _raised(table: Table, *where: Any) -> Any:
    """Raise the version of rows of the workspace."""
    values = {"version": table.c.version + literal_column("1", Integer), "updated_at": _NOW}
    return update(table).values(values).where(table.c.workspace_id == WORKSPACE, *where)


def _under(
    written: Written, statement: Any, columns: frozenset[str] = frozenset()
) -> tuple[Any, CTE | None]:
    """The statement taking its row from the whole's update, and that, where there is a whole."""
    if written.whole is None:
        return statement, None
    part, whole = written.table, written.whole
    owner = part.c[written.whole_id]
    is_it = (part.c.workspace_id == WORKSPACE, part.c.id == _ID)
    this = select(owner).where(*is_it).scalar_subquery()
    raised = _raised(whole, whole.c.id == this).returning(*_named(whole)).cte("whole")
    if written.shown_by is not None:
        above, column = written.shown_by
        places = above.c.id == select(part.c[column]).where(*is_it).scalar_subquery()
        if column in columns:
            places = or_(places, above.c.id == _place(part.c[column]))
        under_lock = above.c[written.whole_id] == raised.c.id
        statement = statement.add_cte(_raised(above, places, under_lock).cte("shown_by"))
    return statement.where(owner == raised.c.id), raised


def _named(whole: Table) -> tuple[Column[Any], ...]:
    return (whole.c.workspace_id, whole.c.id, whole.c.version)


def _shown(written: Written, changed: CTE) -> Any:
    return cast(document(written.shape, written.shape.whole, changed), Text)


def _answer(
    written: Written, changed: CTE, what: str, *more: Any, whole: FromClause | None = None
) -> Statement:
    whole_id = changed.c[written.whole_id] if written.whole is not None else None
    of_whole = None
    if written.whole is not None and whole is not None:
        of_whole = (f"{written.whole.info['kind']}.updated", whole)
    told = announced(f"{written.kind}.{what}", changed, whole_id, of_whole)
    answer = select(func.row(changed.c.id, changed.c.version, *more))
    return Statement(answer.select_from(changed).add_cte(*told))
