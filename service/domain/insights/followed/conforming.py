"""What people did held against the map as it was in force.

The plan of a unit is the bound steps, in their order, of the revision that judges its first event
at a step. What it did in order is the longest common subsequence of both, as of any plan
(`domain.md` §5). Moves lead from one stay at a step to the next, whatever lies between; the map has
one where the revision that judges its end has a transition of it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from service.domain import measures
from service.domain.history import Flags, Ints, changes
from service.domain.insights.bindings.claims import NO_EVENT
from service.domain.insights.followed.answers import (
    JourneyConformance,
    JourneyConformanceDefinition,
)
from service.domain.insights.laid.asking import LaidOut, begun_at, keys_of, names_of
from service.domain.measures import Detour, MatchedUnits, SkippedStep, UnboundEvent, Units
from service.domain.shares import Excluded, proportion

MOST = 200
_FEW = 1 << 22
"""Keys up to which each there may be has a count of its own."""


class _Rows(NamedTuple):
    """The events of units: the step each is at (the number of its key, `words` for none), what
    judges it, its name, and where units begin."""

    step: NDArray[np.int32]
    state: NDArray[np.int16]
    name: NDArray[np.int32]
    person: NDArray[np.int32]
    begins: Flags
    words: Sequence[str]

    def those(self, units: Flags) -> "_Rows":
        """The rows of some units."""
        lengths = np.diff(np.flatnonzero(self.begins), append=len(self.begins))
        rows = np.repeat(units, lengths)
        return _Rows(
            self.step[rows],
            self.state[rows],
            self.name[rows],
            self.person[rows],
            self.begins[rows],
            self.words,
        )

    @property
    def is_step(self) -> Flags:
        """Whether a row is at a step."""
        return self.step < len(self.words)


class _Fitted(NamedTuple):
    """How units fit their plans: what each has in order, how much each could have, and by step how
    many left it out."""

    lengths: Ints
    planned: Ints
    skipped: Mapping[str, int]
    repeated: int
    out_of_order: int


def conformance(
    on_map: LaidOut, definition: JourneyConformanceDefinition, journey_id: str
) -> JourneyConformance:
    """Units held against the map. All events are laid on it. Linear, for each plan there was."""
    rows = _units(on_map, definition)
    first = np.flatnonzero(rows.begins)
    number = len(first)
    fit = _fitted(rows, on_map.plans)
    lengths = np.diff(first, append=len(rows.begins))
    other = lengths - fit.lengths
    complete = fit.lengths == fit.planned
    outside = int(other.sum()) - fit.repeated - fit.out_of_order
    seen = {rows.words[code] for code in np.unique(rows.step[rows.is_step]).tolist()}
    moved = _moves(rows, on_map)
    return JourneyConformance(
        units=number,
        exact=proportion(int((complete & (other == 0)).sum()), number),
        complete=proportion(int(complete.sum()), number),
        move_fitness=proportion(int(moved.known.sum()), int(moved.all.sum())),
        coverage=float((fit.lengths / np.maximum(fit.planned, 1)).mean()) if number else None,
        matched=int(fit.lengths.sum()),
        by_matched=[
            MatchedUnits(n, count)
            for n, count in enumerate(np.bincount(fit.lengths).tolist())
            if count
        ],
        skipped=_skipped(fit.skipped, on_map.plans),
        skipped_steps=sum(fit.skipped.values()),
        detour_events=int(other.sum()),
        median_detour_events=float(np.median(other)) if number else None,
        outside=outside,
        repeated=fit.repeated,
        out_of_order=fit.out_of_order,
        detours=_detours(moved, rows.words),
        unobserved=[key for key in definition.planned if key not in seen],
        unbound=_unbound(rows, on_map),
        contacts=int(changes(rows.person).sum()),
        excluded=[Excluded(reason, n) for reason, n in sorted(on_map.excluded.items()) if n],
        journey_id=journey_id,
        definition=definition,
        reason=UNSET if number else NO_EVENT,
    )


def _units(on_map: LaidOut, definition: JourneyConformanceDefinition) -> _Rows:
    """The events of the range's units that came to a step, and to the one that is asked for."""
    laid, session = on_map.laid, definition.unit == "session"
    words, codes = keys_of(on_map.laid)
    step = codes[laid.spot]
    # A stage as a whole is no step, and told by no event.
    kept = ~(laid.put & ((step < 0) | session))
    times = laid.found.at
    if session:
        times = begun_at(laid, definition.timeout_seconds)
    kept &= measures.within(times, definition.from_, definition.to)
    person = laid.found.person[kept]
    begins = changes(person)
    if session:
        begins |= changes(times[kept])
    rows = _Rows(
        np.where(step < 0, len(words), step)[kept],
        laid.revision[kept],
        laid.found.columns["event"].codes[kept],
        person,
        begins,
        words,
    )
    wanted = rows.is_step
    if definition.only_with is not None:
        wanted = rows.step == words.index(definition.only_with)
    first = np.flatnonzero(rows.begins)
    return rows.those(np.logical_or.reduceat(wanted, first)) if len(first) else rows


def _fitted(rows: _Rows, plans: Sequence[Sequence[str]]) -> _Fitted:
    """How units fit the plans they are held against, each plan with all of its units at once."""
    first = np.flatnonzero(rows.begins)
    steps = np.flatnonzero(rows.is_step)
    # By the first event at a step: what they set out on does not change any more.
    begun = rows.state[steps[np.searchsorted(steps, first)]] if len(first) else first
    numbers = {word: n for n, word in enumerate(rows.words)}
    lengths, planned = (np.zeros(len(first), dtype=np.int64) for _ in range(2))
    skipped: dict[str, int] = {}
    repeated = out_of_order = 0
    for plan, states in _alike(plans).items():
        those = np.isin(begun, states)
        if not those.any():
            continue
        some = rows.those(those)
        sizes = np.diff(np.flatnonzero(some.begins), append=len(some.begins))
        units = Units(some.step, some.begins, sizes)
        fit = measures.fitted(units, [numbers[key] for key in plan], len(rows.words) + 1)
        lengths[those], planned[those] = fit.lengths, len(plan)
        repeated, out_of_order = repeated + fit.repeated, out_of_order + fit.out_of_order
        for key, count in zip(plan, fit.skipped, strict=True):
            skipped[key] = skipped.get(key, 0) + count
    return _Fitted(lengths, planned, skipped, repeated, out_of_order)


def _alike(plans: Sequence[Sequence[str]]) -> dict[tuple[str, ...], list[int]]:
    """The plans there are, with the states that have each."""
    found: dict[tuple[str, ...], list[int]] = {}
    for n, plan in enumerate(plans):
        found.setdefault(tuple(plan), []).append(n)
    return found


class _Moved(NamedTuple):
    """Moves between stays: from which step to which, how many, and how many the map has."""

    first: Ints
    second: Ints
    all: Ints
    known: Ints


def _moves(rows: _Rows, on_map: LaidOut) -> _Moved:
    """All moves of units, by the steps they lead from and to."""
    places = np.flatnonzero(rows.is_step)
    step, state = rows.step[places].astype(np.int64), rows.state[places]
    unit = np.cumsum(rows.begins)[places]
    moves = np.flatnonzero((unit[1:] == unit[:-1]) & (step[1:] != step[:-1]))
    size, states = len(rows.words), len(on_map.laid.states)
    keys = (step[moves] * size + step[moves + 1]) * states + state[moves + 1]
    found, counts = _counted(keys, size * size * states)
    pairs, which = found // max(states, 1), found % max(states, 1)
    edges = _edges(rows.words, on_map)
    has = [pair in edges[n] for pair, n in zip(pairs.tolist(), which.tolist(), strict=True)]
    each, place = np.unique(pairs, return_inverse=True)
    every, known = (np.zeros(len(each), dtype=np.int64) for _ in range(2))
    np.add.at(every, place, counts)
    np.add.at(known, place, counts * np.array(has, dtype=np.int64))
    return _Moved(each // max(size, 1), each % max(size, 1), every, known)


def _counted(keys: Ints, size: int) -> tuple[Ints, Ints]:
    """The keys there are, rising, and how often each."""
    if size > _FEW:
        return np.unique(keys, return_counts=True)
    counts = np.bincount(keys, minlength=size)
    there = np.flatnonzero(counts)
    return there, counts[there]


def _edges(words: Sequence[str], on_map: LaidOut) -> list[set[int]]:
    """The transitions of each state, by the numbers of both steps."""
    numbers = {word: n for n, word in enumerate(words)}
    names = names_of(on_map.laid.states)
    found = []
    for of in on_map.laid.states:
        code = {step.key: numbers[names[step.id]] for step in of.steps}
        found.append(
            {
                code[edge.from_] * len(words) + code[edge.to]
                for edge in of.transitions
                if edge.from_ in code and edge.to in code
            }
        )
    return found


def _detours(moved: _Moved, words: Sequence[str]) -> list[Detour]:
    """Moves that the map has not, the most frequent first."""
    out = np.zeros(len(words), dtype=np.int64)
    np.add.at(out, moved.first, moved.all)
    missing = moved.all - moved.known
    left = missing > 0
    lacking = measures.Moves(moved.first[left], moved.second[left], missing[left])
    by_name = dict(zip(words, out.tolist(), strict=True))
    return [
        Detour(one, two, count, proportion(count, by_name[one]))
        for one, two, count in measures.most_frequent(lacking, [*words], MOST)
    ]


def _skipped(counts: Mapping[str, int], plans: Sequence[Sequence[str]]) -> list[SkippedStep]:
    """Steps that units left out which had them in their plan, with the newest place of each."""
    place = {key: n for plan in plans for n, key in enumerate(plan)}
    found = sorted((-count, place[key], key) for key, count in counts.items() if count)
    return [SkippedStep(key, position, -count) for count, position, key in found]


def _unbound(rows: _Rows, on_map: LaidOut) -> list[UnboundEvent]:
    """Events that no step took, by name."""
    words = on_map.laid.found.columns["event"].words
    free = rows.name[~rows.is_step]
    counts = np.bincount(free[free >= 0], minlength=len(words)).tolist()
    by_name = {str(word): count for word, count in zip(words, counts, strict=True) if count}
    return [UnboundEvent(one.step, one.count) for one in measures.most_first(by_name, MOST)]
