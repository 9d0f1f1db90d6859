"""A KPI's answer as a figure that is compared with another. Pure."""

from datetime import datetime
from typing import Any, cast

import msgspec

from service.domain.judging import Side
from service.domain.measures.kpis.answer import KpiAnswer, Valued
from service.domain.measures.kpis.figure import KpiAmount
from service.domain.shares import Proportion


def side_of(answer: KpiAnswer) -> Side:
    """The figure of a range with both ends, with its days where it is cut by days."""
    from_, to = (cast(datetime, one) for one in (answer.definition.from_, answer.definition.to))
    value = answer.value
    if isinstance(value, Proportion):
        return Side(from_, to, value.value, value.numerator, value.denominator, value, ())
    days = [number for one in answer.series if (number := _number(_plain(one))) is not None]
    numerator, denominator = _number(answer.numerator), _number(answer.denominator)
    return Side(from_, to, _number(_plain(answer)), numerator, denominator, None, days)


def ends_of(answer: KpiAnswer) -> tuple[float | None, float | None]:
    """The 95 % interval of the figure; None where it has none."""
    told = answer.value if isinstance(answer.value, Proportion) else answer
    return _number(told.low), _number(told.high)


def why_unknown(answer: KpiAnswer) -> str | None:
    """Why there is no figure, as the answer says; None where there is one."""
    told = answer.value if isinstance(answer.value, Proportion) else answer
    return told.reason or None


def _plain(valued: Valued) -> Any:
    value = valued.value
    return value.amount if isinstance(value, KpiAmount) else value


def _number(value: Any) -> float | None:
    """None also where a figure has no such member."""
    return None if value is None or value is msgspec.UNSET else float(value)
