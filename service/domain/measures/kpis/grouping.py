"""Events told apart by what they carry, most events first, the rest as one group. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from service.domain.history import MISSING, Flags, Ints, changes
from service.domain.measures.kpis.clocks import hours, weekdays
from service.domain.measures.kpis.facts import NONE, Facts

MOST_VALUES = 100
OTHER = "other"
CLOCKS = {"weekday": weekdays, "hour_of_day": hours}
"""What can be told of every event by the clocks of a zone."""


class Grouping(NamedTuple):
    """By which fields. `by_session`: the clocks are read at the first event of a session;
    `whenever`: events outside the range make groups too."""

    names: Sequence[str]
    zone: ZoneInfo
    by_session: bool
    whenever: bool


class Row(NamedTuple):
    """A group: what its events carry; of the rest how many values it is made of."""

    keys: Mapping[str, Any]
    combined: int | None = None


def grouped(facts: Facts, by: Grouping) -> tuple[Facts, list[Row]]:
    """The same events by group, and the groups."""
    words, codes = [], np.zeros(len(facts), dtype=np.int64)
    meant: Ints = np.zeros((1, 0), dtype=np.int64)
    for name in by.names:
        own, says = _coded(facts, by, name)
        words.append(says)
        pairs, codes = np.unique(codes * (len(says) + 1) + own, return_inverse=True)
        meant = np.column_stack([meant[pairs // (len(says) + 1)], pairs % (len(says) + 1)])
    seen = np.ones(len(facts), dtype=np.bool_) if by.whenever else facts.cell != NONE
    number = np.bincount(codes[seen], minlength=len(meant))
    ranked = np.argsort(-number, kind="stable")
    ranked = ranked[number[ranked] > 0]
    first, rest = ranked[:MOST_VALUES], ranked[MOST_VALUES:]
    group = np.full(len(meant), NONE)
    group[first] = np.arange(len(first))
    group[rest] = MOST_VALUES
    rows = [Row(_keys(by.names, words, meant[one])) for one in first.tolist()]
    if len(rest):
        rows.append(Row(dict.fromkeys(by.names, OTHER), len(rest)))
    return _regrouped(facts, group[codes], len(rows)), rows


def _coded(facts: Facts, by: Grouping, name: str) -> tuple[Ints, list[Any]]:
    """The number of what each event carries, and what the numbers say; the last is nothing."""
    if clock := CLOCKS.get(name):
        at = facts.at[_heads(facts)] if by.by_session else facts.at
        return clock(at, by.zone), list(range(25))
    column = facts.columns[name]
    words = [*map(_plain, column.words), None]
    return np.where(column.codes == MISSING, len(column.words), column.codes), words


def _heads(facts: Facts) -> Ints:
    """The first event of the session that each is of."""
    first = np.where(facts.session_begins, np.arange(len(facts)), 0)
    return np.maximum.accumulate(first)


def _plain(word: Any) -> Any:
    """A number as JSON has it."""
    if not isinstance(word, Decimal):
        return word
    return int(word) if word == word.to_integral_value() and abs(word) < 2**53 else float(word)


def _keys(names: Sequence[str], words: Sequence[Sequence[Any]], codes: Ints) -> dict[str, Any]:
    told = zip(names, words, codes.tolist(), strict=True)
    return {name: says[code] for name, says, code in told}


def _regrouped(facts: Facts, group: Ints, groups: int) -> Facts:
    kept = np.flatnonzero(group != NONE)
    order = kept[np.argsort(group[kept], kind="stable")]
    of, person = group[order], facts.person[order]
    begins = changes(of) | changes(person)
    return replace(
        facts,
        person=np.cumsum(begins) - 1,
        at=facts.at[order],
        holds=_picked(facts.holds, order),
        columns={n: one._replace(codes=one.codes[order]) for n, one in facts.columns.items()},
        group=of,
        groups=groups,
    )


def _picked(holds: Mapping[str, Flags], order: Ints) -> dict[str, Flags]:
    return {name: one[order] for name, one in holds.items()}
