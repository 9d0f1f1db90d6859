"""Exact sums of what events tell, apart by kind: currencies and scales are never mixed. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from service.domain.history import MISSING, Column, Ints
from service.domain.measures.kpis.facts import Facts
from service.domain.measures.numbers import EXACT


class Sum(NamedTuple):
    """What came together, and of how many."""

    total: Decimal
    number: int


class Told(NamedTuple):
    """Rows that tell a number of a kind: the places of both in the lists `numbers`, `kinds`."""

    rows: Ints
    number: Ints
    kind: Ints
    numbers: Sequence[Any]
    kinds: Sequence[Any]


def words_of(column: Column, rows: Ints, read: Any) -> tuple[Ints, list[Any]]:
    """What the rows' words mean, numbered: the number of each row, `MISSING` where it means
    nothing, and the meanings."""
    meanings: dict[Any, int] = {}
    numbered = [MISSING] * (len(column.words) + 1)
    for code, word in enumerate(column.words):
        meaning = read(word)
        if meaning is not None:
            numbered[code] = meanings.setdefault(meaning, len(meanings))
    of = np.array(numbered, dtype=np.int64)[column.codes[rows]]
    return of, list(meanings)


def summed(facts: Facts, told: Told) -> Sequence[Mapping[Any, Sum]]:
    """For each cell the sums by kind. It grows with how many different numbers a cell has."""
    found: list[dict[Any, Sum]] = [{} for _ in range(facts.cells)]
    cells = facts.cell[told.rows]
    many, kinds = max(len(told.numbers), 1), max(len(told.kinds), 1)
    keys = (cells * kinds + told.kind) * many + told.number
    each, times = np.unique(keys, return_counts=True)
    for key, count in zip(each.tolist(), times.tolist(), strict=True):
        rest, number = divmod(key, many)
        cell, kind = divmod(rest, kinds)
        held = found[cell].get(told.kinds[kind], Sum(Decimal(0), 0))
        more = EXACT.multiply(told.numbers[number], Decimal(count))
        found[cell][told.kinds[kind]] = Sum(EXACT.add(held.total, more), held.number + count)
    return found
