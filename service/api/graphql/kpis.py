"""KPIs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from msgspec import UNSET, Struct, UnsetType

from service.api.graphql import context, given, mirroring, structs
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, resolving
from service.api.graphql.scalars import Json, Number
from service.api.graphql.selecting import STORED, Stored
from service.domain import measures
from service.domain.answers import told
from service.domain.errors import Invalid
from service.domain.measures import KpiAmount, KpiQuery
from service.domain.shares import NOTHING, Proportion

_TIMES = {"series": 30, "breakdown": 10, "parts": 2, "excluded": 2}


class KpiValue(Struct, frozen=True, gc=False):
    """A share with its interval, a number, or an amount of money."""

    value: Annotated[float | None, told("The share, 0 to 1, or the number.", 0.42)] = None
    numerator: Annotated[int | None, told("Of a share: how many have it.", 42)] = None
    denominator: Annotated[int | None, told("Of a share: how many were looked at.", 100)] = None
    low: Annotated[float | None, told("Of a share: its Wilson 95 % interval's lower end.", 0.3)] = (
        None
    )
    high: Annotated[float | None, told("Of a share: the upper end.", 0.5)] = None
    amount: Annotated[Decimal | None, told("Of money: how much.", 1250.5)] = None
    currency: Annotated[str | None, told("Of money: the ISO 4217 code.", "EUR")] = None
    reason: Annotated[str | UnsetType, told("Why a share is null; else absent.", NOTHING)] = UNSET


def _value(root: Any) -> Any:
    match root.value:
        case Proportion() as one:
            members = (one.value, one.numerator, one.denominator, one.low, one.high)
            return KpiValue(*members, reason=one.reason)
        case KpiAmount(amount=amount, currency=currency):
            return KpiValue(amount=amount, currency=currency)
        case None:
            return None
        case number:
            return KpiValue(float(number))


_INNER: dict[Any, Any] = {Decimal: Number, Any: Json | None}
Value = structs.family(KpiValue, _INNER, {})


def _value_field() -> Any:
    return strawberry.field(
        resolver=_value,
        description="A share, a number or an amount; null where nothing counts.",
        graphql_type=Value | None,
        # It takes no longer than what is read.
        metadata={STORED: Stored(costs=1)},
    )


def _valued(struct: Any) -> Any:
    return structs.family(struct, _INNER, _TIMES, value=_value_field())


def valued(struct: Any, times: Mapping[str, int]) -> Any:
    """The GraphQL type of an answer whose `value` is that of a KPI."""
    return structs.family(struct, dict(_INNER), times, value=_value_field())


for _struct in (measures.KpiPart, measures.KpiPoint, measures.KpiRow, measures.KpiComparison):
    _valued(_struct)
KpiAnswer: Any = _valued(measures.KpiAnswer)


async def _kpi(info: Any, input: Row) -> Any:
    data = given.built(KpiQuery, input)
    return await context.of(info).analysed(lambda work: measures.kpi(work, data))


async def _kpis(info: Any, input: Sequence[Row]) -> Any:
    data = [_built(n, one) for n, one in enumerate(input)]
    return await context.of(info).analysed(lambda work: measures.kpis(work, data))


def _built(place: int, members: Row) -> KpiQuery:
    try:
        return given.built(KpiQuery, members)
    except Invalid as error:
        raise error.renamed(lambda at: f"/{place}{at}") from error


def _sizes(asked: Any) -> dict[str, int]:
    """How many rows a figure may have: nothing is told that is not asked for."""
    asked = asked if isinstance(asked, dict) else {}
    return {
        "series": _TIMES["series"] if asked.get("interval") else 0,
        "breakdown": _TIMES["breakdown"] if asked.get("breakdown") else 0,
        "comparison": 1 if asked.get("compare") else 0,
    }


_INPUT: Any = mirroring.input_of(KpiQuery)
QUERIES = [
    resolving(
        "kpi_value",
        _kpi,
        KpiAnswer | None,
        "A KPI of a range: value, series, breakdown, comparison.",
        [Argument("input", _INPUT, "Which, and how.")],
        sizes=_sizes,
    ),
    resolving(
        "kpi_values",
        _kpis,
        list[KpiAnswer] | None,
        "Several KPIs, in the order asked: what is of the same range and filter is read once.",
        [Argument("input", list[_INPUT], "Which, and how: at most 100.")],
        sizes=_sizes,
    ),
]
