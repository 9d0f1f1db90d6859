"""What a figure is: a share, a number or an amount, with what it was counted from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, follows, told
from service.domain.history import Ints
from service.domain.shares import NOTHING, Proportion, proportion

MORE_THAN_ALL = "more_than_all"
SEVERAL_CURRENCIES = "several_currencies"
SEVERAL_SCALES = "several_scales"


class KpiAmount(Struct, frozen=True, gc=False):
    """Money, with its ISO 4217 currency."""

    amount: Annotated[Decimal, told("An exact number.", 1250.5)]
    currency: Annotated[str, told("The ISO 4217 code.", "EUR")]


_ANY_VALUE = Meta(
    description="A share, a number or an amount, as `unit` says; null where nothing counts.",
    examples=[0.42],
    extra_json_schema={
        "anyOf": [
            {"$ref": "#/components/schemas/Proportion"},
            {"$ref": "#/components/schemas/KpiAmount"},
            {"type": "number"},
            {"type": "null"},
        ]
    },
)
Value: TypeAlias = Annotated[Any, _ANY_VALUE, follows("numerator", "denominator", "parts")]
PartValue: TypeAlias = Annotated[Any, _ANY_VALUE, follows("count")]
"""Proportion, KpiAmount, a number, or None."""


class KpiPart(Struct, frozen=True, gc=False):
    """A part of a figure that is told apart: of one currency, on one scale."""

    of: Annotated[str, told("Of what: a currency, a scale, or what the part is called.", "EUR")]
    value: PartValue
    count: Annotated[
        int | None, told("How many it was counted from; null: too few to tell.", 12), COUNT
    ]
    reason: Annotated[str | UnsetType, told("Why something is null; else absent.", SMALL_CELL)] = (
        UNSET
    )


class Figure(Struct, frozen=True):
    """A value and what it was counted from; `low` and `high` where a number has an interval."""

    value: Any
    numerator: Decimal | float | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None
    parts: list[KpiPart] = field(default_factory=list)
    reason: str | UnsetType = UNSET


@dataclass(frozen=True)
class Outcome:
    """A figure for each cell, and what was left out of all of them, by reason."""

    figures: list[Figure]
    left_out: Mapping[str, int] = member(default_factory=dict)


def share(k: int, n: int) -> Figure:
    """k of n; where k is more than n, which is no part of it, without an interval."""
    if k > n > 0:
        return Figure(Proportion(k / n, k, n, None, None, MORE_THAN_ALL))
    return Figure(proportion(k, n))


def shares(hits: Ints, of: Ints, left_out: Mapping[str, int] | None = None) -> Outcome:
    """A share for each cell."""
    found = [share(k, n) for k, n in zip(hits.tolist(), of.tolist(), strict=True)]
    return Outcome(found, left_out or {})


def counts(of: Ints) -> Outcome:
    """A number for each cell: of nothing there are 0."""
    return Outcome([Figure(n, n) for n in of.tolist()])


def nothing() -> Figure:
    """No figure, since there was nothing to count."""
    return Figure(None, 0, 0, reason=NOTHING)
