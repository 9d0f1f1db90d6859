"""Rows of events as the database sends them, as columns. Pure."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.domain.history import MISSING, SECOND, Column, Histories, Ints, numbers_of, rising

_BEGINNING = 946_684_800 * SECOND
"""From 1970 to 2000, where the database's own times begin."""
_ORDER = ("arrival", "at", "person")
"""By the last one first."""


class Shape(NamedTuple):
    """Which fields a row has, which of them it is only told `apart` by, and of how many selections
    it says whether they take it."""

    fields: Sequence[str]
    apart: Collection[str]
    selections: int

    @property
    def row(self) -> "np.dtype[Any]":
        """The members of a row, one behind the other."""
        return np.dtype(
            [
                ("person", ">i4"),
                ("at", ">i8"),
                *((f"holds_{n}", "?") for n in range(self.selections)),
                *(
                    (f"field_{n}", ">i8" if name in self.apart else ">i4")
                    for n, name in enumerate(self.fields)
                ),
                *([("arrival", ">i8")] if self.apart else []),
            ]
        )


class Values(NamedTuple):
    """What fields of events hold, by the numbers of these, and when they were, in microseconds
    since 1970."""

    numbers: NDArray[np.uint64]
    at: Ints
    columns: dict[str, Column]


def valued(fields: Sequence[str], rows: bytes, words: list[Any]) -> Values:
    """Values of rows, and of the words of each field."""
    codes = [(f"field_{n}", ">i4") for n in range(len(fields))]
    who = [("high", ">u8"), ("low", ">u8")]
    found = np.frombuffer(rows, dtype=[*who, ("arrival", ">i8"), ("at", ">i8"), *codes])
    columns = {name: _column(found[f"field_{n}"], words[n]) for n, name in enumerate(fields)}
    at = found["at"].astype(np.int64) + _BEGINNING
    named = numbers_of(found["high"].astype(np.uint64), found["arrival"].astype(np.int64))
    return Values(named, at, columns)


def decoded(
    shape: Shape, rows: bytes, people: bytes, words: list[Any], excluded: dict[str, int]
) -> Histories:
    """Histories of rows, of who people are, and of the words of each field. Rows that tell when
    they came are put in order here."""
    found = np.frombuffer(rows, dtype=shape.row)
    if shape.apart:
        found = found[np.lexsort([found[one].astype(np.int64) for one in _ORDER])]
    return Histories(
        found["person"].astype(np.int32),
        found["at"].astype(np.int64) + _BEGINNING,
        [found[f"holds_{n}"].copy() for n in range(shape.selections)],
        {
            name: _told_apart(found[f"field_{n}"], words[n], found["arrival"])
            if name in shape.apart
            else _column(found[f"field_{n}"], words[n])
            for n, name in enumerate(shape.fields)
        },
        people,
        excluded,
    )


def _column(numbers: NDArray[Any], values: list[Any]) -> Column:
    """Words by their own order, whatever the database's is."""
    words, codes = rising(values)
    return Column(np.array([*codes, MISSING], dtype=np.int32)[numbers], words)


def _told_apart(marks: NDArray[Any], said: list[Any] | None, arrivals: NDArray[Any]) -> Column:
    """The same by marks of values, 0 for none; these themselves where they are few."""
    marks = marks.astype(np.int64)
    if said is not None:
        known = np.array([int(mark) for mark, _ in said], dtype=np.int64)
        places = np.where(marks == 0, len(known), np.searchsorted(known, marks))
        return _column(places, [value for _, value in said])
    there = marks != 0
    codes = np.full(len(marks), MISSING, dtype=np.int32)
    codes[there] = np.unique(marks[there], return_inverse=True)[1]
    return Column(codes, [], arrivals.astype(np.int64))
