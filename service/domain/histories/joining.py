"""Everybody's events, and what some of them hold besides, as one. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.domain.histories.columnar.decoding import Values
from service.domain.history import MISSING, Column, Flags, Histories, Ints


def joined(found: Histories, held: Values, places: Sequence[int]) -> Histories | None:
    """Events that have numbers, with the columns of those that one of the selections at `places`
    takes; None where some of these are not held, or two have one number."""
    if found.numbers is None:
        return None
    taken: Flags = np.logical_or.reduce([found.holds[place] for place in places])
    rows = np.flatnonzero(taken)
    asked = found.numbers[rows]
    order = np.argsort(held.numbers)
    rising = held.numbers[order]
    if len(np.unique(asked)) < len(asked) or (rising[1:] == rising[:-1]).any():
        return None
    place = np.searchsorted(rising, asked)
    if len(asked) and (not len(order) or place.max() >= len(order)):
        return None
    those = order[place]
    if (held.numbers[those] != asked).any() or (held.at[those] != found.at[rows]).any():
        return None
    columns = {name: _column(one, rows, those, len(found)) for name, one in held.columns.items()}
    return replace(found, columns=found.columns | columns, numbers=None)


def _column(of: Column, rows: Ints, those: Ints, number: int) -> Column:
    codes: NDArray[Any] = np.full(number, MISSING, dtype=np.int32)
    codes[rows] = of.codes[those]
    return Column(codes, of.words)
