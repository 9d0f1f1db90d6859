"""Which events go with conversion, and how strongly. Pure.

`domain.md` §5: with S units that converted and F that did not, s and f of which have an event, its
odds ratio is ((s+1)(F−f+1)) ÷ ((S−s+1)(f+1)); of units that converted only what lies before their
first event of the goal counts. The 95 % interval is Woolf's of the same four numbers: the ratio
times and over exp(z √(1/(s+1) + 1/(S−s+1) + 1/(f+1) + 1/(F−f+1))).
"""

from datetime import datetime
from math import exp, log, sqrt
from typing import Annotated, Any

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, follows, told
from service.domain.history import MISSING, Flags, Histories, Ints, changes
from service.domain.measures.cutting import beginning_within, first_of_session, within
from service.domain.shares import Excluded, Proportion, Z, proportion

_TIME = "2026-05-01T00:00:00Z"
_Reason = Annotated[str | UnsetType, told("Why something is null; else absent.", SMALL_CELL)]
_BOTH = follows("converted", "not_converted")
NO_CAUSE = (
    "Correlation is not cause: who would convert anyway may do more of everything, and nobody was"
    " assigned to do it by chance."
)


class CorrelatesDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Events, or sessions begun, from then on.", _TIME)] = (
        field(name="from")
    )
    to: Annotated[datetime | None, told("Events, or sessions begun, before then.", _TIME)]
    unit: Annotated[str, told("What converts or does not.", "contact")]
    timeout_seconds: Annotated[
        int | None, told("A longer pause ends a session; null for people.", 1800)
    ]
    least_count: Annotated[int, told("Events that fewer units have are not told.", 30)]
    limit: Annotated[int, told("At most so many events are told.", 200)]
    odds_ratio: Annotated[
        str, told("How odds are compared.", "((s+1)(F-f+1)) / ((S-s+1)(f+1))")
    ] = "((s+1)(F-f+1)) / ((S-s+1)(f+1))"
    before_goal: Annotated[
        bool, told("Of those that converted, only what lies before their first goal counts.", True)
    ] = True
    goal: Annotated[
        Any | None, told("Which events convert, as it was asked.", "Order Completed")
    ] = None
    filter: Annotated[Any | None, told("Of which events, as it was asked; null: all.", None)] = None


class Correlate(Struct, frozen=True, gc=False):
    """An event, and how it goes with conversion."""

    event: Annotated[str, told("Its name.", "Product Reviewed")]
    odds_ratio: Annotated[
        float | None, told("Above 1: those with it convert more; below 1: less.", 2.4), _BOTH
    ]
    low: Annotated[float | None, told("The 95 % interval's lower end (Woolf).", 1.7), _BOTH]
    high: Annotated[float | None, told("The 95 % interval's upper end (Woolf).", 3.4), _BOTH]
    converted: Annotated[Proportion, told("s of S: those that converted and had it before.")]
    not_converted: Annotated[Proportion, told("f of F: those that did not, and had it.")]
    reason: _Reason = UNSET


class Correlates(Struct, frozen=True, gc=False):
    """Events by how strongly they go with conversion; what causes it, they do not tell."""

    definition: Annotated[CorrelatesDefinition, told("What was looked at, and how.")]
    caution: Annotated[str, told("What these figures do not say.", NO_CAUSE)]
    units: Annotated[int | None, told("People or sessions with any event.", 300), COUNT]
    converted: Annotated[Proportion, told("S of all: those with an event of the goal.")]
    items: Annotated[list[Correlate], told("Those farthest from 1 first, on either side.")]
    too_few: Annotated[int, told("Events left out as fewer units have them.", 3)]
    more: Annotated[int, told("Events left out behind the limit.", 0)]
    contacts: Annotated[int | None, told("People with any event.", 300), COUNT]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: _Reason = UNSET


def correlates(found: Histories, definition: CorrelatesDefinition) -> Correlates:
    """How events go with conversion. `found` holds the goal as its only selection, `event` as a
    column, and for sessions all events before the range."""
    unit, inside = _units(found, definition)
    unit, goal, names = unit[inside], found.holds[0][inside], found.columns["event"]
    codes = names.codes[inside]
    # Units are runs of rows.
    unit = np.cumsum(changes(unit)) - 1
    number = int(unit[-1]) + 1 if len(unit) else 0
    first = np.full(number, len(unit), dtype=np.int64)
    np.minimum.at(first, unit[goal], np.flatnonzero(goal))
    has = first < len(unit)
    counts = ~goal & (codes != MISSING) & (np.arange(len(unit)) < first[unit])
    with_, without = _having(unit[counts], codes[counts], has, len(names.words))
    s_all, f_all = int(has.sum()), int((~has).sum())
    items = [
        _correlate(str(word), int(s), s_all, int(f), f_all)
        for word, s, f in zip(names.words, with_, without, strict=True)
        if s + f >= definition.least_count
    ]
    items.sort(key=lambda one: (-abs(log(one.odds_ratio or 1)), one.event))
    some = int(((with_ + without) > 0).sum())
    return Correlates(
        definition,
        NO_CAUSE,
        number,
        proportion(s_all, number),
        items[: definition.limit],
        some - len(items),
        max(len(items) - definition.limit, 0),
        int(changes(found.person[inside]).sum()),
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
    )


def _units(found: Histories, definition: CorrelatesDefinition) -> tuple[Ints, Flags]:
    """Which unit each row is of, and which rows count."""
    if definition.timeout_seconds is None:
        return found.person.astype(np.int64), within(found.at, definition.from_, definition.to)
    begins = first_of_session(found, definition.timeout_seconds)
    inside = beginning_within(found, begins, definition.from_, definition.to)
    return np.cumsum(begins), inside


def _having(unit: Ints, event: Ints, has: Flags, events: int) -> tuple[Ints, Ints]:
    """Of how many units that converted, and that did not, each event counts."""
    # Not `unique`, which hashes: sorting takes a tenth of that.
    pairs = np.sort(unit * events + event)
    pairs = pairs[changes(pairs)]
    whose, event = np.divmod(pairs, max(events, 1))
    converted = has[whose]
    return (
        np.bincount(event[converted], minlength=events),
        np.bincount(event[~converted], minlength=events),
    )


def _correlate(event: str, s: int, s_all: int, f: int, f_all: int) -> Correlate:
    table = (s + 1, s_all - s + 1, f + 1, f_all - f + 1)
    odds = (table[0] * table[3]) / (table[1] * table[2])
    off = exp(Z * sqrt(sum(1 / one for one in table)))
    return Correlate(
        event, odds, odds / off, odds * off, proportion(s, s_all), proportion(f, f_all)
    )
