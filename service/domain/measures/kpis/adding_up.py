"""Which counts of a KPI are sums of others. Pure.

A breakdown and a series are held for sums of what they tell apart. People may be in several rows,
and then more is hidden than has to be; of profiles, which overlap, each adds up with all others.
"""

from collections.abc import Sequence

from msgspec import UNSET

from service.domain.measures.belonging import PROFILE
from service.domain.measures.kpis.answer import KpiAnswer, Valued
from service.domain.measures.small_cells import Cells, Sums, cell
from service.domain.shares import Proportion


def adds_up(answer: KpiAnswer, known: Sums) -> None:
    """All are those of the rows, and those of the intervals; an interval's, those of the rows'."""
    compared = [] if answer.comparison is None else [answer.comparison]
    rows, series = answer.breakdown, answer.series
    inner = [point for row in rows for point in row.series]
    for one in (answer, *compared, *series, *rows, *inner):
        _counted(one, answer.unit, known)
    whole = _cells(answer, known)
    _all(whole, series, known)
    alone = PROFILE in answer.definition.breakdown
    for some in [[row] for row in rows] if alone else [rows]:
        _all(whole, some, known)
        for n, point in enumerate(series):
            _all(_cells(point, known), [row.series[n] for row in some], known)
    for row in rows:
        _all(_cells(row, known), row.series, known)
    for before in compared:
        for member in ("change", "low", "high"):
            known.tie(cell(before, member), *whole.values(), *_cells(before, known).values())


def _counted(one: Valued, unit: str, known: Sums) -> None:
    """Beside shares, which are counts by themselves: what a number is of, and of how many. Where it
    has parts, these say what was counted."""
    if isinstance(one.value, Proportion):
        return
    if one.denominator is not UNSET:
        known.count(cell(one, "denominator"), one.denominator)
    if one.numerator is not UNSET and unit == "number" and one.parts is UNSET:
        known.count(cell(one, "numerator"), int(one.numerator))


def _all(whole: Cells, parts: Sequence[Valued], known: Sums) -> None:
    each = [_cells(one, known) for one in parts]
    for name, total in whole.items():
        if parts:
            known.add(total, [one[name] for one in each if name in one])


def _cells(one: Valued, known: Sums) -> Cells:
    """The counts of a value, and of what it tells apart."""
    of = one.value if isinstance(one.value, Proportion) else one
    found = {name: cell(of, name) for name in ("numerator", "denominator")}
    for part in [] if one.parts is UNSET else one.parts:
        found[f"of {part.of}"] = cell(part, "count")
        if isinstance(part.value, Proportion):
            found[f"numerator of {part.of}"] = cell(part.value, "numerator")
    return {name: one for name, one in found.items() if one in known.counts}
