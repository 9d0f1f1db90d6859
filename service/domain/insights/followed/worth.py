"""What a map costs by what it yields: of figures that are told of it. Pure."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from msgspec import UNSET

from service.domain import measures
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.outlay import Costs
from service.domain.measures import KpiAmount, KpiPart, KpiValued
from service.domain.shares import NOTHING, Excluded, Proportion

NO_COST, SEVERAL_CURRENCIES = "no_cost", "several_currencies"
OTHER_CURRENCY, UNFILTERED = "other_currency", "cost_unfiltered"
_EXACT, _PLACES = Context(prec=60), Decimal("0.0001")


def cost_per_conversion(conversion: KpiValued, costs: Costs) -> JourneyKpi:
    """What was spent ÷ those who converted, for each currency."""
    value, out = conversion.value, _left_out(costs)
    key = measures.on_maps.COST_PER_CONVERSION
    if not isinstance(value, Proportion) or value.numerator is None:
        return _item(key, "money", out, reason=_why(conversion))
    people = value.numerator
    if not costs.sums or not people:
        why = NOTHING if costs.sums else NO_COST
        return _item(
            measures.on_maps.COST_PER_CONVERSION, "money", out, reason=why, denominator=people
        )
    amounts = {code: KpiAmount(_divided(one, people), code) for code, one in costs.sums.items()}
    parts = [KpiPart(code, one, people) for code, one in amounts.items()]
    told: dict[str, Any] = {"denominator": people, "parts": parts}
    if len(parts) > 1:
        told |= {"reason": SEVERAL_CURRENCIES}
    else:
        told |= {"value": parts[0].value, "numerator": next(iter(costs.sums.values()))}
    return _item(key, "money", out, **told)


def return_on_journey(revenue: KpiValued, costs: Costs) -> JourneyKpi:
    """What orders brought ÷ what was spent, of the same currency."""
    key, out = measures.on_maps.RETURN_ON_JOURNEY, _left_out(costs)
    gained = _by_currency(revenue)
    if not costs.sums or not gained:
        why = _why(revenue) if costs.sums else NO_COST
        return _item(key, "number", out, reason=why)
    both = [code for code in costs.sums if code in gained and costs.sums[code]]
    ratios = {code: _divided(gained[code][0], costs.sums[code]) for code in both}
    parts = [KpiPart(code, one, gained[code][1]) for code, one in ratios.items()]
    if len({*costs.sums, *gained}) > 1 or not both:
        why = SEVERAL_CURRENCIES if both else OTHER_CURRENCY
        return _item(key, "number", out, reason=why, parts=parts or UNSET)
    return _item(key, "number", out, value=parts[0].value, numerator=gained[both[0]][0])


def unfiltered(key: str) -> JourneyKpi:
    """Of some events nobody knows the cost."""
    unit = "money" if key == measures.on_maps.COST_PER_CONVERSION else "number"
    return _item(key, unit, [], reason=UNFILTERED)


def _by_currency(revenue: KpiValued) -> Mapping[str, tuple[Decimal, int | None]]:
    parts = [] if isinstance(revenue.parts, type(UNSET)) else revenue.parts
    return {
        one.of: (one.value.amount, one.count) for one in parts if isinstance(one.value, KpiAmount)
    }


def _divided(above: Decimal, below: Decimal | int) -> Decimal:
    exact = _EXACT.divide(above, Decimal(below))
    return exact.quantize(_PLACES, rounding=ROUND_HALF_EVEN, context=_EXACT)


def _why(on: KpiValued) -> str:
    """Why what it rests on is not told."""
    value = on.value
    reason = on.reason or (value.reason if isinstance(value, Proportion) else None)
    return str(reason) if reason else NOTHING


def _left_out(costs: Costs) -> list[Excluded]:
    return [Excluded(why, count) for why, count in sorted(costs.left_out.items())]


def _item(key: str, unit: str, excluded: list[Excluded], **members: Any) -> JourneyKpi:
    told = {"value": None, **members}
    falls = "down" if key == measures.on_maps.COST_PER_CONVERSION else "up"
    meaning = measures.on_maps.meaning_of(key)
    return JourneyKpi(
        kpi=key, unit=unit, meaning=meaning, direction=falls, excluded=excluded, **told
    )
