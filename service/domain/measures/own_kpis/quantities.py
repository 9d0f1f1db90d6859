"""What the quantities of an own KPI come to, of rows that are taken. Pure.

Counts are of events, people or sessions; everything else is of a property's numbers, exact:
decimals are added as such, never as floats. Whoever has no number there is left out and counted.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec
import numpy as np
from msgspec import Struct

from service.domain.history import MISSING, Column, Ints
from service.domain.measures.numbers import EXACT, currency_of, number_of
from service.domain.shares import NOTHING

Numbers: TypeAlias = Sequence[tuple[Decimal, int]]
"""Numbers and how often each is there."""
CURRENCY = "properties.currency"
"""The field that holds the currency of an amount."""
COUNTED = ("count", "contacts", "sessions")
"""What counts events or those whose they are; all else is computed of a property."""
NO_NUMBER = "no_number"
NO_CURRENCY, OTHER_CURRENCY = "no_currency", "other_currency"
NO_NUMBERS = "no_numbers"
WRITTEN = Context(prec=28, Emax=999_999, Emin=-999_999)


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


class Part(NamedTuple):
    """What a quantity comes to, what it was made of, and of how many."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    reason: str | None = None
    of: int = 0


class Rows(Protocol):
    """Rows that quantities are computed of: what fields they hold, and for how many each stands."""

    @property
    def columns(self) -> Mapping[str, Column]: ...

    @property
    def weights(self) -> Ints | None: ...


class Taken(NamedTuple):
    """Rows that are taken, and what they are counted as: themselves, people or sessions."""

    rows: Ints
    units: Ints


def number_of_units(found: Rows, units: Ints) -> int:
    """How many there are of what is counted; where rows stand for many events, how many events."""
    return len(units) if found.weights is None else int(found.weights[units].sum())


def comes_to(one: Quantity, taken: Taken, found: Rows, left_out: dict[str, int]) -> Part:
    """What a quantity comes to; adds what it leaves out."""
    if one.measure in COUNTED:
        number = number_of_units(found, taken.units)
        return Part(Decimal(number), of=number)
    numbers = _numbers(one, taken.rows, found, left_out)
    total, some = sum(times for _, times in numbers), len(taken.rows) > 0
    if one.measure == "sum":
        reason = NO_NUMBERS if some and not total else None
        return Part(None if reason else _sum(numbers), reason=reason, of=total)
    if not total:
        return Part(None, reason=NO_NUMBERS if some else NOTHING)
    if one.measure == "mean":
        added = _sum(numbers)
        return Part(WRITTEN.divide(added, Decimal(total)), added, Decimal(total), of=total)
    place = Decimal(50) if one.percentile is None else one.percentile
    return Part(_percentile(numbers, place), of=total)


def _numbers(one: Quantity, rows: Ints, found: Rows, left_out: dict[str, int]) -> Numbers:
    """The numbers that these rows hold: in time that grows with the rows, and with how many
    different numbers there are."""
    if one.currency is not None:
        rows = _in_currency(one.currency, rows, found.columns[CURRENCY], left_out)
    column = found.columns[one.field or ""]
    codes = column.codes[rows]
    words, times = np.unique(codes[codes != MISSING], return_counts=True)
    numbers = [
        (number, often)
        for word, often in zip(words.tolist(), times.tolist(), strict=True)
        if (number := number_of(column.words[word])) is not None
    ]
    _add(left_out, NO_NUMBER, len(codes) - sum(often for _, often in numbers))
    return numbers


def _in_currency(currency: str, rows: Ints, told: Column, left_out: dict[str, int]) -> Ints:
    """Those of the rows whose amounts are in a currency."""
    words, of = np.unique(told.codes[rows], return_inverse=True)
    codes = [None if one == MISSING else currency_of(told.words[one]) for one in words.tolist()]
    known = np.array([one is not None for one in codes], dtype=np.bool_)[of]
    same = np.array([one == currency for one in codes], dtype=np.bool_)[of]
    _add(left_out, NO_CURRENCY, int((~known).sum()))
    _add(left_out, OTHER_CURRENCY, int((known & ~same).sum()))
    return rows[same]


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
    return WRITTEN.plus(EXACT.add(below, part))
