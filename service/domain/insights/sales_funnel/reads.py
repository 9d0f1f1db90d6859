"""Where the CRM says that contacts are: by the value of one trait."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from service.domain import membership
from service.domain.filters import All
from service.domain.statements import Statement
from service.domain.work import Scope, Work

MOST, LONGEST = 50, 200
"""Values that are told, and of each so many characters."""
_NO_BYTES: ColumnElement[Any] = literal_column("''::bytea", LargeBinary)


class Said(NamedTuple):
    """What the CRM says.

    `rows`: of each contact that has the trait, and of each that figures leave out, 20 bytes: its
    id; the place of its value among those asked for, from 1 on, 0 for another and -1 for none; its
    outcome, 1 for those who count and from 2 on the reason why not. Of the values that were not
    asked for, how many there are, how many contacts that count have them, and the most frequent.
    """

    rows: bytes
    values: int
    contacts: int
    most: Sequence[tuple[str, int]]


async def said(work: Work, trait: str, values: Sequence[str]) -> Said:
    """Where the CRM has everybody. Two statements."""
    work.needs(Scope.ANALYTICS_READ)
    await membership.planned_apart(work)
    path = trait.split(".")
    rows, number, contacts, most = await work.value(_SAID, path=path, values=list(values))
    return Said(rows, number, contacts, most or ())


def _said() -> Statement:
    found = membership.everybody(All(()), "everybody")
    asked = (bindparam(name, type_=ARRAY(Text)) for name in ("path", "values"))
    path, values = (cast(one, ARRAY(Text)) for one in asked)
    text = found.c.traits.op("#>>", return_type=Text())(path)
    held = select(found.c.id, found.c.outcome, text.label("value")).cte("held")
    counts = held.c.outcome == literal_column("1", Integer)
    place = func.coalesce(func.array_position(values, held.c.value), literal_column("0"))
    there = held.c.value.is_not(None)
    rows = select(_run(held, place)).where(or_(there, ~counts)).scalar_subquery()
    other = (
        select(func.left(held.c.value, literal_column(str(LONGEST))).label("value"))
        .add_columns(func.count().label("contacts"))
        .where(there, counts, func.array_position(values, held.c.value).is_(None))
        .group_by(literal_column("1"))
        .cte("other")
    )
    most = select(other).order_by(other.c.contacts.desc(), other.c.value)
    few = most.limit(literal_column(str(MOST))).subquery("few")
    zero = literal_column("0", BigInteger)
    total = cast(func.coalesce(func.sum(other.c.contacts), zero), BigInteger)
    parts = (
        rows,
        select(func.count()).select_from(other).scalar_subquery(),
        select(total).scalar_subquery(),
        select(func.array_agg(func.row(few.c.value, few.c.contacts))).scalar_subquery(),
    )
    return Statement(select(func.row(*parts)))


def _run(held: FromClause, place: ColumnElement[Any]) -> ColumnElement[Any]:
    none = literal_column("-1", Integer)
    row: ColumnElement[Any] = func.uuid_send(held.c.id, type_=LargeBinary)
    for number in (case((held.c.value.is_(None), none), else_=place), held.c.outcome):
        sent = func.int2send(cast(number, SmallInteger))
        row = row.op("||", return_type=LargeBinary())(sent)
    return func.coalesce(func.string_agg(row, _NO_BYTES), _NO_BYTES)


_SAID = _said()
