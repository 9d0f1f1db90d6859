"""Transitions between neighbouring events of paths. Pure.

`domain.md` §5: a transition belongs to its second event; probability = count ÷ all transitions out
of `from`, ends not among them, before `limit`. For every step in + starts = out + ends + cut.
"""

from typing import Annotated, NamedTuple

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, follows, told
from service.domain.history import Flags, Histories, changes
from service.domain.measures.cutting import last_of, within
from service.domain.measures.defining import StepCount, most_first
from service.domain.measures.moves import Moves, moves
from service.domain.measures.moves import most_first as most_frequent
from service.domain.measures.walking import WalkDefinition, Walked, walked
from service.domain.shares import Excluded

MOST_STEPS = 1_000
_Reason = Annotated[str | UnsetType, told("Why a count is null; else absent.", SMALL_CELL)]


class TransitionsDefinition(WalkDefinition, frozen=True, gc=False):
    """What was looked at, and how."""


class MoveCount(Struct, frozen=True, gc=False):
    """How often one event follows on another."""

    from_: Annotated[str, told("The event, or step, before.", "Product Viewed")] = field(
        name="from"
    )
    to: Annotated[str, told("The event, or step, behind it.", "Product Added")]
    count: Annotated[int | None, told("How often.", 321), COUNT]
    probability: Annotated[
        float | None, told("Of all transitions out of `from`.", 0.27), follows("count")
    ]
    reason: _Reason = UNSET


class StepBalance(Struct, frozen=True, gc=False):
    """What goes into a step and what comes out: in + starts = out + ends + cut."""

    step: Annotated[str, told("The event; on a map the step, by its key.", "Product Viewed")]
    in_: Annotated[int | None, told("Transitions into it.", 3000), COUNT] = field(name="in")
    starts: Annotated[int | None, told("Paths that start with it.", 227), COUNT]
    out: Annotated[int | None, told("Transitions out of it.", 2864), COUNT]
    ends: Annotated[int | None, told("Paths that end with it.", 363), COUNT]
    cut: Annotated[
        int | None,
        told(
            "Of its events in the range those that go on behind it, less those before the range "
            "that go on in it.",
            0,
        ),
        COUNT,
    ]
    reason: _Reason = UNSET


class _Step(NamedTuple):
    """The same of one step, before anything is left out."""

    step: str
    in_: int
    starts: int
    out: int
    ends: int
    cut: int


class Transitions(Struct, frozen=True, gc=False):
    """Transitions of a range, where paths start and where they end."""

    definition: Annotated[TransitionsDefinition, told("What was looked at, and how.")]
    items: Annotated[list[MoveCount], told("The most frequent first.")]
    transitions: Annotated[int | None, told("How many there are, listed or not.", 13680), COUNT]
    pairs: Annotated[int, told("How many different ones, listed or not.", 325)]
    starts: Annotated[list[StepCount], told("Events that paths start with.")]
    ends: Annotated[list[StepCount], told("Events that paths end with.")]
    cut: Annotated[
        int | None,
        told("Paths that go on behind the range, less those from before it.", 0),
        COUNT,
    ]
    steps: Annotated[list[StepBalance], told("What goes in and out, by event; the most first.")]
    contacts: Annotated[int | None, told("People with an event in the range.", 300), COUNT]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: _Reason = UNSET


def transitions(found: Histories, definition: TransitionsDefinition) -> Transitions:
    """Transitions of paths. `found` holds `event` as a column, and for scope `session` all events
    before the range and all sessions whole, for `contact` all events. Linear.
    """
    words = found.columns["event"].words
    path = walked(found, definition)
    inside = within(path.at, definition.from_, definition.to)
    counted = moves(path.codes, inside & ~path.begins, len(words))
    steps = _balance(path, inside, counted, [str(word) for word in words])
    out = {one.step: one.out for one in steps}
    return Transitions(
        definition,
        [
            MoveCount(one, two, count, count / out[one])
            for one, two, count in most_frequent(counted, words, definition.limit)
        ],
        int(counted.counts.sum()),
        len(counted.counts),
        most_first({one.step: one.starts for one in steps}, MOST_STEPS),
        most_first({one.step: one.ends for one in steps}, MOST_STEPS),
        sum(one.cut for one in steps),
        [StepBalance(*one) for one in steps[:MOST_STEPS]],
        int(changes(found.person[within(found.at, definition.from_, definition.to)]).sum()),
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
    )


def _balance(path: Walked, inside: Flags, counted: Moves, names: list[str]) -> list[_Step]:
    """What goes in and out, by step; those that are reached most often first."""
    codes, begins = path.codes, path.begins
    ends, goes_on = last_of(begins), np.zeros(len(codes), dtype=np.bool_)
    goes_on[:-1] = inside[1:] & ~begins[1:]

    def of(rows: Flags) -> list[int]:
        return list(map(int, np.bincount(codes[rows], minlength=len(names))))

    out = np.zeros(len(names), dtype=np.int64)
    np.add.at(out, counted.first, counted.counts)
    columns = (
        of(inside & ~begins),
        of(inside & begins),
        out.tolist(),
        of(inside & ends),
        of(inside & ~ends & ~goes_on),
        of(~inside & goes_on),
    )
    found = [
        _Step(name, in_, starts, left, ended, behind - before)
        for name, in_, starts, left, ended, behind, before in zip(names, *columns, strict=True)
        if in_ or starts or left
    ]
    return sorted(found, key=lambda one: (-one.in_ - one.starts, one.step))
