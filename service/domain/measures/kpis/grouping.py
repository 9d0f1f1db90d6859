"""What is counted, told apart by what it carries: most events first, the rest as one group. Pure.

What is counted is computed once, of all its events, and then belongs to one group: so groups add
up. An event belongs to what it carries itself; a session to what its first event carries; a contact
to its latest value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from service.domain.history import MISSING, Flags, Ints
from service.domain.measures.kpis.clocks import hours, weekdays
from service.domain.measures.kpis.facts import NONE, Facts, many

MOST_VALUES = 100
OTHER = "other"
CLOCKS = {"weekday": weekdays, "hour_of_day": hours}
"""What can be told of every event by the clocks of a zone."""
SHORT = {"touchpoint": "properties.touchpoint"}
"""What is told by names of its own."""
_NOTHING = 0
"""The code of no value; those of values begin with 1."""


class Grouping(NamedTuple):
    """By which fields, and what belongs to a group: `event`, `session` or `contact`. `whenever`: a
    contact may be counted that does nothing in the range, and has its latest value before."""

    names: Sequence[str]
    zone: ZoneInfo
    unit: str
    whenever: bool


class Row(NamedTuple):
    """A group: what it carries; of the rest how many values it is made of."""

    keys: Mapping[str, Any]
    combined: int | None = None


def grouped(facts: Facts, by: Grouping) -> tuple[Facts, list[Row]]:
    """The same events by group, and the groups.

    It takes a few sorts of the events, however many values there are; more is held of none than of
    the 100 with most events in the range.
    """
    counting = _counting(facts, by)
    codes = np.zeros(len(facts), dtype=np.int64)
    meant: Ints = np.zeros((1, 0), dtype=np.int64)
    for name in by.names:
        own = _of_units(facts, by, _codes(facts, by, name), counting)
        values = int(own.max(initial=_NOTHING)) + 1
        pairs, codes = np.unique(codes * values + own, return_inverse=True)
        meant = np.column_stack([meant[pairs // values], pairs % values])
    listed, rest = _ranked(facts, by, codes, counting, len(meant))
    group = np.full(len(meant), NONE)
    group[listed] = np.arange(len(listed))
    group[rest] = len(listed)
    rows = [Row(_keys(facts, by, meant[one])) for one in listed.tolist()]
    if len(rest):
        rows.append(Row(dict.fromkeys(by.names, OTHER), len(rest)))
    return replace(facts, group=group[codes], groups=len(rows)), rows


def _counting(facts: Facts, by: Grouping) -> Flags:
    """The events of what is counted in the range."""
    found: Flags = facts.time != NONE
    if by.unit == "session":
        found = facts.sessions.of != NONE
    elif by.unit == "contact" and by.whenever:
        found = facts.at < facts.edges[-1]
    return found


def _ranked(
    facts: Facts, by: Grouping, codes: Ints, counting: Flags, groups: int
) -> tuple[Ints, Ints]:
    """Which are listed, in order, and the rest: by events in the range, then by those before."""
    inside = counting if by.unit == "session" else facts.time != NONE
    weights = facts.weights
    number, all_ = (
        many(codes[one], None if weights is None else weights[one], groups)
        for one in (inside, counting)
    )
    ranked = np.lexsort((-all_, -number))
    ranked = ranked[all_[ranked] > 0]
    return ranked[:MOST_VALUES], ranked[MOST_VALUES:]


def _codes(facts: Facts, by: Grouping, name: str) -> Ints:
    """The number of what each event carries itself."""
    if clock := CLOCKS.get(name):
        return clock(facts.at, by.zone) + 1
    return facts.columns[SHORT.get(name, name)].codes.astype(np.int64) - MISSING


def _of_units(facts: Facts, by: Grouping, own: Ints, counting: Flags) -> Ints:
    """The same for what the event is of."""
    if by.unit == "session":
        rows = np.where(facts.session_begins, np.arange(len(facts)), 0)
        return own[np.maximum.accumulate(rows)]
    if by.unit == "contact":
        people = facts.people
        latest = np.full(len(people.cell), _NOTHING)
        telling = np.flatnonzero(counting & (own != _NOTHING))
        # Rows rise, so the last of each contact stays.
        latest[people.of[telling]] = own[telling]
        return latest[people.of]
    return own


def _keys(facts: Facts, by: Grouping, codes: Ints) -> dict[str, Any]:
    told = zip(by.names, codes.tolist(), strict=True)
    return {name: _said(facts, name, code) for name, code in told}


def _said(facts: Facts, name: str, code: int) -> Any:
    """What a code says; numbers are exact."""
    if code == _NOTHING:
        return None
    if name in CLOCKS:
        return code - 1
    field = SHORT.get(name, name)
    return facts.columns[field].said(field, code - 1)
