"""The figure of an own KPI, of what people did in a range. Pure.

A quantity looks at the events that its selection takes. Counts are of events, people or sessions
(a session belongs to the range of its first event and is counted whole); everything else is of a
property's numbers, exact: decimals are added as such, never as floats. Whoever has no number there
is left out and counted.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Annotated, Any, NamedTuple, TypeAlias

import msgspec
import numpy as np
from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import SMALL_CELL, told
from service.domain.history import MISSING, Column, Flags, Histories, Ints
from service.domain.measures.cutting import first_of_session
from service.domain.measures.numbers import EXACT, currency_of, number_of
from service.domain.preferences import SESSION_TIMEOUT
from service.domain.shares import NOTHING, Excluded, proportion

Window: TypeAlias = tuple[int | None, int | None]
"""Half-open, microseconds since 1970; None is without a bound."""
Numbers: TypeAlias = Sequence[tuple[Decimal, int]]
"""Numbers and how often each is there."""

CURRENCY = "properties.currency"
"""The field that holds the currency of an amount."""
COUNTED = ("count", "contacts", "sessions")
"""What counts events or those whose they are; all else is computed of a property."""
NO_NUMBER = "no_number"
NO_CURRENCY, OTHER_CURRENCY = "no_currency", "other_currency"
NO_NUMBERS = "None of the events has a number there."
TOO_LARGE = "The figure is too large to be written."
_WRITTEN = Context(prec=28, Emax=999_999, Emin=-999_999)
_LARGEST = 300


class Quantity(Struct, frozen=True):
    """What is counted or measured of selected events."""

    measure: str
    events: Any = None
    field: str | None = msgspec.field(name="property", default=None)
    percentile: Decimal | None = None
    currency: str | None = None

    @property
    def fields(self) -> list[str]:
        """The fields it looks at."""
        if self.field is None:
            return []
        return [self.field] if self.currency is None else [self.field, CURRENCY]


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


class KpiFigure(Struct, frozen=True, gc=False):
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


class Part(NamedTuple):
    """What a quantity comes to, and what it was made of."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str | None = None


class _Taken(NamedTuple):
    """Rows that are taken, and what they are counted as: themselves, people or sessions."""

    rows: Flags
    units: Ints


def too_small(definition: Definition, found: Histories, window: Window, least: int | None) -> bool:
    """Whether what is counted for a figure, or what of it is not in a share, is under a limit."""
    if least is None:
        return False
    taken = [_taken(definition, found, window, n) for n in range(len(definition.quantities))]
    counts = [_number(found, one.units) for one in taken]
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
        _part(one, _taken(definition, found, window, place), found, left_out)
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
    divided = _WRITTEN.divide(above.value, below.value)
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


def _part(one: Quantity, taken: _Taken, found: Histories, left_out: dict[str, int]) -> Part:
    """What a quantity comes to; adds what it leaves out."""
    if one.measure in COUNTED:
        return Part(Decimal(_number(found, taken.units)))
    numbers = _numbers(one, taken.rows, found, left_out)
    total = sum(times for _, times in numbers)
    if one.measure == "sum":
        reason = NO_NUMBERS if taken.rows.any() and not total else None
        return Part(None if reason else _sum(numbers), reason=reason)
    if not total:
        return Part(None, reason=NO_NUMBERS if taken.rows.any() else NOTHING)
    if one.measure == "mean":
        added = _sum(numbers)
        return Part(_WRITTEN.divide(added, Decimal(total)), added, Decimal(total))
    return Part(_percentile(numbers, Decimal(50) if one.percentile is None else one.percentile))


def _shared(definition: Definition, found: Histories, window: Window) -> tuple[int, int]:
    """How many the denominator counts, and how many of them the numerator counts as well."""
    above, below = (_taken(definition, found, window, place) for place in (0, 1))
    both = np.isin(below.units, above.units, assume_unique=True)
    return _number(found, below.units), _number(found, below.units[both])


def _number(found: Histories, units: Ints) -> int:
    """How many there are of what is counted; where rows stand for many events, how many events."""
    return len(units) if found.weights is None else int(found.weights[units].sum())


def _taken(definition: Definition, found: Histories, window: Window, place: int) -> _Taken:
    """The rows of a range that a quantity's selection takes, and what they are counted as."""
    holds, measure = found.holds[place], definition.quantities[place].measure
    if measure != "sessions":
        rows = holds & _within(found.at, window)
        counted = np.flatnonzero(rows) if measure != "contacts" else np.unique(found.person[rows])
        return _Taken(rows, counted.astype(np.int64))
    begins = first_of_session(found, definition.pause)
    first = np.flatnonzero(begins)
    number = np.cumsum(begins) - 1
    inside = _within(found.at[first], window)[number] if len(first) else begins
    rows = holds & inside
    return _Taken(rows, np.unique(number[rows]))


def _within(at: Ints, window: Window) -> Flags:
    from_, to = window
    begun = np.ones(len(at), dtype=np.bool_) if from_ is None else at >= from_
    return begun if to is None else begun & (at < to)


def _numbers(one: Quantity, rows: Flags, found: Histories, left_out: dict[str, int]) -> Numbers:
    """The numbers that these rows hold: in time that grows with the rows, and with how many
    different numbers there are."""
    if one.currency is not None:
        rows = _in_currency(one.currency, rows, found.columns[CURRENCY], left_out)
    column = found.columns[one.field or ""]
    codes = column.codes[rows]
    times = np.bincount(codes[codes != MISSING], minlength=len(column.words))
    numbers = [
        (number, int(often))
        for word, often in zip(column.words, times, strict=True)
        if often and (number := number_of(word)) is not None
    ]
    _add(left_out, NO_NUMBER, len(codes) - sum(often for _, often in numbers))
    return numbers


def _in_currency(currency: str, rows: Flags, told: Column, left_out: dict[str, int]) -> Flags:
    """Those of the rows whose amounts are in a currency."""
    codes = [currency_of(word) for word in told.words]
    known = np.array([*(one is not None for one in codes), False])[told.codes]
    same = np.array([*(one == currency for one in codes), False])[told.codes]
    _add(left_out, NO_CURRENCY, int((rows & ~known).sum()))
    _add(left_out, OTHER_CURRENCY, int((rows & known & ~same).sum()))
    kept: Flags = rows & same
    return kept


def _add(left_out: dict[str, int], reason: str, number: int) -> None:
    left_out[reason] = left_out.get(reason, 0) + number


def _sum(numbers: Numbers) -> Decimal:
    total = Decimal(0)
    for number, times in numbers:
        total = EXACT.add(total, EXACT.multiply(number, Decimal(times)))
    return total


def _percentile(numbers: Numbers, percentile: Decimal) -> Decimal:
    """Between the two numbers beside the place (n − 1) · p, in proportion."""
    ordered = sorted(numbers)
    ends = np.cumsum([times for _, times in ordered])
    place = EXACT.multiply(EXACT.divide(percentile, Decimal(100)), Decimal(int(ends[-1]) - 1))
    low = int(place)
    below, above = (
        ordered[int(np.searchsorted(ends, min(at, int(ends[-1]) - 1), side="right"))][0]
        for at in (low, low + 1)
    )
    part = EXACT.multiply(EXACT.subtract(above, below), EXACT.subtract(place, Decimal(low)))
    return _WRITTEN.plus(EXACT.add(below, part))
