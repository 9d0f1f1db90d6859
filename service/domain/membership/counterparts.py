"""What a persona says that contacts have a trait for, and how the two are compared.

A trait is of the same name, or of another that `demographics` knows for it: the first that a
contact has counts. Sensitive attributes are compared with nobody's.
"""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice
from math import isfinite
from typing import Any as Anything
from typing import NamedTuple

from service.domain.demographics import DEMOGRAPHICS
from service.domain.filters import MAX_TEXT, All, Any, Filter, Not, Op, Test

MOST = 50
"""Attributes of one persona that are compared."""
_MOST_TEXTS = 100
_FAMILIES = {
    name: (name, *(other for other in (one, *others) if other != name))
    for one, others in DEMOGRAPHICS.items()
    for name in (one, *others)
}
_CANONICAL = {name: one for one, others in DEMOGRAPHICS.items() for name in (one, *others)}
_WHOEVER = "any"
"""What an attribute says where it makes no difference."""


class Counterpart(NamedTuple):
    """An attribute and its traits: from `low` to `high` if it is numeric, else one of `held`."""

    attribute: str
    traits: tuple[str, ...]
    value: Anything
    low: Decimal | None = None
    high: Decimal | None = None
    held: tuple[str | bool, ...] = ()
    currency: str | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether figures are compared, and not words."""
        return not self.held


def counterparts(said: Mapping[str, object], sensitive: Collection[str]) -> Iterator[Counterpart]:
    """What can be compared of what is said; of several names for one thing the last."""
    last = {_CANONICAL.get(name, name): (name, value) for name, value in said.items()}
    found = (
        _counterpart(name, value)
        for name, value in last.values()
        if name and "." not in name and not {*_FAMILIES.get(name, (name,))} & {*sensitive}
    )
    return islice((one for one in found if one is not None), MOST)


def rule(one: Counterpart, tolerance: float) -> Filter:
    """Whether a contact is like it: unknown where it has no such trait, or of another type."""
    fits = [_test(one, trait, tolerance) for trait in one.traits]
    has = [Test(f"traits.{trait}", Op.EXISTS, True) for trait in one.traits]
    # The first trait there is decides; where there is none, a missing one makes it unknown.
    earlier = [tuple(Not(other) for other in has[:place]) for place in range(len(has))]
    tried = [
        All((*before, there, fit)) for before, there, fit in zip(earlier, has, fits, strict=True)
    ]
    nothing = All((*(Not(other) for other in has), fits[0]))
    return Any((*tried, nothing))


def _test(one: Counterpart, trait: str, tolerance: float) -> Filter:
    field = f"traits.{trait}"
    if one.held:
        return Test(field, Op.IN, one.held)
    low, high = one.low, one.high
    if low is not None and low == high:
        slack = abs(low) * Decimal(str(tolerance))
        low, high = low - slack, low + slack
    parts = []
    if low is not None:
        parts.append(Test(field, Op.GE, low))  # type: ignore[arg-type]
    if high is not None:
        parts.append(Test(field, Op.LE, high))  # type: ignore[arg-type]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _counterpart(name: str, value: object) -> Counterpart | None:
    traits = _FAMILIES.get(name, (name,))
    if held := _held(value):
        return Counterpart(name, traits, value, held=held)
    if isinstance(value, dict):
        return _range(name, traits, value)
    figure = None if isinstance(value, str) else _figure(value)
    return None if figure is None else Counterpart(name, traits, value, figure, figure)


def _held(value: object) -> tuple[str | bool, ...]:
    """The words that one of should be held; none for what is no word."""
    if isinstance(value, bool):
        return (value,)
    said = value if isinstance(value, list) else [value]
    words = tuple(one for one in said if isinstance(one, str) and 0 < len(one) <= MAX_TEXT)
    return () if len(words) < len(said) or _WHOEVER in words else words[:_MOST_TEXTS]


def _range(name: str, traits: tuple[str, ...], value: dict[str, object]) -> Counterpart | None:
    low, high = _figure(value.get("min")), _figure(value.get("max"))
    if not value.keys() <= {"min", "max", "currency"} or (low is None and high is None):
        return None
    told = value.get("currency")
    currency = told if isinstance(told, str) else None
    return Counterpart(name, traits, value, low, high, currency=currency)


def _figure(value: object) -> Decimal | None:
    match value:
        case bool():
            return None
        case int() | float() if isfinite(value) and abs(value) < 10**15:
            return Decimal(str(value))
        case str() if len(value) <= 30:
            try:
                figure = Decimal(value)
            except InvalidOperation:
                return None
            return figure if figure.is_finite() and abs(figure) < 10**15 else None
        case _:
            return None
