"""Generated histories: as plain events, and as the columns that are computed of."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from service.domain.history import MISSING, Column, Histories, Word


class Walked(NamedTuple):
    """An event of a path: whose, when (in seconds), its fields, and the selections it is of."""

    person: int
    at: int
    fields: dict[str, Word | None]
    holds: tuple[bool, ...] = ()


def paths(
    selections: int, fields: dict[str, st.SearchStrategy[Any]], *, latest: int = 30, most: int = 40
) -> st.SearchStrategy[list[Walked]]:
    """Events in the order of paths; times are few, so that many are equal."""
    one = st.builds(
        Walked,
        st.integers(0, 4),
        st.integers(0, latest),
        st.fixed_dictionaries(fields),
        st.tuples(*[st.booleans()] * selections),
    )
    return st.lists(one, max_size=most).map(lambda all_: sorted(all_, key=lambda e: e[:2]))


def columns(events: Sequence[Walked], selections: int, fields: Sequence[str]) -> Histories:
    """The same as columns."""
    people = {person: n for n, person in enumerate(dict.fromkeys(one.person for one in events))}
    return Histories(
        np.array([people[one.person] for one in events], dtype=np.int32),
        np.array([one.at * 1_000_000 for one in events], dtype=np.int64),
        [np.array([e.holds[n] for e in events], dtype=np.bool_) for n in range(selections)],
        {name: _column([one.fields.get(name) for one in events]) for name in fields},
        b"",
        {},
    )


def _column(values: Sequence[Word | None]) -> Column:
    words = sorted(
        {value for value in values if value is not None}, key=lambda v: (str(type(v)), v)
    )
    codes = {word: n for n, word in enumerate(words)}
    found = [MISSING if one is None else codes[one] for one in values]
    return Column(np.array(found, dtype=np.int32), words)
