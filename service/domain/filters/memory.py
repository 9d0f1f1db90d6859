"""Filters over values in memory. The meaning is the one that `language` states."""

import operator
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence

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
    comparable,
    literals,
    split,
    type_of,
)

Answer: typing.TypeAlias = bool | None
"""None is unknown."""

Lookup: typing.TypeAlias = Callable[[str], object]
"""The stored value of a field, None when it is missing: what JSON knows, and instants with an
offset, dates, ids and decimals."""

Leaf: typing.TypeAlias = Test | ContactLeaf


_ORDERED: Mapping[Op, Callable[[typing.Any, typing.Any], bool]] = {
    Op.LT: operator.lt,
    Op.LE: operator.le,
    Op.GT: operator.gt,
    Op.GE: operator.ge,
}


def evaluate(
    filter: Filter,
    lookup: Lookup,
    contact: Callable[[ContactLeaf], Answer] | None = None,
) -> Answer:
    """Whether the filter is true, false or unknown (None) of the values that `lookup` finds.

    `contact` answers `did`, `at` and `consent`; a filter that has them raises TypeError
    without it.
    """

    def told(leaf: Leaf) -> Answer:
        if isinstance(leaf, Test):
            return _test(leaf, lookup(leaf.field))
        if contact is None:
            raise TypeError("did, at and consent need a contact to be asked of")
        return contact(leaf)

    return _answer(filter, told)


def may_hold(filter: Filter, known: Mapping[str, object]) -> bool:
    """Whether the filter may be true of something of which some fields are known, and nothing of
    any other: not even whether there is one."""

    def told(leaf: Leaf) -> Answer:
        if isinstance(leaf, Test) and leaf.field in known:
            return _test(leaf, known[leaf.field])
        return None

    return _answer(filter, told) is not False


def _answer(filter: Filter, told: Callable[[Leaf], Answer]) -> Answer:
    match filter:
        case All(parts):
            return _all(_answer(part, told) for part in parts)
        case Any(parts):
            return _not(_all(_not(_answer(part, told)) for part in parts))
        case Not(part):
            return _not(_answer(part, told))
        case Test() | Did() | At() | Consent():
            return told(filter)


def lookup_in(row: Mapping[str, object]) -> Lookup:
    """Fields as members of a row; `traits.address.city` is found inside the row's `traits`."""

    def lookup(field: str) -> object:
        prefix, path = split(field, row)
        value = row.get(prefix)
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    return lookup


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern: `*` is any run, `?` any one code point.

    All ways to fit are followed at once, one bit each, so the time is linear in the text
    whatever the pattern (Baeza-Yates and Gonnet, A new approach to text searching, 1992).
    """
    characters = pattern.replace("*", "")
    anything = sum(1 << at for at, one in enumerate(characters) if one == "?")
    steps = {
        one: anything | sum(1 << at for at, other in enumerate(characters) if other == one)
        for one in set(characters)
    }
    stays, read = 0, 0
    for one in pattern:
        stays |= (one == "*") << read
        read += one != "*"
    state = 1
    for one in text:
        state = (state & steps.get(one, anything)) << 1 | state & stays
    return bool(state >> len(characters) & 1)


def _all(answers: Iterable[Answer]) -> Answer:
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _test(test: Test, stored: object) -> Answer:
    if test.op is Op.EXISTS:
        return (stored is not None) is test.value
    if test.op is Op.NE:
        return _not(_test(Test(test.field, Op.EQ, test.value), stored))
    against = literals(test)
    if isinstance(stored, list | tuple) and test.op in (Op.EQ, Op.IN, Op.CONTAINS):
        return any(_among(element, against) for element in stored)
    if type_of(stored) is not type_of(against[0]):
        return None
    if isinstance(stored, str):
        return _compare_text(test.op, stored, [str(value) for value in against])
    return _compare(test.op, comparable(stored), [comparable(value) for value in against])


def _among(element: object, against: Sequence[Scalar]) -> bool:
    fits = type_of(element) is type_of(against[0])
    return fits and comparable(element) in [comparable(value) for value in against]


def _compare_text(op: Op, stored: str, against: Sequence[str]) -> Answer:
    match op:
        case Op.CONTAINS:
            return against[0] in stored
        case Op.STARTS_WITH:
            return stored.startswith(against[0])
        case Op.MATCHES:
            return matches(against[0], stored)
        case _:
            return _compare(op, stored, against)


def _compare(op: Op, stored: object, against: Sequence[object]) -> Answer:
    match op:
        case Op.EQ | Op.IN:
            return stored in against
        case Op.BETWEEN:
            return _ORDERED[Op.GE](stored, against[0]) and _ORDERED[Op.LE](stored, against[1])
        case _ if op in _ORDERED:
            return _ORDERED[op](stored, against[0])
        case _:  # a part of a number or of a boolean is nothing
            return None
