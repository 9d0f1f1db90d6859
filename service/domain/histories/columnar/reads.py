"""Histories read from the events themselves: exact for any condition, in time that grows with them.

One statement answers all of it, the rows as one run of bytes of equal length: what arrives is
columns, and no row becomes an object on the way.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import (
    CTE,
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from service.domain import filters
from service.domain.histories.reads import Asked, Range, Told, of_paths, oldest_told
from service.domain.history import MISSING, SECOND, Column, Histories, rising
from service.domain.shapes import json_array
from service.domain.statements import Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work

_NO_BYTES: ColumnElement[Any] = literal_column("''::bytea", LargeBinary)
_TRUE: ColumnElement[Any] = literal_column("'\\x01'::bytea", LargeBinary)
_FALSE: ColumnElement[Any] = literal_column("'\\x00'::bytea", LargeBinary)
_NOTHING: ColumnElement[Any] = literal_column("'{}'::json")
_MISSING: ColumnElement[Any] = literal_column("-1", Integer)
_FIRST: ColumnElement[Any] = literal_column("1", BigInteger)
_SCALARS = [literal_column(f"'{kind}'", Text) for kind in ("string", "number", "boolean")]
_LIST: ColumnElement[Any] = literal_column("'array'", Text)


async def histories(work: Work, asked: Asked) -> Histories:
    """What people did of what is asked: one statement."""
    work.needs(Scope.ANALYTICS_READ)
    rows, people, words, excluded, latest = await work.value(
        _statement(asked),
        **asked.within.given,
        **{f"counted_{name}": one for name, one in asked.counted.given.items()},
    )
    told = _decoded(asked, rows, people, json.loads(words, **_EXACT), json.loads(excluded))
    return told if latest is None or not asked.latest else replace(told, latest=_micros(latest))


_BEGINNING = 946_684_800 * SECOND
"""From 1970 to 2000, where the database's own times begin."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT: Any = {"parse_float": Decimal, "parse_int": Decimal}


def _micros(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


def _statement(asked: Asked) -> Statement:
    within = asked.within._replace(to=None) if asked.latest else asked.within
    found = of_paths(lambda told: _wanted(asked, told), within, asked.only, since=oldest_told())
    chosen = found.cte("chosen")
    taken = list(_taken(asked, chosen))
    counts = chosen.c.reason.is_(None)
    counted = select(chosen).where(counts, *taken).cte("counted")
    people = _numbered(counted, "person", "people")
    words = [
        _numbered(counted, f"field_{n}", f"words_{n}", *_among(asked, counted, name, n))
        for n, name in enumerate(asked.fields)
    ]
    reasons = (
        select(chosen.c.reason, func.count().label("events"))
        .where(chosen.c.reason.is_not(None), *taken, *_in(chosen, asked.counted))
        .group_by(chosen.c.reason)
        .subquery("reasons")
    )
    parts = (
        _rows(counted, people, words, len(asked.selections)),
        select(_joined(func.uuid_send(people.c.value), people.c.number)).scalar_subquery(),
        cast(func.json_build_array(*(_listed(one) for one in words)), Text),
        select(
            cast(
                func.coalesce(func.json_object_agg(reasons.c.reason, reasons.c.events), _NOTHING),
                Text,
            )
        ).scalar_subquery(),
        select(func.max(chosen.c.at)).where(counts).scalar_subquery(),
    )
    return Statement(select(func.row(*parts)))


def _taken(asked: Asked, chosen: CTE) -> Iterator[ColumnElement[bool]]:
    """What of all that was looked at is told."""
    if asked.latest and asked.within.to is not None:
        yield chosen.c.at < bindparam("to", type_=instant)
    if asked.selected:
        no = literal_column("false", Boolean)
        yield or_(no, *(chosen.c[f"holds_{n}"] for n in range(len(asked.selections))))


def _in(chosen: CTE, range_: Range) -> Iterator[ColumnElement[bool]]:
    if range_.from_ is not None:
        yield chosen.c.at >= bindparam("counted_from_", type_=instant)
    if range_.to is not None:
        yield chosen.c.at < bindparam("counted_to", type_=instant)


def _wanted(asked: Asked, told: Told) -> list[ColumnElement[Any]]:
    event = told.event
    holds = (filters.condition(one, told.columns).is_(True) for one in asked.selections)
    return [
        cast(func.coalesce(told.root.c.id, event.c.who), Uuid()).label("person"),
        event.c.timestamp.label("at"),
        event.c.arrival,
        *(one.label(f"holds_{n}") for n, one in enumerate(holds)),
        *(
            _word(name, told, lists=name in asked.lists).label(f"field_{n}")
            for n, name in enumerate(asked.fields)
        ),
    ]


def _word(name: str, told: Told, *, lists: bool) -> ColumnElement[Any]:
    """What a field holds: a text, or a JSON value that is a text, a number or a boolean, or a list
    as it is written, where `lists` are wanted."""
    value = filters.value_of(name, told.columns)
    if not isinstance(value.type, JSONB):
        return cast(value, Text).collate("C")
    kind = func.jsonb_typeof(value)
    whens: list[Any] = [(kind.in_(_SCALARS), value)]
    if lists:
        whens.append((kind == _LIST, func.to_jsonb(cast(value, Text), type_=JSONB)))
    return case(*whens, else_=cast(null(), JSONB))


def _among(asked: Asked, counted: CTE, name: str, n: int) -> Iterator[ColumnElement[bool]]:
    """That a text is one of another field's values, where others are not wanted."""
    if name in asked.among:
        other = counted.c[f"field_{asked.fields.index(asked.among[name])}"]
        yield func.to_jsonb(counted.c[f"field_{n}"]).in_(select(other).where(other.is_not(None)))


def _numbered(counted: CTE, name: str, called: str, *where: ColumnElement[bool]) -> CTE:
    """The values that there are, numbered from 0 in their order."""
    value = counted.c[name]
    held = select(value.label("value")).where(value.is_not(None), *where).distinct()
    each = held.subquery(f"each_{called}")
    number = func.row_number().over(order_by=each.c.value) - _FIRST
    return select(each.c.value, cast(number, Integer).label("number")).cte(called)


def _rows(counted: CTE, people: CTE, words: Sequence[CTE], selections: int) -> ColumnElement[Any]:
    # Full joins, though each value is of some row: where the planner takes many rows for few, it
    # would go through all values again for each row, and this join alone is never made so.
    source: FromClause = counted.outerjoin(people, people.c.value == counted.c.person, full=True)
    parts: list[ColumnElement[Any]] = [
        func.int4send(people.c.number),
        func.timestamptz_send(counted.c.at),
    ]
    parts += [case((counted.c[f"holds_{n}"], _TRUE), else_=_FALSE) for n in range(selections)]
    for n, one in enumerate(words):
        source = source.outerjoin(one, one.c.value == counted.c[f"field_{n}"], full=True)
        parts.append(func.int4send(func.coalesce(one.c.number, _MISSING)))
    row = _in_a_row(parts)
    order = (people.c.number, counted.c.at, counted.c.arrival)
    return select(_joined(row, *order)).select_from(source).scalar_subquery()


def _in_a_row(parts: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The bytes of all, one behind the other. By halves: hundreds within each other would be too
    deep."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return _in_a_row(parts[:half]).op("||", return_type=LargeBinary())(_in_a_row(parts[half:]))


def _joined(part: ColumnElement[Any], *order: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.string_agg(part, aggregate_order_by(_NO_BYTES, *order)), _NO_BYTES)


def _listed(words: CTE) -> ColumnElement[Any]:
    return select(json_array(words.c.value, [words.c.number])).scalar_subquery()


def _decoded(
    asked: Asked, rows: bytes, people: bytes, words: list[Any], excluded: dict[str, int]
) -> Histories:
    selections, fields = range(len(asked.selections)), range(len(asked.fields))
    row = np.dtype(
        [
            ("person", ">i4"),
            ("at", ">i8"),
            *((f"holds_{n}", "?") for n in selections),
            *((f"field_{n}", ">i4") for n in fields),
        ]
    )
    found = np.frombuffer(rows, dtype=row)
    return Histories(
        found["person"].astype(np.int32),
        found["at"].astype(np.int64) + _BEGINNING,
        [found[f"holds_{n}"].copy() for n in selections],
        {asked.fields[n]: _column(found[f"field_{n}"], words[n]) for n in fields},
        people,
        excluded,
    )


def _column(numbers: Any, values: list[Any]) -> Column:
    """Words by their own order, whatever the database's is."""
    words, codes = rising(values)
    return Column(np.array([*codes, MISSING], dtype=np.int32)[numbers], words)
