"""The figure of a built-in KPI as one that is held against a target. Pure."""

from decimal import Decimal
from typing import Any

from msgspec import UNSET

from service.domain.measures.kpis.answer import Valued
from service.domain.measures.kpis.figure import KpiAmount
from service.domain.measures.own_kpis.figure import KpiFigure
from service.domain.shares import Excluded, Proportion


def figure_of(answer: Valued, excluded: list[Excluded]) -> KpiFigure:
    """What was answered of a KPI, whatever its unit is, and what that leaves out."""
    value = answer.value
    if isinstance(value, Proportion):
        found = [_decimal(one) for one in (value.value, value.numerator, value.denominator)]
        return KpiFigure(
            found[0], found[1], found[2], value.low, value.high, excluded, value.reason
        )
    number = value.amount if isinstance(value, KpiAmount) else value
    parts_of = _decimal(number), _decimal(answer.numerator), _decimal(answer.denominator)
    # An end of 0 is an end as well.
    low, high = (one if isinstance(one, float) else None for one in (answer.low, answer.high))
    return KpiFigure(*parts_of, low, high, excluded, answer.reason)


def _decimal(number: Any) -> Decimal | None:
    """As it is written; None where there is none."""
    if number is None or number is UNSET:
        return None
    return number if isinstance(number, Decimal) else Decimal(str(number))
