"""What people did held against what was planned. Pure.

`domain.md` §5: by the longest common subsequence of each path and the plan; of several, the one
with the smallest planned positions, each on its earliest event. An event that is not matched is
outside (nobody planned it), repeated (its step is matched), or out of order (else).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, follows, told
from service.domain.history import Flags, Histories, Word, changes
from service.domain.measures.conformance.fitting import Units, fitted
from service.domain.measures.defining import RangeDefinition, most_first
from service.domain.measures.moves import Moves, moves
from service.domain.measures.moves import most_first as most_frequent
from service.domain.measures.walking import beginnings, whole_paths
from service.domain.reasons import Explained
from service.domain.shares import NOTHING, Excluded, Proportion, proportion

MOST = 200
_Reason = Annotated[str | UnsetType, told("Why a count is null; else absent.", SMALL_CELL)]
_TIME = "2026-05-01T00:00:00Z"


class ConformanceDefinition(RangeDefinition, frozen=True, gc=False):
    """What was held against which plan."""

    planned: Annotated[list[str], told("The events that were planned.", ["Product Viewed"])]
    unit: Annotated[str, told("Sessions, or all that one did.", "session")]
    timeout_seconds: Annotated[int, told("A longer pause ends a session.", 1800)]
    only_with: Annotated[Any | None, told("Only units that hold this, as it was asked.", None)]


class Detour(Struct, frozen=True, gc=False):
    """A move that the plan has not."""

    from_: Annotated[str, told("The event, or step, before.", "Product Viewed")] = field(
        name="from"
    )
    to: Annotated[str, told("The event, or step, behind it.", "Search")]
    count: Annotated[int | None, told("How often.", 321), COUNT]
    share: Annotated[Proportion, told("Of all moves out of `from`.")]
    reason: _Reason = UNSET


class SkippedStep(Struct, frozen=True, gc=False):
    """A planned step that units left out."""

    step: Annotated[str, told("The event; on a map the step, by its key.", "Product Added")]
    position: Annotated[int, told("Its place in the plan, from 0.", 3)]
    count: Annotated[int | None, told("Units that left it out.", 42), COUNT]
    reason: _Reason = UNSET


class UnboundEvent(Struct, frozen=True, gc=False):
    """An event that nobody planned."""

    event: Annotated[str, told("By name.", "Search")]
    count: Annotated[int | None, told("How often.", 300), COUNT]
    reason: _Reason = UNSET


class MatchedUnits(Struct, frozen=True, gc=False):
    """How many units went so much of the plan."""

    matched: Annotated[int, told("Planned steps done in order.", 4)]
    units: Annotated[int | None, told("How many did just so many.", 59), COUNT]
    reason: _Reason = UNSET


class Conformance(Explained, frozen=True, gc=False):
    """Planned and actual path."""

    definition: Annotated[ConformanceDefinition, told("What was held against which plan.")]
    units: Annotated[int | None, told("How many were held against the plan.", 233), COUNT]
    exact: Annotated[Proportion, told("Those that did just what was planned.")]
    complete: Annotated[Proportion, told("Those that did all of it in order, with more between.")]
    move_fitness: Annotated[
        Proportion, told("Of the moves from one event to the next, those that the plan has.")
    ]
    coverage: Annotated[
        float | None,
        told("Mean share of the plan done in order.", 0.62),
        follows("units", "by_matched", "matched"),
    ]
    matched: Annotated[
        int | None, told("Planned steps done in order, over all units.", 1164), COUNT
    ]
    by_matched: Annotated[list[MatchedUnits], told("Units by how much they did in order.")]
    skipped: Annotated[list[SkippedStep], told("What was left out, the most often first.")]
    skipped_steps: Annotated[
        int | None, told("Planned steps left out, over all units.", 700), COUNT
    ]
    detour_events: Annotated[
        int | None, told("Events that are not matched, over all units.", 1486), COUNT
    ]
    median_detour_events: Annotated[
        float | None, told("Their median by unit.", 6.0), follows("units", "detour_events")
    ]
    outside: Annotated[int | None, told("Of them, those that nobody planned.", 700), COUNT]
    repeated: Annotated[int | None, told("Of them, those whose step is matched.", 500), COUNT]
    out_of_order: Annotated[
        int | None, told("Of them, planned ones whose step is not matched.", 286), COUNT
    ]
    detours: Annotated[
        list[Detour], told("Moves that the plan has not, the most frequent first; at most 200.")
    ]
    unobserved: Annotated[list[str], told("Planned events that nobody did.", ["Quote Sent"])]
    unbound: Annotated[
        list[UnboundEvent], told("Events nobody planned, the most frequent first; at most 200.")
    ]
    contacts: Annotated[int | None, told("People whose units they are.", 300), COUNT]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", NOTHING)] = UNSET


def conformance(found: Histories, definition: ConformanceDefinition) -> Conformance:
    """Units held against a plan. `found` holds `event` as a column, as its only selection what
    units must hold, if anything, and what paths of the range need to be whole. Linear.
    """
    words = found.columns["event"].words
    units, contacts = _units(found, definition)
    number, planned = len(units.lengths), definition.planned
    codes = {str(word): code for code, word in enumerate(words)}
    fit = fitted(units, [codes.get(name, -1) for name in planned], len(words))
    events = np.bincount(units.codes, minlength=len(words)).tolist()
    did = {str(word): count for word, count in zip(words, events, strict=True) if count}
    unbound = most_first({one: did[one] for one in did.keys() - {*planned}}, MOST)
    all_moves = moves(units.codes, ~units.begins, len(words))
    known = _planned(all_moves, [codes.get(name, -1) for name in planned])
    detour_events = units.lengths - fit.lengths
    exact = (fit.lengths == len(planned)) & (detour_events == 0)
    total = int(fit.lengths.sum())
    return Conformance(
        definition,
        number,
        proportion(int(exact.sum()), number),
        proportion(int((fit.lengths == len(planned)).sum()), number),
        proportion(int(all_moves.counts[known].sum()), int(all_moves.counts.sum())),
        total / (len(planned) * number) if number else None,
        total,
        [MatchedUnits(n, c) for n, c in enumerate(np.bincount(fit.lengths).tolist()) if c],
        _skipped(planned, fit.skipped),
        sum(fit.skipped),
        int(detour_events.sum()),
        float(np.median(detour_events)) if number else None,
        sum(did[one] for one in did.keys() - {*planned}),
        fit.repeated,
        fit.out_of_order,
        _detours(all_moves, ~known, words),
        [name for name in dict.fromkeys(planned) if name not in did],
        [UnboundEvent(one.step, one.count) for one in unbound],
        contacts,
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
        UNSET if number else NOTHING,
    )


def _units(found: Histories, definition: ConformanceDefinition) -> tuple[Units, int]:
    """The units, and how many people they are of."""
    unit, timeout = definition.unit, definition.timeout_seconds
    among = whole_paths(found, unit, timeout, definition.from_, definition.to)
    begins = beginnings(among, unit, timeout)
    codes = among.columns["event"].codes
    first = np.flatnonzero(begins)
    lengths = np.diff(first, append=len(begins))
    person = among.person[first]
    if among.holds and len(first):
        held = np.logical_or.reduceat(among.holds[0], first)
        rows = np.repeat(held, lengths)
        codes, begins, lengths, person = codes[rows], begins[rows], lengths[held], person[held]
    return Units(codes, begins, lengths), int(changes(person).sum())


def _planned(found: Moves, plan: list[int]) -> Flags:
    """Which moves lead from one planned step to the next."""
    pairs = [(one << 32) + two for one, two in pairwise(plan) if one >= 0 <= two]
    return np.isin((found.first << 32) + found.second, np.array(pairs, dtype=np.int64))


def _detours(found: Moves, unknown: Flags, words: Sequence[Word]) -> list[Detour]:
    out = np.zeros(len(words), dtype=np.int64)
    np.add.at(out, found.first, found.counts)
    by_name = {str(word): int(count) for word, count in zip(words, out, strict=True)}
    missing = Moves(found.first[unknown], found.second[unknown], found.counts[unknown])
    return [
        Detour(one, two, count, proportion(count, by_name[one]))
        for one, two, count in most_frequent(missing, words, MOST)
    ]


def _skipped(planned: list[str], counts: list[int]) -> list[SkippedStep]:
    found = sorted((-count, position) for position, count in enumerate(counts) if count)
    return [SkippedStep(planned[position], position, -count) for count, position in found]
