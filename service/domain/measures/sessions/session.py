"""Sessions, their exits, and switches between what events carry. Pure.

`domain.md` §4 and §5: a session belongs to the range of its first event and is counted whole; a
switch belongs to its second event, and may lie between two sessions.
"""

from datetime import datetime
from typing import Annotated, Any

import numpy as np
from msgspec import UNSET, Struct, UnsetType, field
from numpy.typing import NDArray

from service.domain.answers import COUNT, follows, told
from service.domain.history import MISSING, SECOND, Column, Flags, Histories, Ints, changes
from service.domain.measures.cutting import beginning_within, first_of_session, last_of, within
from service.domain.reasons import Explained
from service.domain.shares import NOTHING, Excluded, Proportion, proportion

_TIME = "2026-05-01T00:00:00Z"
_ALL = follows("sessions", "events", "contacts")


class SessionsDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    from_: Annotated[datetime | None, told("Sessions begun from then on.", _TIME)] = field(
        name="from"
    )
    to: Annotated[datetime | None, told("Sessions begun before then.", _TIME)]
    timeout_seconds: Annotated[int, told("A longer pause ends a session.", 1800)]
    page_view_events: Annotated[list[str], told("Which events are views.", ["page", "screen"])]
    switches: Annotated[list[str], told("Fields whose changes are switches.", ["device"])]
    filter: Annotated[Any | None, told("Of which events, as it was asked; null: all.", None)] = None


class Switches(Explained, frozen=True, gc=False):
    """Neighbouring events of a path, both of which tell a field: those that differ in it."""

    dimension: Annotated[str, told("Which field.", "device")]
    count: Annotated[int | None, told("Pairs that differ.", 169), COUNT]
    contacts: Annotated[int | None, told("People with at least one.", 88), COUNT]
    median_seconds: Annotated[
        float | None,
        told("Median time between the two.", 955712.0),
        follows("count", "contacts"),
    ]
    exit_after_switch: Annotated[Proportion, told("Sessions that end right behind a switch.")]
    exit_after_none: Annotated[Proportion, told("Those that end behind a pair that is alike.")]
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", NOTHING)] = UNSET


class Exit(Struct, frozen=True, gc=False):
    """How often a session ends with an event."""

    step: Annotated[str, told("The event.", "Order Completed")]
    share: Annotated[Proportion, told("Of its occurrences, those that are a session's last.")]


class Sessions(Explained, frozen=True, gc=False):
    """Sessions of a range, where they end, and what changes on the way."""

    definition: Annotated[SessionsDefinition, told("What was looked at, and how.")]
    sessions: Annotated[int | None, told("How many there are.", 1766), COUNT]
    events: Annotated[int | None, told("Events in them.", 15446), COUNT]
    contacts: Annotated[int | None, told("People whose they are.", 300), COUNT]
    median_events: Annotated[float | None, told("Half of them have at most so many.", 8.0), _ALL]
    mean_events: Annotated[float | None, told("How many one has on average.", 8.75), _ALL]
    median_seconds: Annotated[float | None, told("Median from first to last event.", 878.5), _ALL]
    mean_seconds: Annotated[float | None, told("Mean from first to last event.", 1055.9), _ALL]
    single_event: Annotated[Proportion, told("Sessions with exactly one event.")]
    bounce: Annotated[
        Proportion, told("Sessions with exactly one view, of those with at least one.")
    ]
    switches: Annotated[list[Switches], told("By field, as asked.")]
    exits: Annotated[list[Exit], told("By event, those that end sessions most often first.")]
    excluded: Annotated[list[Excluded], told("Events that do not count, by reason.")]
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", NOTHING)] = UNSET


def sessions(found: Histories, definition: SessionsDefinition) -> Sessions:
    """What sessions there are. `found` holds views as its only selection, `event` and the fields
    of switches as columns, and all events before the range."""
    begins = first_of_session(found, definition.timeout_seconds)
    ends = last_of(begins)
    inside = beginning_within(found, begins, definition.from_, definition.to)
    first, last = np.flatnonzero(begins & inside), np.flatnonzero(ends & inside)
    number = len(first)
    lengths = last - first + 1
    seconds = (found.at[last] - found.at[first]) / SECOND
    views = (
        np.add.reduceat(found.holds[0][inside], _starts(lengths), dtype=np.int64)
        if number
        else _NONE
    )
    return Sessions(
        definition,
        number,
        int(lengths.sum()),
        _people(found.person[inside]),
        float(np.median(lengths)) if number else None,
        float(lengths.mean()) if number else None,
        float(np.median(seconds)) if number else None,
        float(seconds.mean()) if number else None,
        proportion(int((lengths == 1).sum()), number),
        proportion(int((views == 1).sum()), int((views > 0).sum())),
        [_switches(found, name, ends, definition) for name in definition.switches],
        _exits(found.columns["event"], inside, ends),
        [Excluded(reason, count) for reason, count in sorted(found.excluded.items())],
        UNSET if number else NOTHING,
    )


def _people(person: NDArray[np.int32]) -> int:
    """How many they are: their rows lie together, so nothing need be sorted or hashed."""
    return int(changes(person).sum())


_NONE = np.zeros(0, dtype=np.int64)


def _starts(lengths: Ints) -> Ints:
    """Where runs of these lengths begin, one behind the other."""
    return np.concatenate(([0], np.cumsum(lengths)[:-1]))


def _switches(found: Histories, name: str, ends: Flags, definition: SessionsDefinition) -> Switches:
    codes = found.columns[name].codes
    pairs = np.zeros(len(codes), dtype=np.bool_)
    pairs[1:] = (codes[1:] != MISSING) & (codes[:-1] != MISSING)
    pairs &= ~found.heads & within(found.at, definition.from_, definition.to)
    differs = np.zeros(len(codes), dtype=np.bool_)
    differs[1:] = codes[1:] != codes[:-1]
    switched, alike = np.flatnonzero(pairs & differs), np.flatnonzero(pairs & ~differs)
    seconds = (found.at[switched] - found.at[switched - 1]) / SECOND
    return Switches(
        name,
        len(switched),
        _people(found.person[switched]),
        float(np.median(seconds)) if len(switched) else None,
        proportion(int(ends[switched].sum()), len(switched)),
        proportion(int(ends[alike].sum()), len(alike)),
        UNSET if len(switched) else NOTHING,
    )


def _exits(events: Column, inside: Flags, ends: Flags) -> list[Exit]:
    all_, last = (
        np.bincount(events.codes[chosen], minlength=len(events.words))
        for chosen in (inside, inside & ends)
    )
    found = [
        Exit(str(word), proportion(int(ended), int(number)))
        for word, number, ended in zip(events.words, all_, last, strict=True)
        if number
    ]
    return sorted(
        found, key=lambda one: (-(one.share.value or 0), -(one.share.denominator or 0), one.step)
    )
