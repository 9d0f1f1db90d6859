"""Conditions on events that are columns: each value is judged once, times all at once. Pure.

The answers are numbers, so that `all` is the least, `any` the greatest of them, and what the
language says of the unknown holds.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.domain.filters import All, Filter, Not, Op, Test, evaluate, tests
from service.domain.filters import Any as AnyOf
from service.domain.histories.segments.kinds import DIMENSIONS, Kinds
from service.domain.history import Flags, Ints

FALSE, UNKNOWN, TRUE = 0, 1, 2
Judged: TypeAlias = NDArray[np.int8]
TIME = "timestamp"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_BY_ANSWER: Mapping[bool | None, int] = {False: FALSE, None: UNKNOWN, True: TRUE}
_COMPARED: Mapping[Op, Callable[[Ints, Any], Flags]] = {
    Op.EQ: operator.eq,
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def micros(instant: datetime) -> int:
    """Microseconds since 2000."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(micros: int) -> datetime:
    """The time that is so many microseconds after 2000 began."""
    return _EPOCH + timedelta(microseconds=micros)


def fits(filter: Filter) -> bool:
    """Whether kinds and times tell all that a condition asks for."""
    return _asks_only(filter, {*DIMENSIONS, TIME})


def _asks_only(filter: Filter, names: set[str]) -> bool:
    leaves = (leaf for _, leaf in tests(filter, ""))
    return all(isinstance(leaf, Test) and leaf.field in names for leaf in leaves)


def without(filter: Filter, field: str) -> bool:
    """Whether a condition does not ask for a field."""
    leaves = (leaf for _, leaf in tests(filter, ""))
    return all(not isinstance(leaf, Test) or leaf.field != field for leaf in leaves)


def judged(filter: Filter, of: Kinds) -> "Judging":
    """A condition that fits, ready to be asked of events of these kinds."""
    found = _judged(filter, of)
    if _asks_only(filter, {*DIMENSIONS}):
        # Of each kind once, be it of many values.
        return _by_kind(found(np.arange(len(of)), np.zeros(len(of), dtype=np.int64)))
    return found


def _judged(filter: Filter, of: Kinds) -> "Judging":
    match filter:
        case All(parts):
            return _either(np.minimum, [judged(one, of) for one in parts], TRUE)
        case AnyOf(parts):
            return _either(np.maximum, [judged(one, of) for one in parts], FALSE)
        case Not(part):
            return _not(judged(part, of))
        case Test(field=field) if field in DIMENSIONS:
            place = DIMENSIONS.index(field)
            found = [_BY_ANSWER[evaluate(filter, {field: one}.get)] for one in of.read(place)]
            return _by_kind(np.array(found, dtype=np.int8).take(of.codes[:, place]))
        case Test():
            return _by_time(filter)
    raise TypeError("kinds and times do not tell that")


Judging: TypeAlias = Callable[[NDArray[Any], Ints], Judged]
"""What a condition answers of events: their codes and times."""


def _by_kind(answers: Judged) -> Judging:
    return lambda codes, _: answers.take(codes)


def _by_time(test: Test) -> Judging:
    return lambda _, at: np.where(_timed(test, at), TRUE, FALSE).astype(np.int8)


def _not(inner: Judging) -> Judging:
    return lambda codes, at: np.int8(TRUE) - inner(codes, at)


def _either(which: Any, parts: Sequence[Judging], none: int) -> Judging:
    def found(codes: NDArray[Any], at: Ints) -> Judged:
        made = np.full(len(at), none, dtype=np.int8)
        for part in parts:
            which(made, part(codes, at), out=made)
        return made

    return found


def _timed(test: Test, at: Ints) -> Flags:
    """A test of the time, which every event has."""
    if test.op is Op.EXISTS:
        return np.full(len(at), test.value, dtype=np.bool_)
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    against = [micros(one) for one in values if isinstance(one, datetime)]
    found: Flags
    match test.op:
        case Op.NE:
            found = at != against[0]
        case Op.IN:
            found = np.isin(at, against)
        case Op.BETWEEN:
            found = (at >= against[0]) & (at <= against[1])
        case _:
            found = _COMPARED[test.op](at, against[0])
    return found
