"""Figures of orders and the money they bring: exact, and apart by currency. Pure."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np

from service.domain.history import MISSING
from service.domain.measures.kpis.facts import NONE, Facts
from service.domain.measures.kpis.figure import (
    SEVERAL_CURRENCIES,
    Figure,
    KpiAmount,
    KpiPart,
    Outcome,
    counts,
    nothing,
)
from service.domain.measures.kpis.sums import Sum, Told, summed, words_of
from service.domain.measures.numbers import EXACT, currency_of, number_of

_PLACES = Decimal("0.0001")
_Of = Callable[[Sum], Decimal]


def orders(facts: Facts) -> Outcome:
    """How many there were."""
    return counts(facts.counted(facts.holds["order"]))


def revenue(facts: Facts) -> Outcome:
    """The sum of what orders brought."""
    return _money(facts, lambda one: one.total)


def average_order_value(facts: Facts) -> Outcome:
    """The same for each order that tells it, to four decimals."""
    return _money(facts, _mean)


def _mean(one: Sum) -> Decimal:
    exact = EXACT.divide(one.total, Decimal(one.number))
    return exact.quantize(_PLACES, rounding=ROUND_HALF_EVEN, context=EXACT)


def _money(facts: Facts, of: _Of) -> Outcome:
    rows = np.flatnonzero(facts.holds["order"] & (facts.cell != NONE))
    number, numbers = words_of(facts.columns[facts.asked["amount"]], rows, number_of)
    kind, kinds = words_of(facts.columns[facts.asked["currency"]], rows, currency_of)
    left_out = {
        "no_amount": int((number == MISSING).sum()),
        "no_currency": int(((kind == MISSING) & (number != MISSING)).sum()),
    }
    known = (number != MISSING) & (kind != MISSING)
    told = Told(rows[known], number[known], kind[known], numbers, kinds)
    found = [_figure(sums, of) for sums in summed(facts, told)]
    return Outcome(found, {why: count for why, count in left_out.items() if count})


def _figure(sums: Mapping[Any, Sum], of: _Of) -> Figure:
    if not sums:
        return nothing()
    amounts = {code: KpiAmount(of(sums[code]), code) for code in sorted(sums)}
    parts = [KpiPart(code, one, sums[code].number) for code, one in amounts.items()]
    if len(parts) > 1:
        count = sum(one.number for one in sums.values())
        return Figure(None, None, count, parts=parts, reason=SEVERAL_CURRENCIES)
    (code,) = amounts
    return Figure(amounts[code], sums[code].total, sums[code].number, parts=parts)
