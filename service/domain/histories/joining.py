"""Everybody's events, and more of some of them, as one. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.domain.history import MISSING, Column, Flags, Histories


def joined(found: Histories, few: Histories, places: Sequence[int]) -> Histories | None:
    """Events with the columns of those `few` among them that one of the selections at `places`
    takes, in the order that both have; None where these are not the same events."""
    taken: Flags = np.logical_or.reduce([found.holds[place] for place in places])
    rows = np.flatnonzero(taken)
    if len(rows) != len(few) or (found.at[rows] != few.at).any():
        return None
    if (_people(found)[found.person[rows]] != _people(few)[few.person]).any():
        return None
    columns = {name: _column(one, rows, len(found)) for name, one in few.columns.items()}
    return replace(found, columns=found.columns | columns)


def _people(of: Histories) -> NDArray[Any]:
    return np.frombuffer(of.people, dtype="S16")


def _column(of: Column, rows: NDArray[Any], number: int) -> Column:
    codes = np.full(number, MISSING, dtype=np.int32)
    codes[rows] = of.codes
    return Column(codes, of.words)
