"""Funnels: units, shares and times by step. Pure.

`domain.md` §5. A unit is as deep as its deepest chain; times are those of the earliest of these.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

import numpy as np
from msgspec import UNSET

from service.domain import patience
from service.domain.history import MISSING, SECOND, Column, Flags, Histories, Ints
from service.domain.measures.belonging import NO_PROFILES, PROFILE, Members, belong
from service.domain.measures.funnels.answers import (
    NO_VALUE,
    NONE_BEFORE,
    DroppedContacts,
    Funnel,
    FunnelDefinition,
    FunnelGroup,
    FunnelStep,
)
from service.domain.measures.funnels.ordered import ordered
from service.domain.measures.funnels.outcome import Funnel as Computed
from service.domain.measures.funnels.outcome import Outcome
from service.domain.measures.funnels.units import Units, units
from service.domain.measures.funnels.unordered import unordered
from service.domain.shares import NOTHING, Excluded, Proportion, proportion

MOST_VALUES = 20
OTHER = "other"


class Dropped(NamedTuple):
    """Who is to be named: those who dropped at a step (from 0), behind one of them."""

    step: int
    limit: int
    after: UUID | None


def funnel(
    found: Histories,
    computed: Computed,
    now: int,
    definition: FunnelDefinition,
    dropped: Dropped | None = None,
    *,
    members: Members = NO_PROFILES,
) -> Funnel:
    """The figures. The last event of all came at `now`, in microseconds; `members` of profiles are
    told apart where that is asked for."""
    cut, outcome = outcome_of(found, computed, now)
    everybody = outcome.depth > 0
    required = computed.rules.required
    converted = outcome.depth == len(required)
    # Each time is since the required step before, so they add up to the whole.
    whole = np.add.reduce([outcome.gaps[n][converted] for n in required])
    median, p90 = _times(whole)
    groups: Iterable[FunnelGroup] = ()
    if definition.breakdown == PROFILE:
        groups = _by_profile(found, outcome, computed, definition, members)
    elif definition.breakdown is not None:
        groups = _groups(cut, outcome, computed, definition, definition.breakdown)
    return Funnel(
        definition,
        _steps(outcome, computed, definition, everybody),
        proportion(int(converted.sum()), int(everybody.sum())),
        median,
        p90,
        [*groups],
        None if dropped is None else _named(found, outcome, computed, dropped),
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
        UNSET if converted.any() else NOTHING,
    )


def outcome_of(found: Histories, computed: Computed, now: int) -> tuple[Units, Outcome]:
    """How far each unit comes."""
    cut, rules = units(found, computed, now), computed.rules
    if computed.unordered:
        return cut, unordered(cut, len(rules.optional), rules.window, now)
    return cut, ordered(cut, rules, now)


def _times(gaps: Ints) -> tuple[float | None, float | None]:
    """Median and 90th percentile, in seconds."""
    if not len(gaps):
        return None, None
    median, p90 = np.percentile(gaps, [50, 90]) / SECOND
    return float(median), float(p90)


def _steps(
    outcome: Outcome, computed: Computed, definition: FunnelDefinition, those: Flags
) -> list[FunnelStep]:
    first = previous = int((outcome.held[0] & those).sum())
    found = []
    for n, asked in enumerate(definition.steps):
        held = outcome.held[n] & those
        number = int(held.sum())
        stayed = held & _no_further(outcome, computed, n)
        undecided = int((stayed & outcome.undecided).sum())
        median, p90 = _times(outcome.gaps[n][held]) if n else (None, None)
        why = NONE_BEFORE if not n else UNSET if number else NOTHING
        before = proportion(number, previous) if n else _none_before(number)
        share = proportion(number, first)
        ended = int(stayed.sum()) - undecided
        found.append(
            FunnelStep(
                *(asked.name, asked.optional, number, share, before),
                *(ended, undecided, median, p90, why),
            )
        )
        previous = previous if asked.optional else number
    return found


def _none_before(number: int) -> Proportion:
    return Proportion(None, number, 0, None, None, NONE_BEFORE)


def _no_further(outcome: Outcome, computed: Computed, step: int) -> Flags:
    """Who came to no required step behind this one, where there is one."""
    upto = sum(one <= step for one in computed.rules.required)
    if upto == len(computed.rules.required):
        return np.zeros(len(outcome.depth), dtype=np.bool_)
    return np.equal(outcome.depth, upto)


def _groups(
    cut: Units, outcome: Outcome, computed: Computed, definition: FunnelDefinition, field: str
) -> Iterator[FunnelGroup]:
    column = cut.found.columns[field]
    everybody = outcome.depth > 0
    # A place of its own for having none.
    places = np.full(len(everybody), -1, dtype=np.int64)
    places[everybody] = column.codes[outcome.first[everybody]] - MISSING
    counts = np.bincount(places[everybody], minlength=column.number + 1)
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    for place in order[:MOST_VALUES].tolist():
        steps = _steps(outcome, computed, definition, places == place)
        yield _group(column, field, place, steps)
    if len(rest := order[MOST_VALUES:]):
        steps = _steps(outcome, computed, definition, np.isin(places, rest))
        yield FunnelGroup(OTHER, steps, len(rest))


def _by_profile(
    found: Histories,
    outcome: Outcome,
    computed: Computed,
    definition: FunnelDefinition,
    members: Members,
) -> Iterator[FunnelGroup]:
    """The units of the members of each profile, those with most units first."""
    everybody = outcome.depth > 0
    each = {}
    for profile, people in members.items():
        patience.go_on()
        each[profile] = everybody & belong(found, people)[outcome.person]
    for profile, those in sorted(each.items(), key=lambda one: -int(one[1].sum())):
        yield FunnelGroup(profile, _steps(outcome, computed, definition, those))


def _group(column: Column, field: str, place: int, steps: list[FunnelStep]) -> FunnelGroup:
    if place + MISSING == MISSING:
        return FunnelGroup(None, steps, UNSET, NO_VALUE)
    return FunnelGroup(column.said(field, place + MISSING), steps)


def _named(
    found: Histories, outcome: Outcome, computed: Computed, dropped: Dropped
) -> DroppedContacts:
    stayed = outcome.held[dropped.step] & _no_further(outcome, computed, dropped.step)
    # People are numbered in the order of their ids.
    who = np.unique(outcome.person[stayed & ~outcome.undecided])
    ids = np.frombuffer(found.people, dtype="V16")[who].tolist()
    if dropped.after is not None:
        ids = [one for one in ids if one > dropped.after.bytes]
    shown = [str(UUID(bytes=one)) for one in ids[: dropped.limit]]
    more = len(ids) > dropped.limit
    return DroppedContacts(dropped.step + 1, shown, shown[-1] if more else None)
