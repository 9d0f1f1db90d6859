"""The figure of an own KPI, of what people did in a range. Pure.

A quantity looks at the events that its selection takes. Counts are of events, people or sessions
(a session belongs to the range of its first event and is counted whole); everything else is of a
property's numbers, exact: decimals are added as such, never as floats. Whoever has no number there
is left out and counted.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, TypeAlias

import numpy as np
from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import SMALL_CELL, told
from service.domain.history import Flags, Histories, Ints
from service.domain.measures.cutting import first_of_session
from service.domain.measures.own_kpis.quantities import (
    WRITTEN,
    Part,
    Quantity,
    Rows,
    Taken,
    comes_to,
    number_of_units,
)
from service.domain.preferences import SESSION_TIMEOUT
from service.domain.reasons import Explained
from service.domain.shares import NOTHING, Excluded, proportion

Window: TypeAlias = tuple[int | None, int | None]
"""Half-open, microseconds since 1970; None is without a bound."""

TOO_LARGE = "too_large"
_LARGEST = 300


class Definition(Struct, frozen=True):
    """How an own KPI is computed; without a timeout, sessions end as anywhere unless one is set."""

    mode: str
    numerator: Quantity
    denominator: Quantity | None = None
    timeout_seconds: int | None = None

    @property
    def quantities(self) -> list[Quantity]:
        """Numerator and denominator: the k-th selection is that of the k-th."""
        return [one for one in (self.numerator, self.denominator) if one is not None]

    @property
    def fields(self) -> list[str]:
        """The fields that histories must hold."""
        return list(dict.fromkeys(name for one in self.quantities for name in one.fields))

    @property
    def pause(self) -> int:
        """A longer one ends a session; seconds."""
        return SESSION_TIMEOUT if self.timeout_seconds is None else self.timeout_seconds

    @property
    def of_sessions(self) -> bool:
        """Whether whole sessions are needed: all events, from the first one on."""
        return any(one.measure == "sessions" for one in self.quantities)


class KpiFigure(Explained, frozen=True, gc=False):
    """A figure with what it was made of; of a share with the Wilson 95 % interval."""

    value: Annotated[Decimal | None, told("The figure; null when it cannot be known.", 0.42)]
    numerator: Annotated[
        Decimal | None, told("What is above the line; of a mean the sum; null: nothing is.", 42)
    ]
    denominator: Annotated[
        Decimal | None, told("What is below it; of a mean the number; null: nothing is.", 100)
    ]
    low: Annotated[float | None, told("Of a share: the interval's lower end; else null.", 0.33)]
    high: Annotated[float | None, told("Of a share: the interval's upper end; else null.", 0.52)]
    excluded: Annotated[list[Excluded], told("What was left out, by reason.")]
    reason: Annotated[str | UnsetType, told("Why it is null; else absent.", NOTHING)] = UNSET


def too_small(definition: Definition, found: Histories, window: Window, least: int | None) -> bool:
    """Whether what is counted for a figure, or what of it is not in a share, is under a limit."""
    if least is None:
        return False
    taken = [_taken(definition, found, window, n) for n in range(len(definition.quantities))]
    counts = [number_of_units(found, one.units) for one in taken]
    if definition.mode == "share":
        whole, part = _shared(definition, found, window)
        counts = [whole, part, whole - part]
    return any(0 < one < least for one in counts)


def untold(found: Histories) -> KpiFigure:
    """The figure of a count that is too small to be told."""
    return KpiFigure(None, None, None, None, None, _excluded(found.excluded), SMALL_CELL)


def figure(definition: Definition, found: Histories, window: Window) -> KpiFigure:
    """The figure in a range. `found` holds the selections of `definition.quantities` in their
    order and `definition.fields` as columns; where it is `of_sessions`, all events of people until
    the sessions of the range end; else at least those that one of the selections takes."""
    left_out = dict(found.excluded)
    if definition.mode == "share":
        whole, part = _shared(definition, found, window)
        return share(part, whole, left_out)
    parts = [
        comes_to(one, _taken(definition, found, window, place), found, left_out)
        for place, one in enumerate(definition.quantities)
    ]
    if definition.mode == "value":
        return told_part(parts[0], left_out)
    return ratio(parts[0], parts[1], left_out)


def share(part: int, whole: int, left_out: Mapping[str, int]) -> KpiFigure:
    """`part` of `whole`, with its interval."""
    found = proportion(part, whole)
    # Of equal digits as every other share has.
    value = None if found.value is None else Decimal(repr(found.value))
    return KpiFigure(
        value,
        Decimal(part),
        Decimal(whole),
        found.low,
        found.high,
        _excluded(left_out),
        found.reason,
    )


def ratio(above: Part, below: Part, left_out: Mapping[str, int]) -> KpiFigure:
    """One figure divided by another; null where one is, and where there is nothing to divide by."""
    if above.value is None or below.value is None:
        reason = above.reason or below.reason
        return told_part(Part(None, above.value, below.value, reason), left_out)
    if below.value == 0:
        return told_part(Part(None, above.value, below.value, NOTHING), left_out)
    divided = WRITTEN.divide(above.value, below.value)
    return told_part(Part(divided, above.value, below.value), left_out)


def told_part(part: Part, left_out: Mapping[str, int]) -> KpiFigure:
    """A quantity as a figure of its own."""
    numbers = (part.value, part.numerator, part.denominator)
    if any(one is not None and one.adjusted() > _LARGEST for one in numbers):
        part = Part(None, reason=TOO_LARGE)
    out = _excluded(left_out)
    return KpiFigure(
        part.value, part.numerator, part.denominator, None, None, out, part.reason or UNSET
    )


def _excluded(left_out: Mapping[str, int]) -> list[Excluded]:
    return [Excluded(reason, number) for reason, number in sorted(left_out.items()) if number]


def _shared(definition: Definition, found: Histories, window: Window) -> tuple[int, int]:
    """How many the denominator counts, and how many of them the numerator counts as well."""
    above, below = (_taken(definition, found, window, place) for place in (0, 1))
    return shared(found, above, below)


def shared(found: Rows, above: Taken, below: Taken) -> tuple[int, int]:
    """How many are counted below the line, and how many of them above it as well."""
    both = np.isin(below.units, above.units, assume_unique=True)
    return number_of_units(found, below.units), number_of_units(found, below.units[both])


def _taken(definition: Definition, found: Histories, window: Window, place: int) -> Taken:
    """The rows of a range that a quantity's selection takes, and what they are counted as."""
    holds, measure = found.holds[place], definition.quantities[place].measure
    if measure != "sessions":
        rows = np.flatnonzero(holds & _within(found.at, window))
        counted = rows if measure != "contacts" else np.unique(found.person[rows])
        return Taken(rows, counted.astype(np.int64))
    begins = first_of_session(found, definition.pause)
    first = np.flatnonzero(begins)
    number = np.cumsum(begins) - 1
    inside = _within(found.at[first], window)[number] if len(first) else begins
    rows = np.flatnonzero(holds & inside)
    return Taken(rows, np.unique(number[rows]))


def _within(at: Ints, window: Window) -> Flags:
    from_, to = window
    begun = np.ones(len(at), dtype=np.bool_) if from_ is None else at >= from_
    return begun if to is None else begun & (at < to)
