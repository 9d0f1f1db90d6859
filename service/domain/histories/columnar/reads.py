"""Histories read from the events themselves: exact for any condition, in time that grows with them.

One statement answers all of it, the rows as one run of bytes of equal length: what arrives is
columns, and no row becomes an object on the way.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

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
from sqlalchemy.dialects.postgresql import JSONB

from service.domain import filters
from service.domain.histories.columnar.decoding import Shape, decoded
from service.domain.histories.reads import Asked, Range, Told, of_paths, oldest_told, run_of
from service.domain.history import Histories
from service.domain.shapes import json_array
from service.domain.statements import Statement
from service.domain.tables import instant
from service.domain.work import Scope, Work

_TRUE: ColumnElement[Any] = literal_column("'\\x01'::bytea", LargeBinary)
_FALSE: ColumnElement[Any] = literal_column("'\\x00'::bytea", LargeBinary)
_NOTHING: ColumnElement[Any] = literal_column("'{}'::json")
ABSENT: ColumnElement[Any] = literal_column("-1", Integer)
_FIRST: ColumnElement[Any] = literal_column("1", BigInteger)
_SCALARS = [literal_column(f"'{kind}'", Text) for kind in ("string", "number", "boolean")]
_LIST: ColumnElement[Any] = literal_column("'array'", Text)
_NOBODYS: ColumnElement[Any] = literal_column("0", BigInteger)
MOST_WORDS = 10_000
"""Values, or some thousands more or less, that are said of a field which is only told apart; of
more each is said when it is asked for. To number a million texts would take the database longer
than all else, and even to count them."""
_SAMPLED = 64
_LAST_BITS: ColumnElement[Any] = literal_column(str(_SAMPLED - 1), BigInteger)


async def histories(work: Work, asked: Asked) -> Histories:
    """What people did of what is asked: one statement."""
    work.needs(Scope.ANALYTICS_READ)
    rows, people, words, excluded, latest = await work.value(
        _kept(Question.of(asked)),
        **asked.within.given,
        **{f"counted_{name}": one for name, one in asked.counted.given.items()},
    )
    shape = (asked.fields, asked.apart, len(asked.selections))
    left: dict[str, list[int]] = json.loads(excluded)
    whole, *of_each = (
        {reason: counts[n] for reason, counts in left.items() if counts[n]}
        for n in range(1 + len(asked.reasons_of))
    )
    told = decoded(Shape(*shape), rows, people, json.loads(words, **_EXACT), whole)
    told = replace(told, excluded_of=of_each) if of_each else told
    return told if latest is None or not asked.latest else replace(told, latest=_micros(latest))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT: Any = {"parse_float": Decimal, "parse_int": Decimal}


def _micros(time: datetime) -> int:
    return (time - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Question:
    """What is asked, but for when. It is known by its words: Python takes 1, 1.0 and True for
    equal, and what is compared with them in SQL is not."""

    words: str
    asked: Asked = field(compare=False)

    @classmethod
    def of(cls, asked: Asked) -> "Question":
        """The question that is asked."""
        within, counted = _any_time(asked.within), _any_time(asked.counted)
        at_any_time = asked._replace(within=within, counted=counted)
        return cls(repr(at_any_time), at_any_time)


def _any_time(within: Range) -> Range:
    """Whether there are bounds, whose values are bound at the time."""
    return Range(*(None if one is None else ... for one in within))


@lru_cache(maxsize=64)
def _kept(question: Question) -> Statement:
    return _statement(question.asked)


def _statement(asked: Asked) -> Statement:
    within = asked.within._replace(to=None) if asked.latest else asked.within
    found = of_paths(lambda told: _wanted(asked, told), within, asked.only, since=oldest_told())
    chosen = found.cte("chosen")
    taken = list(_taken(asked, chosen))
    counts = chosen.c.reason.is_(None)
    marks = [
        _mark(chosen.c[f"field_{n}"]).label(f"mark_{n}")
        for n, name in enumerate(asked.fields)
        if name in asked.apart
    ]
    counted = select(chosen, *marks).where(counts, *taken).cte("counted")
    if marks:
        # To mark values again costs less than to write all rows down once more.
        counted = counted.prefix_with("NOT MATERIALIZED")
    people = numbered(counted, "person", "people")
    words = [
        _marked(counted, f"mark_{n}", f"words_{n}")
        if name in asked.apart
        else numbered(counted, f"field_{n}", f"words_{n}", *among(asked, counted, name, n))
        for n, name in enumerate(asked.fields)
    ]
    reasons = (
        select(chosen.c.reason, _events(asked, chosen).label("events"))
        .where(chosen.c.reason.is_not(None), *taken, *_in(chosen, asked.counted))
        .group_by(chosen.c.reason)
        .subquery("reasons")
    )
    parts = (
        _rows(asked, counted, people, words),
        select(run_of([func.uuid_send(people.c.value)], people.c.number)).scalar_subquery(),
        cast(
            func.json_build_array(
                *(
                    _few(counted, n, one) if name in asked.apart else listed(one)
                    for n, (name, one) in enumerate(zip(asked.fields, words, strict=True))
                )
            ),
            Text,
        ),
        select(
            cast(
                func.coalesce(func.json_object_agg(reasons.c.reason, reasons.c.events), _NOTHING),
                Text,
            )
        ).scalar_subquery(),
        select(func.max(chosen.c.at)).where(counts).scalar_subquery() if asked.latest else null(),
    )
    return Statement(select(func.row(*parts)), wide=True)


def _taken(asked: Asked, chosen: CTE) -> Iterator[ColumnElement[bool]]:
    """What of all that was looked at is told."""
    if asked.latest and asked.within.to is not None:
        yield chosen.c.at < bindparam("to", type_=instant)
    if asked.selected:
        no = literal_column("false", Boolean)
        yield or_(no, *(chosen.c[f"holds_{n}"] for n in range(len(asked.selections))))


def _events(asked: Asked, chosen: CTE) -> ColumnElement[Any]:
    """How many events there are, and how many that each selection takes of which it is told."""
    each = (func.count().filter(chosen.c[f"holds_{n}"]) for n in asked.reasons_of)
    return func.json_build_array(func.count(), *each)


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
            word(name, told, lists=name in asked.lists).label(f"field_{n}")
            for n, name in enumerate(asked.fields)
        ),
    ]


def word(name: str, told: Told, *, lists: bool) -> ColumnElement[Any]:
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


def among(asked: Asked, counted: CTE, name: str, n: int) -> Iterator[ColumnElement[bool]]:
    """That a text is one of another field's values, where others are not wanted."""
    if name in asked.among:
        other = counted.c[f"field_{asked.fields.index(asked.among[name])}"]
        yield func.to_jsonb(counted.c[f"field_{n}"]).in_(select(other).where(other.is_not(None)))


def numbered(counted: CTE, name: str, called: str, *where: ColumnElement[bool]) -> CTE:
    """The values that there are, numbered from 0 in their order."""
    value = counted.c[name]
    held = select(value.label("value")).where(value.is_not(None), *where).distinct()
    each = held.subquery(f"each_{called}")
    number = func.row_number().over(order_by=each.c.value) - _FIRST
    return select(each.c.value, cast(number, Integer).label("number")).cte(called)


def _mark(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A number for a value that is the same for all that are equal; 0 for none."""
    hashed = func.jsonb_hash_extended if isinstance(value.type, JSONB) else func.hashtextextended
    own = func.coalesce(func.nullif(hashed(value, _NOBODYS), _NOBODYS), _FIRST)
    return case((value.is_not(None), own), else_=_NOBODYS)


def _marked(counted: CTE, name: str, called: str) -> CTE:
    """The marks of some of the values that there are, of one among `_SAMPLED`."""
    mark = counted.c[name]
    some = (mark != _NOBODYS, mark.op("&", return_type=BigInteger())(_LAST_BITS) == _NOBODYS)
    return select(mark.label("mark")).where(*some).distinct().cte(called)


def _few(counted: CTE, n: int, marks: CTE) -> ColumnElement[Any]:
    """All values of a field with their marks; null where they are too many to be said."""
    number = select(func.count()).select_from(marks).scalar_subquery()
    mark, value = counted.c[f"mark_{n}"], counted.c[f"field_{n}"]
    each = select(mark.label("mark"), value.label("value")).where(mark != _NOBODYS)
    held = each.distinct().subquery(f"few_{n}")
    said = select(json_array(func.json_build_array(held.c.mark, held.c.value), [held.c.mark]))
    most = literal_column(str(MOST_WORDS // _SAMPLED), BigInteger)
    return case((number <= most, said.scalar_subquery()))


def _rows(asked: Asked, counted: CTE, people: CTE, words: Sequence[CTE]) -> ColumnElement[Any]:
    # Full joins, though each value is of some row: where the planner takes many rows for few, it
    # would go through all values again for each row, and this join alone is never made so.
    source: FromClause = counted.outerjoin(people, people.c.value == counted.c.person, full=True)
    parts: list[ColumnElement[Any]] = [
        func.int4send(people.c.number),
        func.timestamptz_send(counted.c.at),
    ]
    holds = (counted.c[f"holds_{n}"] for n in range(len(asked.selections)))
    parts += [case((one, _TRUE), else_=_FALSE) for one in holds]
    for n, (name, one) in enumerate(zip(asked.fields, words, strict=True)):
        if name in asked.apart:
            parts.append(func.int8send(counted.c[f"mark_{n}"]))
            continue
        source = source.outerjoin(one, one.c.value == counted.c[f"field_{n}"], full=True)
        parts.append(func.int4send(func.coalesce(one.c.number, ABSENT)))
    if asked.apart:
        parts.append(func.int8send(counted.c.arrival))
    # Rows that tell when they came are put in order where they arrive, which is quicker.
    order = () if asked.apart else (people.c.number, counted.c.at, counted.c.arrival)
    return select(run_of(parts, *order)).select_from(source).scalar_subquery()


def listed(words: CTE) -> ColumnElement[Any]:
    """Numbered values in their order, as JSON."""
    return select(json_array(words.c.value, [words.c.number])).scalar_subquery()
