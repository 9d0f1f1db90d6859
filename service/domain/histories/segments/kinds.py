"""What is told of events: each kind once, as the numbers of its dimensions' values. Pure."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from service.domain.history import Flags, Ints

DIMENSIONS = (
    *("type", "event", "device", "channel", "department", "campaign"),
    "properties.touchpoint",
)
"""What is told of an event, in the order of a kind's values."""
UNTOLD = "[]"
"""Stands for what is not kept: a touchpoint that is a list, an object or long, a rare value where
there are very many."""
_LARGEST = 1 << 62
MOST_ALIKE = 4_096
"""Kinds that are told apart by all that can be, rather than by what is."""


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Kinds, n of them: `codes` (n × dimensions) say which of the `values` of a dimension each has.

    Values are JSON texts. Few of them make many kinds: what can be asked of values is asked once.
    """

    values: Sequence[Sequence[str]]
    codes: NDArray[Any]

    def __len__(self) -> int:
        return len(self.codes)

    def those(self, used: Flags) -> "Kinds":
        """The kinds that are used, and no value that none of them has."""
        codes, values = self.codes[used], []
        for place, held in enumerate(self.values):
            there, codes[:, place] = np.unique(codes[:, place], return_inverse=True)
            values.append([held[one] for one in there.tolist()])
        return Kinds(values, codes)

    def read(self, place: int) -> list[Any]:
        """The values of a dimension; numbers are exact."""
        return [
            json.loads(one, parse_float=Decimal, parse_int=Decimal) for one in self.values[place]
        ]

    def once(self) -> tuple["Kinds", Ints]:
        """Each kind once, and which of them each was."""
        key = np.zeros(len(self), dtype=np.int64)
        most = 1
        for place, held in enumerate(self.values):
            if most * len(held) > _LARGEST:
                key = np.unique(key, return_inverse=True)[1].astype(np.int64)
                most = len(self)
            key = key * len(held) + self.codes[:, place]
            most *= len(held)
        _, first, numbers = np.unique(key, return_index=True, return_inverse=True)
        return Kinds(self.values, self.codes[first]), numbers

    def alike(
        self, places: Sequence[int], at_most: int = MOST_ALIKE
    ) -> tuple["Kinds", NDArray[Any]]:
        """Kinds as these places tell them, and which of them each is. Where few can be told apart
        all are there that could be, which costs less than to find those that are."""
        sizes = tuple(len(self.values[place]) for place in places)
        most = prod(sizes)
        if most > at_most:
            return self, np.arange(len(self), dtype=np.min_scalar_type(len(self)))
        # Small, and changed in place: there may be nearly as many kinds as events.
        numbers = np.zeros(len(self), dtype=np.min_scalar_type(-at_most))
        codes = np.zeros((len(self.values), most), dtype=np.int32)
        for place, size, own in zip(places, sizes, np.indices(sizes), strict=True):
            numbers *= size
            np.add(numbers, self.codes[:, place], out=numbers, casting="same_kind")
            codes[place] = own.ravel()
        return Kinds(self.values, codes.T), numbers.astype(np.min_scalar_type(most))


def of_texts(texts: Iterable[str]) -> Kinds:
    """Kinds as JSON arrays of their values, in the order of `DIMENSIONS`."""
    numbers: list[dict[str, int]] = [{} for _ in DIMENSIONS]
    codes = [
        [
            known.setdefault(bytes(one).decode(), len(known))
            for known, one in zip(numbers, _values(text), strict=True)
        ]
        for text in texts
    ]
    made = np.array(codes, dtype=np.int32).reshape(-1, len(DIMENSIONS))
    return Kinds([list(known) for known in numbers], made)


_values = msgspec.json.Decoder(list[msgspec.Raw]).decode


def beside(parts: Sequence[Kinds], places: Collection[int] = range(len(DIMENSIONS))) -> Kinds:
    """The kinds of all, one part's behind the other's; the same one may be there more than once.
    Of dimensions at other places no value is told."""
    values: list[list[str]] = [[] for _ in DIMENSIONS]
    codes = np.zeros((len(DIMENSIONS), sum(map(len, parts))), dtype=np.int32)
    for place in places:
        known: dict[str, int] = {}
        start = 0
        for one in parts:
            numbers = [known.setdefault(v, len(known)) for v in one.values[place]]
            end = start + len(one)
            codes[place, start:end] = np.array(numbers, dtype=np.int32).take(one.codes[:, place])
            start = end
        values[place] = list(known)
    return Kinds(values, codes.T)
