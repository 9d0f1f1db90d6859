"""Filters as SQL. The meaning is the one that `language` states, NULL being unknown.

A column's SQLAlchemy type says what it holds: Text, Boolean, a number, DateTime with time zone,
Date, UUID, ARRAY(Text), or JSONB for anything. Columns hold finite numbers. Literals and names
inside JSONB come from callers, so they are bound, and cast, since nothing else tells their type.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any as Anything
from typing import NamedTuple, TypeAlias

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Float,
    FromClause,
    Integer,
    Numeric,
    String,
    Text,
    Uuid,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.types import TypeEngine

from service.domain.filters.language import (
    All,
    Any,
    At,
    Consent,
    ContactLeaf,
    Did,
    Filter,
    Not,
    Op,
    Scalar,
    Test,
    Type,
    comparable,
    literals,
    split,
    type_of,
)
from service.domain.filters.people import IN_PATH

Column: TypeAlias = ColumnElement[Anything]
Condition: TypeAlias = ColumnElement[bool]

_SQL_TYPES: Mapping[Type, TypeEngine[Anything]] = {
    Type.TEXT: Text(),
    Type.NUMBER: Numeric(),
    Type.BOOLEAN: Boolean(),
    Type.INSTANT: DateTime(timezone=True),
    Type.DATE: Date(),
    Type.UUID: Uuid(),
}

_HELD: Sequence[tuple[type[TypeEngine[Anything]] | tuple[type, ...], Type]] = (
    (String, Type.TEXT),
    ((Integer, Numeric, Float), Type.NUMBER),
    (Boolean, Type.BOOLEAN),
    (DateTime, Type.INSTANT),
    (Date, Type.DATE),
    (Uuid, Type.UUID),
    (ARRAY, Type.TEXTS),
    (JSONB, Type.ANY),
)

_OF_ELEMENTS = (Op.EQ, Op.IN, Op.CONTAINS)

_JSON_TYPES = {Type.TEXT: "'string'", Type.NUMBER: "'number'", Type.BOOLEAN: "'boolean'"}

_ANY_ELEMENT = "'strict $[*] ? (@ == $x[*])'::jsonpath"
"""Strict, so that an element that is a list itself is not opened."""


def in_path(events: FromClause) -> Condition:
    """Whether events are of a path."""
    return events.c.type.in_([literal_column(f"'{kind}'", Text) for kind in IN_PATH])


def condition(
    filter: Filter,
    columns: Mapping[str, Column],
    contact: Callable[[ContactLeaf], Condition] | None = None,
) -> Condition:
    """The filter as a condition on `columns`, by field; an open prefix is one JSONB column.

    True, false or NULL: the caller adds `IS TRUE` where NULL would not do. `contact` gives
    the SQL of `did`, `at` and `consent`. Raises TypeError for a filter with these without it,
    for a field without a column, and for a column that does not hold what its field does.
    """
    match filter:
        case All(parts):
            return and_(true(), *(condition(part, columns, contact) for part in parts))
        case Any(parts):
            return or_(false(), *(condition(part, columns, contact) for part in parts))
        case Not(part):
            return _not(condition(part, columns, contact))
        case Test(field):
            return _test(filter, _found(field, columns))
        case Did() | At() | Consent():
            if contact is None:
                raise TypeError("did, at and consent need a contact to be asked of")
            return contact(filter)


def value_of(field: str, columns: Mapping[str, Column]) -> Column:
    """What a field holds; under an open prefix a JSON value. Raises TypeError without a column."""
    return _found(field, columns).value


def _not(condition: Condition) -> Condition:
    # In brackets: of `NOT … IS TRUE`, Postgres would deny the whole, and unknown would select.
    return Grouping(not_(condition))


class _Stored(NamedTuple):
    """A field's value, and the same as text, of use when it is a JSON text."""

    value: Column
    text: Column


def _found(field: str, columns: Mapping[str, Column]) -> _Stored:
    prefix, path = split(field, columns)
    if prefix not in columns:
        raise TypeError(f"no column for {field}")
    value = columns[prefix]
    text = value.op("#>>", return_type=Text())(_constant("'{}'"))
    for name in path:
        member = _bound(name, Type.TEXT)
        # ->> costs half of what #>> does.
        text = value.op("->>", return_type=Text())(member)
        value = value.op("->", return_type=JSONB())(member)
    return _Stored(value, text)


def _held(column: Column) -> Type:
    for sql_types, held in _HELD:
        if isinstance(column.type, sql_types):
            return held
    raise TypeError(f"no filter knows columns of type {column.type!r}")


def _test(test: Test, stored: _Stored) -> Condition:
    held, against = _held(stored.value), literals(test)
    if test.op is Op.EXISTS:
        exists = _exists(stored.value, held)
        return exists if test.value else not_(exists)
    if test.op is Op.NE:
        return _not(_test(Test(test.field, Op.EQ, test.value), stored))
    type_ = type_of(against[0])
    if held is Type.ANY and type_ in _JSON_TYPES:
        return _in_document(stored, test.op, against, type_)
    if held is Type.TEXTS and type_ is Type.TEXT and test.op in _OF_ELEMENTS:
        return stored.value.op("&&", is_comparison=True)(_array(against, type_))
    if type_ is None or held is not type_:
        raise TypeError(f"the column of {test.field} holds {held}, the filter says {type_}")
    return _compare(test.op, _exact(stored.value), against, type_)


def _exists(column: Column, held: Type) -> Condition:
    if held is not Type.ANY:
        return column.is_not(None)
    # A JSON null is as missing as an absent member.
    return func.coalesce(_json_type(column), _constant("'null'")) != _constant("'null'")


def _in_document(stored: _Stored, op: Op, against: Sequence[Scalar], type_: Type) -> Condition:
    """A test of a JSON value; CASE keeps the casts from values of other types."""
    whens = []
    if op is not Op.CONTAINS or type_ is Type.TEXT:
        scalar = stored.text if type_ is Type.TEXT else cast(stored.value, _SQL_TYPES[type_])
        whens.append((_constant(_JSON_TYPES[type_]), _compare(op, scalar, against, type_)))
    if op in _OF_ELEMENTS:
        whens.append((_constant("'array'"), _has_element(stored.value, against, type_)))
    return case(*whens, value=_json_type(stored.value))


def _has_element(column: Column, against: Sequence[Scalar], type_: Type) -> Condition:
    if type_ is Type.TEXT:
        return column.op("?|", is_comparison=True)(_array(against, type_))
    wanted = msgspec.json.encode({"x": against}).decode()
    # Cast from text, for then the planner makes it a constant; to_jsonb would run on every row.
    bound = cast(_bound(wanted, Type.TEXT), JSONB())
    return func.jsonb_path_exists(column, _constant(_ANY_ELEMENT), bound, type_=Boolean())


def _compare(op: Op, value: Column, against: Sequence[Scalar], type_: Type) -> Condition:
    if op is Op.EQ:
        return value == _bound(against[0], type_)
    if op is Op.IN:
        return value == any_(_array(against, type_))
    if op in _PATTERNS:
        return value.like(_bound(_PATTERNS[op](_unwild(str(against[0]))), Type.TEXT))
    ordered = value.collate("C") if type_ is Type.TEXT else value
    if op is Op.BETWEEN:
        return ordered.between(_bound(against[0], type_), _bound(against[1], type_))
    return _ORDERED[op](ordered, _bound(against[0], type_))


_PATTERNS: Mapping[Op, Callable[[str], str]] = {
    Op.CONTAINS: lambda plain: f"%{plain}%",
    Op.STARTS_WITH: lambda plain: f"{plain}%",
    Op.MATCHES: lambda plain: plain.replace("*", "%").replace("?", "_"),
}

_ORDERED: Mapping[Op, Callable[[Column, Column], Condition]] = {
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def _unwild(text: str) -> str:
    """The text as LIKE takes it literally; a backslash escapes there by default."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _exact(column: Column) -> Column:
    """Postgres casts a double to numeric with 15 digits only; its text has all of them."""
    if isinstance(column.type, Float):
        return cast(cast(column, Text()), Numeric())
    return column


def _json_type(column: Column) -> Column:
    return func.jsonb_typeof(column, type_=Text())


def _bound(value: Scalar, type_: Type) -> Column:
    return cast(literal(comparable(value), _SQL_TYPES[type_]), _SQL_TYPES[type_])


def _array(values: Sequence[Scalar], type_: Type) -> Column:
    many = ARRAY(_SQL_TYPES[type_])
    return cast(literal([comparable(value) for value in values], many), many)


def _constant(sql: str) -> Column:
    return literal_column(sql)
