"""Conditions on events that are columns: each value is judged once, times all at once. Pure.

The answers are numbers, so that `all` is the least, `any` the greatest of them, and what the
language says of the unknown holds.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
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


def of_kinds(filter: Filter) -> bool:
    """Whether kinds alone tell all that a condition asks for."""
    return _asks_only(filter, {*DIMENSIONS})


def asked(filters: Iterable[Filter]) -> set[str]:
    """The fields that conditions ask for: of none, they are true of all events, or of none."""
    leaves = (leaf for one in filters for _, leaf in tests(one, ""))
    return {leaf.field for leaf in leaves if isinstance(leaf, Test)}


def _asks_only(filter: Filter, names: set[str]) -> bool:
    leaves = (leaf for _, leaf in tests(filter, ""))
    return all(isinstance(leaf, Test) and leaf.field in names for leaf in leaves)


def judged(filter: Filter, of: Kinds) -> "Judging":
    """A condition that fits, ready to be asked of events of these kinds."""
    # Of each kind once, be it of many values.
    return _by_kind(table(filter, of)) if of_kinds(filter) else _judged(filter, of)


def table(filter: Filter, of: Kinds) -> Judged:
    """What a condition that kinds alone answer says of each."""
    found: Judged = _judged(filter, of)(np.arange(len(of)), np.zeros(len(of), dtype=np.int64))
    return found


class Answers:
    """What up to 64 conditions answer: numbers with a bit for each, set where it is true."""

    def __init__(self, filters: Sequence[Filter], of: Kinds) -> None:
        self._number = len(filters)
        self.dtype = np.min_scalar_type((1 << len(filters)) - 1).type
        self._timed = [(n, judged(one, of)) for n, one in enumerate(filters) if not of_kinds(one)]
        self._table = np.zeros(len(of), dtype=self.dtype)
        for n, one in enumerate(filters):
            if of_kinds(one):
                self._table |= self._bit(table(one, of), n)

    def _bit(self, answers: Judged, n: int) -> NDArray[Any]:
        found: NDArray[Any] = (answers == TRUE).astype(self.dtype) << self.dtype(n)
        return found

    def flags(self, bits: NDArray[Any]) -> list[Flags]:
        """The answers of each condition."""
        return [(bits & self.dtype(1 << n)) != 0 for n in range(self._number)]

    def of(self, codes: NDArray[Any], at: Ints) -> NDArray[Any]:
        """The bits of events."""
        found = self._table.take(codes)
        for n, one in self._timed:
            found |= self._bit(one(codes, at), n)
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
