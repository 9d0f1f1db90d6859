"""What is answered of a KPI whose figures are posted: value, series, breakdown. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from service.domain.history import Ints
from service.domain.measures.kpis.answer import KpiAnswer, KpiDefinition, KpiPoint, KpiRow
from service.domain.measures.kpis.figure import Figure, KpiPart
from service.domain.measures.kpis.figure import share as of_counts
from service.domain.measures.kpis.grouping import MOST_VALUES, OTHER
from service.domain.measures.kpis.series import points, valued
from service.domain.measures.own_kpis.own import PLACES, OwnKpi
from service.domain.measures.own_kpis.posted_kpis.figure import Posted, posted_figure

NO_LATEST = "no_latest"
NONE = Posted(0, 0, 0)
"""What was posted of an interval in which nothing was."""
By = Mapping[int | None, Posted]
"""What was posted by interval, numbered from 1; of None, of all."""


class PostedPart(NamedTuple):
    """What was posted of a part; of the rest, how many parts it is made of."""

    keys: Mapping[str, str]
    combined: int
    by: By


class PostedRange(NamedTuple):
    """What was posted in a range: of all, by the intervals between edges, of parts."""

    total: Posted
    whole: By
    parts: Sequence[PostedPart]
    edges: Ints | None


def posted_answer(own: OwnKpi, definition: KpiDefinition, found: PostedRange) -> KpiAnswer:
    """The answer but for a comparison."""
    told = posted_figure(own.aggregation, found.total)
    return KpiAnswer(
        **value_of(own, found.total),
        kpi=own.key,
        unit=unit_of(own),
        definition=definition,
        series=_series(own, found.whole, found.edges),
        breakdown=[
            _row(own, part, found.edges, rest=n >= MOST_VALUES)
            for n, part in enumerate(found.parts)
        ],
        comparison=None,
        excluded=told.excluded or [],
    )


def unit_of(own: OwnKpi) -> str:
    """What its values are."""
    return "share" if own.aggregation == "share" else own.unit or "number"


def value_of(own: OwnKpi, posted: Posted) -> dict[str, Any]:
    """The members of a value that was posted."""
    return valued(_figure(own, posted))


def _row(own: OwnKpi, part: PostedPart, edges: Ints | None, *, rest: bool) -> KpiRow:
    keys = dict.fromkeys(part.keys, OTHER) if rest else dict(part.keys)
    combined = part.combined if rest else UNSET
    if own.aggregation == "latest" and part.combined > 1:
        told = valued(Figure(None, reason=NO_LATEST))
        return KpiRow(**told, keys=keys, combined=combined, series=[])
    told, series = value_of(own, part.by[None]), _series(own, part.by, edges)
    return KpiRow(**told, keys=keys, combined=combined, series=series)


def _series(own: OwnKpi, by: By, edges: Ints | None) -> list[KpiPoint]:
    if edges is None:
        return []
    return points([_figure(own, by.get(n, NONE)) for n in range(1, len(edges))], edges)


def _figure(own: OwnKpi, posted: Posted) -> Figure:
    """Of counts with them; of any other with how many posted figures it is made of."""
    found, made_of = posted_figure(own.aggregation, posted), posted.values
    above, below = found.numerator, found.denominator
    if own.aggregation == "share" and found.reason is UNSET and None not in (above, below):
        return of_counts(int(above or 0), int(below or 0))
    if own.aggregation in ("share", "ratio"):
        told, made_of = dict(zip(PLACES, (above, below), strict=True)), posted.counted
    elif own.aggregation == "mean":
        told = {"sum": posted.sum}
    else:
        told = {own.aggregation: found.value}
    parts = [KpiPart(name, one, made_of) for name, one in told.items() if one is not None]
    return Figure(found.value, parts=parts, reason=found.reason)
