"""Figures of sessions. Pure."""

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from service.domain.history import SECOND, Flags, Ints
from service.domain.measures.kpis.facts import NONE, Facts, Units, first_of, having, last_of
from service.domain.measures.kpis.figure import Figure, Outcome, counts, nothing, shares


class Numbers(NamedTuple):
    """Of the sessions of each cell: how many there are, their events, those with one event alone,
    those with a view and with one alone, and the microseconds from first to last event."""

    sessions: Ints
    events: Ints
    single: Ints
    viewed: Ints
    bounced: Ints
    micros: Ints


def bounce_rate(facts: Facts) -> Outcome:
    """Sessions with one view alone, or with one event alone."""
    found = _numbers(facts)
    if facts.asked["mode"] == "single_event":
        return shares(found.single, found.sessions)
    return shares(found.bounced, found.viewed)


def sessions(facts: Facts) -> Outcome:
    """How many there were."""
    return counts(_numbers(facts).sessions)


def events_per_session(facts: Facts) -> Outcome:
    """How many events one has on average."""
    found = _numbers(facts)
    each = zip(found.events.tolist(), found.sessions.tolist(), strict=True)
    return Outcome([Figure(k / n, k, n) if n else nothing() for k, n in each])


def session_duration(facts: Facts) -> Outcome:
    """How long one is on average, from its first event to its last."""
    found = _numbers(facts)
    each = zip(found.micros.tolist(), found.sessions.tolist(), strict=True)
    return Outcome(
        [Figure(k / (n * SECOND), Decimal(k) / SECOND, n) if n else nothing() for k, n in each]
    )


def _numbers(facts: Facts) -> Numbers:
    if facts.sums is None:
        return _counted(facts)
    found = np.zeros((facts.cells, facts.sums.shape[1]), dtype=np.int64)
    inside = facts.cell != NONE
    np.add.at(found, facts.cell[inside], facts.sums[inside])
    return Numbers(*found.T)


def _counted(facts: Facts) -> Numbers:
    units = facts.sessions
    sizes = _sizes(units, np.ones(len(facts), dtype=np.bool_))
    views = _sizes(units, _those(facts, "page_view_events"))
    engaged = having(units, _those(facts, "engagement_events"))
    rows = np.ones(len(facts), dtype=np.bool_)
    took = facts.at[last_of(units)] - facts.at[first_of(units, rows)]
    return Numbers(
        facts.tally(units.cell),
        _added(facts, units, sizes),
        facts.tally(units.cell[sizes == 1]),
        facts.tally(units.cell[views > 0]),
        facts.tally(units.cell[(views == 1) & ~engaged]),
        _added(facts, units, took),
    )


def _those(facts: Facts, name: str) -> Flags:
    """The events that a KPI selects, if it does."""
    return facts.holds.get(name, np.zeros(len(facts), dtype=np.bool_))


def _added(facts: Facts, units: Units, numbers: Ints) -> Ints:
    # As whole numbers: floats would not be exact.
    total = np.zeros(facts.cells, dtype=np.int64)
    inside = units.cell != NONE
    np.add.at(total, units.cell[inside], numbers[inside])
    return total


def _sizes(units: Units, chosen: Flags) -> Ints:
    return np.bincount(units.of[chosen & (units.of != NONE)], minlength=len(units.cell))
