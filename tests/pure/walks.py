"""What people did, made up: as plain rows for slow oracles, and as the columns they stand for."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from service.domain.history import Column, Histories, Word

BEGINNING = datetime(2026, 3, 27, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Did(NamedTuple):
    """One event: whose, when, what."""

    person: int
    at: datetime
    event: str


def columns(rows: Sequence[Did], *selections: Callable[[Did], bool]) -> Histories:
    """The rows, which are in order, as they are read from the database."""
    words: list[Word] = sorted({row.event for row in rows}, reverse=True)
    people = sorted({row.person for row in rows})
    return Histories(
        np.array([people.index(row.person) for row in rows], dtype=np.int32),
        np.array([micros(row.at) for row in rows], dtype=np.int64),
        [np.array([chosen(row) for row in rows], dtype=np.bool_) for chosen in selections],
        {"event": Column(np.array([words.index(r.event) for r in rows], dtype=np.int32), words)},
        b"",
        {},
    )


def micros(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


def in_order(rows: Sequence[tuple[int, int, str]], minutes: int) -> list[Did]:
    """Rows of person, time and event, by person and time; equal ones stay as they came."""
    made = [Did(who, BEGINNING + timedelta(minutes=minutes * at), what) for who, at, what in rows]
    return sorted(made, key=lambda row: (row.person, row.at))


def walks(events: str = "abcd", minutes: int = 7) -> st.SearchStrategy[list[Did]]:
    """Few people, few events, times that are often equal."""
    row = st.tuples(st.integers(0, 4), st.integers(0, 60), st.sampled_from(events))
    return st.lists(row, max_size=40).map(lambda rows: in_order(rows, minutes))


RANGES = st.tuples(st.none() | st.integers(0, 200), st.none() | st.integers(201, 420)).map(
    lambda two: tuple(None if n is None else BEGINNING + timedelta(minutes=n) for n in two)
)
"""Ranges within which walks begin, end, or wholly lie."""


def paths(rows: Sequence[Did], scope: str, timeout_seconds: int) -> list[list[Did]]:
    """What is one path each: all that a person did, or sessions."""
    whole = [list(group) for _, group in groupby(rows, key=lambda row: row.person)]
    if scope == "contact":
        return whole
    found: list[list[Did]] = []
    for path in whole:
        for number, row in enumerate(path):
            pause = row.at - path[number - 1].at
            if number == 0 or pause > timedelta(seconds=timeout_seconds):
                found.append([])
            found[-1].append(row)
    return found


def inside(time: datetime, within: tuple[datetime | None, datetime | None]) -> bool:
    from_, to = within
    return (from_ is None or time >= from_) and (to is None or time < to)
